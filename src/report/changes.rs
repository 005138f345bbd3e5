//! `spendcast compare`: what changed between two runs, as text and as JSON (`docs/compare.schema.json`).

use serde::{Serialize, Serializer};

use crate::experiment::{Change, Changes, Manifest, Metric, MetricUnit, StrategyChange};
use crate::stats::{Estimate, LEVEL};

use super::figures::FigureRow;
use super::number::{Show, count};
use super::table::tables;
use super::terminal::wrap;

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
        let mut blocks = vec![self.told_of_inputs(width), self.told_of_prices(), self.told_of_strategies(width)];
        let shared = &self.changes.strategies;
        if shared.iter().any(|strategy| !strategy.identical) {
            let names: Vec<String> =
                shared.iter().flat_map(|s| ["before", "after"].map(|when| format!("{}, {when}", s.name))).collect();
            blocks.push("Means before and after, money in USD".to_owned());
            blocks.extend(tables(&names.iter().map(String::as_str).collect::<Vec<_>>(), &self.means(), width));
            let names: Vec<&str> = shared.iter().map(|strategy| strategy.name.as_str()).collect();
            blocks.push(wrap(&format!("Differences: after minus before, {}", self.method()), width));
            blocks.extend(tables(&names, &self.differences(), width));
            blocks.push(wrap(&self.legend(), width));
        }
        blocks.retain(|block| !block.is_empty());
        blocks.join("\n\n") + "\n"
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

    fn told_of_inputs(&self, width: usize) -> String {
        let [before, after] = self.runs;
        if self.inputs.is_empty() {
            return wrap(&format!("{before} and {after} were asked the same: no input differs."), width);
        }
        let none = || "none".to_owned();
        let line = |change: &InputChange| {
            let (was, is) = (change.before.clone().unwrap_or_else(none), change.after.clone().unwrap_or_else(none));
            wrap(&format!("- {}: {was} -> {is}", change.what), width)
        };
        let lines: Vec<String> = self.inputs.iter().map(line).collect();
        let plan = if self.same_plan { "\nBoth ran the same compiled plan." } else { "" };
        format!("Inputs, from {before} to {after}:\n{}{plan}", lines.join("\n"))
    }

    fn told_of_prices(&self) -> String {
        let usd =
            |price: Option<f64>| price.map_or_else(|| "not used".to_owned(), |price| format!("{} USD", Show::digits(price, 4)));
        let line = |(payee, [was, is]): &(String, [Option<f64>; 2])| format!("- {payee}: {} -> {}", usd(*was), usd(*is));
        let lines: Vec<String> = self.changes.prices.iter().map(line).collect();
        if lines.is_empty() { String::new() } else { format!("Mean charge for a delivered attempt:\n{}", lines.join("\n")) }
    }

    /// A sentence for each strategy.
    fn told_of_strategies(&self, width: usize) -> String {
        let only = |names: &[String], run: &str| {
            (!names.is_empty()).then(|| format!("Only in {run}, and not compared: {}.", names.join(", ")))
        };
        let mut lines: Vec<String> = self.changes.strategies.iter().map(told).collect();
        lines.extend(only(&self.changes.only_before, self.runs[0]));
        lines.extend(only(&self.changes.only_after, self.runs[1]));
        lines.iter().map(|line| wrap(line, width)).collect::<Vec<_>>().join("\n\n")
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
