//! What every reader needs: a place for mistakes, tables with known keys, and the nearest valid name.

use super::{Data, Field, Key, Mistake, Mistakes, Node, Place};

/// Collects mistakes while a tree is read, and knows the names that the tree may refer to.
#[derive(Debug, Default)]
pub struct Reader {
    mistakes: Mistakes,
    known: Vec<(&'static str, Vec<String>)>,
}

/// A table whose unknown keys have been reported.
#[derive(Debug, Clone)]
pub struct TableView<'a> {
    place: &'a Place,
    entries: &'a [(Key, Node)],
    /// What the unknown keys were probably meant to be: those are not reported again as missing.
    meant: Vec<String>,
}

impl Reader {
    /// No mistakes yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Says which names of a kind exist (`"model"`, ...). Names of a kind that was never declared all pass.
    pub fn declare(&mut self, kind: &'static str, names: Vec<String>) {
        self.known.push((kind, names));
    }

    /// The names of a kind, where they were declared.
    pub fn declared(&self, kind: &str) -> Option<&[String]> {
        self.known.iter().find(|(known, _)| *known == kind).map(|(_, names)| names.as_slice())
    }

    /// Records a mistake.
    pub fn push(&mut self, mistake: Mistake) {
        self.mistakes.push(mistake);
    }

    /// All mistakes that were recorded.
    pub fn into_mistakes(self) -> Mistakes {
        self.mistakes
    }

    /// Records that a value is of the wrong type. `expected` carries its article: `a duration such as "2s"`.
    pub fn wrong_type(&mut self, node: &Node, expected: &str) {
        let what = format!("expected {expected}, found {}", node.kind());
        self.push(Mistake::error(&node.place, what).label("of the wrong type"));
    }

    /// The table that the value must be. Keys other than `allowed` are recorded as mistakes.
    pub fn table<'a>(&mut self, node: &'a Node, allowed: &[&str]) -> Option<TableView<'a>> {
        let Some(entries) = node.entries() else {
            self.wrong_type(node, &format!("a table with the keys {}", listed(allowed)));
            return None;
        };
        let mut meant = Vec::new();
        for (key, _) in entries {
            if !allowed.contains(&key.name.as_str()) {
                self.unknown_key(key, allowed);
                meant.extend(nearest(&key.name, allowed).map(str::to_owned));
            }
        }
        Some(TableView { place: &node.place, entries, meant })
    }

    /// The one entry of a table in which exactly one of the `allowed` keys must stand.
    pub fn one_of<'a>(&mut self, node: &'a Node, allowed: &[&str]) -> Option<(&'a str, &'a Node)> {
        let Some(entries) = node.entries() else {
            self.not_a_choice(node, allowed);
            return None;
        };
        let mut chosen: Vec<&(Key, Node)> = Vec::new();
        for entry in entries {
            if allowed.contains(&entry.0.name.as_str()) {
                chosen.push(entry);
            } else {
                self.unknown_key(&entry.0, allowed);
            }
        }
        match chosen.as_slice() {
            [(key, value)] => Some((&key.name, value)),
            [] if entries.is_empty() => {
                let mistake = Mistake::error(&node.place, "nothing is chosen here").label("empty");
                self.push(mistake.help(format!("give exactly one of: {}", listed(allowed))));
                None
            }
            [] => None,
            [(first, _), rest @ ..] => {
                for (key, _) in rest {
                    let what = format!("\"{}\" and \"{}\" exclude each other", first.name, key.name);
                    let mistake = Mistake::error(&key.place, what).label("the second choice");
                    self.push(mistake.help(format!("give exactly one of: {}", listed(allowed))));
                }
                None
            }
        }
    }

    fn not_a_choice(&mut self, node: &Node, allowed: &[&str]) {
        let what = format!("expected a table with one of the keys {}, found {}", listed(allowed), node.kind());
        let mistake = Mistake::error(&node.place, what).label("of the wrong type");
        self.push(match &node.data {
            Data::Text(text) if allowed.contains(&text.as_str()) => mistake.help(format!("write it as a key: {text} = ...")),
            _ => mistake,
        });
    }

    fn unknown_key(&mut self, key: &Key, allowed: &[&str]) {
        let mistake = Mistake::error(&key.place, format!("unknown key \"{}\"", key.name)).label("not a key of this table");
        self.push(mistake.help(suggestion(&key.name, allowed)));
    }

    /// Records that a text is none of the words or names that are allowed here.
    pub fn unknown_name<S: AsRef<str>>(&mut self, place: &Place, kind: &str, name: &str, allowed: &[S]) {
        self.push(unknown_name(place, kind, name, allowed));
    }
}

impl<'a> TableView<'a> {
    /// Reads the field under a key; where the key is missing, the default, or what the type says of absence.
    pub fn field<T: Field>(&self, key: &str, default: Option<&serde_json::Value>, reader: &mut Reader) -> Option<T> {
        match (self.get(key), default) {
            (Some(node), _) => T::read(node, reader),
            (None, Some(default)) => T::read(&Node::from_json(default, self.place), reader),
            (None, None) if !T::optional() && self.meant.iter().any(|meant| meant == key) => None,
            (None, None) => T::absent(key, self.place, reader),
        }
    }

    fn get(&self, key: &str) -> Option<&'a Node> {
        self.entries.iter().find(|(entry, _)| entry.name == key).map(|(_, node)| node)
    }
}

/// That a text is none of the names that are allowed here.
pub fn unknown_name<S: AsRef<str>>(place: &Place, kind: &str, name: &str, allowed: &[S]) -> Mistake {
    let mistake = Mistake::error(place, format!("unknown {kind} \"{name}\"")).label(format!("no such {kind}"));
    mistake.help(suggestion(name, allowed))
}

/// `did you mean "horizon"? allowed: horizon, seed`.
fn suggestion<S: AsRef<str>>(name: &str, allowed: &[S]) -> String {
    let list = format!("allowed: {}", listed(allowed));
    nearest(name, allowed).map_or_else(|| list.clone(), |near| format!("did you mean \"{near}\"? {list}"))
}

fn listed<S: AsRef<str>>(names: &[S]) -> String {
    const SHOWN: usize = 24;
    if names.is_empty() {
        return "none".to_owned();
    }
    let list = names.iter().take(SHOWN).map(AsRef::as_ref).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => list,
        more => format!("{list} and {more} more"),
    }
}

/// The name that was probably meant: at most a third of the letters mistyped, or its beginning or end only.
pub fn nearest<'a, S: AsRef<str>>(name: &str, allowed: &'a [S]) -> Option<&'a str> {
    let plain = |text: &str| text.to_lowercase().replace(['-', ' '], "_");
    let wanted = plain(name);
    let close = allowed
        .iter()
        .map(|other| (strsim::damerau_levenshtein(&wanted, &plain(other.as_ref())), other.as_ref()))
        .filter(|(distance, other)| *distance <= (other.chars().count().max(wanted.chars().count()) / 3).max(1))
        .min_by_key(|(distance, _)| *distance);
    let part = || {
        let mut parts = allowed
            .iter()
            .map(AsRef::as_ref)
            .filter(|other| wanted.len() >= 3 && (plain(other).starts_with(&wanted) || plain(other).ends_with(&wanted)));
        parts.next().filter(|_| parts.next().is_none())
    };
    close.map(|(_, other)| other).or_else(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_near() {
        let names = ["horizon", "time_zone", "google/imagen-3"];
        assert_eq!(nearest("horizn", &names), Some("horizon"));
        assert_eq!(nearest("Time-Zone", &names), Some("time_zone"));
        assert_eq!(nearest("imagen-3", &names), Some("google/imagen-3"));
        assert_eq!(nearest("seed", &names), None);
    }
}
