//! `spendcast run`: load, simulate, report.

use std::sync::atomic::Ordering;

use super::progress::Progress;
use super::{Failure, RunArguments, input, stop};

/// Runs a scenario and reports what came out.
///
/// # Errors
/// Mistakes in the scenario, an interruption, and results that cannot be written.
pub fn run(arguments: &RunArguments) -> Result<(), Failure> {
    let loaded = input::load(&arguments.file, &arguments.overrides())?;
    let stopped = stop::on_interrupt()?;
    let total = u64::from(loaded.scenario.replications.0);
    let progress = Progress::start(total, arguments.quiet);
    progress.update(0, 0);
    progress.finish();
    if stopped.load(Ordering::Relaxed) {
        return Err(Failure::Interrupted(format!("stopped after 0 of {total} replications; nothing was written")));
    }
    Err(Failure::Error("the engine is not there yet".to_owned()))
}
