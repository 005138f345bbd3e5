//! `litellm_cost`: the deployment that LiteLLM believes to be the cheapest.
//!
//! This is LiteLLM's `cost-based-routing` (`router_strategy/lowest_cost.py`, 1.106.2): the price of one input token and one output
//! token, added; 5 USD for each that is not known. Prices per image, megapixel or call do not enter, and so all models sold by
//! the image cost 10 USD here, are equal, and the first is always picked. It draws nothing and balances nothing. Between equals
//! decides the order of a Python dictionary: where LiteLLM has had no success for 10 minutes it is that of the list, then that in
//! which deployments had their first success since. [`cheapest`](super::cheapest) is what goes by the price of the request.
//!
//! Of limits it knows requests per minute alone, and counts successes only. It knows nothing of failures and speed.

use super::among::Among;
use super::client::{Ask, Luck, View};
use super::minute::{Minute, Order};
use super::models::Models;
use super::rates::Rates as PerMinute;
use super::router::{Find, Heed, Manner, Refusal, Router};
use crate::model::{DeploymentId, Status};
use crate::spec::{self, Located, Mistake};
use crate::units::{SimDuration, SimTime, Usd};

spec::table! {
    /// What LiteLLM knows of a model's price.
    #[derive(Default)]
    pub struct Rates {
        /// What a token of the prompt costs; without it, it is taken for 5 USD.
        input_cost_per_token: Option<Usd>,
        /// What a token of the answer costs; without it, it is taken for 5 USD.
        output_cost_per_token: Option<Usd>,
        /// Requests per minute; without it, any number.
        rpm: Option<u32>,
    }
}

/// `litellm_cost = { "openai/gpt-image-1" = { input_cost_per_token = "0.000005 USD" }, "recraft/v3" = {} }`.
pub type Spec = Models<Rates>;

pub(super) fn names(spec: &Spec) -> Vec<&Located<String>> {
    spec.names()
}

/// What it says may be sent to each model in a minute.
pub(super) fn rates(spec: &Spec) -> Vec<PerMinute> {
    spec.values().map(|rates| PerMinute { rpm: rates.rpm.map(f64::from), tpm: None }).collect()
}

pub(super) fn build(spec: &Spec, models: Find<'_>) -> Result<LitellmCost, Mistake> {
    let targets = spec.find("litellm_cost", models)?;
    let known = |rate: Option<Usd>| rate.map_or(UNKNOWN, Usd::picos);
    let costs = spec.values().map(|rates| known(rates.input_cost_per_token).saturating_add(known(rates.output_cost_per_token)));
    let rpm = spec.values().map(|rates| rates.rpm.map_or(u64::MAX, u64::from));
    Ok(LitellmCost { targets, costs: costs.collect(), rpm: rpm.collect() })
}

/// 5 USD in picodollars.
const UNKNOWN: i128 = 5_000_000_000_000;

/// How long a dictionary lives from its first entry on: LiteLLM's in-memory cache (`caching/in_memory_cache.py`) keeps what is
/// put there without a time for 600 s, and writing it again does not lengthen that.
const LIFE: SimDuration = SimDuration::from_micros(600_000_000);

/// Deployments, and what LiteLLM thinks that a token in and a token out cost there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LitellmCost {
    targets: Box<[DeploymentId]>,
    /// In picodollars.
    costs: Box<[i128]>,
    /// Requests per minute; the largest number is no limit.
    rpm: Box<[u64]>,
}

/// The dictionary of the deployments that had a success.
#[derive(Debug, Clone)]
pub struct Successes {
    until: Option<SimTime>,
    order: Order,
    minute: Minute,
}

impl Successes {
    fn forget(&mut self, now: SimTime) {
        if self.until.is_some_and(|until| now > until) {
            self.until = None;
            self.order.clear();
            self.minute.clear();
        }
    }
}

impl Router for LitellmCost {
    type State = Successes;

    fn state(&self) -> Successes {
        Successes { until: None, order: Order::of(self.targets.len()), minute: Minute::of(self.targets.len()) }
    }

    fn targets(&self) -> &[DeploymentId] {
        &self.targets
    }

    fn manner(&self) -> Manner {
        Manner { has_limits: true, spares_the_busy: true, heeds: true, ..Manner::NONE }
    }

    #[inline(never)]
    fn admits(&self, state: &mut Successes, among: Among, _: &Ask, view: &View<'_>) -> Result<Among, Refusal> {
        state.forget(view.now);
        state.order.look_up(among);
        let counts = &*state.minute.at(view.now).0;
        let admitted = among.only(|at| counts[at].requests < self.rpm[at]);
        if admitted.is_empty() { Err(Refusal { status: Status::NoneLeft, retry_after: None }) } else { Ok(admitted) }
    }

    #[inline(never)]
    fn pick(&self, state: &mut Successes, among: Among, _: &Ask, _: &View<'_>, _: &mut Luck) -> usize {
        let first = among.iter().min_by_key(|at| (self.costs[*at], state.order.rank(*at)));
        first.expect("there is at least one")
    }

    fn ended(&self, state: &mut Successes, attempt: &Heed, _: &Ask, view: &View<'_>) {
        if attempt.status == Status::Delivered {
            state.forget(view.now);
            state.order.put(attempt.target);
            if state.until.is_none() {
                state.until = Some(view.now + LIFE);
            }
            state.minute.at(view.now).0[attempt.target].requests += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::Known;
    use crate::routing::made_up::{ASK, build_one, luck};

    /// Whom a router picks among these at a second.
    fn pick(router: &LitellmCost, state: &mut Successes, among: &[usize], second: i64) -> Option<usize> {
        let known = Known::default();
        let view = View { now: SimTime::from_micros(second * 1_000_000), known: &known };
        let among = Among::first(router.targets.len()).only(|at| among.contains(&at));
        let among = router.admits(state, among, &ASK, &view).ok()?;
        Some(router.pick(state, among, &ASK, &view, &mut luck(0)))
    }

    fn success(router: &LitellmCost, state: &mut Successes, target: usize, second: i64) {
        let known = Known::default();
        let view = View { now: SimTime::from_micros(second * 1_000_000), known: &known };
        router.ended(state, &Heed { target, status: Status::Delivered, took: SimDuration::ZERO }, &ASK, &view);
    }

    #[test]
    fn prices_per_token_count_and_nothing_else() {
        let text = r#"{ "m/0" = {}, "m/1" = { input_cost_per_token = "6 USD" }, "m/2" = { output_cost_per_token = "0.00004 USD" },
            "m/3" = { input_cost_per_token = "0.000005 USD", output_cost_per_token = "0.00004 USD" } }"#;
        let router = build_one::<Spec, _>(&text.replace('\n', " "), build).expect("valid");
        let mut state = router.state();
        let order = [&[0, 1, 2, 3][..], &[0, 1, 2], &[0, 1], &[1]].map(|among| pick(&router, &mut state, among, 0));
        assert_eq!(order, [Some(3), Some(2), Some(0), Some(1)]);
    }

    #[test]
    fn equals_come_in_the_order_of_their_first_success() {
        let router = build_one::<Spec, _>(r#"["m/0", "m/1", "m/2"]"#, build).expect("valid");
        let mut state = router.state();
        assert_eq!(pick(&router, &mut state, &[0, 1, 2], 0), Some(0));
        success(&router, &mut state, 1, 10);
        assert_eq!([1, 610].map(|second| pick(&router, &mut state, &[0, 1, 2], second)), [Some(1); 2]);
        assert_eq!(pick(&router, &mut state, &[0, 2], 610), Some(0));
        assert_eq!(pick(&router, &mut state, &[0, 1, 2], 611), Some(0), "10 minutes later");
    }

    #[test]
    fn successes_of_this_minute_are_limited() {
        let router = build_one::<Spec, _>(r#"{ "m/0" = { rpm = 1 } }"#, build).expect("valid");
        let mut state = router.state();
        success(&router, &mut state, 0, 10);
        assert_eq!([59, 60].map(|second| pick(&router, &mut state, &[0], second)), [None, Some(0)]);
    }
}
