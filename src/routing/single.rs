//! `single`: always the same deployment.

use super::client::{Ask, View};
use super::router::Router;
use crate::model::DeploymentId;

/// Always the same deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Single(DeploymentId);

impl Single {
    /// Always this deployment.
    pub const fn new(deployment: DeploymentId) -> Self {
        Self(deployment)
    }
}

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
