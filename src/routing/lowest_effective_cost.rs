//! `lowest_effective_cost`: the deployment at which a delivered image is expected to cost least; then the next.
//!
//! The expected cost is (price + fee) x billed attempts / delivered attempts. The price is that of this very request, by list or
//! by the last quote; the fee is the model's own, of a gateway for example. Billed and delivered attempts are those that this
//! client has seen itself, halved in every half-life, on top of those it is taken to have seen before. Which answers are billed
//! is what the client believes: it has no invoice to look at. The first named is asked where two are alike.
//!
//! Source: the rule is the project's own (no gateway has it: LiteLLM 1.106.2's cost-based routing, `router_strategy/
//! lowest_cost.py`, goes by list prices of tokens alone). What it cannot know: what others met there, what is billed in truth, and
//! how a target does that it no longer asks: that is forgotten in time, and the target asked again.

use super::among::Among;
use super::client::{Ask, Luck, View};
use super::observed::{Fading, HalfLife, Prior, one};
use super::router::{Find, Heed, Manner, Router};
use super::spec::{ModelName, each, find_each};
use crate::model::{DeploymentId, Status, Statuses};
use crate::spec::{self, Located, Mistake, Named};
use crate::units::Usd;

spec::table! {
    /// The model at which a delivered image is expected to cost least.
    pub struct Spec {
        /// The models.
        models: Located<Vec<ModelName>>,
        /// What a request costs on top of the price, by model; nothing where nothing is said.
        fees: Option<Named<Usd>>,
        /// Answers that are taken to be billed besides images. The default is the article's view: whatever the provider has worked
        /// on.
        bills: Vec<Status> = ["filtered", "failed", "timed_out"],
        /// The same for single models.
        bills_at: Option<Named<Vec<Status>>>,
        /// After how long an observation counts for half; assumed.
        half_life: HalfLife = "1h",
        /// Delivered attempts that each model is taken to have had before; assumed.
        prior_delivered: Prior = 10.0,
        /// Billed attempts that each model is taken to have had before; assumed.
        prior_billed: Prior = 10.0,
    }
}

pub(super) fn names(spec: &Spec) -> Vec<&Located<String>> {
    spec.models.iter().map(|name| &name.0).collect()
}

pub(super) fn build(spec: &Spec, models: Find<'_>) -> Result<LowestEffectiveCost, Mistake> {
    let targets = find_each("lowest_effective_cost", &spec.models, models)?;
    let fees = each(&spec.models, spec.fees.as_ref(), &Usd::ZERO)?.iter().map(|fee| fee.to_f64()).collect();
    let bills = each(&spec.models, spec.bills_at.as_ref(), &spec.bills)?;
    let bills = bills.iter().map(|bills| bills.iter().copied().chain([Status::Delivered]).collect()).collect();
    let prior = [spec.prior_delivered.0, spec.prior_billed.0];
    Ok(LowestEffectiveCost { targets, fees, bills, life: spec.half_life, prior })
}

/// Deployments to choose from by what a delivered image is expected to cost.
#[derive(Debug, Clone, PartialEq)]
pub struct LowestEffectiveCost {
    targets: Box<[DeploymentId]>,
    /// In dollars.
    fees: Box<[f64]>,
    bills: Box<[Statuses]>,
    life: HalfLife,
    /// Delivered and billed attempts.
    prior: [f64; 2],
}

impl LowestEffectiveCost {
    fn cost(&self, at: usize, seen: &Fading<2>, view: &View<'_>) -> f64 {
        let [delivered, billed] = seen.now(Some(self.life), view.now);
        let price = view.sight(self.targets[at]).price.to_f64() + self.fees[at];
        price * (billed + self.prior[1]) / (delivered + self.prior[0])
    }
}

impl Router for LowestEffectiveCost {
    /// Delivered and billed attempts.
    type State = Box<[Fading<2>]>;

    fn state(&self) -> Self::State {
        vec![Fading::NONE; self.targets.len()].into()
    }

    fn targets(&self) -> &[DeploymentId] {
        &self.targets
    }

    fn manner(&self) -> Manner {
        Manner { moves_on: true, goes_by_price: true, heeds: true, ..Manner::NONE }
    }

    #[inline(never)]
    fn pick(&self, state: &mut Self::State, among: Among, _: &Ask, view: &View<'_>, _: &mut Luck) -> usize {
        among.least(|at| self.cost(at, &state[at], view))
    }

    fn ended(&self, state: &mut Self::State, attempt: &Heed, _: &Ask, view: &View<'_>) {
        let seen = [one(attempt.status == Status::Delivered), one(self.bills[attempt.target].has(attempt.status))];
        state[attempt.target].add(Some(self.life), view.now, seen);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::made_up::{ASK, heed, luck, prices, view};
    use crate::units::SimDuration;

    /// 20 of 100 refused and billed at 10, none at 12: 10 x 100 / 80 = 12.5 against 12 (with next to no prior).
    #[test]
    fn a_cheap_model_that_refuses_is_the_dearer_one() {
        let router = LowestEffectiveCost {
            targets: [0, 1].map(DeploymentId).into(),
            fees: [0.0, 0.0].into(),
            bills: [Statuses::of(&[Status::Delivered, Status::Filtered]), Statuses::of(&[Status::Delivered])].into(),
            life: HalfLife(SimDuration::HOUR),
            prior: [1e-3, 1e-3],
        };
        let known = prices(&[10, 12]);
        let mut state = router.state();
        let pick = |state: &mut Box<[Fading<2>]>, seconds| {
            router.pick(state, Among::first(2), &ASK, &view(&known, seconds), &mut luck(0))
        };
        assert_eq!(pick(&mut state, 0), 0);
        for n in 0..100 {
            let status = if n < 20 { Status::Filtered } else { Status::Delivered };
            router.ended(&mut state, &heed(0, status, 1), &ASK, &view(&known, 0));
        }
        let cost = router.cost(0, &state[0], &view(&known, 0));
        assert!((cost / 12.5e-12 - 1.0).abs() < 1e-4, "{cost}");
        assert_eq!(pick(&mut state, 0), 1);
        // Days later next to nothing is left of it.
        assert_eq!(pick(&mut state, 3 * 86_400), 0);
        // Refusals that are not billed cost nothing: neither model is dearer for them.
        (0..100).for_each(|_| router.ended(&mut state, &heed(1, Status::Filtered, 1), &ASK, &view(&known, 0)));
        assert!((router.cost(1, &state[1], &view(&known, 0)) / 12e-12 - 1.0).abs() < 1e-9);
    }
}
