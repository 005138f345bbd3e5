//! `price_weighted`: a deployment at random, the likelier the cheaper this request is there: in proportion to price^-power.
//!
//! With a power of 2 this is how OpenRouter shared requests out among providers without a recent outage (its documentation of
//! provider selection, as it stood until 2026-08). It goes by the price of this very request, at the list price or at the last
//! quote where the strategy polls quotes, and keeps away from deployments that have asked for it while another is free. It
//! knows nothing of failures, refusals and speed.

use super::client::{Ask, View};
use super::router::{Find, Router};
use super::spec::{ModelName, find};
use crate::model::DeploymentId;
use crate::spec::{self, Located, Mistake};
use crate::units::Usd;

spec::table! {
    /// A model at random, the likelier the cheaper.
    pub struct Spec {
        /// The models.
        models: Located<Vec<ModelName>>,
        /// How much likelier: a model at half the price of another is asked 2^power times as often. 0 asks all alike.
        power: Located<f64> = 2.0,
    }
}

pub(super) fn names(spec: &Spec) -> Vec<&Located<String>> {
    spec.models.iter().map(|name| &name.0).collect()
}

pub(super) fn build(spec: &Spec, models: Find<'_>) -> Result<PriceWeighted, Mistake> {
    if spec.models.is_empty() {
        return Err(Mistake::error(&spec.models.place, "price_weighted takes at least one model").label("to choose from"));
    }
    let power = *spec.power;
    if !(0.0..=100.0).contains(&power) {
        return Err(Mistake::error(&spec.power.place, "a power is from 0 to 100").label("out of range"));
    }
    let targets = spec.models.iter().map(|name| find(&name.0, models)).collect::<Result<_, _>>()?;
    Ok(PriceWeighted { targets, power })
}

/// Deployments that share requests by price^-power.
///
/// A deployment whose retry-afters have not all passed is left out while another is free; when none is free, all count. What
/// costs nothing takes all, in equal shares.
#[derive(Debug, Clone, PartialEq)]
pub struct PriceWeighted {
    targets: Box<[DeploymentId]>,
    power: f64,
}

impl PriceWeighted {
    /// The weight of a price beside the lowest one, at most 1: no power of a price overflows.
    fn weight(&self, price: Usd, lowest: Usd) -> f64 {
        if price == lowest {
            return 1.0;
        }
        libm::pow(lowest.to_f64() / price.to_f64(), self.power)
    }

    fn is_free(&self, at: usize, view: &View<'_>) -> bool {
        view.sight(self.targets[at]).retry_after_until <= view.now
    }

    fn draw(&self, view: &View<'_>, bits: u32, counts: impl Fn(usize) -> bool) -> DeploymentId {
        let all = || (0..self.targets.len()).filter(|&at| counts(at));
        let price = |at: usize| view.sight(self.targets[at]).price;
        let lowest = all().map(price).min().unwrap_or(Usd::ZERO);
        let weight = |at: usize| self.weight(price(at), lowest);
        let mut left = f64::from(bits) / 4_294_967_296.0 * all().map(weight).sum::<f64>();
        let mut last = self.targets[0];
        for at in all() {
            last = self.targets[at];
            left -= weight(at);
            if left < 0.0 {
                break;
            }
        }
        last
    }
}

impl Router for PriceWeighted {
    fn levels(&self) -> usize {
        1
    }

    #[inline(never)]
    fn pick(&self, _: usize, _: &Ask, view: &View<'_>, mut coin: impl FnMut() -> u32) -> DeploymentId {
        let bits = coin();
        if self.has_free(0, view) { self.draw(view, bits, |at| self.is_free(at, view)) } else { self.draw(view, bits, |_| true) }
    }

    fn has_free(&self, _: usize, view: &View<'_>) -> bool {
        (0..self.targets.len()).any(|at| self.is_free(at, view))
    }

    fn targets(&self) -> &[DeploymentId] {
        &self.targets
    }

    fn goes_by_price(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ClassId, Stage};
    use crate::routing::{Known, Sight};
    use crate::units::SimTime;

    /// The shares of these prices, counted on a grid of draws.
    fn shares(power: f64, prices: &[i128], busy: &[usize]) -> Vec<f64> {
        let router = PriceWeighted { targets: (0..prices.len() as u16).map(DeploymentId).collect(), power };
        let until = |at| SimTime::from_micros(i64::from(busy.contains(&at)));
        let sight = |(at, price): (usize, &i128)| Sight { price: Usd::from_picos(*price), retry_after_until: until(at) };
        let known = Known { sights: prices.iter().enumerate().map(sight).collect(), ..Known::default() };
        let ask = Ask { class: ClassId(0), stage: Stage::Final, images: 1, tokens: 50 };
        let view = View { now: SimTime::START, known: &known };
        let mut counts = vec![0.0; prices.len()];
        let draws = 10_000_u32;
        for draw in 0..draws {
            let bits = ((u64::from(draw) << 32) / u64::from(draws)) as u32;
            counts[router.pick(0, &ask, &view, || bits).index()] += 1.0 / f64::from(draws);
        }
        counts
    }

    /// Prices of 1, 2 and 3 under a power of 2: 36, 9 and 4 of 49.
    #[test]
    fn shares_are_powers_of_prices() {
        for (power, prices, busy, expected) in [
            (2.0, [1, 2, 3], &[][..], [36.0 / 49.0, 9.0 / 49.0, 4.0 / 49.0]),
            (1.0, [1, 2, 3], &[], [6.0 / 11.0, 3.0 / 11.0, 2.0 / 11.0]),
            (0.0, [1, 2, 3], &[], [1.0 / 3.0; 3]),
            (2.0, [1, 2, 4], &[0], [0.0, 0.8, 0.2]),
            (2.0, [1, 1, 2], &[0, 1, 2], [4.0 / 9.0, 4.0 / 9.0, 1.0 / 9.0]),
            (2.0, [0, 5, 0], &[], [0.5, 0.0, 0.5]),
            (100.0, [1_000_000_000_000, 9_000_000_000_000, 40_000_000_000], &[], [0.0, 0.0, 1.0]),
        ] {
            let found = shares(power, &prices, busy);
            assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 2e-4), "{power} {prices:?}: {found:?}");
        }
    }
}
