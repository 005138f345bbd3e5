//! The same experiment at several points: what came out at each, and which strategy is best there.
//!
//! All points share their seed, so that each replication is the same traffic with the same luck at all of them, as far as what
//! varies lets it be. It does not run them.

use crate::stats::{Estimate, LEVEL, RatioOfSums, against_best};
use crate::units::SimDuration;

use super::comparison::difference;
use super::{Axis, Distribution, Ends, Metric, MoneyFigures, PerMetric, Results, Value};

/// An experiment at all points of one axis, or of the product of several.
#[derive(Debug, Clone, PartialEq)]
pub struct Sweep {
    /// What varies.
    pub axes: Vec<Axis>,
    /// The metric that it is about.
    pub metric: Metric,
    /// Names of the strategies, in the order of the scenario.
    pub strategies: Vec<String>,
    /// Which of them the others are compared with.
    pub baseline: usize,
    /// Its points: the last axis varies fastest.
    pub points: Vec<SweepPoint>,
}

/// What came out at one point.
#[derive(Debug, Clone, PartialEq)]
pub struct SweepPoint {
    /// Where it is: a value for each axis.
    pub at: Vec<Value>,
    /// The hash of its plan.
    pub plan_hash: String,
    /// The replications.
    pub replications: u32,
    /// The horizon of one of them.
    pub horizon: SimDuration,
    /// Every metric of each strategy. What nobody knows to be billed is in none of them.
    pub strategies: Vec<PerMetric<Option<Distribution>>>,
    /// The mean of the sweep's metric if everything unknown is billed, where that moves it.
    pub if_billed: Vec<Option<Estimate>>,
    /// Every metric of each strategy minus that of the baseline, replication by replication; for the baseline itself nothing.
    pub differences: Vec<PerMetric<Option<Estimate>>>,
    /// The strategy with the lowest mean of the sweep's metric; at equal means the baseline, then the first.
    pub lowest: Option<usize>,
    /// Whether no other can be as low: multiple comparisons with the best, all at once.
    pub surely_lowest: bool,
}

impl SweepPoint {
    /// What these results say of a point.
    pub fn of(at: Vec<Value>, plan_hash: String, results: &Results, metric: Metric) -> Self {
        let all = 0..results.strategies.len();
        let strategies: Vec<_> =
            all.clone().map(|s| PerMetric::from_fn(|metric| Distribution::of_metric(metric, results.of(s)))).collect();
        let against = |strategy: usize| {
            PerMetric::from_fn(|metric| {
                let paired = (strategy != results.baseline).then(|| difference(results, metric, strategy, results.baseline));
                paired.flatten().map(|difference| difference.mean)
            })
        };
        let if_billed = all.clone().map(|strategy| billed(results, metric, strategy)).collect();
        let lowest = lowest(&strategies, results.baseline, metric);
        Self {
            at,
            plan_hash,
            replications: results.replications,
            horizon: results.horizon,
            if_billed,
            differences: all.map(against).collect(),
            surely_lowest: lowest.is_some_and(|lowest| surely_lowest(results, metric, lowest)),
            lowest,
            strategies,
        }
    }

    /// The mean of a metric of a strategy.
    pub fn mean(&self, strategy: usize, metric: Metric) -> Option<&Estimate> {
        self.strategies[strategy].get(metric).as_ref().map(|distribution| &distribution.mean)
    }

    /// Whether unknown billing may make another strategy the lowest.
    pub fn depends_on_billing(&self) -> bool {
        self.if_billed.iter().any(Option::is_some)
    }
}

fn billed(results: &Results, metric: Metric, strategy: usize) -> Option<Estimate> {
    Ends::of(results, metric, [strategy, strategy])?;
    let (_, highest) = MoneyFigures::ends(results, strategy);
    highest?.metrics.get(metric).as_ref().map(|distribution| distribution.mean)
}

fn lowest(strategies: &[PerMetric<Option<Distribution>>], baseline: usize, metric: Metric) -> Option<usize> {
    let mean = |strategy: usize| strategies[strategy].get(metric).as_ref().map(|distribution| distribution.mean.value);
    let order = std::iter::once(baseline).chain((0..strategies.len()).filter(|&strategy| strategy != baseline));
    order
        .filter_map(|strategy| Some((strategy, mean(strategy)?)))
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(strategy, _)| strategy)
}

/// Whether the interval of what it is lower by than the lowest of the others holds nothing but that.
fn surely_lowest(results: &Results, metric: Metric, strategy: usize) -> bool {
    let values: Option<Vec<Vec<f64>>> = (0..results.strategies.len()).map(|each| values(results, metric, each)).collect();
    let Some(values) = values else { return false };
    let systems: Vec<&[f64]> = values.iter().map(Vec::as_slice).collect();
    let best = against_best(&systems, LEVEL);
    best.is_some_and(|best| best[strategy].hi == Some(0.0) && best[strategy].value < 0.0)
}

/// The values of the replications whose mean is the metric's: of a ratio the linearised ones. `None` where one is undefined.
pub(super) fn values(results: &Results, metric: Metric, strategy: usize) -> Option<Vec<f64>> {
    let parts: Option<Vec<(f64, f64)>> = results.of(strategy).map(|row| metric.parts(row)).collect();
    match parts.and_then(RatioOfSums::new) {
        Some(ratio) => Some(ratio.pairs(&ratio).map(|(own, _)| own).collect()),
        None => results.of(strategy).map(|row| metric.of(row)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::made_up;
    use super::*;

    fn point(names: &[&str], metric: Metric) -> SweepPoint {
        let results = made_up::results(names, 50);
        SweepPoint::of(Vec::new(), String::new(), &results, metric)
    }

    #[test]
    fn the_lowest_is_told_and_whether_it_surely_is() {
        let three = point(&["a", "b", "c"], Metric::Cost);
        let mean = |s| three.mean(s, Metric::Cost).expect("defined").value;
        let lowest = three.lowest.expect("one is");
        assert!((0..3).all(|s| mean(lowest) <= mean(s)) && three.surely_lowest);
        assert!(three.differences[0].iter().all(|(_, difference)| difference.is_none()));
        let paired = three.differences[1].get(Metric::Cost).expect("defined").value;
        assert!((paired - (mean(1) - mean(0))).abs() < 1e-9);
    }

    #[test]
    fn equal_strategies_are_none_the_lowest_for_sure() {
        let mut results = made_up::results(&["a", "b"], 50);
        for pair in results.rows.chunks_mut(2) {
            pair[1] = super::super::Row { strategy: 1, ..pair[0].clone() };
        }
        let same = SweepPoint::of(Vec::new(), String::new(), &results, Metric::CostPerDelivered);
        assert_eq!((same.lowest, same.surely_lowest), (Some(results.baseline), false));
    }

    #[test]
    fn a_ratio_is_judged_by_values_whose_mean_it_is() {
        let results = made_up::results(&["a", "b"], 50);
        let own = values(&results, Metric::CostPerDelivered, 1).expect("defined");
        let ratio = Distribution::of_metric(Metric::CostPerDelivered, results.of(1)).expect("defined").mean.value;
        assert!((own.iter().sum::<f64>() / 50.0 - ratio).abs() < 1e-9 * ratio);
    }
}
