//! When the budget is reached: cumulative spending as a fan, one panel per strategy.

use std::io;

use plotters::prelude::DrawingBackend;

use crate::experiment::{Metric, StrategySummary};
use crate::report::Report;
use crate::report::number::{Show, grouped};
use crate::report::unknown::{over_budget, span};
use crate::report::verdict::money;
use crate::stats::Estimate;
use crate::units::Usd;

use super::Picture;
use super::axis::Axis;
use super::canvas::{Align, Canvas, Point};
use super::frame::{Frame, TOP};
use super::look::{BUDGET, GRID, INK, LABEL, MARGIN, MUTED, SMALL, WIDTH, colour};
use super::words::fitted;

pub(super) const NAME: &str = "spending";

const LEFT: f64 = 92.0;
const GAP: f64 = 26.0;
/// Room above a panel for its name and note, and below it for the days.
const HEAD: f64 = 42.0;
const FOOT: f64 = 46.0;
/// Where something is unknown: the course of what it adds is not kept, only its sum.
const UNKNOWN: &str = "nothing unknown is billed; the dashed upright leads to the median if all of it is; ";

pub(super) struct SpendingChart<'a> {
    report: &'a Report<'a>,
    frame: Frame,
    columns: usize,
    /// Height of a panel's plot.
    plot: f64,
    high: f64,
}

impl<'a> SpendingChart<'a> {
    pub(super) fn new(report: &'a Report<'a>) -> Self {
        let summary = report.summary;
        let panels = summary.strategies.len();
        let columns = match panels {
            0..=3 => panels.max(1),
            4 => 2,
            5 | 6 => 3,
            _ => 4,
        };
        let rows = panels.div_ceil(columns);
        let plot = if rows == 1 { 330.0 } else { 200.0 };
        let budget = summary.budget.map_or(0.0, Usd::to_f64);
        let last = summary.strategies.iter().filter_map(|s| s.course.points.last()).map(|(_, fan)| fan[4]);
        let billed = summary.strategies.iter().filter_map(billed).map(|median| median.value);
        let most = last.chain(billed).fold(0.0, f64::max);
        let high = if budget <= most * 2.0 { most.max(budget) } else { most };
        let title = if summary.budget.is_some() { "When is the budget reached?" } else { "How does spending build up?" };
        let subtitle =
            "Spent until each day. Line: median; dark: from P25 to P75, half of the replications; light: from P5 to P95.";
        let frame = Frame::new(report, title.to_owned(), subtitle.to_owned(), rows as f64 * (HEAD + plot + FOOT));
        let frame = if summary.unknown.is_empty() { frame } else { frame.noting(UNKNOWN) };
        Self { report, frame, columns, plot, high: if high > 0.0 { high * 1.08 } else { 1.0 } }
    }

    fn panel<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>, index: usize) -> io::Result<()> {
        let summary = self.report.summary;
        let strategy = &summary.strategies[index];
        let width = (WIDTH - MARGIN - LEFT - GAP * (self.columns - 1) as f64) / self.columns as f64;
        let start = LEFT + (width + GAP) * (index % self.columns) as f64;
        let top = TOP + (HEAD + self.plot + FOOT) * (index / self.columns) as f64 + HEAD;
        let days = Axis::new((0.0, summary.days()), (start, start + width));
        let usd = Axis::new((0.0, self.high), (top + self.plot, top));
        canvas.text(&fitted(&strategy.name, LABEL, width), (start, top - 26.0), LABEL, INK, Align::Left)?;
        canvas.text(&fitted(&self.note(index), SMALL, width), (start, top - 9.0), SMALL, MUTED, Align::Left)?;
        self.axes(canvas, &days, &usd, index)?;
        fan(canvas, strategy, &days, &usd, index)?;
        if let (Some(cost), Some(billed)) = (strategy.cost(), billed(strategy)) {
            let (x, top) = (days.end() - 1.0, usd.at(billed.value));
            canvas.dashed(&[(x, usd.at(cost.p50.value)), (x, top)], colour(index), 2.0, &BUDGET)?;
            canvas.line(&[(x - 9.0, top), (x, top)], colour(index), 2.0)?;
        }
        let Some(budget) = summary.budget.map(Usd::to_f64).filter(|&b| usd.has(b)) else {
            return Ok(());
        };
        let y = usd.at(budget);
        canvas.dashed(&[(days.start(), y), (days.end(), y)], INK, 1.4, &BUDGET)?;
        if let Some(day) = &strategy.course.budget_passed {
            canvas.dot((days.at(day.value), y), 4.5, colour(index))?;
        }
        if index.is_multiple_of(self.columns) {
            let text = if self.columns > 2 { "budget".to_owned() } else { format!("budget {}", money(budget)) };
            canvas.text(&text, (days.start() + 8.0, y - 6.0), SMALL, INK, Align::Left)?;
        }
        Ok(())
    }

    fn note(&self, index: usize) -> String {
        let strategy = &self.report.summary.strategies[index];
        match (self.report.summary.budget, &strategy.course.budget_passed) {
            (None, _) => match strategy.ends(Metric::Cost) {
                [Some(low), Some(high)] => {
                    format!("median {} in the end", span(&low.p50, &high.p50, |median| Show::NUMBER.value(median)))
                }
                _ => String::new(),
            },
            (Some(_), None) => {
                let what = if strategy.highest.is_some() { "pass it" } else { "pass the budget" };
                over_budget(self.report.summary, index).map_or_else(String::new, |over| format!("{over} {what}"))
            }
            (Some(_), Some(day)) => {
                let earlier = if strategy.highest.is_some() { " at the latest" } else { "" };
                format!("half pass it by day {}{earlier}", grouped(day.value, 1))
            }
        }
    }

    fn axes<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>, days: &Axis, usd: &Axis, index: usize) -> io::Result<()> {
        let bottom = usd.start();
        for (y, text) in usd.ticks((self.plot / 45.0) as usize) {
            canvas.line(&[(days.start(), y), (days.end(), y)], GRID, 1.0)?;
            if index.is_multiple_of(self.columns) {
                canvas.text(&text, (days.start() - 9.0, y + 4.5), SMALL, MUTED, Align::Right)?;
            }
        }
        if index.is_multiple_of(self.columns) {
            canvas.text("USD", (days.start() - 9.0, usd.end() - 9.0), SMALL, MUTED, Align::Right)?;
        }
        let most = if self.columns > 2 { 3 } else { 6 };
        for (x, text) in days.ticks(most) {
            canvas.line(&[(x, bottom), (x, bottom + 4.0)], MUTED, 1.0)?;
            canvas.text(&text, (x, bottom + 18.0), SMALL, MUTED, Align::Middle)?;
        }
        canvas.line(&[(days.start(), bottom), (days.end(), bottom)], MUTED, 1.0)?;
        canvas.text("day", (days.end(), bottom + 34.0), SMALL, MUTED, Align::Right)
    }
}

/// The median cost if everything unknown is billed; `None` where nothing is unknown.
fn billed(strategy: &StrategySummary) -> Option<Estimate> {
    Some(strategy.highest.as_ref()?.metrics.get(Metric::Cost).as_ref()?.p50)
}

fn fan<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    strategy: &StrategySummary,
    days: &Axis,
    usd: &Axis,
    index: usize,
) -> io::Result<()> {
    let along = |quantile: usize| -> Vec<Point> {
        strategy.course.points.iter().map(|(day, fan)| (days.at(*day), usd.at(fan[quantile]))).collect()
    };
    for (lower, upper, opacity) in [(0, 4, 0.22), (1, 3, 0.45)] {
        let band: Vec<Point> = along(lower).into_iter().chain(along(upper).into_iter().rev()).collect();
        canvas.area(&band, colour(index), opacity)?;
    }
    canvas.line(&along(2), colour(index), 2.4)
}

impl Picture for SpendingChart<'_> {
    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>) -> io::Result<()> {
        (0..self.report.summary.strategies.len()).try_for_each(|index| self.panel(canvas, index))
    }
}
