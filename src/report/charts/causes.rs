//! What the money goes for: cost by cause, stacked.

use std::io;

use plotters::prelude::{DrawingBackend, RGBColor};

use crate::experiment::{StrategySummary, mean_for};
use crate::model::{Cause, Stage};
use crate::report::Report;
use crate::report::number::{Show, grouped};
use crate::report::period::Period;

use super::Picture;
use super::axis::Axis;
use super::canvas::{Align, Canvas, Point, text_room};
use super::exceedance::draw_cost_axis;
use super::frame::{Frame, TOP};
use super::look::{GRID, INK, LABEL, MARGIN, MUTED, SMALL, colour, tint};
use super::words::two_lines;

pub(super) const NAME: &str = "causes";

const LEFT: f64 = 206.0;
const RIGHT: f64 = 780.0;
const HEAD: f64 = 40.0;
const ROW: f64 = 60.0;
const BAR: f64 = 32.0;

/// How a part of a bar is filled, so that it reads without colour.
#[derive(Debug, Clone, Copy)]
enum Fill {
    Light,
    Full,
    Rising,
    Falling,
    Upright,
}

/// A part of every bar: its name, its fill, and the charges in it.
struct Part {
    name: &'static str,
    fill: Fill,
    /// The only stage that counts; `None`: all.
    stage: Option<Stage>,
    causes: &'static [Cause],
}

const PARTS: [Part; 10] = [
    part("delivered drafts", Fill::Light, Some(Stage::Draft), &[Cause::Delivered]),
    part("delivered finals", Fill::Full, Some(Stage::Final), &[Cause::Delivered]),
    part("filtered", Fill::Rising, None, &[Cause::Filtered]),
    part("failed", Fill::Falling, None, &[Cause::Failed]),
    part("timed out", Fill::Upright, None, &[Cause::TimedOut]),
    part("given up", Fill::Upright, None, &[Cause::GaveUp]),
    part("rate limited", Fill::Falling, None, &[Cause::RateLimited]),
    part("expired", Fill::Rising, None, &[Cause::Expired]),
    part("fees", Fill::Light, None, &[Cause::Fee, Cause::Quotes]),
    part("standing", Fill::Full, None, &[Cause::Standing, Cause::Integration]),
];

const fn part(name: &'static str, fill: Fill, stage: Option<Stage>, causes: &'static [Cause]) -> Part {
    Part { name, fill, stage, causes }
}

impl Part {
    fn has(&self, stage: Option<Stage>, cause: Cause) -> bool {
        (self.stage.is_none() || self.stage == stage) && self.causes.contains(&cause)
    }

    fn mean(&self, strategy: &StrategySummary) -> f64 {
        mean_for(&strategy.bill, |line| line.key.certain && self.has(line.key.stage, line.key.cause))
    }
}

pub(super) struct CauseChart<'a> {
    report: &'a Report<'a>,
    frame: Frame,
    axis: Axis,
}

impl<'a> CauseChart<'a> {
    pub(super) fn new(report: &'a Report<'a>) -> Self {
        let summary = report.summary;
        let title = "What does the money go for?".to_owned();
        let subtitle = "Mean charges by cause. Hatched: paid for, but nothing was delivered.".to_owned();
        let total = |s: &StrategySummary| PARTS.iter().map(|part| part.mean(s)).sum::<f64>();
        let most = summary.strategies.iter().map(total).fold(0.0, f64::max);
        let high = if most > 0.0 { most * 1.02 } else { 1.0 };
        Self {
            report,
            frame: Frame::new(report, title, subtitle, HEAD + ROW * summary.strategies.len() as f64 + 46.0),
            axis: Axis::new((0.0, high), (LEFT, RIGHT)),
        }
    }

    /// The parts that any strategy has.
    fn parts(&self) -> impl Iterator<Item = &'static Part> {
        PARTS.iter().filter(|part| self.report.summary.strategies.iter().any(|s| part.mean(s) > 0.0))
    }

    fn legend<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>) -> io::Result<()> {
        let (mut x, y) = (LEFT, TOP);
        for part in self.parts() {
            swatch(canvas, (x, y), (x + 26.0, y + 16.0), MUTED, part.fill)?;
            canvas.text(part.name, (x + 34.0, y + 12.5), SMALL, INK, Align::Left)?;
            x += 34.0 + text_room(part.name, SMALL) + 22.0;
        }
        Ok(())
    }

    fn row<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>, index: usize) -> io::Result<()> {
        let strategy = &self.report.summary.strategies[index];
        let middle = TOP + HEAD + ROW * (index as f64 + 0.5);
        let lines = two_lines(&strategy.name, LABEL, LEFT - MARGIN - 16.0);
        for (at, line) in lines.iter().enumerate() {
            let y = middle + 5.0 - 8.5 * (lines.len() - 1) as f64 + 17.0 * at as f64;
            canvas.text(line, (MARGIN, y), LABEL, INK, Align::Left)?;
        }
        if self.parts().next().is_none() {
            canvas.text("nothing was charged", (LEFT + 10.0, middle + 5.0), SMALL, MUTED, Align::Left)?;
        }
        let mut sum = 0.0;
        for part in self.parts() {
            let amount = part.mean(strategy);
            let (from, to) = (self.axis.at(sum), self.axis.at(sum + amount));
            sum += amount;
            if to - from > 0.2 {
                swatch(canvas, (from, middle - BAR / 2.0), (to, middle + BAR / 2.0), colour(index), part.fill)?;
            }
        }
        totals(canvas, strategy, middle)
    }
}

/// The mean cost and the wasted share of it, at the right of a bar.
fn totals<DB: DrawingBackend>(canvas: &mut Canvas<DB>, strategy: &StrategySummary, middle: f64) -> io::Result<()> {
    let Some(cost) = strategy.cost() else {
        return Ok(());
    };
    let column = RIGHT + 16.0;
    canvas.text(&Show::NUMBER.value(&cost.mean), (column, middle - 3.0), LABEL, INK, Align::Left)?;
    let wasted = strategy.metrics.get(crate::experiment::Metric::WastedShare);
    let text = wasted.map_or_else(String::new, |share| format!("{} % wasted", grouped(share.mean.value * 100.0, 1)));
    canvas.text(&text, (column, middle + 14.0), SMALL, MUTED, Align::Left)
}

/// A filled rectangle: solid, or outlined and hatched.
fn swatch<DB: DrawingBackend>(canvas: &mut Canvas<DB>, from: Point, to: Point, colour: RGBColor, fill: Fill) -> io::Result<()> {
    let slope = match fill {
        Fill::Light => return canvas.bar(from, to, tint(colour, 0.42)),
        Fill::Full => return canvas.bar(from, to, colour),
        Fill::Rising => -1.0,
        Fill::Falling => 1.0,
        Fill::Upright => 0.0,
    };
    canvas.bar(from, to, tint(colour, 0.1))?;
    let ((x0, y0), (x1, y1)) = (from, to);
    let run = (y1 - y0) * slope;
    let mut at = x0 - run.abs();
    while at < x1 + run.abs() {
        if let Some(stroke) = clipped((at, y0), (at + run, y1), (x0, x1)) {
            canvas.line(&stroke, colour, 1.2)?;
        }
        at += if slope == 0.0 { 4.0 } else { 5.5 };
    }
    canvas.line(&[(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)], colour, 1.0)
}

/// The part of a stroke that lies between two uprights.
fn clipped(a: Point, b: Point, (low, high): (f64, f64)) -> Option<[Point; 2]> {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    if dx == 0.0 {
        return (low..=high).contains(&a.0).then_some([a, b]);
    }
    let (at_low, at_high) = ((low - a.0) / dx, (high - a.0) / dx);
    let (from, to) = (at_low.min(at_high).max(0.0), at_low.max(at_high).min(1.0));
    (from < to).then(|| [from, to].map(|t| (a.0 + dx * t, a.1 + dy * t)))
}

impl Picture for CauseChart<'_> {
    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>) -> io::Result<()> {
        let summary = self.report.summary;
        let bottom = TOP + HEAD + ROW * summary.strategies.len() as f64;
        let unit = format!("USD {}, mean", Period::of(summary).rate);
        draw_cost_axis(canvas, &self.axis, (TOP + HEAD, bottom), &unit)?;
        canvas.line(&[(LEFT, TOP + HEAD), (LEFT, bottom)], GRID, 1.0)?;
        self.legend(canvas)?;
        (0..summary.strategies.len()).try_for_each(|index| self.row(canvas, index))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_charge_is_in_exactly_one_part() {
        for cause in Cause::ALL {
            let stages = if cause.is_of_an_attempt() { vec![Some(Stage::Draft), Some(Stage::Final)] } else { vec![None] };
            for stage in stages {
                let parts = PARTS.iter().filter(|part| part.has(stage, cause)).count();
                assert_eq!(parts, 1, "{stage:?} {cause:?}");
            }
        }
    }

    #[test]
    fn hatching_stays_within_the_bar() {
        assert_eq!(clipped((0.0, 0.0), (10.0, 10.0), (4.0, 6.0)), Some([(4.0, 4.0), (6.0, 6.0)]));
        assert_eq!(clipped((0.0, 0.0), (-10.0, 10.0), (4.0, 6.0)), None);
        assert_eq!(clipped((5.0, 0.0), (5.0, 10.0), (4.0, 6.0)), Some([(5.0, 0.0), (5.0, 10.0)]));
    }
}
