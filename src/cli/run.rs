//! `spendcast run`: load, simulate, report.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use super::input::Ready;
use super::output::{columns, data, note};
use super::place::Place;
use super::progress::Progress;
use super::stop::Stopped;
use super::{Failure, RunArguments, input, provenance, stop};
use crate::experiment::{self, Results, Run, RunError, Settings, Summary};
use crate::report::{self, Report};

/// Replications per batch: so many that threads seldom wait for the last of them.
const BATCH: u32 = 64;

/// Runs a scenario and reports what came out.
///
/// # Errors
/// Mistakes in the scenario, an interruption, and results that cannot be written.
pub fn run(arguments: &RunArguments) -> Result<(), Failure> {
    let ready = input::prepare(&arguments.file, &arguments.overrides())?;
    tell_of_the_recording(&ready, arguments.quiet);
    let stop = stop::on_interrupt()?;
    let place = place(arguments)?;
    let run = simulate(arguments, &ready, &stop)?;
    let end = Stopped::early(run.replications, ready.loaded.scenario.replications.0);
    if let Some(nothing) = end.as_ref().filter(|stopped| !stopped.is_worth_a_report()) {
        return Err(Failure::Interrupted(nothing.to_string()));
    }
    let replaced = provenance::replaced(&arguments.given());
    let scenario = provenance::asked(&arguments.file, &ready, &replaced);
    let manifest = provenance::manifest(&arguments.file, &ready, replaced, &run);
    let results = results(&ready, run);
    let summary = Summary::of(&results);
    let title = &ready.loaded.scenario.title;
    let recording = ready.compiled.recording.as_ref();
    let source = &ready.loaded.text;
    let report =
        Report { title, source, scenario: &scenario, manifest: &manifest, recording, results: &results, summary: &summary };
    // What was simulated is shown even where it cannot be kept.
    let written = write(arguments, &place, &report);
    let shown = shown(arguments, &report).and_then(|text| data(&text));
    if let (Err(_), Some(stopped)) = (&written, &end) {
        note(&stopped.to_string());
    }
    written.and(shown)?;
    end.map_or(Ok(()), |stopped| Err(Failure::Interrupted(stopped.to_string())))
}

/// Where the results go, tried before there are any.
fn place(arguments: &RunArguments) -> Result<Place, Failure> {
    let default = || PathBuf::from("results").join(provenance::name(&arguments.file));
    let directory = arguments.out.clone().unwrap_or_else(default);
    Place::prepare(&directory).map_err(|reason| cannot_write(&directory, &reason))
}

fn cannot_write(directory: &Path, reason: &std::io::Error) -> Failure {
    Failure::Error(format!("cannot write the results to {}: {reason}", directory.display()))
}

/// What goes to standard output.
fn shown(arguments: &RunArguments, report: &Report<'_>) -> Result<String, Failure> {
    if arguments.json {
        return report::summary_json(report).map_err(|reason| Failure::Error(reason.to_string()));
    }
    Ok(report::terminal(report.summary, columns(), true))
}

/// Says what became of recorded traffic; when `quiet`, only what may not be meant.
fn tell_of_the_recording(ready: &Ready, quiet: bool) {
    let (Some(recording), Some(spec)) = (&ready.compiled.recording, &ready.loaded.scenario.workload.recorded) else { return };
    let warnings = recording.warnings();
    if !quiet {
        note(&recording.to_string());
    } else if !warnings.is_empty() {
        note(&format!("warning: {}\n{}", &**spec.file, warnings.join("\n")));
    }
}

fn simulate(arguments: &RunArguments, ready: &Ready, stop: &AtomicBool) -> Result<Run, Failure> {
    let scenario = &ready.loaded.scenario;
    let settings = Settings {
        seed: scenario.seed,
        replications: scenario.replications.0,
        threads: arguments.threads.map_or(0, usize::from),
        batch: arguments.batch.unwrap_or(BATCH),
        bounds: scenario.bounds.0,
    };
    let progress = Progress::start(settings.replications, arguments.quiet);
    let run = experiment::run(&ready.compiled.plan, settings, stop, |step| progress.update(step));
    progress.finish();
    run.map_err(|RunError::Threads(reason)| Failure::Error(format!("cannot start threads: {reason}")))
}

fn results(ready: &Ready, run: Run) -> Results {
    let scenario = &ready.loaded.scenario;
    Results {
        strategies: ready.compiled.strategies.clone(),
        baseline: scenario.baseline_index(),
        payees: ready.compiled.payees.clone(),
        doubts: ready.compiled.doubts.clone(),
        cases: ready.compiled.plan.market.doubts.clone(),
        replications: run.replications,
        rows: run.rows,
        charges: run.charges,
        spent: run.spent,
        horizon: scenario.horizon.0,
        budget: scenario.budget,
        same_arrivals: ready.compiled.recording.is_some(),
    }
}

fn write(arguments: &RunArguments, place: &Place, report: &Report<'_>) -> Result<(), Failure> {
    let directory = place.directory();
    let written = report::write(directory, report).map_err(|reason| cannot_write(directory, &reason))?;
    if !arguments.quiet {
        note(&format!("wrote {} files to {}", written.len(), directory.display()));
    }
    Ok(())
}
