//! Attempts in a race: several for one request at a time, of which the first that delivers wins.
//!
//! What was submitted is not taken back: its provider goes on. A loser that its provider would have delivered is billed as what
//! the client has cancelled (`billing.cancelled`), and is told as hedged. At a deployment on terms it is billed in any case, since
//! terms do not run backwards.

use super::Observer;
use super::simulation::Simulation;
use crate::model::{Accepted, Cause, Charge, DeploymentId, Outcome, Place, Status};
use crate::routing::{Client, Ended, Heard};
use crate::units::{SimTime, Usd};

/// The bit of a completion's number that says that it is one of a race: the rest is its place among flights.
pub(super) const FLIGHT: u32 = 1 << 31;

/// No attempt in a race.
pub(super) const NO_FLIGHT: u32 = u32::MAX;

/// An attempt in a race.
#[derive(Debug, Clone, Copy)]
pub(super) struct Flight {
    /// The slot of its journey.
    number: u32,
    /// The next of the same request, or [`NO_FLIGHT`].
    next: u32,
    deployment: DeploymentId,
    place: Place,
    outcome: Outcome,
    empty: bool,
    /// What the client calls it.
    target: u8,
    called_off: bool,
    sent: SimTime,
    /// What it was charged, and whether that counts as a retry's.
    charge: Charge,
    again: bool,
    /// What the client would book for it, where that is told apart from the charge.
    booked: Usd,
}

impl<C: Client, O: Observer> Simulation<'_, C, O> {
    /// An attempt was sent into a race: the number under which its end is scheduled.
    #[cold]
    pub(super) fn joins(&mut self, number: u32, (deployment, target): (DeploymentId, u8), fate: &Accepted, now: SimTime) -> u32 {
        let again = self.again(number);
        let place = fate.place.by.index();
        let apart = fate.outcome == Outcome::Delivered && self.plan.market.deployments[place].more.is_some();
        let booked = if apart { self.providers.listed() } else { Usd::ZERO };
        let slot = self.slots.get(number);
        let stage = Some(slot.progress.stage);
        let charge = Charge { payee: fate.place.by.into(), stage, cause: fate.cause, amount: fate.charge, case: None };
        let flight = self.flights.insert(Flight {
            number,
            next: slot.flights,
            deployment,
            place: fate.place,
            outcome: fate.outcome,
            empty: fate.empty,
            target,
            called_off: false,
            sent: now,
            charge,
            again,
            booked,
        });
        self.slots.get(number).flights = flight;
        flight | FLIGHT
    }

    /// An attempt in a race ends.
    #[cold]
    pub(super) fn lands(&mut self, flight: u32, now: SimTime) {
        let landed = *self.flights.get(flight);
        let Flight { number, deployment, place, outcome, empty, target, sent, .. } = landed;
        if outcome != Outcome::TimedOut {
            self.providers.release(&self.plan.market, place);
        }
        self.flights.remove(flight);
        if landed.called_off {
            return;
        }
        self.unlink(flight, landed);
        self.known.in_flight[deployment.index()] -= 1;
        let slot = self.slots.get(number);
        (slot.deployment, slot.place, slot.outcome, slot.empty) = (deployment, place, outcome, empty);
        if self.guards {
            self.heed_late(number, deployment, (landed.charge.amount, Some(sent)), now);
        }
        let pleases = self.pleases(number);
        let race = Some((target, sent));
        let (status, by) = (Status::of(outcome), place.by);
        let ended = Ended { deployment, by, status, retry_after: None, empty, pleases, race };
        let luck = self.luck(number);
        self.decide(number, Heard::Ended(ended), luck, now);
    }

    /// Takes an attempt out of the list of its request.
    fn unlink(&mut self, flight: u32, landed: Flight) {
        let mut at = self.slots.get(landed.number).flights;
        if at == flight {
            self.slots.get(landed.number).flights = landed.next;
            return;
        }
        while self.flights.get(at).next != flight {
            at = self.flights.get(at).next;
        }
        self.flights.get(at).next = landed.next;
    }

    /// The request is over: what is still under way for it is no longer needed.
    #[cold]
    pub(super) fn call_off(&mut self, number: u32, now: SimTime) {
        let mut at = std::mem::replace(&mut self.slots.get(number).flights, NO_FLIGHT);
        while at != NO_FLIGHT {
            let flight = self.flights.get(at);
            flight.called_off = true;
            let Flight { next, deployment, charge, again, booked, sent, .. } = *flight;
            self.known.in_flight[deployment.index()] -= 1;
            let mut billed = charge.amount;
            // What would have come too late is cancelled before.
            if charge.cause == Cause::Delivered || (charge.cause == Cause::TimedOut && billed > Usd::ZERO) {
                billed = self.was_needless(charge, now);
                if again && charge.cause == Cause::TimedOut {
                    self.observer.retried(Usd::ZERO - charge.amount);
                }
                if booked > Usd::ZERO {
                    self.observer.booked(charge.payee, Usd::ZERO - booked, now);
                }
            }
            if self.guards {
                self.heed_late(number, deployment, (billed, Some(sent)), now);
            }
            at = next;
        }
    }

    /// What was charged for a delivery that nobody needed any more is told as such, or is taken back: what is left of it.
    fn was_needless(&mut self, charge: Charge, now: SimTime) -> Usd {
        let billed = self.providers.call_off(&self.plan.market, &charge, now);
        self.observer.taken_back(&Charge { amount: Usd::ZERO - charge.amount, ..charge }, now);
        if billed > Usd::ZERO {
            self.observer.charged(&Charge { amount: billed, cause: Cause::Hedged, ..charge }, now);
        }
        while let Some(extra) = self.providers.next_extra() {
            self.tell_extra(&Charge { stage: charge.stage, ..extra.charge }, extra.at);
        }
        billed
    }
}
