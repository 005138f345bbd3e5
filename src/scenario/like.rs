//! `like = "other/model"`: a model that takes all fields of another and replaces those that it gives itself.

use crate::spec::{Data, Key, Mistake, Mistakes, Node, Reader};

use super::overlay::overlay;

/// The field that names the other model.
pub(super) const LIKE: &str = "like";

/// Completes every model of the tree that is like another. Whether all could be completed.
pub(super) fn resolve(scenario: &mut Node, incomplete: bool, mistakes: &mut Mistakes) -> bool {
    let Some(written) = scenario.get("models").cloned() else { return true };
    let models = written.entries().unwrap_or_default();
    let mut whole = true;
    for (key, model) in models.iter().filter(|(_, model)| model.get(LIKE).is_some()) {
        let found = complete(model, models, &mut vec![&key.name], incomplete);
        match found {
            Ok(complete) => *scenario.entry(of_models(key)).entry(key.clone()) = complete,
            Err(mistake) => {
                whole = false;
                mistakes.extend(mistake);
            }
        }
    }
    whole
}

/// The key of the table of models, which is there: the place does not matter.
fn of_models(key: &Key) -> Key {
    Key { name: "models".to_owned(), place: key.place.clone() }
}

/// The model with all that it takes of others. An error without a mistake is one that is reported elsewhere.
fn complete<'a>(
    model: &'a Node,
    models: &'a [(Key, Node)],
    path: &mut Vec<&'a str>,
    incomplete: bool,
) -> Result<Node, Option<Mistake>> {
    let Some(like) = model.get(LIKE) else { return Ok(model.clone()) };
    // A value of the wrong type is reported when the whole scenario is read.
    let Data::Text(name) = &like.data else { return Err(None) };
    if let Some(first) = path.iter().position(|before| before == name) {
        let way = [&path[first..], &[name]].concat().join("\" is like \"");
        let mistake = Mistake::error(&like.place, format!("models are like each other in a circle: \"{way}\""));
        return Err(Some(mistake.label("leads back").help("let one of them say all its fields itself")));
    }
    let Some((_, other)) = models.iter().find(|(key, _)| key.name == *name) else {
        let mut reader = Reader::new();
        let names: Vec<&str> = models.iter().map(|(key, _)| key.name.as_str()).collect();
        reader.unknown_name(&like.place, "model", name, &names);
        return Err(reader.into_mistakes().into_sorted().pop().filter(|_| !incomplete));
    };
    path.push(name);
    let mut base = complete(other, models, path, incomplete)?;
    overlay(&mut base, model.clone());
    base.place = model.place.clone();
    Ok(base)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Sources, parse};

    fn resolved(text: &str) -> Result<Node, String> {
        let mut mistakes = Mistakes::new();
        let mut tree = parse(text, Sources::new().add("a.toml", text), &mut mistakes);
        resolve(&mut tree, false, &mut mistakes);
        mistakes.into_sorted().first().map_or(Ok(tree), |mistake| Err(mistake.what.clone()))
    }

    #[test]
    fn a_copy_replaces_what_it_gives_itself() {
        let text = "[models]\na = { price = 1, latency = 2, billing = { failed = 3, filtered = 4 } }\n\
             b = { like = \"a\", latency = 5, billing = { failed = 6 } }\nc = { like = \"b\", price = 7 }\n";
        let tree = resolved(text).expect("no mistakes");
        let number = |path: &[&str]| {
            let node = path.iter().try_fold(tree.get("models")?, |node, key| node.get(key))?;
            if let Data::Integer(number) = node.data { Some(number) } else { None }
        };
        assert_eq!((number(&["b", "price"]), number(&["b", "latency"]), number(&["a", "latency"])), (Some(1), Some(5), Some(2)));
        assert_eq!((number(&["c", "price"]), number(&["c", "latency"])), (Some(7), Some(5)));
        assert_eq!((number(&["c", "billing", "failed"]), number(&["c", "billing", "filtered"])), (Some(6), Some(4)));
    }

    #[test]
    fn circles_and_unknown_names_are_mistakes() {
        let circle = "[models]\na = { like = \"b\" }\nb = { like = \"a\" }\n";
        assert_eq!(
            resolved(circle).expect_err("a circle"),
            "models are like each other in a circle: \"b\" is like \"a\" is like \"b\""
        );
        assert!(resolved("[models]\na = { like = \"a\" }\n").expect_err("itself").contains("circle"));
        assert_eq!(resolved("[models]\na = { like = \"z\" }\n").expect_err("unknown"), "unknown model \"z\"");
    }
}
