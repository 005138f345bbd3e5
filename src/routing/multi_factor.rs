//! `multi_factor`: the deployment with the highest weighted sum of quality, latency, price and load; then the next.
//!
//! What is beyond a ceiling, or below the quality that is asked for, is left out first. Over the others each factor is put on a
//! scale from 0 (the lowest value) to 1 (the highest), and the score is wQ Q + wL (1 - T) + wC (1 - C) + wN (1 - N): quality Q is
//! given, T is a percentile of the time to images, C the price of this request, N the attempts of this client under way there. A
//! ceiling on what has not been observed yet leaves nothing out.
//!
//! Source: vLLM semantic-router, `website/docs/tutorials/algorithm/selection/multi-factor.md`, as of 2026-11 (the strategy
//! `weighted`; its `lexicographic` is not here). Assumed: what has delivered nothing counts as the fastest; percentiles are over
//! the last 64 images; where nothing is left, `fail` is not to be had. It cannot know the load that others put on a provider.

use super::among::Among;
use super::client::{Ask, Luck, View};
use super::observed::Weight;
use super::router::{Find, Heed, Manner, Router};
use super::spec::{ModelName, each, find_each};
use crate::model::{DeploymentId, Status};
use crate::spec::{self, Located, Mistake, Named};
use crate::units::{Share, SimDuration, Usd};

spec::words! {
    /// What is asked where nothing keeps to the ceilings.
    pub enum NoneLeft {
        /// The cheapest.
        "cheapest" => Cheapest,
        /// The first named.
        "first" => First,
    }
}

spec::table! {
    /// The model with the highest weighted sum of quality, latency, price and load. The defaults are those of vLLM semantic-router.
    pub struct Spec {
        /// The models.
        models: Located<Vec<ModelName>>,
        /// The quality of each model, on any scale on which more is better. Without it, quality counts for nothing; with it, every
        /// model needs one.
        quality: Option<Named<f64>>,
        /// The weight of quality. Weights are relative to their sum; where all are zero, all are alike.
        quality_weight: Weight = 0.25,
        /// The weight of the time to images.
        latency_weight: Weight = 0.25,
        /// The weight of the price.
        price_weight: Weight = 0.25,
        /// The weight of attempts under way.
        load_weight: Weight = 0.25,
        /// Which percentile of the time to images counts.
        percentile: Share = "95%",
        /// The least quality.
        min_quality: Option<f64>,
        /// The longest time to images, at that percentile.
        max_latency: Option<SimDuration>,
        /// The highest price of a request.
        max_price: Option<Usd>,
        /// The most attempts under way.
        max_in_flight: Option<u32>,
        /// What is asked where nothing is left.
        none_left: NoneLeft = "cheapest",
    }
}

pub(super) fn names(spec: &Spec) -> Vec<&Located<String>> {
    spec.models.iter().map(|name| &name.0).collect()
}

pub(super) fn build(spec: &Spec, models: Find<'_>) -> Result<MultiFactor, Mistake> {
    let targets = find_each("multi_factor", &spec.models, models)?;
    let quality = each(&spec.models, spec.quality.as_ref(), &f64::NAN)?;
    if spec.quality.is_some() && quality.iter().any(|quality| quality.is_nan()) {
        let what = "where one model has a quality, every model needs one";
        return Err(Mistake::error(&spec.models.place, what).label("not all of these have"));
    }
    let weights = [spec.quality_weight.0, spec.latency_weight.0, spec.price_weight.0, spec.load_weight.0];
    let weights = if weights.iter().sum::<f64>() > 0.0 { weights } else { [1.0; 4] };
    Ok(MultiFactor {
        targets,
        quality: if spec.quality.is_some() { quality } else { Box::default() },
        weights,
        percentile: spec.percentile.get(),
        min_quality: spec.min_quality,
        max_latency: spec.max_latency,
        max_price: spec.max_price,
        max_in_flight: spec.max_in_flight,
        none_left: spec.none_left,
    })
}

/// Deployments to choose from by several factors.
#[derive(Debug, Clone, PartialEq)]
pub struct MultiFactor {
    targets: Box<[DeploymentId]>,
    /// Empty where it counts for nothing.
    quality: Box<[f64]>,
    /// Of quality, latency, price and load.
    weights: [f64; 4],
    percentile: f64,
    min_quality: Option<f64>,
    max_latency: Option<SimDuration>,
    max_price: Option<Usd>,
    max_in_flight: Option<u32>,
    none_left: NoneLeft,
}

const SAMPLES: usize = 64;

/// The last times to images, and the percentile of them that counts.
#[derive(Debug, Clone)]
pub struct Times {
    last: [i64; SAMPLES],
    seen: usize,
    /// In microseconds; zero where there are none.
    at_percentile: i64,
}

impl Times {
    const NONE: Self = Self { last: [0; SAMPLES], seen: 0, at_percentile: 0 };

    /// Adds a time. The percentile is the nearest rank: the smallest time that so many are not above.
    fn add(&mut self, took: SimDuration, percentile: f64) {
        self.last[self.seen % SAMPLES] = took.micros();
        self.seen += 1;
        let mut sorted = self.last;
        let count = self.seen.min(SAMPLES);
        sorted[..count].sort_unstable();
        let rank = (percentile * count as f64).ceil() as usize;
        self.at_percentile = sorted[rank.clamp(1, count) - 1];
    }
}

/// From 0 for the lowest to 1 for the highest; 0 where all are alike.
fn scale(among: Among, value: impl Fn(usize) -> f64) -> impl Fn(usize) -> f64 {
    let ends = |(low, high): (f64, f64), own: f64| (low.min(own), high.max(own));
    let (low, high) = among.iter().map(&value).fold((f64::INFINITY, f64::NEG_INFINITY), ends);
    move |at| if high > low { (value(at) - low) / (high - low) } else { 0.0 }
}

impl MultiFactor {
    fn keeps(&self, at: usize, times: &Times, view: &View<'_>) -> bool {
        let target = self.targets[at];
        self.min_quality.is_none_or(|least| self.quality.get(at).is_none_or(|own| *own >= least))
            && self.max_latency.is_none_or(|most| times.at_percentile <= most.micros())
            && self.max_price.is_none_or(|most| view.sight(target).price <= most)
            && self.max_in_flight.is_none_or(|most| view.in_flight(target) <= most)
    }
}

impl Router for MultiFactor {
    type State = Box<[Times]>;

    fn state(&self) -> Self::State {
        vec![Times::NONE; self.targets.len()].into()
    }

    fn targets(&self) -> &[DeploymentId] {
        &self.targets
    }

    fn manner(&self) -> Manner {
        Manner { moves_on: true, goes_by_price: true, heeds: true, ..Manner::NONE }
    }

    #[inline(never)]
    fn pick(&self, state: &mut Self::State, among: Among, _: &Ask, view: &View<'_>, _: &mut Luck) -> usize {
        let price = |at: usize| view.sight(self.targets[at]).price.to_f64();
        let left = among.only(|at| self.keeps(at, &state[at], view));
        if left.is_empty() {
            return if self.none_left == NoneLeft::First { among.lowest() } else { among.least(price) };
        }
        let quality = scale(left, |at| self.quality.get(at).copied().unwrap_or(0.0));
        let latency = scale(left, |at| state[at].at_percentile as f64);
        let cost = scale(left, price);
        let load = scale(left, |at| f64::from(view.in_flight(self.targets[at])));
        let [own, fast, cheap, idle] = self.weights;
        left.least(|at| {
            -(own * quality(at) + fast * (1.0 - latency(at)) + cheap * (1.0 - cost(at)) + idle * (1.0 - load(at)))
        })
    }

    fn ended(&self, state: &mut Self::State, attempt: &Heed, _: &Ask, _: &View<'_>) {
        if attempt.status == Status::Delivered {
            state[attempt.target].add(attempt.took, self.percentile);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::made_up::{ASK, heed, luck, prices, view};

    fn router(weights: [f64; 4]) -> MultiFactor {
        MultiFactor {
            targets: (0..3).map(DeploymentId).collect(),
            quality: [60.0, 70.0, 100.0].into(),
            weights,
            percentile: 0.95,
            min_quality: None,
            max_latency: None,
            max_price: None,
            max_in_flight: None,
            none_left: NoneLeft::Cheapest,
        }
    }

    fn pick(router: &MultiFactor, times: [i64; 3], in_flight: [u32; 3]) -> usize {
        let (mut known, mut state) = (prices(&[1, 2, 9]), router.state());
        known.in_flight = in_flight.into();
        for (target, seconds) in times.into_iter().enumerate().filter(|(_, seconds)| *seconds > 0) {
            router.ended(&mut state, &heed(target, Status::Delivered, seconds), &ASK, &view(&known, 0));
        }
        router.pick(&mut state, Among::first(3), &ASK, &view(&known, 0), &mut luck(0))
    }

    /// Quality 0, 1/4, 1 and price 0, 1/8, 1: with weights of 1 and 1 the scores are 1, 9/8 and 1.
    #[test]
    fn factors_are_scaled_between_the_lowest_and_the_highest() {
        assert_eq!(pick(&router([1.0, 0.0, 1.0, 0.0]), [0; 3], [0; 3]), 1);
        assert_eq!(pick(&router([1.0, 0.0, 0.5, 0.0]), [0; 3], [0; 3]), 2);
        assert_eq!(pick(&router([0.0, 1.0, 0.0, 0.0]), [3, 2, 4], [0; 3]), 1);
        assert_eq!(pick(&router([0.0, 0.0, 0.0, 1.0]), [0; 3], [2, 1, 0]), 2);
    }

    #[test]
    fn ceilings_come_first_and_the_cheapest_where_none_keeps_to_them() {
        let quality = MultiFactor { min_quality: Some(65.0), ..router([0.0, 0.0, 1.0, 0.0]) };
        assert_eq!(pick(&quality, [0; 3], [0; 3]), 1);
        let price = MultiFactor { max_price: Some(Usd::from_picos(2)), ..router([1.0, 0.0, 0.0, 0.0]) };
        assert_eq!(pick(&price, [0; 3], [0; 3]), 1);
        let fast = MultiFactor { max_latency: Some(SimDuration::from_micros(2_000_000)), ..router([1.0, 0.0, 0.0, 0.0]) };
        assert_eq!((pick(&fast, [0, 0, 3], [0; 3]), pick(&fast, [3, 3, 3], [0; 3])), (1, 0));
        let idle = MultiFactor { max_in_flight: Some(1), ..router([1.0, 0.0, 0.0, 0.0]) };
        assert_eq!(pick(&idle, [0; 3], [0, 1, 2]), 1);
    }

    #[test]
    fn the_percentile_is_the_nearest_rank_of_the_last_64() {
        let mut times = Times::NONE;
        (1..=20).for_each(|n| times.add(SimDuration::from_micros(n), 0.95));
        assert_eq!(times.at_percentile, 19);
        (0..64).for_each(|_| times.add(SimDuration::from_micros(5), 0.95));
        assert_eq!(times.at_percentile, 5);
    }
}
