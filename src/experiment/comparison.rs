//! Paired comparison of two strategies over the same replications.

use crate::stats::{
    Estimate, LEVEL, Moments, Paired, RatioOfSums, coarse_share_lower, difference_of_shares, relative_difference,
};

use super::distribution::constant;
use super::{Ends, Metric, PerMetric, Results, Row};

/// What a strategy is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reference {
    /// The baseline of the scenario.
    Baseline,
    /// The strategy with the lowest mean cost, where that is not the baseline; of cost, only what is certain counts.
    Cheapest,
}

/// One strategy minus another.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The strategy that is compared.
    pub strategy: usize,
    /// The strategy it is compared with.
    pub other: usize,
    /// Why with that one.
    pub reference: Reference,
    /// The differences; `None` where a metric is undefined in every replication. Nothing unknown is billed in them.
    pub metrics: PerMetric<Option<Difference>>,
    /// How far they can go with unknown billing; `None` where that does not move them.
    pub unknown: PerMetric<Option<Ends>>,
}

/// A metric of one strategy minus the same of another, replication by replication. Replications in which either is
/// undefined are left out, and the estimates say how many are left; but the means of a ratio are ratios of sums over
/// all replications, and so is their difference.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// The mean difference.
    pub mean: Estimate,
    /// The difference of the means as a share of the other's mean; `None` where that is zero.
    pub relative: Option<Estimate>,
    /// The share of replications in which the strategy is strictly lower.
    pub p_lower: Estimate,
    /// Quantiles of the difference itself: 10 %, 50 % and 90 %.
    pub quantiles: [Estimate; 3],
}

impl Comparison {
    pub(super) fn of(results: &Results, strategy: usize, other: usize, reference: Reference) -> Self {
        let metrics = PerMetric::from_fn(|metric| difference(results, metric, strategy, other));
        let unknown = PerMetric::from_fn(|metric| Ends::of(results, metric, [strategy, other]));
        Self { strategy, other, reference, metrics, unknown }
    }

    /// A difference at its lowest and at its highest over all answers to the unknown billing rules: the same twice where
    /// they do not move it.
    pub fn ends(&self, metric: Metric) -> [Option<&Difference>; 2] {
        let certain = self.metrics.get(metric).as_ref();
        self.unknown.get(metric).as_ref().map_or([certain; 2], |ends| ends.both().map(|end| Some(&end.difference)))
    }
}

/// One strategy minus another; `None` where the metric is undefined in every replication.
pub(super) fn difference(results: &Results, metric: Metric, strategy: usize, other: usize) -> Option<Difference> {
    let pairs: Vec<(f64, f64)> = pairs(results, metric, strategy, other).collect();
    let difference = Difference::of(&pairs)?;
    if metric.is_coarse() && !equal(results, metric, strategy, other) {
        return Some(difference.coarse(&pairs));
    }
    let of = |strategy| RatioOfSums::new(results.of(strategy).filter_map(|row| metric.parts(row)));
    let (Some(own), Some(others)) = (of(strategy), of(other)) else {
        return Some(difference);
    };
    let difference = difference.of_sums(&own, &others);
    let constant = |strategy| constant(metric, results.of(strategy));
    Some(match (constant(strategy), constant(other)) {
        // It makes no use of their being paired, and so is too wide rather than too narrow.
        (Some(own), Some(others)) if !identical(results, strategy, other) => {
            Difference { mean: difference_of_shares(own, others, LEVEL)?, ..difference }
        }
        _ => difference,
    })
}

impl Difference {
    fn of(pairs: &[(f64, f64)]) -> Option<Self> {
        let paired = Paired::new(pairs.iter().copied());
        Some(Self {
            mean: paired.mean(LEVEL)?,
            relative: relative_difference(pairs.iter().copied(), LEVEL),
            p_lower: paired.share_lower(LEVEL)?,
            quantiles: paired.quantiles([0.10, 0.50, 0.90], LEVEL)?,
        })
    }

    /// The same with the resolution of the times that it is made of in all intervals.
    fn coarse(self, pairs: &[(f64, f64)]) -> Self {
        let sums = pairs.iter().map(|(a, b)| a + b);
        let (most, mean) = (sums.clone().fold(0.0, f64::max), sums.collect::<Moments>().mean().unwrap_or(0.0));
        Self {
            mean: self.mean.coarse_difference(mean),
            relative: self.relative.map(Estimate::coarse_relative),
            p_lower: coarse_share_lower(self.p_lower, pairs),
            quantiles: self.quantiles.map(|quantile| quantile.coarse_difference(most)),
        }
    }

    /// The same with the means of ratios.
    fn of_sums(self, own: &RatioOfSums, others: &RatioOfSums) -> Self {
        Self { mean: own.minus(others, LEVEL), relative: relative_difference(own.pairs(others), LEVEL), ..self }
    }
}

pub(super) fn pairs(results: &Results, metric: Metric, a: usize, b: usize) -> impl Iterator<Item = (f64, f64)> {
    let both = results.of(a).zip(results.of(b));
    both.filter_map(move |(a, b)| Some((metric.of(a)?, metric.of(b)?)))
}

/// Whether two strategies came out the same in every replication, in everything that is kept of it.
fn identical(results: &Results, a: usize, b: usize) -> bool {
    results.of(a).zip(results.of(b)).all(|(a, b)| *a == Row { strategy: a.strategy, ..b.clone() })
}

/// Whether two strategies have the same exact times in every replication, not just times too close to tell apart.
pub(super) fn equal(results: &Results, metric: Metric, a: usize, b: usize) -> bool {
    results.of(a).zip(results.of(b)).all(|(a, b)| metric.exact_sum(a) == metric.exact_sum(b) && metric.of(a) == metric.of(b))
}

#[cfg(test)]
mod tests {
    use super::super::made_up;
    use super::*;

    #[test]
    fn a_strategy_against_itself_differs_by_exactly_zero() {
        let results = made_up::with_bounds(made_up::results(&["a", "b"], 20));
        let comparison = Comparison::of(&results, 1, 1, Reference::Baseline);
        for (metric, difference) in comparison.metrics.iter() {
            let difference = difference.expect("defined");
            assert_eq!((difference.mean.value, difference.mean.lo, difference.mean.hi), (0.0, Some(0.0), Some(0.0)));
            let relative = difference.relative.map(|r| (r.value, r.lo, r.hi));
            assert_eq!(relative.unwrap_or((0.0, Some(0.0), Some(0.0))), (0.0, Some(0.0), Some(0.0)), "{metric:?}");
        }
    }

    /// Neither lost a request to a filter: that is not to say that neither ever would, unless they are the same.
    #[test]
    fn what_neither_saw_is_not_surely_the_same() {
        let mut results = made_up::results(&["a", "b"], 20);
        results.rows.iter_mut().for_each(|row| row.filtered = 0);
        let filtered = |results: &Results| {
            let comparison = Comparison::of(results, 1, 0, Reference::Baseline);
            comparison.metrics.get(Metric::FilteredShare).expect("defined").mean
        };
        let mean = filtered(&results);
        assert!(mean.value == 0.0 && mean.lo < Some(0.0) && mean.hi > Some(0.0), "{mean:?}");
        for pair in results.rows.chunks_mut(2) {
            pair[1] = Row { strategy: 1, ..pair[0].clone() };
        }
        let same = filtered(&results);
        assert_eq!((same.value, same.lo, same.hi), (0.0, Some(0.0), Some(0.0)));
    }

    #[test]
    fn a_difference_of_ratios_is_the_difference_of_their_means() {
        let mut results = made_up::results(&["a", "b"], 40);
        (0..20).for_each(|at| results.rows[4 * at].accepted = Some(0));
        let comparison = Comparison::of(&results, 1, 0, Reference::Baseline);
        for metric in [Metric::CostPerAccepted, Metric::AcceptedShare, Metric::WastedShare, Metric::AttemptsPerRequest] {
            let difference = comparison.metrics.get(metric).expect("defined");
            let mean = |s| super::super::Distribution::of_metric(metric, results.of(s)).expect("defined").mean.value;
            assert_eq!((difference.mean.value, difference.mean.n), (mean(1) - mean(0), 40), "{metric:?}");
            let relative = difference.relative.expect("the baseline has some").value;
            assert!((relative - (mean(1) / mean(0) - 1.0)).abs() < 1e-12, "{metric:?}: {relative}");
        }
        assert_eq!(comparison.metrics.get(Metric::CostPerAccepted).expect("defined").p_lower.n, 20);
    }

    /// Two times in one bucket: the difference is seen as zero, and is not known to be.
    #[test]
    fn times_too_close_to_tell_apart_are_not_called_equal() {
        let mut results = made_up::results(&["a", "b"], 20);
        for pair in results.rows.chunks_mut(2) {
            pair[1].time_to_image = pair[0].time_to_image;
        }
        let comparison = Comparison::of(&results, 1, 0, Reference::Baseline);
        let difference = comparison.metrics.get(Metric::TimeToImageP50).expect("defined");
        assert!(difference.mean.value == 0.0 && difference.mean.lo < Some(-0.02) && difference.mean.hi > Some(0.02));
        assert!(difference.p_lower.value == 0.0 && difference.p_lower.hi == Some(1.0), "{:?}", difference.p_lower);
        assert!(difference.mean.method.contains("resolution"));
        for pair in results.rows.chunks_mut(2) {
            pair[1].time_to_image_sum = pair[0].time_to_image_sum;
        }
        let same = Comparison::of(&results, 1, 0, Reference::Baseline);
        let mean = same.metrics.get(Metric::TimeToImageP50).expect("defined").mean;
        assert_eq!((mean.value, mean.lo, mean.hi), (0.0, Some(0.0), Some(0.0)));
    }

    #[test]
    fn undefined_replications_are_left_out_and_counted() {
        let mut results = made_up::results(&["a", "b"], 20);
        results.rows[1].time_to_image = None;
        let comparison = Comparison::of(&results, 1, 0, Reference::Baseline);
        let n = |metric: Metric| comparison.metrics.get(metric).map(|d| d.mean.n);
        assert_eq!((n(Metric::Cost), n(Metric::TimeToImageP95)), (Some(20), Some(19)));
    }
}
