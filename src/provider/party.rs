//! Who else sends bills, sets limits and fails, besides a model: its account, its provider, the cloud below, the gateway between.

use super::Applied;
use super::fault::IncidentsSpec;
use super::limit::LimitsSpec;
use super::terms::TermsSpec;
use crate::dist::{LawSpec, QuantileTable};
use crate::model::DeploymentId;
use crate::spec::{self, Located, Mistake, Named};
use crate::units::{Share, SimDuration, Usd};

/// What stands between a model and the gateway through which it is reached: "google/imagen-3 via openrouter".
pub const VIA: &str = " via ";

spec::names! {
    /// The name of a model of the scenario or its catalogue.
    pub struct ModelName: "model";
}

spec::table! {
    /// An account (a key, a project) through which models are reached.
    pub struct AccountSpec {
        /// Spent through it before the scenario starts.
        spent: Located<Usd> = "0 USD",
        /// Its age at the scenario's start.
        age: SimDuration = "0s",
        /// The tier that it has by contract, whatever it has spent. What the contract costs is a term.
        tier: Option<Located<String>>,
        /// Limits that all models reached through it share.
        limits: Option<LimitsSpec>,
        /// Its terms: quotas, volumes, contracts and fees, for all that is charged through it.
        terms: Option<TermsSpec>,
    }
}

spec::table! {
    /// A provider: the first part of its models' names.
    pub struct ProviderSpec {
        /// Where the numbers come from.
        source: Option<String>,
        /// Limits that all its models share.
        limits: Option<LimitsSpec>,
        /// Terms for all that is charged at it directly.
        terms: Option<TermsSpec>,
        /// Incidents that all its models share.
        incidents: Option<IncidentsSpec>,
        /// The cloud it runs on; its incidents are those of all who run there.
        cloud: Option<Located<String>>,
    }
}

spec::table! {
    /// A cloud that providers run on.
    pub struct CloudSpec {
        /// Incidents that all its providers share.
        incidents: IncidentsSpec,
    }
}

spec::table! {
    /// A gateway: "MODEL via GATEWAY" reaches a model through it. It bills the model's price on its own terms; the provider's
    /// own accounts, terms and limits are left out, unless the client brings its own key.
    pub struct GatewaySpec {
        /// Where the numbers come from.
        source: Option<String>,
        /// Anything else worth knowing.
        notes: Option<String>,
        /// What it adds to each attempt's time; without it nothing.
        latency: Option<Located<LawSpec<SimDuration>>>,
        /// Probability that it fails by itself, before the attempt reaches the provider; nothing is billed then.
        failure: Share = "0%",
        /// Its terms: markups, fees, platform.
        terms: Option<TermsSpec>,
        /// Incidents of its own.
        incidents: Option<IncidentsSpec>,
        /// Limits of its own.
        limits: Option<LimitsSpec>,
        /// Whether the client brings its own key to the provider: then the provider bills too.
        own_key: bool = false,
        /// Models to go on to, in order, where one fails or is at its limit: its own failover, by model.
        failover: Option<Named<Vec<Located<String>>>>,
    }
}

/// A gateway as a deployment meets it.
#[derive(Debug, Clone, PartialEq)]
pub struct Via {
    /// Whether the client has an account with the provider too.
    pub own_key: bool,
    /// The gateway's own terms, by number of owner; empty or one.
    pub owners: Box<[u16]>,
    /// The limits of its own, which hold whatever it goes on to.
    pub limits: Applied,
    /// The sources of incidents of its own, by number.
    pub incidents: Box<[u16]>,
    /// What it adds to each attempt's time.
    pub latency: QuantileTable,
    /// Probability that it fails by itself, as a threshold of 32 bits.
    pub failure: u64,
    /// Where it goes on to.
    pub failover: Box<[DeploymentId]>,
}

impl GatewaySpec {
    /// The gateway with these limits, sources of incidents and terms, for a deployment with these places to go on to.
    pub(super) fn via(
        &self,
        (limits, incidents, owners): (Applied, Box<[u16]>, Box<[u16]>),
        failover: Box<[DeploymentId]>,
    ) -> Result<Via, Mistake> {
        let wrong = |place, what| Mistake::error(place, what).label("no such distribution");
        let law = self.latency.as_ref().map(|law| law.law().map_err(|what| wrong(&law.place, what))).transpose()?;
        let latency = QuantileTable::new(law.unwrap_or_else(|| crate::dist::Law::constant(0.0).expect("zero is a length")));
        Ok(Via { own_key: self.own_key, owners, limits, incidents, latency, failure: self.failure.threshold(), failover })
    }

    /// The models that it goes on to from this one, as the client would name them.
    pub fn failover(&self, model: &str, gateway: &str) -> Vec<Located<String>> {
        let listed = self.failover.as_ref().and_then(|all| all.get(model)).map(Vec::as_slice).unwrap_or_default();
        let named = |to: &Located<String>| Located { value: format!("{}{VIA}{gateway}", to.value), place: to.place.clone() };
        listed.iter().map(named).collect()
    }
}

/// A deployment's name in its parts: the model, and the gateway between.
pub fn parts(name: &str) -> (&str, Option<&str>) {
    match name.split_once(VIA) {
        Some((model, gateway)) => (model, Some(gateway)),
        None => (name, None),
    }
}

/// The provider of a model: the first part of its name.
pub fn provider(model: &str) -> &str {
    model.split('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_parts() {
        assert_eq!(parts("google/imagen-3 via openrouter"), ("google/imagen-3", Some("openrouter")));
        assert_eq!(parts("google/imagen-3"), ("google/imagen-3", None));
        assert_eq!(provider("google/imagen-3"), "google");
    }

    #[test]
    fn failover_stays_within_the_gateway() {
        let gateway: GatewaySpec = super::super::made_up::read("failover.\"a/b\" = [\"c/d\", \"e/f\"]");
        let names: Vec<String> = gateway.failover("a/b", "mix").into_iter().map(|name| name.value).collect();
        assert_eq!(names, ["c/d via mix", "e/f via mix"]);
        assert!(gateway.failover("c/d", "mix").is_empty());
    }
}
