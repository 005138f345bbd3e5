//! `fallback`: the first deployment of a list; the next one when the attempts there are used up.

use super::client::{Ask, View};
use super::router::Router;
use crate::model::DeploymentId;

/// Deployments in order. Each is a level of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fallback(Box<[DeploymentId]>);

impl Fallback {
    /// These deployments in this order; `None` for an empty list.
    pub fn new(order: Vec<DeploymentId>) -> Option<Self> {
        (!order.is_empty()).then(|| Self(order.into()))
    }
}

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
