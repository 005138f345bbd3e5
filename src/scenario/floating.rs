//! Names that float have nothing of their own: what else stands in their table would not be read, and is a mistake.

use crate::provider::ModelSpec;
use crate::spec::{Data, Field, Key, Mistake, Node};

/// The field that makes a name float.
pub(super) const VERSIONS: &str = "versions";

/// All that such a name may have.
const READ: [&str; 4] = [VERSIONS, "like", "source", "notes"];

/// The keys of names that float and that nothing would read. Keys that no model has are reported when they are read.
pub(super) fn ignored(scenario: &Node) -> Vec<Mistake> {
    let models = scenario.get("models").and_then(Node::entries).unwrap_or_default();
    let mut floating = models.iter().filter(|(_, model)| model.get(VERSIONS).is_some()).peekable();
    if floating.peek().is_none() {
        return Vec::new();
    }
    let schema = ModelSpec::schema();
    let would_be_read = |key: &str| READ.contains(&key) || schema["properties"].get(key).is_none();
    let ignored = floating.flat_map(|(name, model)| {
        let keys = model.entries().unwrap_or_default().iter().map(|(key, _)| key);
        keys.filter(|key| !would_be_read(&key.name)).map(|key| {
            let what = format!("\"{}\" is a name that floats: it has no {} of its own", name.name, key.name);
            let mistake = Mistake::error(&key.place, what).label("would not be read");
            mistake.help("give it to the models that the name stands for")
        })
    });
    ignored.collect()
}

/// Names that float and stand for nothing at all. What is no list is reported when it is read.
pub(super) fn empty(scenario: &Node) -> Vec<Mistake> {
    let models = scenario.get("models").and_then(Node::entries).unwrap_or_default();
    let lists = models.iter().filter_map(|(name, model)| Some((name, model.get(VERSIONS)?)));
    let empty = lists.filter(|(_, list)| matches!(&list.data, Data::Array(versions) if versions.is_empty()));
    let mistake = |(name, list): (&Key, &Node)| {
        let what = format!("\"{}\" is a name that floats, and stands for no model", name.name);
        Mistake::error(&list.place, what).label("empty").help("name at least one: versions = [{ model = \"...\" }]")
    };
    empty.map(mistake).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Mistakes, Sources, parse};

    #[test]
    fn every_key_that_would_not_be_read_is_named() {
        let text = "[models.\"a/latest\"]\nversions = [{ model = \"a/x\" }]\nnotes = \"moves\"\nprice.per_image = \"1 USD\"\n\
             acceptance = \"50%\"\nacceptnce = 1\n[models.\"a/x\"]\nlatency = \"1s\"\n";
        let mut sources = Sources::new();
        let tree = parse(text, sources.add("a.toml", text), &mut Mistakes::new());
        let found: Vec<(String, usize)> =
            ignored(&tree).into_iter().map(|mistake| (mistake.what, sources.line_column(&mistake.place).0)).collect();
        let of = |key: &str| format!("\"a/latest\" is a name that floats: it has no {key} of its own");
        assert_eq!(found, [(of("price"), 4), (of("acceptance"), 5)]);
    }
}
