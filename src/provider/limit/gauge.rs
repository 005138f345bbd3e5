//! What one limit has let through so far.

use super::bucket::Level;
use super::fixed::Fixed;
use super::servers::Servers;
use super::sliding::Sliding;
use super::{Bucket, Limit, NEVER, Rule};
use crate::units::SimTime;

/// The state of one limit. Numbers of the rung in force are kept beside it, so that nobody looks for them.
#[derive(Debug)]
pub(super) enum Gauge {
    Bucket(Bucket, Level),
    Fixed(Fixed),
    Sliding(Sliding),
    /// In flight, rejecting: how many may be, and how many are.
    Places(u32, u32),
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
            Rule::Bucket(rungs) => Self::Bucket(rungs[rung], rungs[rung].full()),
            Rule::Fixed { frame, most } => Self::Fixed(Fixed::new(frame, most[rung])),
            Rule::Sliding { length, most } => Self::Sliding(Sliding::new(*length, most[rung], ever(most))),
            Rule::InFlight(most) if limit.queue.is_some() => Self::Servers(Servers::new(most[rung], ever(most))),
            Rule::InFlight(most) => Self::Places(most[rung], 0),
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
            (Self::Bucket(bucket, level), Rule::Bucket(rungs)) => {
                *level = bucket.carry(*level, now, &rungs[rung]);
                *bucket = rungs[rung];
            }
            (Self::Fixed(window), Rule::Fixed { most, .. }) => window.raise(most[rung]),
            (Self::Sliding(window), Rule::Sliding { most, .. }) => window.raise(most[rung]),
            (Self::Places(places, _), Rule::InFlight(most)) => *places = most[rung],
            (Self::Servers(servers), Rule::InFlight(most)) => servers.raise(most[rung]),
            _ => unreachable!("a gauge is made for its limit"),
        }
    }

    /// The first time from `from` on at which `amount` passes; [`NEVER`] where none is known.
    #[inline]
    pub(super) fn earliest(&mut self, limit: &Limit, from: SimTime, amount: u64) -> SimTime {
        match (self, &limit.rule) {
            (Self::Bucket(bucket, level), _) => bucket.earliest(level, from, amount),
            (Self::Places(most, taken), _) => {
                if taken < most {
                    from
                } else {
                    NEVER
                }
            }
            (Self::Fixed(window), Rule::Fixed { frame, .. }) => window.earliest(frame, from, amount),
            (Self::Sliding(window), _) => window.earliest(from, amount),
            (Self::Servers(servers), _) => servers.earliest(from),
            (Self::Fixed(_), _) => unreachable!("a gauge is made for its limit"),
        }
    }

    /// Takes `amount` at a time that [`earliest`](Self::earliest) allows, for an attempt that ends then.
    #[inline]
    pub(super) fn take(&mut self, limit: &Limit, at: SimTime, end: SimTime, amount: u64) {
        match (self, &limit.rule) {
            (Self::Bucket(bucket, level), _) => bucket.take(level, at, amount),
            (Self::Places(_, taken), _) => *taken += 1,
            (Self::Fixed(window), Rule::Fixed { frame, .. }) => window.take(frame, at, amount),
            (Self::Sliding(window), _) => window.take(at, amount),
            (Self::Servers(servers), _) => servers.occupy(end),
            (Self::Fixed(_), _) => unreachable!("a gauge is made for its limit"),
        }
    }

    /// Frees a place.
    #[inline]
    pub(super) fn release(&mut self) {
        if let Self::Places(_, taken) = self {
            *taken -= 1;
        }
    }
}
