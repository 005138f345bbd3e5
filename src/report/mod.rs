//! Reports: terminal, JSON, CSV, Markdown, HTML, charts. Shows estimates and computes none.
//!
//! Everything is made in memory and is the same, bit for bit, for the same results; only [`write()`] touches files,
//! and only the caller prints. Names from the scenario are escaped wherever they could be taken for markup.

mod bounds;
mod changes;
mod charts;
mod effort;
mod explain;
mod figures;
mod html;
mod inputs_csv;
mod json;
mod markdown;
mod number;
mod period;
mod stage;
mod table;
mod tables_csv;
mod terminal;
mod unknown;
mod verdict;
mod what_if;
mod write;

use crate::experiment::{Manifest, Recording, Results, Summary};

pub use changes::{ChangesReport, InputChange};
pub use charts::{Cell, Chart, Data, Drawing, Hint, charts};
pub use effort::effort;
pub use explain::{Names, explanation};
pub use inputs_csv::inputs_csv;
pub use json::{SCHEMA, summary_json};
pub use tables_csv::{attempts_csv, charges_csv, replications_csv};
pub use terminal::terminal;
pub use verdict::verdict;
pub use what_if::{BreakEvenReport, SweepReport, WhatIf};
pub use write::{files, write};

/// All that a report shows.
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    /// The question, as the scenario asks it.
    pub title: &'a str,
    /// The scenario's file as it was read.
    pub source: &'a str,
    /// The scenario as `summary.json` repeats it: an object.
    pub scenario: &'a serde_json::Value,
    /// Where the results come from.
    pub manifest: &'a Manifest,
    /// What became of recorded traffic, where there was any.
    pub recording: Option<&'a Recording>,
    /// What was simulated.
    pub results: &'a Results,
    /// The estimates made from it.
    pub summary: &'a Summary,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::made_up;

    /// Calls back with a report of these results.
    pub(super) fn with_report<T>(results: &Results, call: impl FnOnce(&Report<'_>) -> T) -> T {
        let (summary, manifest) = (Summary::of(results), made_up::manifest(results));
        let scenario = serde_json::json!({ "name": "made-up", "title": "Does it?" });
        let recording = Some(&made_up::recording());
        let source = "title = \"Does it?\"\n";
        call(&Report {
            title: "Does it?",
            source,
            scenario: &scenario,
            manifest: &manifest,
            recording,
            results,
            summary: &summary,
        })
    }
}
