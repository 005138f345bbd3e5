//! Who is paid, and when: mean spending a day by payee, stacked, one panel per strategy.

use std::io;

use plotters::prelude::DrawingBackend;

use crate::experiment::{PayeeCourse, StrategySummary};
use crate::report::Report;
use crate::report::number::Show;

use super::Picture;
use super::axis::Axis;
use super::canvas::{Align, Canvas, Point, text_room};
use super::data::{Data, Hint};
use super::frame::{Frame, TOP};
use super::look::{INK, MARGIN, OWN_COLOURS, SMALL, WHITE, WIDTH, payee_colour};
use super::panels::{Panels, Place};
use super::words::fitted;

pub(super) const NAME: &str = "payees";

/// What a line of the legend takes.
const LINE: f64 = 22.0;
/// The widest name in the legend.
const WIDEST: f64 = 260.0;
const OTHERS: &str = "all others";

pub(super) struct PayeeChart<'a> {
    report: &'a Report<'a>,
    frame: Frame,
    panels: Panels,
    /// The payees of any strategy, the one that is paid most by all together first: an id, or `None` for the rest together.
    legend: Vec<(Option<usize>, String, Point)>,
    /// The lowest and the highest stack, in dollars a day.
    range: (f64, f64),
}

impl<'a> PayeeChart<'a> {
    pub(super) fn new(report: &'a Report<'a>) -> Self {
        let summary = report.summary;
        let legend = placed(ranked(report));
        let head = legend.last().map_or(0.0, |(_, _, (_, y))| y - TOP + LINE);
        let panels = Panels::new(summary.strategies.len(), head);
        let stacks = summary.strategies.iter().flat_map(|s| (0..s.payments.ends.len()).map(|span| heights(s, span)));
        let range = stacks.fold((0.0_f64, 0.0_f64), |(low, high), (below, above)| (low.min(below), high.max(above)));
        let subtitle = "Mean spending a day, stacked by who is paid, in the order of the legend from below.";
        let frame = Frame::new(report, "Who is paid, and when?".to_owned(), subtitle.to_owned(), panels.height());
        let frame = if summary.unknown.is_empty() { frame } else { frame.noting("nothing unknown is billed; ") };
        Self { report, frame, panels, legend, range }
    }

    fn scales(&self, index: usize) -> (Axis, Axis) {
        let Place { start, width, top, bottom } = self.panels.place(index);
        let (low, high) = self.range;
        let high = if high > low { high * 1.06 } else { 1.0 };
        (Axis::new((0.0, self.report.summary.days()), (start, start + width)), Axis::new((low * 1.06, high), (bottom, top)))
    }

    fn panel<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>, index: usize) -> io::Result<()> {
        let strategy = &self.report.summary.strategies[index];
        let (days, usd) = self.scales(index);
        self.panels.head(canvas, index, &strategy.name, &note(self.report, strategy))?;
        let marks = days.ticks(if self.panels.are_narrow() { 3 } else { 6 });
        self.panels.axes(canvas, index, (&usd, "USD a day"), (&marks, "day"))?;
        let spans = strategy.payments.ends.len();
        // Above zero what is billed, below it what is given back.
        let mut bases = vec![(0.0, 0.0); spans];
        for (rank, (payee, ..)) in self.legend.iter().enumerate() {
            let amounts: Vec<f64> = (0..spans).map(|span| self.rate(strategy, *payee, span)).collect();
            let (mut lower, mut upper) = (Vec::new(), Vec::new());
            for (span, &amount) in amounts.iter().enumerate() {
                let (from, to) = edges(strategy, span);
                let (below, above) = &mut bases[span];
                let side = if amount < 0.0 { below } else { above };
                let (base, end) = (*side, *side + amount);
                *side = end;
                lower.extend([from, to].map(|day| (days.at(day), usd.at(base))));
                upper.extend([from, to].map(|day| (days.at(day), usd.at(end))));
            }
            if amounts.iter().any(|&amount| amount != 0.0) {
                let area: Vec<Point> = upper.iter().copied().chain(lower.into_iter().rev()).collect();
                canvas.area(&area, payee_colour(rank), 1.0)?;
                canvas.line(&upper, WHITE, 0.8)?;
            }
        }
        Ok(())
    }

    /// Dollars a day to a payee, or to all without a colour of their own.
    fn rate(&self, strategy: &StrategySummary, payee: Option<usize>, span: usize) -> f64 {
        let own = |course: &&PayeeCourse| match payee {
            Some(id) => course.payee.index() == id,
            None => !self.legend.iter().any(|(other, ..)| *other == Some(course.payee.index())),
        };
        let (from, to) = edges(strategy, span);
        strategy.payments.payees.iter().filter(own).map(|course| course.spans[span]).sum::<f64>() / (to - from)
    }
}

/// The name of a payee.
fn name<'a>(report: &'a Report<'_>, payee: usize) -> &'a str {
    report.results.payees.get(payee).map_or("?", String::as_str)
}

/// The payee that is paid most, and its share.
fn note(report: &Report<'_>, strategy: &StrategySummary) -> String {
    let payees = &strategy.payments.payees;
    let all: f64 = payees.iter().map(|payee| payee.total).sum();
    let Some(first) = payees.first().filter(|_| all > 0.0) else { return "nothing was charged".to_owned() };
    format!("{:.0} % to {}", 100.0 * first.total / all, name(report, first.payee.index()))
}

/// The days between which a span lies.
fn edges(strategy: &StrategySummary, span: usize) -> (f64, f64) {
    let ends = &strategy.payments.ends;
    (span.checked_sub(1).map_or(0.0, |before| ends[before]), ends[span])
}

/// How far a stack goes below zero and above it, in dollars a day.
fn heights(strategy: &StrategySummary, span: usize) -> (f64, f64) {
    let (from, to) = edges(strategy, span);
    let rates = strategy.payments.payees.iter().map(|payee| payee.spans[span] / (to - from));
    rates.fold((0.0, 0.0), |(low, high), rate| if rate < 0.0 { (low + rate, high) } else { (low, high + rate) })
}

/// The payees in the order of the stack.
fn ranked(report: &Report<'_>) -> Vec<(Option<usize>, String)> {
    let mut totals: Vec<(usize, f64)> = Vec::new();
    for course in report.summary.strategies.iter().flat_map(|strategy| &strategy.payments.payees) {
        match totals.iter_mut().find(|(payee, _)| *payee == course.payee.index()) {
            Some((_, total)) => *total += course.total,
            None => totals.push((course.payee.index(), course.total)),
        }
    }
    totals.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let own = if totals.len() > OWN_COLOURS + 1 { OWN_COLOURS } else { totals.len() };
    let mut ranked: Vec<(Option<usize>, String)> =
        totals.iter().take(own).map(|&(payee, _)| (Some(payee), name(report, payee).to_owned())).collect();
    ranked.extend((own < totals.len()).then(|| (None, OTHERS.to_owned())));
    ranked
}

/// The legend: one beside the other, and on a further line where they would leave the sheet.
fn placed(payees: Vec<(Option<usize>, String)>) -> Vec<(Option<usize>, String, Point)> {
    let (mut x, mut y) = (MARGIN, TOP);
    let place = |(payee, name): (Option<usize>, String)| {
        let name = fitted(&name, SMALL, WIDEST);
        let room = 22.0 + text_room(&name, SMALL);
        if x > MARGIN && x + room > WIDTH - MARGIN {
            (x, y) = (MARGIN, y + LINE);
        }
        let at = (x, y);
        x += room + 22.0;
        (payee, name, at)
    };
    payees.into_iter().map(place).collect()
}

impl Picture for PayeeChart<'_> {
    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>) -> io::Result<()> {
        for (rank, (_, name, (x, y))) in self.legend.iter().enumerate() {
            canvas.bar((*x, *y), (x + 14.0, y + 14.0), payee_colour(rank))?;
            canvas.text(name, (x + 22.0, y + 11.5), SMALL, INK, Align::Left)?;
        }
        (0..self.report.summary.strategies.len()).try_for_each(|index| self.panel(canvas, index))
    }

    fn data(&self) -> Data {
        let mut data = Data::of(&["strategy", "payee", "from_day", "to_day", "mean_usd"]);
        for strategy in &self.report.summary.strategies {
            for course in &strategy.payments.payees {
                for (span, &amount) in course.spans.iter().enumerate() {
                    let (from, to) = edges(strategy, span);
                    let payee = name(self.report, course.payee.index());
                    data.push([strategy.name.as_str().into(), payee.into(), from.into(), to.into(), amount.into()]);
                }
            }
        }
        data
    }

    fn hints(&self) -> Vec<Hint> {
        let mut hints = Vec::new();
        for (index, strategy) in self.report.summary.strategies.iter().enumerate() {
            let (days, usd) = self.scales(index);
            for span in 0..strategy.payments.ends.len() {
                let (from, to) = edges(strategy, span);
                let rates = self.legend.iter().map(|(payee, name, _)| (name, self.rate(strategy, *payee, span)));
                let lines: Vec<String> = rates
                    .filter(|(_, rate)| *rate != 0.0)
                    .map(|(name, rate)| format!("{name}: {} USD a day", Show::near(rate)))
                    .collect();
                let text = format!("{}, day {} to {}\n{}", strategy.name, Show::near(from), Show::near(to), lines.join("\n"));
                hints.push(Hint::new((days.at(from), usd.end()), (days.at(to), usd.start()), text));
            }
        }
        hints
    }

    fn spoken(&self) -> Vec<String> {
        let line = |strategy: &StrategySummary| {
            let paid = strategy.payments.payees.iter().take(OWN_COLOURS);
            let paid: Vec<String> =
                paid.map(|p| format!("{} {} USD", name(self.report, p.payee.index()), Show::near(p.total))).collect();
            format!("{}: {}", strategy.name, if paid.is_empty() { "nothing was charged".to_owned() } else { paid.join(", ") })
        };
        self.report.summary.strategies.iter().map(line).collect()
    }
}
