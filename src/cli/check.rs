//! `spendcast check`: every mistake of every file, or what was understood.

use std::path::Path;

use super::input::Ready;
use super::output::data;
use super::{CheckArguments, Failure, input};

/// Checks all files, whatever is wrong with one of them.
///
/// # Errors
/// A mistake in any file, and an output that cannot be written.
pub fn check(arguments: &CheckArguments) -> Result<(), Failure> {
    let mut done = Ok(());
    for file in &arguments.files {
        match input::prepare(file, &arguments.set) {
            Ok(ready) => data(&understood(file, &ready))?,
            Err(failure) => done = Err(failure),
        }
    }
    done
}

fn understood(file: &Path, ready: &Ready) -> String {
    let scenario = &ready.loaded.scenario;
    let baseline = scenario.baseline_index();
    let strategies: Vec<String> = (scenario.strategies.0.names().enumerate())
        .map(|(index, name)| if index == baseline { format!("{name} (baseline)") } else { name.to_owned() })
        .collect();
    let books: Vec<String> = ready.loaded.catalogues.iter().map(|book| book.name.clone()).collect();
    let mut lines = vec![
        format!("{}: ok", file.display()),
        format!("  title         {}", scenario.title),
        format!("  period        {} from {} ({})", scenario.horizon.0, scenario.start.value, scenario.time_zone.name),
        format!("  replications  {}, seed {}", scenario.replications.0, scenario.seed),
    ];
    lines.extend(scenario.budget.map(|budget| format!("  budget        {budget} USD")));
    lines.push(format!("  catalogue     {}", if books.is_empty() { "none".to_owned() } else { books.join(", ") }));
    lines.push(format!("  models        {}", ready.compiled.deployments.join(", ")));
    lines.push(format!("  strategies    {}", strategies.join(", ")));
    lines.extend(ready.gates.iter().enumerate().map(|(at, gate)| {
        let heading = if at == 0 { "gates" } else { "" };
        let name = gate.name.as_ref().map_or_else(String::new, |name| format!("{name}: "));
        format!("  {heading:<14}{name}{}", gate.text)
    }));
    if let Some(recording) = &ready.compiled.recording {
        lines.push(format!("  recording     {}", recording.to_string().replace('\n', "\n                ")));
    }
    lines.join("\n") + "\n"
}
