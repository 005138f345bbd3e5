//! `fallback`: the first deployment of a list; the next one when the attempts there are used up.

use super::client::{Ask, View};
use super::router::{Find, Router};
use super::spec::{ModelName, find};
use crate::model::DeploymentId;
use crate::spec::{Located, Mistake};

/// `fallback = ["google/imagen-3", "stability/sd-3.5"]`.
pub type Spec = Located<Vec<ModelName>>;

pub(super) fn names(spec: &Spec) -> Vec<&Located<String>> {
    spec.iter().map(|name| &name.0).collect()
}

pub(super) fn build(spec: &Spec, models: Find<'_>) -> Result<Fallback, Mistake> {
    if spec.is_empty() || spec.len() > 255 {
        return Err(Mistake::error(&spec.place, "a fallback takes 1 to 255 models").label("in order of preference"));
    }
    spec.iter().map(|name| find(&name.0, models)).collect::<Result<_, _>>().map(Fallback)
}

/// Deployments in order. Each is a level of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fallback(Box<[DeploymentId]>);

impl Router for Fallback {
    fn levels(&self) -> usize {
        self.0.len()
    }

    #[inline]
    fn pick(&self, level: usize, _: &Ask, _: &View<'_>, _: impl FnMut() -> u32) -> DeploymentId {
        self.0[level]
    }

    fn targets(&self) -> &[DeploymentId] {
        &self.0
    }
}
