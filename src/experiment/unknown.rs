//! What nobody knows to be billed: the unknown rules, what each is worth, and the results if they bill.
//!
//! A rule is about an outcome without images, at one provider: what it adds to the invoice is wasted. It bills in all
//! replications and for all strategies, or in none: it is not luck, no replication tells, and more of them tell no more.
//! So every money figure has two ends, each an estimate of its own: nothing unknown is billed, and all of it is. No figure
//! falls as more is billed, so that all other answers lie between.

use crate::stats::{Density, Estimate, LEVEL, Moments, exceedance, mean, share, sorted};
use crate::units::Usd;

use super::{Distribution, Metric, PerMetric, Results, Row};

/// A billing rule that nobody knows, of which something depends.
#[derive(Debug, Clone, PartialEq)]
pub struct UnknownRule {
    /// The rule in words, such as `openai bills filtered`.
    pub rule: String,
    /// Its place among all rules of the results.
    pub index: usize,
    /// What it adds to a strategy's mean cost if it bills, in dollars per replication, by strategy.
    pub worth: Vec<Estimate>,
}

/// The estimates of one strategy if everything unknown is billed.
#[derive(Debug, Clone, PartialEq)]
pub struct IfBilled {
    /// Its money metrics; `None` for all others, and where one is undefined in every replication.
    pub metrics: PerMetric<Option<Distribution>>,
    /// The share of replications that cost more than the budget; `None` without a budget.
    pub p_over_budget: Option<Estimate>,
    /// The density of its cost; `None` where every replication costs the same.
    pub density: Option<Density>,
    /// The share of replications that cost more than x dollars.
    pub exceedance: Vec<(f64, f64)>,
}

impl Row {
    /// The row if these of the unknown rules bill. It has no course of spending: nobody kept when they would.
    pub(super) fn if_billed(&self, billed: &[bool]) -> Self {
        let more: Usd = self.doubts.iter().zip(billed).filter(|(_, billed)| **billed).map(|(amount, _)| *amount).sum();
        Self { cost: self.cost + more, wasted: self.wasted + more, spend: Vec::new(), ..self.clone() }
    }

    /// What all unknown rules add to the invoice together.
    pub fn unknown(&self) -> Usd {
        self.doubts.iter().copied().sum()
    }
}

impl Results {
    /// What one unknown rule adds to one strategy over all replications.
    pub(super) fn in_doubt(&self, strategy: usize, rule: usize) -> Usd {
        self.of(strategy).filter_map(|row| row.doubts.get(rule)).copied().sum()
    }

    /// Two strategies alone, if these of the unknown rules bill.
    pub(super) fn of_two_if(&self, strategies: [usize; 2], billed: &[bool]) -> Self {
        let pairs = self.of(strategies[0]).zip(self.of(strategies[1]));
        Self {
            strategies: strategies.iter().filter_map(|&s| self.strategies.get(s).cloned()).collect(),
            baseline: 1,
            payees: Vec::new(),
            doubts: Vec::new(),
            rows: pairs.flat_map(|(own, other)| [own.if_billed(billed), other.if_billed(billed)]).collect(),
            charges: Vec::new(),
            ..*self
        }
    }
}

/// The unknown rules on which anything depends in any strategy, in the order of the results.
pub(super) fn unknown_rules(results: &Results) -> Vec<UnknownRule> {
    let strategies = 0..results.strategies.len();
    let matters = |rule: usize| strategies.clone().any(|strategy| results.in_doubt(strategy, rule) != Usd::ZERO);
    let worth = |strategy: usize, rule: usize| {
        let amounts = results.of(strategy).map(|row| row.doubts.get(rule).map_or(0.0, |amount| amount.to_f64()));
        mean(&amounts.collect::<Moments>(), LEVEL)
    };
    let made = |(index, rule): (usize, &String)| {
        let worth = strategies.clone().filter_map(|strategy| worth(strategy, index)).collect();
        UnknownRule { rule: rule.clone(), index, worth }
    };
    results.doubts.iter().enumerate().filter(|(index, _)| matters(*index)).map(made).collect()
}

impl IfBilled {
    /// `None` where nothing about the strategy is unknown.
    pub(super) fn of(results: &Results, strategy: usize) -> Option<Self> {
        if results.of(strategy).all(|row| row.unknown() == Usd::ZERO) {
            return None;
        }
        let all = vec![true; results.doubts.len()];
        let rows: Vec<Row> = results.of(strategy).map(|row| row.if_billed(&all)).collect();
        let costs = sorted(rows.iter().map(|row| row.cost.to_f64()));
        let of_metric = |metric: Metric| metric.is_of_money().then(|| Distribution::of_metric(metric, rows.iter())).flatten();
        Some(Self {
            metrics: PerMetric::from_fn(of_metric),
            p_over_budget: over_budget(rows.iter(), results.budget),
            density: Density::of(&costs),
            exceedance: exceedance(&costs),
        })
    }
}

/// The share of these replications that cost more than the budget; `None` without one.
pub(super) fn over_budget<'a>(rows: impl Iterator<Item = &'a Row>, budget: Option<Usd>) -> Option<Estimate> {
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
        assert!(unknown_rules(&results).is_empty() && IfBilled::of(&results, 0).is_none());
        let nothing = made_up::in_doubt(results, &["google bills filtered"], |_, _| 0);
        assert!(unknown_rules(&nothing).is_empty() && IfBilled::of(&nothing, 1).is_none());
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
            let billed = IfBilled::of(&results, strategy).expect("in doubt");
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
}
