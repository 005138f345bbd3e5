//! The rows of the tables: which figures of a strategy are shown, in which order, under which names.

use crate::experiment::{Comparison, Distribution, Metric, MetricUnit, StrategySummary, Summary};
use crate::stats::Estimate;

use super::number::Show;

/// A row: its name, and the figure of each column; `None` where it is undefined.
pub(super) struct FigureRow {
    pub(super) label: String,
    pub(super) show: Show,
    pub(super) figures: Vec<Option<Estimate>>,
}

/// Whether any of these rows has an interval with an end that is not known. Sentences show none beyond those of the rows.
pub(super) fn has_open_intervals(summary: &Summary) -> bool {
    let rows = strategy_rows(summary).into_iter().chain(difference_rows(&summary.against_baseline()));
    rows.flat_map(|row| row.figures).flatten().any(|e| e.is_open())
}

/// The figures of all strategies: cost, budget, unit costs, shares, attempts, latencies.
pub(super) fn strategy_rows(summary: &Summary) -> Vec<FigureRow> {
    let row = |label: &str, metric: Metric, figure: fn(&Distribution) -> Estimate| FigureRow {
        label: label.to_owned(),
        show: Show::unit(metric.unit()),
        figures: summary.strategies.iter().map(|s| s.metrics.get(metric).as_ref().map(figure)).collect(),
    };
    let mut rows = vec![
        row("mean cost", Metric::Cost, |d| d.mean),
        row("  p10", Metric::Cost, |d| d.p10),
        row("  p50", Metric::Cost, |d| d.p50),
        row("  p90", Metric::Cost, |d| d.p90),
        row("  CVaR95", Metric::Cost, |d| d.cvar95),
    ];
    if summary.budget.is_some() {
        rows.push(FigureRow {
            label: "over budget".to_owned(),
            show: Show::unit(MetricUnit::Share),
            figures: summary.strategies.iter().map(|s: &StrategySummary| s.p_over_budget).collect(),
        });
    }
    rows.extend(Metric::ALL.into_iter().filter(|&m| m != Metric::Cost).map(|m| row(m.label(), m, |d| d.mean)));
    rows.retain(|row| row.figures.iter().any(Option::is_some));
    rows
}

/// The paired differences of these comparisons.
pub(super) fn difference_rows(comparisons: &[&Comparison]) -> Vec<FigureRow> {
    let mut rows = Vec::new();
    for metric in Metric::ALL {
        let of = |figure: fn(&crate::experiment::Difference) -> Option<Estimate>| -> Vec<Option<Estimate>> {
            comparisons.iter().map(|c| c.metrics.get(metric).as_ref().and_then(figure)).collect()
        };
        let show = if metric.unit() == MetricUnit::Share { Show::PP } else { Show::unit(metric.unit()) };
        rows.push(FigureRow { label: metric.label().to_owned(), show, figures: of(|d| Some(d.mean)) });
        if metric == Metric::Cost {
            let share = Show::unit(MetricUnit::Share);
            rows.push(FigureRow { label: "  p10".to_owned(), show, figures: of(|d| Some(d.quantiles[0])) });
            rows.push(FigureRow { label: "  p90".to_owned(), show, figures: of(|d| Some(d.quantiles[2])) });
            rows.push(FigureRow { label: "  relative".to_owned(), show: share, figures: of(|d| d.relative) });
            rows.push(FigureRow { label: "  cheaper in".to_owned(), show: share, figures: of(|d| Some(d.p_lower)) });
        }
    }
    rows.retain(|row| row.figures.iter().any(Option::is_some));
    rows
}
