//! `price_weighted`: a deployment at random, the likelier the cheaper this request is there: in proportion to price^-power.
//!
//! With a power of 2 this is how OpenRouter shared requests out among providers without a recent outage (its documentation of
//! provider selection, as it stood until 2026-08). It goes by the price of this very request, at the list price or at the last
//! quote where the strategy polls quotes, and keeps away from deployments that have asked for it while another is free. It
//! knows nothing of failures, refusals and speed.

use super::among::Among;
use super::client::{Ask, Luck, View};
use super::router::{Find, Router};
use super::spec::{ModelName, find_all};
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
    let power = *spec.power;
    if !(0.0..=100.0).contains(&power) {
        return Err(Mistake::error(&spec.power.place, "a power is from 0 to 100").label("out of range"));
    }
    let targets = find_all("price_weighted", "to choose from", &spec.models, models)?;
    Ok(PriceWeighted { targets, power })
}

/// Deployments that share requests by price^-power. What costs nothing takes all, in equal shares.
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
}

impl Router for PriceWeighted {
    type State = ();

    fn state(&self) {}

    fn targets(&self) -> &[DeploymentId] {
        &self.targets
    }

    #[inline(never)]
    fn pick(&self, (): &mut (), among: Among, _: &Ask, view: &View<'_>, luck: &mut Luck) -> usize {
        let price = |at: usize| view.sight(self.targets[at]).price;
        let lowest = among.iter().map(price).min().unwrap_or(Usd::ZERO);
        let weight = |at: usize| self.weight(price(at), lowest);
        let mut left = f64::from(luck.coin()) / 4_294_967_296.0 * among.iter().map(weight).sum::<f64>();
        let mut last = among.lowest();
        for at in among.iter() {
            last = at;
            left -= weight(at);
            if left < 0.0 {
                break;
            }
        }
        last
    }

    fn spares_the_busy(&self) -> bool {
        true
    }

    fn goes_by_price(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::made_up::{ASK, luck};
    use crate::routing::{Known, Sight};
    use crate::units::SimTime;

    /// The shares of these prices, counted on a grid of draws.
    fn shares(power: f64, prices: &[i128], among: &[usize]) -> Vec<f64> {
        let router = PriceWeighted { targets: (0..prices.len() as u16).map(DeploymentId).collect(), power };
        let sight = |price: &i128| Sight { price: Usd::from_picos(*price), ..Sight::default() };
        let known = Known { sights: prices.iter().map(sight).collect(), ..Known::default() };
        let view = View { now: SimTime::START, known: &known };
        let among = Among::first(prices.len()).only(|at| among.contains(&at));
        let mut counts = vec![0.0; prices.len()];
        let draws = 10_000_u32;
        for draw in 0..draws {
            let bits = ((u64::from(draw) << 32) / u64::from(draws)) as u32;
            counts[router.pick(&mut (), among, &ASK, &view, &mut luck(bits))] += 1.0 / f64::from(draws);
        }
        counts
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
