//! Where unknown billing sways more than money. A limit on dollars, a tier that is earned by spend, the slow lane after a quota and
//! a price that answers to what is bought let other requests through, depending on what is billed. A replication is simulated
//! once, as if everything unknown were billed there, so that the lowest cost is that of such traffic: the user is told.

use crate::provider::moving::MovesSpec;
use crate::provider::terms::TermsSpec;
use crate::provider::{ModelSpec, parts, provider};
use crate::spec::{Located, Mistake};
use crate::units::Usd;

use super::models::Models;

/// A warning for each model whose unknown billing rules sway its traffic. Where not all models are known, there is none.
pub(super) fn swayed(models: &Models<'_>) -> Vec<Mistake> {
    let warning = |name: &Located<String>| {
        let model = models.spec(name).filter(|model| model.billing.as_ref().is_some_and(|rules| !rules.unknown().is_empty()))?;
        let by = what_sways(name, model, models)?;
        let what = format!("what is unknown of the billing of \"{}\" counts as billed for {by}", name.value);
        let mistake = Mistake::warning(&name.place, what).label("its lowest cost is that of such traffic");
        Some(mistake.help("answer the unknown rules in its `billing` to see what traffic meets then"))
    };
    models.used.iter().filter(|_| !models.incomplete).filter_map(warning).collect()
}

/// What counts money that may not be billed, between the client and the model.
fn what_sways(name: &str, model: &ModelSpec, models: &Models<'_>) -> Option<&'static str> {
    let (scenario, account) = (models.scenario(), models.account(name));
    let of_account = account.and_then(|account| scenario.accounts.as_ref()?.get(account));
    let of_provider = account.and_then(|_| scenario.providers.as_ref()?.get(provider(parts(name).0)));
    let parties = [
        account.map(|_| (&model.limits, &model.terms)),
        of_account.map(|own| (&own.limits, &own.terms)),
        of_provider.map(|own| (&own.limits, &own.terms)),
        models.gateway(name).map(|own| (&own.limits, &own.terms)),
    ];
    let spent = of_account.map_or(Usd::ZERO, |account| account.spent.value);
    let (limits, terms): (Vec<_>, Vec<_>) = parties.into_iter().flatten().unzip();
    if limits.into_iter().flatten().any(|limits| limits.counts_money(spent)) {
        return Some("its limits on money or tiers by spend");
    }
    if terms.into_iter().flatten().any(TermsSpec::slows_down) {
        return Some("the slow lane after its quota");
    }
    model.moves.as_ref().is_some_and(MovesSpec::answers_to_load).then_some("its price, which answers to what is bought")
}
