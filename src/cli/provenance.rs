//! What was asked and from what it was answered: the scenario in short, and the manifest.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::input::{Hashing, Ready, hex};
use crate::engine::Plan;
use crate::experiment::{Catalogue, Imported, Manifest, Replaced};
use crate::scenario::{Input, Overrides};

/// The scenario's name: that of its file, without the extension.
pub(super) fn name(file: &Path) -> String {
    file.file_stem().unwrap_or(file.as_os_str()).to_string_lossy().into_owned()
}

/// The scenario as `summary.json` repeats it, with the values that the command line replaced.
pub(super) fn asked(file: &Path, ready: &Ready, set: &[Replaced]) -> Value {
    let scenario = &ready.loaded.scenario;
    let mut asked = json!({
        "name": name(file),
        "title": scenario.title,
        "question": scenario.question,
        "start": scenario.start.to_string(),
        "time_zone": scenario.time_zone.name,
        "horizon": scenario.horizon.0.to_string(),
        "replications": scenario.replications.0,
        "seed": scenario.seed,
        "budget_usd": scenario.budget.map(|budget| budget.to_string()),
        "baseline": ready.compiled.strategies[scenario.baseline_index()],
        "set": set,
    });
    let inputs = ready.uncertain();
    if !inputs.is_empty() {
        asked["uncertain"] = inputs.iter().map(|(path, said)| json!({ "path": path, "said": said })).collect();
    }
    asked
}

/// The values that the command line replaced.
pub(super) fn replaced(sets: &Overrides) -> Vec<Replaced> {
    sets.iter().map(|(path, value)| Replaced { path: path.clone(), value: value.clone() }).collect()
}

/// Where the results of so many replications come from.
pub(super) fn manifest(file: &Path, ready: &Ready, set: Vec<Replaced>, replications: u32) -> Manifest {
    let mut text = Sha256::new();
    text.update(ready.loaded.text.as_bytes());
    Manifest {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        commit: env!("SPENDCAST_COMMIT").to_owned(),
        scenario: name(file),
        scenario_sha256: hex(text),
        plan_hash: ready.plan_hash().to_owned(),
        set,
        seed: ready.loaded.scenario.seed,
        replications: [0, replications],
        asked: ready.loaded.scenario.replications.0,
        catalogues: ready.loaded.catalogues.iter().map(catalogue).collect(),
        inputs: ready.inputs.clone(),
    }
}

fn catalogue(book: &crate::scenario::Catalogue) -> Catalogue {
    let mut dates: Vec<String> = book.files.iter().map(|file| file.retrieved.to_string()).collect();
    dates.sort();
    dates.dedup();
    let date = match dates.as_slice() {
        [first, .., last] => format!("{first} to {last}"),
        _ => dates.concat(),
    };
    let imported = book.files.iter().filter_map(|file| file.imported.as_ref()).map(|imported| Imported {
        form: imported.form.clone(),
        file: imported.file.clone(),
        version: imported.version.clone(),
        sha256: imported.sha256.value.clone(),
    });
    Catalogue { name: book.name.clone(), date, imported: imported.collect() }
}

/// The hash of everything in a plan, and of what is said of inputs that are drawn. Two builds of the same commit agree on it.
pub(super) fn plan_hash(plan: &Plan, unknown: &[Input]) -> String {
    struct Text<'a>(Hashing<'a>);
    impl std::fmt::Write for Text<'_> {
        fn write_str(&mut self, text: &str) -> std::fmt::Result {
            self.0.0.update(text.as_bytes());
            Ok(())
        }
    }
    let mut hash = Sha256::new();
    // Every part of a plan prints all that it holds, and floats so that they can be read back.
    write!(Text(Hashing(&mut hash)), "{plan:?}").expect("a hash takes any text");
    for input in unknown {
        hash.update(format!("{} = {}\n", input.path, input.said));
    }
    hex(hash)
}
