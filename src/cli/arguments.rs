//! What can be said on the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::catalog::CatalogArguments;
use super::compare::CompareArguments;
use super::formats::FocusVersion;
use super::input::Ready;
use super::simulation::SimulationArguments;
use super::what_if::{BreakEvenArguments, SweepArguments};
use crate::experiment::Settings;
use crate::units::SimDuration;

/// The whole command line.
#[derive(Debug, Parser)]
#[command(version = concat!(env!("CARGO_PKG_VERSION"), " (", env!("SPENDCAST_COMMIT"), ")"), about, max_term_width = 100)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Simulate a scenario, print the comparison, and write charts and data
    Run(RunArguments),
    /// Simulate a scenario at several values of one path or two, over the same traffic and luck
    Sweep(SweepArguments),
    /// Find the volume, share or price at which two strategies cost the same
    BreakEven(BreakEvenArguments),
    /// Tell what changed between two runs, and whether it is more than noise
    Compare(CompareArguments),
    /// Find every mistake in scenario files without running them
    Check(CheckArguments),
    /// Write a commented scenario to start from
    Init(InitArguments),
    /// Look into price books: list, show, compare and check them, or make one from a public price file
    Catalog(CatalogArguments),
    /// Follow one request step by step: every attempt, rule, draw and charge
    Explain(ExplainArguments),
    /// Replay recorded behaviour of a real gateway against this program's strategies
    Conformance(ConformanceArguments),
    /// Print the JSON Schema of scenario files, for editors
    Schema,
}

/// What `run` takes.
#[derive(Debug, Args)]
pub struct RunArguments {
    /// The scenario
    pub file: PathBuf,
    /// What it has in common with all that simulate
    #[command(flatten)]
    pub simulation: SimulationArguments,
    /// End as soon as costs are as precise as this, such as 1%; the number of replications is then the most
    #[arg(long, value_name = "SHARE")]
    pub precision: Option<String>,
    /// End as soon as the cheapest strategy is chosen, to within so much a replication, such as '5 USD'; the number of replications is
    /// then the most
    #[arg(long, value_name = "AMOUNT")]
    pub indifference: Option<String>,
    /// Where to write, in place of results/SCENARIO
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Write the bill that is expected as FOCUS cost and usage rows too: 1.2, 1.4, or both as 1.2,1.4
    #[arg(long, value_enum, value_name = "VERSIONS", value_delimiter = ',', hide_possible_values = true)]
    pub focus: Vec<FocusVersion>,
    /// A condition that the results have to meet, besides those of the scenario: --gate 'P(cost > 5000 USD) <= 10%'
    #[arg(long, value_name = "CONDITION")]
    pub gate: Vec<String>,
    /// What has to meet a gate's condition: the whole interval, or the value alone (point)
    #[arg(long, value_enum, value_name = "MODE", default_value_t = GateMode::Interval, hide_possible_values = true)]
    pub gate_mode: GateMode,
    /// Go on with a run that was stopped or killed; from the beginning where there is none
    #[arg(long)]
    pub resume: bool,
    /// Stop after so long, such as 30min, and report on what is finished by then
    #[arg(long, value_name = "TIME")]
    pub time_limit: Option<SimDuration>,
    /// Say how long it would take, and how much memory and disk, and write nothing
    #[arg(long, conflicts_with = "resume")]
    pub dry_run: bool,
    /// Replications that are handed to a thread at a time
    #[arg(long, value_name = "N", hide = true, value_parser = clap::value_parser!(u32).range(1..))]
    pub batch: Option<u32>,
}

/// What `check` takes.
#[derive(Debug, Args)]
pub struct CheckArguments {
    /// Scenarios
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Replace a value of the scenarios: --set horizon=7d
    #[arg(long, value_name = "PATH=VALUE", value_parser = setting)]
    pub set: Vec<(String, String)>,
}

/// What `init` takes.
#[derive(Debug, Args)]
pub struct InitArguments {
    /// Where to write it
    #[arg(default_value = "scenario.toml")]
    pub file: PathBuf,
    /// Replace the file if it exists
    #[arg(long)]
    pub force: bool,
}

/// What `explain` takes.
#[derive(Debug, Args)]
pub struct ExplainArguments {
    /// The scenario
    pub file: PathBuf,
    /// Whose request; the baseline's if left out
    #[arg(long, value_name = "NAME")]
    pub strategy: Option<String>,
    /// In which replication, from 0
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub replication: u32,
    /// Which request, from 0 in the order in which they are sent
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub request: u64,
    /// Where the random numbers start, in place of the scenario's number
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Replace a value of the scenario: --set horizon=7d
    #[arg(long, value_name = "PATH=VALUE", value_parser = setting)]
    pub set: Vec<(String, String)>,
}

/// What `conformance` takes.
#[derive(Debug, Args)]
pub struct ConformanceArguments {
    /// The gateway that was recorded
    pub gateway: Gateway,
    /// Recordings, one JSON object a line, plain or gzipped
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
}

/// A gateway that can be recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Gateway {
    /// LiteLLM's Router
    Litellm,
}

/// What of a figure is judged by a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GateMode {
    /// The whole interval; undecided where it holds the limit
    Interval,
    /// The value alone, as if it were exact
    Point,
}

impl Arguments {
    /// Reads the process's arguments. Help and mistakes are printed, and end the process.
    pub fn read() -> Self {
        Self::parse()
    }
}

impl RunArguments {
    /// All replaced values of the scenario, as they were given.
    pub(super) fn given(&self) -> Vec<(String, String)> {
        let ends = [("precision", &self.precision), ("indifference", &self.indifference)];
        let ends = ends.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value.clone()?)));
        self.simulation.given().into_iter().chain(ends).collect()
    }

    /// How the scenario is simulated.
    pub(super) fn settings(&self, ready: &Ready) -> Settings {
        let settings = self.simulation.settings(ready);
        Settings { batch: self.batch.unwrap_or(settings.batch), ..settings }
    }
}

/// Splits at the first equals sign outside quotes.
pub(super) fn setting(text: &str) -> Result<(String, String), String> {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '=') if !text[..at].trim().is_empty() => return Ok((text[..at].trim().to_owned(), text[at + 1..].to_owned())),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            _ => {}
        }
    }
    Err("expected a path, an equals sign and a value, such as horizon=7d".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_declaration_is_sound() {
        use clap::CommandFactory as _;
        Arguments::command().debug_assert();
    }

    #[test]
    fn settings_split_at_the_first_bare_equals_sign() {
        let split = |text| setting(text).ok();
        assert_eq!(split("a.b=c=d"), Some(("a.b".into(), "c=d".into())));
        assert_eq!(split("\"a=b\".c=d"), Some(("\"a=b\".c".into(), "d".into())));
        assert_eq!(split("a="), Some(("a".into(), String::new())));
        assert_eq!((split("a"), split("=b"), split("\"a=b")), (None, None, None));
    }
}
