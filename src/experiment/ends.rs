//! How far figures of money can go with the answers to the unknown billing rules: their lowest and their highest end.
//!
//! A rule has one answer for both strategies of a difference at once. In money, and in money per image, every group of rules
//! that depend on each other adds its own amount, so that the best of its cases can be picked alone. A wasted share is no
//! sum: all answers of up to [`TRIED`] cases are tried for it, and of more for the groups that are worth most.

use crate::ledger::Unsure;
use crate::provider::Group;
use crate::units::Usd;

use super::comparison::difference;
use super::{Difference, Metric, Results};

/// So many sets of answers are tried for a figure that is no sum.
const TRIED: usize = 4096;

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
            let billed = Search { results, metric, sides: &sides }.answers(way);
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

/// The answers that make the mean of one strategy's metric lowest, and those that make it highest.
pub(super) fn lowest_and_highest(results: &Results, metric: Metric, strategy: usize) -> [Vec<bool>; 2] {
    let side = [Side::of(results, metric, strategy)];
    [-1.0, 1.0].map(|way| Search { results, metric, sides: &side }.answers(way))
}

/// The sums of one strategy over all replications, in dollars.
struct Side {
    cost: f64,
    wasted: f64,
    /// What money is divided by: 1 where it is not.
    whole: f64,
    /// What each case adds to the cost, and to what is wasted.
    cases: Vec<[f64; 2]>,
}

impl Side {
    fn of(results: &Results, metric: Metric, strategy: usize) -> Self {
        let sum = |amounts: &mut dyn Iterator<Item = Usd>| amounts.sum::<Usd>().to_f64();
        let dollars = |Unsure { cost, wasted }: Unsure| [cost.to_f64(), wasted.to_f64()];
        let whole = match metric {
            Metric::CostPerDelivered | Metric::CostPerAccepted => {
                results.of(strategy).filter_map(|row| metric.parts(row)).map(|(_, whole)| whole).sum()
            }
            _ => 1.0,
        };
        Self {
            cost: sum(&mut results.of(strategy).map(|row| row.cost)),
            wasted: sum(&mut results.of(strategy).map(|row| row.wasted)),
            whole,
            cases: (0..results.cases.cases()).map(|case| dollars(results.in_case(strategy, case))).collect(),
        }
    }

    fn is_certain(&self) -> bool {
        self.cases.iter().flatten().all(|&amount| amount == 0.0)
    }

    /// How much a set of a group's rules adds to the figure, where it is a sum; the share of waste goes by the cost.
    fn adds(&self, metric: Metric, group: &Group, set: usize) -> f64 {
        let [cost, wasted] = self.case(group, set);
        let amount = if metric == Metric::Wasted { wasted } else { cost };
        if amount == 0.0 { 0.0 } else { amount / self.whole }
    }

    fn case(&self, group: &Group, set: usize) -> [f64; 2] {
        if set == 0 { [0.0; 2] } else { self.cases[group.case(set).index()] }
    }
}

/// A search for the answers that make a figure of one strategy, or the difference of two, lowest or highest.
struct Search<'a> {
    results: &'a Results,
    metric: Metric,
    sides: &'a [Side],
}

impl Search<'_> {
    /// The answers that make it as high as it can be, or with a `way` of -1 as low; no rule bills that makes no difference.
    fn answers(&self, way: f64) -> Vec<bool> {
        let groups = self.results.cases.groups();
        let mut sets: Vec<usize> = groups.iter().map(|group| self.best_of(group, way)).collect();
        if self.metric == Metric::WastedShare {
            sets = self.best_share(sets, way);
        }
        let mut billed = vec![false; self.results.doubts.len()];
        for (group, set) in groups.iter().zip(sets) {
            group.rules().iter().enumerate().for_each(|(bit, &rule)| billed[rule] = set >> bit & 1 == 1);
        }
        billed
    }

    /// The first side's figure less the second's, where there is one.
    fn gap(&self, of: impl Fn(&Side) -> f64) -> f64 {
        self.sides.iter().map(of).reduce(|own, other| own - other).unwrap_or(0.0)
    }

    fn best_of(&self, group: &Group, way: f64) -> usize {
        let worth = |set: usize| way * self.gap(|side| side.adds(self.metric, group, set));
        group.sets().fold(0, |best, set| if worth(set) > worth(best) { set } else { best })
    }

    /// The wasted share under these sets, by group; `None` where it is no share of anything, which is worse than any.
    fn share(&self, sets: &[usize], way: f64) -> Option<f64> {
        let groups = self.results.cases.groups();
        let share = |side: &Side| {
            let more = |part: usize| groups.iter().zip(sets).map(|(group, &set)| side.case(group, set)[part]).sum::<f64>();
            let (cost, wasted) = (side.cost + more(0), side.wasted + more(1));
            (cost > 0.0).then(|| wasted / cost)
        };
        let shares = self.sides.iter().map(share).collect::<Option<Vec<f64>>>()?;
        shares.into_iter().reduce(|own, other| own - other).map(|gap| way * gap)
    }

    /// The best of all sets of the groups that are worth most, from these on.
    fn best_share(&self, from: Vec<usize>, way: f64) -> Vec<usize> {
        let groups = self.results.cases.groups();
        let worth = |group: &usize| -> f64 {
            let group = &groups[*group];
            self.sides.iter().flat_map(|side| group.sets().map(|set| side.case(group, set)[0].abs())).fold(0.0, f64::max)
        };
        let mut order: Vec<usize> = (0..groups.len()).filter(|group| worth(group) > 0.0).collect();
        order.sort_by(|a, b| worth(b).total_cmp(&worth(a)));
        let (mut all, mut tried) = (1, Vec::new());
        for group in order {
            let sets = groups[group].sets().end;
            if all * sets <= TRIED {
                all *= sets;
                tried.push(group);
            }
        }
        let (mut sets, mut best) = (from.clone(), from);
        for mut number in 0..all {
            for &group in &tried {
                let count = groups[group].sets().end;
                (sets[group], number) = (number % count, number / count);
            }
            if self.share(&sets, way) > self.share(&best, way) {
                best.clone_from(&sets);
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::super::made_up;
    use super::*;

    const MONEY: [Metric; 6] =
        [Metric::Cost, Metric::CostPerDelivered, Metric::CostPerAccepted, Metric::Wasted, Metric::WastedShare, Metric::Unbooked];

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

    /// The same where rules meet in groups, in which they do not add up, and where not all of it is wasted.
    #[test]
    fn all_answers_of_groups_lie_between_the_ends() {
        let amounts = |group: usize, set: usize, strategy: usize| -> [u64; 2] {
            let cost = [[7, 12, 3], [25, 2, 26], [9, 30, 31], [5, 5, 40]][(group + strategy) % 4][set - 1];
            [cost, if (set + strategy).is_multiple_of(2) { cost } else { cost / 3 }]
        };
        let names: Vec<String> = (0..6).map(|rule| format!("rule {rule} bills")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let groups = vec![vec![0, 3], vec![1, 2], vec![4, 5]];
        let results = made_up::in_groups(made_up::results(&["a", "b"], 25), &names, groups, amounts);
        for metric in MONEY {
            let ends = Ends::of(&results, metric, [1, 0]).expect("in doubt");
            let at = |billed: &[bool]| difference(&results.of_two_if([1, 0], billed), metric, 0, 1).expect("defined").mean.value;
            let all: Vec<f64> = (0..64).map(|set| at(&(0..6).map(|bit| set >> bit & 1 == 1).collect::<Vec<bool>>())).collect();
            let (lowest, highest) = all.iter().fold((f64::MAX, f64::MIN), |(low, high), &x| (low.min(x), high.max(x)));
            let [low, high] = ends.both().map(|end| end.difference.mean.value);
            assert!((low - lowest).abs() < 1e-9 && (high - highest).abs() < 1e-9, "{metric:?}: {low} {high} {all:?}");
        }
    }
}
