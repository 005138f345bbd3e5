//! Reports: terminal, JSON, CSV, Parquet, Markdown, HTML, JUnit, charts. Shows estimates and computes none.
//!
//! Everything is made in memory and is the same, bit for bit, for the same results; only [`write()`] touches files,
//! and only the caller prints. Names from the scenario are escaped wherever they could be taken for markup.

mod best;
mod bounds;
mod changes;
mod charts;
mod choice;
mod effort;
mod explain;
mod figures;
mod focus;
mod gates;
mod html;
mod json;
mod judged;
mod junit;
mod markdown;
mod number;
mod period;
mod precision;
mod stage;
mod table;
mod tables;
mod terminal;
mod unknown;
mod verdict;
mod what_if;
mod write;

use crate::experiment::{Chosen, Manifest, Reached, Recording, Results, Summary};
use crate::gate::Judgements;

pub use changes::{ChangesReport, InputChange};
pub use charts::{Cell, Chart, Data, Drawing, Hint, charts};
pub use effort::effort;
pub use explain::{Names, explanation};
pub use focus::Focus;
pub use gates::{gates, tally};
pub use json::{SCHEMA, summary_json};
pub use precision::ends;
pub use tables::{Cell as TableCell, Column, Format, Kind, PARQUET, Table, charges_table, dictionary, of_run as tables_of_run};
pub use terminal::terminal;
pub use verdict::verdict;
pub use what_if::{BreakEvenReport, Findings, SweepReport, WhatIf};
pub use write::{Wanted, files, write};

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
    /// The gates, judged; none where there are none.
    pub gates: &'a Judgements,
    /// How precise costs have become, where that was asked for.
    pub precision: Option<&'a Reached>,
    /// Which strategy was chosen, where that was asked for.
    pub choice: Option<&'a Chosen>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::made_up;
    use crate::gate::{Gate, Known, Mode, given, judge};
    use crate::spec::Sources;

    /// One gate of each verdict, with names that no markup may break.
    pub(super) fn judged(results: &Results) -> Judgements {
        let texts = ["mean(cost) < 1M USD", "P(cost > 1 USD) <= 10%", "cvar99.9(cost) < 1k USD"].map(str::to_owned);
        let known = Known { strategies: results.strategies.clone(), budget: true };
        let (mut sources, mut mistakes) = (Sources::new(), Vec::new());
        let gates = given(&texts, Some(known), &mut sources, &mut mistakes);
        let named = Gate { name: Some("a|b <c> \"d\" & 'e'".to_owned()), ..gates[0].clone() };
        judge(&[vec![named], gates].concat(), results, Mode::Interval)
    }

    /// Calls back with a report of these results.
    pub(super) fn with_report<T>(results: &Results, call: impl FnOnce(&Report<'_>) -> T) -> T {
        let (summary, manifest) = (Summary::of(results), made_up::manifest(results));
        let scenario = serde_json::json!({ "name": "made-up", "title": "Does it?" });
        let recording = Some(&made_up::recording());
        let source = "title = \"Does it?\"\n";
        let (title, gates) = ("Does it?", &judged(results));
        let (scenario, manifest, summary) = (&scenario, &manifest, &summary);
        call(&Report { title, source, scenario, manifest, recording, results, summary, gates, precision: None, choice: None })
    }
}
