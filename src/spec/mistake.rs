//! Mistakes: what is wrong, where, and what to do about it.

use std::collections::BTreeSet;

use super::Place;

/// Whether a mistake stops the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Nothing can be run.
    Error,
    /// It can be run, but may not be what is meant.
    Warning,
}

/// One mistake in a file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Mistake {
    /// Whether it stops the run.
    pub severity: Severity,
    /// Where it is.
    pub place: Place,
    /// What is wrong: one line, no full stop.
    pub what: String,
    /// What stands beside the carets; may be empty.
    pub label: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Mistake {
    /// A mistake that stops the run.
    pub fn error(place: &Place, what: impl Into<String>) -> Self {
        Self { severity: Severity::Error, place: place.clone(), what: what.into(), label: String::new(), help: None }
    }

    /// Something that may not be what is meant.
    pub fn warning(place: &Place, what: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(place, what) }
    }

    /// With a text beside the carets.
    #[must_use]
    pub fn label(self, label: impl Into<String>) -> Self {
        Self { label: label.into(), ..self }
    }

    /// With what to do about it.
    #[must_use]
    pub fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }
}

/// Mistakes as they are found.
#[derive(Debug, Clone, Default)]
pub struct Mistakes {
    found: Vec<Mistake>,
}

impl Mistakes {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Records a mistake.
    pub fn push(&mut self, mistake: Mistake) {
        self.found.push(mistake);
    }

    /// Records others' mistakes.
    pub fn extend(&mut self, mistakes: impl IntoIterator<Item = Mistake>) {
        self.found.extend(mistakes);
    }

    /// Whether one of them stops the run.
    pub fn has_errors(&self) -> bool {
        self.found.iter().any(|mistake| mistake.severity == Severity::Error)
    }

    /// All of them in the order of their places, each once.
    pub fn into_sorted(self) -> Vec<Mistake> {
        let mut all = self.found;
        all.sort_by_key(|mistake| (mistake.place.file, mistake.place.span.start, mistake.place.span.end));
        let mut seen = BTreeSet::new();
        all.retain(|mistake| seen.insert((mistake.place.file, mistake.place.span.start, mistake.what.clone())));
        all
    }
}
