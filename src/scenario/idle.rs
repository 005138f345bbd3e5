//! What a scenario itself says of a model, gateway or strategy and what changes nothing in it. What price books say is not looked
//! at: it is meant for other scenarios too.

use crate::provider::{ModelSpec, VIA, parts};
use crate::routing::StrategySpec;
use crate::spec::{Key, Located, Mistake, Node, nearest};

use super::Scenario;
use super::models::Models;

/// All that changes nothing. `own` is the scenario's tree without its price books. Words for quality that nobody asks for are
/// slips; the rest is a warning, as it may be there for another `--set`, or so that strategies are alike.
pub(super) fn idle(own: &Node, models: &Models<'_>) -> Vec<Mistake> {
    let (scenario, mut mistakes) = (models.scenario(), Vec::new());
    for (name, model) in entries(own, "models") {
        mistakes.extend(unasked(model, scenario));
        let spec = scenario.models.get(&name.name);
        mistakes.extend(spec.and_then(|spec| same_in_any_quality(name, model, spec)));
        mistakes.extend(nothing_cached(name, model, scenario));
    }
    mistakes.extend(entries(own, "strategies").iter().filter_map(|(name, strategy)| nothing_stored(name, strategy, scenario)));
    if !models.incomplete {
        mistakes.extend(scenario.strategies.0.iter().filter_map(|(name, strategy)| never_moves(name, strategy, models)));
        let of_gateway = |(name, gateway)| never_gone_on_from(name, gateway, models);
        mistakes.extend(entries(own, "gateways").iter().flat_map(|(name, gateway)| of_gateway((name, gateway))));
    }
    mistakes
}

fn entries<'a>(node: &'a Node, key: &str) -> &'a [(Key, Node)] {
    node.get(key).and_then(Node::entries).unwrap_or_default()
}

/// Words that a model is never asked in.
fn unasked(model: &Node, scenario: &Scenario) -> Vec<Mistake> {
    let Some(asked) = scenario.workload.qualities() else { return Vec::new() };
    let asked: Vec<&str> = asked.into_iter().collect();
    let words = entries(model, "quality").iter().filter(|(word, _)| !asked.contains(&word.name.as_str()));
    let mistake = |(word, _): &(Key, Node)| {
        let near = nearest(&word.name, &asked).map(|near| format!("did you mean \"{near}\"? ")).unwrap_or_default();
        let mistake = Mistake::error(&word.place, format!("no class asks for quality \"{}\"", word.name));
        mistake.label("would not be read").help(format!("{near}asked for: {}", asked.join(", ")))
    };
    words.map(mistake).collect()
}

/// Words for quality of a model that costs the same in any.
fn same_in_any_quality(name: &Key, model: &Node, spec: &ModelSpec) -> Option<Mistake> {
    let (word, _) = entries(model, "quality").first().filter(|_| !spec.goes_by_quality())?;
    let mistake = Mistake::warning(&word.place, format!("the price of \"{}\" is the same in any quality", name.name));
    Some(mistake.label("changes nothing").help("leave out its `quality`, or give it a price by quality, such as price.table"))
}

/// A cache that never has what is asked for.
fn nothing_cached(name: &Key, model: &Node, scenario: &Scenario) -> Option<Mistake> {
    let (key, _) = model.entries()?.iter().find(|(key, _)| key.name == "cache" && !scenario.workload.repeats())?;
    let what = format!("nothing is ever served from the cache of \"{}\": no request could be", name.name);
    Some(Mistake::warning(&key.place, what).label("changes nothing").help(SAY_WHAT_REPEATS))
}

const SAY_WHAT_REPEATS: &str =
    "say how many prompts repeat and how many of those could: workload.prompts = { repeats = ..., cacheable = ... }";

/// A client's cache that never has what is asked for.
fn nothing_stored(name: &Key, strategy: &Node, scenario: &Scenario) -> Option<Mistake> {
    let caches = entries(strategy, "cache");
    let (key, _) = caches.iter().find(|(key, _)| key.name == "exact" && !scenario.workload.repeats())?;
    let what = format!("strategy \"{}\" never serves anything from its exact cache: no request could be", name.name);
    Some(Mistake::warning(&key.place, what).label("changes nothing").help(SAY_WHAT_REPEATS))
}

/// Models from which a gateway would go on, but which nothing sends through it while something else goes through it.
fn never_gone_on_from(gateway: &Key, node: &Node, models: &Models<'_>) -> Vec<Mistake> {
    let through: Vec<&str> = models
        .names
        .iter()
        .map(|name| parts(name))
        .filter(|(_, via)| *via == Some(&gateway.name))
        .map(|(model, _)| model)
        .collect();
    // Models that are none are mistakes of their own.
    let is_model = |name: &str| parts(name).1.is_none() && models.spec(name).is_some_and(|spec| spec.versions.is_none());
    let failover = entries(node, "failover").iter().map(|(from, _)| from);
    let idle = failover.filter(|from| !through.is_empty() && !through.contains(&from.name.as_str()) && is_model(&from.name));
    let mistake = |from: &Key| {
        let mistake = Mistake::warning(&from.place, format!("nothing is sent to \"{}{VIA}{}\"", from.name, gateway.name));
        mistake.label("changes nothing").help(format!("through this gateway are reached: {}", through.join(", ")))
    };
    idle.map(mistake).collect()
}

/// A strategy that is to move to successors, where none of its models has one. Names that float have none.
fn never_moves(name: &Located<String>, strategy: &StrategySpec, models: &Models<'_>) -> Option<Mistake> {
    let migrate = strategy.migrate.as_ref()?;
    let specs: Option<Vec<&ModelSpec>> = strategy.models().map(|model| models.spec(&model)).collect();
    let has_successor = |model: &&ModelSpec| model.life.as_ref().is_some_and(|life| life.successor.is_some());
    // Of models that are not known nothing can be said.
    let specs = specs.filter(|specs| !specs.iter().any(has_successor))?;
    let floats = specs.iter().any(|model| model.versions.is_some());
    let what = format!("strategy \"{}\" never moves: none of its models has a successor", name.value);
    let mistake = Mistake::warning(&migrate.place, what).label("changes nothing");
    let floating = if floats { "; a name that floats moves by its versions alone" } else { "" };
    Some(mistake.help(format!("name one in the `life` of a model, or leave out `migrate`{floating}")))
}
