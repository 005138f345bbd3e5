//! How far strategies are from the best possible, in words.

use crate::experiment::{Metric, StrategySummary, Summary};

use super::number::Show;

/// Whether any bound was asked for.
pub(super) fn has_bounds(summary: &Summary) -> bool {
    let told = |strategy: &StrategySummary| strategy.metrics.iter().any(|(metric, d)| metric.is_of_bounds() && d.is_some());
    summary.strategies.iter().any(told)
}

/// One sentence for each bound of which a strategy has a multiple: that of the strategy that comes nearest to it, and that of the
/// baseline.
pub(super) fn sentences(summary: &Summary) -> impl Iterator<Item = String> {
    let cost = (Metric::CostOverBound, "pays", "the least that hindsight allows");
    let time = (Metric::TimeOverBound, "takes", "the shortest time to an image that hindsight allows, on average");
    [cost, time].into_iter().filter_map(|(metric, does, bound)| sentence(summary, metric, does, bound))
}

fn sentence(summary: &Summary, metric: Metric, does: &str, bound: &str) -> Option<String> {
    let of = |strategy: &StrategySummary| strategy.metrics.get(metric).map(|d| d.mean);
    let times = |strategy: &StrategySummary| of(strategy).map(|e| Show::NUMBER.both(&e));
    let value = |strategy: &StrategySummary| of(strategy).map_or(f64::INFINITY, |e| e.value);
    let baseline = &summary.strategies[summary.baseline];
    let nearest = summary.strategies.iter().min_by(|a, b| value(a).total_cmp(&value(b)))?;
    let first = format!("{} {does} {} times {bound} (a bound, and no strategy)", nearest.name, times(nearest)?);
    let second = times(baseline).filter(|_| nearest.name != baseline.name);
    let second = second.map_or_else(String::new, |times| format!("; {} {times} times", baseline.name));
    Some(format!("{first}{second}."))
}

#[cfg(test)]
mod tests {
    use super::super::verdict::verdict;
    use super::*;
    use crate::experiment::made_up;

    #[test]
    fn the_verdict_says_how_far_one_is_from_the_best_possible() {
        let mut results = made_up::with_bounds(made_up::results(&["a", "b"], 40));
        for (bounds, _) in results.rows.iter_mut().filter(|row| row.strategy == 0).filter_map(|row| row.bounds.as_mut()) {
            bounds.cost = bounds.cost.times_ratio(1, 2);
        }
        let lines = verdict(&Summary::of(&results));
        let cost = "b pays 2.000 [2.000, 2.000] times the least that hindsight allows (a bound, and no strategy); a 4.000";
        assert!(lines.iter().any(|line| line.starts_with(cost)), "{lines:#?}");
        assert!(lines.iter().any(|line| line.contains("takes 3.000")), "{lines:#?}");
        let without = Summary::of(&made_up::results(&["a", "b"], 40));
        assert!(!has_bounds(&without) && sentences(&without).next().is_none());
    }

    #[test]
    fn what_is_no_multiple_has_no_sentence() {
        let mut results = made_up::with_bounds(made_up::results(&["a"], 3));
        results.rows.iter_mut().filter_map(|row| row.bounds.as_mut()).for_each(|(bounds, _)| {
            (bounds.cost, bounds.time_to_image_sum) = (crate::units::Usd::ZERO, 0);
        });
        let summary = Summary::of(&results);
        assert!(has_bounds(&summary) && sentences(&summary).next().is_none());
    }
}
