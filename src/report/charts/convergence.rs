//! Whether there were enough replications: the running mean of cost with its interval, one panel per strategy.

use std::io;

use plotters::prelude::DrawingBackend;

use crate::experiment::{MetricUnit, StrategySummary};
use crate::report::Report;
use crate::report::number::{Show, count, grouped};
use crate::stats::Estimate;

use super::Picture;
use super::axis::Axis;
use super::canvas::{Canvas, Point};
use super::data::{Cell, Data, Hint, cells};
use super::frame::Frame;
use super::look::{INK, colour};
use super::panels::{Panels, Place};

pub(super) const NAME: &str = "convergence";

/// The dashes of the final mean.
const FINAL: [f64; 2] = [2.0, 3.0];

pub(super) struct ConvergenceChart<'a> {
    report: &'a Report<'a>,
    frame: Frame,
    panels: Panels,
    /// How far from its final mean the furthest interval reaches, as a share of it; early ones may leave the panel.
    reach: f64,
    /// The fewest replications that are shown.
    first: f64,
}

impl<'a> ConvergenceChart<'a> {
    pub(super) fn new(report: &'a Report<'a>) -> Self {
        let summary = report.summary;
        let panels = Panels::new(summary.strategies.len(), 0.0).lower();
        let reaches = summary.strategies.iter().filter_map(reach);
        let reach = reaches.fold(0.0, f64::max);
        let subtitle =
            "Running mean with its 95 % interval, as deviation from the mean of all replications. It narrows with the root of n.";
        let title = "Were there enough replications?".to_owned();
        let frame = Frame::new(report, title, subtitle.to_owned(), panels.height());
        let frame = if summary.unknown.is_empty() { frame } else { frame.noting("nothing unknown is billed; ") };
        let first =
            summary.strategies.iter().filter_map(|s| s.convergence.first()).map(|e| e.n as f64).fold(f64::INFINITY, f64::min);
        let first = if first.is_finite() { first } else { 2.0 };
        Self { report, frame, panels, reach: if reach > 0.0 { reach } else { 0.01 }, first }
    }

    fn scales(&self, index: usize) -> (Axis, Axis) {
        let Place { start, width, top, bottom } = self.panels.place(index);
        let last = f64::from(self.report.summary.replications).max(3.0);
        let sizes = Axis::new((self.first.log10(), last.log10()), (start, start + width));
        (sizes, Axis::new((-self.reach, self.reach), (bottom, top)).in_units_of(100.0))
    }

    fn panel<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>, index: usize) -> io::Result<()> {
        let strategy = &self.report.summary.strategies[index];
        let (sizes, deviation) = self.scales(index);
        self.panels.head(canvas, index, &strategy.name, &note(strategy))?;
        let marks: Vec<(f64, String)> = (1..=9)
            .map(|power| 10_u64.pow(power))
            .map(|n| (sizes.at((n as f64).log10()), n))
            .filter(|(x, n)| *n <= u64::from(self.report.summary.replications) && *x > sizes.start())
            .map(|(x, n)| (x, count(n)))
            .collect();
        self.panels.axes(canvas, index, (&deviation, "%"), (&marks, "replications"))?;
        let zero = deviation.at(0.0);
        canvas.dashed(&[(sizes.start(), zero), (sizes.end(), zero)], INK, 1.0, &FINAL)?;
        let Some(all) = strategy.convergence.last().map(|e| e.value).filter(|all| *all != 0.0) else { return Ok(()) };
        let at = |n: u64, value: f64| (sizes.at((n as f64).log10()), deviation.at(value / all - 1.0));
        let known = strategy.convergence.iter().filter(|e| !e.is_open());
        let along = |end: fn(&Estimate) -> f64| -> Vec<Point> { known.clone().map(|e| at(e.n, end(e))).collect() };
        let upper = along(|e| e.hi.unwrap_or(e.value));
        let lower = along(|e| e.lo.unwrap_or(e.value));
        let mean = along(|e| e.value);
        if mean.len() < 2 {
            return Ok(());
        }
        let band: Vec<Point> = upper.into_iter().chain(lower.into_iter().rev()).collect();
        canvas.area(&band, colour(index), 0.25)?;
        canvas.line(&mean, colour(index), 2.2)
    }
}

/// How far the intervals of a strategy reach from its final mean, from the tenth replication on, as a share of it.
fn reach(strategy: &StrategySummary) -> Option<f64> {
    let all = strategy.convergence.last()?;
    let ends = strategy.convergence.iter().filter(|e| e.n >= all.n.min(10)).flat_map(|e| [e.lo, e.hi]).flatten();
    (all.value != 0.0).then(|| ends.map(|end| (end / all.value - 1.0).abs()).fold(0.0, f64::max))
}

/// The half-width that is left, as a share of the mean.
fn note(strategy: &StrategySummary) -> String {
    let last = strategy.convergence.last();
    let half = last.and_then(|e| Some(e.reach()? / e.value)).filter(|half| half.is_finite());
    match (half, last) {
        (Some(half), Some(e)) => format!("±{} % at n = {}", Show::digits(half * 100.0, 2), count(e.n)),
        _ => "no interval at so few replications".to_owned(),
    }
}

impl Picture for ConvergenceChart<'_> {
    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>) -> io::Result<()> {
        (0..self.report.summary.strategies.len()).try_for_each(|index| self.panel(canvas, index))
    }

    fn data(&self) -> Data {
        let mut data = Data::of(&["strategy", "replications", "mean_cost_usd", "lo_usd", "hi_usd"]);
        for strategy in &self.report.summary.strategies {
            for e in &strategy.convergence {
                let start = [Cell::from(strategy.name.as_str()), Cell::Number(e.n as f64)];
                data.push(start.into_iter().chain(cells(Some(e))));
            }
        }
        data
    }

    fn hints(&self) -> Vec<Hint> {
        let mut hints = Vec::new();
        for (index, strategy) in self.report.summary.strategies.iter().enumerate() {
            let (sizes, deviation) = self.scales(index);
            let mut from = sizes.start();
            for e in &strategy.convergence {
                let to = sizes.at((e.n as f64).log10());
                let mean = Show::in_words(MetricUnit::Usd).both(e);
                let text = format!("{}, first {} replications\nmean {mean}", strategy.name, grouped(e.n as f64, 0));
                // Nobody points at less than a few points of width.
                if to - from >= 4.0 || e.n == u64::from(self.report.summary.replications) {
                    hints.extend((to > from).then(|| Hint::new((from, deviation.end()), (to, deviation.start()), text)));
                    from = to;
                }
            }
        }
        hints
    }

    fn spoken(&self) -> Vec<String> {
        self.report.summary.strategies.iter().map(|strategy| format!("{}: {}", strategy.name, note(strategy))).collect()
    }
}
