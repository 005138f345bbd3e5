//! `spendcast run`: load, simulate, report.

use std::io;
use std::ops::ControlFlow;

use super::clock::now;
use super::dry_run::dry_run;
use super::formats::{formats, versions};
use super::input::Ready;
use super::journal::{ASIDE, Header, Journal};
use super::output::{columns, data, note};
use super::place::Place;
use super::progress::Progress;
use super::simulation::overrides;
use super::stop::{Stop, Stopped, Why};
use super::{Failure, GateMode, RunArguments, input, provenance};
use crate::experiment::{self, Batch, Choosing, Follower, Precision, Results, Run, RunError, Step, Summary, Until};
use crate::gate::{self, Judgements, Mode};
use crate::report::{self, Report, Wanted};

/// Runs a scenario and reports what came out.
///
/// # Errors
/// Mistakes in the scenario, an interruption, results that cannot be written, and gates that they do not meet.
pub fn run(arguments: &RunArguments) -> Result<(), Failure> {
    let started = now();
    let ready = input::prepare_with_gates(&arguments.file, &overrides(arguments.given()), &arguments.gate)?;
    let wanted = wanted(arguments, &ready)?;
    tell_of_the_recording(&ready, arguments.simulation.quiet);
    let stop = Stop::listen(started, arguments.time_limit)?;
    if arguments.dry_run {
        return dry_run(arguments, &wanted, &ready, &stop);
    }
    let place = Place::prepare(arguments.out.as_deref(), &provenance::name(&arguments.file))?;
    let mut journal = Journal::open(place.directory()).map_err(|reason| place.refused(&reason))?;
    let begun = begin(arguments, &ready, &mut journal, &place)?;
    let Simulated { run, kept, enough } = simulate(arguments, &ready, &stop, (begun, &mut journal))?;
    let why = if kept.is_err() { Some(Why::CannotKeep) } else { stop.why() };
    let stopped = stopped(&run, &ready, &journal, why).filter(|_| !enough);
    if let Some(few) = stopped.filter(|stopped| !stopped.is_worth_a_report()) {
        return told(few, &kept, arguments.simulation.quiet);
    }
    let replications = run.replications;
    let Reported { written, shown, gates } = report((arguments, &wanted), &ready, &place, run, enough);
    let written = written.map_err(|reason| place.refused(&kept_all_the_same(&reason, &journal)));
    let Some(stopped) = stopped else {
        written?;
        journal.finish(replications)?;
        return shown_or_gone(shown).and(gates);
    };
    if written.is_err() {
        note(&in_words(stopped, &kept));
        return written;
    }
    // Whoever stopped it by hand is told that above all.
    shown_or_gone(shown).and(told(stopped, &kept, arguments.simulation.quiet)).and(gates)
}

/// Who closes the pipe early has seen enough: what the results mean stands all the same.
fn shown_or_gone(shown: Result<(), Failure>) -> Result<(), Failure> {
    match shown {
        Err(Failure::ClosedPipe) => Ok(()),
        shown => shown,
    }
}

/// Which files are wanted.
fn wanted(arguments: &RunArguments, ready: &Ready) -> Result<Wanted, Failure> {
    let versions = versions(&arguments.focus);
    let start = ready.loaded.scenario.first_instant().ok();
    let focus = start.filter(|_| !versions.is_empty()).map(|start| (start, versions));
    Ok(Wanted { tables: formats(&arguments.simulation.tables)?, focus })
}

/// What became of a report.
struct Reported {
    written: io::Result<()>,
    shown: Result<(), Failure>,
    gates: Result<(), Failure>,
}

/// Where the run goes on from, with a journal that is ready for more.
fn begin(arguments: &RunArguments, ready: &Ready, journal: &mut Journal, place: &Place) -> Result<Run, Failure> {
    let replaced = provenance::replaced(&arguments.given());
    let manifest = provenance::manifest(&arguments.file, ready, replaced, 0);
    let scenario = &ready.loaded.scenario;
    let header = Header { strategies: ready.compiled.strategies.len(), bounds: scenario.bounds.0, manifest };
    if arguments.resume {
        let run = journal.resume(&header, scenario.replications.0, &format!("it aside as {ASIDE}"))?;
        if run.replications == 0 {
            note(&format!("nothing to go on with in {}: starting with the first replication", journal.holds().0.display()));
        }
        return Ok(run);
    }
    journal.begin(&header).map_err(|reason| place.refused(&reason))?;
    Ok(Run::default())
}

/// That it was stopped, if it was.
fn stopped(run: &Run, ready: &Ready, journal: &Journal, why: Option<Why>) -> Option<Stopped> {
    let (done, asked) = (run.replications, ready.loaded.scenario.replications.0);
    let kept = journal.holds().1 > 0;
    (done < asked).then(|| Stopped { why: why.unwrap_or(Why::Interrupted), done, asked, kept })
}

/// Says that it was stopped, which may be what was wanted.
fn told(stopped: Stopped, kept: &io::Result<()>, quiet: bool) -> Result<(), Failure> {
    let text = in_words(stopped, kept);
    match stopped.why {
        Why::TimeLimit(_) if stopped.is_worth_a_report() => {
            if !quiet {
                note(&text);
            }
            Ok(())
        }
        Why::TimeLimit(_) | Why::CannotKeep => Err(Failure::Error(text)),
        Why::Interrupted => Err(Failure::Interrupted(text)),
    }
}

/// That it was stopped, with the file that could not be written where that is why.
fn in_words(stopped: Stopped, kept: &io::Result<()>) -> String {
    let why = kept.as_ref().err().map(|reason| format!("cannot write {reason}\n"));
    format!("{}{stopped}", why.unwrap_or_default())
}

/// Why a report could not be written, and what is not lost by it.
fn kept_all_the_same(reason: &io::Error, journal: &Journal) -> String {
    let (path, replications) = journal.holds();
    if replications == 0 {
        return reason.to_string();
    }
    format!("{reason}; {replications} replications are kept in {}: --resume goes on from there", path.display())
}

/// Writes and shows what came out.
fn report((arguments, wanted): (&RunArguments, &Wanted), ready: &Ready, place: &Place, run: Run, enough: bool) -> Reported {
    let replaced = provenance::replaced(&arguments.given());
    let scenario = provenance::asked(&arguments.file, ready, &replaced);
    let mut manifest = provenance::manifest(&arguments.file, ready, replaced, run.replications);
    if enough {
        // No more were asked for than it took.
        manifest.asked = run.replications;
    }
    let results = results(ready, run);
    let summary = Summary::of(&results);
    let (until, most) = (until(ready), arguments.settings(ready).replications);
    let reached = until.precision.map(|precision| precision.reached(&results.rows, most, enough));
    let chosen = until.choice.map(|choice| choice.chosen(&results.rows));
    let title = &ready.loaded.scenario.title;
    let recording = ready.compiled.recording.as_ref();
    let (source, gates) = (&ready.loaded.text, &judge(arguments, ready, &results));
    let (scenario, manifest, results, summary) = (&scenario, &manifest, &results, &summary);
    let (precision, choice) = (reached.as_ref(), chosen.as_ref());
    let report = Report { title, source, scenario, manifest, recording, results, summary, gates, precision, choice };
    // What was simulated is shown even where it cannot be kept.
    let written = write((arguments, wanted), place, &report);
    Reported { written, shown: shown(arguments, &report).and_then(|text| data(&text)), gates: met(gates) }
}

/// Whether the results meet the gates.
pub(super) fn judge(arguments: &RunArguments, ready: &Ready, results: &Results) -> Judgements {
    let mode = match arguments.gate_mode {
        GateMode::Interval => Mode::Interval,
        GateMode::Point => Mode::Point,
    };
    gate::judge(&ready.gates, results, mode)
}

/// What the gates mean for the exit code: a failed one counts more than an undecided one.
fn met(gates: &Judgements) -> Result<(), Failure> {
    let text = || report::tally(gates).unwrap_or_default();
    match gates.counts() {
        [_, 0, 0] => Ok(()),
        [_, 0, _] => Err(Failure::GateUndecided(text())),
        _ => Err(Failure::GateFailed(text())),
    }
}

/// What goes to standard output.
fn shown(arguments: &RunArguments, report: &Report<'_>) -> Result<String, Failure> {
    if arguments.simulation.json {
        return report::summary_json(report).map_err(|reason| Failure::Error(reason.to_string()));
    }
    let ends = report::ends(report, columns());
    Ok(report::terminal(report.summary, columns(), true) + &ends + &report::gates(report.gates, columns()))
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

/// Who watches a run: what stops it, and the line of its progress.
struct Watch<'a> {
    stop: &'a Stop,
    progress: &'a Progress,
}

impl Follower for Watch<'_> {
    fn stops(&self) -> bool {
        self.stop.why().is_some()
    }

    fn finished(&self, step: Step) {
        self.progress.update(step);
    }
}

/// What was simulated.
struct Simulated {
    run: Run,
    /// Whether every batch could be kept.
    kept: io::Result<()>,
    /// Whether it ended because enough is known.
    enough: bool,
}

/// What is enough, where the scenario says so.
fn until(ready: &Ready) -> Until {
    let (scenario, strategies) = (&ready.loaded.scenario, ready.compiled.strategies.len());
    let precision =
        scenario.precision.map(|share| Precision { share: share.0.get(), baseline: scenario.baseline_index(), strategies });
    let choice = scenario.indifference.as_ref().map(|amount| Choosing { indifference: amount.value.0, strategies });
    Until { precision, choice }
}

/// Simulates what is missing, and keeps every batch as it is finished. Where one cannot be kept, it ends with that.
fn simulate(
    arguments: &RunArguments,
    ready: &Ready,
    stop: &Stop,
    (begun, journal): (Run, &mut Journal),
) -> Result<Simulated, Failure> {
    let settings = arguments.settings(ready);
    let progress = Progress::start(begun.replications, settings.replications, arguments.simulation.quiet);
    let mut kept = Ok(());
    let keep = |batch: &Batch| {
        kept = journal.append(batch);
        if kept.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    let draw = |replication| ready.redrawn(replication).map(|compiled| compiled.plan);
    let (plans, watch) = (ready.plans(&draw), Watch { stop, progress: &progress });
    let until = until(ready);
    let run = if until.is_anything() {
        experiment::resume_until(plans, settings, (until, begun), &watch, keep)
    } else {
        experiment::resume(plans, settings, begun, &watch, keep).map(|run| (run, false))
    };
    progress.finish();
    let (run, enough) = run.map_err(cannot_run)?;
    Ok(Simulated { run, kept, enough })
}

pub(super) fn cannot_run(error: RunError) -> Failure {
    match error {
        RunError::Threads(reason) => Failure::Error(format!("cannot start threads: {reason}")),
        RunError::Draw(replication, why) => {
            Failure::Mistake(format!("replication {replication} draws inputs that do not fit\n{}", why.trim_end()))
        }
    }
}

pub(super) fn results(ready: &Ready, run: Run) -> Results {
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
        days: run.days,
        horizon: scenario.horizon.0,
        budget: scenario.budget,
        same_arrivals: ready.compiled.recording.is_some() && ready.compiled.plan.workload.keep.is_none(),
        inputs: ready.drawn(run.replications),
        expected_journeys: ready.expected_journeys(),
        expected_listed: ready.expected_listed(),
    }
}

fn write((arguments, wanted): (&RunArguments, &Wanted), place: &Place, report: &Report<'_>) -> io::Result<()> {
    place.tell(&report::write(place.directory(), report, wanted)?, arguments.simulation.quiet);
    Ok(())
}
