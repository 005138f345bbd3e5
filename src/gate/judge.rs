//! Whether gates hold, as far as the results can tell.
//!
//! A gate passes where the whole interval of its figure meets the condition, fails where none of it does, and is undecided
//! otherwise. Where billing is unknown, both ends of the figure have to agree. What is undefined is undecided, and never passes.

use std::fmt;

use crate::experiment::{Figure, Other, Relation, Results, Statistic};
use crate::stats::{Estimate, Target};

use super::{Against, Gate, Limit, Reference, Told};

/// What of a figure is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Its interval.
    Interval,
    /// The value alone, as if it were exact.
    Point,
}

/// Whether a condition is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is.
    Passed,
    /// It is not.
    Failed,
    /// That cannot be told.
    Undecided(Why),
}

/// Why it cannot be told whether a condition is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The limit lies within the interval. About so many replications in all would tell, if the value stayed; `None` where it
    /// is at the limit.
    Straddles(Option<u64>),
    /// The end of the interval that would tell is not known; the method says why.
    Open(&'static str),
    /// It depends on answers to unknown billing rules.
    Billing,
    /// The figure is undefined in every replication.
    Undefined,
    /// There is no such limit: the scenario has no budget.
    NoBudget,
}

/// A gate and a strategy, and whether it meets the condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// The gate.
    pub gate: Gate,
    /// The name of the strategy.
    pub strategy: String,
    /// The name of the strategy that it is compared with.
    pub other: Option<String>,
    /// The figure at its lowest and at its highest end: the same twice where unknown billing does not move it.
    pub ends: [Option<Estimate>; 2],
    /// The limit in the figure's unit; `None` for the budget where there is none.
    pub limit: Option<f64>,
    /// Whether the condition is met.
    pub verdict: Verdict,
}

/// All gates of a run, judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgements {
    /// What of the figures was judged.
    pub mode: Mode,
    /// In the order of the gates, and of the strategies within each.
    pub all: Vec<Judgement>,
}

/// Judges all gates: one that names no strategy for each, or for each but the one that it compares with.
pub fn judge(gates: &[Gate], results: &Results, mode: Mode) -> Judgements {
    let all = gates.iter().flat_map(|gate| {
        let other = gate.against.as_ref().and_then(|against| position(against.reference(), results));
        let named = gate.strategy.as_ref().map(|name| results.strategies.iter().position(|known| known == name));
        let strategies = (0..results.strategies.len()).filter(move |&s| named.map_or(Some(s) != other, |named| named == Some(s)));
        strategies.map(move |strategy| one(gate, results, (strategy, other), mode))
    });
    Judgements { mode, all: all.collect() }
}

fn position(reference: &Reference, results: &Results) -> Option<usize> {
    match reference {
        Reference::Baseline => Some(results.baseline),
        Reference::Strategy(name) => results.strategies.iter().position(|known| known == name),
    }
}

fn one(gate: &Gate, results: &Results, (strategy, other): (usize, Option<usize>), mode: Mode) -> Judgement {
    let name = |strategy: usize| results.strategies[strategy].clone();
    let limit = amount(gate.limit, results);
    let figure = statistic(gate.told, results).map(|statistic| Figure {
        metric: gate.metric,
        strategy,
        other: gate.against.as_ref().zip(other).map(|(against, other)| match against {
            Against::Minus(_) => Other::Minus(other),
            Against::Over(_) => Other::Over(other),
        }),
        statistic,
    });
    let ends = figure.map_or([None; 2], |figure| figure.ends(results));
    let verdict = match (figure, limit) {
        (Some(_), Some(limit)) => of_both(ends.map(|end| of_one(end, gate.relation, limit, mode))),
        _ => Verdict::Undecided(Why::NoBudget),
    };
    Judgement { gate: gate.clone(), strategy: name(strategy), other: other.map(name), ends, limit, verdict }
}

fn amount(limit: Limit, results: &Results) -> Option<f64> {
    match limit {
        Limit::Amount(amount) => Some(amount),
        Limit::Budget => results.budget.map(crate::units::Usd::to_f64),
    }
}

/// `None` where a chance is one of passing a budget that there is not.
fn statistic(told: Told, results: &Results) -> Option<Statistic> {
    Some(match told {
        Told::Mean => Statistic::Mean,
        Told::Sd => Statistic::Sd,
        Told::Quantile(p) => Statistic::Quantile(p),
        Told::TailMean(p) => Statistic::TailMean(p),
        Told::Chance(relation, limit) => Statistic::Chance(relation, amount(limit, results)?),
    })
}

/// Both ends have to agree.
fn of_both(ends: [Verdict; 2]) -> Verdict {
    match ends {
        [first, second] if first == second => first,
        [undecided @ Verdict::Undecided(_), _] | [_, undecided @ Verdict::Undecided(_)] => undecided,
        _ => Verdict::Undecided(Why::Billing),
    }
}

fn of_one(figure: Option<Estimate>, relation: Relation, limit: f64, mode: Mode) -> Verdict {
    let Some(figure) = figure else { return Verdict::Undecided(Why::Undefined) };
    let (lo, hi) = match mode {
        Mode::Interval => (figure.lo, figure.hi),
        Mode::Point => (Some(figure.value), Some(figure.value)),
    };
    // The end that is furthest from meeting the condition, and the one that is nearest to it.
    let (worst, best) = match relation {
        Relation::Below | Relation::AtMost => (hi, lo),
        Relation::Above | Relation::AtLeast => (lo, hi),
    };
    if worst.is_some_and(|end| relation.holds(end, limit)) {
        return Verdict::Passed;
    }
    if best.is_some_and(|end| relation.opposite().holds(end, limit)) {
        return Verdict::Failed;
    }
    Verdict::Undecided(if worst.is_none() || best.is_none() {
        Why::Open(figure.method)
    } else {
        let apart = (figure.value - limit).abs();
        Why::Straddles(Some(apart).filter(|apart| *apart > 0.0).and_then(|apart| Target::Absolute(apart).replications(&figure)))
    })
}

impl Judgements {
    /// How many passed, failed, and are undecided.
    pub fn counts(&self) -> [usize; 3] {
        let mut counts = [0; 3];
        for judgement in &self.all {
            counts[match judgement.verdict {
                Verdict::Passed => 0,
                Verdict::Failed => 1,
                Verdict::Undecided(_) => 2,
            }] += 1;
        }
        counts
    }
}

impl Verdict {
    /// Its word: passed, failed or undecided.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Undecided(_) => "undecided",
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Straddles(None) => f.write_str("the interval holds the limit, and the value is there"),
            Self::Straddles(Some(n)) => {
                write!(f, "the interval holds the limit; about {} replications may tell", rounded(*n))
            }
            Self::Open(method) => write!(f, "no bound is known at so few replications ({method})"),
            Self::Billing => f.write_str("it depends on whether what is unknown is billed; no replications tell"),
            Self::Undefined => f.write_str("undefined in every replication"),
            Self::NoBudget => f.write_str("the scenario has no budget"),
        }
    }
}

/// Two digits of a number: more would be made up.
fn rounded(n: u64) -> u64 {
    let unit = 10_u64.pow(n.max(1).ilog10().saturating_sub(1));
    n.div_ceil(unit) * unit
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::made_up;
    use crate::gate::{Known, given};
    use crate::spec::Sources;

    fn figure(value: f64, lo: Option<f64>, hi: Option<f64>) -> Estimate {
        Estimate { value, lo, hi, level: 0.95, method: "order statistics", n: 100 }
    }

    fn words(lo: f64, hi: f64) -> [&'static str; 4] {
        [Relation::Below, Relation::AtMost, Relation::Above, Relation::AtLeast]
            .map(|relation| of_one(Some(figure(lo.midpoint(hi), Some(lo), Some(hi))), relation, 10.0, Mode::Interval).word())
    }

    /// Each relation both ways, at the limit, and about it.
    #[test]
    fn polarity() {
        let (passed, failed, undecided) = ("passed", "failed", "undecided");
        assert_eq!(words(8.0, 9.0), [passed, passed, failed, failed]);
        assert_eq!(words(11.0, 12.0), [failed, failed, passed, passed]);
        assert_eq!(words(9.0, 11.0), [undecided; 4]);
        assert_eq!(words(8.0, 10.0), [undecided, passed, failed, undecided]);
        assert_eq!(words(10.0, 12.0), [failed, undecided, undecided, passed]);
        assert_eq!(words(10.0, 10.0), [failed, passed, failed, passed]);
    }

    #[test]
    fn what_is_not_known_never_passes() {
        let all = [Relation::Below, Relation::AtMost, Relation::Above, Relation::AtLeast];
        let nan = figure(f64::NAN, Some(f64::NAN), Some(f64::NAN));
        for (relation, mode) in all.into_iter().flat_map(|relation| [(relation, Mode::Interval), (relation, Mode::Point)]) {
            assert_eq!(of_one(None, relation, 10.0, mode), Verdict::Undecided(Why::Undefined));
            assert_eq!(of_one(Some(nan), relation, 10.0, mode).word(), "undecided");
            assert_eq!(of_one(Some(figure(5.0, Some(4.0), Some(6.0))), relation, f64::NAN, mode).word(), "undecided");
        }
        for relation in all {
            assert_eq!(of_one(Some(figure(5.0, None, None)), relation, 10.0, Mode::Interval).word(), "undecided");
        }
        // One end may be enough, either way.
        let below = |lo, hi| of_one(Some(figure(9.0, lo, hi)), Relation::Below, 10.0, Mode::Interval).word();
        assert_eq!([below(None, Some(9.5)), below(Some(8.0), None), below(Some(10.0), None)], ["passed", "undecided", "failed"]);
    }

    #[test]
    fn a_point_is_judged_as_if_it_were_exact() {
        let point = |relation| of_one(Some(figure(10.0, Some(0.0), None)), relation, 10.0, Mode::Point).word();
        let all = [Relation::Below, Relation::AtMost, Relation::Above, Relation::AtLeast].map(point);
        assert_eq!(all, ["failed", "passed", "failed", "passed"]);
    }

    fn judged(texts: &[&str], results: &Results) -> Vec<(String, &'static str)> {
        let texts: Vec<String> = texts.iter().map(ToString::to_string).collect();
        let (mut sources, mut mistakes) = (Sources::new(), Vec::new());
        let known = Known { strategies: results.strategies.clone(), budget: true };
        let gates = given(&texts, Some(known), &mut sources, &mut mistakes);
        assert!(mistakes.is_empty(), "{}", crate::spec::render(&sources, &mistakes, false));
        judge(&gates, results, Mode::Interval).all.into_iter().map(|j| (j.strategy, j.verdict.word())).collect()
    }

    #[test]
    fn without_a_name_each_strategy_is_judged() {
        let results = made_up::results(&["a", "b", "c"], 400);
        let own = |name: &str, word| (name.to_owned(), word);
        let (a, b, c) = (own("a", "failed"), own("b", "passed"), own("c", "passed"));
        assert_eq!(judged(&["mean(cost) < 900 USD"], &results), [a, b.clone(), c.clone()]);
        assert_eq!(judged(&["b: mean(cost) < 900 USD"], &results)[..], [own("b", "passed")]);
        assert_eq!(judged(&["mean(cost - baseline) < 0 USD"], &results), [b.clone(), c.clone()]);
        assert_eq!(judged(&["mean(cost / baseline) < 60%"], &results), [own("b", "failed"), c.clone()]);
        assert_eq!(judged(&["mean(cost - c) < 0 USD"], &results), [own("a", "failed"), own("b", "failed")]);
        assert_eq!(judged(&["P(cost > budget) <= 90%", "c: P(cost - b < 0 USD) > 95%"], &results)[2..], [c.clone(), c]);
    }

    #[test]
    fn few_replications_leave_it_open() {
        let word = |texts: &[&str], n| judged(texts, &made_up::results(&["a"], n))[0].1;
        assert_eq!(word(&["mean(cost) < 900 USD"], 1), "undecided");
        assert_eq!(word(&["mean(cost) < 900 USD"], 0), "undecided");
        assert_eq!(word(&["P(cost > 1 USD) > 50%"], 0), "undecided");
        assert_eq!(word(&["cvar95(cost) < 1 USD"], 100), "undecided");
        assert_eq!(word(&["cvar95(cost) < 1 USD"], 1_000), "failed");
        let mut results = made_up::results(&["a"], 30);
        results.budget = None;
        assert_eq!(judged(&["P(cost > budget) < 1%"], &results)[0].1, "undecided");
        results.rows.iter_mut().for_each(|row| row.time_to_image = None);
        assert_eq!(judged(&["p95(time_to_image) < 40 s"], &results)[0].1, "undecided");
    }

    /// 1 000 dollars and a fifth that may be billed: below 900 at no end, below 1 100 at one, below 1 300 at both.
    #[test]
    fn both_ends_of_unknown_billing_have_to_agree() {
        let results = made_up::in_doubt(made_up::results(&["a"], 400), &["google bills filtered"], |_, _| 20);
        let texts = ["mean(cost) < 900 USD", "mean(cost) < 1100 USD", "mean(cost) < 1300 USD"];
        let found: Vec<&str> = judged(&texts, &results).into_iter().map(|(_, word)| word).collect();
        assert_eq!(found, ["failed", "undecided", "passed"]);
        let twice = made_up::in_doubt(made_up::results(&["a", "b"], 400), &["google bills filtered"], |_, s| 40 * s as u64);
        let gates = ["mean(cost - baseline) < 0 USD", "mean(cost - baseline) < 200 USD", "mean(cost - baseline) < -300 USD"];
        let found: Vec<&str> = judged(&gates, &twice).into_iter().map(|(_, word)| word).collect();
        assert_eq!(found, ["undecided", "passed", "failed"]);
    }

    #[test]
    fn says_how_many_replications_would_tell() {
        let straddles = of_one(Some(figure(9.0, Some(7.0), Some(11.0))), Relation::Below, 10.0, Mode::Interval);
        assert!(matches!(straddles, Verdict::Undecided(Why::Straddles(Some(385..=405)))), "{straddles:?}");
        let at_it = of_one(Some(figure(10.0, Some(7.0), Some(13.0))), Relation::Below, 10.0, Mode::Interval);
        assert_eq!(at_it, Verdict::Undecided(Why::Straddles(None)));
        assert_eq!([0, 7, 12, 123, 12_001].map(rounded), [0, 7, 12, 130, 13_000]);
    }
}
