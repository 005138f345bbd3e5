//! Who listens to a simulation. An observer is told; it never influences the run.

use crate::model::{Answer, Charge, DeploymentId, Guarded, Outcome, PayeeId, Stage};
use crate::random::Block;
use crate::routing::note::Note;
use crate::routing::{Action, Heard};
use crate::units::{SimDuration, SimTime, Usd};
use crate::workload::{Journey, Next, Progress};

/// A request that is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed {
    /// What it was for.
    pub stage: Stage,
    /// How many images it asked for.
    pub images: u8,
    /// Attempts made for it.
    pub attempts: u16,
    /// From its arrival to its end.
    pub took: SimDuration,
    /// How it ended: delivered, or the outcome with which the client gave up.
    pub outcome: Outcome,
}

/// A request that is over, with whose it was and what comes next.
#[derive(Debug, Clone, Copy)]
pub struct Over<'a> {
    /// Its journey.
    pub journey: &'a Journey,
    /// Which request of the journey it was.
    pub progress: Progress,
    /// How it ended.
    pub closed: Closed,
    /// What its user does next.
    pub next: Next,
}

/// Listens to a simulation. Calls come in order of simulated time.
pub trait Observer {
    /// Whether it wants to hear why: of [`about`](Self::about) and [`decided`](Self::decided).
    const EXPLAINS: bool = false;

    /// Whether it wants to look back at requests: to hear of [`over`](Self::over).
    const LOOKS_BACK: bool = false;

    /// A journey arrives.
    fn journey_begins(&mut self, _now: SimTime) {}

    /// The calls that follow are about this request, until the next such call.
    fn about(&mut self, _request: u64) {}

    /// Something happens to it, with the draws of its next attempt; a rule of its strategy fires; its client acts. Told only where
    /// the client notes its rules.
    fn decided(&mut self, _heard: &Heard, _rules: &[Note], _action: Action, _draws: Block, _now: SimTime) {}

    /// A request is sent to the client.
    fn requested(&mut self, _stage: Stage, _now: SimTime) {}

    /// An attempt is sent and its fate decided.
    fn attempted(&mut self, _deployment: DeploymentId, _answer: &Answer, _now: SimTime) {}

    /// Somebody bills. The time is that of the attempt; fees and standing charges have their own, which may lie before that
    /// of the last call.
    fn charged(&mut self, _charge: &Charge, _now: SimTime) {}

    /// Money is given back on what was billed before: a charge below zero.
    fn given_back(&mut self, charge: &Charge, now: SimTime) {
        self.charged(charge, now);
    }

    /// A charge that was told before is not billed after all: the same with a minus before the amount.
    fn taken_back(&mut self, charge: &Charge, now: SimTime) {
        self.charged(charge, now);
    }

    /// Of what was just charged for certain, so much bought nothing and was for an attempt after the first at its request: a retry or
    /// a fallback, not a hedge.
    fn retried(&mut self, _amount: Usd) {}

    /// An attempt that will deliver, billed by this payee, has this list price, which the client will book. Told only of deployments that have
    /// [more](crate::provider::More); at any other, the list price is what is charged.
    fn booked(&mut self, _by: PayeeId, _amount: Usd, _now: SimTime) {}

    /// What has become of the client's budgets; told at the end, of a client that keeps any.
    fn guarded(&mut self, _guarded: &Guarded) {}

    /// A request is over.
    fn closed(&mut self, _request: &Closed, _now: SimTime) {}

    /// The same with all that there is to know about it; told only where the observer [looks back](Self::LOOKS_BACK).
    fn over(&mut self, _request: &Over<'_>, _now: SimTime) {}

    /// A journey is over. `accepted` says whether it ended with an accepted image; `took` is the time since its arrival,
    /// waiting and thinking included.
    fn journey_ends(&mut self, _accepted: bool, _took: SimDuration, _now: SimTime) {}
}
