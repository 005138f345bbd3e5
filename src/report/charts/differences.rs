//! What choosing another strategy than the baseline changes: a forest of paired differences.

use std::io;

use plotters::prelude::DrawingBackend;

use crate::experiment::{Comparison, Difference, Metric, MetricUnit};
use crate::report::Report;
use crate::report::number::Show;
use crate::report::period::Period;
use crate::stats::Estimate;

use super::Picture;
use super::axis::Axis;
use super::canvas::{Align, Canvas, text_room};
use super::data::{Cell, Data, Hint, cells};
use super::frame::{Frame, TOP};
use super::look::{BUDGET, GRID, INK, LABEL, MARGIN, MUTED, SMALL, WIDTH, colour, tint};
use super::words::{fitted, two_lines};

pub(super) const NAME: &str = "differences";

const LEFT: f64 = 196.0;
const GAP: f64 = 34.0;
const HEAD: f64 = 26.0;
const ROW: f64 = 38.0;
/// How much further down than the mark of the lowest end that of the highest stands, and how much higher a row with both is.
const APART: f64 = 20.0;
/// Below the rows of a band: marks, ways, and room to the next band.
const FOOT: f64 = 60.0;
/// Panels side by side: more would leave too little room for their figures, which stand beside the axis, clear of all lines.
const ACROSS: usize = 2;
/// Between an axis and its figures.
const ASIDE: f64 = 12.0;
/// The least room of a mark below an axis.
const PER_TICK: f64 = 36.0;
/// The least length of an axis, however long its figures are.
const SHORTEST: f64 = 110.0;

/// One metric, with a row for each strategy.
struct Panel {
    metric: Metric,
    /// Where its heading begins.
    top: f64,
    heading: String,
    /// What lies left and right of zero.
    ways: [&'static str; 2],
    show: Show,
    axis: Axis,
    /// Where it ends with its figures.
    end: f64,
}

pub(super) struct DifferenceChart<'a> {
    report: &'a Report<'a>,
    frame: Frame,
    rows: Vec<&'a Comparison>,
    panels: Vec<Panel>,
    grid: Grid,
}

/// The rows of a band of panels.
#[derive(Debug, Clone, Copy)]
struct Grid {
    rows: usize,
    /// The height of one.
    row: f64,
}

impl Grid {
    /// Higher rows where unknown billing gives any of these comparisons two marks.
    fn of(rows: &[&Comparison]) -> Self {
        let doubtful = rows.iter().any(|row| row.unknown.iter().any(|(_, ends)| ends.is_some()));
        Self { rows: rows.len(), row: if doubtful { ROW + APART } else { ROW } }
    }

    /// The height of all rows of a band.
    fn height(self) -> f64 {
        self.row * self.rows as f64
    }

    /// The height of a band of panels.
    fn band(self) -> f64 {
        HEAD + self.height() + FOOT
    }

    /// The middle of a row of the band that begins at `top`.
    fn middle(self, top: f64, row: usize) -> f64 {
        top + HEAD + self.row * (row as f64 + 0.5)
    }
}

impl<'a> DifferenceChart<'a> {
    /// `None` where there is nothing to compare.
    pub(super) fn new(report: &'a Report<'a>) -> Option<Self> {
        let rows = report.summary.against_baseline();
        let grid = Grid::of(&rows);
        let panels = panels(report, &rows, grid);
        if panels.is_empty() {
            return None;
        }
        let baseline = &report.summary.strategies[report.summary.baseline].name;
        let moved = rows.iter().any(|row| row.unknown.get(Metric::Cost).is_some());
        let subtitle = if moved {
            let baseline = fitted(baseline, LABEL, 150.0);
            format!(
                "Dot, thick bar: mean, 95 % interval. Thin: P10 to P90. Two dots: both ends of unknown billing. Zero: {baseline}."
            )
        } else {
            let baseline = fitted(baseline, LABEL, 250.0);
            format!("Dot and thick bar: mean difference with its 95 % interval. Thin line: from P10 to P90. Zero: {baseline}.")
        };
        let title = "What changes against the baseline?".to_owned();
        let bands = panels.len().div_ceil(ACROSS) as f64;
        let frame = Frame::new(report, title, subtitle, bands * grid.band());
        let shown = rows.iter().flat_map(|row| panels.iter().flat_map(|panel| row.ends(panel.metric)).flatten());
        let frame = frame.explaining(shown.map(|difference| &difference.mean));
        Some(Self { report, frame, rows, panels, grid })
    }

    /// The names of the strategies beside their rows, in the band that begins here.
    fn names<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>, top: f64) -> io::Result<()> {
        for (row, comparison) in self.rows.iter().enumerate() {
            let name = &self.report.summary.strategies[comparison.strategy].name;
            let lines = two_lines(name, LABEL, LEFT - MARGIN - 16.0);
            let first = self.grid.middle(top, row) + 4.5 - 8.5 * (lines.len() - 1) as f64;
            for (at, line) in lines.iter().enumerate() {
                canvas.text(line, (MARGIN, first + 17.0 * at as f64), LABEL, INK, Align::Left)?;
            }
        }
        Ok(())
    }

    fn panel<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>, panel: &Panel) -> io::Result<()> {
        let (axis, top) = (&panel.axis, panel.top + HEAD);
        let bottom = top + self.grid.height();
        canvas.text(&panel.heading, (axis.start(), panel.top + 10.0), LABEL, INK, Align::Left)?;
        for (x, text) in axis.ticks(((axis.end() - axis.start()) / PER_TICK) as usize) {
            canvas.line(&[(x, top), (x, bottom)], GRID, 1.0)?;
            canvas.text(&text, (x, bottom + 17.0), SMALL, MUTED, Align::Middle)?;
        }
        canvas.line(&[(axis.start(), bottom), (axis.end(), bottom)], MUTED, 1.0)?;
        let zero = axis.at(0.0);
        canvas.dashed(&[(zero, top), (zero, bottom)], INK, 1.2, &BUDGET)?;
        // Left and right of zero: beside the axis there is room for both, wherever zero stands.
        let [lower, higher] = panel.ways;
        canvas.text(lower, (zero - 8.0, bottom + 36.0), SMALL, MUTED, Align::Right)?;
        canvas.text(higher, (zero + 8.0, bottom + 36.0), SMALL, MUTED, Align::Left)?;
        for (row, comparison) in self.rows.iter().enumerate() {
            let (colour, y) = (colour(comparison.strategy), self.grid.middle(panel.top, row));
            match comparison.ends(panel.metric) {
                [Some(lowest), Some(highest)] if comparison.unknown.get(panel.metric).is_some() => {
                    // Joined by a light field: any answers to what is unknown lead somewhere between the two.
                    let at = |difference: &Difference, y: f64| (panel.axis.at(difference.mean.value), y);
                    let (above, below) = (y - APART / 2.0, y + APART / 2.0);
                    canvas.bar(at(lowest, above), at(highest, below), tint(colour, 0.2))?;
                    mark(canvas, panel, lowest, colour, above)?;
                    mark(canvas, panel, highest, colour, below)?;
                }
                [Some(difference), _] => mark(canvas, panel, difference, colour, y)?,
                [None, _] => {}
            }
        }
        Ok(())
    }
}

impl DifferenceChart<'_> {
    fn name(&self, strategy: usize) -> &str {
        &self.report.summary.strategies[strategy].name
    }

    /// Every difference that is drawn: once where unknown billing does not move it.
    fn shown(&self) -> impl Iterator<Item = (&Comparison, &Panel, &'static str, &Difference)> {
        self.panels.iter().flat_map(move |panel| {
            self.rows.iter().flat_map(move |comparison| {
                let moved = comparison.unknown.get(panel.metric).is_some();
                let ends = comparison.ends(panel.metric).into_iter().zip(if moved { ["lowest", "highest"] } else { ["", ""] });
                let ends = ends.take(if moved { 2 } else { 1 });
                ends.filter_map(move |(difference, end)| Some((*comparison, panel, end, difference?)))
            })
        })
    }

    fn sentence(&self, panel: &Panel, comparison: &Comparison, difference: &Difference) -> String {
        let [p10, p90] = [0, 2].map(|at| panel.show.value(&difference.quantiles[at]));
        format!(
            "{} minus {}, {}: {}; P10 {p10}, P90 {p90}",
            self.name(comparison.strategy),
            self.name(comparison.other),
            panel.heading,
            panel.show.both(&difference.mean)
        )
    }
}

/// Mean, interval and range at one height, and the figure beside them.
fn mark<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    panel: &Panel,
    difference: &Difference,
    colour: plotters::prelude::RGBColor,
    y: f64,
) -> io::Result<()> {
    let (axis, mean) = (&panel.axis, &difference.mean);
    let [p10, _, p90] = difference.quantiles.map(|q| axis.at(q.value));
    let x = axis.at(mean.value);
    canvas.line(&[(p10, y), (p90, y)], colour, 1.6)?;
    for end in [p10, p90] {
        canvas.line(&[(end, y - 4.0), (end, y + 4.0)], colour, 1.6)?;
    }
    if let (Some(lo), Some(hi)) = (mean.lo, mean.hi) {
        canvas.bar((axis.at(lo), y - 3.5), (axis.at(hi), y + 3.5), colour)?;
    }
    canvas.dot((x, y), 5.0, colour)?;
    canvas.text(&figure(panel.metric, panel.show, difference), (axis.end() + ASIDE, y + 4.5), SMALL, INK, Align::Left)
}

/// A mean difference with its interval, of costs with what it is of the baseline's.
fn figure(metric: Metric, show: Show, difference: &Difference) -> String {
    let relative = difference.relative.filter(|_| metric == Metric::Cost);
    // Nothing has no sign: what rounds to it from below would be -0.
    let percent = |relative: Estimate| format!(", {:+.0} %", (relative.value * 100.0).round() + 0.0);
    format!("{}{}", show.both(&difference.mean), relative.map_or_else(String::new, percent))
}

fn panels(report: &Report<'_>, rows: &[&Comparison], grid: Grid) -> Vec<Panel> {
    let rate = Period::of(report.summary).rate;
    let all = [
        (Metric::Cost, format!("Cost, USD {rate}"), ["cheaper", "dearer"]),
        (Metric::DeliveredShare, "Delivered, percentage points".to_owned(), ["fewer", "more"]),
        (Metric::AcceptedShare, "Accepted, percentage points".to_owned(), ["fewer", "more"]),
        (Metric::TimeToImageP95, "Time to image p95, seconds".to_owned(), ["faster", "slower"]),
        (Metric::TimeToAcceptedP95, "Time to accepted p95, seconds".to_owned(), ["faster", "slower"]),
    ];
    let shown: Vec<_> = all.into_iter().filter(|(m, ..)| rows.iter().any(|c| c.metrics.get(*m).is_some())).collect();
    let across = shown.len().clamp(1, ACROSS);
    let width = (WIDTH - MARGIN - LEFT - GAP * (across - 1) as f64) / across as f64;
    let place = |(at, (metric, heading, ways)): (usize, (Metric, String, [&'static str; 2]))| {
        let (top, start) = (TOP + grid.band() * (at / across) as f64, LEFT + (width + GAP) * (at % across) as f64);
        let (show, factor) = if metric.unit() == MetricUnit::Share { (Show::BARE_POINTS, 100.0) } else { (Show::NUMBER, 1.0) };
        let shown = rows.iter().flat_map(|row| row.ends(metric)).flatten();
        let figures = shown.map(|difference| text_room(&figure(metric, show, difference), SMALL)).fold(0.0, f64::max);
        let end = start + (width - ASIDE - figures).max(SHORTEST);
        let axis = Axis::new(extent(rows, metric), (start, end)).padded(0.08);
        Panel { metric, top, heading, ways, show, axis: axis.in_units_of(factor), end: start + width }
    };
    shown.into_iter().enumerate().map(place).collect()
}

/// From the lowest to the highest end of any interval, and zero.
fn extent(rows: &[&Comparison], metric: Metric) -> (f64, f64) {
    let mut ends = (0.0_f64, 0.0_f64);
    for difference in rows.iter().flat_map(|c| c.ends(metric)).flatten() {
        let [p10, _, p90] = difference.quantiles.map(|q| q.value);
        for x in [p10, p90, difference.mean.value].into_iter().chain(difference.mean.lo).chain(difference.mean.hi) {
            ends = (ends.0.min(x), ends.1.max(x));
        }
    }
    ends
}

impl Picture for DifferenceChart<'_> {
    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>) -> io::Result<()> {
        self.panels.iter().step_by(ACROSS).try_for_each(|first| self.names(canvas, first.top))?;
        self.panels.iter().try_for_each(|panel| self.panel(canvas, panel))
    }

    fn data(&self) -> Data {
        let mut data = Data::of(&[
            "strategy",
            "baseline",
            "metric",
            "end",
            "mean_difference",
            "lo",
            "hi",
            "p10",
            "p50",
            "p90",
            "relative",
            "share_lower",
        ]);
        for (comparison, panel, end, difference) in self.shown() {
            let [p10, p50, p90] = difference.quantiles.map(|q| Cell::Number(q.value));
            let names = [self.name(comparison.strategy), self.name(comparison.other), panel.metric.key(), end].map(Cell::from);
            let rest = [p10, p50, p90, difference.relative.map(|r| r.value).into(), difference.p_lower.value.into()];
            data.push(names.into_iter().chain(cells(Some(&difference.mean))).chain(rest));
        }
        data
    }

    fn hints(&self) -> Vec<Hint> {
        let mut hints = Vec::new();
        for panel in &self.panels {
            for (row, comparison) in self.rows.iter().enumerate() {
                let told: Vec<String> =
                    comparison.ends(panel.metric).into_iter().flatten().map(|d| self.sentence(panel, comparison, d)).collect();
                let (y, half) = (self.grid.middle(panel.top, row), self.grid.row / 2.0);
                let mut told = told;
                told.dedup();
                let corners = ((panel.axis.start(), y - half), (panel.end, y + half));
                hints.extend((!told.is_empty()).then(|| Hint::new(corners.0, corners.1, told.join("\n"))));
            }
        }
        hints
    }

    fn spoken(&self) -> Vec<String> {
        self.shown().map(|(comparison, panel, _, difference)| self.sentence(panel, comparison, difference)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::made_up;
    use crate::report::tests::with_report;

    fn metrics(results: &crate::experiment::Results) -> (Vec<Metric>, u32) {
        with_report(results, |report| {
            let chart = DifferenceChart::new(report).expect("two strategies");
            (chart.panels.iter().map(|panel| panel.metric).collect(), chart.frame.size().1)
        })
    }

    #[test]
    fn journeys_have_panels_of_their_own() {
        let mut results = made_up::results(&["a", "b", "c"], 30);
        let (all, high) = metrics(&results);
        let [cost, delivered, image] = [Metric::Cost, Metric::DeliveredShare, Metric::TimeToImageP95];
        assert_eq!(all, [cost, delivered, Metric::AcceptedShare, image, Metric::TimeToAcceptedP95]);
        results.rows.iter_mut().for_each(|row| (row.accepted, row.time_to_accepted) = (None, None));
        let (without, low) = metrics(&results);
        assert_eq!(without, [cost, delivered, image]);
        assert_eq!(high - low, Grid { rows: 2, row: ROW }.band() as u32, "a third band");
    }

    /// Whatever the figures, an axis stays long enough to be read, and none of them reaches the next panel.
    #[test]
    fn figures_stand_beside_their_axis() {
        with_report(&made_up::results(&["a", "b", "c"], 30), |report| {
            let chart = DifferenceChart::new(report).expect("three strategies");
            for (_, panel, _, difference) in chart.shown() {
                let figure = text_room(&figure(panel.metric, panel.show, difference), SMALL);
                assert!(panel.axis.end() - panel.axis.start() >= SHORTEST);
                assert!(panel.axis.end() + ASIDE + figure <= panel.end + 1e-9, "{}", panel.heading);
            }
        });
    }
}
