//! Reports on experiments that were run at several points: sweeps and break-evens.
//!
//! As for single runs, everything is made in memory, and files appear together, `manifest.json` last.

mod break_even;
mod break_even_json;
mod sweep;
mod sweep_json;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::experiment::{DesignManifest, Metric, MetricUnit};

use super::charts::Chart;
use super::markdown::escaped;
use super::number::{Show, count};
use super::stage::Staged;
use super::tables::{Format, Provenance, Table};

pub use break_even::BreakEvenReport;
pub use sweep::SweepReport;

/// The version of the contract of both summaries.
const SCHEMA: u32 = 1;

/// What was asked, and where the answer comes from.
#[derive(Debug, Clone, Copy)]
pub struct WhatIf<'a> {
    /// The question of the scenario.
    pub title: &'a str,
    /// The scenario as `summary.json` repeats it: an object.
    pub scenario: &'a serde_json::Value,
    /// Where the figures come from.
    pub manifest: &'a DesignManifest,
}

impl WhatIf<'_> {
    /// What stands below a chart.
    fn basis(&self) -> String {
        let m = &self.manifest.of_all;
        let (n, points) = (count(m.replications[1].into()), self.manifest.points);
        format!(
            "n = {n} replications at each of {points} points, seed {}, scenario {}, spendcast {}",
            m.seed, m.scenario, m.version
        )
    }

    /// Where the figures come from, for `report.md`.
    fn provenance(&self) -> String {
        let (m, mut text) = (&self.manifest.of_all, String::from("\n## Provenance\n\n"));
        let mut line = |what: &str, value: &str| {
            let _ = writeln!(text, "- {what}: {}", escaped(value));
        };
        line("program", &format!("spendcast {} ({})", m.version, m.commit));
        line("scenario", &format!("{}, SHA-256 {}", m.scenario, m.scenario_sha256));
        for over in &self.manifest.over {
            line("varied", &format!("{} = {}", over.path, over.value));
        }
        for replaced in &m.set {
            line("set in place of the scenario's", &format!("{} = {}", replaced.path, replaced.value));
        }
        line("all plans", &m.plan_hash);
        let n = count(m.replications[1].into());
        line("seed and replications", &format!("{}, {n} at each of {} points", m.seed, self.manifest.points));
        for catalogue in &m.catalogues {
            line("prices", &format!("{} of {}", catalogue.name, catalogue.date));
        }
        for input in &m.inputs {
            line("input", &format!("{}, SHA-256 {}", input.name, input.sha256));
        }
        text
    }
}

/// Writes files into a directory, together; `files` hands them over, the manifest last. Charts of these names, and forms of the table
/// of this name, that are not among them are removed.
fn write(
    directory: &Path,
    (charts, table): (&[&str], &str),
    files: impl FnOnce(&mut dyn FnMut(&str, &[u8]) -> io::Result<()>) -> io::Result<()>,
) -> io::Result<Vec<PathBuf>> {
    let of_charts = directory.join("charts");
    let mut staged = Staged::new(&[&of_charts, directory])?;
    files(&mut |name, bytes| staged.put(directory.join(name), bytes))?;
    let written = staged.publish()?;
    let places = charts.iter().flat_map(|name| ["svg", "png"].map(|extension| of_charts.join(format!("{name}.{extension}"))));
    let tables = Format::ALL.map(|format| directory.join(format!("{table}.{}", format.extension())));
    for stale in places.chain(tables).filter(|place| !written.contains(place) && place.exists()) {
        std::fs::remove_file(stale)?;
    }
    Ok(written)
}

/// Hands over the files of a table.
fn put_table(
    table: &Table<'_>,
    (formats, manifest): (&[Format], &DesignManifest),
    put: &mut dyn FnMut(&str, &[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let provenance = Provenance::of(&manifest.of_all, manifest)?;
    formats
        .iter()
        .try_for_each(|format| put(&format!("{}.{}", table.about.name, format.extension()), &table.write(*format, &provenance)?))
}

/// Hands over the files of charts.
fn put_charts(charts: &[Chart], put: &mut dyn FnMut(&str, &[u8]) -> io::Result<()>) -> io::Result<()> {
    for chart in charts {
        put(&format!("charts/{}.svg", chart.name), chart.svg.as_bytes())?;
        put(&format!("charts/{}.png", chart.name), &chart.png)?;
    }
    Ok(())
}

/// Charts within Markdown.
fn shown(charts: &[Chart]) -> String {
    let figure = |chart: &Chart| format!("\n![{}](charts/{}.svg)\n", escaped(&chart.title), chart.name);
    charts.iter().map(figure).collect()
}

/// What an item of a list begins with.
const ITEM: &str = "- ";

/// Lines in Markdown, items of lists among them.
fn paragraphs(lines: &[String]) -> String {
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
fn wrapped(lines: &[String], width: usize) -> String {
    let mut text = String::new();
    for line in lines {
        text.push_str(if text.is_empty() {
            ""
        } else if line.starts_with(ITEM) {
            "\n"
        } else {
            "\n\n"
        });
        text += &super::terminal::wrap(line, width);
    }
    text
}

/// What a metric is called with its unit: `cost, USD`.
fn named(metric: Metric) -> String {
    match metric.unit() {
        MetricUnit::Usd => format!("{}, USD", metric.label()),
        _ => metric.label().to_owned(),
    }
}

/// How its differences are shown in a table.
fn differences_of(metric: Metric) -> Show {
    if metric.unit() == MetricUnit::Share { Show::PP } else { Show::unit(metric.unit()) }
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
