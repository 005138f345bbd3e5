//! `thompson`: the deployment whose chance to deliver, drawn from what is believed of it, is highest; a retry asks anew.
//!
//! The belief is a beta distribution with the parameters prior + deliveries and prior + failures as this client has seen them,
//! halved in every half-life where there is one. With `worth`, what is compared is the chance less price / worth: the deployment
//! that is expected to gain most. Beliefs change when attempts end, so that attempts under way teach nothing yet.
//!
//! Source: W. R. Thompson, Biometrika 25 (1933); O. Chapelle and L. Li, "An empirical evaluation of Thompson sampling", NIPS 2011.
//! LiteLLM's adaptive router is of this kind. Each target's draw is two gamma variables (Marsaglia and Tsang) of keyed numbers of
//! the attempt, so that it depends on no other target. It cannot know why an attempt failed: a refusal of a prompt that every
//! filter refuses counts against the deployment that was asked.

use super::among::Among;
use super::bandit::{NUMBERS, beta, toll};
use super::client::{Ask, Luck, View};
use super::observed::{Fading, HalfLife, Worth, one};
use super::router::{Find, Heed, Manner, Router};
use super::spec::{ModelName, find_each};
use crate::model::{DeploymentId, Status};
use crate::spec::{self, Located, Mistake};
use crate::units::Usd;

spec::checked! {
    /// A number of attempts that are taken to have been seen before.
    pub struct Belief(f64): |count| (1.0..=1e6).contains(count), "a number from 1 to 1000000", 1;
}

spec::table! {
    /// The model whose chance to deliver, drawn from what is believed of it, is highest.
    pub struct Spec {
        /// The models.
        models: Located<Vec<ModelName>>,
        /// What a delivered image is worth: then the price counts as well, as a share of it. Without it, only deliveries do.
        worth: Option<Worth>,
        /// Deliveries that each model is taken to have had before; 1 and 1 believe every chance alike.
        prior_delivered: Belief = 1.0,
        /// Failures that each model is taken to have had before.
        prior_failed: Belief = 1.0,
        /// After how long an observation counts for half; without it, nothing is forgotten.
        half_life: Option<HalfLife>,
    }
}

pub(super) fn names(spec: &Spec) -> Vec<&Located<String>> {
    spec.models.iter().map(|name| &name.0).collect()
}

pub(super) fn build(spec: &Spec, models: Find<'_>) -> Result<Thompson, Mistake> {
    Ok(Thompson {
        targets: find_each("thompson", &spec.models, models)?,
        worth: spec.worth.map(|worth| worth.0),
        prior: [spec.prior_delivered.0, spec.prior_failed.0],
        life: spec.half_life,
    })
}

/// Deployments with what is believed of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Thompson {
    targets: Box<[DeploymentId]>,
    worth: Option<Usd>,
    prior: [f64; 2],
    life: Option<HalfLife>,
}

impl Router for Thompson {
    /// Deliveries and failures.
    type State = Box<[Fading<2>]>;

    fn state(&self) -> Self::State {
        vec![Fading::NONE; self.targets.len()].into()
    }

    fn targets(&self) -> &[DeploymentId] {
        &self.targets
    }

    fn manner(&self) -> Manner {
        Manner { goes_by_price: self.worth.is_some(), heeds: true, ..Manner::NONE }
    }

    #[inline(never)]
    fn pick(&self, state: &mut Self::State, among: Among, _: &Ask, view: &View<'_>, luck: &mut Luck) -> usize {
        among.least(|at| {
            let [delivered, failed] = state[at].now(self.life, view.now);
            let number = |number: u32| luck.more(at as u32 * NUMBERS + number);
            let chance = beta(self.prior[0] + delivered, self.prior[1] + failed, number);
            toll(view.sight(self.targets[at]).price, self.worth) - chance
        })
    }

    fn ended(&self, state: &mut Self::State, attempt: &Heed, _: &Ask, view: &View<'_>) {
        let delivered = attempt.status == Status::Delivered;
        state[attempt.target].add(self.life, view.now, [one(delivered), one(!delivered)]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Key, Purpose};
    use crate::routing::made_up::{ASK, heed, prices, view};

    /// How often each target is picked over many requests.
    fn counts(router: &Thompson, state: &mut Box<[Fading<2>]>, picos: &[i128]) -> Vec<u32> {
        let (known, key, mut counts) = (prices(picos), Key::new(5, 0, Purpose::Attempt), vec![0; picos.len()]);
        for request in 0..2000 {
            let mut luck = Luck::new(key, request, 0);
            counts[router.pick(state, Among::first(picos.len()), &ASK, &view(&known, 0), &mut luck)] += 1;
        }
        counts
    }

    /// Without any observation both are asked alike, by symmetry; after many, the better one, or the one that gains more.
    #[test]
    fn asks_what_it_believes_in() {
        let router = Thompson { targets: [0, 1].map(DeploymentId).into(), worth: None, prior: [1.0, 1.0], life: None };
        let mut state = router.state();
        let at_first = counts(&router, &mut state, &[1, 3]);
        assert!((f64::from(at_first[0]) - 1000.0).abs() < 4.5 * libm::sqrt(500.0), "{at_first:?}");
        let known = prices(&[1, 3]);
        for n in 0..400 {
            let of = |every: u32| if n % every == 0 { Status::Failed } else { Status::Delivered };
            router.ended(&mut state, &heed(0, of(2), 1), &ASK, &view(&known, 0));
            router.ended(&mut state, &heed(1, of(4), 1), &ASK, &view(&known, 0));
        }
        assert_eq!(counts(&router, &mut state, &[1, 3]), [0, 2000]);
        // A chance of 1/2 at a quarter of its worth gains more than 3/4 at three quarters.
        let frugal = Thompson { worth: Some(Usd::from_picos(4)), ..router };
        assert_eq!(counts(&frugal, &mut state, &[1, 3]), [2000, 0]);
    }
}
