//! `fallback`: the first deployment of a list; the next one when the attempts there are used up.

use super::among::Among;
use super::client::{Ask, Luck, View};
use super::router::{Find, Manner, Router};
use super::spec::{ModelName, find_all};
use crate::model::DeploymentId;
use crate::spec::{Located, Mistake};

/// `fallback = ["google/imagen-3", "stability/sd-3.5"]`.
pub type Spec = Located<Vec<ModelName>>;

pub(super) fn names(spec: &Spec) -> Vec<&Located<String>> {
    spec.iter().map(|name| &name.0).collect()
}

pub(super) fn build(spec: &Spec, models: Find<'_>) -> Result<Fallback, Mistake> {
    find_all("fallback", "in order of preference", spec, models).map(Fallback)
}

/// Deployments in order: the first of those that are left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fallback(Box<[DeploymentId]>);

impl Fallback {
    /// These deployments: at least one, at most 64.
    pub const fn new(targets: Box<[DeploymentId]>) -> Self {
        Self(targets)
    }
}

impl Router for Fallback {
    type State = ();

    fn state(&self) {}

    fn targets(&self) -> &[DeploymentId] {
        &self.0
    }

    fn manner(&self) -> Manner {
        Manner { in_order: true, moves_on: true, ..Manner::NONE }
    }

    #[inline]
    fn pick(&self, (): &mut (), among: Among, _: &Ask, _: &View<'_>, _: &mut Luck) -> usize {
        among.lowest()
    }
}
