//! Which strategies are worth a look: cost against p95 time to image, and against quality, with those told apart that another
//! one dominates.

use std::io;

use plotters::prelude::{DrawingBackend, RGBColor};

use crate::experiment::{Metric, MetricUnit, StrategySummary};
use crate::report::Report;
use crate::report::number::Show;
use crate::report::period::Period;
use crate::report::unknown::span;
use crate::stats::Estimate;

use super::Picture;
use super::axis::Axis;
use super::canvas::{Align, Canvas, Point};
use super::data::{Cell, Data, Hint, cells};
use super::exceedance::draw_cost_axis;
use super::frame::{Frame, TOP};
use super::look::{GRID, INK, LABEL, MARGIN, MUTED, SMALL, WHITE, WIDTH, colour};
use super::words::fitted;

pub(super) const NAME: &str = "pareto";

const LEFT: f64 = 78.0;
const GAP: f64 = 84.0;
const HEAD: f64 = 34.0;
const PLOT: f64 = 290.0;
const FOOT: f64 = 58.0;
/// The head of the legend, and a line of it.
const LEGEND: f64 = 24.0;
const LINE: f64 = 24.0;
/// Where the columns of the legend end: cost, time, quality; then what dominates.
const COLUMNS: [f64; 3] = [470.0, 600.0, 726.0];
const DOMINATED: f64 = 748.0;
/// The dashes that lead to the cost if all that is unknown is billed.
const BILLED: [f64; 2] = [3.0, 2.5];

/// One of the two plots.
struct Plot {
    metric: Metric,
    cost: Axis,
    other: Axis,
    /// Where it is better.
    better: &'static str,
}

impl Plot {
    /// Whether the interval of what stands upwards goes on beyond the plot.
    fn cuts(&self, strategy: &StrategySummary) -> bool {
        let ends = mean(strategy, self.metric).into_iter().flat_map(|e| [e.lo, e.hi]).flatten();
        ends.into_iter().any(|end| !self.other.has(end))
    }
}

pub(super) struct ParetoChart<'a> {
    report: &'a Report<'a>,
    frame: Frame,
    plots: Vec<Plot>,
    legend: f64,
}

impl<'a> ParetoChart<'a> {
    pub(super) fn new(report: &'a Report<'a>) -> Self {
        let summary = report.summary;
        let quality = summary.frontier.quality;
        let has = |metric: Metric| summary.strategies.iter().any(|s| s.metrics.get(metric).is_some());
        let told = [(Metric::TimeToImageP95, "better: lower left"), (quality, "better: upper left")];
        let shown: Vec<_> = told.into_iter().filter(|(metric, _)| has(*metric)).collect();
        let width = (WIDTH - MARGIN - LEFT - GAP) / 2.0;
        let (top, bottom) = (TOP + HEAD, TOP + HEAD + PLOT);
        let plot = |(at, (metric, better)): (usize, (Metric, &'static str))| {
            let start = LEFT + (width + GAP) * at as f64;
            let cost = Axis::new(extent(report, Metric::Cost), (start, start + width)).padded(0.1);
            let factor = if metric.unit() == MetricUnit::Share { 100.0 } else { 1.0 };
            let other = Axis::new(extent(report, metric), (bottom, top)).padded(0.12).in_units_of(factor);
            Plot { metric, cost, other, better }
        };
        let plots = shown.into_iter().enumerate().map(plot).collect();
        let subtitle = if summary.unknown.is_empty() {
            "Means with their 95 % intervals. Hollow: another one is as good or better in all three, surely in one."
        } else {
            "Means, 95 % intervals. Hollow: another one is as good or better in all three. Dashed: if all that is unknown is billed."
        };
        let title = "Which strategies are cheap, fast and good at once?".to_owned();
        let legend = bottom + FOOT;
        let height = HEAD + PLOT + FOOT + LEGEND + LINE * summary.strategies.len() as f64;
        let frame = Frame::new(report, title, subtitle.to_owned(), height);
        let mut chart = Self { report, frame, plots, legend };
        if chart.plots.iter().any(|plot| chart.strategies().iter().any(|strategy| plot.cuts(strategy))) {
            chart.frame = chart.frame.noting("arrow: the interval goes on beyond the plot; ");
        }
        chart
    }

    fn strategies(&self) -> &'a [StrategySummary] {
        &self.report.summary.strategies
    }

    fn is_dominated(&self, strategy: usize) -> bool {
        !self.report.summary.frontier.has(strategy)
    }

    fn at(&self, plot: &Plot, strategy: usize) -> Option<Point> {
        let of = |metric| mean(&self.strategies()[strategy], metric);
        Some((plot.cost.at(of(Metric::Cost)?.value), plot.other.at(of(plot.metric)?.value)))
    }

    fn plot<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>, plot: &Plot) -> io::Result<()> {
        let (top, bottom) = (plot.other.end(), plot.other.start());
        for (y, text) in plot.other.ticks(6) {
            canvas.line(&[(plot.cost.start(), y), (plot.cost.end(), y)], GRID, 1.0)?;
            canvas.text(&text, (plot.cost.start() - 9.0, y + 4.5), SMALL, MUTED, Align::Right)?;
        }
        let unit = format!("USD {}, mean", Period::of(self.report.summary).rate);
        draw_cost_axis(canvas, &plot.cost, (top, bottom), &unit)?;
        canvas.text(heading(plot.metric), (plot.cost.start(), top - 14.0), LABEL, INK, Align::Left)?;
        canvas.text(plot.better, (plot.cost.end(), top - 14.0), SMALL, MUTED, Align::Right)?;
        (0..self.strategies().len()).try_for_each(|index| self.crosshair(canvas, plot, index))?;
        // Dominated ones below, so that they never hide what counts.
        for dominated in [true, false] {
            for index in (0..self.strategies().len()).filter(|&index| self.is_dominated(index) == dominated) {
                if let Some(point) = self.at(plot, index) {
                    dot(canvas, point, colour(index), dominated)?;
                }
            }
        }
        self.numbers(canvas, plot)
    }

    /// The intervals of both means, and where cost goes if all that is unknown is billed.
    fn crosshair<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>, plot: &Plot, index: usize) -> io::Result<()> {
        let strategy = &self.strategies()[index];
        let (Some(cost), Some(other), Some((x, y))) =
            (mean(strategy, Metric::Cost), mean(strategy, plot.metric), self.at(plot, index))
        else {
            return Ok(());
        };
        let ink = colour(index);
        if let (Some(lo), Some(hi)) = (cost.lo, cost.hi) {
            canvas.line(&[(plot.cost.at(lo), y), (plot.cost.at(hi), y)], ink, 2.0)?;
        }
        if let (Some(lo), Some(hi)) = (other.lo, other.hi) {
            canvas.line(&[(x, plot.other.at(lo)), (x, plot.other.at(hi))], ink, 2.0)?;
            for (end, back) in [(lo, -6.0), (hi, 6.0)].into_iter().filter(|(end, _)| !plot.other.has(*end)) {
                let y = plot.other.at(end);
                canvas.line(&[(x - 4.0, y + back), (x, y), (x + 4.0, y + back)], ink, 2.0)?;
            }
        }
        let [_, Some(highest)] = strategy.ends(Metric::Cost) else { return Ok(()) };
        let far = plot.cost.at(highest.mean.value);
        if strategy.highest.is_some() && far > x {
            canvas.dashed(&[(x, y), (far, y)], ink, 1.6, &BILLED)?;
            canvas.line(&[(far, y - 5.0), (far, y + 5.0)], ink, 1.6)?;
        }
        Ok(())
    }

    /// Each strategy's number beside its dot, on the side that is least crowded.
    fn numbers<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>, plot: &Plot) -> io::Result<()> {
        let dots: Vec<Option<Point>> = (0..self.strategies().len()).map(|index| self.at(plot, index)).collect();
        let mut taken: Vec<Point> = dots.iter().flatten().copied().collect();
        for (index, (x, y)) in dots.iter().enumerate().filter_map(|(index, point)| Some((index, (*point)?))) {
            let sides =
                [(12.0, -9.0), (-12.0, -9.0), (12.0, 10.0), (-12.0, 10.0), (0.0, -15.0), (0.0, 17.0), (21.0, 0.0), (-21.0, 0.0)];
            let room = |(dx, dy): &Point| {
                let near = taken.iter().filter(|other| **other != (x, y));
                near.map(|(ox, oy)| (ox - x - dx).hypot(oy - y - dy)).fold(18.0, f64::min)
            };
            let (dx, dy) = sides.into_iter().rev().max_by(|a, b| room(a).total_cmp(&room(b))).unwrap_or_default();
            taken.push((x + dx, y + dy));
            canvas.text(&(index + 1).to_string(), (x + dx, y + dy + 4.5), SMALL, INK, Align::Middle)?;
        }
        Ok(())
    }

    fn legend<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>) -> io::Result<()> {
        let summary = self.report.summary;
        let heads = ["mean cost, USD", "p95 time", "quality"];
        for (text, end) in heads.into_iter().zip(COLUMNS) {
            canvas.text(text, (end, self.legend + 12.0), SMALL, MUTED, Align::Right)?;
        }
        for (index, strategy) in self.strategies().iter().enumerate() {
            let y = self.legend + LEGEND + LINE * (index as f64 + 0.5);
            let dominated = self.is_dominated(index);
            let ink = if dominated { MUTED } else { INK };
            dot(canvas, (MARGIN + 6.0, y), colour(index), dominated)?;
            canvas.text(&(index + 1).to_string(), (MARGIN + 37.0, y + 5.0), LABEL, ink, Align::Right)?;
            let name = fitted(&strategy.name, LABEL, COLUMNS[0] - MARGIN - 170.0);
            canvas.text(&name, (MARGIN + 46.0, y + 5.0), LABEL, ink, Align::Left)?;
            let figures = [Metric::Cost, Metric::TimeToImageP95, summary.frontier.quality].map(|metric| figure(strategy, metric));
            for (text, end) in figures.iter().zip(COLUMNS) {
                canvas.text(text, (end, y + 4.5), SMALL, ink, Align::Right)?;
            }
            let note = match summary.frontier.dominated_by.get(index).copied().flatten() {
                Some(other) => format!("dominated by {}", other + 1),
                None => String::new(),
            };
            canvas.text(&fitted(&note, SMALL, WIDTH - MARGIN - DOMINATED), (DOMINATED, y + 4.5), SMALL, MUTED, Align::Left)?;
        }
        Ok(())
    }

    fn line(&self, index: usize) -> String {
        let (strategy, frontier) = (&self.strategies()[index], &self.report.summary.frontier);
        let told = [Metric::Cost, Metric::TimeToImageP95, frontier.quality].into_iter().filter_map(|metric| {
            let show = Show::in_words(metric.unit());
            let [low, high] = strategy.ends(metric);
            Some(format!("{} {}", metric.label(), span(&low?.mean, &high?.mean, |e| show.both(e))))
        });
        let by = frontier.dominated_by.get(index).copied().flatten();
        let by = by.map_or_else(String::new, |other| format!("; dominated by {}", self.strategies()[other].name));
        format!("{}: {}{by}", strategy.name, told.collect::<Vec<_>>().join(", "))
    }
}

fn mean(strategy: &StrategySummary, metric: Metric) -> Option<&Estimate> {
    strategy.metrics.get(metric).as_ref().map(|d| &d.mean)
}

/// A figure of the legend: at both ends where unknown billing moves it.
fn figure(strategy: &StrategySummary, metric: Metric) -> String {
    let [Some(low), Some(high)] = strategy.ends(metric) else { return "-".to_owned() };
    span(&low.mean, &high.mean, |e| Show::unit(metric.unit()).value(e))
}

const fn heading(metric: Metric) -> &'static str {
    match metric {
        Metric::TimeToImageP95 => "p95 time to image, seconds",
        Metric::AcceptedShare => "quality: journeys accepted, %",
        _ => "quality: requests delivered, %",
    }
}

fn dot<DB: DrawingBackend>(canvas: &mut Canvas<DB>, centre: Point, colour: RGBColor, dominated: bool) -> io::Result<()> {
    if !dominated {
        return canvas.dot(centre, 5.5, colour);
    }
    canvas.dot(centre, 5.5, colour)?;
    canvas.dot(centre, 2.4, WHITE)
}

/// From the lowest to the highest mean, with their intervals as far as they do not dwarf the differences between them; at least
/// a fifth of a percentage point, and 5 % of what is no share.
fn extent(report: &Report<'_>, metric: Metric) -> (f64, f64) {
    let means: Vec<Estimate> = report.summary.strategies.iter().flat_map(|s| s.ends(metric)).flatten().map(|d| d.mean).collect();
    let (low, high) = spanned(means.iter().map(|e| e.value));
    if !low.is_finite() {
        return (0.0, 1.0);
    }
    // Less than this is no difference that should look like one.
    let least = if metric.unit() == MetricUnit::Share { 0.002 } else { 0.05 * high.abs() };
    // The interval of a share that always is the whole is as wide as n is small.
    let far = if metric.unit() == MetricUnit::Share { (high - low).max(least) / 3.0 } else { f64::INFINITY };
    let ends = means.iter().flat_map(|e| [Some(e.value), e.lo, e.hi]).flatten();
    let (low, high) = spanned(ends.map(|end| end.clamp(low - far, high + far)));
    let more = (least - (high - low)).max(0.0) / 2.0;
    // No share is more than the whole, nor less than nothing.
    let (least, most) = metric.range();
    let shift = (high + more - most).max(0.0) - (least - (low - more)).max(0.0);
    (low - more - shift, high + more - shift)
}

fn spanned(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)))
}

impl Picture for ParetoChart<'_> {
    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>) -> io::Result<()> {
        self.plots.iter().try_for_each(|plot| self.plot(canvas, plot))?;
        self.legend(canvas)
    }

    fn data(&self) -> Data {
        let quality = self.report.summary.frontier.quality;
        let mut data = Data::of(&[
            "strategy",
            "mean_cost_usd",
            "lo_usd",
            "hi_usd",
            "mean_cost_if_all_billed_usd",
            "time_to_image_p95_s",
            "lo_s",
            "hi_s",
            quality.key(),
            "lo",
            "hi",
            "dominated_by",
        ]);
        for (index, strategy) in self.strategies().iter().enumerate() {
            let by = self.report.summary.frontier.dominated_by.get(index).copied().flatten();
            let by = by.map_or(Cell::Nothing, |other| self.strategies()[other].name.as_str().into());
            let highest = strategy.ends(Metric::Cost)[1].map(|d| d.mean.value).into();
            let cost = cells(mean(strategy, Metric::Cost)).into_iter().chain([highest]);
            let others = [Metric::TimeToImageP95, quality].into_iter().flat_map(|metric| cells(mean(strategy, metric)));
            data.push(std::iter::once(strategy.name.as_str().into()).chain(cost).chain(others).chain([by]));
        }
        data
    }

    fn hints(&self) -> Vec<Hint> {
        let mut hints = Vec::new();
        for plot in &self.plots {
            for index in 0..self.strategies().len() {
                let around = |(x, y): Point| Hint::new((x - 9.0, y - 9.0), (x + 9.0, y + 9.0), self.line(index));
                hints.extend(self.at(plot, index).map(around));
            }
        }
        hints
    }

    fn spoken(&self) -> Vec<String> {
        (0..self.strategies().len()).map(|index| self.line(index)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::made_up;
    use crate::report::tests::with_report;

    #[test]
    fn quality_is_what_the_scenario_has() {
        let mut results = made_up::results(&["a", "b", "c"], 40);
        let metrics = |results: &crate::experiment::Results| -> Vec<Metric> {
            with_report(results, |report| ParetoChart::new(report).plots.iter().map(|plot| plot.metric).collect())
        };
        assert_eq!(metrics(&results), [Metric::TimeToImageP95, Metric::AcceptedShare]);
        results.rows.iter_mut().for_each(|row| row.accepted = None);
        assert_eq!(metrics(&results), [Metric::TimeToImageP95, Metric::DeliveredShare]);
        results.rows.iter_mut().for_each(|row| row.time_to_image = None);
        assert_eq!(metrics(&results), [Metric::DeliveredShare]);
    }

    /// Of shares near the whole the plot shows how they differ, whatever the interval of one that always is the whole.
    #[test]
    fn the_quality_axis_fits_the_data() {
        let mut results = made_up::results(&["a", "b"], 20);
        for row in &mut results.rows {
            row.accepted = None;
            row.delivered = row.requests - row.requests / 500 * u64::from(row.strategy);
        }
        with_report(&results, |report| {
            let (low, high) = extent(report, Metric::DeliveredShare);
            assert!(low > 0.994 && high <= 1.0, "{low} {high}");
            let chart = ParetoChart::new(report);
            assert!(chart.plots[1].cuts(&report.summary.strategies[0]) && chart.frame.notes().contains("arrow"));
        });
    }

    #[test]
    fn the_legend_has_room_for_its_figures() {
        assert!(super::super::canvas::text_room("12 345.67 to 23 456.78", SMALL) < 150.0 && COLUMNS.is_sorted());
    }
}
