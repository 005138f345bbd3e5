//! What nobody knows to be billed: the unknown rules, what each is worth, and the results at their other end.
//!
//! A rule is about one outcome of attempts, at one provider. It bills in all replications and for all strategies, or in none:
//! it is not luck, no replication tells, and more of them tell no more. So every money figure has two ends, each an estimate
//! of its own: with the answers to all unknown rules that make its mean lowest, and with those that make it highest. The
//! lowest cost is that of nothing unknown being billed, but for tiers that make all cheaper once more is billed.

use crate::ledger::Unsure;
use crate::provider::Doubts;
use crate::stats::{Density, Estimate, LEVEL, Moments, exceedance, share, skewed_mean, sorted};
use crate::units::Usd;

use super::ends::lowest_and_highest;
use super::{Distribution, Metric, PerMetric, Results, Row};

/// A billing rule that nobody knows, of which something depends.
#[derive(Debug, Clone, PartialEq)]
pub struct UnknownRule {
    /// The rule in words, such as `openai bills filtered`.
    pub rule: String,
    /// Its place among all rules of the results.
    pub index: usize,
    /// What it adds to a strategy's mean cost if it bills, and no other unknown rule does, in dollars per replication, by
    /// strategy.
    pub worth: Vec<Estimate>,
    /// Whether anything of a strategy depends on it, alone or together with others, by strategy.
    pub matters: Vec<bool>,
    /// Whether what it adds depends on other unknown rules too.
    pub meets_others: bool,
}

/// The money figures of one strategy under some answers to the unknown rules.
#[derive(Debug, Clone, PartialEq)]
pub struct MoneyFigures {
    /// Its money metrics; `None` for all others, and where one is undefined in every replication.
    pub metrics: PerMetric<Option<Distribution>>,
    /// The share of replications that cost more than the budget; `None` without a budget.
    pub p_over_budget: Option<Estimate>,
    /// The density of its cost; `None` where every replication costs the same.
    pub density: Option<Density>,
    /// The share of replications that cost more than x dollars.
    pub exceedance: Vec<(f64, f64)>,
}

impl Results {
    /// What one case adds to one strategy over all replications.
    pub(super) fn in_case(&self, strategy: usize, case: usize) -> Unsure {
        let mut sum = Unsure::default();
        self.of(strategy).filter_map(|row| row.cases.get(case)).for_each(|more| sum += *more);
        sum
    }

    /// What all unknown rules add to a replication's invoice together.
    pub fn unknown(&self, row: &Row) -> Unsure {
        self.more(row, &vec![true; self.doubts.len()])
    }

    /// What is added to a replication's invoice if these of the unknown rules bill.
    fn more(&self, row: &Row, billed: &[bool]) -> Unsure {
        let mut sum = Unsure::default();
        self.cases.cases_if(billed).filter_map(|case| row.cases.get(case.index())).for_each(|more| sum += *more);
        sum
    }

    /// The row if these of the unknown rules bill. It has no course of spending: nobody kept when they would.
    pub(super) fn if_billed(&self, row: &Row, billed: &[bool]) -> Row {
        let more = self.more(row, billed);
        Row { cost: row.cost + more.cost, wasted: row.wasted + more.wasted, spend: Vec::new(), ..row.clone() }
    }

    /// Two strategies alone, if these of the unknown rules bill.
    pub(super) fn of_two_if(&self, strategies: [usize; 2], billed: &[bool]) -> Self {
        let pairs = self.of(strategies[0]).zip(self.of(strategies[1]));
        Self {
            strategies: strategies.iter().filter_map(|&s| self.strategies.get(s).cloned()).collect(),
            baseline: 1,
            payees: Vec::new(),
            inputs: Vec::new(),
            doubts: Vec::new(),
            cases: Doubts::default(),
            rows: pairs.flat_map(|(own, other)| [own, other].map(|row| self.if_billed(row, billed))).collect(),
            charges: Vec::new(),
            spent: Vec::new(),
            days: Vec::new(),
            expected_listed: strategies.iter().map(|&s| self.expected_listed.get(s).copied().flatten()).collect(),
            ..*self
        }
    }
}

/// The unknown rules on which anything depends in any strategy, in the order of the results.
pub(super) fn unknown_rules(results: &Results) -> Vec<UnknownRule> {
    let rules = results.doubts.iter().enumerate().map(|(index, rule)| unknown_rule(results, index, rule));
    rules.filter(|rule| rule.matters.contains(&true)).collect()
}

fn unknown_rule(results: &Results, index: usize, rule: &str) -> UnknownRule {
    let mut groups = results.cases.groups().iter();
    let of_group = groups.find_map(|group| Some((group, group.rules().iter().position(|rule| *rule == index)?)));
    let matters = |strategy: usize| {
        of_group.is_some_and(|(group, bit)| {
            let in_set = |set| results.in_case(strategy, group.case(set).index());
            let moved = |set: usize| {
                let without = set & !(1 << bit);
                let before = if without > 0 { in_set(without) } else { Unsure::default() };
                before != in_set(set)
            };
            group.sets().any(|set| set >> bit & 1 == 1 && moved(set))
        })
    };
    let worth = |strategy: usize| {
        let alone: Vec<bool> = (0..results.doubts.len()).map(|rule| rule == index).collect();
        let amounts = results.of(strategy).map(|row| results.more(row, &alone).cost.to_f64());
        skewed_mean(&amounts.collect::<Moments>(), LEVEL)
    };
    let strategies = 0..results.strategies.len();
    UnknownRule {
        rule: rule.to_owned(),
        index,
        worth: strategies.clone().filter_map(worth).collect(),
        matters: strategies.map(matters).collect(),
        meets_others: of_group.is_some_and(|(group, _)| group.rules().len() > 1),
    }
}

impl MoneyFigures {
    /// Those with the answers that make the mean of each lowest, and those that make it highest; the cost decides the answers
    /// of what is no metric. `None` for the highest where nothing about the strategy is unknown.
    pub(super) fn ends(results: &Results, strategy: usize) -> (Self, Option<Self>) {
        let certain = results.of(strategy).all(|row| row.cases.iter().all(|more| *more == Unsure::default()));
        if certain {
            return (Self::of(|_| results.of(strategy), results.budget), None);
        }
        let answers = PerMetric::from_fn(|metric| metric.is_of_money().then(|| lowest_and_highest(results, metric, strategy)));
        let [lowest, highest] = [0, 1].map(|end| {
            let rows = PerMetric::from_fn(|metric| -> Vec<Row> {
                let billed = answers.get(metric).iter().map(|ends| &ends[end]);
                billed.flat_map(|billed| results.of(strategy).map(|row| results.if_billed(row, billed))).collect()
            });
            Self::of(|metric| rows.get(metric).iter(), results.budget)
        });
        (lowest, Some(highest))
    }

    /// Those of the rows as they are for each money metric.
    fn of<'a, Rows: Iterator<Item = &'a Row> + Clone>(rows: impl Fn(Metric) -> Rows, budget: Option<Usd>) -> Self {
        let of_metric = |metric: Metric| metric.is_of_money().then(|| Distribution::of_metric(metric, rows(metric))).flatten();
        let costs = sorted(rows(Metric::Cost).map(|row| row.cost.to_f64()));
        Self {
            metrics: PerMetric::from_fn(of_metric),
            p_over_budget: over_budget(rows(Metric::Cost), budget),
            density: Density::of(&costs),
            exceedance: exceedance(&costs),
        }
    }
}

/// The share of these replications that cost more than the budget; `None` without one.
fn over_budget<'a>(rows: impl Iterator<Item = &'a Row>, budget: Option<Usd>) -> Option<Estimate> {
    let (over, all) = rows.fold((0, 0), |(over, all), row| (over + u64::from(Some(row.cost) > budget), all + 1));
    budget.and_then(|_| share(over, all, LEVEL))
}

#[cfg(test)]
mod tests {
    use super::super::made_up;
    use super::*;

    #[test]
    fn what_is_certain_has_no_second_end() {
        let results = made_up::results(&["a", "b"], 20);
        assert!(unknown_rules(&results).is_empty() && MoneyFigures::ends(&results, 0).1.is_none());
        let nothing = made_up::in_doubt(results, &["google bills filtered"], |_, _| 0);
        assert!(unknown_rules(&nothing).is_empty() && MoneyFigures::ends(&nothing, 1).1.is_none());
    }

    /// A tenth of every invoice hangs on one rule, a twentieth of `b`'s on another.
    #[test]
    fn all_of_it_billed_adds_up() {
        let rules = ["google bills filtered", "nobody bills anything", "qwen bills timed_out"];
        let worth = |rule, strategy| if rule == 0 { 10 } else { u64::from(rule == 2 && strategy == 1) * 5 };
        let results = made_up::in_doubt(made_up::results(&["a", "b"], 40), &rules, worth);
        let known = unknown_rules(&results);
        assert_eq!(known.iter().map(|rule| (rule.rule.as_str(), rule.index)).collect::<Vec<_>>(), [(rules[0], 0), (rules[2], 2)]);
        for (strategy, factor) in [(0, 1.10), (1, 1.15)] {
            let certain = Distribution::of_metric(Metric::Cost, results.of(strategy)).expect("40 rows");
            let billed = MoneyFigures::ends(&results, strategy).1.expect("in doubt");
            let all = billed.metrics.get(Metric::Cost).expect("40 rows");
            assert!((all.mean.value / certain.mean.value - factor).abs() < 1e-9);
            assert!((all.p90.value / certain.p90.value - factor).abs() < 1e-9);
            let worth: f64 = known.iter().map(|rule| rule.worth[strategy].value).sum();
            assert!((all.mean.value - certain.mean.value - worth).abs() < 1e-9);
            let wasted = billed.metrics.get(Metric::Wasted).expect("40 rows").mean.value;
            let before = Distribution::of_metric(Metric::Wasted, results.of(strategy)).expect("40 rows").mean.value;
            assert!((wasted - before - worth).abs() < 1e-9);
            assert_eq!(*billed.metrics.get(Metric::DeliveredShare), None);
        }
        assert_eq!(known[1].worth[0].value.to_bits(), 0.0_f64.to_bits());
    }

    /// Two rules share a quota: either alone adds a tenth, both together a half, and half of it is wasted. A third makes all
    /// cheaper, as more volume does.
    #[test]
    fn rules_of_a_group_do_not_add_up() {
        let percent = |group, set: usize, _| if group == 1 { [20, 0] } else { [[10, 5], [10, 5], [50, 25]][set - 1] };
        let rules = ["google bills failed", "google bills filtered", "qwen bills failed"];
        let results = made_up::in_groups(made_up::results(&["a"], 30), &rules, vec![vec![0, 1], vec![2]], percent);
        let known = unknown_rules(&results);
        assert_eq!(known.iter().map(|rule| rule.meets_others).collect::<Vec<_>>(), [true, true, false]);
        let (lowest, highest) = MoneyFigures::ends(&results, 0);
        let mean = |figures: &MoneyFigures, metric| figures.metrics.get(metric).expect("30 rows").mean.value;
        let cost = Distribution::of_metric(Metric::Cost, results.of(0)).expect("30 rows").mean.value;
        let (low, high) = (mean(&lowest, Metric::Cost), mean(&highest.expect("in doubt"), Metric::Cost));
        assert!((low - cost).abs() < 1e-9 * cost && (high - 1.7 * cost).abs() < 1e-9 * cost, "{low} {high} {cost}");
        assert!(known.iter().zip([0.1, 0.1, 0.2]).all(|(rule, share)| (rule.worth[0].value - share * cost).abs() < 1e-6));
    }

    /// Where only the delivered images are in doubt, all that is billed for certain is wasted: the more is billed, the smaller
    /// is the share of waste, and its lowest end is where all is billed.
    #[test]
    fn what_was_delivered_is_not_wasted() {
        let results = made_up::in_groups(made_up::results(&["a"], 30), &["a bills delivered"], vec![vec![0]], |_, _, _| [900, 0]);
        let (lowest, highest) = MoneyFigures::ends(&results, 0);
        let mean = |figures: &MoneyFigures, metric| figures.metrics.get(metric).expect("30 rows").mean.value;
        let highest = highest.expect("in doubt");
        let share = mean(&highest, Metric::WastedShare);
        assert!((mean(&lowest, Metric::WastedShare) * 10.0 - share).abs() < 1e-9, "{share}");
        assert_eq!(mean(&lowest, Metric::Wasted).to_bits(), mean(&highest, Metric::Wasted).to_bits());
    }
}
