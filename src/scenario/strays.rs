//! Names that lead nowhere, and tables that nobody would read: what a scenario says and nothing would use is a mistake.
//!
//! Models that strategies name are not looked at here: the reader knows them. Nothing is changed.

use crate::provider::{LimitsSpec, ModelSpec, VIA, parts, provider};
use crate::spec::{Located, Mistake, nearest};

use super::Scenario;
use super::models::Models;

/// All that leads nowhere. Where not all models are known, nothing can be said of names.
pub(super) fn strays(scenario: &Scenario, models: &Models<'_>) -> Vec<Mistake> {
    let mut mistakes: Vec<Mistake> = scenario.models.iter().filter_map(|(name, _)| through_a_gateway(name)).collect();
    if !models.incomplete {
        let led_to = models.led_to().iter().filter(|name| models.spec(name).is_none());
        mistakes.extend(led_to.map(|name| unknown(name, scenario)));
        let accounts = scenario.accounts.iter().flatten();
        mistakes.extend(accounts.filter_map(|(name, account)| no_such_tier(name, account.tier.as_ref()?, models)));
    }
    mistakes
}

/// A table for a model as it is reached, of which nothing is read.
fn through_a_gateway(name: &Located<String>) -> Option<Mistake> {
    let (model, gateway) = parts(name);
    let gateway = gateway?;
    let what = format!("\"{model}{VIA}{gateway}\" is a way to a model, and no model");
    let help = format!("write [models.\"{model}\"], and what the gateway adds in [gateways.{gateway}]");
    Some(Mistake::error(&name.place, what).label("nothing reads this table").help(help))
}

/// A model that something leads to, and that is none.
pub(super) fn unknown(name: &Located<String>, scenario: &Scenario) -> Mistake {
    let model = parts(name).0;
    let mistake = Mistake::error(&name.place, format!("unknown model \"{model}\"")).label("no such model");
    let names: Vec<&str> = scenario.models.names().filter(|name| parts(name).1.is_none()).collect();
    let near = nearest(model, &names).map(|near| format!("did you mean \"{near}\"?"));
    mistake.help(near.unwrap_or_else(|| format!("describe it in [models.\"{model}\"]")))
}

/// A tier by contract that no limit of the account knows. Accounts through which nothing is reached have none to know it.
fn no_such_tier(name: &Located<String>, tier: &Located<String>, models: &Models<'_>) -> Option<Mistake> {
    let scenario = models.scenario();
    let through = models.names.iter().filter(|model| models.account(model) == Some(&name.value));
    let reached: Vec<(&str, &ModelSpec)> = through.filter_map(|name| Some((parts(name).0, models.spec(name)?))).collect();
    if reached.is_empty() {
        return None;
    }
    let of_account = scenario.accounts.as_ref().and_then(|all| all.get(name)?.limits.as_ref());
    let of_providers = reached.iter().filter_map(|(model, _)| scenario.providers.as_ref()?.get(provider(model))?.limits.as_ref());
    let of_models = reached.iter().filter_map(|(_, spec)| spec.limits.as_ref());
    let mut known: Vec<&str> = of_account.into_iter().chain(of_providers).chain(of_models).flat_map(tiers).collect();
    known.sort_unstable();
    known.dedup();
    let is_known = known.contains(&tier.value.as_str());
    (!is_known).then(|| {
        let what = format!("no limit of account \"{}\" has a tier \"{}\"", name.value, tier.value);
        let near = nearest(tier, &known).map(|near| format!("did you mean \"{near}\"? ")).unwrap_or_default();
        let all = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        Mistake::error(&tier.place, what).label("no such tier").help(format!("{near}its tiers: {all}"))
    })
}

fn tiers(limits: &LimitsSpec) -> impl Iterator<Item = &str> {
    limits.tiers.iter().flatten().map(|tier| tier.name.value.as_str())
}
