//! Counts of the current minute: what limits on requests and tokens per minute are compared with.
//!
//! Minutes begin with the scenario's start: where that is a whole minute, as a day's beginning is in every time zone of today,
//! they are the minutes of UTC.

use super::among::Among;
use crate::units::{SimDuration, SimTime};

const MINUTE: i64 = 60_000_000;

/// What has been counted in this minute, by target; the counts of a minute are gone with it. It never allocates.
#[derive(Debug, Clone)]
pub(super) struct Minute {
    number: i64,
    counts: Box<[Counts]>,
}

/// What has been counted of one target.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// Whether it has been counted in this minute at all.
    pub(super) seen: bool,
    /// Requests.
    pub(super) requests: u64,
    /// Images.
    pub(super) images: u64,
    /// Tokens.
    pub(super) tokens: u64,
}

impl Minute {
    /// Nothing counted of so many targets.
    pub(super) fn of(targets: usize) -> Self {
        Self { number: 0, counts: vec![Counts::default(); targets].into() }
    }

    /// Forgets what has been counted.
    pub(super) fn clear(&mut self) {
        self.counts.fill(Counts::default());
    }

    /// How long this minute lasts still.
    pub(super) const fn left(now: SimTime) -> SimDuration {
        SimDuration::from_micros(MINUTE - now.micros().rem_euclid(MINUTE))
    }

    /// The counts of the minute that it is now, and whether it has only just begun.
    #[inline]
    pub(super) fn at(&mut self, now: SimTime) -> (&mut [Counts], bool) {
        let number = now.micros().div_euclid(MINUTE);
        let new = number != self.number;
        if new {
            self.number = number;
            self.counts.fill(Counts::default());
        }
        (&mut self.counts, new)
    }
}

/// The order of the keys of a Python dictionary: that in which they were put there. It decides between equals where LiteLLM
/// goes through one. It never allocates.
#[derive(Debug, Clone)]
pub(super) struct Order {
    next: u8,
    ranks: Box<[u8]>,
}

const ABSENT: u8 = u8::MAX;

impl Order {
    /// None of so many targets, at most 64, is there.
    pub(super) fn of(targets: usize) -> Self {
        Self { next: 0, ranks: vec![ABSENT; targets].into() }
    }

    /// None is there any more.
    pub(super) fn clear(&mut self) {
        self.next = 0;
        self.ranks.fill(ABSENT);
    }

    /// Puts this one at the end, unless it is there.
    pub(super) fn put(&mut self, at: usize) {
        if self.ranks[at] == ABSENT {
            self.ranks[at] = self.next;
            self.next += 1;
        }
    }

    /// Looks all of these up: where there is a dictionary, those that are not in it are put there.
    pub(super) fn look_up(&mut self, among: Among) {
        if self.next > 0 {
            among.iter().for_each(|at| self.put(at));
        }
    }

    /// The place of this one; that in the list where none is there.
    pub(super) fn rank(&self, at: usize) -> u8 {
        self.ranks[at]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counts_of_a_minute_are_gone_with_it() {
        let mut minute = Minute::of(2);
        let at = |seconds: i64| SimTime::from_micros(seconds * 1_000_000);
        minute.at(at(59)).0[1].requests += 1;
        assert_eq!((minute.at(at(59)).0[1].requests, minute.at(at(59)).1), (1, false));
        let (counts, new) = minute.at(at(60));
        assert_eq!((counts[1].requests, new), (0, true));
    }

    #[test]
    fn what_was_put_there_first_comes_first() {
        let mut order = Order::of(3);
        order.look_up(Among::first(3));
        assert_eq!([0, 1, 2].map(|at| order.rank(at)), [ABSENT; 3]);
        order.put(2);
        order.look_up(Among::first(3));
        assert_eq!([0, 1, 2].map(|at| order.rank(at)), [1, 2, 0]);
    }
}
