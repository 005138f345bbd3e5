//! The plan: a scenario with nothing left that can fail.

use crate::provider::Market;
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
    /// Who sells what, on which terms.
    pub market: Market,
    /// The strategies under comparison.
    pub strategies: Box<[Strategy<AnyRouter>]>,
}
