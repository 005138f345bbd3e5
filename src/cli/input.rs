//! Scenarios from the file system, with their mistakes shown.

use std::path::Path;

use super::Failure;
use super::output::note;
use crate::scenario::{self, Loaded, Overrides};
use crate::spec::{Mistake, Severity, Sources, render};

/// Loads a scenario, and shows its mistakes or its warnings.
pub(super) fn load(file: &Path, sets: &Overrides) -> Result<Loaded, Failure> {
    match scenario::load(file, sets, &|path| std::fs::read(path)) {
        Ok(loaded) => {
            show(&loaded.sources, &loaded.warnings);
            Ok(loaded)
        }
        Err((sources, mistakes)) => {
            show(&sources, &mistakes);
            Err(refuse(file, &mistakes))
        }
    }
}

/// Shows mistakes on standard error.
pub(super) fn show(sources: &Sources, mistakes: &[Mistake]) {
    if !mistakes.is_empty() {
        // It ends with a line feed, so that an empty line follows.
        note(&render(sources, mistakes, true));
    }
}

/// Says how many mistakes there are.
pub(super) fn refuse(file: &Path, mistakes: &[Mistake]) -> Failure {
    let count = mistakes.iter().filter(|mistake| mistake.severity == Severity::Error).count();
    let plural = if count == 1 { "mistake" } else { "mistakes" };
    note(&format!("{}: {count} {plural}", file.display()));
    Failure::Explained
}
