//! Aliases: other names for models. Those of the scenario hold in all strategies, unless a strategy has the same name itself.
//!
//! They are put into each strategy's table before it is read; what stands for what is the strategy's own affair from then on.

use crate::provider::parts;
use crate::routing::ModelName;
use crate::spec::{Data, Key, Mistake, Mistakes, Node, Place, unknown_name};

use super::load::names;

const ALIASES: &str = "aliases";

/// Puts the aliases of the scenario into its strategies, and finds those that stand for no model. Where not all models are known,
/// only circles are found. Gives the names of all aliases, of whichever strategy.
pub(super) fn share(tree: &mut Node, incomplete: bool, mistakes: &mut Mistakes) -> Vec<String> {
    let models = names(tree.get("models"));
    let models = (!incomplete).then_some(models.as_slice());
    let all = tree.get(ALIASES).cloned();
    let shared: Vec<(Key, Node)> = all.as_ref().and_then(Node::entries).unwrap_or_default().to_vec();
    mistakes.extend(shared.iter().filter_map(|alias| wrong(alias, &shared, models)));
    let mut known = shared.iter().map(|(key, _)| key.name.clone()).collect::<Vec<_>>();
    for strategy in tree.values_mut("strategies").filter(|strategy| strategy.entries().is_some()) {
        let own = strategy.get(ALIASES).and_then(Node::entries).unwrap_or_default().to_vec();
        let inherited = shared.iter().filter(|(key, _)| !own.iter().any(|(other, _)| other.name == key.name)).cloned();
        let merged: Vec<(Key, Node)> = own.iter().cloned().chain(inherited).collect();
        mistakes.extend(own.iter().filter_map(|alias| wrong(alias, &merged, models)));
        known.extend(own.into_iter().map(|(key, _)| key.name));
        if let Some((first, _)) = merged.first() {
            let place: Place = strategy.get(ALIASES).map_or_else(|| first.place.clone(), |node| node.place.clone());
            let entry = strategy.entry(Key { name: ALIASES.to_owned(), place: place.clone() });
            // What is no table is reported when it is read.
            if entry.entries().is_some() {
                *entry = Node { place, data: Data::Table(merged) };
            }
        }
    }
    known
}

/// What is wrong with an alias among others.
fn wrong((key, node): &(Key, Node), all: &[(Key, Node)], models: Option<&[String]>) -> Option<Mistake> {
    let text = |node: &Node| if let Data::Text(text) = &node.data { Some(text.clone()) } else { None };
    if models.is_some_and(|models| models.contains(&key.name)) {
        let mistake = Mistake::error(&key.place, format!("\"{}\" is a model and cannot stand for another", key.name));
        return Some(mistake.label("the name of a model").help("give the alias another name"));
    }
    let mut target = text(node)?;
    for _ in 0..all.len() {
        let Some((_, next)) = all.iter().find(|(other, _)| other.name == target) else { break };
        target = text(next)?;
    }
    if all.iter().any(|(other, _)| other.name == target) {
        let mistake = Mistake::error(&node.place, format!("the alias \"{}\" stands for no model in the end", key.name));
        return Some(mistake.label("leads into a circle of aliases").help("the last alias of a course stands for a model"));
    }
    let models = models.filter(|models| !models.iter().any(|model| model == parts(&target).0))?;
    // An alias in between is told of by itself.
    if text(node).as_ref() != Some(&target) {
        return None;
    }
    let names: Vec<&str> = models.iter().map(String::as_str).collect();
    Some(unknown_name(&node.place, ModelName::KIND, &target, &names))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Sources, parse};

    fn shared(text: &str) -> (Node, Vec<String>) {
        let text = format!("{text}\n[models]\n\"p/a\" = {{}}\n\"q/b\" = {{}}\n");
        let mut mistakes = Mistakes::new();
        let mut tree = parse(&text, Sources::new().add("a.toml", &*text), &mut mistakes);
        share(&mut tree, false, &mut mistakes);
        (tree, mistakes.into_sorted().into_iter().map(|mistake| mistake.what).collect())
    }

    #[test]
    fn a_strategys_own_stand_above_the_scenarios() {
        let (tree, mistakes) =
            shared("aliases = { draft = \"p/a\", fine = \"draft\" }\n[strategies]\na = {}\nb.aliases.draft = \"q/b\"");
        assert!(mistakes.is_empty(), "{mistakes:?}");
        let of = |strategy: &str, alias: &str| {
            let node = tree.get("strategies")?.get(strategy)?.get(ALIASES)?.get(alias)?;
            if let Data::Text(text) = &node.data { Some(text.clone()) } else { None }
        };
        assert_eq!(
            [of("a", "draft"), of("b", "draft"), of("b", "fine")],
            [Some("p/a"), Some("q/b"), Some("draft")].map(|name| name.map(str::to_owned))
        );
    }

    #[test]
    fn circles_strangers_and_names_of_models_are_mistakes() {
        let of = |text: &str| shared(text).1;
        assert_eq!(of("aliases = { x = \"p/z\" }"), ["unknown model \"p/z\""]);
        assert_eq!(of("aliases = { \"p/a\" = \"q/b\" }"), ["\"p/a\" is a model and cannot stand for another"]);
        let circle = of("aliases = { x = \"y\", y = \"x\" }");
        assert_eq!(circle.len(), 2);
        assert_eq!(circle[0], "the alias \"x\" stands for no model in the end");
        // A circle of which a strategy closes one half.
        assert_eq!(
            of("aliases = { x = \"y\", y = \"p/a\" }\n[strategies]\na.aliases.y = \"x\""),
            ["the alias \"y\" stands for no model in the end"]
        );
    }
}
