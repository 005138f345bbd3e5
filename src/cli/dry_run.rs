//! `spendcast run --dry-run`: how long it would take, and how much memory and disk.
//!
//! It simulates for about a second and makes the report of what came out, repeated to more replications, in memory: writing is
//! only counted. What it does not see is what the machine does besides, now and later.

use std::io;
use std::ops::ControlFlow;

use serde_json::Value;

use super::clock::now;
use super::input::Ready;
use super::output::data;
use super::run::{cannot_run, judge, results};
use super::stop::Stop;
use super::{Failure, RunArguments, journal, provenance};
use crate::experiment::{self, Effort, Follower, Reporting, Run, Sample, Settings, Summary};
use crate::report::{self, Report, Wanted};

/// So long it simulates, in seconds.
const LONG_ENOUGH: f64 = 1.0;
/// A report is made of so many rows at most, and of a quarter of them: its time and size grow in proportion from there. Fewer
/// would say little, since the charts of the smallest report take a third of a second.
const REPORTED: usize = 16_000;

/// Estimates what a run takes, and prints it.
///
/// # Errors
/// An interruption, and output that cannot be written.
pub(super) fn dry_run(arguments: &RunArguments, wanted: &Wanted, ready: &Ready, stop: &Stop) -> Result<(), Failure> {
    let settings = arguments.settings(ready);
    let (run, sample) = rehearse(ready, settings, stop)?;
    let journal = journal::size(&run, settings.batch)?;
    let most = u32::try_from(REPORTED / ready.compiled.strategies.len()).unwrap_or(0).clamp(4, settings.replications.max(4));
    let sizes = if most >= settings.replications { vec![settings.replications] } else { vec![most / 4, most] };
    let reporting = sizes
        .into_iter()
        .map(|size| try_report((arguments, wanted), ready, run.repeated(size)))
        .collect::<io::Result<Vec<_>>>()?;
    let effort = Effort::of(&Sample { journal, peak: peak(), ..sample }, &run, &reporting, settings.replications);
    data(&if arguments.simulation.json {
        serde_json::to_string_pretty(&effort).map_err(io::Error::other)? + "\n"
    } else {
        report::effort(&effort)
    })
}

/// Ends with whoever waits.
struct Patience<'a>(&'a Stop);

impl Follower for Patience<'_> {
    fn stops(&self) -> bool {
        self.0.why().is_some()
    }
}

/// Simulates replications for about a second, in rounds that grow until they are like the batches of a run; at least one on each
/// thread. Only the largest rounds count: in the first, threads and memory are new.
fn rehearse(ready: &Ready, settings: Settings, stop: &Stop) -> Result<(Run, Sample), Failure> {
    let (begun, mut run) = (now(), Run::default());
    let (mut size, mut largest) = (u32::try_from(settings.threads).unwrap_or(settings.batch).clamp(1, settings.batch), 0);
    let mut sample = Sample { threads: settings.threads, ..Sample::default() };
    while run.replications < settings.replications && begun.elapsed().as_secs_f64() < LONG_ENOUGH {
        let before = run.replications;
        let round = Settings { replications: settings.replications.min(before.saturating_add(size)), batch: size, ..settings };
        let started = now();
        let draw = |replication| ready.redrawn(replication).map(|compiled| compiled.plan);
        let done = experiment::resume(ready.plans(&draw), round, run, &Patience(stop), |_| ControlFlow::Continue(()));
        run = done.map_err(cannot_run)?;
        if run.replications < round.replications {
            return Err(Failure::Interrupted("stopped before anything could be estimated; nothing was written".to_owned()));
        }
        if run.replications - before > largest {
            largest = run.replications - before;
            (sample.timed, sample.seconds) = (0, 0.0);
        }
        sample.timed += run.replications - before;
        sample.seconds += started.elapsed().as_secs_f64();
        size = (size * 2).min(settings.batch);
    }
    Ok((run, sample))
}

/// Makes a report and throws it away.
fn try_report((arguments, wanted): (&RunArguments, &Wanted), ready: &Ready, run: Run) -> io::Result<Reporting> {
    let (started, replications, mut bytes) = (now(), run.replications, 0);
    let manifest = provenance::manifest(&arguments.file, ready, Vec::new(), replications);
    let results = results(ready, run);
    let summary = Summary::of(&results);
    let recording = ready.compiled.recording.as_ref();
    let title = &ready.loaded.scenario.title;
    let (source, scenario, gates) = (&ready.loaded.text, &Value::Null, &judge(arguments, ready, &results));
    let (manifest, results, summary) = (&manifest, &results, &summary);
    let report = Report { title, source, scenario, manifest, recording, results, summary, gates, precision: None, choice: None };
    report::files(&report, wanted, &mut |_, file: &[u8]| {
        bytes += file.len() as u64;
        Ok(())
    })?;
    Ok(Reporting { replications, seconds: started.elapsed().as_secs_f64(), bytes })
}

/// The most memory that this process has had so far, in bytes, where the system tells (Linux, `proc_pid_status(5)`).
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    kilobytes.trim().trim_end_matches("kB").trim_end().parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}
