//! Routers: which deployment an attempt goes to.

use super::client::{Ask, View};
use crate::model::DeploymentId;

/// Finds the deployment of a model by its name; `None` where there is no such model.
pub type Find<'a> = &'a dyn Fn(&str) -> Option<DeploymentId>;

/// Picks a deployment for an attempt.
///
/// A router has one or more levels: after the attempts at one level are used up, the strategy goes on to the next.
pub trait Router {
    /// How many levels there are, at least 1.
    fn levels(&self) -> usize;

    /// The deployment for the next attempt at this level, from 0. `coin` gives uniform bits where it needs them.
    fn pick(&self, level: usize, ask: &Ask, view: &View<'_>, coin: impl FnMut() -> u32) -> DeploymentId;

    /// Whether the next pick at this level can go to a deployment that has not asked to be left alone: then the retry-after
    /// of the one that refused need not be waited for.
    fn has_free(&self, _level: usize, _view: &View<'_>) -> bool {
        false
    }

    /// Every deployment it may ever pick.
    fn targets(&self) -> &[DeploymentId];

    /// Whether it looks at prices.
    fn goes_by_price(&self) -> bool {
        false
    }
}
