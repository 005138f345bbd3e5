//! The name of an unknown rule of billing: who bills, or the models whose rule is unknown where others' are not.
//!
//! A name depends on the models that a scenario describes, and not on those that its strategies reach.

use super::ModelSpec;
use super::party::provider;
use crate::spec::Named;

/// "openai bills filtered" where it is unknown of all models that this provider has a price for, or else
/// "openai/dall-e-3 bills filtered". `outcome` is its key in [`BillingSpec`](super::BillingSpec).
pub(super) fn of_provider(biller: &str, outcome: &'static str, models: Option<&Named<ModelSpec>>) -> String {
    let priced = models.into_iter().flatten().filter(|(name, model)| provider(name) == biller && model.price.is_some());
    let (doubtful, known): (Vec<_>, Vec<_>) =
        priced.partition(|(_, model)| model.billing.as_ref().is_some_and(|rules| rules.unknown().contains(&outcome)));
    let names: Vec<&str> = doubtful.iter().map(|(name, _)| name.as_str()).collect();
    match names.as_slice() {
        [] => name(biller, outcome),
        _ if known.is_empty() => name(biller, outcome),
        [model] => name(model, outcome),
        several => format!("{} bill {}", several.join(" and "), outcome.replace('_', " ")),
    }
}

/// The same for whoever has one rule for all models.
pub(super) fn name(biller: &str, outcome: &str) -> String {
    format!("{biller} bills {}", outcome.replace('_', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doubt_is_named_after_those_who_have_it() {
        let models: Named<ModelSpec> = super::super::made_up::read(
            "\"a/x\" = { price.per_image = \"1 USD\", billing = { blocked_after = \"unknown\", failed = \"unknown\", timed_out = \"unknown\" } }\n\
             \"a/y\" = { price.per_image = \"1 USD\", billing = { failed = \"unknown\", timed_out = \"unknown\" } }\n\
             \"a/z\" = { price.per_image = \"1 USD\", billing.timed_out = \"unknown\" }\n\"a/unpriced\" = {}\n",
        );
        let of = |outcome| of_provider("a", outcome, Some(&models));
        assert_eq!(
            ["blocked_after", "failed", "timed_out"].map(of),
            ["a/x bills blocked after", "a/x and a/y bill failed", "a bills timed out"]
        );
    }
}
