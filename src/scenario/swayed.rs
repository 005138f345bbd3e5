//! Where unknown billing sways more than money. A limit on dollars, a tier that is earned by spend, the slow lane after a quota and
//! a price that answers to what is bought let other requests through, depending on what is billed. A replication is simulated
//! once, as if everything unknown were billed there, so that the lowest cost is that of such traffic: the user is told.

use crate::provider::moving::MovesSpec;
use crate::provider::terms::TermsSpec;
use crate::provider::{AccountSpec, ModelSpec, parts, provider};
use crate::spec::Mistake;
use crate::units::Usd;

use super::Scenario;
use super::models::Models;

/// A warning for each model whose unknown billing rules sway its traffic.
pub(super) fn swayed(scenario: &Scenario) -> Vec<Mistake> {
    let models = Models::of(scenario);
    let warning = |name: &crate::spec::Located<String>| {
        let model = models.spec(name).filter(|model| model.billing.as_ref().is_some_and(|rules| !rules.unknown().is_empty()))?;
        let by = what_sways(name, model, scenario)?;
        let what = format!("what is unknown of the billing of \"{}\" counts as billed for {by}", name.value);
        let mistake = Mistake::warning(&name.place, what).label("its lowest cost is that of such traffic");
        Some(mistake.help("answer the unknown rules in its `billing` to see what traffic meets then"))
    };
    models.used.iter().filter_map(warning).collect()
}

/// What counts money that may not be billed, between the client and the model.
fn what_sways(name: &str, model: &ModelSpec, scenario: &Scenario) -> Option<&'static str> {
    let (model_name, gateway) = parts(name);
    let gateway = gateway.and_then(|gateway| scenario.gateways.as_ref()?.get(gateway));
    let direct = gateway.is_none_or(|gateway| gateway.own_key);
    let account: Option<&AccountSpec> = scenario
        .accounts
        .as_ref()
        .and_then(|all| all.get(model.account.as_ref().map_or_else(|| provider(model_name), |account| account.value.as_str())));
    let provider = scenario.providers.as_ref().and_then(|all| all.get(provider(model_name)));
    let own = [model.limits.as_ref(), account.and_then(|own| own.limits.as_ref()), provider.and_then(|own| own.limits.as_ref())];
    let limits = own.into_iter().filter(|_| direct).chain([gateway.and_then(|gateway| gateway.limits.as_ref())]);
    let own = [model.terms.as_ref(), account.and_then(|own| own.terms.as_ref()), provider.and_then(|own| own.terms.as_ref())];
    let mut terms = own.into_iter().filter(|_| direct).chain([gateway.and_then(|gateway| gateway.terms.as_ref())]);
    let spent = account.filter(|_| direct).map_or(Usd::ZERO, |account| account.spent.value);
    if limits.flatten().any(|limits| limits.counts_money(spent)) {
        return Some("its limits on money or tiers by spend");
    }
    if terms.any(|terms| terms.is_some_and(TermsSpec::slows_down)) {
        return Some("the slow lane after its quota");
    }
    model.moves.as_ref().is_some_and(MovesSpec::answers_to_load).then_some("its price, which answers to what is bought")
}
