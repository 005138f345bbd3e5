//! What `sweep` and `break-even` have in common: what they take, and how they simulate one point.

use std::ops::ControlFlow;
use std::path::PathBuf;

use clap::Args;

use super::arguments::setting;
use super::formats::TableFormat;
use super::input::Ready;
use super::progress::Progress;
use super::run::{BATCH, cannot_run, results};
use super::stop::Stop;
use super::{Failure, over, provenance};
use crate::engine::Plan;
use crate::experiment::{self, Axis, Follower, Metric, Plans, Results, Run, Settings, Step};
use crate::spec::nearest;

/// What they both take.
#[derive(Debug, Args)]
pub struct WhatIfArguments {
    /// The scenario
    pub file: PathBuf,
    /// What varies: a list, --over 'models."qwen/image".price.per_image=0.01,0.02 USD', or a grid, --over workload.keep=10%..100%:10
    /// (:10log for equal ratios). `volume` stands for the journeys expected over the horizon: --over volume=10k..200k:8
    #[arg(long, value_name = "PATH=VALUES", value_parser = setting, required = true)]
    pub over: Vec<(String, String)>,
    /// What is compared, by its name in summary.json
    #[arg(long, value_name = "NAME", value_parser = metric, default_value = "cost_usd")]
    pub metric: Metric,
    /// Replace a value of the scenario at all points: --set horizon=7d
    #[arg(long, value_name = "PATH=VALUE", value_parser = setting)]
    pub set: Vec<(String, String)>,
    /// How many times the horizon is simulated at each point, in place of the scenario's number
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub replications: Option<u32>,
    /// Where the random numbers start, the same at all points, in place of the scenario's number
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Threads to use; all cores if left out. The results do not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,
    /// Where to write, in place of results/SCENARIO-sweep or results/SCENARIO-break-even
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// In which forms tables are written: csv, parquet, or both as csv,parquet
    #[arg(long, value_enum, value_name = "FORMS", value_delimiter = ',', default_value = "csv", hide_possible_values = true)]
    pub tables: Vec<TableFormat>,
    /// Print the summary as JSON in place of the tables
    #[arg(long)]
    pub json: bool,
    /// No progress and no notes on standard error, only mistakes and warnings
    #[arg(long, short)]
    pub quiet: bool,
}

/// What `sweep` takes.
#[derive(Debug, Args)]
pub struct SweepArguments {
    /// What it has in common with break-even
    #[command(flatten)]
    pub what_if: WhatIfArguments,
}

/// What `break-even` takes.
#[derive(Debug, Args)]
pub struct BreakEvenArguments {
    /// What it has in common with sweep
    #[command(flatten)]
    pub what_if: WhatIfArguments,
    /// The two strategies; without it, the baseline and each of the others
    #[arg(long, value_names = ["A", "B"], num_args = 2)]
    pub between: Option<Vec<String>>,
    /// How closely to look, in the unit of the path; a 100th of the range if left out; within it, lines are
    /// taken for straight
    #[arg(long, value_name = "WIDTH")]
    pub tolerance: Option<f64>,
}

/// A metric by its name, which may go without its unit.
fn metric(name: &str) -> Result<Metric, String> {
    let names = Metric::ALL.map(Metric::key);
    let is_meant = |metric: &Metric| {
        let behind = metric.key().strip_prefix(name);
        behind.is_some_and(|behind| ["", "_usd", "_share", "_s", "_day"].contains(&behind))
    };
    Metric::ALL.into_iter().find(is_meant).ok_or_else(|| {
        let near = nearest(name, &names).map_or_else(String::new, |near| format!("did you mean {near}? "));
        format!("there is no such metric; {near}all are: {}", names.join(", "))
    })
}

impl WhatIfArguments {
    /// What varies.
    ///
    /// # Errors
    /// All mistakes in it, and the same path twice.
    pub(super) fn axes(&self) -> Result<Vec<Axis>, Failure> {
        let (mut found, mut wrong): (Vec<Axis>, Vec<String>) = (Vec::new(), Vec::new());
        for (path, values) in &self.over {
            match over::axis(path, values) {
                Ok(axis) if found.iter().any(|other| other.path == axis.path) => {
                    wrong.push(format!("--over {path}: this path varies twice"));
                }
                Ok(axis) => found.push(axis),
                Err(what) => wrong.push(what),
            }
        }
        if wrong.is_empty() { Ok(found) } else { Err(Failure::Mistake(wrong.join("\nerror: "))) }
    }

    /// The values that are replaced at all points, as they were given.
    pub(super) fn given(&self) -> Vec<(String, String)> {
        let number = |key: &str, value: Option<String>| value.map(|value| (key.to_owned(), value));
        let replications = number("replications", self.replications.map(|count| count.to_string()));
        let seed = number("seed", self.seed.map(|seed| seed.to_string()));
        self.set.iter().cloned().chain(replications).chain(seed).collect()
    }

    /// The same as values of TOML: a seed as a text, because TOML integers end at 63 bits.
    pub(super) fn overrides(&self) -> Vec<(String, String)> {
        let quoted = |(path, value): (String, String)| {
            if path == "seed" { (path, format!("\"{}\"", value.trim_matches('"'))) } else { (path, value) }
        };
        self.given().into_iter().map(quoted).collect()
    }

    /// Where results go.
    pub(super) fn directory(&self, command: &str) -> PathBuf {
        let default = || PathBuf::from("results").join(format!("{}-{command}", provenance::name(&self.file)));
        self.out.clone().unwrap_or_else(default)
    }

    /// What comes out of these strategies at a point, after so many replications at others.
    pub(super) fn simulate(
        &self,
        ready: &Ready,
        keep: &[usize],
        stop: &Stop,
        (progress, before): (&Progress, u32),
    ) -> Result<Results, Failure> {
        let scenario = &ready.loaded.scenario;
        let settings = Settings {
            seed: scenario.seed,
            replications: scenario.replications.0,
            threads: self.threads.map_or(0, usize::from),
            batch: BATCH,
            bounds: scenario.bounds.0,
        };
        let watch = Watch { stop, progress, before };
        let plan = of_these(ready.compiled.plan.clone(), keep);
        let draw = |replication| ready.redrawn(replication).map(|compiled| of_these(compiled.plan, keep));
        let plans = if ready.loaded.inputs.is_empty() { Plans::One(&plan) } else { Plans::Drawn(&plan, &draw) };
        let run = experiment::resume(plans, settings, Run::default(), &watch, |_| ControlFlow::Continue(()));
        let run = run.map_err(cannot_run)?;
        if run.replications < settings.replications {
            progress.finish();
            return Err(Failure::Interrupted("stopped before all points were simulated; nothing was written".to_owned()));
        }
        let baseline = keep.iter().position(|&strategy| strategy == scenario.baseline_index()).unwrap_or(0);
        let strategies = keep.iter().map(|&strategy| ready.compiled.strategies[strategy].clone()).collect();
        Ok(Results { strategies, baseline, ..results(ready, run) })
    }
}

/// The plan with these strategies alone: leaving others out changes no number of theirs.
fn of_these(mut plan: Plan, keep: &[usize]) -> Plan {
    plan.strategies = keep.iter().filter_map(|&strategy| plan.strategies.get(strategy).cloned()).collect();
    plan
}

/// Who watches one point of several.
struct Watch<'a> {
    stop: &'a Stop,
    progress: &'a Progress,
    before: u32,
}

impl Follower for Watch<'_> {
    fn stops(&self) -> bool {
        self.stop.why().is_some()
    }

    fn finished(&self, step: Step) {
        self.progress.update(Step { replications: self.before + step.replications, ..step });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_are_found_by_their_names() {
        assert_eq!(metric("cost_per_delivered_usd"), Ok(Metric::CostPerDelivered));
        assert_eq!((metric("cost"), metric("delivered")), (Ok(Metric::Cost), Ok(Metric::DeliveredShare)));
        assert!(metric("wated_usd").expect_err("unknown").contains("did you mean wasted_usd?"));
        assert!(metric("").is_err() && metric("time").is_err());
    }
}
