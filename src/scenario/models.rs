//! The models that a scenario needs: those that its strategies name, and all that these may lead to.

use std::collections::BTreeSet;

use crate::model::DeploymentId;
use crate::provider::{GatewaySpec, ModelSpec, VIA, parts, provider};
use crate::spec::{Located, Mistake};

use super::Scenario;

/// The deployments by id: the models that strategies name, each where it is named first, then what gateways go on to, what
/// floating names stand for, and what clients move to after a shutdown.
pub(super) struct Models<'a> {
    scenario: &'a Scenario,
    pub(super) used: Vec<Located<String>>,
    /// The same, without their places.
    pub(super) names: Vec<String>,
    /// How many of them strategies name: the first ones.
    named: usize,
    /// What is not in the scenario may be in a catalogue that could not be read.
    pub(super) incomplete: bool,
}

impl<'a> Models<'a> {
    pub(super) fn of(scenario: &'a Scenario) -> Self {
        let mut models = Self { scenario, used: Vec::new(), names: Vec::new(), named: 0, incomplete: false };
        for name in scenario.strategies.0.iter().flat_map(|(_, strategy)| strategy.models()) {
            models.need(name);
        }
        models.named = models.used.len();
        let moves = scenario.strategies.0.iter().any(|(_, strategy)| strategy.migrates());
        let mut next = 0;
        while next < models.used.len() {
            for more in models.leads_to(next, moves) {
                models.need(more);
            }
            next += 1;
        }
        models
    }

    /// The same, where not all models are known.
    pub(super) fn incomplete(self) -> Self {
        Self { incomplete: true, ..self }
    }

    /// The scenario whose models they are.
    pub(super) const fn scenario(&self) -> &'a Scenario {
        self.scenario
    }

    /// What strategies name.
    pub(super) fn named(&self) -> &[Located<String>] {
        &self.used[..self.named]
    }

    /// What no strategy names, and is only led to.
    pub(super) fn led_to(&self) -> &[Located<String>] {
        &self.used[self.named..]
    }

    fn need(&mut self, name: Located<String>) {
        if !self.names.contains(&name.value) {
            self.names.push(name.value.clone());
            self.used.push(name);
        }
    }

    /// What a deployment may lead to.
    fn leads_to(&self, index: usize, moves: bool) -> Vec<Located<String>> {
        let (model, gateway) = parts(&self.names[index]);
        let through = |to: &Located<String>| Located {
            value: gateway.map_or_else(|| to.value.clone(), |gateway| format!("{}{VIA}{gateway}", to.value)),
            place: to.place.clone(),
        };
        let spec = self.scenario.models.get(model);
        let versions = spec.into_iter().flat_map(|spec| spec.versions.iter().flatten()).map(|version| through(&version.model));
        let life = spec.and_then(|spec| spec.life.as_ref()).filter(|_| moves);
        let successor = life.and_then(|life| life.successor.as_ref()).map(through);
        let gateways = self.scenario.gateways.as_ref();
        let failover = gateway.and_then(|name| gateways?.get(name).map(|spec| spec.failover(model, name)));
        versions.chain(successor).chain(failover.into_iter().flatten()).collect()
    }

    /// These deployments and all that they may lead to.
    pub(super) fn reached(&self, from: impl IntoIterator<Item = DeploymentId>, moves: bool) -> BTreeSet<DeploymentId> {
        let mut open: Vec<DeploymentId> = from.into_iter().collect();
        let mut reached = BTreeSet::new();
        while let Some(id) = open.pop() {
            if reached.insert(id) {
                open.extend(self.leads_to(id.index(), moves).iter().filter_map(|name| self.id(name)));
            }
        }
        reached
    }

    /// Courses that have no end: names that float on floating names, and successors that lead back to where they began.
    pub(super) fn endless(&self) -> Vec<Mistake> {
        let models = &self.scenario.models;
        let floats = |name: &str| models.get(name).is_some_and(|model| model.versions.is_some());
        let versions = models.iter().flat_map(|(_, model)| model.versions.iter().flatten());
        let nested = versions.filter(|version| floats(&version.model)).map(|version| {
            let what = format!("\"{}\" is a name that floats itself", *version.model);
            Mistake::error(&version.model.place, what).label("no model").help("name the model that it stands for")
        });
        let successor = |name: &str| models.get(name)?.life.as_ref()?.successor.as_ref();
        let back = models.iter().filter_map(|(name, _)| {
            let first = successor(name)?;
            let mut course = std::iter::successors(Some(first), |next| successor(next)).take(models.len());
            course.any(|next| next.value == name.value).then(|| {
                let mistake = Mistake::error(&first.place, format!("the successors of \"{}\" lead back to it", &**name));
                mistake.label("a circle").help("the last model of a course has no successor")
            })
        });
        nested.chain(back).collect()
    }

    pub(super) fn id(&self, name: &str) -> Option<DeploymentId> {
        self.names.iter().position(|known| known == name).map(|index| DeploymentId(index as u16))
    }

    /// Whether a deployment's model is known, or may be.
    pub(super) fn is_known(&self, name: &str) -> bool {
        self.incomplete || self.spec(name).is_some()
    }

    /// The model of a deployment.
    pub(super) fn spec(&self, name: &str) -> Option<&'a ModelSpec> {
        self.scenario.models.get(parts(name).0)
    }

    /// The gateway through which a deployment is reached, where there is one.
    pub(super) fn gateway(&self, name: &str) -> Option<&'a GatewaySpec> {
        self.scenario.gateways.as_ref()?.get(parts(name).1?)
    }

    /// The client's account through which a deployment's model is reached, by its name: the model's own, or that of its
    /// provider's name. `None` where a gateway has the account, or where the gateway or the model is not known.
    pub(super) fn account<'n>(&self, name: &'n str) -> Option<&'n str>
    where
        'a: 'n,
    {
        let ((model, gateway), spec) = (parts(name), self.spec(name)?);
        let direct = gateway.is_none() || self.gateway(name).is_some_and(|gateway| gateway.own_key);
        direct.then(|| spec.account.as_ref().map_or(provider(model), |account| account.value.as_str()))
    }
}
