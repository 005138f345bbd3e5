//! An attempt that goes through a gateway, which has limits, time and failures of its own and may go on to other models.
//!
//! The gateway is asked first: its limits, then whether it fails by itself, which ends the attempt. Then it tries its models
//! one after the other, while one fails, is gone or is at its limit. What it tells in the end is what became of the last
//! that worked on the attempt; where none did, the rejection that lets the next attempt in soonest: one at a limit, before one
//! of a model that is gone.

use super::amounts::Amounts;
use super::charging::Bill;
use super::{Attempt, Extra, Providers, version};
use crate::model::{Accepted, Answer, Cause, Charge, DeploymentId, Holds, Outcome, Place};
use crate::provider::billing::Rule;
use crate::provider::fate;
use crate::provider::limit::Admission;
use crate::provider::{Market, Via};
use crate::random::Block;
use crate::units::{SimDuration, SimTime, Usd};

impl Providers {
    /// An attempt at a deployment that has [more](crate::provider::More): a floating name, a gateway before it.
    #[inline(never)]
    pub(super) fn relay(&mut self, market: &Market, attempt: &Attempt<'_>, now: SimTime, draws: &Block) -> Answer {
        let id = version(market, attempt.deployment, now);
        let via = market.deployments[id.index()].more.as_ref().and_then(|more| more.via.as_ref());
        match via {
            None => self.serve::<true>(market, id, attempt, (now, SimDuration::ZERO, false), draws),
            Some(via) => self.through(market, (via, id), attempt, now, draws),
        }
    }

    /// An attempt through a gateway at this deployment.
    fn through(
        &mut self,
        market: &Market,
        (via, id): (&Via, DeploymentId),
        attempt: &Attempt<'_>,
        now: SimTime,
        draws: &Block,
    ) -> Answer {
        let deployment = &market.deployments[id.index()];
        let factor = self.factor_of(market, deployment, now);
        let owners = via.owners.as_ref();
        let bill = Bill { market, deployment, id, owners, again: false, factor, now, stored: None };
        let amounts = Amounts { deployment, attempt, now, factor };
        let deadline = now + attempt.timeout;
        let start = match self.gauges.arrive(&market.limits, &via.limits, now, deadline, |measure| amounts.asked(measure)) {
            Admission::Rejected { retry_after } => {
                // Where the client has an account with the provider, that is whose rules of billing these are.
                let rule = if via.own_key { Rule::NOTHING } else { deployment.billing.rate_limited };
                return self.reject(&bill, rule, attempt.asked(), retry_after);
            }
            Admission::Abandoned { at } => {
                self.gauges.abandon(&market.limits, &via.limits, now, at, |measure| amounts.taken(measure, Usd::ZERO));
                let place = Place { by: id, holds: Holds::Gateway };
                let rule = if via.own_key { Rule::NOTHING } else { deployment.billing.gave_up };
                return self.given_up(&bill, rule, attempt.asked(), at, place);
            }
            Admission::Start { at } => at,
        };
        let effect = self.incidents.effect(&market.incidents, &via.incidents, now, start);
        let (takes, fails) = fate::relayed(via, effect, draws);
        let spent = start.since(now) + takes;
        let answer = if fails {
            self.fails_itself(&bill, attempt, spent)
        } else {
            self.hops(market, (via, id), attempt, (now, spent), draws)
        };
        let most = self.most;
        let released = if let Answer::Accepted(fate) = answer { fate.released } else { start };
        self.gauges.occupy(&market.limits, &via.limits, now, (start, released), |measure| amounts.taken(measure, most));
        if let Answer::Rejected { .. } = answer {
            self.gauges.release(&via.limits);
        }
        answer
    }

    /// The gateway fails before the attempt has reached anybody.
    fn fails_itself(&mut self, bill: &Bill<'_>, attempt: &Attempt<'_>, spent: SimDuration) -> Answer {
        let (deadline, released) = (bill.now + attempt.timeout, bill.now + spent);
        let late = released > deadline;
        let (outcome, ends) = if late { (Outcome::TimedOut, deadline) } else { (Outcome::Failed, released) };
        let cause = Cause::of(outcome);
        let charged = self.charge::<true>(bill, Rule::NOTHING, cause, attempt, || attempt.asked());
        let place = Place { by: bill.id, holds: Holds::Gateway };
        let fate = Accepted { outcome, empty: false, place, ends, released, charge: charged.certain, cause };
        self.most = charged.most;
        Answer::Accepted(fate)
    }

    /// The gateway's models, one after the other, from `spent` after the attempt was sent.
    fn hops(
        &mut self,
        market: &Market,
        (via, id): (&Via, DeploymentId),
        attempt: &Attempt<'_>,
        (now, mut spent): (SimTime, SimDuration),
        draws: &Block,
    ) -> Answer {
        let mut told = self.serve::<true>(market, id, attempt, (now, spent, false), draws);
        for (hop, &next) in via.failover.iter().enumerate() {
            if let Answer::Accepted(fate) = told {
                if fate.outcome != Outcome::Failed {
                    break;
                }
                spent = fate.ends.since(now);
            }
            let draws = fate::again(draws, hop);
            let before = self.most;
            let answer = self.serve::<true>(market, version(market, next, now), attempt, (now, spent, true), &draws);
            if let (Answer::Accepted(fate), Answer::Accepted(_)) = (told, answer) {
                self.leave_behind(&fate, now);
            }
            self.most += before;
            told = after(told, answer);
        }
        told
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
fn after(first: Answer, second: Answer) -> Answer {
    let gone = |answer| matches!(answer, Answer::Rejected { outcome: Outcome::Gone, .. });
    match (first, second) {
        (Answer::Rejected { retry_after: one, .. }, Answer::Rejected { outcome, retry_after: other })
            if !gone(first) && !gone(second) =>
        {
            // Zero says nothing.
            let silent = one == SimDuration::ZERO || other == SimDuration::ZERO;
            Answer::Rejected { outcome, retry_after: if silent { one.max(other) } else { one.min(other) } }
        }
        (_, Answer::Rejected { .. }) if !gone(first) => first,
        _ => second,
    }
}
