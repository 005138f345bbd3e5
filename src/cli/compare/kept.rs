//! A run as its directory holds it, or why it holds none.

use std::path::Path;

use serde_json::Value;

use super::rows;
use crate::experiment::{KeptRun, Manifest};
use crate::report::SCHEMA;

/// What a directory holds.
#[derive(Debug)]
pub(super) struct Kept {
    /// Where the results come from.
    pub(super) manifest: Manifest,
    /// The scenario as `summary.json` repeats it.
    pub(super) scenario: Value,
    /// The results.
    pub(super) run: KeptRun,
}

/// Reads a directory of results.
///
/// # Errors
/// Why it is none, or none that is whole.
pub(super) fn read(directory: &Path) -> Result<Kept, String> {
    let name = directory.display();
    if !directory.is_dir() {
        return Err(format!("{name}: there is no such directory"));
    }
    let manifest = json(directory, "manifest.json", ": it is written last, so that this run was not finished, or is none")?;
    if let Some(command) = manifest.get("command").and_then(Value::as_str) {
        return Err(format!("{name} holds what `spendcast {command}` wrote; compare takes two directories of `spendcast run`"));
    }
    let mut summary = json(directory, "summary.json", "")?;
    if summary["schema"] != SCHEMA {
        let what = format!("has schema {}, and this program knows {SCHEMA}", summary["schema"]);
        return Err(format!("{name}/summary.json {what}: it was written by another version, or by another program"));
    }
    if summary["manifest"] != manifest {
        return Err(format!("{name}: manifest.json and summary.json are of different runs: it was only half written"));
    }
    let manifest: Manifest =
        serde_json::from_value(manifest).map_err(|wrong| format!("{name}/manifest.json is no manifest of a run: {wrong}"))?;
    let mut strategies: Vec<String> =
        summary["strategies"].as_object().map(|all| all.keys().cloned().collect()).unwrap_or_default();
    let rows = rows::replications(&table(directory, "replications")?, &mut strategies)
        .map_err(|wrong| format!("{name}/replications.csv: {wrong}"))?;
    let expected = manifest.replications[1] as usize * strategies.len();
    if rows.len() != expected {
        return Err(format!("{name}/replications.csv has {} rows, and {expected} are expected: it was cut off", rows.len()));
    }
    let delivered = rows::delivered(&table(directory, "charges")?).map_err(|wrong| format!("{name}/charges.csv: {wrong}"))?;
    let run = KeptRun { seed: manifest.seed, strategies, rows, delivered };
    Ok(Kept { manifest, scenario: summary["scenario"].take(), run })
}

/// A table as CSV.
fn table(directory: &Path, name: &str) -> Result<String, String> {
    let is_parquet = directory.join(format!("{name}.parquet")).exists();
    let hint = if is_parquet { ", only Parquet, and compare reads CSV: run it with --tables csv,parquet" } else { "" };
    text(directory, &format!("{name}.csv"), hint)
}

fn text(directory: &Path, file: &str, hint: &str) -> Result<String, String> {
    let place = directory.join(file);
    std::fs::read_to_string(&place).map_err(|reason| match reason.kind() {
        std::io::ErrorKind::NotFound => format!("{}: there is no {file}{hint}", directory.display()),
        _ => format!("cannot read {}: {reason}", place.display()),
    })
}

fn json(directory: &Path, file: &str, hint: &str) -> Result<Value, String> {
    let text = text(directory, file, hint)?;
    serde_json::from_str(&text).map_err(|wrong| format!("{}: not JSON, or cut off: {wrong}", directory.join(file).display()))
}
