//! Reports on experiments that were run at several points: sweeps and break-evens.
//!
//! As for single runs, everything is made in memory, and files appear together, `manifest.json` last.

mod break_even;
mod break_even_json;
mod findings;
mod sweep;
mod sweep_json;
#[cfg(test)]
mod tests;
mod wording;

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::experiment::DesignManifest;

pub use break_even::BreakEvenReport;
pub use findings::Findings;
pub use sweep::SweepReport;
pub(super) use wording::unmarked;

/// The version of the contract of both summaries.
const SCHEMA: u32 = 1;

/// What was asked, and where the answer comes from.
#[derive(Debug, Clone, Copy)]
pub struct WhatIf<'a> {
    /// The question of the scenario.
    pub title: &'a str,
    /// The scenario's file as it was read.
    pub source: &'a str,
    /// The scenario as `summary.json` repeats it: an object.
    pub scenario: &'a serde_json::Value,
    /// The inputs that are not known: the path of each, and what is said of it.
    pub inputs: &'a [(String, String)],
    /// Where the figures come from.
    pub manifest: &'a DesignManifest,
}

/// Entries of an object, in this order.
struct Entries<K, V>(Vec<(K, V)>);

impl<K: Serialize, V: Serialize> Serialize for Entries<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

/// A document as text, indented.
fn text(document: &impl Serialize) -> serde_json::Result<String> {
    Ok(serde_json::to_string_pretty(document)? + "\n")
}

/// The scenario, kept in the order in which it was made.
fn raw(scenario: &serde_json::Value) -> serde_json::Result<Box<RawValue>> {
    serde_json::value::to_raw_value(scenario)
}
