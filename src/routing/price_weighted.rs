//! `price_weighted`: a deployment at random, the likelier the cheaper this request is there: in proportion to price^-power.
//!
//! With a power of 2 this is how OpenRouter shared requests out among providers without a recent outage (its documentation of
//! provider selection, as it stood until 2026-08). It goes by the price of this very request, at the list price or at the last
//! quote where the strategy polls quotes, and keeps away from deployments that have asked for it while another is free. With
//! `outage_memory` it prefers those that have met it with no error of their own of late (OpenRouter: in the last 30 seconds);
//! otherwise it knows nothing of failures. Of refusals and speed it knows nothing either way.

use super::among::Among;
use super::client::{Ask, Luck, View};
use super::observed::OUTAGES;
use super::router::{Find, Heed, Manner, Router};
use super::spec::{ModelName, find_each};
use crate::model::DeploymentId;
use crate::spec::{self, Located, Mistake};
use crate::units::{SimDuration, SimTime, Usd};

spec::table! {
    /// A model at random, the likelier the cheaper.
    pub struct Spec {
        /// The models.
        models: Located<Vec<ModelName>>,
        /// How much likelier: a model at half the price of another is asked 2^power times as often. 0 asks all alike.
        power: Located<f64> = 2.0,
        /// How long it keeps away from a model after an error of the provider's own, such as a 500 or a time-out, while another is
        /// without; 30 s at OpenRouter. Without it, not at all.
        outage_memory: Option<SimDuration>,
    }
}

pub(super) fn names(spec: &Spec) -> Vec<&Located<String>> {
    spec.models.iter().map(|name| &name.0).collect()
}

pub(super) fn build(spec: &Spec, models: Find<'_>) -> Result<PriceWeighted, Mistake> {
    let power = *spec.power;
    if !(0.0..=100.0).contains(&power) {
        return Err(Mistake::error(&spec.power.place, "a power is from 0 to 100").label("out of range"));
    }
    let targets = find_each("price_weighted", &spec.models, models)?;
    Ok(PriceWeighted { targets, power, memory: spec.outage_memory })
}

/// Deployments that share requests by price^-power. What costs nothing takes all, in equal shares.
#[derive(Debug, Clone, PartialEq)]
pub struct PriceWeighted {
    targets: Box<[DeploymentId]>,
    power: f64,
    memory: Option<SimDuration>,
}

impl PriceWeighted {
    /// The weight of a price beside the lowest one, at most 1: no power of a price overflows.
    fn weight(&self, price: Usd, lowest: Usd) -> f64 {
        if price == lowest {
            return 1.0;
        }
        libm::pow(lowest.to_f64() / price.to_f64(), self.power)
    }
}

impl Router for PriceWeighted {
    /// When each target's last error was; empty where nobody asks.
    type State = Box<[Option<SimTime>]>;

    fn state(&self) -> Self::State {
        if self.memory.is_some() { vec![None; self.targets.len()].into() } else { Box::default() }
    }

    fn targets(&self) -> &[DeploymentId] {
        &self.targets
    }

    fn manner(&self) -> Manner {
        Manner { spares_the_busy: true, goes_by_price: true, heeds: self.memory.is_some(), ..Manner::NONE }
    }

    #[inline(never)]
    fn pick(&self, errors: &mut Self::State, among: Among, _: &Ask, view: &View<'_>, luck: &mut Luck) -> usize {
        let among = match self.memory {
            Some(memory) => among.only(|at| errors[at].is_none_or(|error| view.now.since(error) > memory)).or(among),
            None => among,
        };
        let price = |at: usize| view.sight(self.targets[at]).price;
        let lowest = among.iter().map(price).min().unwrap_or(Usd::ZERO);
        among.draw(f64::from(luck.coin()) / 4_294_967_296.0, |at| self.weight(price(at), lowest))
    }

    fn ended(&self, errors: &mut Self::State, attempt: &Heed, _: &Ask, view: &View<'_>) {
        if self.memory.is_some() && OUTAGES.has(attempt.status) {
            errors[attempt.target] = Some(view.now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Status;
    use crate::routing::made_up::{ASK, heed, luck, prices, view};

    /// The shares of these prices, counted on a grid of draws.
    fn shares(power: f64, picos: &[i128], among: &[usize]) -> Vec<f64> {
        let router = PriceWeighted { targets: (0..picos.len() as u16).map(DeploymentId).collect(), power, memory: None };
        let known = prices(picos);
        let view = view(&known, 0);
        let among = Among::first(picos.len()).only(|at| among.contains(&at));
        let mut counts = vec![0.0; picos.len()];
        let draws = 10_000_u32;
        for draw in 0..draws {
            let bits = ((u64::from(draw) << 32) / u64::from(draws)) as u32;
            counts[router.pick(&mut router.state(), among, &ASK, &view, &mut luck(bits))] += 1.0 / f64::from(draws);
        }
        counts
    }

    #[test]
    fn keeps_away_after_an_outage_as_long_as_it_remembers() {
        let router = PriceWeighted {
            targets: [0, 1].map(DeploymentId).into(),
            power: 2.0,
            memory: Some(SimDuration::from_micros(30_000_000)),
        };
        let (known, mut state) = (prices(&[1, 2]), router.state());
        let end = |state: &mut _, target, status| router.ended(state, &heed(target, status, 1), &ASK, &view(&known, 100));
        let picks = |state: &mut _, at| router.pick(state, Among::first(2), &ASK, &view(&known, at), &mut luck(0));
        end(&mut state, 0, Status::RateLimited);
        assert_eq!(picks(&mut state, 101), 0);
        end(&mut state, 0, Status::Unavailable);
        assert_eq!((picks(&mut state, 130), picks(&mut state, 131)), (1, 0));
        end(&mut state, 1, Status::TimedOut);
        assert_eq!(picks(&mut state, 101), 0);
    }

    /// Prices of 1, 2 and 3 under a power of 2: 36, 9 and 4 of 49.
    #[test]
    fn shares_are_powers_of_prices() {
        for (power, prices, among, expected) in [
            (2.0, [1, 2, 3], &[0, 1, 2][..], [36.0 / 49.0, 9.0 / 49.0, 4.0 / 49.0]),
            (1.0, [1, 2, 3], &[0, 1, 2], [6.0 / 11.0, 3.0 / 11.0, 2.0 / 11.0]),
            (0.0, [1, 2, 3], &[0, 1, 2], [1.0 / 3.0; 3]),
            (2.0, [1, 2, 4], &[1, 2], [0.0, 0.8, 0.2]),
            (2.0, [0, 5, 0], &[0, 1, 2], [0.5, 0.0, 0.5]),
            (100.0, [1_000_000_000_000, 9_000_000_000_000, 40_000_000_000], &[0, 1, 2], [0.0, 0.0, 1.0]),
        ] {
            let found = shares(power, &prices, among);
            assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 2e-4), "{power} {prices:?}: {found:?}");
        }
    }
}
