//! The charts' colours on dark paper. The drawings are those of the SVG files; a page replaces their colours by style.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use plotters::prelude::RGBColor;

use crate::report::charts::{Chart, dark};

/// A rule for every colour that these charts have, for readers who prefer dark paper; print stays as it is.
pub(super) fn by_night(charts: &[Chart]) -> String {
    let used: BTreeSet<&str> = charts.iter().flat_map(|chart| colours(&chart.drawing.elements)).collect();
    let mut style = String::from("@media screen and (prefers-color-scheme: dark) {\n");
    for day in used {
        let Some(night) = parse(day).and_then(dark).map(|RGBColor(r, g, b)| format!("#{r:02x}{g:02x}{b:02x}")) else { continue };
        // Writing to a String cannot fail.
        let _ = writeln!(style, "  .plot [fill=\"{day}\"] {{ fill: {night}; }} .plot [stroke=\"{day}\"] {{ stroke: {night}; }}");
    }
    style + "}\n"
}

/// All colours in fills and strokes.
fn colours(elements: &str) -> impl Iterator<Item = &str> {
    const LENGTH: usize = "#RRGGBB".len();
    let of = |attribute: &'static str| elements.split(attribute).skip(1).filter_map(|rest| rest.get(..LENGTH));
    of("fill=\"").chain(of("stroke=\"")).filter(|text| text.starts_with('#'))
}

fn parse(text: &str) -> Option<RGBColor> {
    let channel = |at: usize| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
    Some(RGBColor(channel(1)?, channel(3)?, channel(5)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::made_up;
    use crate::report::charts::charts;
    use crate::report::tests::with_report;

    /// A colour without a counterpart would be dark on dark.
    #[test]
    fn every_colour_of_every_chart_has_a_counterpart() {
        let names = ["a", "b", "c", "d", "e", "f", "g", "h"];
        let results = made_up::in_doubt(made_up::results(&names, 60), &["google bills filtered"], |_, s| 3 + s as u64);
        let drawn = with_report(&results, |report| charts(report).expect("drawn"));
        let all: BTreeSet<&str> = drawn.iter().flat_map(|chart| colours(&chart.drawing.elements)).collect();
        assert!(all.len() > 30, "{all:?}");
        let without: Vec<&&str> = all.iter().filter(|text| parse(text).and_then(dark).is_none()).collect();
        assert!(without.is_empty(), "{without:?}");
        assert_eq!(by_night(&drawn).matches("fill: ").count(), all.len());
    }
}
