//! Limits as planned: what does not change during a replication.

use super::{Bucket, Frame, Ladder, NEVER, Standing};
use crate::units::{SimDuration, SimTime};

/// What a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Requests.
    Requests,
    /// Images.
    Images,
    /// Tokens: of the prompt, and of the images where the price counts them.
    Tokens,
    /// Money, in picodollars.
    Dollars,
    /// Attempts in flight.
    InFlight,
}

/// How a limit counts. Numbers are those of each rung of its ladder, from the lowest; one where it has no ladder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// A token bucket.
    Bucket(Box<[Bucket]>),
    /// At most so much in each window.
    Fixed {
        /// The windows.
        frame: Frame,
        /// The most of each.
        most: Box<[u64]>,
    },
    /// At most so much within any stretch of this length.
    Sliding {
        /// The length, more than zero.
        length: SimDuration,
        /// The most of each.
        most: Box<[u64]>,
    },
    /// At most so many at once.
    InFlight(Box<[u32]>),
}

/// What a rejection says about trying again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// When the attempt would pass this limit; nothing where it never would, and nothing of attempts in flight, as no
    /// provider knows when one of them will end.
    Exact,
    /// Always this.
    Stated(SimDuration),
    /// Nothing.
    Nothing,
}

impl RetryAfter {
    /// What is said now of an attempt that would pass then; zero for nothing.
    #[inline]
    pub(super) fn told(self, now: SimTime, then: SimTime) -> SimDuration {
        match self {
            Self::Exact if then < NEVER => then.since(now),
            Self::Stated(wait) => wait,
            Self::Exact | Self::Nothing => SimDuration::ZERO,
        }
    }
}

/// One limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// What it counts.
    pub measure: Measure,
    /// How it counts.
    pub rule: Rule,
    /// Whether what exceeds it waits: `None` rejects it; `Some(None)` lets any number wait, `Some(Some(n))` at most n, and
    /// rejects the others.
    pub queue: Option<Option<u32>>,
    /// What a rejection says.
    pub retry_after: RetryAfter,
    /// The ladder whose rungs it has numbers for.
    pub ladder: Option<usize>,
}

/// All limits of a plan, with the ladders and accounts that they depend on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// The limits, by number.
    pub all: Box<[Limit]>,
    /// The ladders, by number.
    pub ladders: Box<[Ladder]>,
    /// How each account stands at the start, by number.
    pub accounts: Box<[Standing]>,
}

/// The limits that apply to one deployment, by number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    rejecting: Box<[u16]>,
    queueing: Box<[u16]>,
    /// Those that reject for attempts in flight.
    places: Box<[u16]>,
    ladders: Box<[u16]>,
    /// The account that its charges count for.
    account: usize,
}

impl Applied {
    /// The limits with these numbers, for a deployment whose charges are those of this account.
    pub fn new(limits: &Limits, numbers: impl IntoIterator<Item = usize>, account: usize) -> Self {
        let (mut rejecting, mut queueing, mut places, mut ladders) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for number in numbers {
            let limit = &limits.all[number];
            if limit.queue.is_some() { &mut queueing } else { &mut rejecting }.push(number as u16);
            if limit.queue.is_none() && limit.measure == Measure::InFlight {
                places.push(number as u16);
            }
            ladders.extend(limit.ladder.map(|ladder| ladder as u16));
        }
        ladders.sort_unstable();
        ladders.dedup();
        Self { rejecting: rejecting.into(), queueing: queueing.into(), places: places.into(), ladders: ladders.into(), account }
    }

    /// Those that reject what exceeds them.
    #[inline]
    pub const fn rejecting(&self) -> &[u16] {
        &self.rejecting
    }

    /// Those that let it wait.
    #[inline]
    pub const fn queueing(&self) -> &[u16] {
        &self.queueing
    }

    /// Those of attempts in flight that reject: whoever passes must be [released](super::Gauges::release).
    #[inline]
    pub const fn places(&self) -> &[u16] {
        &self.places
    }

    /// The ladders of any of them.
    #[inline]
    pub(super) const fn ladders(&self) -> &[u16] {
        &self.ladders
    }

    /// The account that charges count for.
    #[inline]
    pub(super) const fn account(&self) -> usize {
        self.account
    }

    /// The most that one attempt may ask for of this measure; `None` for any amount.
    pub fn largest(&self, limits: &Limits, measure: Measure) -> Option<u64> {
        let numbers = self.rejecting.iter().chain(&self.queueing);
        let of_measure = numbers.map(|number| &limits.all[usize::from(*number)]).filter(|limit| limit.measure == measure);
        of_measure.map(|limit| limit.rule.largest()).min()
    }
}

impl Rule {
    /// The most that one attempt may ask for, on the highest rung.
    pub fn largest(&self) -> u64 {
        match self {
            Self::Bucket(rungs) => rungs.last().map_or(0, Bucket::burst),
            Self::Fixed { most, .. } | Self::Sliding { most, .. } => most.last().map_or(0, |most| *most),
            Self::InFlight(most) => most.last().map_or(0, |most| u64::from(*most)),
        }
    }
}
