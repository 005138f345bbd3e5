//! `spendcast compare`: what changed between two runs, as text and as JSON (`docs/compare.schema.json`).

use serde::{Serialize, Serializer};

use crate::experiment::{Change, Changes, Manifest, Metric, MetricUnit, StrategyChange};
use crate::stats::{Estimate, LEVEL};

use super::figures::FigureRow;
use super::markdown::{escaped, table};
use super::number::{Show, count};
use super::table::tables;
use super::terminal::wrap;

const PRICES: &str = "Mean charge for a delivered attempt";
const MEANS: &str = "Means before and after, money in USD";

/// One input that differs: what, before and after; `None` where there was none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InputChange {
    /// What it is.
    pub what: String,
    /// In the earlier run.
    pub before: Option<String>,
    /// In the later run.
    pub after: Option<String>,
}

/// Two runs compared.
#[derive(Debug, Clone, Copy)]
pub struct ChangesReport<'a> {
    /// Where the runs are, as they were named.
    pub runs: [&'a str; 2],
    /// Where their results come from.
    pub manifests: [&'a Manifest; 2],
    /// What differs between their inputs.
    pub inputs: &'a [InputChange],
    /// Whether their plans are the same: then nothing but seed and replications can differ.
    pub same_plan: bool,
    /// What differs between their results.
    pub changes: &'a Changes,
}

impl ChangesReport<'_> {
    /// The text for a terminal of this width.
    pub fn terminal(&self, width: u16) -> String {
        let width = usize::from(width).max(60);
        let listed = |heading: &str, lines: Vec<String>| {
            let lines = lines.iter().map(|line| wrap(&format!("- {line}"), width));
            std::iter::once(wrap(heading, width)).chain(lines).collect::<Vec<_>>().join("\n")
        };
        let mut blocks = vec![listed(&self.of_inputs(), self.inputs())];
        if !self.changes.prices.is_empty() {
            blocks.push(listed(&format!("{PRICES}:"), self.prices()));
        }
        blocks.extend(self.sentences().iter().map(|line| wrap(line, width)));
        if self.anything_differs() {
            blocks.push(MEANS.to_owned());
            let (twice, once) = self.names();
            blocks.extend(tables(&twice.iter().map(String::as_str).collect::<Vec<_>>(), &self.means(), width));
            blocks.push(wrap(&format!("Differences: after minus before, {}", self.method()), width));
            blocks.extend(tables(&once, &self.differences(), width));
            blocks.push(wrap(&self.legend(), width));
        }
        blocks.join("\n\n") + "\n"
    }

    /// The text for a comment on a pull request: what surely changed first, then why it may have, tables folded.
    pub fn markdown(&self) -> String {
        let list = |lines: &[String]| lines.iter().map(|line| format!("- {}", escaped(line))).collect::<Vec<_>>().join("\n");
        let mut blocks = vec!["# What changed".to_owned()];
        blocks.extend(self.sentences().iter().map(|line| escaped(line)));
        blocks.push(escaped(&self.of_inputs()));
        blocks.push(list(&self.inputs()));
        if !self.changes.prices.is_empty() {
            blocks.extend([format!("{PRICES}:"), list(&self.prices())]);
        }
        if self.anything_differs() {
            let (twice, once) = self.names();
            let twice: Vec<&str> = twice.iter().map(String::as_str).collect();
            let folded = |title: &str, table: &str| format!("<details><summary>{title}</summary>\n\n{table}\n</details>");
            let differences = format!("Differences: after minus before, {}", self.method());
            blocks.push(folded(&differences, &table(&once, &flush(self.differences()))));
            blocks.push(folded(MEANS, &table(&twice, &flush(self.means()))));
            blocks.push(escaped(&self.legend()));
        }
        blocks.push(list(&self.provenance()));
        blocks.retain(|block| !block.is_empty());
        blocks.join("\n\n") + "\n"
    }

    /// Where both runs come from, in a line each.
    fn provenance(&self) -> Vec<String> {
        let line = |(run, m): (&&str, &&Manifest)| {
            let (n, made_by) = (count(m.replications[1].into()), format!("spendcast {} ({})", m.version, m.commit));
            format!("{run}: {}, seed {}, {n} replications, plan {}, {made_by}", m.scenario, m.seed, m.plan_hash)
        };
        self.runs.iter().zip(&self.manifests).map(line).collect()
    }

    fn anything_differs(&self) -> bool {
        self.changes.strategies.iter().any(|strategy| !strategy.identical)
    }

    /// The strategies' names, each before and after, and each once.
    fn names(&self) -> (Vec<String>, Vec<&str>) {
        let names = || self.changes.strategies.iter().map(|strategy| strategy.name.as_str());
        (names().flat_map(|name| ["before", "after"].map(|when| format!("{name}, {when}"))).collect(), names().collect())
    }

    /// The text of the document.
    ///
    /// # Errors
    /// None that a comparison can cause; passed on from `serde_json`.
    pub fn json(&self) -> serde_json::Result<String> {
        let document = Document {
            schema: 1,
            kind: "compare",
            before: self.runs[0],
            after: self.runs[1],
            manifests: Manifests { before: self.manifests[0], after: self.manifests[1] },
            same_plan: self.same_plan,
            paired_replications: self.changes.paired,
            figures: self.changes.figures,
            inputs: self.inputs,
            prices: self
                .changes
                .prices
                .iter()
                .map(|(payee, [before, after])| Price { payee, before_usd: *before, after_usd: *after })
                .collect(),
            only_before: &self.changes.only_before,
            only_after: &self.changes.only_after,
            strategies: Strategies(&self.changes.strategies),
        };
        Ok(serde_json::to_string_pretty(&document)? + "\n")
    }

    fn of_inputs(&self) -> String {
        let [before, after] = self.runs;
        if self.inputs.is_empty() {
            return format!("{before} and {after} were asked the same: no input differs.");
        }
        let plan = if self.same_plan { ", which make the same compiled plan" } else { "" };
        format!("Inputs, from {before} to {after}{plan}:")
    }

    fn inputs(&self) -> Vec<String> {
        let none = || "none".to_owned();
        let line = |change: &InputChange| {
            let (was, is) = (change.before.clone().unwrap_or_else(none), change.after.clone().unwrap_or_else(none));
            format!("{}: {was} -> {is}", change.what)
        };
        self.inputs.iter().map(line).collect()
    }

    fn prices(&self) -> Vec<String> {
        let usd =
            |price: Option<f64>| price.map_or_else(|| "not used".to_owned(), |price| format!("{} USD", Show::digits(price, 4)));
        let line = |(payee, [was, is]): &(String, [Option<f64>; 2])| format!("{payee}: {} -> {}", usd(*was), usd(*is));
        self.changes.prices.iter().map(line).collect()
    }

    /// A sentence for each strategy.
    fn sentences(&self) -> Vec<String> {
        let only = |names: &[String], run: &str| {
            (!names.is_empty()).then(|| format!("Only in {run}, and not compared: {}.", names.join(", ")))
        };
        let mut lines: Vec<String> = self.changes.strategies.iter().map(told).collect();
        lines.extend(only(&self.changes.only_before, self.runs[0]));
        lines.extend(only(&self.changes.only_after, self.runs[1]));
        lines
    }

    fn method(&self) -> String {
        match self.changes.paired {
            Some(n) => format!("pair by pair: both have the same seed (n = {})", count(n.into())),
            None => "of runs with different seeds, that have nothing in common (Welch)".to_owned(),
        }
    }

    /// Metrics that are zero in all means are left out.
    fn shown(&self) -> Vec<Metric> {
        let all = || self.changes.strategies.iter().flat_map(|strategy| &strategy.figures);
        let told = |metric: &Metric| all().any(|c| c.metric == *metric && (c.before.value != 0.0 || c.after.value != 0.0));
        Metric::ALL.into_iter().filter(told).collect()
    }

    fn means(&self) -> Vec<FigureRow> {
        let row = |metric: Metric| FigureRow {
            label: format!(" {}", metric.label()),
            show: Show::unit(metric.unit()),
            figures: self.of(metric).flat_map(|c| [c.map(|c| c.before), c.map(|c| c.after)]).collect(),
        };
        self.shown().into_iter().map(row).collect()
    }

    fn differences(&self) -> Vec<FigureRow> {
        let row = |metric: Metric| FigureRow {
            label: format!(" {}", metric.label()),
            show: differences_of(metric),
            figures: self.of(metric).map(|c| c.map(|c| c.difference)).collect(),
        };
        self.shown().into_iter().map(row).collect()
    }

    fn of(&self, metric: Metric) -> impl Iterator<Item = Option<&Change>> {
        self.changes.strategies.iter().map(move |strategy| strategy.figures.iter().find(|change| change.metric == metric))
    }

    fn legend(&self) -> String {
        let by_chance = (self.changes.figures as f64 * (1.0 - LEVEL)).ceil();
        format!(
            "[..] = 95 % interval of our simulation error. Of {} figures about {by_chance} would leave zero outside of theirs by chance \
             alone; \"surely\" means at 95 % for all of them together (Bonferroni). What nobody knows to be billed is in no figure, and \
             bounds with hindsight are not compared.",
            count(self.changes.figures as u64),
        )
    }
}

/// Rows that belong to no group.
fn flush(rows: Vec<FigureRow>) -> Vec<FigureRow> {
    rows.into_iter().map(|row| FigureRow { label: row.label.trim_start().to_owned(), ..row }).collect()
}

/// What changed of a strategy, in a sentence.
fn told(strategy: &StrategyChange) -> String {
    let StrategyChange { name, identical, figures } = strategy;
    if *identical {
        return format!("{name} is exactly the same in every replication.");
    }
    let sure: Vec<String> = figures.iter().filter(|change| change.surely).map(said).collect();
    let rest = figures.len() - sure.len();
    match (sure.len(), rest) {
        (0, _) => format!("{name}: no change is shown beyond noise in any of {} figures.", count(figures.len() as u64)),
        (_, 0) => format!("{name} surely changed: {}.", sure.join("; ")),
        _ => format!("{name} surely changed: {}. Of its other {rest} figures none surely did.", sure.join("; ")),
    }
}

fn said(change: &Change) -> String {
    let Estimate { value, .. } = change.difference;
    let show = if change.metric.unit() == MetricUnit::Share { Show::POINTS } else { Show::in_words(change.metric.unit()) };
    let magnitude = Estimate {
        value: value.abs(),
        lo: if value < 0.0 { change.difference.hi.map(|hi| -hi) } else { change.difference.lo },
        hi: if value < 0.0 { change.difference.lo.map(|lo| -lo) } else { change.difference.hi },
        ..change.difference
    };
    format!("{} {} {}", change.metric.label(), show.both(&magnitude), if value < 0.0 { "lower" } else { "higher" })
}

fn differences_of(metric: Metric) -> Show {
    if metric.unit() == MetricUnit::Share { Show::PP } else { Show::unit(metric.unit()) }
}

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    kind: &'static str,
    before: &'a str,
    after: &'a str,
    manifests: Manifests<'a>,
    same_plan: bool,
    paired_replications: Option<u32>,
    figures: usize,
    inputs: &'a [InputChange],
    prices: Vec<Price<'a>>,
    only_before: &'a [String],
    only_after: &'a [String],
    strategies: Strategies<'a>,
}

#[derive(Serialize)]
struct Manifests<'a> {
    before: &'a Manifest,
    after: &'a Manifest,
}

#[derive(Serialize)]
struct Price<'a> {
    payee: &'a str,
    before_usd: Option<f64>,
    after_usd: Option<f64>,
}

struct Strategies<'a>(&'a [StrategyChange]);

impl Serialize for Strategies<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|strategy| (&strategy.name, OfStrategy(strategy))))
    }
}

struct OfStrategy<'a>(&'a StrategyChange);

impl Serialize for OfStrategy<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.figures.iter().map(|change| (change.metric.key(), Figure::of(change))))
    }
}

#[derive(Serialize)]
struct Figure {
    before: Estimate,
    after: Estimate,
    difference: Estimate,
    surely: bool,
}

impl Figure {
    fn of(change: &Change) -> Self {
        Self { before: change.before, after: change.after, difference: change.difference, surely: change.surely }
    }
}
