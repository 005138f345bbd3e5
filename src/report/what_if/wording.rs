//! Sentences and items of lists, as Markdown and for a terminal; and what a metric is called.

use std::fmt::Write as _;

use crate::experiment::{Metric, MetricUnit};
use crate::report::markdown::escaped;
use crate::report::number::Show;
use crate::report::terminal::wrap;

/// What an item of a list begins with.
const ITEM: &str = "- ";

/// Lines in Markdown, items of lists among them.
pub(super) fn paragraphs(lines: &[String]) -> String {
    let (mut text, mut in_list) = (String::new(), false);
    for line in lines {
        let (mark, words) = line.strip_prefix(ITEM).map_or(("", line.as_str()), |words| (ITEM, words));
        let is_item = !mark.is_empty();
        let gap = if is_item && in_list { "" } else { "\n" };
        let _ = writeln!(text, "{gap}{mark}{}", escaped(words));
        in_list = is_item;
    }
    text
}

/// Lines no wider than that, an empty one between two that are no items of a list.
pub(super) fn wrapped(lines: &[String], width: usize) -> String {
    let mut text = String::new();
    for line in lines {
        text.push_str(if text.is_empty() {
            ""
        } else if line.starts_with(ITEM) {
            "\n"
        } else {
            "\n\n"
        });
        text += &wrap(line, width);
    }
    text
}

/// A line without the mark of an item.
pub(in crate::report) fn unmarked(line: &str) -> &str {
    line.strip_prefix(ITEM).unwrap_or(line)
}

/// What a metric is called with its unit: `cost, USD`.
pub(super) fn named(metric: Metric) -> String {
    match metric.unit() {
        MetricUnit::Usd => format!("{}, USD", metric.label()),
        _ => metric.label().to_owned(),
    }
}

/// How its differences are shown in a table.
pub(super) fn differences_of(metric: Metric) -> Show {
    if metric.unit() == MetricUnit::Share { Show::PP } else { Show::unit(metric.unit()) }
}
