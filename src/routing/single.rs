//! `single`: always the same deployment.

use super::client::{Ask, View};
use super::router::{Find, Router};
use super::spec::{ModelName, find};
use crate::model::DeploymentId;
use crate::spec::{Located, Mistake};

/// `single = "google/imagen-3"`.
pub type Spec = ModelName;

pub(super) fn names(spec: &Spec) -> Vec<&Located<String>> {
    vec![&spec.0]
}

pub(super) fn build(spec: &Spec, models: Find<'_>) -> Result<Single, Mistake> {
    find(&spec.0, models).map(Single)
}

/// Always the same deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Single(DeploymentId);

impl Router for Single {
    fn levels(&self) -> usize {
        1
    }

    #[inline]
    fn pick(&self, _: usize, _: &Ask, _: &View<'_>, _: impl FnMut() -> u32) -> DeploymentId {
        self.0
    }

    fn targets(&self) -> &[DeploymentId] {
        std::slice::from_ref(&self.0)
    }
}
