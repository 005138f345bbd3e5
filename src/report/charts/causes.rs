//! What the money goes for: cost by cause, stacked.

use std::io;

use plotters::prelude::DrawingBackend;

use crate::experiment::{Metric, StrategySummary, mean_for};
use crate::model::{Cause, Stage};
use crate::report::Report;
use crate::report::number::{Show, grouped};
use crate::report::period::Period;
use crate::report::unknown::span;
use crate::stats::Estimate;

use super::Picture;
use super::axis::Axis;
use super::canvas::{Align, Canvas, Point, text_room};
use super::data::{Data, Hint};
use super::exceedance::draw_cost_axis;
use super::fill::{Fill, swatch};
use super::frame::{Frame, TOP};
use super::look::{GRID, INK, LABEL, MARGIN, MUTED, SMALL, WIDTH, colour};
use super::words::two_lines;

pub(super) const NAME: &str = "causes";

const LEFT: f64 = 206.0;
const RIGHT: f64 = 780.0;
const HEAD: f64 = 40.0;
/// What a further line of the legend takes.
const LINE: f64 = 24.0;
const ROW: f64 = 60.0;
const BAR: f64 = 32.0;

/// A part of every bar: its name, its fill, and the charges in it.
struct Part {
    name: &'static str,
    fill: Fill,
    /// The only stage that counts; `None`: all.
    stage: Option<Stage>,
    causes: &'static [Cause],
    /// Whether they are billed for certain.
    certain: bool,
}

const PARTS: [Part; 12] = [
    part("delivered drafts", Fill::Light, Some(Stage::Draft), &[Cause::Delivered]),
    part("delivered finals", Fill::Full, Some(Stage::Final), &[Cause::Delivered]),
    part("filtered", Fill::Rising, None, &[Cause::Filtered]),
    part("failed", Fill::Falling, None, &[Cause::Failed]),
    part("timed out", Fill::Upright, None, &[Cause::TimedOut]),
    part("given up", Fill::Upright, None, &[Cause::GaveUp]),
    part("hedged", Fill::Crossed, None, &[Cause::Hedged]),
    part("rate limited", Fill::Falling, None, &[Cause::RateLimited]),
    part("expired", Fill::Rising, None, &[Cause::Expired]),
    part("fees", Fill::Light, None, &[Cause::Fee, Cause::Quotes, Cause::Checks]),
    part("standing", Fill::Full, None, &[Cause::Standing, Cause::Integration]),
    Part { certain: false, ..part("unknown whether billed", Fill::Crossed, None, &Cause::ALL) },
];

const fn part(name: &'static str, fill: Fill, stage: Option<Stage>, causes: &'static [Cause]) -> Part {
    Part { name, fill, stage, causes, certain: true }
}

impl Part {
    fn has(&self, stage: Option<Stage>, cause: Cause, certain: bool) -> bool {
        self.certain == certain && (self.stage.is_none() || self.stage == stage) && self.causes.contains(&cause)
    }

    fn mean(&self, strategy: &StrategySummary) -> f64 {
        mean_for(&strategy.bill, |line| self.has(line.key.stage, line.key.cause, line.key.certain))
    }
}

pub(super) struct CauseChart<'a> {
    report: &'a Report<'a>,
    frame: Frame,
    axis: Axis,
    /// The parts that any strategy has, with their places in the legend.
    legend: Vec<(&'static Part, Point)>,
    /// Where the rows begin.
    top: f64,
}

impl<'a> CauseChart<'a> {
    pub(super) fn new(report: &'a Report<'a>) -> Self {
        let summary = report.summary;
        let title = "What does the money go for?".to_owned();
        let crossed = if summary.unknown.is_empty() { "" } else { " Crossed: nobody knows whether it is billed." };
        let subtitle = format!("Mean charges by cause. Hatched: paid for, but nothing was delivered.{crossed}");
        let total = |s: &StrategySummary| PARTS.iter().map(|part| part.mean(s)).sum::<f64>();
        let most = summary.strategies.iter().map(total).fold(0.0, f64::max);
        let high = if most > 0.0 { most * 1.02 } else { 1.0 };
        let parts = PARTS.iter().filter(|part| summary.strategies.iter().any(|s| part.mean(s) > 0.0));
        let legend = placed(parts);
        let top = legend.last().map_or(TOP, |(_, (_, y))| *y) + HEAD;
        Self {
            report,
            frame: Frame::new(report, title, subtitle, top - TOP + ROW * summary.strategies.len() as f64 + 46.0),
            axis: Axis::new((0.0, high), (LEFT, RIGHT)),
            legend,
            top,
        }
    }

    fn legend<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>) -> io::Result<()> {
        self.legend.iter().try_for_each(|&(part, (x, y))| {
            swatch(canvas, (x, y), (x + 26.0, y + 16.0), MUTED, part.fill)?;
            canvas.text(part.name, (x + 34.0, y + 12.5), SMALL, INK, Align::Left)
        })
    }

    fn row<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>, index: usize) -> io::Result<()> {
        let strategy = &self.report.summary.strategies[index];
        let middle = self.top + ROW * (index as f64 + 0.5);
        let lines = two_lines(&strategy.name, LABEL, LEFT - MARGIN - 16.0);
        for (at, line) in lines.iter().enumerate() {
            let y = middle + 5.0 - 8.5 * (lines.len() - 1) as f64 + 17.0 * at as f64;
            canvas.text(line, (MARGIN, y), LABEL, INK, Align::Left)?;
        }
        if self.legend.is_empty() {
            canvas.text("nothing was charged", (LEFT + 10.0, middle + 5.0), SMALL, MUTED, Align::Left)?;
        }
        let mut sum = 0.0;
        for (part, _) in &self.legend {
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

/// Parts one beside the other, and on a further line where they would leave the sheet.
fn placed(parts: impl Iterator<Item = &'static Part>) -> Vec<(&'static Part, Point)> {
    let (mut x, mut y) = (LEFT, TOP);
    let place = |part: &'static Part| {
        let room = 34.0 + text_room(part.name, SMALL);
        if x > LEFT && x + room > WIDTH - MARGIN {
            (x, y) = (LEFT, y + LINE);
        }
        let at = (x, y);
        x += room + 22.0;
        (part, at)
    };
    parts.map(place).collect()
}

/// The mean cost and the wasted share of it, at the right of a bar: at both ends where something is unknown.
fn totals<DB: DrawingBackend>(canvas: &mut Canvas<DB>, strategy: &StrategySummary, middle: f64) -> io::Result<()> {
    let [Some(low), Some(high)] = strategy.ends(Metric::Cost) else {
        return Ok(());
    };
    let column = RIGHT + 16.0;
    let cost = span(&low.mean, &high.mean, |mean| Show::NUMBER.value(mean));
    canvas.text(&cost, (column, middle - 3.0), LABEL, INK, Align::Left)?;
    let wasted = |share: &Estimate| grouped(share.value * 100.0, 1);
    let text = match strategy.ends(Metric::WastedShare) {
        [Some(low), Some(high)] => format!("{} % wasted", span(&low.mean, &high.mean, wasted)),
        [None, Some(only)] => format!("{} % wasted", wasted(&only.mean)),
        [_, None] => String::new(),
    };
    canvas.text(&text, (column, middle + 14.0), SMALL, MUTED, Align::Left)
}

impl Picture for CauseChart<'_> {
    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>) -> io::Result<()> {
        let summary = self.report.summary;
        let bottom = self.top + ROW * summary.strategies.len() as f64;
        let unit = format!("USD {}, mean", Period::of(summary).rate);
        draw_cost_axis(canvas, &self.axis, (self.top, bottom), &unit)?;
        canvas.line(&[(LEFT, self.top), (LEFT, bottom)], GRID, 1.0)?;
        self.legend(canvas)?;
        (0..summary.strategies.len()).try_for_each(|index| self.row(canvas, index))
    }

    fn data(&self) -> Data {
        let mut data = Data::of(&["strategy", "part", "mean_usd"]);
        for strategy in &self.report.summary.strategies {
            for (part, _) in &self.legend {
                data.push([strategy.name.as_str().into(), part.name.into(), part.mean(strategy).into()]);
            }
        }
        data
    }

    fn hints(&self) -> Vec<Hint> {
        let mut hints = Vec::new();
        for (index, strategy) in self.report.summary.strategies.iter().enumerate() {
            let middle = self.top + ROW * (index as f64 + 0.5);
            let mut sum = 0.0;
            for (part, _) in &self.legend {
                let (amount, from) = (part.mean(strategy), self.axis.at(sum));
                sum += amount;
                let to = self.axis.at(sum);
                let text = format!("{}, {}: {} USD", strategy.name, part.name, Show::near(amount));
                hints.extend((to > from).then(|| Hint::new((from, middle - BAR / 2.0), (to, middle + BAR / 2.0), text)));
            }
        }
        hints
    }

    fn spoken(&self) -> Vec<String> {
        let line = |strategy: &StrategySummary| {
            let parts = self.legend.iter().map(|(part, _)| (part.name, part.mean(strategy))).filter(|(_, mean)| *mean > 0.0);
            let parts: Vec<String> = parts.map(|(name, mean)| format!("{name} {} USD", Show::near(mean))).collect();
            format!("{}: {}", strategy.name, parts.join(", "))
        };
        self.report.summary.strategies.iter().map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_charge_is_in_exactly_one_part() {
        for cause in Cause::ALL {
            let stages = if cause.is_of_an_attempt() { vec![Some(Stage::Draft), Some(Stage::Final)] } else { vec![None] };
            for (stage, certain) in stages.into_iter().flat_map(|stage| [(stage, true), (stage, false)]) {
                let parts = PARTS.iter().filter(|part| part.has(stage, cause, certain)).count();
                assert_eq!(parts, 1, "{stage:?} {cause:?} {certain}");
            }
        }
    }

    #[test]
    fn the_legend_stays_on_the_sheet() {
        let all = placed(PARTS.iter());
        assert!(all.iter().all(|(part, (x, _))| x + 34.0 + text_room(part.name, SMALL) <= WIDTH - MARGIN));
        assert!(all.windows(2).all(|two| two[0].1.0 < two[1].1.0 || two[0].1.1 < two[1].1.1));
        assert_eq!(placed(PARTS[..5].iter()).last().map(|(_, (_, y))| *y), Some(TOP), "five have always stood on one line");
    }
}
