//! What a provider answers to an attempt.

use super::{Cause, DeploymentId, DoubtId, Outcome};
use crate::units::{SimDuration, SimTime, Usd};

/// What will happen to an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Not let in: a limit was reached, or there is no such deployment at this time.
    Rejected {
        /// Rate limited or gone.
        outcome: Outcome,
        /// The retry-after: the next attempt may pass after this time; zero where the provider does not say.
        retry_after: SimDuration,
    },
    /// The provider works on it.
    Accepted(Accepted),
}

impl Answer {
    /// Rejected because a limit was reached.
    pub const fn rate_limited(retry_after: SimDuration) -> Self {
        Self::Rejected { outcome: Outcome::RateLimited, retry_after }
    }
}

/// The fate of an attempt that was let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// How it ends for the client.
    pub outcome: Outcome,
    /// Whether it looks like a success to a client that does not count images: HTTP 200 without any.
    pub empty: bool,
    /// Who works on it: the deployment it was sent to, the version that this stands for, or where a gateway sent it.
    pub by: DeploymentId,
    /// When it ends for the client.
    pub ends: SimTime,
    /// When the provider is done with it; later than `ends` after a timeout.
    pub released: SimTime,
    /// What it is billed, at the price of the time it was sent.
    pub charge: Usd,
    /// What it is billed for.
    pub cause: Cause,
    /// The unknown rule on which it depends whether it is billed; `None`: it is.
    pub doubt: Option<DoubtId>,
}
