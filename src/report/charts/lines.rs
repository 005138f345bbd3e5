//! How strategies fare along one path: means as lines, with what a month may be as a band.

use std::io;

use plotters::prelude::DrawingBackend;

use crate::experiment::{Distribution, Metric, MetricUnit, Sweep, SweepPoint};
use crate::report::number::Show;

use super::Picture;
use super::axis::Axis;
use super::canvas::{Align, Canvas, Point};
use super::data::{Cell, Data, Hint, cells};
use super::frame::{Frame, TOP};
use super::look::{GRID, LABEL, MARGIN, MUTED, SMALL, WIDTH, colour, dashes};
use super::places::Places;
use super::words::fitted;

pub(super) const NAME: &str = "sweep";

const LEFT: f64 = 92.0;
const PLOT: f64 = 380.0;
/// Height of a row of the legend.
const ROW: f64 = 20.0;
const FOOT: f64 = 54.0;

pub(super) struct LinesChart<'a> {
    sweep: &'a Sweep,
    frame: Frame,
    places: Places,
    amounts: Axis,
    top: f64,
}

impl<'a> LinesChart<'a> {
    /// Of a sweep over one path.
    pub(super) fn new(sweep: &'a Sweep, basis: String) -> Self {
        let (metric, axis) = (sweep.metric, &sweep.axes[0]);
        let title = format!("How does {} depend on {}?", metric.label(), axis.path);
        let subtitle = "Line: mean, with its 95 % interval as a whisker; band: P10 to P90, eight of ten replications.";
        let legend = ROW * sweep.strategies.len() as f64 + 8.0;
        let top = TOP + legend;
        let frame = Frame::based_on(basis, title, subtitle.to_owned(), legend + PLOT + FOOT);
        let frame = if sweep.points.iter().any(SweepPoint::depends_on_billing) {
            frame.noting("nothing unknown is billed; ")
        } else {
            frame
        };
        let all = sweep.points.iter().flat_map(|point| point.strategies.iter().filter_map(|s| s.get(metric).as_ref()));
        let ends = all.flat_map(|d| [Some(d.p10.value), Some(d.p90.value), d.mean.lo, d.mean.hi, Some(d.mean.value)]).flatten();
        let (low, high) = ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), end| (low.min(end), high.max(end)));
        let (low, high) = if low.is_finite() { (low, high) } else { (0.0, 1.0) };
        // Amounts are compared with nothing where that is not far.
        let low = if low > 0.0 && low < high * 0.6 { 0.0 } else { low };
        let factor = if metric.unit() == MetricUnit::Share { 100.0 } else { 1.0 };
        let amounts = Axis::new((low, high), (top + PLOT, top)).padded(0.03).in_units_of(factor);
        Self { sweep, frame, places: Places::of(axis, (LEFT, WIDTH - MARGIN)), amounts, top }
    }

    /// The points of a strategy from left to right: where, and what is there.
    fn along(&self, strategy: usize) -> Vec<(f64, &'a Distribution)> {
        let metric = self.sweep.metric;
        let each = self.sweep.points.iter().enumerate();
        let mut along: Vec<(f64, &Distribution)> =
            each.filter_map(|(at, point)| Some((self.places.at(at), point.strategies[strategy].get(metric).as_ref()?))).collect();
        along.sort_by(|a, b| a.0.total_cmp(&b.0));
        along
    }

    fn axes<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>) -> io::Result<()> {
        let (left, right, bottom) = (LEFT, WIDTH - MARGIN, self.top + PLOT);
        for (y, text) in self.amounts.ticks(8) {
            canvas.line(&[(left, y), (right, y)], GRID, 1.0)?;
            canvas.text(&text, (left - 9.0, y + 4.5), SMALL, MUTED, Align::Right)?;
        }
        canvas.text(unit(self.sweep.metric), (left - 9.0, self.top - 9.0), SMALL, MUTED, Align::Right)?;
        canvas.line(&[(left, bottom), (right, bottom)], MUTED, 1.0)?;
        self.places.draw(canvas, bottom, &self.sweep.axes[0].path)
    }

    fn strategy<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>, strategy: usize) -> io::Result<()> {
        let along = self.along(strategy);
        let line = |value: fn(&Distribution) -> f64| -> Vec<Point> {
            along.iter().map(|(x, d)| (*x, self.amounts.at(value(d)))).collect()
        };
        if along.len() > 1 {
            let band: Vec<Point> = line(|d| d.p10.value).into_iter().chain(line(|d| d.p90.value).into_iter().rev()).collect();
            canvas.area(&band, colour(strategy), 0.14)?;
            canvas.dashed(&line(|d| d.mean.value), colour(strategy), 2.4, dashes(strategy))?;
        }
        for (x, d) in &along {
            if let (Some(lo), Some(hi)) = (d.mean.lo, d.mean.hi) {
                canvas.line(&[(*x, self.amounts.at(lo)), (*x, self.amounts.at(hi))], colour(strategy), 1.6)?;
            }
            canvas.dot((*x, self.amounts.at(d.mean.value)), 3.0, colour(strategy))?;
        }
        let y = TOP + ROW * strategy as f64 + 4.0;
        canvas.dashed(&[(LEFT, y - 4.5), (LEFT + 34.0, y - 4.5)], colour(strategy), 2.4, dashes(strategy))?;
        let name = fitted(&self.sweep.strategies[strategy], LABEL, WIDTH - LEFT - MARGIN - 50.0);
        canvas.text(&name, (LEFT + 42.0, y), LABEL, MUTED, Align::Left)
    }
}

/// The unit of an axis.
pub(super) const fn unit(metric: Metric) -> &'static str {
    match metric.unit() {
        MetricUnit::Usd => "USD",
        MetricUnit::Share => "%",
        MetricUnit::Number => "",
        MetricUnit::Seconds => "s",
        MetricUnit::Days => "day",
    }
}

impl Picture for LinesChart<'_> {
    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>) -> io::Result<()> {
        self.axes(canvas)?;
        (0..self.sweep.strategies.len()).try_for_each(|strategy| self.strategy(canvas, strategy))
    }

    fn data(&self) -> Data {
        let key = self.sweep.metric.key();
        let names = [&self.sweep.axes[0].path, "strategy", &format!("mean_{key}"), "lo", "hi", "p10", "p90"];
        let mut data = Data::of(&names);
        for point in &self.sweep.points {
            for (name, d) in self.sweep.strategies.iter().zip(&point.strategies) {
                let d = d.get(self.sweep.metric).as_ref();
                let start = [Cell::from(point.at[0].text.as_str()), Cell::from(name.as_str())];
                let range = [d.map(|d| d.p10.value).into(), d.map(|d| d.p90.value).into()];
                data.push(start.into_iter().chain(cells(d.map(|d| &d.mean))).chain(range));
            }
        }
        data
    }

    fn hints(&self) -> Vec<Hint> {
        let show = Show::in_words(self.sweep.metric.unit());
        let hint = |strategy: usize| {
            let each = self.sweep.points.iter().enumerate();
            each.filter_map(move |(at, point)| {
                let d = point.strategies[strategy].get(self.sweep.metric).as_ref()?;
                let (x, y) = (self.places.at(at), self.amounts.at(d.mean.value));
                let text = format!("{}, {}\nmean {}", self.sweep.strategies[strategy], point.at[0].text, show.both(&d.mean));
                Some(Hint::new((x - 7.0, y - 7.0), (x + 7.0, y + 7.0), text))
            })
        };
        (0..self.sweep.strategies.len()).flat_map(hint).collect()
    }

    fn spoken(&self) -> Vec<String> {
        let show = Show::in_words(self.sweep.metric.unit());
        let of = |strategy: usize| {
            let each = self.sweep.points.iter().filter_map(|point| {
                let mean = point.mean(strategy, self.sweep.metric)?;
                Some(format!("{} at {}", show.both(mean), point.at[0].text))
            });
            format!("{}: {}", self.sweep.strategies[strategy], each.collect::<Vec<_>>().join(", "))
        };
        (0..self.sweep.strategies.len()).map(of).collect()
    }
}
