//! An attempt at one deployment: its limits, its cache, its fate, its charge.

use super::amounts::Amounts;
use super::charging::{Bill, Charged};
use super::{Attempt, Providers};
use crate::model::{Accepted, Answer, DeploymentId, Outcome, Place};
use crate::provider::billing::{Rule, cause};
use crate::provider::fate::{self, Fate};
use crate::provider::limit::Admission;
use crate::provider::moving::Factor;
use crate::provider::terms::Slowdown;
use crate::provider::{Cache, Deployment, Market, More, Usage};
use crate::random::Block;
use crate::units::{SimDuration, SimTime, Usd};

impl Providers {
    /// An attempt at this very deployment, to which a gateway turns after `spent`, `again` where it has tried another. Its limits
    /// are asked now. Where there is more, what it is billed if everything unknown bills is left in `most`.
    #[inline]
    pub(super) fn serve<const MORE: bool>(
        &mut self,
        market: &Market,
        id: DeploymentId,
        attempt: &Attempt<'_>,
        (now, spent, again): (SimTime, SimDuration, bool),
        draws: &Block,
    ) -> Answer {
        let deployment = &market.deployments[id.index()];
        let more = if MORE { deployment.more.as_deref() } else { None };
        if MORE && !self.spans[id.index()].contains(now) {
            self.most = Usd::ZERO;
            return Answer::Rejected { outcome: Outcome::Gone, retry_after: SimDuration::ZERO };
        }
        let (factor, slowdown) = more.map_or((Factor::ONE, Slowdown::NONE), |more| self.before(market, deployment, more, now));
        let owners = more.map_or([].as_slice(), |more| &more.owners);
        let mut bill = Bill { market, deployment, id, owners, again, factor, now, stored: None };
        let amounts = Amounts { deployment, attempt, now, factor };
        let deadline = now + attempt.timeout;
        let applied = &deployment.limits;
        let start = match self.gauges.arrive(&market.limits, applied, now, deadline, |measure| amounts.asked(measure)) {
            Admission::Rejected { retry_after } => {
                return self.reject(&bill, deployment.billing.rate_limited, attempt.asked(), retry_after);
            }
            Admission::Abandoned { at } => {
                self.gauges.abandon(&market.limits, applied, now, at, |measure| amounts.taken(measure, Usd::ZERO));
                return self.given_up(&bill, deployment.billing.gave_up, attempt.asked(), at, Place::all(id));
            }
            Admission::Start { at } => at.max(now + spent),
        };
        bill.stored = if MORE { self.stored(more, id, attempt, now) } else { None };
        let fate = more.map_or_else(
            || fate::plain(deployment, attempt, draws),
            |more| {
                let effect = self.incidents.effect(&market.incidents, &more.incidents, now, start);
                match bill.stored {
                    Some(cache) => fate::stored(deployment, cache, effect, draws),
                    None => fate::of(deployment, more, attempt, draws, &mut self.warmth[id.index()], (start, effect, slowdown)),
                }
            },
        );
        let Fate { outcome, takes, refused, empty, .. } = fate;
        let released = start + takes;
        // An attempt that ends in the very instant of the timeout has ended.
        let late = released > deadline;
        if MORE && bill.stored.is_none() && outcome == Outcome::Delivered {
            self.store(more, id, attempt, released);
        }
        let (rule, cause) = (deployment.billing.of(outcome, refused, late), cause(outcome, late));
        let Charged { certain: charge, most } =
            self.charge::<MORE>(&bill, rule, cause, attempt, || fate::used(attempt, &fate, draws));
        let (outcome, ends) = if late { (Outcome::TimedOut, deadline) } else { (outcome, released) };
        self.gauges.occupy(&market.limits, applied, now, (start, released), |measure| amounts.taken(measure, most));
        let place = Place::all(id);
        if MORE {
            self.most = most;
        }
        Answer::Accepted(Accepted { outcome, empty, place, ends, released, charge, cause })
    }

    /// The cache that has the image stored, where one does.
    fn stored<'m>(&mut self, more: Option<&'m More>, id: DeploymentId, attempt: &Attempt<'_>, now: SimTime) -> Option<&'m Cache> {
        let (cache, template) = (more?.cache.as_ref()?, attempt.details.template?);
        let cached = self.caches[id.index()].as_mut()?;
        cache.lookup(cached, usize::from(template), attempt.shape.index(), now).then_some(cache)
    }

    /// Stores an image from the time on at which it is delivered.
    fn store(&mut self, more: Option<&More>, id: DeploymentId, attempt: &Attempt<'_>, at: SimTime) {
        let cache = more.and_then(|more| more.cache.as_ref());
        if let (Some(cache), Some(template), Some(cached)) = (cache, attempt.details.template, self.caches[id.index()].as_mut()) {
            cache.store(cached, usize::from(template), attempt.shape.index(), at);
        }
    }

    /// What has to be known before an attempt is let in: the price's factor, and whether it is slowed. Fees fall due.
    fn before(&mut self, market: &Market, deployment: &Deployment, more: &More, now: SimTime) -> (Factor, Slowdown) {
        let factor = self.factor_of(market, deployment, now);
        let mut slowdown = Slowdown::NONE;
        for &owner in &more.owners {
            let owner = usize::from(owner);
            self.fall_due(market, owner, now);
            let state = self.terms[owner].last().expect("terms have a state at least");
            slowdown = slowdown.max(market.owners[owner].terms.slowdown(state));
        }
        (factor, slowdown)
    }

    /// An attempt that a limit rejects. Some providers bill even these.
    #[inline]
    pub(super) fn reject(&mut self, bill: &Bill<'_>, rule: Rule, usage: Usage, retry_after: SimDuration) -> Answer {
        if rule != Rule::NOTHING {
            self.bill_rejected(bill, rule, usage);
        }
        self.most = Usd::ZERO;
        Answer::rate_limited(retry_after)
    }
}
