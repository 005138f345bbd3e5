//! The rows of the tables: which figures of a strategy are shown, in which order, under which names. Money that unknown
//! billing moves has a row for each end.

use crate::experiment::{Comparison, Difference, Distribution, Metric, MetricUnit, StrategySummary, Summary};
use crate::stats::Estimate;

use super::number::Show;

/// Which ends of a figure have rows, and what is behind the figure's name in them.
const fn ends(moved: bool) -> &'static [(usize, &'static str)] {
    if moved { &[(0, ", low end"), (1, ", high end")] } else { &[(0, "")] }
}

/// A row: its name, and the figure of each column; `None` where it is undefined.
#[derive(Debug, Clone)]
pub(super) struct FigureRow {
    pub(super) label: String,
    pub(super) show: Show,
    pub(super) figures: Vec<Option<Estimate>>,
}

/// Whether any of these rows has an interval with an end that is not known. Sentences show none beyond those of the rows.
pub(super) fn has_open_intervals(summary: &Summary) -> bool {
    let rows = strategy_rows(summary).into_iter().chain(difference_rows(summary, &summary.against_baseline()));
    rows.flat_map(|row| row.figures).flatten().any(|e| e.is_open())
}

/// The figures of all strategies: cost, budget, unit costs, shares, attempts, latencies.
pub(super) fn strategy_rows(summary: &Summary) -> Vec<FigureRow> {
    let doubtful = !summary.unknown.is_empty();
    let row = |label: &str, metric: Metric, (end, behind): (usize, &str), figure: fn(&Distribution) -> Estimate| FigureRow {
        label: format!("{label}{behind}"),
        show: Show::unit(metric.unit()),
        figures: summary.strategies.iter().map(|s| s.ends(metric)[end].map(figure)).collect(),
    };
    let mut rows = Vec::new();
    for &(end, behind) in ends(doubtful) {
        rows.extend([
            row("mean cost", Metric::Cost, (end, behind), |d| d.mean),
            row("  p10", Metric::Cost, (end, ""), |d| d.p10),
            row("  p50", Metric::Cost, (end, ""), |d| d.p50),
            row("  p90", Metric::Cost, (end, ""), |d| d.p90),
            row("  CVaR95", Metric::Cost, (end, ""), |d| d.cvar95),
        ]);
    }
    if summary.budget.is_some() {
        rows.extend(ends(doubtful).iter().map(|&(end, behind)| FigureRow {
            label: format!("over budget{behind}"),
            show: Show::unit(MetricUnit::Share),
            figures: summary.strategies.iter().map(|s: &StrategySummary| s.over_budget_ends().map(|ends| ends[end])).collect(),
        }));
    }
    for metric in Metric::ALL.into_iter().filter(|&metric| metric != Metric::Cost && is_shown(summary, metric)) {
        let moved = doubtful && metric.is_of_money();
        rows.extend(ends(moved).iter().map(|&end| row(metric.label(), metric, end, |d| d.mean)));
    }
    rows.retain(|row| row.figures.iter().any(Option::is_some));
    rows
}

/// What is lost, by why: rows of zeros where it never happens. Cost, delivered requests, wasted money, attempts and times say
/// something at any value, and always have rows.
const LOSSES: [Metric; 8] = [
    Metric::FilteredShare,
    Metric::FailedShare,
    Metric::TimedOutShare,
    Metric::RateLimitedShare,
    Metric::GoneShare,
    Metric::RefusedShare,
    Metric::WastedShare,
    Metric::Unbooked,
];

/// The losses that no strategy has in any replication, whatever unknown billing comes to: tables leave them out.
pub(super) fn absent(summary: &Summary) -> impl Iterator<Item = Metric> {
    LOSSES.into_iter().filter(|&metric| !is_met(summary, metric))
}

/// Whether a metric is other than zero in any strategy, whatever unknown billing comes to.
fn is_met(summary: &Summary, metric: Metric) -> bool {
    let met = |s: &StrategySummary| s.ends(metric).into_iter().flatten().any(|d| d.mean.value != 0.0);
    summary.strategies.iter().any(met)
}

/// Whether a metric has rows.
fn is_shown(summary: &Summary, metric: Metric) -> bool {
    match metric {
        // What is booked says something beside what is not.
        Metric::Booked => is_met(summary, Metric::Unbooked),
        // Most strategies have no cache, and most budgets raise no alert.
        Metric::CacheHitShare | Metric::UnbookedRetried | Metric::SeenLate | Metric::AlertedShare => is_met(summary, metric),
        _ if metric.gap().is_some() => is_met(summary, metric),
        _ => !absent(summary).any(|lost| lost == metric),
    }
}

/// The paired differences of these comparisons.
pub(super) fn difference_rows(summary: &Summary, comparisons: &[&Comparison]) -> Vec<FigureRow> {
    let mut rows = Vec::new();
    // A bound is no strategy: what two have of them is no difference between the two.
    let told = |metric: Metric| is_shown(summary, metric) && !metric.is_of_bounds();
    for metric in Metric::ALL.into_iter().filter(|&metric| told(metric)) {
        let moved = comparisons.iter().any(|c| c.unknown.get(metric).is_some());
        for &(end, behind) in ends(moved) {
            rows.extend(rows_at(comparisons, metric, end, behind));
        }
    }
    rows.retain(|row| row.figures.iter().any(Option::is_some));
    rows
}

/// The rows of one metric at one end.
fn rows_at(comparisons: &[&Comparison], metric: Metric, end: usize, behind: &str) -> Vec<FigureRow> {
    let of = |figure: fn(&Difference) -> Option<Estimate>| -> Vec<Option<Estimate>> {
        comparisons.iter().map(|c| c.ends(metric)[end].and_then(figure)).collect()
    };
    let show = if metric.unit() == MetricUnit::Share { Show::PP } else { Show::unit(metric.unit()) };
    let mut rows = vec![FigureRow { label: format!("{}{behind}", metric.label()), show, figures: of(|d| Some(d.mean)) }];
    if metric == Metric::Cost {
        let share = Show::unit(MetricUnit::Share);
        rows.push(FigureRow { label: "  p10".to_owned(), show, figures: of(|d| Some(d.quantiles[0])) });
        rows.push(FigureRow { label: "  p90".to_owned(), show, figures: of(|d| Some(d.quantiles[2])) });
        rows.push(FigureRow { label: "  relative".to_owned(), show: share, figures: of(|d| d.relative) });
        rows.push(FigureRow { label: "  cheaper in".to_owned(), show: share, figures: of(|d| Some(d.p_lower)) });
    }
    rows
}
