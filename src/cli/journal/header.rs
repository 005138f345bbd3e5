//! What a journal is of, and why it may be of another run.

use serde::{Deserialize, Serialize};

use crate::experiment::{Manifest, Objectives, Replaced};

/// What a journal is of: all on which its batches depend, and from what that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::cli) struct Header {
    /// How many strategies there are.
    pub(in crate::cli) strategies: usize,
    /// Which bounds were worked out.
    pub(in crate::cli) bounds: Objectives,
    /// Program, plan, seed and files; its numbers of replications mean nothing.
    pub(in crate::cli) manifest: Manifest,
}

impl Header {
    /// Why the batches of a journal with this header are not those of a run with the other; empty where they are. What changes
    /// neither plan nor seed, such as a comment, a name or the number of replications, is no reason.
    pub(super) fn differences(&self, now: &Self) -> Vec<String> {
        let (was, is) = (&self.manifest, &now.manifest);
        let mut found = Vec::new();
        if (&was.version, &was.commit) != (&is.version, &is.commit) {
            let of = |of: &Manifest| format!("spendcast {} ({})", of.version, of.commit);
            found.push(format!("it was made by {}, and this is {}", of(was), of(is)));
        }
        if was.seed != is.seed {
            found.push(format!("the seed was {}, and is {}", was.seed, is.seed));
        }
        if self.bounds != now.bounds {
            found.push("other bounds were asked for".to_owned());
        }
        if was.plan_hash != is.plan_hash {
            let before = found.len();
            if was.scenario_sha256 != is.scenario_sha256 {
                found.push(format!("the scenario {} was another, or has changed", was.scenario));
            }
            if set(was) != set(is) {
                found.push(format!("it ran {}, and now {}", with(&set(was)), with(&set(is))));
            }
            let names =
                |of: &Manifest| of.catalogues.iter().map(|book| (book.name.clone(), book.date.clone())).collect::<Vec<_>>();
            if names(was) != names(is) {
                found.push("it went by other price books".to_owned());
            }
            let changed = was.inputs.iter().filter(|input| !is.inputs.contains(input));
            found.extend(changed.map(|input| format!("{} has changed, or is no longer read", input.name)));
            if found.len() == before {
                found.push("the plan is another, though files and settings are the same".to_owned());
            }
        }
        found
    }
}

/// The values that `--set` replaced; the seed is compared on its own, and the number of replications does not matter.
fn set(of: &Manifest) -> Vec<&Replaced> {
    of.set
        .iter()
        .filter(|replaced| !["seed", "replications", "precision", "indifference"].contains(&replaced.path.as_str()))
        .collect()
}

fn with(set: &[&Replaced]) -> String {
    let all: Vec<String> = set.iter().map(|replaced| format!("--set {}={}", replaced.path, replaced.value)).collect();
    if all.is_empty() { "without --set".to_owned() } else { format!("with {}", all.join(" ")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::made_up;

    fn header() -> Header {
        let manifest = made_up::manifest(&made_up::results(&["a"], 2));
        Header { strategies: 1, bounds: Objectives::NONE, manifest }
    }

    fn differences(change: impl FnOnce(&mut Header)) -> Vec<String> {
        let mut now = header();
        change(&mut now);
        header().differences(&now)
    }

    #[test]
    fn every_reason_is_told() {
        assert!(header().differences(&header()).is_empty());
        let seed = header().manifest.seed;
        assert_eq!(differences(|now| now.manifest.seed += 1), [format!("the seed was {seed}, and is {}", seed + 1)]);
        let other_program = differences(|now| now.manifest.commit = "fedcba987654".to_owned());
        assert!(other_program[0].starts_with("it was made by spendcast ") && other_program[0].ends_with("(fedcba987654)"));
        assert_eq!(differences(|now| now.bounds = Objectives::ALL), ["other bounds were asked for"]);
        let replaced = Replaced { path: "horizon".to_owned(), value: "7d".to_owned() };
        let of_another_plan = |change: fn(&mut Manifest)| {
            differences(|now| {
                now.manifest.plan_hash = "another".to_owned();
                change(&mut now.manifest);
            })
        };
        assert_eq!(of_another_plan(|_| {}), ["the plan is another, though files and settings are the same"]);
        assert!(of_another_plan(|now| now.scenario_sha256 = "another".to_owned())[0].starts_with("the scenario "));
        assert_eq!(of_another_plan(|now| now.catalogues.clear()), ["it went by other price books"]);
        assert!(of_another_plan(|now| now.inputs.clear())[0].ends_with(" has changed, or is no longer read"));
        let set = differences(|now| {
            now.manifest.plan_hash = "another".to_owned();
            now.manifest.set = vec![replaced];
        });
        assert!(set[0].ends_with(", and now with --set horizon=7d"), "{set:?}");
    }

    #[test]
    fn what_changes_no_result_is_no_reason() {
        let same = differences(|now| {
            now.manifest.scenario_sha256 = "a comment was added".to_owned();
            now.manifest.asked += 1000;
            now.manifest.replications = [0, 0];
        });
        assert!(same.is_empty(), "{same:?}");
    }
}
