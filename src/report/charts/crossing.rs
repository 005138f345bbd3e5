//! Where two strategies break even: their mean difference along a path with its interval, and the replications' own places.

use std::io;

use plotters::prelude::DrawingBackend;

use crate::experiment::{BreakEven, Evaluated, MetricUnit};
use crate::report::number::Show;

use super::Picture;
use super::axis::Axis;
use super::canvas::{Align, Canvas, Point};
use super::data::{Cell, Data, Hint, cells};
use super::frame::{Frame, TOP};
use super::lines::unit;
use super::look::{BUDGET, GRID, INK, LABEL, MARGIN, MUTED, SMALL, WIDTH, colour};
use super::places::Places;
use super::words::fitted;

/// Charts of more pairs are not drawn; their figures are in the files.
pub(super) const NAMES: [&str; 4] = ["break-even", "break-even-2", "break-even-3", "break-even-4"];

const LEFT: f64 = 92.0;
const PLOT: f64 = 360.0;
const HEAD: f64 = 26.0;
/// Height of the line below the plot that says who is cheaper there.
const BELOW: f64 = 20.0;
/// Height of the strip of the replications' own places, with that line.
const RUG: f64 = 40.0 + BELOW;
const FOOT: f64 = 54.0;

pub(super) struct CrossingChart<'a> {
    found: &'a BreakEven,
    pair: usize,
    frame: Frame,
    places: Places,
    amounts: Axis,
}

impl<'a> CrossingChart<'a> {
    pub(super) fn new(found: &'a BreakEven, pair: usize, basis: String, billing: bool) -> Self {
        let [a, b] = found.question.pairs[pair].map(|strategy| &found.question.strategies[strategy]);
        let (metric, path) = (found.question.metric, &found.question.axis.path);
        let title = format!("At which {path} are {a} and {b} alike?");
        let subtitle = format!(
            "Mean {} of {a} minus {b}, with its 95 % interval; ticks: single replications' own break-even.",
            metric.label()
        );
        let frame = Frame::based_on(basis, title, subtitle, HEAD + PLOT + RUG + FOOT);
        let frame = if billing { frame.noting("nothing unknown is billed; ") } else { frame };
        let ends = found.places.iter().filter_map(|place| place.differences[pair]);
        let ends = ends.flat_map(|e| [Some(e.value), e.lo, e.hi]).flatten();
        let (low, high) = ends.fold((0.0_f64, 0.0_f64), |(low, high), end| (low.min(end), high.max(end)));
        let factor = if metric.unit() == MetricUnit::Share { 100.0 } else { 1.0 };
        let top = TOP + HEAD;
        let amounts = Axis::new((low, high), (top + PLOT, top)).padded(0.04).in_units_of(factor);
        Self { found, pair, frame, places: Places::of(&found.question.axis, (LEFT, WIDTH - MARGIN)), amounts }
    }

    fn names(&self) -> [&str; 2] {
        self.found.question.pairs[self.pair].map(|strategy| self.found.question.strategies[strategy].as_str())
    }

    fn known(&self) -> impl Iterator<Item = (&Evaluated, crate::stats::Estimate)> {
        self.found.places.iter().filter_map(|place| Some((place, place.differences[self.pair]?)))
    }

    fn axes<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>) -> io::Result<()> {
        let (left, right, bottom) = (LEFT, WIDTH - MARGIN, TOP + HEAD + PLOT);
        for (y, text) in self.amounts.ticks(8) {
            canvas.line(&[(left, y), (right, y)], GRID, 1.0)?;
            canvas.text(&text, (left - 9.0, y + 4.5), SMALL, MUTED, Align::Right)?;
        }
        let unit = if self.found.question.metric.unit() == MetricUnit::Share { "pp" } else { unit(self.found.question.metric) };
        canvas.text(unit, (left - 9.0, TOP + HEAD - 9.0), SMALL, MUTED, Align::Right)?;
        let zero = self.amounts.at(0.0);
        canvas.line(&[(left, zero), (right, zero)], INK, 1.2)?;
        let [a, b] = self.names();
        let room = right - left - 20.0;
        let dearer = if self.found.question.metric.unit() == MetricUnit::Usd { "cheaper" } else { "lower" };
        let top = TOP + HEAD;
        canvas.text(&fitted(&format!("{b} is {dearer}"), SMALL, room), (left + 8.0, top - 9.0), SMALL, MUTED, Align::Left)?;
        canvas.text(&fitted(&format!("{a} is {dearer}"), SMALL, room), (left + 8.0, bottom + 15.0), SMALL, MUTED, Align::Left)?;
        canvas.line(&[(left, bottom + RUG), (right, bottom + RUG)], MUTED, 1.0)?;
        self.places.draw(canvas, bottom + RUG, &self.found.question.axis.path)
    }

    fn own<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>) -> io::Result<()> {
        /// More ticks are one grey.
        const MOST: usize = 300;
        let own = &self.found.pairs[self.pair].own;
        let bottom = TOP + HEAD + PLOT + BELOW;
        for place in own.places.iter().step_by(own.places.len().div_ceil(MOST).max(1)) {
            let x = self.places.of_number(*place);
            canvas.line(&[(x, bottom + 18.0), (x, bottom + RUG - BELOW - 4.0)], MUTED, 0.8)?;
        }
        if let Some([low, middle, high]) = &own.quantiles {
            let [low, middle, high] = [low, middle, high].map(|quantile| self.places.of_number(quantile.value));
            canvas.line(&[(low, bottom + 11.0), (high, bottom + 11.0)], INK, 2.0)?;
            canvas.dot((middle, bottom + 11.0), 3.5, INK)?;
        }
        Ok(())
    }

    fn crossings<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>) -> io::Result<()> {
        let Some(average) = &self.found.pairs[self.pair].average else { return Ok(()) };
        let (top, zero) = (TOP + HEAD, self.amounts.at(0.0));
        for piece in average.pieces() {
            let [from, to] = [piece.lo.unwrap_or(f64::NEG_INFINITY), piece.hi.unwrap_or(f64::INFINITY)];
            let (from, to) = (self.places.of_number(from), self.places.of_number(to));
            canvas.line(&[(from, zero), (to, zero)], INK, 4.0)?;
        }
        for (index, (estimate, crossing)) in average.estimates().iter().zip(&average.crossings).enumerate() {
            let x = self.places.of_number(estimate.value);
            canvas.dashed(&[(x, top), (x, top + PLOT)], INK, 1.2, &BUDGET)?;
            canvas.dot((x, zero), 4.5, INK)?;
            if index < 4 {
                let text = format!("{}{}", Show::NUMBER.value(estimate), self.found.question.axis.unit);
                let align = if x > WIDTH - 160.0 { Align::Right } else { Align::Left };
                let aside = if align == Align::Right { -9.0 } else { 9.0 };
                // On that side of zero on which the curve is not.
                let below = crossing.upward == (align == Align::Left);
                canvas.text(&text, (x + aside, zero + if below { 20.0 } else { -9.0 }), LABEL, INK, align)?;
            }
        }
        Ok(())
    }
}

impl Picture for CrossingChart<'_> {
    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>) -> io::Result<()> {
        self.axes(canvas)?;
        let along = |end: fn(&crate::stats::Estimate) -> Option<f64>| -> Vec<Point> {
            self.known().map(|(place, e)| (self.places.of_number(place.x), self.amounts.at(end(&e).unwrap_or(e.value)))).collect()
        };
        let tone = colour(self.found.question.pairs[self.pair][1]);
        let band: Vec<Point> = along(|e| e.lo).into_iter().chain(along(|e| e.hi).into_iter().rev()).collect();
        if self.known().count() > 1 {
            canvas.area(&band, tone, 0.25)?;
            canvas.line(&along(|e| Some(e.value)), tone, 2.4)?;
        }
        for point in along(|e| Some(e.value)) {
            canvas.dot(point, 2.6, tone)?;
        }
        self.own(canvas)?;
        self.crossings(canvas)
    }

    fn data(&self) -> Data {
        let mut data = Data::of(&[&self.found.question.axis.path, "mean_difference", "lo", "hi"]);
        for (place, e) in self.known() {
            data.push([Cell::from(place.at.text.as_str())].into_iter().chain(cells(Some(&e))));
        }
        data
    }

    fn hints(&self) -> Vec<Hint> {
        let show = Show::in_words(self.found.question.metric.unit());
        let hint = |(place, e): (&Evaluated, crate::stats::Estimate)| {
            let (x, y) = (self.places.of_number(place.x), self.amounts.at(e.value));
            Hint::new((x - 6.0, y - 6.0), (x + 6.0, y + 6.0), format!("{}\n{}", place.at.text, show.both(&e)))
        };
        self.known().map(hint).collect()
    }

    fn spoken(&self) -> Vec<String> {
        let show = Show::in_words(self.found.question.metric.unit());
        self.known().map(|(place, e)| format!("{}: {}", place.at.text, show.both(&e))).collect()
    }
}
