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
use super::data::{Cell, Data, Hint};
use super::frame::Frame;
use super::look::{BUDGET, INK, SMALL, colour};
use super::panels::{Panels, Place};

pub(super) const NAME: &str = "spending";

/// Where something is unknown: the course of what it adds is not kept, only its sum.
const UNKNOWN: &str = "nothing unknown is billed; the dashed upright leads to the median if all of it is; ";

pub(super) struct SpendingChart<'a> {
    report: &'a Report<'a>,
    frame: Frame,
    panels: Panels,
    high: f64,
}

impl<'a> SpendingChart<'a> {
    pub(super) fn new(report: &'a Report<'a>) -> Self {
        let summary = report.summary;
        let panels = Panels::new(summary.strategies.len(), 0.0);
        let budget = summary.budget.map_or(0.0, Usd::to_f64);
        let last = summary.strategies.iter().filter_map(|s| s.course.points.last()).map(|(_, fan)| fan[4]);
        let billed = summary.strategies.iter().filter_map(billed).map(|median| median.value);
        let most = last.chain(billed).fold(0.0, f64::max);
        let high = if budget <= most * 2.0 { most.max(budget) } else { most };
        let title = if summary.budget.is_some() { "When is the budget reached?" } else { "How does spending build up?" };
        let subtitle =
            "Spent until each day. Line: median; dark: from P25 to P75, half of the replications; light: from P5 to P95.";
        let frame = Frame::new(report, title.to_owned(), subtitle.to_owned(), panels.height());
        let frame = if summary.unknown.is_empty() { frame } else { frame.noting(UNKNOWN) };
        Self { report, frame, panels, high: if high > 0.0 { high * 1.08 } else { 1.0 } }
    }

    fn panel<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>, index: usize) -> io::Result<()> {
        let summary = self.report.summary;
        let strategy = &summary.strategies[index];
        let (days, usd) = self.scales(index);
        self.panels.head(canvas, index, &strategy.name, &self.note(index))?;
        let marks = days.ticks(if self.panels.are_narrow() { 3 } else { 6 });
        self.panels.axes(canvas, index, (&usd, "USD"), (&marks, "day"))?;
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
        if self.panels.is_first(index) {
            let text = if self.panels.are_narrow() { "budget".to_owned() } else { format!("budget {}", money(budget)) };
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

    /// The days and the dollars of a panel.
    fn scales(&self, index: usize) -> (Axis, Axis) {
        let Place { start, width, top, bottom } = self.panels.place(index);
        (Axis::new((0.0, self.report.summary.days()), (start, start + width)), Axis::new((0.0, self.high), (bottom, top)))
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

    fn data(&self) -> Data {
        let mut data = Data::of(&["strategy", "day", "p05_usd", "p25_usd", "p50_usd", "p75_usd", "p95_usd"]);
        for strategy in &self.report.summary.strategies {
            for (day, fan) in &strategy.course.points {
                let fan = fan.map(Cell::Number);
                data.push([Cell::from(strategy.name.as_str()), (*day).into()].into_iter().chain(fan));
            }
        }
        data
    }

    fn hints(&self) -> Vec<Hint> {
        let mut hints = Vec::new();
        for (index, strategy) in self.report.summary.strategies.iter().enumerate() {
            let (days, usd) = self.scales(index);
            for pair in strategy.course.points.windows(2) {
                let [(from, _), (day, fan)] = [pair[0], pair[1]];
                let [p05, p25, p50, p75, p95] = fan.map(Show::near);
                let day_text = Show::near(day);
                let text = format!(
                    "{}, until day {day_text}\nmedian {p50} USD\nP25 to P75: {p25} to {p75}\nP5 to P95: {p05} to {p95}",
                    strategy.name
                );
                hints.push(Hint::new((days.at(from), usd.end()), (days.at(day), usd.start()), text));
            }
        }
        hints
    }

    fn spoken(&self) -> Vec<String> {
        let strategies = &self.report.summary.strategies;
        let line = |index: usize| {
            let median = strategies[index]
                .cost()
                .map_or_else(String::new, |cost| format!("; median {} USD in the end", Show::NUMBER.value(&cost.p50)));
            format!("{}: {}{median}", strategies[index].name, self.note(index))
        };
        (0..strategies.len()).map(line).collect()
    }
}
