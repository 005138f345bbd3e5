//! Where the values of a path stand: numbers by their size, or their logarithm where they span much; names side by side.

use std::collections::BTreeSet;
use std::io;

use plotters::prelude::DrawingBackend;

use crate::experiment;
use crate::report::number::Show;

use super::canvas::{Align, Canvas, text_room};
use super::look::{MUTED, SMALL};

/// Numbers whose largest is so many times their smallest stand by their logarithms.
const MUCH: f64 = 60.0;

/// What stands at the values of a path: numbers to four digits, or as many more as a whole number has, where that tells them
/// apart; else as the scenario has them.
pub(super) fn texts(axis: &experiment::Axis) -> Vec<String> {
    let short: Option<Vec<String>> = axis.values.iter().map(|value| Some(short(value.number?) + &axis.unit)).collect();
    let whole = || axis.values.iter().map(|value| value.text.clone()).collect();
    let apart = |texts: &Vec<String>| texts.iter().collect::<BTreeSet<_>>().len() == texts.len();
    short.filter(apart).unwrap_or_else(whole)
}

fn short(number: f64) -> String {
    let text = Show::digits(number, 4);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// The values of a path along a horizontal axis.
pub(super) struct Places {
    marks: Vec<(f64, String)>,
    range: (f64, f64),
    logarithmic: bool,
    ends: (f64, f64),
}

impl Places {
    /// The values of this path between two places on the sheet.
    pub(super) fn of(axis: &experiment::Axis, ends: (f64, f64)) -> Self {
        let numbers = axis.range();
        let logarithmic = numbers.is_some_and(|(low, high)| low > 0.0 && high / low >= MUCH);
        let range = numbers.unwrap_or((0.0, axis.values.len().saturating_sub(1) as f64));
        let mut made = Self { marks: Vec::new(), range, logarithmic, ends };
        let each = axis.values.iter().enumerate().zip(texts(axis));
        made.marks = each.map(|((at, value), text)| (made.of_number(value.number.unwrap_or(at as f64)), text)).collect();
        made
    }

    /// Where a number stands.
    pub(super) fn of_number(&self, number: f64) -> f64 {
        let scale = |x: f64| if self.logarithmic { x.max(f64::MIN_POSITIVE).ln() } else { x };
        let (low, high) = (scale(self.range.0), scale(self.range.1));
        let share = if high > low { (scale(number) - low) / (high - low) } else { 0.5 };
        let room = 14.0;
        self.ends.0 + room + (self.ends.1 - self.ends.0 - 2.0 * room) * share.clamp(0.0, 1.0)
    }

    /// Where a value stands, by its number in the list.
    pub(super) fn at(&self, value: usize) -> f64 {
        self.marks.get(value).map_or(self.ends.0, |(x, _)| *x)
    }

    /// Marks below, as many as have room, and the path.
    pub(super) fn draw<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>, bottom: f64, path: &str) -> io::Result<()> {
        let mut sorted: Vec<&(f64, String)> = self.marks.iter().collect();
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut free = f64::NEG_INFINITY;
        for (x, text) in sorted {
            canvas.line(&[(*x, bottom), (*x, bottom + 4.0)], MUTED, 1.0)?;
            let half = text_room(text, SMALL) / 2.0;
            let centre = x.clamp(half, self.ends.1 - half + 14.0);
            if centre - half > free {
                canvas.text(text, (centre, bottom + 19.0), SMALL, MUTED, Align::Middle)?;
                free = centre + half + 8.0;
            }
        }
        let scale = if self.logarithmic { ", at equal ratios" } else { "" };
        canvas.text(&format!("{path}{scale}"), (self.ends.1, bottom + 38.0), SMALL, MUTED, Align::Right)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Axis, Spacing};

    fn grid(low: f64, high: f64, steps: usize, unit: &str) -> Vec<String> {
        let axis = Axis::grid("p".to_owned(), (low, high), steps, Spacing::Linear, unit.to_owned());
        texts(&axis.expect("a grid"))
    }

    #[test]
    fn marks_are_short_where_that_tells_them_apart() {
        assert_eq!(grid(5_000.0, 40_000.0, 4, ""), ["5 000", "16 667", "28 333", "40 000"]);
        assert_eq!(grid(0.015_625, 0.03, 2, " USD"), ["0.01562 USD", "0.03 USD"]);
        assert_eq!(grid(0.0, 100.0, 3, "%"), ["0%", "50%", "100%"]);
        assert_eq!(grid(0.100_001, 0.100_003, 3, ""), ["0.100001", "0.100002", "0.100003"]);
        assert_eq!(texts(&Axis::named("p".to_owned(), vec!["a".to_owned(), "b".to_owned()])), ["a", "b"]);
    }
}
