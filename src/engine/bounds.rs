//! What an [`Oracle`](super::Oracle) finds out, and what it may be asked for.

use serde::{Deserialize, Serialize};

use crate::units::Usd;

/// The bounds of one replication of one strategy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounds {
    /// No more than what it paid.
    pub cost: Usd,
    /// No more than the sum of the times from its delivered requests to their images, in microseconds.
    pub time_to_image_sum: u128,
    /// No fewer than the requests that it delivered.
    pub delivered: u64,
}

/// What bounds with hindsight are worked out for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Objectives {
    /// The invoice.
    pub cost: bool,
    /// The time from a delivered request to its images.
    pub time: bool,
    /// The share of requests that are delivered.
    pub delivered: bool,
}

impl Objectives {
    /// No bounds.
    pub const NONE: Self = Self { cost: false, time: false, delivered: false };
    /// All of them.
    pub const ALL: Self = Self { cost: true, time: true, delivered: true };
}
