//! What became of the budgets that a client keeps itself.

use serde::{Deserialize, Serialize};

use crate::units::{SimTime, Usd};

/// By how much budgets were passed in a replication.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guarded {
    /// What was booked in each window beyond its limit, summed over the windows of all budgets.
    pub overshoot: Usd,
    /// The part of the invoice for attempts that were sent before a budget of theirs was reached, and ended after: what came too
    /// late to be seen before more was sent.
    pub late: Usd,
    /// When the first alert was raised; `None`: never.
    pub alerted: Option<SimTime>,
}
