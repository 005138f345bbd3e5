//! Gateways: their names, what they go on from and to, and that nothing is reached through two of them.

use std::collections::BTreeSet;

use crate::provider::{GatewaySpec, VIA, parts};
use crate::spec::{Located, Mistake, Place};

use super::Scenario;
use super::models::Models;
use super::strays::unknown;

/// All that is wrong with gateways and with what is reached through them. Where not all models are known, nothing can be said
/// of what they are.
pub(super) fn strays(models: &Models<'_>) -> Vec<Mistake> {
    let scenario = models.scenario();
    let gateways = || scenario.gateways.iter().flatten();
    let mut mistakes: Vec<Mistake> = gateways().filter_map(|(name, _)| no_name(name)).collect();
    let failovers = gateways().flat_map(|(_, gateway)| gateway.failover.iter().flatten()).flat_map(|(_, to)| to);
    // What a gateway goes on to is looked at where it is listed.
    let listed: Vec<&Place> = failovers.map(|to| &to.place).collect();
    let led_to = models.led_to().iter().map(|name| (name, true));
    let all = models.named().iter().map(|name| (name, false)).chain(led_to);
    let elsewhere = all.filter(|(name, _)| !listed.contains(&&name.place));
    mistakes.extend(elsewhere.filter_map(|(name, is_led_to)| through_several(name, is_led_to)));
    if !models.incomplete {
        mistakes.extend(gateways().flat_map(|(_, gateway)| of_failover(gateway, scenario)));
    }
    mistakes
}

/// Whether a deployment's name has more than one gateway in it.
pub(super) fn is_through_several(name: &str) -> bool {
    parts(name).1.is_some_and(|gateway| gateway.contains(VIA))
}

/// A gateway that no deployment could name.
fn no_name(name: &Located<String>) -> Option<Mistake> {
    (name.trim().is_empty() || name.contains(VIA)).then(|| {
        let mistake = Mistake::error(&name.place, format!("{:?} is no name for a gateway", name.value));
        mistake.label(format!("expected a text that is not empty and has no \"{VIA}\" in it"))
    })
}

/// A model that is named with a gateway where a name with another leads to it, or with two at once.
fn through_several(name: &Located<String>, is_led_to: bool) -> Option<Mistake> {
    let (model, gateways) = parts(name);
    let (first, last) = gateways?.rsplit_once(VIA)?;
    let what = format!("\"{model}\" cannot be reached through gateway \"{first}\" and gateway \"{last}\" at once");
    let mistake = Mistake::error(&name.place, what).label("one gateway is all there can be");
    Some(mistake.help(if is_led_to {
        format!("write \"{model}\": it is reached through the gateway of the name that leads to it")
    } else {
        format!("write \"{model}{VIA}{first}\" or \"{model}{VIA}{last}\"")
    }))
}

/// What a gateway goes on from and to: models of their own, each once, and never the same.
fn of_failover(gateway: &GatewaySpec, scenario: &Scenario) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for (from, to) in gateway.failover.iter().flatten() {
        mistakes.extend(std::iter::once(from).chain(to).filter_map(|name| no_model_of_its_own(name, scenario)));
        mistakes.extend(to.iter().filter(|to| to.value == from.value).map(|to| {
            let mistake = Mistake::error(&to.place, format!("\"{}\" fails over to itself", to.value)).label("the same model");
            mistake.help("name other models, in the order in which the gateway goes on to them")
        }));
        let mut seen = BTreeSet::new();
        mistakes.extend(to.iter().filter(|to| !seen.insert(to.as_str())).map(|to| {
            let what = format!("\"{}\" fails over to \"{}\" twice", from.value, to.value);
            Mistake::error(&to.place, what).label("listed before").help("a gateway goes on to each model once: leave it out here")
        }));
    }
    mistakes
}

fn no_model_of_its_own(name: &Located<String>, scenario: &Scenario) -> Option<Mistake> {
    let (model, gateway) = parts(name);
    if gateway.is_some() {
        let what = format!("\"{}\" is a way to a model, and no model", name.value);
        let mistake = Mistake::error(&name.place, what).label("one gateway is all there can be");
        return Some(mistake.help(format!("write \"{model}\": a gateway goes on by itself")));
    }
    let Some(spec) = scenario.models.get(name) else { return Some(unknown(name, scenario)) };
    // A name that stands for nothing is a mistake of its own.
    let versions = spec.versions.as_ref().filter(|versions| !versions.is_empty())?;
    let mistake = Mistake::error(&name.place, format!("a gateway does not fail over by \"{}\", a name that floats", name.value));
    let versions: Vec<String> = versions.iter().map(|version| format!("\"{}\"", version.model.value)).collect();
    Some(mistake.label("no model of its own").help(format!("name what it stands for: {}", versions.join(", "))))
}
