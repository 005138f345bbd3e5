//! Charges: lines of money with their cause.

use crate::units::Usd;

use super::{DeploymentId, Outcome, Stage};

/// What a charge was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// Images that were delivered.
    Delivered,
    /// An attempt that the content filter refused and the provider billed all the same.
    Filtered,
    /// An attempt that failed and the provider billed all the same.
    Failed,
    /// An attempt that the provider finished after the client had stopped waiting.
    TimedOut,
}

impl Cause {
    /// Every cause, in the order in which reports list them.
    pub const ALL: [Self; 4] = [Self::Delivered, Self::Filtered, Self::Failed, Self::TimedOut];

    /// The cause of what an attempt with this outcome is billed, where it can be billed at all.
    pub const fn of(outcome: Outcome) -> Option<Self> {
        match outcome {
            Outcome::Delivered => Some(Self::Delivered),
            Outcome::Filtered => Some(Self::Filtered),
            Outcome::Failed => Some(Self::Failed),
            Outcome::TimedOut => Some(Self::TimedOut),
            Outcome::RateLimited => None,
        }
    }

    /// The name used in files and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Filtered => "filtered",
            Self::Failed => "failed",
            Self::TimedOut => "timed_out",
        }
    }
}

/// One line of money on a provider's invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charge {
    /// Who bills it.
    pub deployment: DeploymentId,
    /// Which part of a journey it served.
    pub stage: Stage,
    /// What it was for.
    pub cause: Cause,
    /// How much.
    pub amount: Usd,
}
