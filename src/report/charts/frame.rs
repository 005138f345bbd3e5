//! What stands around every chart: the question, how to read it, and where it comes from.

use std::io;

use plotters::prelude::DrawingBackend;

use crate::report::Report;
use crate::report::number::count;
use crate::stats::Estimate;

use super::canvas::{Align, Canvas, text_room};
use super::look::{INK, LABEL, MARGIN, MUTED, SMALL, TITLE, WIDTH};
use super::words::fitted;

/// Where a chart's own drawing may begin.
pub(super) const TOP: f64 = 84.0;
/// The height that the footer takes.
pub(super) const BOTTOM: f64 = 44.0;

/// Title, subtitle, footer and height of a chart.
pub(super) struct Frame {
    /// The question that the chart answers.
    pub(super) title: String,
    /// How to read it.
    pub(super) subtitle: String,
    /// What else must be known to read it; each note ends in a semicolon.
    notes: String,
    basis: String,
    height: f64,
}

impl Frame {
    /// A frame around a drawing of this height.
    pub(super) fn new(report: &Report<'_>, title: String, subtitle: String, drawing: f64) -> Self {
        let (n, m) = (u64::from(report.summary.replications), report.manifest);
        let plural = if n == 1 { "replication" } else { "replications" };
        let basis = format!("n = {} {plural}, seed {}, scenario {}, spendcast {}", count(n), m.seed, m.scenario, m.version);
        Self::based_on(basis, title, subtitle, drawing)
    }

    /// A frame around a drawing of this height that is based on something else than a report.
    pub(super) fn based_on(basis: String, title: String, subtitle: String, drawing: f64) -> Self {
        Self { title, subtitle, notes: String::new(), basis, height: TOP + drawing + BOTTOM }
    }

    /// The same with a note on question marks, where any of these figures is shown with one.
    pub(super) fn explaining<'e>(mut self, mut figures: impl Iterator<Item = &'e Estimate>) -> Self {
        if figures.any(Estimate::is_open) {
            self.notes.insert_str(0, "? = no bound known at so few replications; ");
        }
        self
    }

    /// The same with a note before the rest of the footer.
    pub(super) fn noting(mut self, note: &str) -> Self {
        self.notes.insert_str(0, note);
        self
    }

    /// The notes, without the last semicolon.
    pub(super) fn notes(&self) -> &str {
        self.notes.trim_end_matches([';', ' '])
    }

    /// The part of the sheet that the drawing itself needs: left, top, right, bottom.
    pub(super) fn inner(&self) -> [f64; 4] {
        [MARGIN - 8.0, TOP - 18.0, WIDTH - MARGIN + 14.0, self.height.ceil() - BOTTOM + 12.0]
    }

    /// Width and height in whole points.
    pub(super) fn size(&self) -> (u32, u32) {
        (WIDTH as u32, self.height.ceil() as u32)
    }

    pub(super) fn draw<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>) -> io::Result<()> {
        let room = WIDTH - 2.0 * MARGIN;
        // A long question is smaller, and cut only where that is not enough: paths of scenarios have no end.
        let em = (TITLE * room / text_room(&self.title, TITLE)).clamp(LABEL + 2.0, TITLE);
        canvas.text(&fitted(&self.title, em, room), (MARGIN, 38.0), em, INK, Align::Left)?;
        canvas.text(&fitted(&self.subtitle, LABEL, room), (MARGIN, 60.0), LABEL, MUTED, Align::Left)?;
        let baseline = self.height.ceil() - 16.0;
        let footer = format!("{}{}", self.notes, self.basis);
        canvas.text(&fitted(&footer, SMALL, room), (MARGIN, baseline), SMALL, MUTED, Align::Left)
    }
}
