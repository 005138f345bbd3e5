//! Which strategy is best where, over two paths: of two strategies by how much, with the line along which they break even.

use std::io;

use plotters::prelude::{DrawingBackend, RGBColor};

use crate::experiment::{MetricUnit, Sweep, SweepPoint};
use crate::report::number::Show;

use super::Picture;
use super::canvas::{Align, Canvas, Point, text_room};
use super::contour::contour;
use super::data::{Cell, Data, Hint, cells};
use super::frame::{Frame, TOP};
use super::look::{GRID, INK, LABEL, MARGIN, MUTED, SMALL, WIDTH, colour, tint};
use super::places::texts;
use super::words::fitted;

pub(super) const NAME: &str = "sweep-heatmap";

const LEFT: f64 = 150.0;
const ROW: f64 = 20.0;
const FOOT: f64 = 58.0;

pub(super) struct HeatmapChart<'a> {
    sweep: &'a Sweep,
    frame: Frame,
    top: f64,
    /// Size of a cell.
    cell: (f64, f64),
    /// The largest difference of two strategies.
    most: f64,
}

impl<'a> HeatmapChart<'a> {
    /// Of a sweep over two paths: the first goes up, the second to the right.
    pub(super) fn new(sweep: &'a Sweep, basis: String) -> Self {
        let best = if sweep.metric.unit() == MetricUnit::Usd { "cheapest" } else { "lowest" };
        let title = format!("Which strategy is {best}, by {} and {}?", sweep.axes[0].path, sweep.axes[1].path);
        let subtitle = match two(sweep) {
            Some((one, other)) => {
                let (a, b) = (&sweep.strategies[one], &sweep.strategies[other]);
                let unit = if sweep.metric.unit() == MetricUnit::Usd { ", USD" } else { "" };
                let what = sweep.metric.label();
                format!("Mean {what} of {a} minus {b}{unit}. Pale: no difference shown; line: where they break even.")
            }
            None => format!("The lowest mean {}. Pale: another may be as low.", sweep.metric.label()),
        };
        let legend = ROW * sweep.strategies.len() as f64 + 10.0;
        let (rows, columns) = (sweep.axes[0].values.len(), sweep.axes[1].values.len());
        let height = (420.0 / rows as f64).clamp(14.0, 64.0);
        let cell = ((WIDTH - MARGIN - LEFT) / columns as f64, height);
        let frame = Frame::based_on(basis, title, subtitle, legend + height * rows as f64 + FOOT);
        let frame = if sweep.points.iter().any(SweepPoint::depends_on_billing) {
            frame.noting("nothing unknown is billed; ")
        } else {
            frame
        };
        let mut chart = Self { sweep, frame, top: TOP + legend, cell, most: 0.0 };
        chart.most = sweep.points.iter().filter_map(|point| chart.difference(point)).fold(0.0, |most: f64, d| most.max(d.abs()));
        chart
    }

    /// The difference of two strategies.
    fn difference(&self, point: &SweepPoint) -> Option<f64> {
        let (one, _) = two(self.sweep)?;
        point.differences[one].get(self.sweep.metric).as_ref().map(|e| e.value)
    }

    /// The upper left of a cell.
    fn corner(&self, index: usize) -> Point {
        let (columns, rows) = (self.sweep.axes[1].values.len(), self.sweep.axes[0].values.len());
        let (row, column) = (index / columns, index % columns);
        (LEFT + self.cell.0 * column as f64, self.top + self.cell.1 * (rows - 1 - row) as f64)
    }

    fn fill(&self, point: &SweepPoint) -> RGBColor {
        let Some(lowest) = point.lowest else { return GRID };
        let share = self.difference(point).filter(|_| self.most > 0.0).map_or(0.6, |d| d.abs() / self.most);
        let strength = if point.surely_lowest { 0.22 + 0.5 * share } else { 0.08 };
        tint(colour(lowest), (strength * 100.0).round() / 100.0)
    }

    fn text(&self, point: &SweepPoint) -> String {
        let show = Show::unit(self.sweep.metric.unit());
        let estimate = match two(self.sweep) {
            Some((one, _)) => point.differences[one].get(self.sweep.metric).as_ref(),
            None => point.lowest.and_then(|lowest| point.mean(lowest, self.sweep.metric)),
        };
        estimate.map_or_else(String::new, |e| show.value(e))
    }

    fn legend<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>) -> io::Result<()> {
        for (index, name) in self.sweep.strategies.iter().enumerate() {
            let y = TOP + ROW * index as f64;
            canvas.bar((LEFT, y - 10.0), (LEFT + 22.0, y + 2.0), tint(colour(index), 0.6))?;
            canvas.text(&fitted(name, LABEL, WIDTH - LEFT - 70.0), (LEFT + 30.0, y + 1.0), LABEL, MUTED, Align::Left)?;
        }
        Ok(())
    }

    fn labels<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>) -> io::Result<()> {
        let [up, right] = [&self.sweep.axes[0], &self.sweep.axes[1]];
        let bottom = self.top + self.cell.1 * up.values.len() as f64;
        for (row, text) in texts(up).iter().rev().enumerate() {
            let y = self.top + self.cell.1 * (row as f64 + 0.5) + 4.5;
            canvas.text(&fitted(text, SMALL, LEFT - MARGIN - 12.0), (LEFT - 8.0, y), SMALL, MUTED, Align::Right)?;
        }
        let along = texts(right);
        let widest = along.iter().map(|text| text_room(text, SMALL)).fold(0.0, f64::max);
        let every = ((widest + 8.0) / self.cell.0).ceil().max(1.0) as usize;
        for (column, text) in along.iter().enumerate().step_by(every) {
            let x = LEFT + self.cell.0 * (column as f64 + 0.5);
            canvas.text(text, (x, bottom + 18.0), SMALL, MUTED, Align::Middle)?;
        }
        let room = WIDTH - LEFT - MARGIN;
        canvas.text(&fitted(&right.path, SMALL, room), (WIDTH - MARGIN, bottom + 38.0), SMALL, MUTED, Align::Right)?;
        let path = fitted(&format!("up: {}", up.path), SMALL, LEFT - MARGIN + 200.0);
        canvas.text(&path, (MARGIN, bottom + 38.0), SMALL, MUTED, Align::Left)
    }

    /// The line along which two strategies break even, and of several the borders between those that are lowest.
    fn border<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>) -> io::Result<()> {
        let columns = self.sweep.axes[1].values.len();
        if two(self.sweep).is_some() {
            let values: Vec<Option<f64>> = self.sweep.points.iter().map(|point| self.difference(point)).collect();
            let at = |(column, row): Point| {
                let (x, y) = self.corner(0);
                (x + self.cell.0 * (column + 0.5), y + self.cell.1 * (0.5 - row))
            };
            return contour(&values, columns).iter().try_for_each(|[a, b]| canvas.line(&[at(*a), at(*b)], INK, 2.0));
        }
        for (index, point) in self.sweep.points.iter().enumerate() {
            let (x, y) = self.corner(index);
            let differs = |other: usize| self.sweep.points.get(other).is_some_and(|other| other.lowest != point.lowest);
            if !(index + 1).is_multiple_of(columns) && differs(index + 1) {
                canvas.line(&[(x + self.cell.0, y), (x + self.cell.0, y + self.cell.1)], INK, 2.0)?;
            }
            if differs(index + columns) {
                canvas.line(&[(x, y), (x + self.cell.0, y)], INK, 2.0)?;
            }
        }
        Ok(())
    }
}

/// The strategy and the baseline, where there are just two.
fn two(sweep: &Sweep) -> Option<(usize, usize)> {
    (sweep.strategies.len() == 2).then_some((1 - sweep.baseline.min(1), sweep.baseline))
}

impl Picture for HeatmapChart<'_> {
    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>) -> io::Result<()> {
        self.legend(canvas)?;
        for (index, point) in self.sweep.points.iter().enumerate() {
            let (x, y) = self.corner(index);
            canvas.bar((x + 0.5, y + 0.5), (x + self.cell.0 - 0.5, y + self.cell.1 - 0.5), self.fill(point))?;
            let text = self.text(point);
            if text_room(&text, SMALL) < self.cell.0 - 4.0 && self.cell.1 > 17.0 {
                canvas.text(&text, (x + self.cell.0 / 2.0, y + self.cell.1 / 2.0 + 4.5), SMALL, INK, Align::Middle)?;
            }
        }
        self.border(canvas)?;
        self.labels(canvas)
    }

    fn data(&self) -> Data {
        let (metric, axes) = (self.sweep.metric, &self.sweep.axes);
        let mut data = Data::of(&[&axes[0].path, &axes[1].path, "strategy", metric.key(), "lo", "hi", "lowest"]);
        for point in &self.sweep.points {
            for (index, name) in self.sweep.strategies.iter().enumerate() {
                let start = [point.at[0].text.as_str(), point.at[1].text.as_str(), name.as_str()].map(Cell::from);
                let lowest = match (point.lowest == Some(index), point.surely_lowest) {
                    (true, true) => "surely",
                    (true, false) => "perhaps",
                    _ => "no",
                };
                data.push(start.into_iter().chain(cells(point.mean(index, metric))).chain([Cell::from(lowest)]));
            }
        }
        data
    }

    fn hints(&self) -> Vec<Hint> {
        let show = Show::in_words(self.sweep.metric.unit());
        let hint = |(index, point): (usize, &SweepPoint)| {
            let (x, y) = self.corner(index);
            let means = self.sweep.strategies.iter().enumerate().filter_map(|(strategy, name)| {
                Some(format!("\n{name}: {}", show.both(point.mean(strategy, self.sweep.metric)?)))
            });
            let text = format!("{}, {}{}", point.at[0].text, point.at[1].text, means.collect::<String>());
            Hint::new((x, y), (x + self.cell.0, y + self.cell.1), text)
        };
        self.sweep.points.iter().enumerate().map(hint).collect()
    }

    fn spoken(&self) -> Vec<String> {
        let say = |point: &SweepPoint| {
            let name = point.lowest.map_or("none", |lowest| self.sweep.strategies[lowest].as_str());
            let perhaps = if point.surely_lowest { "" } else { "perhaps " };
            format!("{} and {}: {perhaps}{name}", point.at[0].text, point.at[1].text)
        };
        self.sweep.points.iter().map(say).collect()
    }
}
