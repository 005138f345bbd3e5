//! How far a paired difference can go with the answers to the unknown billing rules: its lowest and its highest end.
//!
//! A rule has one answer for both strategies at once. In money, and in money per image, a difference is linear in each
//! rule, so that the sign of the rule's own difference says which answer lowers it. A wasted share is not linear: all
//! answers are tried for up to [`TRIED`] rules, and of more rules for those that are worth most.

use crate::units::Usd;

use super::comparison::difference;
use super::{Difference, Metric, Results};

/// Of so many rules all answers are tried for a difference that is not linear in them.
const TRIED: usize = 12;

/// A paired difference under one set of answers.
#[derive(Debug, Clone, PartialEq)]
pub struct End {
    /// Which unknown rules bill, in the order of the results.
    pub billed: Vec<bool>,
    /// The difference then, with the sampling error that it has then.
    pub difference: Difference,
}

/// Where the mean of a paired difference is lowest and highest, over all answers to the unknown rules.
#[derive(Debug, Clone, PartialEq)]
pub struct Ends {
    /// With the answers that make it lowest.
    pub lowest: End,
    /// With the answers that make it highest.
    pub highest: End,
}

impl Ends {
    /// `None` where nothing about either strategy is unknown, and for what is not money.
    pub(super) fn of(results: &Results, metric: Metric, strategies: [usize; 2]) -> Option<Self> {
        let sides = strategies.map(|strategy| Side::of(results, metric, strategy));
        if !metric.is_of_money() || sides.iter().all(Side::is_certain) {
            return None;
        }
        let [lowest, highest] = [-1.0, 1.0].map(|way| {
            let billed = answers(metric, &sides, way);
            let difference = difference(&results.of_two_if(strategies, &billed), metric, 0, 1)?;
            Some(End { billed, difference })
        });
        Some(Self { lowest: lowest?, highest: highest? })
    }

    /// Both, the lowest first.
    pub const fn both(&self) -> [&End; 2] {
        [&self.lowest, &self.highest]
    }
}

/// The sums of one strategy over all replications, in dollars.
struct Side {
    cost: f64,
    wasted: f64,
    /// What money is divided by: 1 where it is not.
    whole: f64,
    doubts: Vec<f64>,
}

impl Side {
    fn of(results: &Results, metric: Metric, strategy: usize) -> Self {
        let sum = |amounts: &mut dyn Iterator<Item = Usd>| amounts.sum::<Usd>().to_f64();
        let doubts: Vec<f64> = (0..results.doubts.len()).map(|rule| results.in_doubt(strategy, rule).to_f64()).collect();
        let cost = sum(&mut results.of(strategy).map(|row| row.cost));
        let whole = match metric {
            Metric::WastedShare => cost + doubts.iter().sum::<f64>(),
            Metric::CostPerDelivered | Metric::CostPerAccepted => {
                results.of(strategy).filter_map(|row| metric.parts(row)).map(|(_, whole)| whole).sum()
            }
            _ => 1.0,
        };
        Self { cost, wasted: sum(&mut results.of(strategy).map(|row| row.wasted)), whole, doubts }
    }

    fn is_certain(&self) -> bool {
        self.doubts.iter().all(|&amount| amount == 0.0)
    }

    /// How much a rule adds to the figure, where it is linear in the rules.
    fn adds(&self, rule: usize) -> f64 {
        if self.doubts[rule] == 0.0 { 0.0 } else { self.doubts[rule] / self.whole }
    }

    /// The wasted share under these answers; a strategy without any charge wastes nothing.
    fn wasted_share(&self, billed: &[bool]) -> f64 {
        let more: f64 = self.doubts.iter().zip(billed).filter(|(_, billed)| **billed).map(|(amount, _)| amount).sum();
        if self.cost + more > 0.0 { (self.wasted + more) / (self.cost + more) } else { 0.0 }
    }
}

/// The answers that make a difference as high as it can be, or with a `way` of -1 as low.
fn answers(metric: Metric, [own, other]: &[Side; 2], way: f64) -> Vec<bool> {
    let mut billed: Vec<bool> = (0..own.doubts.len()).map(|rule| way * (own.adds(rule) - other.adds(rule)) > 0.0).collect();
    if metric != Metric::WastedShare {
        return billed;
    }
    let worth = |rule: &usize| own.doubts[*rule] + other.doubts[*rule];
    let mut rules: Vec<usize> = (0..own.doubts.len()).filter(|rule| worth(rule) > 0.0).collect();
    rules.sort_by(|a, b| worth(b).total_cmp(&worth(a)));
    rules.truncate(TRIED);
    let gap = |billed: &[bool]| way * (own.wasted_share(billed) - other.wasted_share(billed));
    let mut best = billed.clone();
    for set in 0_u32..1 << rules.len() {
        rules.iter().enumerate().for_each(|(bit, &rule)| billed[rule] = set >> bit & 1 == 1);
        if gap(&billed) > gap(&best) {
            best.clone_from(&billed);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::super::made_up;
    use super::*;

    const MONEY: [Metric; 5] =
        [Metric::Cost, Metric::CostPerDelivered, Metric::CostPerAccepted, Metric::Wasted, Metric::WastedShare];

    fn in_doubt(percents: &[[u64; 2]]) -> Results {
        let rules: Vec<String> = (0..percents.len()).map(|rule| format!("rule {rule} bills")).collect();
        let names: Vec<&str> = rules.iter().map(String::as_str).collect();
        made_up::in_doubt(made_up::results(&["a", "b"], 25), &names, |rule, strategy| percents[rule][strategy])
    }

    #[test]
    fn what_is_certain_has_no_ends() {
        let results = in_doubt(&[[0, 0]]);
        assert!(Metric::ALL.iter().all(|&metric| Ends::of(&results, metric, [1, 0]).is_none()));
        let doubtful = in_doubt(&[[0, 1]]);
        let moved: Vec<Metric> =
            Metric::ALL.into_iter().filter(|&metric| Ends::of(&doubtful, metric, [1, 0]).is_some()).collect();
        assert_eq!(moved, MONEY);
    }

    /// `b` costs three quarters of `a`: a rule worth 10 % of both falls on `a` the harder.
    #[test]
    fn a_rule_has_one_answer_for_both() {
        let results = in_doubt(&[[10, 10], [0, 20]]);
        let ends = Ends::of(&results, Metric::Cost, [1, 0]).expect("in doubt");
        assert_eq!(ends.both().map(|end| end.billed.clone()), [[true, false], [false, true]]);
        let mean = |strategy| results.of(strategy).map(|row| row.cost.to_f64()).sum::<f64>() / 25.0;
        let (a, b) = (mean(0), mean(1));
        let [lowest, highest] = ends.both().map(|end| end.difference.mean.value);
        assert!((lowest - 1.1 * (b - a)).abs() < 1e-6 && (highest - (1.2 * b - a)).abs() < 1e-6, "{lowest} {highest}");
    }

    /// No set of answers leads beyond the ends.
    #[test]
    fn all_answers_lie_between_the_ends() {
        let results = in_doubt(&[[10, 30], [40, 5], [25, 25], [0, 60], [3, 0]]);
        for metric in MONEY {
            let ends = Ends::of(&results, metric, [1, 0]).expect("in doubt");
            let all: Vec<f64> = (0..32)
                .map(|set| {
                    let billed: Vec<bool> = (0..5).map(|bit| set >> bit & 1 == 1).collect();
                    difference(&results.of_two_if([1, 0], &billed), metric, 0, 1).expect("defined").mean.value
                })
                .collect();
            let (lowest, highest) = all.iter().fold((f64::MAX, f64::MIN), |(low, high), &x| (low.min(x), high.max(x)));
            let [low, high] = ends.both().map(|end| end.difference.mean.value);
            assert!((low - lowest).abs() < 1e-9 && (high - highest).abs() < 1e-9, "{metric:?}: {low} {high} {all:?}");
        }
    }

    /// The ends have the sampling error of their own answers, and it is no part of the distance between them.
    #[test]
    fn sampling_error_stays_apart() {
        let results = in_doubt(&[[10, 30]]);
        let ends = Ends::of(&results, Metric::Cost, [1, 0]).expect("in doubt");
        let certain = difference(&results, Metric::Cost, 1, 0).expect("defined");
        assert_eq!(ends.lowest.difference, certain);
        let highest = ends.highest.difference.mean;
        assert!(highest.lo > certain.mean.hi && highest.method == certain.mean.method, "{highest:?} {certain:?}");
    }
}
