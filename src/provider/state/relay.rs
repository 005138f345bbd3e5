//! An attempt that goes through a gateway, which has limits, time and failures of its own and may go on to other models.
//!
//! The gateway is asked first: its limits, then whether it fails by itself, which ends the attempt. Then it tries its models
//! one after the other, while one fails, is gone or is at its limit. What it tells in the end is what became of the last
//! that worked on the attempt; where none did, the rejection that lets the next attempt in soonest.

use super::amounts::Amounts;
use super::charging::Bill;
use super::serve::Served;
use super::{Attempt, Extra, Providers, version};
use crate::model::{Accepted, Answer, Cause, Charge, DeploymentId, Holds, Outcome, Place};
use crate::provider::billing::Rule;
use crate::provider::fate;
use crate::provider::limit::Admission;
use crate::provider::moving::Factor;
use crate::provider::{Market, Via};
use crate::random::Block;
use crate::units::{SimDuration, SimTime, Usd};

impl Providers {
    /// An attempt at a deployment that has [more](crate::provider::More): a floating name, a gateway before it.
    #[inline(never)]
    pub(super) fn relay(&mut self, market: &Market, attempt: &Attempt, now: SimTime, draws: &Block) -> Answer {
        let id = version(market, attempt.deployment, now);
        let via = market.deployments[id.index()].more.as_ref().and_then(|more| more.via.as_ref());
        match via {
            None => self.serve::<true>(market, id, attempt, (now, SimDuration::ZERO), draws).answer,
            Some(via) => self.through(market, (via, id), attempt, now, draws),
        }
    }

    /// An attempt through a gateway at this deployment.
    fn through(
        &mut self,
        market: &Market,
        (via, id): (&Via, DeploymentId),
        attempt: &Attempt,
        now: SimTime,
        draws: &Block,
    ) -> Answer {
        let deployment = &market.deployments[id.index()];
        let factor = deployment.moving().map_or(Factor::ONE, |moving| self.factor_of(market, moving, now));
        let bill = Bill { market, deployment, id, factor, now, stored: None };
        let amounts = Amounts { deployment, attempt, now, factor };
        let deadline = now + attempt.timeout;
        let start = match self.gauges.arrive(&market.limits, &via.limits, now, deadline, |measure| amounts.asked(measure)) {
            Admission::Rejected { retry_after } => return self.reject(&bill, attempt.asked(), retry_after).answer,
            Admission::Abandoned { at } => {
                self.gauges.abandon(&market.limits, &via.limits, now, at, |measure| amounts.taken(measure, Usd::ZERO));
                let place = Place { by: id, holds: Holds::Gateway };
                return self.given_up(&bill, attempt.asked(), at, place).answer;
            }
            Admission::Start { at } => at,
        };
        let effect = self.incidents.effect(&market.incidents, &via.incidents, now, start);
        let (takes, fails) = fate::relayed(via, effect, draws);
        let spent = start.since(now) + takes;
        let Served { answer, most } = if fails {
            self.fails_itself(&bill, attempt, spent)
        } else {
            self.hops(market, (via, id), attempt, (now, spent), draws)
        };
        let released = if let Answer::Accepted(fate) = answer { fate.released } else { start };
        self.gauges.occupy(&market.limits, &via.limits, now, (start, released), |measure| amounts.taken(measure, most));
        if let Answer::Rejected { .. } = answer {
            self.gauges.release(&via.limits);
        }
        answer
    }

    /// The gateway fails before the attempt has reached anybody.
    fn fails_itself(&mut self, bill: &Bill<'_>, attempt: &Attempt, spent: SimDuration) -> Served {
        let (deadline, released) = (bill.now + attempt.timeout, bill.now + spent);
        let late = released > deadline;
        let (outcome, ends) = if late { (Outcome::TimedOut, deadline) } else { (Outcome::Failed, released) };
        let cause = Cause::of(outcome);
        let charged = self.charge::<true>(bill, Rule::NOTHING, cause, attempt, || attempt.asked());
        let place = Place { by: bill.id, holds: Holds::Gateway };
        let fate = Accepted { outcome, empty: false, place, ends, released, charge: charged.certain, cause };
        Served { answer: Answer::Accepted(fate), most: charged.most }
    }

    /// The gateway's models, one after the other, from `spent` after the attempt was sent.
    fn hops(
        &mut self,
        market: &Market,
        (via, id): (&Via, DeploymentId),
        attempt: &Attempt,
        (now, mut spent): (SimTime, SimDuration),
        draws: &Block,
    ) -> Served {
        let mut all = self.serve::<true>(market, id, attempt, (now, spent), draws);
        for (hop, &next) in via.failover.iter().enumerate() {
            if let Answer::Accepted(fate) = all.answer {
                if fate.outcome != Outcome::Failed {
                    break;
                }
                spent = fate.ends.since(now);
            }
            let draws = fate::again(draws, hop);
            let Served { answer, most } = self.serve::<true>(market, version(market, next, now), attempt, (now, spent), &draws);
            if let (Answer::Accepted(fate), Answer::Accepted(_)) = (all.answer, answer) {
                self.leave_behind(&fate, now);
            }
            all = Served { answer: told(all.answer, answer), most: all.most + most };
        }
        all
    }

    /// What a gateway leaves behind when it goes on: a charge, and a place that is freed later.
    fn leave_behind(&mut self, fate: &Accepted, now: SimTime) {
        let by = fate.place.by;
        if fate.charge != Usd::ZERO {
            let charge = Charge { payee: by.into(), stage: None, cause: fate.cause, amount: fate.charge, case: None };
            self.extras.push(Extra { charge, at: now });
        }
        self.releases.push((fate.released, Place { by, holds: Holds::Deployment }));
    }
}

/// What a gateway tells after one answer and then another.
fn told(before: Answer, after: Answer) -> Answer {
    match (before, after) {
        (Answer::Rejected { retry_after: first, .. }, Answer::Rejected { outcome, retry_after: second }) => {
            let soonest =
                if first == SimDuration::ZERO || second == SimDuration::ZERO { first.max(second) } else { first.min(second) };
            Answer::Rejected { outcome, retry_after: soonest }
        }
        (Answer::Accepted(_), Answer::Rejected { .. }) => before,
        (_, Answer::Accepted(_)) => after,
    }
}
