//! Routers: which deployment an attempt goes to.

use super::client::{Ask, View};
use crate::model::DeploymentId;

/// Picks a deployment for an attempt.
///
/// A router has one or more levels: after the attempts at one level are used up, the strategy goes on to the next.
pub trait Router {
    /// How many levels there are, at least 1.
    fn levels(&self) -> usize;

    /// The deployment for the next attempt at this level, from 0. `coin` gives uniform bits where it needs them.
    fn pick(&self, level: usize, ask: &Ask, view: &View<'_>, coin: impl FnMut() -> u32) -> DeploymentId;

    /// Every deployment it may ever pick.
    fn targets(&self) -> &[DeploymentId];
}
/// x
#[derive(Debug, Clone, PartialEq)]
pub enum AnyRouter {
    /// x
    Single(super::Single),
    /// x
    Fallback(super::Fallback),
    /// x
    Weighted(super::Weighted),
}
impl Router for AnyRouter {
    fn levels(&self) -> usize {
        match self {
            Self::Single(r) => r.levels(),
            Self::Fallback(r) => r.levels(),
            Self::Weighted(r) => r.levels(),
        }
    }
    #[inline]
    fn pick(&self, level: usize, ask: &Ask, view: &View<'_>, coin: impl FnMut() -> u32) -> DeploymentId {
        match self {
            Self::Single(r) => r.pick(level, ask, view, coin),
            Self::Fallback(r) => r.pick(level, ask, view, coin),
            Self::Weighted(r) => r.pick(level, ask, view, coin),
        }
    }
    fn targets(&self) -> &[DeploymentId] {
        match self {
            Self::Single(r) => r.targets(),
            Self::Fallback(r) => r.targets(),
            Self::Weighted(r) => r.targets(),
        }
    }
}
