//! Where two strategies come out alike: at which volume, share or price.
//!
//! Two questions are kept apart. *Where are they alike on average?* has one answer, or several or none, each with an interval
//! that shrinks as replications are added ([`Pair::average`]). *Where would they have been alike in this month?* has another answer
//! each month, whose spread does not shrink and whose mean and median answer nothing else ([`Pair::own`]).
//!
//! The experiment is run at the places of a grid, and again where the sign of the mean difference changes and where its interval
//! begins or ceases to hold zero, by bracketing to within a tolerance; between the places that were run, straight lines are drawn.
//! Nothing finer than the grid can be seen elsewhere.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::stats::{Curves, DifferenceAt, Estimate, Inversion, LEVEL, quantile, share, sorted, student_critical};

use super::comparison::difference;
use super::{Axis, Distribution, Metric, Results, Value};

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// What varies, with the places at which to begin: numbers in ascending order, at least two.
    pub axis: Axis,
    /// Whether only whole numbers make sense.
    pub whole: bool,
    /// How closely to run, in the unit of the axis: within it, straight lines are good enough.
    pub tolerance: f64,
    /// What is compared.
    pub metric: Metric,
    /// Names of the strategies.
    pub strategies: Vec<String>,
    /// Which of them are compared: the first of each pair minus the second.
    pub pairs: Vec<[usize; 2]>,
}

/// What came out.
#[derive(Debug, Clone, PartialEq)]
pub struct BreakEven {
    /// What was asked.
    pub question: Question,
    /// All places at which it was run, in ascending order.
    pub places: Vec<Evaluated>,
    /// What came out of each pair, in the order of the question.
    pub pairs: Vec<Pair>,
}

/// One place at which the experiment was run.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluated {
    /// Where.
    pub at: Value,
    /// Its number.
    pub x: f64,
    /// The mean of each strategy; `None` where the metric is undefined.
    pub means: Vec<Option<Estimate>>,
    /// The mean difference of each pair, likewise.
    pub differences: Vec<Option<Estimate>>,
    /// The replications' own values: by strategy, in order.
    values: Vec<Vec<Option<f64>>>,
}

/// What came out of one pair.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// Where they are alike on average, and where they may be; `None` where there are too few replications to say.
    pub average: Option<Inversion>,
    /// Where they are alike in single replications.
    pub own: Own,
}

/// Where two strategies are alike in single replications.
#[derive(Debug, Clone, PartialEq)]
pub struct Own {
    /// The first such place of each replication that has one, in ascending order.
    pub places: Vec<f64>,
    /// The 10 %, 50 % and 90 % quantile of these places; `None` where there is none.
    pub quantiles: Option<[Estimate; 3]>,
    /// The share of replications without any such place within the range; `None` without replications.
    pub without: Option<Estimate>,
}

impl BreakEven {
    /// Runs the experiment wherever that is needed. `simulate` gives the results at a place, with the strategies of the question.
    ///
    /// # Errors
    /// The first that `simulate` comes back with.
    pub fn find<E>(question: Question, simulate: impl FnMut(&Value) -> Result<Results, E>) -> Result<Self, E> {
        let known = RefCell::new(Known { question: &question, simulate, places: BTreeMap::new(), failed: None });
        let grid: Vec<f64> = question.axis.values.iter().filter_map(|value| value.number).collect();
        for &x in &grid {
            known.borrow_mut().at(x);
        }
        let n = known.borrow().places.values().next().map_or(0, |place| place.values.first().map_or(0, Vec::len) as u64);
        for pair in 0..question.pairs.len() {
            let at = |x| {
                known.borrow_mut().at(x).map_or(DifferenceAt { mean: 0.0, error: f64::INFINITY }, |place| place.difference(pair))
            };
            let _ = Inversion::of(&grid, n, LEVEL, question.tolerance, at);
        }
        let Known { places, failed, .. } = known.into_inner();
        if let Some(failed) = failed {
            return Err(failed);
        }
        let places: Vec<Evaluated> = places.into_values().collect();
        let of_pair =
            |(index, pair): (usize, &[usize; 2])| Pair { average: average(&places, index, n), own: Own::of(&places, *pair) };
        let pairs = question.pairs.iter().enumerate().map(of_pair).collect();
        Ok(Self { question, places, pairs })
    }
}

/// Where a pair is alike on average, on straight lines between all places that were run.
fn average(places: &[Evaluated], pair: usize, n: u64) -> Option<Inversion> {
    /// Of the range: as good as exact.
    const FINE: f64 = 1e-9;
    let grid: Vec<f64> = places.iter().map(|place| place.x).collect();
    let at = |x: f64| {
        let right = grid.partition_point(|&place| place <= x).clamp(1, grid.len() - 1);
        let share = (x - grid[right - 1]) / (grid[right] - grid[right - 1]);
        let (a, b) = (places[right - 1].difference(pair), places[right].difference(pair));
        // At a place itself nothing of its neighbour counts, however little is known of that.
        if share <= 0.0 || share >= 1.0 {
            return if share <= 0.0 { a } else { b };
        }
        DifferenceAt { mean: a.mean + (b.mean - a.mean) * share, error: a.error * (1.0 - share) + b.error * share }
    };
    let range = grid.last()? - grid.first()?;
    Inversion::of(&grid, n, LEVEL, range * FINE, at)
}

/// The places that were run so far.
struct Known<'q, S, E> {
    question: &'q Question,
    simulate: S,
    /// By the bits of their numbers made to ascend.
    places: BTreeMap<u64, Evaluated>,
    failed: Option<E>,
}

impl<E, S: FnMut(&Value) -> Result<Results, E>> Known<'_, S, E> {
    /// The place, run if it has not been; `None` after a failure.
    fn at(&mut self, x: f64) -> Option<&Evaluated> {
        let value = self.question.axis.value(self.snapped(x));
        let (x, key) = (value.number?, ascending(value.number?));
        if self.failed.is_none() && !self.places.contains_key(&key) {
            match (self.simulate)(&value) {
                Ok(results) => drop(self.places.insert(key, Evaluated::of(self.question, value, x, &results))),
                Err(failed) => self.failed = Some(failed),
            }
        }
        self.places.get(&key)
    }

    /// The place that is run for one that was asked for: without digits that the tolerance makes meaningless.
    fn snapped(&self, x: f64) -> f64 {
        if self.question.whole {
            return x.round();
        }
        if self.question.axis.values.iter().any(|value| value.number == Some(x)) {
            return x;
        }
        let step = libm::pow(10.0, (self.question.tolerance / 20.0).log10().floor());
        (x / step).round() * step
    }
}

/// Bits that ascend with the number.
fn ascending(x: f64) -> u64 {
    let bits = x.to_bits();
    if x.is_sign_negative() { !bits } else { bits | 1 << 63 }
}

impl Evaluated {
    fn of(question: &Question, at: Value, x: f64, results: &Results) -> Self {
        let metric = question.metric;
        let all = 0..question.strategies.len();
        let mean = |strategy| Distribution::of_metric(metric, results.of(strategy)).map(|distribution| distribution.mean);
        let paired = |&[a, b]: &[usize; 2]| difference(results, metric, a, b).map(|difference| difference.mean);
        Self {
            at,
            x,
            means: all.clone().map(mean).collect(),
            differences: question.pairs.iter().map(paired).collect(),
            values: all.map(|strategy| results.of(strategy).map(|row| metric.of(row)).collect()).collect(),
        }
    }

    /// The mean difference of a pair with its error: infinite where it is undefined.
    fn difference(&self, pair: usize) -> DifferenceAt {
        let Some(Estimate { value, lo: Some(lo), hi: Some(hi), n, .. }) = self.differences[pair] else {
            return DifferenceAt { mean: self.differences[pair].map_or(0.0, |estimate| estimate.value), error: f64::INFINITY };
        };
        DifferenceAt { mean: value, error: (hi - lo) / 2.0 / student_critical(n.saturating_sub(1).max(1), LEVEL) }
    }

    /// The difference in one replication.
    fn own(&self, [a, b]: [usize; 2], replication: usize) -> Option<f64> {
        Some(self.values[a].get(replication).copied()?? - self.values[b].get(replication).copied()??)
    }
}

impl Own {
    fn of(places: &[Evaluated], pair: [usize; 2]) -> Self {
        let grid: Vec<f64> = places.iter().map(|place| place.x).collect();
        let replications = places.first().map_or(0, |place| place.values[pair[0]].len());
        let row = |replication| places.iter().map(|place| place.own(pair, replication)).collect::<Option<Vec<f64>>>();
        let rows: Vec<Vec<f64>> = (0..replications).filter_map(row).collect();
        let n = rows.len() as u64;
        let crossings: Vec<Option<f64>> =
            Curves::new(grid, rows).map_or_else(Vec::new, |curves| curves.own_crossings().collect());
        let found = sorted(crossings.iter().copied().flatten());
        let quantiles = [0.10, 0.50, 0.90].map(|p| quantile(&found, p, LEVEL));
        let quantiles = if let [Some(low), Some(middle), Some(high)] = quantiles { Some([low, middle, high]) } else { None };
        Self { quantiles, without: share(n - (found.len() as u64).min(n), n, LEVEL), places: found }
    }
}

#[cfg(test)]
mod tests {
    use super::super::made_up;
    use super::*;
    use crate::units::Usd;

    fn question(range: (f64, f64), steps: usize, tolerance: f64) -> Question {
        let axis = Axis::grid("volume".to_owned(), range, steps, super::super::Spacing::Linear, String::new()).expect("a grid");
        let strategies = vec!["a".to_owned(), "b".to_owned()];
        Question { axis, whole: false, tolerance, metric: Metric::Cost, strategies, pairs: vec![[0, 1]] }
    }

    /// Results in which these are the costs, in dollars, of each replication.
    fn results(costs: impl Fn(usize) -> [f64; 2]) -> Results {
        let mut results = made_up::results(&["a", "b"], 40);
        for (replication, pair) in results.rows.chunks_mut(2).enumerate() {
            for (row, cost) in pair.iter_mut().zip(costs(replication)) {
                row.cost = Usd::from_picos((cost * 1e12).round() as i128);
            }
        }
        results
    }

    /// A fee between 240 and 360 dollars against 0.4 cents a piece, and how often it was run.
    #[test]
    fn the_two_questions_in_few_runs() {
        let mut runs = 0;
        let fee = |replication: usize| 240.0 + 120.0 * replication as f64 / 39.0;
        let found = BreakEven::find::<()>(question((0.0, 200_000.0), 5, 50.0), |at| {
            runs += 1;
            let v = at.number.expect("a number");
            Ok(results(|replication| [fee(replication) + 0.012 * v, 0.016 * v]))
        })
        .expect("nothing fails");
        let pair = &found.pairs[0];
        let crossing = pair.average.as_ref().expect("40 replications").estimates()[0];
        assert!((crossing.value - 75_000.0).abs() < 100.0 && crossing.hi.expect("bounded") < 80_000.0, "{crossing:?}");
        let [low, middle, high] = pair.own.quantiles.expect("all have one").map(|q| q.value.round());
        assert!((low - 62_308.0).abs() < 2.0 && (middle - 74_615.0).abs() < 2.0 && (high - 86_923.0).abs() < 2.0);
        assert_eq!((pair.own.places.len(), pair.own.without.expect("there are").value.to_bits()), (40, 0));
        assert!(runs < 40 && found.places.len() == runs, "{runs}");
        assert!(found.places.is_sorted_by(|a, b| a.x < b.x));
    }

    #[test]
    fn whole_numbers_are_run_alone_and_once() {
        let asked = Question { whole: true, ..question((1.0, 9.0), 3, 0.5) };
        let found = BreakEven::find::<()>(asked, |at| {
            let v = at.number.expect("a number");
            assert!(v.fract() == 0.0);
            Ok(results(|_| [1.0, if v < 4.0 { 2.0 } else { 0.5 }]))
        })
        .expect("nothing fails");
        let crossing = found.pairs[0].average.as_ref().expect("40 replications").crossings[0];
        assert!(crossing.upward && crossing.at > 3.0 && crossing.at < 4.0, "{crossing:?}");
    }

    #[test]
    fn a_failure_ends_it() {
        let mut runs = 0;
        let failed = BreakEven::find(question((0.0, 8.0), 9, 0.1), |at| {
            runs += 1;
            if at.number > Some(2.5) { Err("no") } else { Ok(results(|_| [1.0, 2.0])) }
        });
        assert_eq!((failed, runs), (Err("no"), 4));
    }

    #[test]
    fn numbers_ascend_with_their_keys() {
        let ascend = [f64::NEG_INFINITY, -2.0, -1.0, 0.0, 1e-300, 1.0, 2.0].map(ascending);
        assert!(ascend.is_sorted_by(|a, b| a < b));
    }
}
