//! What every command that simulates takes: what is replaced in the scenario, how many threads, what is told.

use clap::Args;

use super::arguments::setting;
use super::formats::TableFormat;
use super::input::Ready;
use crate::experiment::Settings;

/// Replications per batch: so many that threads seldom wait for the last of them.
const BATCH: u32 = 64;
/// Journeys per batch, those of all strategies counted, where replications are large: a few seconds' work, since a process that is
/// killed loses the batch under way.
const JOURNEYS: f64 = 1.6e7;

/// Replications per batch, of a scenario that is simulated on so many threads; at least two on each.
fn batch(ready: &Ready, threads: usize) -> u32 {
    let plan = &ready.compiled.plan;
    let journeys = plan.workload.expected() * plan.strategies.len() as f64;
    let least = u32::try_from(2 * threads).unwrap_or(BATCH);
    ((JOURNEYS / journeys.max(1.0)) as u32).min(BATCH).max(least)
}

/// What every command that simulates takes.
#[derive(Debug, Args)]
pub struct SimulationArguments {
    /// Replace a value of the scenario: --set horizon=7d, --set 'models."qwen/image".acceptance=60%'
    #[arg(long, value_name = "PATH=VALUE", value_parser = setting)]
    pub set: Vec<(String, String)>,
    /// How many times the horizon is simulated, in place of the scenario's number
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub replications: Option<u32>,
    /// Where the random numbers start, in place of the scenario's number
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Threads to use; all cores if left out. The results do not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,
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

impl SimulationArguments {
    /// All replaced values of the scenario, as they were given; `--replications` and `--seed` have the last word.
    pub(super) fn given(&self) -> Vec<(String, String)> {
        let number = |key: &str, value: Option<String>| value.map(|value| (key.to_owned(), value));
        let replications = number("replications", self.replications.map(|count| count.to_string()));
        let seed = number("seed", self.seed.map(|seed| seed.to_string()));
        self.set.iter().cloned().chain(replications).chain(seed).collect()
    }

    /// How the scenario is simulated.
    pub(super) fn settings(&self, ready: &Ready) -> Settings {
        let scenario = &ready.loaded.scenario;
        let threads = self.threads.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from);
        Settings {
            seed: scenario.seed,
            replications: scenario.replications.0,
            threads,
            batch: batch(ready, threads),
            bounds: scenario.bounds.0,
        }
    }
}

/// Values that were given as values of TOML: a seed as a text, because TOML integers end at 63 bits.
pub(super) fn overrides(given: Vec<(String, String)>) -> Vec<(String, String)> {
    let quoted = |(path, value): (String, String)| {
        let is_seed = path == "seed" && value.parse::<u64>().is_ok();
        if is_seed { (path, format!("\"{value}\"")) } else { (path, value) }
    };
    given.into_iter().map(quoted).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_have_the_last_word_and_large_seeds_are_texts() {
        let set = vec![("seed".to_owned(), "7".to_owned()), ("horizon".to_owned(), "7d".to_owned())];
        let (replications, seed) = (Some(5), Some(u64::MAX));
        let arguments =
            SimulationArguments { set, replications, seed, threads: None, tables: Vec::new(), json: false, quiet: false };
        let said: Vec<String> = arguments.given().into_iter().map(|(path, value)| format!("{path}={value}")).collect();
        assert_eq!(said, ["seed=7", "horizon=7d", "replications=5", "seed=18446744073709551615"]);
        let said: Vec<String> = overrides(arguments.given()).into_iter().map(|(_, value)| value).collect();
        assert_eq!(said, ["\"7\"", "7d", "5", "\"18446744073709551615\""]);
        assert_eq!(overrides(vec![("seed".to_owned(), "x".to_owned())])[0].1, "x");
    }
}
