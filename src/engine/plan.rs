//! The plan: a scenario with nothing left that can fail.

use crate::provider::{Deployment, Limits};
use crate::routing::{AnyRouter, Strategy};
use crate::workload::Workload;

/// Everything a replication needs, in ids and tables. Shared read-only between threads.
///
/// Whoever makes a plan has checked that every deployment that a strategy may pick for a class and stage has a price for
/// the shapes it is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Who asks for what.
    pub workload: Workload,
    /// The deployments, by id.
    pub deployments: Box<[Deployment]>,
    /// How many payees there are: the deployments and all others who send bills.
    pub payees: usize,
    /// How many billing rules are unknown.
    pub doubts: usize,
    /// The limits that deployments refer to.
    pub limits: Limits,
    /// The strategies under comparison.
    pub strategies: Box<[Strategy<AnyRouter>]>,
}
