//! What differs between what two runs were asked.

use serde_json::Value;

use super::kept::Kept;
use crate::experiment::{Catalogue, Manifest, Replaced};
use crate::report::InputChange;

/// Everything that differs, in the order in which a reader asks for it.
pub(super) fn changes(before: &Kept, after: &Kept) -> Vec<InputChange> {
    let (was, is) = (&before.manifest, &after.manifest);
    let mut found = Found(Vec::new());
    found.both("program", &program(was), &program(is));
    found.both("scenario", &was.scenario, &is.scenario);
    found.both("scenario file, SHA-256", &short(&was.scenario_sha256), &short(&is.scenario_sha256));
    for (key, what) in [
        ("title", "title"),
        ("start", "start"),
        ("time_zone", "time zone"),
        ("horizon", "horizon"),
        ("budget_usd", "budget, USD"),
        ("baseline", "baseline"),
    ] {
        found.perhaps(what, text(&before.scenario[key]), text(&after.scenario[key]));
    }
    found.both("seed", &was.seed.to_string(), &is.seed.to_string());
    found.both("replications", &replications(was), &replications(is));
    let given = |set: &[Replaced]| -> Vec<(String, String)> {
        // These two are told above, and the last word on a path counts.
        let others = set.iter().filter(|set| !["seed", "replications"].contains(&set.path.as_str()));
        let all: std::collections::BTreeMap<_, _> =
            others.map(|set| (format!("--set {}", set.path), set.value.clone())).collect();
        all.into_iter().collect()
    };
    found.by_name(&given(&was.set), &given(&is.set));
    found.by_name(&books(&was.catalogues), &books(&is.catalogues));
    let files = |manifest: &Manifest| -> Vec<(String, String)> {
        manifest.inputs.iter().map(|file| (format!("file {}, SHA-256", file.name), short(&file.sha256))).collect()
    };
    found.by_name(&files(was), &files(is));
    found.0
}

struct Found(Vec<InputChange>);

impl Found {
    fn perhaps(&mut self, what: &str, before: Option<String>, after: Option<String>) {
        if before != after {
            self.0.push(InputChange { what: what.to_owned(), before, after });
        }
    }

    fn both(&mut self, what: &str, before: &str, after: &str) {
        self.perhaps(what, Some(before.to_owned()), Some(after.to_owned()));
    }

    /// What has names of its own: those of the earlier run first.
    fn by_name(&mut self, before: &[(String, String)], after: &[(String, String)]) {
        let find =
            |all: &[(String, String)], name: &str| all.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        let new = after.iter().filter(|(name, _)| find(before, name).is_none());
        for (name, _) in before.iter().chain(new) {
            self.perhaps(name, find(before, name), find(after, name));
        }
    }
}

fn program(manifest: &Manifest) -> String {
    format!("{} ({})", manifest.version, manifest.commit)
}

fn replications(manifest: &Manifest) -> String {
    let [_, done] = manifest.replications;
    if manifest.asked > done { format!("{done} of {} asked for", manifest.asked) } else { done.to_string() }
}

/// Price books with their dates, and the public files that they were made from.
fn books(books: &[Catalogue]) -> Vec<(String, String)> {
    let each = books.iter().flat_map(|book| {
        let own = (format!("price book {}, read on", book.name), book.date.clone());
        let files = book
            .imported
            .iter()
            .map(move |file| (format!("price book {}, file {}, SHA-256", book.name, file.file), short(&file.sha256)));
        std::iter::once(own).chain(files)
    });
    each.collect()
}

/// Enough of a hash to tell it from others.
fn short(hash: &str) -> String {
    hash.chars().take(12).collect()
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
