//! `single`: always the same deployment.

use super::among::Among;
use super::client::{Ask, Luck, View};
use super::router::{Find, Manner, Router};
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
    type State = ();

    fn state(&self) {}

    fn targets(&self) -> &[DeploymentId] {
        std::slice::from_ref(&self.0)
    }

    fn manner(&self) -> Manner {
        Manner { in_order: true, ..Manner::NONE }
    }

    #[inline]
    fn pick(&self, (): &mut (), _: Among, _: &Ask, _: &View<'_>, _: &mut Luck) -> usize {
        0
    }
}
