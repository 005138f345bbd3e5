//! What a provider answers to an attempt.

use super::{Cause, DeploymentId, Outcome};
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
    /// What it holds, and at whom: the deployment it was sent to, the version that this stands for, or where a gateway sent
    /// it.
    pub place: Place,
    /// When it ends for the client.
    pub ends: SimTime,
    /// When the provider is done with it; later than `ends` after a timeout.
    pub released: SimTime,
    /// What it is billed for certain, at the price of the time it was sent.
    pub charge: Usd,
    /// What it is billed for.
    pub cause: Cause,
}

/// What an attempt in flight holds: places that are to be freed when its provider is done with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Who works on it.
    pub by: DeploymentId,
    /// Whose places.
    pub holds: Holds,
}

/// Whose places an attempt in flight holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// The deployment's, and those of the gateway through which it is reached.
    All,
    /// The gateway's alone: it has not reached the deployment.
    Gateway,
    /// The deployment's alone: the gateway has gone on to another.
    Deployment,
}

impl Place {
    /// The deployment's and its gateway's.
    pub const fn all(by: DeploymentId) -> Self {
        Self { by, holds: Holds::All }
    }

    /// As a number.
    pub const fn number(self) -> u32 {
        (self.holds as u32) << 16 | self.by.0 as u32
    }

    /// The place with this number.
    pub const fn of_number(number: u32) -> Self {
        let holds = match number >> 16 {
            0 => Holds::All,
            1 => Holds::Gateway,
            _ => Holds::Deployment,
        };
        Self { by: DeploymentId(number as u16), holds }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_number() {
        for holds in [Holds::All, Holds::Gateway, Holds::Deployment] {
            let place = Place { by: DeploymentId(0xABCD), holds };
            assert_eq!(Place::of_number(place.number()), place);
        }
        assert_eq!(Place::all(DeploymentId(7)).number(), 7);
    }
}
