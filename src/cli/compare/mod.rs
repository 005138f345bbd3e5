//! `spendcast compare`: what changed between two runs, from the files that they left.

mod inputs;
mod kept;
mod rows;

use std::path::PathBuf;

use clap::Args;

use super::Failure;
use super::output::{columns, data};
use crate::experiment::Changes;
use crate::report::ChangesReport;

/// What `compare` takes.
#[derive(Debug, Args)]
pub struct CompareArguments {
    /// The directory of the earlier run
    pub before: PathBuf,
    /// The directory of the later run
    pub after: PathBuf,
    /// Print everything as JSON in place of the tables
    #[arg(long)]
    pub json: bool,
    /// Print Markdown, for a comment on a pull request
    #[arg(long, conflicts_with = "json")]
    pub markdown: bool,
}

/// Compares two runs and prints what changed.
///
/// # Errors
/// Directories that hold no finished run of this version's form, and output that cannot be written.
pub fn compare(arguments: &CompareArguments) -> Result<(), Failure> {
    let read = [&arguments.before, &arguments.after].map(|directory| kept::read(directory));
    let [before, after] = match read {
        [Ok(before), Ok(after)] => [before, after],
        [before, after] => {
            let wrong: Vec<String> = [before.err(), after.err()].into_iter().flatten().collect();
            return Err(Failure::Mistake(wrong.join("\nerror: ")));
        }
    };
    let names = [&arguments.before, &arguments.after].map(|directory| directory.display().to_string());
    let inputs = inputs::changes(&before, &after);
    let changes = Changes::between(&before.run, &after.run);
    let report = ChangesReport {
        runs: [&names[0], &names[1]],
        manifests: [&before.manifest, &after.manifest],
        inputs: &inputs,
        same_plan: before.manifest.plan_hash == after.manifest.plan_hash,
        changes: &changes,
    };
    let text = if arguments.json {
        report.json().map_err(|reason| Failure::Error(reason.to_string()))?
    } else if arguments.markdown {
        report.markdown()
    } else {
        report.terminal(columns())
    };
    data(&text)
}
