//! How likely the cost is to exceed any amount: exceedance curves with the budget.

use std::io;

use plotters::prelude::DrawingBackend;

use crate::experiment::{Distribution, Metric, MetricUnit, StrategySummary, Summary};
use crate::report::Report;
use crate::report::number::Show;
use crate::report::period::Period;
use crate::report::unknown::span;
use crate::report::verdict::{money, percent};
use crate::stats::{Density, Estimate};
use crate::units::Usd;

use super::Picture;
use super::axis::Axis;
use super::canvas::{Align, Canvas, Point, text_room};
use super::data::{Data, Hint};
use super::frame::{Frame, TOP};
use super::look::{BUDGET, GRID, INK, LABEL, MARGIN, MUTED, SMALL, WIDTH, colour, dashes};
use super::words::two_lines;

pub(super) const NAME: &str = "exceedance";

const LEFT: f64 = 78.0;
const RIGHT: f64 = 664.0;
const LEGEND: f64 = 696.0;
/// Where its texts begin.
const TEXTS: f64 = LEGEND + 42.0;
/// Room for a strategy in the legend: two lines of its name, and two below.
const ENTRY: f64 = 76.0;
const HEAD: f64 = 22.0;

pub(super) struct ExceedanceChart<'a> {
    report: &'a Report<'a>,
    frame: Frame,
    cost: Axis,
    share: Axis,
    bottom: f64,
}

impl<'a> ExceedanceChart<'a> {
    pub(super) fn new(report: &'a Report<'a>) -> Self {
        let summary = report.summary;
        let doubtful = !summary.unknown.is_empty();
        let plot = (ENTRY * summary.strategies.len() as f64).max(360.0);
        let bottom = TOP + HEAD + plot;
        let title = format!("How likely is {} to cost more than a given amount?", Period::of(summary).length);
        let subtitle = if doubtful {
            "Share of replications that cost more than the amount below. Thick: nothing unknown is billed; thin: all of it is."
        } else {
            "Share of replications that cost more than the amount below. Further left is cheaper; steeper is more certain."
        };
        Self {
            report,
            frame: Frame::new(report, title, subtitle.to_owned(), HEAD + plot + 46.0),
            cost: cost_axis(summary, (LEFT, RIGHT)),
            share: Axis::new((0.0, 100.0), (bottom, TOP + HEAD)),
            bottom,
        }
    }

    /// The curve of a strategy; where something is unknown, that if all of it is billed, and a band between the two.
    fn curves<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>, index: usize) -> io::Result<()> {
        let strategy = &self.report.summary.strategies[index];
        let certain = self.curve(&strategy.exceedance);
        if let Some(billed) = &strategy.highest {
            let billed = self.curve(&billed.exceedance);
            let band: Vec<Point> = certain.iter().copied().chain(billed.iter().copied().rev()).collect();
            canvas.area(&band, colour(index), 0.14)?;
            canvas.line(&billed, colour(index), 1.1)?;
        }
        canvas.dashed(&certain, colour(index), 2.6, dashes(index))
    }

    /// A curve from all to none; in steps where there are so few that they can be told apart.
    fn curve(&self, points: &[(f64, f64)]) -> Vec<Point> {
        const FEW: usize = 60;
        let mut curve: Vec<Point> = Vec::new();
        for &(x, share) in points.iter().filter(|(x, _)| self.cost.has(*x)) {
            let (x, y) = (self.cost.at(x), self.share.at(share * 100.0));
            if points.len() < FEW {
                curve.extend(curve.last().map(|&(_, before)| (x, before)));
            }
            curve.push((x, y));
        }
        thinned(&curve)
    }

    fn legend<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>) -> io::Result<()> {
        let summary = self.report.summary;
        let mut order: Vec<usize> = (0..summary.strategies.len()).collect();
        // In the order in which the curves stand, the dearest first, as they do from the right.
        let median = |s: usize| summary.strategies[s].cost().map_or(0.0, |cost| cost.p50.value);
        order.sort_by(|&a, &b| median(b).total_cmp(&median(a)));
        for (at, &index) in order.iter().enumerate() {
            let strategy = &summary.strategies[index];
            let top = TOP + HEAD + 14.0 + ENTRY * at as f64;
            let sample = [(LEGEND, top - 4.5), (LEGEND + 32.0, top - 4.5)];
            canvas.dashed(&sample, colour(index), 2.6, dashes(index))?;
            let lines = two_lines(&strategy.name, LABEL, WIDTH - MARGIN - TEXTS);
            for (line, text) in lines.iter().enumerate() {
                canvas.text(text, (TEXTS, top + 16.0 * line as f64), LABEL, INK, Align::Left)?;
            }
            let below = top + 16.0 * lines.len() as f64;
            for (line, note) in notes(strategy).iter().enumerate() {
                canvas.text(note, (TEXTS, below + 16.0 * line as f64), SMALL, MUTED, Align::Left)?;
            }
        }
        Ok(())
    }

    fn budget<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>, budget: f64) -> io::Result<()> {
        let text = format!("budget {}", money(budget));
        if !self.cost.has(budget) {
            return canvas.text(&format!("{text}: beyond this axis"), (RIGHT, TOP + 14.0), SMALL, INK, Align::Right);
        }
        let x = self.cost.at(budget);
        canvas.dashed(&[(x, TOP + HEAD), (x, self.bottom)], INK, 1.4, &BUDGET)?;
        for (index, strategy) in self.report.summary.strategies.iter().enumerate() {
            let ends = strategy.over_budget_ends().into_iter().flatten().zip([4.0, 2.6]);
            for (over, radius) in ends.take(if strategy.highest.is_some() { 2 } else { 1 }) {
                if over.value > 0.0 && over.value < 1.0 {
                    canvas.dot((x, self.share.at(over.value * 100.0)), radius, colour(index))?;
                }
            }
        }
        let half = text_room(&text, SMALL) / 2.0;
        canvas.text(&text, (x.clamp(LEFT + half, RIGHT - half), TOP + 14.0), SMALL, INK, Align::Middle)
    }
}

/// What the legend says of a strategy: its chance of passing the budget, else its median, at both ends.
fn notes(strategy: &StrategySummary) -> Vec<String> {
    match (strategy.over_budget_ends(), strategy.ends(Metric::Cost)) {
        (Some([low, high]), _) if percent(&low) != percent(&high) => {
            vec![percent(&low), format!("to {} over budget", percent(&high))]
        }
        (Some([over, _]), _) => {
            let share = percent(&over);
            let whole = format!("{share} over budget");
            if text_room(&whole, SMALL) <= WIDTH - MARGIN - TEXTS { vec![whole] } else { vec![share, "over budget".to_owned()] }
        }
        (None, [Some(low), Some(high)]) => {
            let usd = |median: &Estimate| Show::in_words(MetricUnit::Usd).value(median);
            vec![format!("median {}", span(&low.p50, &high.p50, usd))]
        }
        (None, _) => Vec::new(),
    }
}

/// The share above an amount.
fn above(points: &[(f64, f64)], cost: f64) -> f64 {
    let after = points.partition_point(|&(x, _)| x <= cost);
    after.checked_sub(1).and_then(|at| points.get(at)).map_or(1.0, |&(_, share)| share)
}

/// Leaves out points that lie less than a point from the last one kept.
fn thinned(curve: &[Point]) -> Vec<Point> {
    let mut kept: Vec<Point> = Vec::new();
    for &(x, y) in curve {
        let far = kept.last().is_none_or(|last| (x - last.0).abs() + (y - last.1).abs() > 1.0);
        if far {
            kept.push((x, y));
        }
    }
    kept.extend(curve.last());
    kept
}

impl Picture for ExceedanceChart<'_> {
    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>) -> io::Result<()> {
        let summary = self.report.summary;
        for (y, text) in self.share.ticks(5) {
            canvas.line(&[(LEFT, y), (RIGHT, y)], GRID, 1.0)?;
            canvas.text(&format!("{text} %"), (LEFT - 10.0, y + 4.5), SMALL, MUTED, Align::Right)?;
        }
        let unit = format!("USD {}", Period::of(summary).rate);
        draw_cost_axis(canvas, &self.cost, (TOP + HEAD, self.bottom), &unit)?;
        (0..summary.strategies.len()).try_for_each(|index| self.curves(canvas, index))?;
        if let Some(budget) = summary.budget.map(Usd::to_f64) {
            self.budget(canvas, budget)?;
        }
        self.legend(canvas)
    }

    fn data(&self) -> Data {
        let mut data = Data::of(&["strategy", "unknown_billed", "cost_usd", "share_above"]);
        for strategy in &self.report.summary.strategies {
            let billed = strategy.highest.iter().map(|billed| ("all", &billed.exceedance));
            for (billed, points) in std::iter::once(("nothing", &strategy.exceedance)).chain(billed) {
                for &(x, share) in points {
                    data.push([strategy.name.as_str().into(), billed.into(), x.into(), share.into()]);
                }
            }
        }
        data
    }

    fn hints(&self) -> Vec<Hint> {
        const STRIPS: usize = 72;
        let width = (RIGHT - LEFT) / STRIPS as f64;
        let strip = |at: usize| {
            let x = LEFT + width * at as f64;
            let cost = self.cost.value_at(x + width / 2.0);
            let share = |strategy: &StrategySummary| {
                let at = |points: &[(f64, f64)]| format!("{:.1} %", above(points, cost) * 100.0);
                let certain = at(&strategy.exceedance);
                let billed = strategy.highest.as_ref().map(|billed| at(&billed.exceedance)).filter(|billed| *billed != certain);
                format!("{}: {certain}{}", strategy.name, billed.map_or_else(String::new, |billed| format!(" to {billed}")))
            };
            let shares: Vec<String> = self.report.summary.strategies.iter().map(share).collect();
            let text = format!("more than {} USD\n{}", Show::near(cost), shares.join("\n"));
            Hint::new((x, TOP + HEAD), (x + width, self.bottom), text)
        };
        (0..STRIPS).map(strip).collect()
    }

    fn spoken(&self) -> Vec<String> {
        let line = |strategy: &StrategySummary| format!("{}: {}", strategy.name, notes(strategy).join(" "));
        self.report.summary.strategies.iter().map(line).collect()
    }
}

/// The costs of all strategies with their densities: at both ends where something is unknown.
fn costs(summary: &Summary) -> impl Iterator<Item = (&Distribution, Option<&Density>)> {
    let certain = summary.strategies.iter().filter_map(|s| Some((s.cost()?, s.density.as_ref())));
    let billed = summary.strategies.iter().filter_map(|s| s.highest.as_ref());
    certain.chain(billed.filter_map(|b| Some((b.metrics.get(Metric::Cost).as_ref()?, b.density.as_ref()))))
}

/// An axis over the costs of all strategies, and the budget where it is near. Tails longer than two and a half times the
/// distance from P50 to P99 are cut.
pub(super) fn cost_axis(summary: &Summary, ends: (f64, f64)) -> Axis {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for (cost, density) in costs(summary) {
        let (first, last) = density.map_or((cost.p50.value, cost.p50.value), |density| {
            (density.start, density.start + density.width * density.heights.len() as f64)
        });
        low = low.min(first);
        high = high.max(last.min(cost.p99.value + 1.5 * (cost.p99.value - cost.p50.value)).max(cost.p50.value));
    }
    if !(low.is_finite() && high.is_finite()) {
        (low, high) = (0.0, 1.0);
    }
    if let Some(budget) = summary.budget.map(Usd::to_f64) {
        let near = if high > low { high - low } else { high.abs() * 0.5 };
        if (low - near..=high + near).contains(&budget) {
            (low, high) = (low.min(budget), high.max(budget));
        }
    }
    // Costs are never negative, even where their smoothed density begins below zero.
    let pad = 0.02 * (high - low);
    let (low, high) = if high > 0.0 { ((low - pad).max(0.0), high + pad) } else { (0.0, 1.0) };
    Axis::new((low, high), ends)
}

/// The axis of costs below a plot that reaches from the first to the second height, with a grid.
pub(super) fn draw_cost_axis<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    axis: &Axis,
    (top, bottom): (f64, f64),
    unit: &str,
) -> io::Result<()> {
    for (x, text) in axis.ticks(8) {
        canvas.line(&[(x, top), (x, bottom)], GRID, 1.0)?;
        canvas.text(&text, (x, bottom + 17.0), SMALL, MUTED, Align::Middle)?;
    }
    canvas.line(&[(axis.start(), bottom), (axis.end(), bottom)], MUTED, 1.0)?;
    canvas.text(unit, (axis.end(), bottom + 36.0), SMALL, MUTED, Align::Right)
}
