//! Budgets that the client keeps itself: what it has booked in a window is held against a limit before anything is sent.
//!
//! Booked is the list price, as last known, of what was delivered: as LiteLLM counts (1.106.2,
//! `router_strategy/budget_limiter.py`: spend is added on success only, and a deployment is left out once it or its provider has
//! spent its budget). What is under way is not counted unless it is reserved, so that a budget is passed by as much as is in
//! flight; and no budget sees what failures cost. By how much budgets were passed is kept beside them ([`Guarded`](crate::model::Guarded)).

mod account;
mod spec;
mod turn;

pub use account::{Account, Accounts, Booked};
pub use spec::{BudgetSpec, PartSpec};

use super::among::Among;
use super::client::Ask;
use crate::model::DeploymentId;
use crate::units::{SimDuration, Usd};

crate::spec::words! {
    /// When a window of a budget begins.
    pub enum Anchor {
        /// With the scenario, and then one after the other.
        "start" => Start,
        /// With the first spending after the last window.
        "spend" => Spend,
        /// The first with the scenario, and then with the first spending after the last window.
        "start_then_spend" => StartThenSpend,
    }
}

/// A limit within windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// The most in a window.
    pub most: Usd,
    /// What raises an alert once it is booked in a window.
    pub alert: Usd,
    /// Its length; `None`: the whole scenario.
    pub every: Option<SimDuration>,
    /// When it begins.
    pub anchor: Anchor,
    /// Whether what is under way is counted as if it were delivered.
    pub reserves: bool,
    /// Whether it only raises alerts, and lets everything through.
    pub soft: bool,
}

/// All budgets of a strategy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budgets {
    /// At most [`Among::MOST`]; that of all, of classes, of models and of providers.
    limits: Box<[Limit]>,
    /// By deployment, which of them hold for it; none for those beyond.
    of_deployments: Box<[Among]>,
    /// By class, which of them hold for its requests wherever they go.
    of_classes: Box<[Among]>,
    /// Of each user, where there is one.
    of_users: Option<Limit>,
    /// The group that requests go to once a budget of all, of their class or of their user is spent.
    pub degrade_to: Option<u8>,
}

impl Budgets {
    /// The limits that hold for a deployment.
    fn of_deployment(&self, deployment: DeploymentId) -> Among {
        self.of_deployments.get(deployment.index()).copied().unwrap_or(Among::NONE)
    }

    /// The limits that hold for a request wherever it goes, beside that of its user.
    fn of_request(&self, ask: &Ask) -> Among {
        self.of_classes.get(ask.class.index()).copied().unwrap_or(Among::NONE)
    }

    /// All that hold for an attempt, beside that of its user.
    fn of_attempt(&self, ask: &Ask, deployment: DeploymentId) -> Among {
        self.of_deployment(deployment).and(self.of_request(ask))
    }
}
