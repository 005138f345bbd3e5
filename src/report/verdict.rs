//! The answer in a sentence or two. Says only what the intervals support.

use crate::experiment::{Comparison, Difference, Metric, MetricUnit, StrategySummary, Summary};
use crate::stats::Estimate;

use super::best;
use super::bounds::sentences;
use super::number::{Show, count};
use super::period::Period;
use super::unknown;

/// The verdict: the cheapest strategy against the baseline, its side effects, then one line for each other strategy with
/// what it does to success. No strategy is called cheaper without saying in the same sentence where it succeeds less often,
/// or where only unknown billing makes it so. After that comes where invoices differ from what clients book, then how far strategies are
/// from their bounds; what each unknown billing rule is worth comes last.
pub fn verdict(summary: &Summary) -> Vec<String> {
    let against = summary.against_baseline();
    let Some((best, others)) = against.split_first() else {
        let alone = summary.strategies.iter().map(|only| alone(summary, only));
        return alone.chain(gap(summary)).chain(sentences(summary)).chain(unknown::rules(summary)).collect();
    };
    let (worse, rest) = successes(summary, best);
    let mut lines = vec![format!("{}{worse}{}.", cost_sentence(summary, best), budget_clause(summary, best))];
    lines.extend(side_effects(summary, best, rest));
    lines.extend(others.iter().map(|other| {
        let (worse, rest) = successes(summary, other);
        let cost = format!("{}{worse}", cost_sentence(summary, other));
        format!("{}.", [vec![cost], rest].concat().join("; "))
    }));
    lines.extend(best::sentence(summary));
    lines.extend(gap(summary));
    lines.extend(sentences(summary));
    lines.extend(unknown::rules(summary));
    lines
}

/// By how much invoices differ from what the clients book, of those strategies with a difference that is sure and more than one
/// percent of the invoice.
fn gap(summary: &Summary) -> Option<String> {
    let mean = |strategy: &StrategySummary, metric: Metric| strategy.metrics.get(metric).as_ref().map(|d| d.mean.value);
    let of = |strategy: &StrategySummary| {
        let share = strategy.billed_over_booked.filter(Estimate::excludes_zero)?;
        let told = mean(strategy, Metric::Unbooked)?.abs() > 0.01 * mean(strategy, Metric::Cost)?;
        let way = if share.value < 0.0 { "less" } else { "more" };
        let least = if strategy.highest.is_some() && share.value > 0.0 { "at least " } else { "" };
        told.then(|| {
            format!("{}'s providers bill {least}{} {way} than its gateway books", strategy.name, percent(&magnitude(&share)))
        })
    };
    let told: Vec<String> = summary.strategies.iter().filter_map(of).collect();
    (!told.is_empty()).then(|| format!("{}.", told.join("; ")))
}

fn alone(summary: &Summary, only: &StrategySummary) -> String {
    let [Some(low), Some(high)] = only.ends(Metric::Cost) else {
        return format!("{} has no finished replication.", only.name);
    };
    let (usd, period) = (Show::in_words(MetricUnit::Usd), Period::of(summary));
    // At few replications the ends of the range are not known, and it would claim too much.
    let known = [low.p10, high.p90].iter().all(|end| end.lo.is_some() && end.hi.is_some());
    let range = if known {
        let (p10, p90) = (Show::unit(MetricUnit::Usd).value(&low.p10), usd.value(&high.p90));
        let at_least = if only.highest.is_some() { "at least " } else { "" };
        format!(", and between {p10} and {p90} in {at_least}eight of ten {}", period.many)
    } else {
        String::new()
    };
    let chance = match (unknown::over_budget(summary, 0), summary.budget) {
        (Some(chance), Some(budget)) => format!("; {chance} chance of passing {}", money(budget.to_f64())),
        _ => String::new(),
    };
    let (mean, whether) = (unknown::span(&low.mean, &high.mean, |e| usd.both(e)), unknown::depending(summary, &[0]));
    format!("{} costs {mean} {} on average{whether}{range}{chance}.", only.name, period.rate)
}

fn cost_sentence(summary: &Summary, comparison: &Comparison) -> String {
    if let Some(ends) = comparison.unknown.get(Metric::Cost) {
        return unknown::cost_sentence(summary, comparison, ends);
    }
    let (name, other) = names(summary, comparison);
    let Some(cost) = comparison.metrics.get(Metric::Cost) else {
        return format!("{name} and {other} have no replication in common");
    };
    let (period, mean) = (Period::of(summary), &cost.mean);
    let (amount, usd) = (magnitude(mean), Show::in_words(MetricUnit::Usd));
    if mean.lo.is_none() {
        let way = if mean.value < 0.0 { "less" } else { "more" };
        return format!(
            "In the only replication, which shows little, {name} costs {} {way} than {other}{}",
            usd.value(&amount),
            relative(cost),
        );
    }
    if mean.lo == Some(0.0) && mean.hi == Some(0.0) {
        return format!("{name} costs exactly what {other} costs, in all {} {}", count(mean.n), period.many);
    }
    if !mean.excludes_zero() {
        let sure = usd.both(mean);
        return format!("No difference in cost is shown between {name} and {other}: {sure} {}", period.rate);
    }
    let way = if mean.value < 0.0 { "less" } else { "more" };
    format!(
        "{name} costs {} {way} {} than {other}{} and was cheaper in {} of {} {}",
        usd.both(&amount),
        period.rate,
        relative(cost),
        count(times(&cost.p_lower)),
        count(cost.p_lower.n),
        period.many,
    )
}

fn budget_clause(summary: &Summary, comparison: &Comparison) -> String {
    let chance = |strategy: usize| unknown::over_budget(summary, strategy);
    match (summary.budget, chance(comparison.strategy), chance(comparison.other)) {
        (Some(budget), Some(own), Some(others)) => {
            format!("; {own} chance of passing {}, against {others} for {}", money(budget.to_f64()), names(summary, comparison).1)
        }
        _ => String::new(),
    }
}

/// What a strategy does to success: of a cheaper one, what is surely worse as a clause of the sentence that calls it so;
/// then all the rest.
fn successes(summary: &Summary, comparison: &Comparison) -> (String, Vec<String>) {
    let shares =
        [(Metric::DeliveredShare, "the share of requests delivered"), (Metric::AcceptedShare, "the share of journeys accepted")];
    let lower = |metric: Metric| {
        let difference = comparison.metrics.get(metric).as_ref();
        difference.is_some_and(|difference| difference.mean.value < 0.0 && difference.mean.excludes_zero())
    };
    let cheaper = unknown::may_be_cheaper(comparison);
    let (worse, rest): (Vec<_>, Vec<_>) = shares.into_iter().partition(|(metric, _)| cheaper && lower(*metric));
    let told = |effects: Vec<(Metric, &str)>| -> Vec<String> {
        effects.into_iter().filter_map(|(metric, what)| effect(summary, comparison, metric, what, ["lower", "higher"])).collect()
    };
    let worse = told(worse);
    let clause = if worse.is_empty() { String::new() } else { format!(", but {}", worse.join(" and ")) };
    (clause, told(rest))
}

/// What the cheapest way does to success, as far as that is not said yet, and to latency.
fn side_effects(summary: &Summary, comparison: &Comparison, successes: Vec<String>) -> Option<String> {
    let latency = effect(summary, comparison, Metric::TimeToImageP95, "p95 time to image", ["shorter", "longer"]);
    let whole = effect(summary, comparison, Metric::TimeToAcceptedP95, "p95 time to accepted image", ["shorter", "longer"]);
    let effects: Vec<String> = successes.into_iter().chain(latency).chain(whole).collect();
    (!effects.is_empty()).then(|| format!("With {}, {}.", names(summary, comparison).0, effects.join("; ")))
}

fn effect(summary: &Summary, with: &Comparison, metric: Metric, what: &str, ways: [&str; 2]) -> Option<String> {
    let difference = with.metrics.get(metric).as_ref()?;
    let level = |strategy: usize| {
        let of = summary.strategies[strategy].metrics.get(metric).as_ref()?;
        Some(Show::unit(metric.unit()).value(&of.mean))
    };
    let (now, before) = (level(with.strategy)?, level(with.other)?);
    if difference.mean.value == 0.0 && difference.mean.lo.is_none_or(|lo| lo == 0.0) {
        return Some(format!("{what} is the same ({before})"));
    }
    if difference.mean.lo.is_some() && !difference.mean.excludes_zero() {
        return Some(format!("no difference in {what} is shown ({before}, now {now})"));
    }
    let show = if metric.unit() == MetricUnit::Share { Show::POINTS } else { Show::unit(metric.unit()) };
    let way = ways[usize::from(difference.mean.value > 0.0)];
    Some(format!("{what} is {} {way} ({before}, now {now})", show.both(&magnitude(&difference.mean))))
}

pub(super) fn names<'a>(summary: &'a Summary, comparison: &Comparison) -> (&'a str, &'a str) {
    (&summary.strategies[comparison.strategy].name, &summary.strategies[comparison.other].name)
}

/// The same estimate without its sign, for sentences that say less or more.
pub(super) fn magnitude(e: &Estimate) -> Estimate {
    if e.value < 0.0 { Estimate { value: -e.value, lo: e.hi.map(|x| -x), hi: e.lo.map(|x| -x), ..*e } } else { *e }
}

fn relative(cost: &Difference) -> String {
    cost.relative.map_or_else(String::new, |relative| {
        let percent = relative.value * 100.0;
        // Less than one percent is not nothing.
        let decimals = [0.995, 0.0995].iter().filter(|least| percent.abs() < **least).count();
        format!(" ({percent:+.decimals$} %)")
    })
}

/// How many replications a share stands for.
pub(super) fn times(share: &Estimate) -> u64 {
    (share.value * share.n as f64).round() as u64
}

pub(super) fn percent(share: &Estimate) -> String {
    Show::unit(MetricUnit::Share).both(share)
}

pub(super) fn money(dollars: f64) -> String {
    let decimals = if dollars.fract() == 0.0 { 0 } else { 2 };
    format!("{} USD", super::number::grouped(dollars, decimals))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::made_up;

    fn lines(strategies: &[&str], replications: u32) -> Vec<String> {
        verdict(&Summary::of(&made_up::results(strategies, replications)))
    }

    #[test]
    fn the_best_first_with_its_side_effects() {
        let lines = lines(&["premium-only", "tiered", "cheap"], 500);
        assert_eq!(lines.len(), 5);
        let best = |line: &&String| line.starts_with("cheap is the cheapest of all 3 (all compared at once): by ");
        assert_eq!(lines.iter().filter(best).count(), 1, "{lines:?}");
        assert!(lines[0].starts_with("cheap costs 4"), "{}", lines[0]);
        let cheaper = "less a month than premium-only (-44 %) and was cheaper in 500 of 500 months, but the share of requests \
                       delivered is 2.000 percentage points [";
        assert!(lines[0].contains(cheaper), "{}", lines[0]);
        assert!(lines[0].contains("; 0.0 % [") && lines[0].contains("chance of passing 1 050 USD, against "), "{}", lines[0]);
        assert!(lines[1].starts_with("With cheap, the share of journeys accepted is the same ("), "{}", lines[1]);
        assert!(lines[1].contains("; p95 time to image is ") && lines[1].contains("; p95 time to accepted image is "));
        assert!(
            lines[2].starts_with("tiered costs ") && lines[2].contains("months, but the share of requests delivered is 1.000 ")
        );
        assert!(lines[2].contains("; the share of journeys accepted is the same ("), "{}", lines[2]);
    }

    /// 3 of 100 dollars are not booked: 3 more on 97. What is less than one percent of the invoice, or not sure, is not told.
    #[test]
    fn the_gap_is_told_where_it_is_sure_and_not_small() {
        let told = |results: &crate::experiment::Results| {
            let lines = verdict(&Summary::of(results));
            lines.into_iter().find(|line| line.contains("gateway books"))
        };
        let mut results = made_up::results(&["premium-only", "tiered"], 40);
        let text = told(&results).expect("3 and 4 percent");
        assert!(text.starts_with("premium-only's providers bill 3.09"), "{text}");
        assert!(text.contains("] more than its gateway books; tiered's providers bill 4.16"), "{text}");
        // Of only one strategy, less than it books, and of none.
        results.rows.iter_mut().filter(|row| row.strategy == 1).for_each(|row| row.booked = row.cost.times_ratio(1_009, 1_000));
        results.rows.iter_mut().filter(|row| row.strategy == 0).for_each(|row| row.booked = row.cost.times_ratio(21, 20));
        let text = told(&results).expect("5 percent less");
        assert!(text.contains("only's providers bill 4.76") && text.ends_with("] less than its gateway books."), "{text}");
        results.rows.iter_mut().filter(|row| row.strategy == 0).for_each(|row| row.booked = row.cost.times_ratio(991, 1_000));
        assert_eq!(told(&results), None);
        // Large and of either sign.
        for (at, row) in results.rows.iter_mut().enumerate() {
            row.booked = if at % 4 < 2 { row.cost.times_ratio(3, 2) } else { row.cost.times_ratio(3, 5) };
        }
        assert_eq!(told(&results), None);
        // A single replication has no interval.
        assert_eq!(told(&made_up::results(&["a", "b"], 1)), None);
    }

    #[test]
    fn cheaper_is_said_with_what_is_worse() {
        let mut results = made_up::results(&["a", "b"], 60);
        results.rows.iter_mut().filter(|row| row.strategy == 1).for_each(|row| row.accepted = row.accepted.map(|n| n - n / 50));
        let headline = |results: &crate::experiment::Results| verdict(&Summary::of(results)).swap_remove(0);
        let both = headline(&results);
        let (delivered, accepted) =
            (both.find("but the share of requests delivered is"), both.find("and the share of journeys accepted is"));
        assert!(delivered.is_some() && delivered < accepted, "{both}");
        for pair in results.rows.chunks_mut(2) {
            (pair[1].delivered, pair[1].accepted) = (pair[0].delivered, pair[0].accepted);
        }
        let same = headline(&results);
        assert!(!same.contains("but ") && !same.contains("the share of"), "{same}");
    }

    /// Dearer and worse: nothing is called cheaper, and the loss is told all the same.
    #[test]
    fn a_dearer_strategy_has_its_effects_too() {
        let mut results = made_up::results(&["a", "b", "c"], 60);
        results.baseline = 2;
        let lines = verdict(&Summary::of(&results));
        assert!(lines[0].starts_with("b costs ") && lines[0].contains(" more a month than c") && !lines[0].contains("but "));
        assert!(lines[1].starts_with("With b, the share of requests delivered is 1.000 percentage points"), "{}", lines[1]);
        assert!(
            lines[2].starts_with("a costs ") && lines[2].contains("; the share of requests delivered is 2.000"),
            "{}",
            lines[2]
        );
    }

    #[test]
    fn no_claim_without_evidence() {
        let mut same = made_up::results(&["a", "b"], 40);
        for pair in same.rows.chunks_mut(2) {
            pair[1] = crate::experiment::Row { strategy: 1, ..pair[0].clone() };
        }
        assert!(verdict(&Summary::of(&same))[0].starts_with("b costs exactly what a costs, in all 40 months"));
        for (at, pair) in same.rows.chunks_mut(2).enumerate() {
            let cent = crate::units::Usd::from_picos(10_000_000_000);
            pair[1].cost = if at % 2 == 0 { pair[0].cost + cent } else { pair[0].cost - cent };
        }
        assert!(verdict(&Summary::of(&same))[0].starts_with("No difference in cost is shown between b and a"));
        assert!(lines(&["a", "b"], 1)[0].contains("only replication"));
    }

    #[test]
    fn a_single_strategy_is_described() {
        let text = &lines(&["only"], 200)[0];
        assert!(text.starts_with("only costs ") && text.contains("in eight of ten months; "), "{text}");
        for few in [1, 2, 10, 35] {
            let text = &lines(&["only"], few)[0];
            assert!(!text.contains("eight of ten"), "{few}: {text}");
        }
        assert!(lines(&["only"], 36)[0].contains("in eight of ten"));
    }
}
