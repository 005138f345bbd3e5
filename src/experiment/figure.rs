//! Any one figure of an experiment: a statistic of a metric of a strategy, or of its paired difference from another. What
//! summaries have as well is the same figure here, to the last bit.

use crate::stats::{Estimate, LEVEL, Moments, Paired, coarse_share, quantile, sorted, standard_deviation, tail_mean};

use super::comparison::{difference, equal, pairs};
use super::ends::lowest_and_highest;
use super::{Distribution, Ends, Metric, Results, Row};

/// How a figure relates to a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Relation {
    /// Less than it.
    Below,
    /// No more than it.
    AtMost,
    /// More than it.
    Above,
    /// No less than it.
    AtLeast,
}

/// What is told of the values of all replications.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Statistic {
    /// The mean; of a ratio, the ratio of sums.
    Mean,
    /// The standard deviation.
    Sd,
    /// A quantile, at a probability in (0, 1).
    Quantile(f64),
    /// The mean of what lies above a quantile, at a probability in (0, 1).
    TailMean(f64),
    /// The share of replications with such a value.
    Chance(Relation, f64),
}

/// What a strategy's metric is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Other {
    /// It less that of the other strategy, pair by pair.
    Minus(usize),
    /// The ratio of its mean to that of the other strategy.
    Over(usize),
}

/// A figure that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figure {
    /// Of which metric.
    pub metric: Metric,
    /// Of which strategy.
    pub strategy: usize,
    /// Compared with which other.
    pub other: Option<Other>,
    /// What of it. Of a ratio there is only the mean.
    pub statistic: Statistic,
}

impl Relation {
    /// Whether a value relates so to a limit; never where either is no number.
    pub fn holds(self, value: f64, limit: f64) -> bool {
        match self {
            Self::Below => value < limit,
            Self::AtMost => value <= limit,
            Self::Above => value > limit,
            Self::AtLeast => value >= limit,
        }
    }

    /// The relation that holds where this one does not.
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Below => Self::AtLeast,
            Self::AtMost => Self::Above,
            Self::Above => Self::AtMost,
            Self::AtLeast => Self::Below,
        }
    }

    /// How it is written.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Below => "<",
            Self::AtMost => "<=",
            Self::Above => ">",
            Self::AtLeast => ">=",
        }
    }
}

impl Figure {
    /// The figure with the answers to unknown billing rules that make its mean lowest, and with those that make it highest:
    /// the same twice where they do not move it. `None` where it is undefined in every replication, or too few are there.
    pub fn ends(&self, results: &Results) -> [Option<Estimate>; 2] {
        match self.other {
            None => self.of_one(results),
            Some(Other::Minus(other)) => self.of_two(results, other, Self::of_difference),
            Some(Other::Over(other)) => self.of_two(results, other, Self::of_ratio),
        }
    }

    fn of_one(&self, results: &Results) -> [Option<Estimate>; 2] {
        if !self.metric.is_of_money() || results.doubts.is_empty() {
            return [self.of_rows(results.of(self.strategy)); 2];
        }
        lowest_and_highest(results, self.metric, self.strategy).map(|billed| {
            let rows: Vec<Row> = results.of(self.strategy).map(|row| results.if_billed(row, &billed)).collect();
            self.of_rows(rows.iter())
        })
    }

    fn of_rows<'a>(&self, rows: impl Iterator<Item = &'a Row> + Clone) -> Option<Estimate> {
        let values = || rows.clone().filter_map(|row| self.metric.of(row));
        let coarse = |estimate: Estimate| if self.metric.is_coarse() { estimate.coarse() } else { estimate };
        match self.statistic {
            Statistic::Mean => Some(Distribution::of_metric(self.metric, rows)?.mean),
            Statistic::Sd => Distribution::of_metric(self.metric, rows)?.sd,
            Statistic::Quantile(p) => quantile(&sorted(values()), p, LEVEL).map(coarse),
            Statistic::TailMean(p) => {
                let (least, most) = self.metric.range();
                let tail = coarse(tail_mean(&sorted(values()), p, LEVEL)?);
                Some(Estimate { lo: tail.lo.map(|lo| lo.max(least)), hi: tail.hi.map(|hi| hi.min(most)), ..tail })
            }
            Statistic::Chance(relation, limit) => {
                let error = |x: f64| if self.metric.is_coarse() { x } else { 0.0 };
                chance(&values().map(|x| (x, error(x))).collect::<Vec<_>>(), relation, limit)
            }
        }
    }

    fn of_two(
        &self,
        results: &Results,
        other: usize,
        figure: fn(&Self, &Results, usize, usize) -> Option<Estimate>,
    ) -> [Option<Estimate>; 2] {
        match Ends::of(results, self.metric, [self.strategy, other]) {
            None => [figure(self, results, self.strategy, other); 2],
            Some(ends) => ends.both().map(|end| figure(self, &results.of_two_if([self.strategy, other], &end.billed), 0, 1)),
        }
    }

    fn of_ratio(&self, results: &Results, own: usize, other: usize) -> Option<Estimate> {
        let relative = difference(results, self.metric, own, other)?.relative?;
        let [lo, hi] = [relative.lo, relative.hi].map(|end| end.map(|end| 1.0 + end));
        Some(Estimate { value: 1.0 + relative.value, lo, hi, ..relative })
    }

    fn of_difference(&self, results: &Results, own: usize, other: usize) -> Option<Estimate> {
        let coarse = self.metric.is_coarse() && !equal(results, self.metric, own, other);
        let pairs: Vec<(f64, f64)> = pairs(results, self.metric, own, other).collect();
        let size = |(a, b): &(f64, f64)| if coarse { a + b } else { 0.0 };
        let differences = || pairs.iter().map(|(a, b)| a - b);
        let found = match self.statistic {
            Statistic::Mean => return Some(difference(results, self.metric, own, other)?.mean),
            Statistic::Sd => standard_deviation(&differences().collect::<Moments>(), LEVEL),
            Statistic::Quantile(p) => Paired::new(pairs.iter().copied()).quantiles([p], LEVEL).map(|[quantile]| quantile),
            Statistic::TailMean(p) => tail_mean(&sorted(differences()), p, LEVEL),
            Statistic::Chance(relation, limit) => {
                return chance(&pairs.iter().map(|pair| (pair.0 - pair.1, size(pair))).collect::<Vec<_>>(), relation, limit);
            }
        };
        let largest = pairs.iter().map(size).fold(0.0, f64::max);
        found.map(|estimate| if coarse { estimate.coarse_difference(largest) } else { estimate })
    }
}

/// The share of values that relate so to a limit; each comes with the size of which its error is a share.
fn chance(values: &[(f64, f64)], relation: Relation, limit: f64) -> Option<Estimate> {
    let exact = values.iter().all(|(_, size)| *size == 0.0);
    let found = coarse_share(values, |x| relation.holds(x, limit), LEVEL)?;
    Some(Estimate { method: if exact { "Wilson" } else { found.method }, ..found })
}

#[cfg(test)]
mod tests {
    use super::super::{Summary, made_up};
    use super::*;

    fn figure(metric: Metric, statistic: Statistic) -> Figure {
        Figure { metric, strategy: 1, other: None, statistic }
    }

    /// Certain and unknown billing alike.
    fn worlds() -> [Results; 2] {
        let certain = made_up::results(&["a", "b", "c"], 1_000);
        let rules = ["google bills filtered", "qwen bills timed_out"];
        [certain.clone(), made_up::in_doubt(certain, &rules, |rule, strategy| 9 * ((rule + strategy) as u64 % 2))]
    }

    #[test]
    fn figures_are_those_of_the_summary() {
        for results in worlds() {
            let summary = Summary::of(&results);
            for metric in Metric::ALL.into_iter().filter(|metric| !metric.is_of_bounds()) {
                let ends = summary.strategies[1].ends(metric);
                let told = |statistic, of: fn(&Distribution) -> Option<Estimate>| {
                    let own = figure(metric, statistic).ends(&results);
                    assert_eq!(own, ends.map(|end| end.and_then(of)), "{metric:?} {statistic:?}");
                };
                told(Statistic::Mean, |d| Some(d.mean));
                told(Statistic::Sd, |d| d.sd);
                told(Statistic::Quantile(0.10), |d| Some(d.p10));
                told(Statistic::Quantile(0.99), |d| Some(d.p99));
                told(Statistic::TailMean(0.95), |d| Some(d.cvar95));
            }
            let over = figure(Metric::Cost, Statistic::Chance(Relation::Above, 1_050.0)).ends(&results);
            assert_eq!(Some(over), summary.strategies[1].over_budget_ends().map(|ends| ends.map(Some)));
        }
    }

    #[test]
    fn differences_are_those_of_the_summary() {
        for results in worlds() {
            let comparisons = Summary::of(&results).comparisons;
            for metric in Metric::ALL.into_iter().filter(|metric| !metric.is_of_bounds()) {
                let ends = comparisons[0].ends(metric);
                let of = |other, statistic| Figure { metric, strategy: 1, other: Some(other), statistic }.ends(&results);
                assert_eq!(of(Other::Minus(0), Statistic::Mean), ends.map(|d| d.map(|d| d.mean)), "{metric:?}");
                assert_eq!(of(Other::Minus(0), Statistic::Quantile(0.9)), ends.map(|d| d.map(|d| d.quantiles[2])), "{metric:?}");
                let lower = of(Other::Minus(0), Statistic::Chance(Relation::Below, 0.0));
                let close = |a: Option<Estimate>, b: Option<Estimate>| {
                    a.zip(b).is_none_or(|(a, b)| (Some(a.value), a.lo, a.hi) == (Some(b.value), b.lo, b.hi))
                };
                assert!(close(lower[0], ends[0].map(|d| d.p_lower)) && close(lower[1], ends[1].map(|d| d.p_lower)), "{metric:?}");
                let ratio = of(Other::Over(0), Statistic::Mean)[0].map(|e| e.value - 1.0);
                let relative = ends[0].and_then(|d| d.relative).map(|e| e.value);
                assert!(ratio.zip(relative).is_none_or(|(a, b)| (a - b).abs() < 1e-12), "{metric:?}");
            }
        }
    }

    #[test]
    fn nothing_to_tell_is_no_figure() {
        let none = made_up::results(&["a", "b"], 0);
        for statistic in [Statistic::Mean, Statistic::Sd, Statistic::Quantile(0.5), Statistic::Chance(Relation::Below, 1.0)] {
            for other in [None, Some(Other::Minus(0))] {
                assert_eq!(Figure { other, ..figure(Metric::Cost, statistic) }.ends(&none), [None, None]);
            }
        }
    }

    #[test]
    fn a_relation_or_its_opposite_holds() {
        for relation in [Relation::Below, Relation::AtMost, Relation::Above, Relation::AtLeast] {
            for value in [1.0, 2.0, 3.0] {
                assert_ne!(relation.holds(value, 2.0), relation.opposite().holds(value, 2.0));
            }
            assert!(!relation.holds(f64::NAN, 2.0) && !relation.opposite().holds(f64::NAN, 2.0));
        }
    }
}
