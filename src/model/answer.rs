//! What a provider answers to an attempt.

use super::Outcome;
use crate::units::{SimDuration, SimTime, Usd};

/// What will happen to an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// A limit was reached. The next attempt may pass after this time; zero where the provider does not say.
    Rejected {
        /// The retry-after.
        retry_after: SimDuration,
    },
    /// The provider works on it.
    Accepted(Accepted),
}

/// The fate of an attempt that was let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// How it ends for the client.
    pub outcome: Outcome,
    /// When it ends for the client.
    pub ends: SimTime,
    /// When the provider is done with it; later than `ends` after a timeout.
    pub released: SimTime,
    /// What it is billed, at the price of the time it was sent.
    pub charge: Usd,
}
