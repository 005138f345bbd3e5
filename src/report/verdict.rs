//! The answer in a sentence or two. Says only what the intervals support.

use crate::experiment::{Comparison, Difference, Metric, MetricUnit, StrategySummary, Summary};
use crate::stats::Estimate;

use super::number::{Show, count};
use super::period::Period;

/// The verdict: the best strategy against the baseline, its side effects, then one line for each other strategy.
pub fn verdict(summary: &Summary) -> Vec<String> {
    let against = summary.against_baseline();
    let Some((best, others)) = against.split_first() else {
        return summary.strategies.iter().map(|only| alone(summary, only)).collect();
    };
    let mut lines = vec![format!("{}{}.", cost_sentence(summary, best), budget_clause(summary, best))];
    lines.extend(side_effects(summary, best));
    lines.extend(others.iter().map(|other| format!("{}.", cost_sentence(summary, other))));
    lines
}

fn alone(summary: &Summary, only: &StrategySummary) -> String {
    let Some(cost) = only.cost() else {
        return format!("{} has no finished replication.", only.name);
    };
    let (usd, period) = (Show::in_words(MetricUnit::Usd), Period::of(summary));
    // At few replications the ends of the range are not known, and it would claim too much.
    let known = [cost.p10, cost.p90].iter().all(|end| end.lo.is_some() && end.hi.is_some());
    let range = if known {
        let (p10, p90) = (Show::unit(MetricUnit::Usd).value(&cost.p10), usd.value(&cost.p90));
        format!(", and between {p10} and {p90} in eight of ten {}", period.many)
    } else {
        String::new()
    };
    let chance = match (&only.p_over_budget, summary.budget) {
        (Some(chance), Some(budget)) => format!("; {} chance of passing {}", percent(chance), money(budget.to_f64())),
        _ => String::new(),
    };
    format!("{} costs {} {} on average{range}{chance}.", only.name, usd.both(&cost.mean), period.rate)
}

fn cost_sentence(summary: &Summary, comparison: &Comparison) -> String {
    let (name, other) = names(summary, comparison);
    let Some(cost) = comparison.metrics.get(Metric::Cost) else {
        return format!("{name} and {other} have no replication in common");
    };
    let (period, mean) = (Period::of(summary), &cost.mean);
    let (amount, usd) = (magnitude(mean), Show::in_words(MetricUnit::Usd));
    if mean.lo.is_none() {
        let way = if mean.value < 0.0 { "less" } else { "more" };
        return format!(
            "In the only replication, {name} costs {} {way} than {other}{}; one replication shows no more",
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
    let chance = |strategy: usize| summary.strategies[strategy].p_over_budget;
    match (summary.budget, chance(comparison.strategy), chance(comparison.other)) {
        (Some(budget), Some(own), Some(others)) => format!(
            "; {} chance of passing {}, against {} for {}",
            percent(&own),
            money(budget.to_f64()),
            percent(&others),
            names(summary, comparison).1,
        ),
        _ => String::new(),
    }
}

/// What the cheaper way does to success and latency.
fn side_effects(summary: &Summary, comparison: &Comparison) -> Option<String> {
    let delivered = effect(summary, comparison, Metric::DeliveredShare, "the share of requests delivered", ["lower", "higher"]);
    let accepted = effect(summary, comparison, Metric::AcceptedShare, "the share of journeys accepted", ["lower", "higher"]);
    let latency = effect(summary, comparison, Metric::TimeToImageP95, "p95 time to image", ["shorter", "longer"]);
    let whole = effect(summary, comparison, Metric::TimeToAcceptedP95, "p95 time to accepted image", ["shorter", "longer"]);
    let effects: Vec<String> = [delivered, accepted, latency, whole].into_iter().flatten().collect();
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

fn names<'a>(summary: &'a Summary, comparison: &Comparison) -> (&'a str, &'a str) {
    (&summary.strategies[comparison.strategy].name, &summary.strategies[comparison.other].name)
}

/// The same estimate without its sign, for sentences that say less or more.
fn magnitude(e: &Estimate) -> Estimate {
    if e.value < 0.0 { Estimate { value: -e.value, lo: e.hi.map(|x| -x), hi: e.lo.map(|x| -x), ..*e } } else { *e }
}

fn relative(cost: &Difference) -> String {
    cost.relative.map_or_else(String::new, |relative| format!(" ({:+.0} %)", relative.value * 100.0))
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
        assert_eq!(lines.len(), 3);
        assert!(lines[0].starts_with("cheap costs 4"), "{}", lines[0]);
        assert!(lines[0].contains("less a month than premium-only (-44 %) and was cheaper in 500 of 500 months; 0.0 % ["));
        assert!(lines[0].contains("chance of passing 1 050 USD, against "));
        assert!(lines[1].starts_with("With cheap, the share of requests delivered is 2.000 percentage points"), "{}", lines[1]);
        assert!(lines[1].contains("; p95 time to image is ") && lines[1].contains("; p95 time to accepted image is "));
        assert!(lines[2].starts_with("tiered costs "));
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
