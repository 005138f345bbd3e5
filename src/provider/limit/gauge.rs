//! What one limit has let through so far.

use super::bucket::Level;
use super::fixed::Fixed;
use super::servers::Servers;
use super::sliding::Sliding;
use super::{Bucket, Limit, Measure, NEVER, Rule};
use crate::units::{SimDuration, SimTime};

/// A token bucket in use.
#[derive(Debug)]
pub(super) struct Filled {
    /// What it counts.
    measure: Measure,
    bucket: Bucket,
    level: Level,
    /// What was taken last, in units of the level.
    taken: i64,
}

impl Filled {
    /// Takes what is asked for if it is there now; the first time from now on at which it is.
    #[inline]
    pub(super) fn try_take(&mut self, now: SimTime, amount: impl Fn(Measure) -> u64) -> SimTime {
        let cost = self.bucket.cost(amount(self.measure));
        let passes = self.bucket.earliest_of(&mut self.level, now, cost);
        self.taken = if passes > now { 0 } else { cost };
        self.level.units -= self.taken;
        passes
    }

    /// Puts back what was taken last.
    pub(super) const fn give_back(&mut self) {
        self.level.units += self.taken;
    }
}

/// Places for attempts in flight.
#[derive(Debug)]
pub(super) struct Places {
    pub(super) most: u32,
    pub(super) taken: u32,
    /// What a rejection says.
    pub(super) retry_after: SimDuration,
}

/// The state of one limit. Numbers of the rung in force are kept beside it, so that nobody looks for them.
#[derive(Debug)]
pub(super) enum Gauge {
    Bucket(Filled),
    Fixed(Fixed),
    Sliding(Sliding),
    /// In flight, rejecting.
    Places(Places),
    /// In flight, queueing.
    Servers(Servers),
}

/// The highest number of a limit.
fn ever<T: Copy + Default>(rungs: &[T]) -> T {
    rungs.last().copied().unwrap_or_default()
}

impl Gauge {
    /// Nothing let through yet, on this rung.
    pub(super) fn new(limit: &Limit, rung: usize) -> Self {
        match &limit.rule {
            Rule::Bucket(rungs) => {
                Self::Bucket(Filled { measure: limit.measure, bucket: rungs[rung], level: rungs[rung].full(), taken: 0 })
            }
            Rule::Fixed { frame, most } => Self::Fixed(Fixed::new(frame, most[rung])),
            Rule::Sliding { length, most } => Self::Sliding(Sliding::new(*length, most[rung], ever(most))),
            Rule::InFlight(most) if limit.queue.is_some() => Self::Servers(Servers::new(most[rung], ever(most))),
            Rule::InFlight(most) => {
                let retry_after = limit.retry_after.told(SimTime::START, NEVER);
                Self::Places(Places { most: most[rung], taken: 0, retry_after })
            }
        }
    }

    /// The same in the memory that is there.
    pub(super) fn reset(&mut self, limit: &Limit, rung: usize) {
        match (&mut *self, &limit.rule) {
            (Self::Sliding(window), Rule::Sliding { most, .. }) => window.reset(most[rung]),
            (Self::Servers(servers), Rule::InFlight(most)) => servers.reset(most[rung]),
            _ => *self = Self::new(limit, rung),
        }
    }

    /// Goes to a higher rung: what was taken stays taken.
    pub(super) fn raise(&mut self, limit: &Limit, rung: usize, now: SimTime) {
        match (&mut *self, &limit.rule) {
            (Self::Bucket(filled), Rule::Bucket(rungs)) => {
                filled.level = filled.bucket.carry(filled.level, now, &rungs[rung]);
                filled.bucket = rungs[rung];
            }
            (Self::Fixed(window), Rule::Fixed { most, .. }) => window.raise(most[rung]),
            (Self::Sliding(window), Rule::Sliding { most, .. }) => window.raise(most[rung]),
            (Self::Places(places), Rule::InFlight(most)) => places.most = most[rung],
            (Self::Servers(servers), Rule::InFlight(most)) => servers.raise(most[rung]),
            _ => unreachable!("a gauge is made for its limit"),
        }
    }

    /// The first time from `from` on at which `amount` passes; [`NEVER`] where none is known.
    pub(super) fn earliest(&mut self, limit: &Limit, from: SimTime, amount: u64) -> SimTime {
        match (self, &limit.rule) {
            (Self::Bucket(filled), _) => filled.bucket.earliest(&mut filled.level, from, amount),
            (Self::Places(places), _) if places.taken < places.most => from,
            (Self::Places(_), _) => NEVER,
            (Self::Fixed(window), Rule::Fixed { frame, .. }) => window.earliest(frame, from, amount),
            (Self::Sliding(window), _) => window.earliest(from, amount),
            (Self::Servers(servers), _) => servers.earliest(from),
            (Self::Fixed(_), _) => unreachable!("a gauge is made for its limit"),
        }
    }

    /// Takes `amount` at a time that [`earliest`](Self::earliest) allows, for an attempt that ends then.
    pub(super) fn take(&mut self, limit: &Limit, at: SimTime, end: SimTime, amount: u64) {
        match (self, &limit.rule) {
            (Self::Bucket(filled), _) => filled.bucket.take(&mut filled.level, at, amount),
            (Self::Places(places), _) => places.taken += 1,
            (Self::Fixed(window), Rule::Fixed { frame, .. }) => window.take(frame, at, amount),
            (Self::Sliding(window), _) => window.take(at, amount),
            (Self::Servers(servers), _) => servers.occupy(end),
            (Self::Fixed(_), _) => unreachable!("a gauge is made for its limit"),
        }
    }
}
