//! What becomes of budgets that a client keeps: which part of the invoice they saw too late.
//!
//! It is measured here, since a client never sees what it is billed for an attempt.

use super::Observer;
use super::simulation::Simulation;
use crate::model::{DeploymentId, Guarded};
use crate::routing::Client;
use crate::units::{SimTime, Usd};

impl<C: Client, O: Observer> Simulation<'_, C, O> {
    /// An attempt of this request ends that was billed so much for certain. `sent` is given for one in a race.
    #[cold]
    pub(super) fn heed_late(&mut self, number: u32, to: DeploymentId, (billed, sent): (Usd, Option<SimTime>), now: SimTime) {
        let ask = &self.slots.get(number).ask;
        if self.client.saw_late(&self.state, ask, to, sent, now) {
            self.late += billed;
        }
    }

    /// What has become of the client's budgets by the end.
    pub(super) fn tell_guarded(&mut self) {
        if let Some(guarded) = self.client.guarded(&self.state) {
            self.observer.guarded(&Guarded { late: self.late, ..guarded });
        }
    }
}
