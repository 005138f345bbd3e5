//! How attempts end, and which part of a journey they serve.

use serde::{Deserialize, Serialize};

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The images were delivered.
    Delivered,
    /// The provider's content filter refused the prompt.
    Filtered,
    /// The provider failed (an error of its own).
    Failed,
    /// The client stopped waiting. The provider goes on.
    TimedOut,
    /// The provider refused the attempt because a limit was reached.
    RateLimited,
    /// The deployment does not exist: not yet, or no longer.
    Gone,
    /// The client itself sent nothing: no deployment was left to ask, a budget was spent, a queue was full. Of requests only.
    Refused,
}

impl Outcome {
    /// Every outcome, in the order in which reports list them.
    pub const ALL: [Self; 7] =
        [Self::Delivered, Self::Filtered, Self::Failed, Self::TimedOut, Self::RateLimited, Self::Gone, Self::Refused];

    /// The name used in files and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Filtered => "filtered",
            Self::Failed => "failed",
            Self::TimedOut => "timed_out",
            Self::RateLimited => "rate_limited",
            Self::Gone => "gone",
            Self::Refused => "refused",
        }
    }
}

/// Which part of a journey a request serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Stage {
    /// An image to look at: the user accepts it or asks again.
    Draft,
    /// The image that the user keeps. A request outside any journey is a final.
    Final,
}

impl Stage {
    /// Both stages, in order.
    pub const ALL: [Self; 2] = [Self::Draft, Self::Final];

    /// The name used in files and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Final => "final",
        }
    }
}
