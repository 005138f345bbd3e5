//! What `sweep` and `break-even` have in common: what they take, and how they simulate one point.

use std::io;
use std::ops::ControlFlow;
use std::path::PathBuf;

use clap::Args;
use sha2::{Digest, Sha256};

use super::arguments::setting;
use super::input::{Ready, hex};
use super::journal::Header;
use super::kept_points::KeptPoints;
use super::output::{columns, data};
use super::place::Place;
use super::progress::Progress;
use super::run::{cannot_run, results};
use super::simulation::SimulationArguments;
use super::stop::Stop;
use super::{Failure, over, provenance};
use crate::engine::Plan;
use crate::experiment::{self, Axis, DesignManifest, Follower, Metric, Results, Step, VOLUME};
use crate::report::{Findings, Format};
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
    /// What it has in common with all that simulate; the same at all points
    #[command(flatten)]
    pub simulation: SimulationArguments,
    /// Where to write, in place of results/SCENARIO-sweep or results/SCENARIO-break-even
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Go on with one that was stopped or killed; from the beginning where there is none
    #[arg(long)]
    pub resume: bool,
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
    /// How closely to look, such as "0.001 USD" or 500, in the unit of the path; a 100th of the range if left out; within it, lines are
    /// taken for straight
    #[arg(long, value_name = "WIDTH")]
    pub tolerance: Option<String>,
}

/// A metric by its name, which may go without its unit.
fn metric(name: &str) -> Result<Metric, String> {
    let (names, short) = (Metric::ALL.map(Metric::key), Metric::ALL.map(Metric::short));
    Metric::named(name).ok_or_else(|| {
        let near = nearest(name, &names).or_else(|| nearest(name, &short));
        let near = near.map_or_else(String::new, |near| format!("did you mean {near}? "));
        format!("there is no such metric; {near}all are: {}", names.join(", "))
    })
}

/// What of a scenario is no input of the model: how it is called, how long it is looked at, what is asked of the results.
const NO_INPUTS: [&str; 10] =
    ["title", "question", "baseline", "budget", "replications", "seed", "precision", "indifference", "bounds", "gates"];

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
                Ok(axis) if NO_INPUTS.contains(&axis.path.as_str()) => {
                    wrong.push(format!(
                        "--over {path}: that is no input of the model, but how it is asked, and moves no figure in it"
                    ));
                }
                Ok(axis) => found.push(axis),
                Err(what) => wrong.push(what),
            }
        }
        let set =
            |path: &str| found.iter().any(|axis| axis.path == path) || self.simulation.set.iter().any(|(set, _)| set == path);
        if found.iter().any(|axis| axis.path == VOLUME) && set("workload.keep") {
            wrong.push("--over volume is a share of the journeys that are kept: workload.keep cannot be given too".to_owned());
        }
        if wrong.is_empty() { Ok(found) } else { Err(Failure::Mistake(wrong.join("\nerror: "))) }
    }

    /// What comes out of these strategies at the next point, after so many replications at others.
    pub(super) fn simulate(
        &self,
        (ready, keep, at): (&Ready, &[usize], &[(String, String)]),
        kept: &mut KeptPoints,
        stop: &Stop,
        (progress, before): (&Progress, u32),
    ) -> Result<Results, Failure> {
        let settings = self.simulation.settings(ready);
        let (mut journal, begun) = kept.next(self.header(ready, keep, at), settings.replications)?;
        let watch = Watch { stop, progress, before };
        let plan = of_these(ready.compiled.plan.clone(), keep);
        let draw = |replication| ready.redrawn(replication).map(|compiled| of_these(compiled.plan, keep));
        let mut written = Ok(());
        let run = experiment::resume(ready.plans_of(&plan, &draw), settings, begun, &watch, |batch| {
            written = journal.append(batch);
            if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        let run = run.map_err(cannot_run)?;
        if run.replications < settings.replications || written.is_err() {
            progress.finish();
            let goes_on = format!("what is finished is kept in {}: --resume goes on from there", kept.directory().display());
            written.map_err(|reason| Failure::Error(format!("cannot write {reason}; {goes_on}")))?;
            return Err(Failure::Interrupted(format!("stopped before all points were simulated; {goes_on}")));
        }
        kept.close(&journal, settings.replications);
        let baseline = keep.iter().position(|&strategy| strategy == ready.loaded.scenario.baseline_index()).unwrap_or(0);
        let strategies = keep.iter().map(|&strategy| ready.compiled.strategies[strategy].clone()).collect();
        let all = results(ready, run);
        let expected_listed = keep.iter().map(|&strategy| all.expected_listed[strategy]).collect();
        Ok(Results { strategies, baseline, expected_listed, ..all })
    }

    /// What the journal of a point is of, with these strategies of all and these values of what varies.
    fn header(&self, ready: &Ready, keep: &[usize], at: &[(String, String)]) -> Header {
        let names: Vec<&str> = keep.iter().map(|&strategy| ready.compiled.strategies[strategy].as_str()).collect();
        let kept = ("strategies".to_owned(), names.join(", "));
        let set = provenance::replaced(&[&self.simulation.given(), at, &[kept]].concat());
        let mut manifest = provenance::manifest(&self.file, ready, set, 0);
        manifest.plan_hash = format!("{} of {}", manifest.plan_hash, names.join(", "));
        Header { strategies: keep.len(), bounds: ready.loaded.scenario.bounds.0, manifest }
    }

    /// Where results go.
    ///
    /// # Errors
    /// What the file system refuses.
    pub(super) fn place(&self, command: &str) -> Result<Place, Failure> {
        Place::prepare(self.out.as_deref(), &format!("{}-{command}", provenance::name(&self.file)))
    }

    /// Writes what came out to a place, its table in these forms, and shows it. What was simulated is shown even where it cannot be
    /// kept.
    ///
    /// # Errors
    /// Results that cannot be written or shown.
    pub(super) fn deliver(
        &self,
        (place, kept): (&Place, KeptPoints),
        findings: io::Result<Findings<'_>>,
        formats: &[Format],
    ) -> Result<(), Failure> {
        let (findings, asked) = (findings?, &self.simulation);
        let written = findings.write(place.directory(), formats);
        let shown = if asked.json { data(findings.json()) } else { data(&findings.terminal(columns())) };
        place.tell(&written.map_err(|reason| place.refused(&reason))?, asked.quiet);
        kept.finish()?;
        shown
    }
}

/// The provenance of several points, of which this is the first.
pub(super) fn manifest(command: &str, asked: &WhatIfArguments, first: &Ready, plans: &[&str]) -> DesignManifest {
    let set = provenance::replaced(&asked.simulation.given());
    let mut of_all = provenance::manifest(&asked.file, first, set, first.loaded.scenario.replications.0);
    of_all.plan_hash = hex(plans.iter().fold(Sha256::new(), Sha256::chain_update));
    DesignManifest {
        command: command.to_owned(),
        over: provenance::replaced(&asked.over),
        metric: asked.metric.key().to_owned(),
        between: None,
        tolerance: None,
        points: plans.len(),
        of_all,
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
        assert_eq!((metric("cost"), metric("delivered_share")), (Ok(Metric::Cost), Ok(Metric::DeliveredShare)));
        assert!(metric("wated_usd").expect_err("unknown").contains("did you mean wasted_usd?"));
        assert!(metric("").is_err() && metric("time").is_err());
    }
}
