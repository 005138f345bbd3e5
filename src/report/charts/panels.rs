//! Panels side by side: one for each strategy, with one axis of amounts for all.

use std::io;

use plotters::prelude::DrawingBackend;

use super::axis::Axis;
use super::canvas::{Align, Canvas};
use super::frame::TOP;
use super::look::{GRID, INK, LABEL, MARGIN, MUTED, SMALL, WIDTH};
use super::words::fitted;

const LEFT: f64 = 92.0;
const GAP: f64 = 26.0;
/// Room above a panel for its name and note, and below it for the marks of its axis.
const HEAD: f64 = 42.0;
const FOOT: f64 = 46.0;

/// How panels are laid out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Panels {
    columns: usize,
    rows: usize,
    /// Height of a panel's plot.
    plot: f64,
    /// Where the first row begins.
    top: f64,
}

/// Where a panel's plot is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) start: f64,
    pub(super) width: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
}

impl Panels {
    /// So many panels, below a head of this height.
    pub(super) fn new(panels: usize, head: f64) -> Self {
        let columns = match panels {
            0..=3 => panels.max(1),
            4 => 2,
            5 | 6 => 3,
            _ => 4,
        };
        let rows = panels.div_ceil(columns);
        Self { columns, rows, plot: if rows == 1 { 330.0 } else { 200.0 }, top: TOP + head }
    }

    /// The same with plots lower than usual.
    pub(super) fn lower(self) -> Self {
        Self { plot: self.plot * 0.7, ..self }
    }

    /// The height of all of them, the head included.
    pub(super) fn height(self) -> f64 {
        self.top - TOP + self.rows as f64 * (HEAD + self.plot + FOOT)
    }

    /// Where a panel is.
    pub(super) fn place(self, index: usize) -> Place {
        let width = (WIDTH - MARGIN - LEFT - GAP * (self.columns - 1) as f64) / self.columns as f64;
        let start = LEFT + (width + GAP) * (index % self.columns) as f64;
        let top = self.top + (HEAD + self.plot + FOOT) * (index / self.columns) as f64 + HEAD;
        Place { start, width, top, bottom: top + self.plot }
    }

    /// Whether a panel stands first in its row: only there the marks of amounts have texts.
    pub(super) fn is_first(self, index: usize) -> bool {
        index.is_multiple_of(self.columns)
    }

    /// Whether panels are so narrow that their texts must be short.
    pub(super) const fn are_narrow(self) -> bool {
        self.columns > 2
    }

    /// The name of a panel, and a note below it.
    pub(super) fn head<DB: DrawingBackend>(
        self,
        canvas: &mut Canvas<DB>,
        index: usize,
        name: &str,
        note: &str,
    ) -> io::Result<()> {
        let Place { start, width, top, .. } = self.place(index);
        canvas.text(&fitted(name, LABEL, width), (start, top - 26.0), LABEL, INK, Align::Left)?;
        canvas.text(&fitted(note, SMALL, width), (start, top - 9.0), SMALL, MUTED, Align::Left)
    }

    /// Grid lines with their texts, and the marks below: at these places with these texts, in this unit.
    pub(super) fn axes<DB: DrawingBackend>(
        self,
        canvas: &mut Canvas<DB>,
        index: usize,
        (amounts, unit): (&Axis, &str),
        (marks, below): (&[(f64, String)], &str),
    ) -> io::Result<()> {
        let Place { start, width, bottom, .. } = self.place(index);
        for (y, text) in amounts.ticks((self.plot / 45.0) as usize) {
            canvas.line(&[(start, y), (start + width, y)], GRID, 1.0)?;
            if self.is_first(index) {
                canvas.text(&text, (start - 9.0, y + 4.5), SMALL, MUTED, Align::Right)?;
            }
        }
        if self.is_first(index) {
            canvas.text(unit, (start - 9.0, amounts.end() - 9.0), SMALL, MUTED, Align::Right)?;
        }
        for (x, text) in marks {
            canvas.line(&[(*x, bottom), (*x, bottom + 4.0)], MUTED, 1.0)?;
            canvas.text(text, (*x, bottom + 18.0), SMALL, MUTED, Align::Middle)?;
        }
        canvas.line(&[(start, bottom), (start + width, bottom)], MUTED, 1.0)?;
        canvas.text(below, (start + width, bottom + 34.0), SMALL, MUTED, Align::Right)
    }
}
