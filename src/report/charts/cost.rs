//! How much one horizon's cost varies under each strategy: densities with P10, P50, P90 and the budget.

use std::io;

use plotters::prelude::{DrawingBackend, RGBColor};

use crate::experiment::{Distribution, Metric, MetricUnit, StrategySummary};
use crate::report::Report;
use crate::report::number::Show;
use crate::report::period::Period;
use crate::report::unknown::span;
use crate::report::verdict::{money, percent};
use crate::stats::Density;

use super::axis::Axis;
use super::canvas::{Align, Canvas, Point, text_room};
use super::data::{Cell, Data, Hint, cells};
use super::frame::{Frame, TOP};
use super::look::{BUDGET, GRID, INK, LABEL, MARGIN, MUTED, SMALL, WIDTH, colour};
use super::words::two_lines;
use super::{Picture, exceedance};

pub(super) const NAME: &str = "cost";

const NAMES_END: f64 = 190.0;
const LEFT: f64 = 206.0;
/// Room above the first row for the budget's label, and below the last for the axis.
const HEAD: f64 = 22.0;
const AXIS: f64 = 46.0;
/// Room below each curve for the figures of its second end, where something is unknown.
const SECOND: f64 = 18.0;
/// The dashes of the curve if everything unknown is billed.
const BILLED: [f64; 2] = [3.0, 2.5];

pub(super) struct CostChart<'a> {
    report: &'a Report<'a>,
    frame: Frame,
    axis: Axis,
    row: f64,
    /// What a row has below its figures.
    below: f64,
}

impl<'a> CostChart<'a> {
    pub(super) fn new(report: &'a Report<'a>) -> Self {
        let summary = report.summary;
        let strategies = summary.strategies.len() as f64;
        let doubtful = !summary.unknown.is_empty();
        let below = if doubtful { SECOND } else { 0.0 };
        let row = if strategies > 4.0 { 74.0 } else { 96.0 } + below;
        let right = if summary.budget.is_some() { 790.0 } else { WIDTH - MARGIN };
        let title = format!("What will {} cost?", Period::of(summary).length);
        let subtitle = if doubtful {
            "Dark: from P10 to P90, eight of ten replications, and the median. Dashed: the same if all that is unknown is billed."
        } else {
            "Dark: from P10 to P90, eight of ten replications; the line within is the median. Each curve has its own height."
        };
        let frame = Frame::new(report, title, subtitle.to_owned(), HEAD + row * strategies + AXIS);
        let means = summary.strategies.iter().filter_map(|strategy| strategy.cost().map(|cost| &cost.mean));
        Self { report, frame: frame.explaining(means), axis: exceedance::cost_axis(summary, (LEFT, right)), row, below }
    }

    fn base(&self, strategy: usize) -> f64 {
        TOP + HEAD + self.row * (strategy as f64 + 1.0) - 22.0 - self.below
    }

    fn curve(&self, density: Option<&Density>, base: f64) -> Vec<Point> {
        let Some(density) = density else {
            return Vec::new();
        };
        let highest = density.heights.iter().copied().fold(0.0, f64::max);
        let height = |h: f64| base - h / highest * (self.row - self.below - 34.0);
        density.points().filter(|&(x, _)| self.axis.has(x)).map(|(x, h)| (self.axis.at(x), height(h))).collect()
    }

    fn row<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>, index: usize) -> io::Result<()> {
        let strategy = &self.report.summary.strategies[index];
        let base = self.base(index);
        self.names(canvas, strategy, base)?;
        canvas.line(&[(self.axis.start(), base), (self.axis.end(), base)], GRID, 1.2)?;
        let Some(cost) = strategy.cost() else {
            return Ok(());
        };
        let curve = self.curve(strategy.density.as_ref(), base);
        if curve.len() < 2 {
            let x = self.axis.at(cost.p50.value);
            canvas.line(&[(x, base), (x, base - self.row + self.below + 40.0)], colour(index), 3.0)?;
        } else {
            fill(canvas, colour(index), &curve, base, [cost.p10, cost.p50, cost.p90].map(|q| self.axis.at(q.value)))?;
        }
        self.figures(canvas, cost, curve.len() < 2, "", base + 15.0)?;
        self.billed(canvas, index, base)
    }

    /// The outline if everything unknown is billed, with its median; nothing where nothing is unknown.
    fn billed<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>, index: usize, base: f64) -> io::Result<()> {
        let Some(billed) = &self.report.summary.strategies[index].highest else {
            return Ok(());
        };
        let Some(cost) = billed.metrics.get(Metric::Cost) else {
            return Ok(());
        };
        let (curve, median) = (self.curve(billed.density.as_ref(), base), self.axis.at(cost.p50.value));
        let top = if curve.len() < 2 { base - self.row + self.below + 40.0 } else { height(&curve, median) };
        canvas.dashed(&curve, colour(index), 1.6, &BILLED)?;
        canvas.dashed(&[(median, base), (median, top)], colour(index), 2.2, &BILLED)?;
        self.figures(canvas, cost, curve.len() < 2, "if all is billed: ", base + 15.0 + SECOND)
    }

    /// The quantiles of a cost, around its median: below each curve that it has.
    fn figures<DB: DrawingBackend>(
        &self,
        canvas: &mut Canvas<DB>,
        cost: &Distribution,
        constant: bool,
        what: &str,
        baseline: f64,
    ) -> io::Result<()> {
        let usd = Show::unit(MetricUnit::Usd);
        let text = if constant {
            let when = if cost.mean.n == 1 { "in the only replication" } else { "in every replication" };
            format!("{what}{} {when}", usd.value(&cost.p50))
        } else {
            let [p10, p50, p90] = [cost.p10, cost.p50, cost.p90].map(|q| usd.value(&q));
            format!("{what}P10 {p10} · P50 {p50} · P90 {p90}")
        };
        let half = text_room(&text, SMALL) / 2.0;
        let middle = self.axis.at(cost.p50.value).clamp(self.axis.start() + half, self.axis.end() - half);
        canvas.text(&text, (middle, baseline), SMALL, INK, Align::Middle)
    }

    fn names<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>, strategy: &StrategySummary, base: f64) -> io::Result<()> {
        let lines = two_lines(&strategy.name, LABEL, NAMES_END - MARGIN);
        let first = base - 8.0 - 17.0 * lines.len() as f64;
        for (at, line) in lines.iter().enumerate() {
            canvas.text(line, (MARGIN, first + 17.0 * at as f64), LABEL, INK, Align::Left)?;
        }
        let mut below = base + 9.0 + SECOND;
        if let Some(cost) = strategy.cost() {
            let usd = Show::unit(MetricUnit::Usd);
            let interval = usd.interval(&cost.mean);
            let (mean, whole) = (format!("mean {}", usd.value(&cost.mean)), format!("mean {}", usd.both(&cost.mean)));
            if text_room(&whole, SMALL) < NAMES_END - MARGIN {
                canvas.text(&whole, (MARGIN, base - 7.0), SMALL, MUTED, Align::Left)?;
                below = base + 9.0;
            } else {
                canvas.text(&mean, (MARGIN, base - 7.0), SMALL, MUTED, Align::Left)?;
                canvas.text(&interval, (MARGIN, base + 9.0), SMALL, MUTED, Align::Left)?;
            }
        }
        if let [Some(_), Some(high)] = strategy.ends(Metric::Cost)
            && strategy.highest.is_some()
        {
            let text = format!("to {}", Show::unit(MetricUnit::Usd).both(&high.mean));
            canvas.text(&text, (MARGIN, below), SMALL, MUTED, Align::Left)?;
        }
        let Some([over, high]) = &strategy.over_budget_ends() else {
            return Ok(());
        };
        let (share, column) = (Show::unit(MetricUnit::Share), self.axis.end() + 16.0);
        canvas.text(&format!("{} over budget", share.value(over)), (column, base - 7.0), SMALL, INK, Align::Left)?;
        canvas.text(&share.interval(over), (column, base + 9.0), SMALL, MUTED, Align::Left)?;
        if share.both(over) == share.both(high) {
            return Ok(());
        }
        canvas.text(&format!("to {}", share.both(high)), (column, base + 9.0 + SECOND), SMALL, MUTED, Align::Left)
    }
}

/// The distributions of a strategy's cost: its name, what of the unknown is billed, and the curve.
fn curves(strategy: &StrategySummary) -> impl Iterator<Item = (&str, &'static str, &Distribution, Option<&Density>)> {
    let name = strategy.name.as_str();
    let certain = strategy.cost().map(|cost| (name, "nothing", cost, strategy.density.as_ref()));
    let billed = strategy.highest.as_ref();
    let billed = billed.and_then(|b| Some((name, "all", b.metrics.get(Metric::Cost).as_ref()?, b.density.as_ref())));
    certain.into_iter().chain(billed)
}

/// A curve, the area below it, darker from P10 to P90, and the median.
fn fill<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    colour: RGBColor,
    curve: &[Point],
    base: f64,
    [p10, p50, p90]: [f64; 3],
) -> io::Result<()> {
    canvas.area(&under(curve, base, f64::MIN, f64::MAX), colour, 0.22)?;
    canvas.area(&under(curve, base, p10, p90), colour, 0.5)?;
    canvas.line(curve, colour, 1.6)?;
    canvas.line(&[(p50, base), (p50, height(curve, p50))], colour, 2.6)
}

/// The area below a curve between two places: along the base at both ends, along the curve in between.
fn under(curve: &[Point], base: f64, from: f64, to: f64) -> Vec<Point> {
    let (first, last) = (curve[0], curve[curve.len() - 1]);
    let (from, to) = (from.max(first.0), to.min(last.0));
    let mut area = vec![(from, base), (from, height(curve, from))];
    area.extend(curve.iter().filter(|(x, _)| *x > from && *x < to));
    area.extend([(to, height(curve, to)), (to, base)]);
    area
}

/// Where a curve stands at a place within it.
fn height(curve: &[Point], x: f64) -> f64 {
    let after = curve.partition_point(|&(at, _)| at < x).clamp(1, curve.len() - 1);
    let ((x0, y0), (x1, y1)) = (curve[after - 1], curve[after]);
    if x1 > x0 { y0 + (y1 - y0) * ((x - x0) / (x1 - x0)).clamp(0.0, 1.0) } else { y1 }
}

impl Picture for CostChart<'_> {
    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>) -> io::Result<()> {
        let summary = self.report.summary;
        let bottom = self.base(summary.strategies.len() - 1) + 24.0 + self.below;
        let unit = format!("USD {}", Period::of(summary).rate);
        exceedance::draw_cost_axis(canvas, &self.axis, (TOP + HEAD, bottom), &unit)?;
        for index in 0..summary.strategies.len() {
            self.row(canvas, index)?;
        }
        let Some(budget) = summary.budget.map(crate::units::Usd::to_f64) else {
            return Ok(());
        };
        let text = format!("budget {}", money(budget));
        if !self.axis.has(budget) {
            let text = format!("{text}: beyond this axis");
            return canvas.text(&text, (self.axis.end(), TOP + 14.0), SMALL, INK, Align::Right);
        }
        let x = self.axis.at(budget);
        for index in 0..summary.strategies.len() {
            // Not through the figures below each curve.
            let base = self.base(index);
            canvas.dashed(&[(x, base + 22.0 + self.below - self.row), (x, base + 3.0)], INK, 1.4, &BUDGET)?;
        }
        let half = text_room(&text, SMALL) / 2.0;
        canvas.text(&text, (x.clamp(LEFT + half, WIDTH - MARGIN - half), TOP + 14.0), SMALL, INK, Align::Middle)
    }

    fn data(&self) -> Data {
        let mut data = Data::of(&["strategy", "unknown_billed", "figure", "cost_usd", "lo_usd", "hi_usd", "density_per_usd"]);
        let (figures, densities): (Vec<_>, Vec<_>) = self
            .report
            .summary
            .strategies
            .iter()
            .flat_map(curves)
            .map(|(name, billed, cost, density)| {
                let quantiles = [("mean", cost.mean), ("p10", cost.p10), ("p50", cost.p50), ("p90", cost.p90)];
                let figure = quantiles.map(|(figure, e)| {
                    let start: [Cell; 3] = [name.into(), billed.into(), figure.into()];
                    start.into_iter().chain(cells(Some(&e))).chain([Cell::Nothing]).collect::<Vec<_>>()
                });
                let point = move |(x, height): (f64, f64)| -> Vec<Cell> {
                    vec![name.into(), billed.into(), "density".into(), x.into(), Cell::Nothing, Cell::Nothing, height.into()]
                };
                (figure, density.into_iter().flat_map(Density::points).map(point).collect::<Vec<_>>())
            })
            .unzip();
        figures.into_iter().flatten().chain(densities.into_iter().flatten()).for_each(|row| data.push(row));
        data
    }

    fn hints(&self) -> Vec<Hint> {
        let row = |(index, line): (usize, String)| {
            let base = self.base(index);
            Hint::new((MARGIN, base + 24.0 + self.below - self.row), (self.axis.end(), base + 20.0 + self.below), line)
        };
        self.spoken().into_iter().enumerate().map(row).collect()
    }

    fn spoken(&self) -> Vec<String> {
        let usd = Show::in_words(MetricUnit::Usd);
        let told = |(name, billed, cost, _): (&str, &str, &Distribution, Option<&Density>)| {
            let [p10, p50, p90] = [cost.p10, cost.p50, cost.p90].map(|q| usd.both(&q));
            let whether = if billed == "all" { ", if all that is unknown is billed" } else { "" };
            format!("{name}{whether}: mean {}, P10 {p10}, P50 {p50}, P90 {p90}", usd.both(&cost.mean))
        };
        let over = |strategy: &StrategySummary| {
            let chance = strategy.over_budget_ends().map(|[low, high]| span(&low, &high, percent));
            chance.map_or_else(String::new, |chance| format!(". Over budget: {chance}"))
        };
        let line = |s: &StrategySummary| curves(s).map(&told).collect::<Vec<_>>().join("; ") + &over(s);
        self.report.summary.strategies.iter().map(line).collect()
    }
}
