//! Which strategies are worth a look when cost, time to image and quality all count.

use super::comparison::difference;
use super::{Metric, Results, StrategySummary};

/// The choice among cost, p95 time to image, and quality.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frontier {
    /// What quality is here: the share of journeys accepted, and where there are none, that of requests delivered.
    pub quality: Metric,
    /// By strategy, another that dominates it: at least as good in all three by its estimates, whatever unknown billing comes
    /// to, and surely better in one, as the interval of the paired difference says. `None`: it is on the frontier, or not
    /// shown to be off it.
    pub dominated_by: Vec<Option<usize>>,
}

impl Frontier {
    pub(super) fn of(results: &Results, strategies: &[StrategySummary]) -> Self {
        let has = |metric: Metric| strategies.iter().any(|s| s.metrics.get(metric).is_some());
        let quality = if has(Metric::AcceptedShare) { Metric::AcceptedShare } else { Metric::DeliveredShare };
        let field = Field { results, strategies, quality };
        let cost = |s: usize| strategies[s].cost().map_or(f64::INFINITY, |cost| cost.mean.value);
        let mut order: Vec<usize> = (0..strategies.len()).collect();
        order.sort_by(|&a, &b| cost(a).total_cmp(&cost(b)));
        let by = |strategy| order.iter().copied().find(|&other| field.dominates(other, strategy));
        Self { quality, dominated_by: (0..strategies.len()).map(by).collect() }
    }

    /// Whether a strategy is not shown to be dominated.
    pub fn has(&self, strategy: usize) -> bool {
        self.dominated_by.get(strategy).is_none_or(Option::is_none)
    }
}

struct Field<'a> {
    results: &'a Results,
    strategies: &'a [StrategySummary],
    quality: Metric,
}

impl Field<'_> {
    fn dominates(&self, other: usize, strategy: usize) -> bool {
        let aims = [(Metric::Cost, 1.0), (Metric::TimeToImageP95, 1.0), (self.quality, -1.0)];
        other != strategy
            && aims.iter().all(|&(metric, way)| self.is_as_good(metric, way, other, strategy))
            && aims.iter().any(|&(metric, way)| self.is_surely_better(metric, way, other, strategy))
    }

    /// Whether the other is at least as good at both ends of what is unknown.
    fn is_as_good(&self, metric: Metric, way: f64, other: usize, strategy: usize) -> bool {
        let [own, others] = [strategy, other].map(|s| self.strategies[s].ends(metric));
        let worse = |(own, other): (_, _)| match (own, other) {
            (Some(own), Some(other)) => {
                let [own, other]: [&super::Distribution; 2] = [own, other];
                way * other.mean.value > way * own.mean.value
            }
            _ => true,
        };
        !own.into_iter().zip(others).any(worse) && (metric != Metric::Cost || self.lowest_gap(other, strategy) >= 0.0)
    }

    /// How much less the other costs at least, over all answers to what is unknown.
    fn lowest_gap(&self, other: usize, strategy: usize) -> f64 {
        let ends = super::Ends::of(self.results, Metric::Cost, [strategy, other]);
        ends.map_or(0.0, |ends| ends.lowest.difference.mean.value)
    }

    fn is_surely_better(&self, metric: Metric, way: f64, other: usize, strategy: usize) -> bool {
        let lowest = super::Ends::of(self.results, metric, [strategy, other]).map(|ends| ends.lowest.difference);
        let gap = lowest.or_else(|| difference(self.results, metric, strategy, other));
        gap.is_some_and(|gap| gap.mean.excludes_zero() && way * gap.mean.value > 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Summary, made_up};
    use super::*;

    /// Each further strategy costs less and is faster; it delivers less, but as many journeys are accepted.
    #[test]
    fn who_is_worse_in_all_is_dominated() {
        let mut results = made_up::results(&["a", "b", "c"], 60);
        let frontier = |results: &Results| Summary::of(results).frontier;
        assert_eq!(frontier(&results), Frontier { quality: Metric::AcceptedShare, dominated_by: vec![Some(2), Some(2), None] });
        results.rows.iter_mut().for_each(|row| row.accepted = None);
        let by_delivery = frontier(&results);
        assert_eq!(by_delivery, Frontier { quality: Metric::DeliveredShare, dominated_by: vec![None; 3] });
        assert!(by_delivery.has(1));
    }

    #[test]
    fn equals_do_not_dominate_each_other_and_unknown_billing_counts() {
        let mut results = made_up::results(&["a", "b"], 60);
        for pair in results.rows.chunks_mut(2) {
            pair[1] = super::super::Row { strategy: 1, ..pair[0].clone() };
        }
        assert_eq!(Summary::of(&results).frontier.dominated_by, [None, None]);
        let doubtful = made_up::in_doubt(made_up::results(&["a", "b"], 60), &["qwen bills failed"], |_, s| 90 * s as u64);
        assert_eq!(Summary::of(&doubtful).frontier.dominated_by, [None, None], "b may be the dearer");
    }
}
