//! What changed between two runs: every metric of every strategy that both have, and whether the change is more than noise.
//!
//! Where both runs have the same seed, replications of the same number share their traffic and luck, and are compared in pairs;
//! otherwise the runs have nothing in common, and their means are compared as such (Welch).

use crate::provider::Doubts;
use crate::stats::{Estimate, LEVEL, Moments, difference_of_shares, level_of_each, student_critical, welch};
use crate::units::{SimDuration, Usd};

use super::comparison::difference;
use super::distribution::constant;
use super::sweep::values;
use super::{Distribution, Metric, Results, Row};

/// A run as its files tell of it: rows without attempts by deployment, courses and cases of unknown billing.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptRun {
    /// The seed.
    pub seed: u64,
    /// Names of the strategies, in their order.
    pub strategies: Vec<String>,
    /// Rows, replication by replication, strategies in order within each.
    pub rows: Vec<Row>,
    /// What was charged for delivered attempts: by payee, how many and their sum.
    pub delivered: Vec<(String, u64, Usd)>,
}

/// What changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Changes {
    /// The replications that are compared in pairs; `None` where the runs have different seeds.
    pub paired: Option<u32>,
    /// The strategies that both have, in the order of the later run.
    pub strategies: Vec<StrategyChange>,
    /// Strategies of the earlier run alone.
    pub only_before: Vec<String>,
    /// Strategies of the later run alone.
    pub only_after: Vec<String>,
    /// How many figures were compared.
    pub figures: usize,
    /// Payees whose mean charge for a delivered attempt is another, in dollars, before and after; `None` where there was none.
    pub prices: Vec<(String, [Option<f64>; 2])>,
}

/// What changed of one strategy.
#[derive(Debug, Clone, PartialEq)]
pub struct StrategyChange {
    /// Its name.
    pub name: String,
    /// Whether all that is kept of its replications is the same.
    pub identical: bool,
    /// Each metric that is defined in both runs.
    pub figures: Vec<Change>,
}

/// One figure before and after.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// The metric.
    pub metric: Metric,
    /// Its mean in the earlier run.
    pub before: Estimate,
    /// Its mean in the later run.
    pub after: Estimate,
    /// The later minus the earlier.
    pub difference: Estimate,
    /// Whether it differs even among all figures that are compared: at 95 % for all of them together (Bonferroni).
    pub surely: bool,
}

impl Changes {
    /// The later run against the earlier.
    pub fn between(before: &KeptRun, after: &KeptRun) -> Self {
        let only = |own: &KeptRun, other: &KeptRun| -> Vec<String> {
            own.strategies.iter().filter(|name| !other.strategies.contains(name)).cloned().collect()
        };
        let both: Vec<(usize, usize)> = (after.strategies.iter().enumerate())
            .filter_map(|(at, name)| Some((before.strategies.iter().position(|other| other == name)?, at)))
            .collect();
        let seeded = before.seed == after.seed;
        let strategies: Vec<StrategyChange> = both.iter().map(|&(b, a)| strategy(before, b, after, a, seeded)).collect();
        let figures = strategies.iter().map(|strategy| strategy.figures.len()).sum();
        let replications = |run: &KeptRun| (run.rows.len() / run.strategies.len().max(1)) as u32;
        let mut changes = Self {
            paired: seeded.then(|| replications(before).min(replications(after))),
            strategies,
            only_before: only(before, after),
            only_after: only(after, before),
            figures,
            prices: prices(before, after),
        };
        let each = changes.strategies.iter_mut().flat_map(|strategy| &mut strategy.figures);
        each.for_each(|change| change.surely = !change.is_rounding() && surely(&change.difference, figures));
        changes
    }
}

impl Change {
    /// Whether it is no more than what sums of floating point numbers are off by.
    fn is_rounding(&self) -> bool {
        self.difference.value.abs() <= 1e-12 * self.before.value.abs().max(self.after.value.abs())
    }
}

fn strategy(before: &KeptRun, b: usize, after: &KeptRun, a: usize, seeded: bool) -> StrategyChange {
    let name = after.strategies[a].clone();
    let (earlier, later) = (rows(before, b), rows(after, a));
    let identical = seeded && earlier.len() == later.len() && earlier.iter().zip(&later).all(|(x, y)| same(x, y));
    let (own, others) = (results(&[&earlier]), results(&[&later]));
    let n = if seeded { earlier.len().min(later.len()) } else { 0 };
    let common = results(&[&earlier[..n], &later[..n]]);
    let compared = Metric::ALL.into_iter().filter(|metric| !metric.is_of_bounds());
    let figures = compared.filter_map(|metric| {
        let mean = |results: &Results| Distribution::of_metric(metric, results.of(0)).map(|distribution| distribution.mean);
        let (was, is) = (mean(&own)?, mean(&others)?);
        let difference = if seeded { difference(&common, metric, 1, 0)?.mean } else { apart(&others, &own, metric)? };
        Some(Change { metric, before: was, after: is, difference, surely: false })
    });
    StrategyChange { name, identical, figures: figures.collect() }
}

/// The difference of two runs that have nothing in common.
fn apart(after: &Results, before: &Results, metric: Metric) -> Option<Estimate> {
    let all_or_none = |results: &Results| constant(metric, results.of(0));
    if let (Some(is), Some(was)) = (all_or_none(after), all_or_none(before)) {
        return difference_of_shares(is, was, LEVEL);
    }
    let moments = |results: &Results| -> Moments {
        let whole = values(results, metric, 0);
        whole.unwrap_or_else(|| results.of(0).filter_map(|row| metric.of(row)).collect()).into_iter().collect()
    };
    let (is, was) = (moments(after), moments(before));
    let difference = welch(&is, &was, LEVEL)?;
    if metric.is_coarse() { Some(difference.coarse_difference(is.mean()? + was.mean()?)) } else { Some(difference) }
}

/// Whether zero is outside the interval that holds at 95 % for so many at once.
fn surely(difference: &Estimate, figures: usize) -> bool {
    let (Some(lo), Some(hi), true) = (difference.lo, difference.hi, difference.n > 1) else { return false };
    let critical = |level| student_critical(difference.n - 1, level);
    let wider = critical(level_of_each(figures as u64, LEVEL)) / critical(LEVEL);
    let (below, above) = ((difference.value - lo) * wider, (hi - difference.value) * wider);
    difference.value - below > 0.0 || difference.value + above < 0.0
}

/// The rows of one strategy, as if it were alone.
fn rows(run: &KeptRun, strategy: usize) -> Vec<Row> {
    run.rows.iter().skip(strategy).step_by(run.strategies.len().max(1)).cloned().collect()
}

/// Whether two rows are the same but for the number of the strategy.
fn same(a: &Row, b: &Row) -> bool {
    *a == Row { strategy: a.strategy, ..b.clone() }
}

/// Results of these rows, one list for each strategy. Exact sums of times are not kept: they are taken for equal where the
/// rows are.
fn results(of: &[&[Row]]) -> Results {
    let (strategies, replications) = (of.len(), of.first().map_or(0, |rows| rows.len()));
    let mut rows = Vec::with_capacity(strategies * replications);
    for replication in 0..replications {
        for (strategy, own) in of.iter().enumerate() {
            let mut row = Row { strategy: strategy as u16, ..own[replication].clone() };
            if !same(&of[0][replication], &own[replication]) {
                row.time_to_image_sum += 1;
                row.time_to_accepted_sum += 1;
            }
            rows.push(row);
        }
    }
    Results {
        strategies: (0..strategies).map(|strategy| strategy.to_string()).collect(),
        baseline: 0,
        payees: Vec::new(),
        doubts: Vec::new(),
        cases: Doubts::default(),
        replications: replications as u32,
        rows,
        charges: Vec::new(),
        spent: Vec::new(),
        days: Vec::new(),
        horizon: SimDuration::ZERO,
        budget: None,
        same_arrivals: false,
        expected_journeys: None,
        expected_listed: Vec::new(),
        inputs: Vec::new(),
    }
}

/// The payees whose mean charge is another.
fn prices(before: &KeptRun, after: &KeptRun) -> Vec<(String, [Option<f64>; 2])> {
    let mut names: Vec<&String> = before.delivered.iter().chain(&after.delivered).map(|(payee, ..)| payee).collect();
    names.sort();
    names.dedup();
    let mean = |run: &KeptRun, name: &String| {
        let own = run.delivered.iter().filter(|(payee, ..)| payee == name);
        let (count, sum) = own.fold((0, Usd::ZERO), |(count, sum), (_, more, amount)| (count + more, sum + *amount));
        (count > 0).then(|| sum.to_f64() / count as f64)
    };
    let each = names.into_iter().map(|name| (name.clone(), [mean(before, name), mean(after, name)]));
    each.filter(|(_, [was, is])| match (was, is) {
        (Some(was), Some(is)) => (was - is).abs() > 1e-9 * was.abs().max(is.abs()),
        _ => true,
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::super::made_up;
    use super::*;

    fn kept(names: &[&str], replications: u32, seed: u64) -> KeptRun {
        let results = made_up::results(names, replications);
        let delivered = vec![("p/a".to_owned(), 1_000, Usd::from_picos(25_000_000_000_000))];
        KeptRun { seed, strategies: results.strategies, rows: results.rows, delivered }
    }

    #[test]
    fn the_same_run_has_not_changed() {
        let run = kept(&["a", "b"], 40, 7);
        let changes = Changes::between(&run, &run);
        assert_eq!((changes.paired, changes.prices.len(), changes.only_after.len()), (Some(40), 0, 0));
        for strategy in &changes.strategies {
            assert!(strategy.identical && strategy.figures.len() > 20);
            assert!(strategy.figures.iter().all(|c| (c.difference.value, c.difference.lo, c.surely) == (0.0, Some(0.0), false)));
        }
    }

    #[test]
    fn a_price_that_went_up_is_seen_in_pairs_and_among_strangers() {
        let before = kept(&["a", "b"], 40, 7);
        let mut after = kept(&["b", "c"], 60, 7);
        after.rows.iter_mut().for_each(|row| row.cost = row.cost * 2);
        after.delivered[0].2 = Usd::from_picos(50_000_000_000_000);
        let changes = Changes::between(&before, &after);
        assert_eq!(
            (changes.paired, &*changes.only_before, &*changes.only_after),
            (Some(40), &["a".to_owned()][..], &["c".to_owned()][..])
        );
        let [b] = &changes.strategies[..] else { panic!("one is in both") };
        assert!(
            !b.identical && b.figures[0].metric == Metric::Cost && b.figures[0].surely && b.figures[0].difference.value > 0.0
        );
        assert_eq!(changes.prices, [("p/a".to_owned(), [Some(0.025), Some(0.05)])]);
        let strangers = Changes::between(&before, &KeptRun { seed: 8, ..after });
        let figure = strangers.strategies[0].figures[0];
        assert!(strangers.paired.is_none() && figure.difference.method == "Welch" && figure.surely, "{figure:?}");
    }

    /// Differences of nothing but noise are seldom called sure, however many figures there are.
    #[test]
    fn noise_is_no_change() {
        let sure = |value: f64, half: f64, figures| {
            let e = Estimate { value, lo: Some(value - half), hi: Some(value + half), level: LEVEL, method: "", n: 100 };
            surely(&e, figures)
        };
        assert!(sure(1.1, 1.0, 1) && !sure(1.1, 1.0, 50) && sure(2.0, 1.0, 50) && !sure(0.0, 0.0, 50) && sure(1.0, 0.0, 50));
    }
}
