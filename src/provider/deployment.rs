//! A deployment as modelled: everything about it that does not change during a replication.

use super::{Applied, Price, Tariff, Usage};
use crate::dist::QuantileTable;
use crate::model::{Outcome, ShapeId};
use crate::units::{SimDuration, SimTime, Usd};

/// A model at a provider, reached through one account.
#[derive(Debug, Clone, PartialEq)]
pub struct Deployment {
    /// Prices with the time from which each holds, in order; the first holds from the start.
    pub prices: Box<[(SimTime, Price)]>,
    /// The limits that apply to it.
    pub limits: Applied,
    /// Time to generate, in microseconds.
    pub latency: QuantileTable,
    /// Probability of failing, as a threshold of 32 bits.
    pub failure: u64,
    /// The content filter, where there is one.
    pub filter: Option<Filter>,
    /// Which outcomes are billed.
    pub billing: Billing,
    /// Probability that a user accepts a draft made here, as a threshold.
    pub acceptance: u64,
}

/// A content filter. Its verdict on a prompt is the same at every attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    /// Identity of the filter, from its name: deployments with the same name share verdicts.
    pub id: u64,
    /// Share of prompts that it refuses, as a threshold of 32 bits.
    pub rate: u64,
    /// When the refusal comes; `None`: when the image would have.
    pub verdict_after: Option<SimDuration>,
}

/// Which outcomes are billed like a delivered one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Billing {
    /// Failed attempts.
    pub failed: bool,
    /// Filtered attempts.
    pub filtered: bool,
    /// Attempts that the provider delivered after the client had given up. Those that it failed or refused by then are
    /// billed only where failed or filtered ones are too.
    pub timed_out: bool,
}

impl Deployment {
    /// Whether images of this shape have a price at all times.
    pub fn covers(&self, shape: ShapeId) -> bool {
        self.prices.iter().all(|(_, price)| price.covers(shape))
    }

    /// What this shape costs at this time.
    #[inline]
    pub(super) fn tariff(&self, shape: ShapeId, now: SimTime) -> &Tariff {
        let [(_, first), changes @ ..] = &*self.prices else { unreachable!("a deployment has a price from the start") };
        changes.iter().rfind(|(from, _)| *from <= now).map_or(first, |(_, price)| price).tariff(shape)
    }

    /// What an attempt is billed that has this outcome at the provider, and after whose end no client was waiting any more
    /// where it is `late`.
    #[inline]
    pub(super) fn charge(&self, outcome: Outcome, late: bool, usage: &Usage, now: SimTime) -> Usd {
        let billed = match outcome {
            Outcome::Delivered => true,
            Outcome::Failed => self.billing.failed,
            Outcome::Filtered => self.billing.filtered,
            Outcome::TimedOut | Outcome::RateLimited => false,
        };
        if billed && (!late || self.billing.timed_out) { self.tariff(usage.shape, now).of(usage) } else { Usd::ZERO }
    }
}
