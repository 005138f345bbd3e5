//! `--set path=value`: one value of the scenario replaced before it is read.
//!
//! The values stand in a text of their own, named `--set`, so that mistakes in them are shown like all others.

use crate::spec::{Data, FileId, Key, Mistake, Mistakes, Node, Place, Sources, parse, parse_value};

use super::asking::Asking;
use super::uncertain::{self, Input};

/// One replaced value.
#[derive(Debug, Clone)]
pub(super) struct Setting {
    path: Vec<Key>,
    value: Node,
}

impl Setting {
    /// Whether it replaces something of this top-level key.
    pub(super) fn is_of(&self, top: &str) -> bool {
        self.path.first().is_some_and(|key| key.name == top)
    }

    /// The entry of this top-level table that it is about.
    pub(super) fn entry_of(&self, top: &str) -> Option<&Key> {
        self.path.get(1).filter(|_| self.is_of(top))
    }

    /// The model of which it replaces this field, or a part of it.
    pub(super) fn of_model(&self, field: &str) -> Option<&str> {
        match self.path.as_slice() {
            [_, model, key, ..] if self.is_of("models") && key.name == field => Some(&model.name),
            _ => None,
        }
    }

    /// What of its value is not known.
    pub(super) fn unknown(&mut self, mistakes: &mut Mistakes) -> Vec<Input> {
        uncertain::find_in(&mut self.value, &self.path, mistakes)
    }

    /// Names the models that it may be about.
    pub(super) fn names(&self, asking: &mut Asking<'_>) {
        let at = Data::Table(self.path.iter().map(|key| (key.clone(), self.value.clone())).collect());
        asking.add_names(&Node { place: self.value.place.clone(), data: at });
    }

    /// Puts the value in its place. Tables on the way are made where they are missing.
    pub(super) fn apply(&self, root: &mut Node, mistakes: &mut Mistakes) {
        let mut at = root;
        for key in &self.path {
            at = match step(at, key) {
                Ok(next) => next,
                Err(mistake) => return mistakes.push(mistake),
            };
        }
        *at = self.value.clone();
    }
}

/// The value under a key, made where a table lacks it.
fn step<'a>(node: &'a mut Node, key: &Key) -> Result<&'a mut Node, Mistake> {
    if node.entries().is_some() {
        return Ok(node.entry(key.clone()));
    }
    let kind = node.kind();
    let Data::Array(items) = &mut node.data else {
        let what = format!("there is no key \"{}\": what stands there is {kind}", key.name);
        return Err(Mistake::error(&key.place, what).label("leads nowhere"));
    };
    let count = items.len();
    key.name.parse().ok().and_then(|index: usize| items.get_mut(index)).ok_or_else(|| {
        let mistake = Mistake::error(&key.place, format!("there is no item \"{}\" in this list", key.name));
        mistake.label(format!("expected a number below {count}"))
    })
}

/// Reads settings and puts their text among the sources.
pub(super) fn read(sets: &[(String, String)], sources: &mut Sources, mistakes: &mut Mistakes) -> Vec<Setting> {
    let lines: Vec<String> = sets.iter().map(|(path, value)| format!("{path}={value}\n")).collect();
    let file = sources.add("--set", lines.concat());
    let mut offset = 0;
    let mut settings = Vec::new();
    for ((path, value), line) in sets.iter().zip(&lines) {
        if let Some(path) = read_path(path, file, offset) {
            settings.push(Setting { path, value: read_value(value, file, offset + line.len() - value.len() - 1) });
        } else {
            let place = Place { file, span: offset..offset + path.len().max(1) };
            let mistake = Mistake::error(&place, format!("{path:?} is no path")).label("expected keys parted by points");
            mistakes.push(mistake.help("quote a key that has points or slashes in it: models.\"google/imagen-3\".acceptance"));
        }
        offset += line.len();
    }
    settings
}

/// The keys of a path, whose text starts at `offset`; `None` where it is none.
fn read_path(path: &str, file: FileId, offset: usize) -> Option<Vec<Key>> {
    let mut mistakes = Mistakes::new();
    let mut node = parse(&format!("{path}=0"), file, &mut mistakes);
    if mistakes.has_errors() {
        return None;
    }
    let mut keys = Vec::new();
    while let Data::Table(entries) = node.data {
        let [(mut key, value)] = <[(Key, Node); 1]>::try_from(entries).ok()?;
        key.place.span = key.place.span.start + offset..key.place.span.end + offset;
        keys.push(key);
        node = value;
    }
    (!keys.is_empty()).then_some(keys)
}

/// A TOML value, or else a text.
fn read_value(value: &str, file: FileId, offset: usize) -> Node {
    parse_value(value, file, offset).unwrap_or_else(|| {
        let place = Place { file, span: offset..offset + value.len() };
        Node { place, data: Data::Text(value.to_owned()) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &str, path: &str, value: &str) -> Result<Node, String> {
        let mut sources = Sources::new();
        let mut mistakes = Mistakes::new();
        let file = sources.add("a.toml", text);
        let mut root = parse(text, file, &mut mistakes);
        for setting in read(&[(path.to_owned(), value.to_owned())], &mut sources, &mut mistakes) {
            setting.apply(&mut root, &mut mistakes);
        }
        mistakes.into_sorted().first().map_or(Ok(root), |mistake| Err(mistake.what.clone()))
    }

    #[test]
    fn a_value_is_toml_or_else_a_text() {
        let data = |path: &str, value: &str| set("a = 1", path, value).map(|root| root.get("a").expect("set").data.clone());
        assert!(matches!(data("a", "2"), Ok(Data::Integer(2))));
        assert!(matches!(data("a", "2s"), Ok(Data::Text(text)) if text == "2s"));
        assert!(matches!(data("a", "1000 USD"), Ok(Data::Text(text)) if text == "1000 USD"));
        assert!(matches!(data("a", "2026-01-01"), Ok(Data::Date(_))));
        assert!(matches!(data("a", ""), Ok(Data::Text(text)) if text.is_empty()));
    }

    #[test]
    fn paths_lead_through_tables_lists_and_quoted_keys() {
        let root = set("[[r]]\nx = 1\n[[r]]\nx = 2\n", "r.1.x", "3").expect("a path");
        let Data::Array(items) = &root.get("r").expect("there").data else { panic!("a list") };
        assert!(matches!(items[1].get("x").expect("there").data, Data::Integer(3)));
        let root = set("", "models.\"a/b.c\".share", "5%").expect("a path");
        assert!(root.get("models").and_then(|models| models.get("a/b.c")).and_then(|model| model.get("share")).is_some());
        assert_eq!(set("a = 1", "a.b", "1").expect_err("no table"), "there is no key \"b\": what stands there is an integer");
        assert_eq!(set("a = [1]", "a.1", "1").expect_err("too far"), "there is no item \"1\" in this list");
        for wrong in ["", "a b", ".", "a.", "a=1\nb", "[a]", "#"] {
            assert!(set("", wrong, "1").is_err(), "{wrong} was read");
        }
    }
}
