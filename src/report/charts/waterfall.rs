//! How the list price becomes the bill: a waterfall of mean contributions for each strategy.

use std::io;

use plotters::prelude::DrawingBackend;

use crate::experiment::{Metric, StrategySummary, WaterfallStep};
use crate::report::Report;
use crate::report::number::Show;
use crate::report::period::Period;
use crate::stats::Estimate;

use super::Picture;
use super::axis::Axis;
use super::canvas::{Align, Canvas, text_width};
use super::data::{Cell, Data, Hint, cells};
use super::exceedance::draw_cost_axis;
use super::fill::{Fill, swatch};
use super::frame::{Frame, TOP};
use super::look::{GRID, INK, LABEL, MARGIN, MUTED, SMALL, WHITE, WIDTH, colour};
use super::words::fitted;

pub(super) const NAME: &str = "waterfall";

const LEFT: f64 = 206.0;
const RIGHT: f64 = 716.0;
const FIGURES: f64 = WIDTH - MARGIN;
/// The name of a strategy, a row, and the gap below the last.
const HEAD: f64 = 26.0;
const ROW: f64 = 21.0;
const BAR: f64 = 13.0;
const GAP: f64 = 14.0;

/// One bar: from where to where, in dollars.
struct Bar {
    label: &'static str,
    key: &'static str,
    from: f64,
    to: f64,
    fill: Fill,
    /// What is told of it.
    figure: Estimate,
    /// Whether it changes the sum, and is not a sum itself.
    is_step: bool,
    has_interval: bool,
}

pub(super) struct WaterfallChart<'a> {
    report: &'a Report<'a>,
    frame: Frame,
    axis: Axis,
    blocks: Vec<Vec<Bar>>,
}

impl<'a> WaterfallChart<'a> {
    pub(super) fn new(report: &'a Report<'a>) -> Self {
        let summary = report.summary;
        let blocks: Vec<Vec<Bar>> = summary.strategies.iter().map(|strategy| bars(summary, strategy)).collect();
        let ends = blocks.iter().flatten().flat_map(|bar| [bar.from, bar.to]);
        let (low, high) = ends.fold((0.0_f64, 0.0_f64), |(low, high), end| (low.min(end), high.max(end)));
        let crossed = if summary.unknown.is_empty() { "" } else { " Crossed: if all that is unknown is billed." };
        let subtitle = format!("Mean contributions, which add up exactly: solid adds, hatched takes away.{crossed}");
        let title = "How does the list price become the bill?".to_owned();
        let rows: f64 = blocks.iter().map(|block| HEAD + ROW * block.len() as f64 + GAP).sum();
        let axis = Axis::new((low, if high > low { high * 1.02 } else { 1.0 }), (LEFT, RIGHT));
        let frame = Frame::new(report, title, subtitle, rows + 46.0);
        let frame = frame.explaining(blocks.iter().flatten().filter(|bar| bar.has_interval).map(|bar| &bar.figure));
        Self { report, frame, axis, blocks }
    }

    /// Where the rows of a block begin.
    fn top(&self, block: usize) -> f64 {
        TOP + self.blocks[..block].iter().map(|rows| HEAD + ROW * rows.len() as f64 + GAP).sum::<f64>() + HEAD
    }

    fn block<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>, index: usize) -> io::Result<()> {
        let top = self.top(index);
        let name = &self.report.summary.strategies[index].name;
        let name = fitted(name, LABEL, WIDTH - 2.0 * MARGIN);
        // Grid lines end where a name stands.
        canvas.bar((MARGIN, top - 22.0), (MARGIN + text_width(&name, LABEL) + 6.0, top - 3.0), WHITE)?;
        canvas.text(&name, (MARGIN, top - 9.0), LABEL, INK, Align::Left)?;
        for (row, bar) in self.blocks[index].iter().enumerate() {
            let middle = top + ROW * (row as f64 + 0.5);
            let ink = if bar.is_step { MUTED } else { INK };
            canvas.text(bar.label, (LEFT - 12.0, middle + 4.5), SMALL, ink, Align::Right)?;
            let (from, to) = (self.axis.at(bar.from.min(bar.to)), self.axis.at(bar.from.max(bar.to)));
            // What is too small to be seen is a hairline, at its place.
            let to = to.max(from + 1.0);
            swatch(canvas, (from, middle - BAR / 2.0), (to, middle + BAR / 2.0), colour(index), bar.fill)?;
            canvas.text(&bar.told(), (FIGURES, middle + 4.5), SMALL, ink, Align::Right)?;
            if row + 1 < self.blocks[index].len() {
                let x = self.axis.at(bar.to);
                canvas.line(&[(x, middle + BAR / 2.0), (x, middle + ROW - BAR / 2.0)], MUTED, 0.8)?;
            }
        }
        Ok(())
    }
}

impl Bar {
    fn told(&self) -> String {
        let sign = if self.is_step && self.figure.value > 0.0 { "+" } else { "" };
        if !self.has_interval {
            return format!("{sign}{}", Show::NUMBER.value(&self.figure));
        }
        format!("{sign}{}", Show::NUMBER.both(&self.figure))
    }
}

const fn label(metric: Metric) -> &'static str {
    match metric {
        Metric::Booked => "list price of delivered",
        Metric::UnbookedPrices => "prices other than listed",
        Metric::UnbookedFailed => "failed, yet billed",
        Metric::UnbookedTimedOut => "timed out, yet billed",
        Metric::UnbookedRefused => "filtered, yet billed",
        Metric::UnbookedHedged => "hedged in vain",
        Metric::UnbookedFees => "fees and standing costs",
        other => other.label(),
    }
}

/// The bars of a strategy: steps of nothing are left out where no strategy has them.
fn bars(summary: &crate::experiment::Summary, strategy: &StrategySummary) -> Vec<Bar> {
    let met = |metric: Metric| {
        summary.strategies.iter().any(|s| s.waterfall.iter().any(|w| w.metric == metric && w.total.picos() != 0))
    };
    let mut sum = 0.0;
    let mut bars: Vec<Bar> = Vec::new();
    for step in strategy.waterfall.iter().filter(|step| step.metric == Metric::Booked || met(step.metric)) {
        bars.push(bar(step, &mut sum));
    }
    let [Some(cost), Some(highest)] = strategy.ends(Metric::Cost) else { return bars };
    let whole = |label, key, figure: Estimate| Bar {
        label,
        key,
        from: 0.0,
        to: figure.value,
        fill: Fill::Full,
        figure,
        is_step: false,
        has_interval: true,
    };
    bars.push(whole("bill", "bill", cost.mean));
    if strategy.highest.is_some() {
        let more = highest.mean.value - cost.mean.value;
        let figure = Estimate { value: more, lo: None, hi: None, method: "both ends of unknown billing", ..highest.mean };
        let (from, to) = (cost.mean.value, highest.mean.value);
        bars.push(Bar {
            label: "unknown whether billed",
            key: "unknown",
            from,
            to,
            fill: Fill::Crossed,
            figure,
            is_step: true,
            has_interval: false,
        });
        bars.push(whole("bill, if all is billed", "bill_if_all_is_billed", highest.mean));
    }
    bars
}

fn bar(step: &WaterfallStep, sum: &mut f64) -> Bar {
    let from = *sum;
    *sum += step.mean.value;
    let is_step = step.metric != Metric::Booked;
    let fill = match (is_step, step.mean.value < 0.0) {
        (false, _) => Fill::Light,
        (true, true) => Fill::Falling,
        (true, false) => Fill::Full,
    };
    Bar {
        label: label(step.metric),
        key: step.metric.key(),
        from,
        to: *sum,
        fill,
        figure: step.mean,
        is_step,
        has_interval: true,
    }
}

impl Picture for WaterfallChart<'_> {
    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>) -> io::Result<()> {
        let bottom = self.top(self.blocks.len()) - HEAD;
        let unit = format!("USD {}, mean", Period::of(self.report.summary).rate);
        draw_cost_axis(canvas, &self.axis, (TOP, bottom), &unit)?;
        let zero = self.axis.at(0.0);
        canvas.line(&[(zero, TOP), (zero, bottom)], GRID, 1.0)?;
        (0..self.blocks.len()).try_for_each(|index| self.block(canvas, index))
    }

    fn data(&self) -> Data {
        let mut data = Data::of(&["strategy", "step", "mean_usd", "lo_usd", "hi_usd", "from_usd", "to_usd"]);
        for (strategy, bars) in self.report.summary.strategies.iter().zip(&self.blocks) {
            for bar in bars {
                let names = [strategy.name.as_str(), bar.key].map(Cell::from);
                data.push(names.into_iter().chain(cells(Some(&bar.figure))).chain([bar.from.into(), bar.to.into()]));
            }
        }
        data
    }

    fn hints(&self) -> Vec<Hint> {
        let mut hints = Vec::new();
        for (index, bars) in self.blocks.iter().enumerate() {
            let bill = self.report.summary.strategies[index].cost().map_or(0.0, |cost| cost.mean.value);
            for (row, bar) in bars.iter().enumerate() {
                let top = self.top(index) + ROW * row as f64;
                let share =
                    if bill > 0.0 { format!("\n{:.1} % of the bill", bar.figure.value / bill * 100.0) } else { String::new() };
                let text = format!("{}: {} USD{share}", bar.label, bar.told());
                hints.push(Hint::new((MARGIN, top), (FIGURES, top + ROW), text));
            }
        }
        hints
    }

    fn spoken(&self) -> Vec<String> {
        let line = |(strategy, bars): (&StrategySummary, &Vec<Bar>)| {
            let parts: Vec<String> = bars.iter().map(|bar| format!("{} {} USD", bar.label, bar.told())).collect();
            format!("{}: {}", strategy.name, parts.join(", "))
        };
        self.report.summary.strategies.iter().zip(&self.blocks).map(line).collect()
    }
}
