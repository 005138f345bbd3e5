//! What is said about unknown billing: costs with both ends, on what they depend, and what each rule is worth.

use crate::experiment::{Comparison, Difference, Ends, Metric, MetricUnit, Summary};
use crate::stats::Estimate;

use super::number::{Show, count};
use super::period::Period;
use super::verdict::{magnitude, names, times};

/// The sentence on cost of a comparison that unknown billing moves. It calls nothing cheaper that is not so at both ends.
pub(super) fn cost_sentence(summary: &Summary, comparison: &Comparison, ends: &Ends) -> String {
    let (name, other) = names(summary, comparison);
    let (rate, whether) = (Period::of(summary).rate, depending(summary, &[comparison.strategy, comparison.other]));
    let [lowest, highest] = ends.both().map(|end| &end.difference);
    if lowest.mean.lo.is_none() {
        let told = opposed(lowest, highest);
        return format!("In the only replication, which shows little, {name} costs {told} than {other}{whether}");
    }
    let sure = lowest.mean.excludes_zero() && highest.mean.excludes_zero();
    if !sure {
        let usd = Show::in_words(MetricUnit::Usd);
        let from = span(&lowest.mean, &highest.mean, |e| usd.both(e));
        return format!("A difference in cost between {name} and {other} is not shown at both ends: {from} {rate}{whether}");
    }
    if lowest.mean.value < 0.0 && highest.mean.value > 0.0 {
        let told = opposed(lowest, highest);
        return format!("Nobody knows which is cheaper: {name} costs {told} {rate} than {other}{whether}");
    }
    let (near, far) = if highest.mean.value < 0.0 { (highest, lowest) } else { (lowest, highest) };
    format!(
        "{name} costs {} {rate} than {other}{}{whether}, and was cheaper in {} of {} {}",
        same_way(near, far),
        relative(near, far),
        span(&highest.p_lower, &lowest.p_lower, |share| count(times(share))),
        count(lowest.p_lower.n),
        Period::of(summary).many,
    )
}

/// Two differences of one sign: `480 USD [..] to 512 USD [..] less`.
fn same_way(near: &Difference, far: &Difference) -> String {
    let usd = Show::in_words(MetricUnit::Usd);
    let way = if near.mean.value < 0.0 { "less" } else { "more" };
    format!("{} {way}", span(&magnitude(&near.mean), &magnitude(&far.mean), |e| usd.both(e)))
}

/// The same of either sign.
fn opposed(lowest: &Difference, highest: &Difference) -> String {
    if lowest.mean.value < 0.0 && highest.mean.value > 0.0 {
        let [less, more] = [lowest, highest].map(|d| Show::in_words(MetricUnit::Usd).both(&magnitude(&d.mean)));
        return format!("{less} less to {more} more");
    }
    if highest.mean.value <= 0.0 && lowest.mean.value < 0.0 { same_way(highest, lowest) } else { same_way(lowest, highest) }
}

fn relative(near: &Difference, far: &Difference) -> String {
    let (Some(near), Some(far)) = (&near.relative, &far.relative) else { return String::new() };
    format!(" ({} %)", span(near, far, |share| format!("{:+.0}", share.value * 100.0)))
}

/// Two ends: one text where both show the same.
pub(super) fn span(from: &Estimate, to: &Estimate, shown: impl Fn(&Estimate) -> String) -> String {
    let (from, to) = (shown(from), shown(to));
    if from == to { from } else { format!("{from} to {to}") }
}

/// On what figures of these strategies depend, as a clause with its comma; nothing where all is certain.
pub(super) fn depending(summary: &Summary, strategies: &[usize]) -> String {
    let moves = |matters: &[bool]| strategies.iter().any(|&s| matters.get(s) == Some(&true));
    let rules: Vec<&str> = summary.unknown.iter().filter(|rule| moves(&rule.matters)).map(|rule| rule.rule.as_str()).collect();
    match rules.as_slice() {
        [] => String::new(),
        [rule] => format!(", depending on whether {rule}"),
        [first, second] => format!(", depending on whether {first}, and whether {second}"),
        many => format!(", depending on {} unknown billing rules", many.len()),
    }
}

/// A sentence for each unknown rule: what it is worth to each strategy.
pub(super) fn rules(summary: &Summary) -> Vec<String> {
    let rate = Period::of(summary).rate;
    let usd = Show::in_words(MetricUnit::Usd);
    let amount = |worth: &Estimate| if worth.value == 0.0 { "nothing".to_owned() } else { format!("{} {rate}", usd.both(worth)) };
    let sentence = |rule: &crate::experiment::UnknownRule| {
        let worth = summary.strategies.iter().zip(&rule.worth).map(|(s, worth)| format!("{} to {}", amount(worth), s.name));
        let so = if rule.meets_others { "so, and nothing else that is unknown is billed" } else { "so" };
        format!("Nobody knows whether {}. If {so}, that adds {}.", rule.rule, worth.collect::<Vec<_>>().join(", "))
    };
    summary.unknown.iter().map(sentence).collect()
}

/// The chance of passing the budget at both ends; `None` without a budget.
pub(super) fn over_budget(summary: &Summary, strategy: usize) -> Option<String> {
    let [low, high] = summary.strategies[strategy].over_budget_ends()?;
    Some(span(&low, &high, super::verdict::percent))
}

/// Whether a strategy is surely cheaper at either end: then it must be said what is worse with it.
pub(super) fn may_be_cheaper(comparison: &Comparison) -> bool {
    let ends = comparison.ends(Metric::Cost);
    ends.into_iter().flatten().any(|difference| difference.mean.value < 0.0 && difference.mean.excludes_zero())
}

#[cfg(test)]
mod tests {
    use crate::experiment::{Results, made_up};
    use crate::report::verdict;

    use super::*;

    const RULES: [&str; 3] = ["google bills filtered", "qwen bills timed_out", "fal bills failed"];

    /// `b` costs three quarters of `a`; its certain share of it in percent if these rules bill.
    fn lines(rules: usize, replications: u32, percents: [[u64; 2]; 3]) -> Vec<String> {
        let results = made_up::results(&["a", "b"], replications);
        let results: Results = made_up::in_doubt(results, &RULES[..rules], |rule, strategy| percents[rule][strategy]);
        verdict(&Summary::of(&results))
    }

    #[test]
    fn both_ends_are_told_and_on_what_they_depend() {
        let lines = lines(1, 200, [[6, 2], [0; 2], [0; 2]]);
        assert!(lines[0].starts_with("b costs 24") || lines[0].starts_with("b costs 25"), "{}", lines[0]);
        let part =
            "less a month than a (-25 to -28 %), depending on whether google bills filtered, and was cheaper in 200 of 200";
        assert!(lines[0].contains("] to 2") && lines[0].contains(part), "{}", lines[0]);
        assert!(lines[0].contains("but the share of requests delivered"), "{}", lines[0]);
        let rule = lines.last().expect("some");
        assert!(rule.starts_with("Nobody knows whether google bills filtered. If so, that adds 60"), "{rule}");
        assert!(rule.contains(" a month to a, 15") && rule.ends_with(" a month to b."), "{rule}");
    }

    #[test]
    fn nothing_is_called_cheaper_that_is_not_at_both_ends() {
        let opposed = lines(1, 200, [[0, 60], [0; 2], [0; 2]]);
        assert!(opposed[0].starts_with("Nobody knows which is cheaper: b costs 2") && opposed[0].contains("] less to 2"));
        assert!(opposed[0].contains("more a month than a, depending on whether google bills filtered, but"), "{}", opposed[0]);
        let open = lines(2, 200, [[0, 32], [0, 1], [0; 2]]);
        assert!(open[0].starts_with("A difference in cost between b and a is not shown at both ends: -"), "{}", open[0]);
        assert!(open[0].contains("whether google bills filtered, and whether qwen bills timed_out"), "{}", open[0]);
        let dearer = lines(3, 200, [[0, 5], [200, 0], [0, 1]]);
        assert!(
            dearer[0].contains(" less a month") && dearer[0].contains("depending on 3 unknown billing rules"),
            "{}",
            dearer[0]
        );
    }

    #[test]
    fn the_budget_has_both_ends_and_what_is_certain_one() {
        let lines = lines(1, 200, [[6, 0], [0; 2], [0; 2]]);
        let against = lines[0].find("against ").map(|at| &lines[0][at..]).expect("a budget");
        assert!(against.contains("] to ") && against.ends_with(" for a."), "{against}");
        assert!(lines[0].contains("; 0.0 % [0.0, 1.9] chance of passing"), "{}", lines[0]);
        assert!(lines.last().is_some_and(|line| line.ends_with(", nothing to b.")), "{lines:?}");
    }

    #[test]
    fn one_replication_and_one_strategy_have_ends_too() {
        let one = lines(1, 1, [[0, 60], [0; 2], [0; 2]]);
        assert!(
            one[0].starts_with("In the only replication, which shows little, b costs ") && one[0].contains(" more than a,"),
            "{}",
            one[0]
        );
        let alone = made_up::in_doubt(made_up::results(&["only"], 200), &RULES[..1], |_, _| 10);
        let lines = verdict(&Summary::of(&alone));
        assert!(
            lines[0].contains("] to 1 ") && lines[0].contains("on average, depending on whether google bills"),
            "{}",
            lines[0]
        );
        assert!(lines[0].contains("in at least eight of ten months") && lines.len() == 3, "{lines:?}");
    }
}
