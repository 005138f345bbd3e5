//! Sliding windows: never more than the limit within any stretch of the window's length, wherever it begins.
//!
//! What was taken is logged, and leaves the window exactly one length later. The log is bounded: a window of L units holds
//! at most L entries of at least one unit, and never more than [`LOG`] are kept. Where more would be needed (many small
//! amounts of tokens or dollars), those of the same 1/2048 of the length are joined at the later one's time: they
//! leave up to 1/2048 of the length late, never early, so that the limit is never exceeded.

use super::NEVER;
use crate::units::{SimDuration, SimTime};

/// The most entries that are kept; 64 KiB.
const LOG: usize = 4096;

/// What was taken at one time.
#[derive(Debug, Clone, Copy, Default)]
struct Entry {
    at: SimTime,
    amount: u64,
}

/// The log of one window: a ring in memory that is never moved or grown.
#[derive(Debug)]
pub(super) struct Sliding {
    most: u64,
    length: SimDuration,
    /// The sum of all entries.
    sum: u64,
    entries: Box<[Entry]>,
    first: usize,
    count: usize,
}

impl Sliding {
    /// An empty window of this length, in which `most` may be taken, and `ever` at most after it was raised.
    pub(super) fn new(length: SimDuration, most: u64, ever: u64) -> Self {
        let entries = usize::try_from(ever).unwrap_or(LOG).clamp(1, LOG);
        Self { most, length, sum: 0, entries: vec![Entry::default(); entries].into(), first: 0, count: 0 }
    }

    /// Forgets everything and keeps the memory.
    pub(super) const fn reset(&mut self, most: u64) {
        (self.most, self.sum, self.first, self.count) = (most, 0, 0, 0);
    }

    /// Lets so much be taken from now on. What is in the window stays in it.
    pub(super) const fn raise(&mut self, most: u64) {
        self.most = most;
    }

    #[inline]
    const fn place(&self, number: usize) -> usize {
        let at = self.first + number;
        if at >= self.entries.len() { at - self.entries.len() } else { at }
    }

    /// Drops what has left the window that ends at `now`, which is never before an earlier one.
    #[inline]
    fn expire(&mut self, now: SimTime) {
        while self.count > 0 && self.entries[self.first].at + self.length <= now {
            self.sum -= self.entries[self.first].amount;
            self.first = self.place(1);
            self.count -= 1;
        }
    }

    /// The first time from `from` on at which `amount` may be taken; [`NEVER`] where it is more than the limit.
    pub(super) fn earliest(&mut self, from: SimTime, amount: u64) -> SimTime {
        self.expire(from);
        if amount > self.most {
            return NEVER;
        }
        // What must leave first. No more than is in the window, as the amount alone would fit.
        let mut excess = self.sum.saturating_sub(self.most - amount);
        let mut at = from;
        for number in 0..self.count {
            if excess == 0 {
                break;
            }
            let entry = self.entries[self.place(number)];
            excess = excess.saturating_sub(entry.amount);
            at = entry.at + self.length;
        }
        at
    }

    /// Takes `amount` at a time that is not before an earlier one.
    pub(super) fn take(&mut self, at: SimTime, amount: u64) {
        if amount == 0 {
            return;
        }
        self.expire(at);
        self.sum += amount;
        if self.count == self.entries.len() {
            self.thin();
        }
        if self.count > 0 {
            let last = self.place(self.count - 1);
            if self.entries[last].at == at || self.count == self.entries.len() {
                self.entries[last] = Entry { at, amount: self.entries[last].amount + amount };
                return;
            }
        }
        let place = self.place(self.count);
        self.entries[place] = Entry { at, amount };
        self.count += 1;
    }

    /// Joins entries of the same 1/2048 of the length, at the time of the last of them; half the log and two remain at most.
    /// Parts lie where they lie, so that no entry is moved further however often this is done.
    #[cold]
    fn thin(&mut self) {
        let part = self.length.micros() / (self.entries.len() / 2).max(1) as i64 + 1;
        let mut kept = 0;
        for number in 0..self.count {
            let entry = self.entries[self.place(number)];
            let last = self.place(kept.max(1) - 1);
            if kept > 0 && self.entries[last].at.micros() / part == entry.at.micros() / part {
                self.entries[last] = Entry { at: entry.at, amount: self.entries[last].amount + entry.amount };
            } else {
                let place = self.place(kept);
                self.entries[place] = entry;
                kept += 1;
            }
        }
        self.count = kept;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(micros: i64) -> SimTime {
        SimTime::from_micros(micros)
    }

    fn window(length: i64, most: u64) -> Sliding {
        Sliding::new(SimDuration::from_micros(length), most, most)
    }

    /// Every window that begins with something taken has no more than the limit; so no other has.
    fn check(taken: &[(i64, u64)], length: i64, most: u64) {
        let (mut end, mut sum) = (0, 0);
        for (number, (from, amount)) in taken.iter().enumerate() {
            while end < taken.len() && taken[end].0 < from + length {
                sum += taken[end].1;
                end += 1;
            }
            assert!(sum <= most, "{sum} of {most} from {from} on, number {number}");
            sum -= amount;
        }
    }

    #[test]
    fn each_leaves_one_length_after_it_came() {
        let mut window = window(100, 3);
        for t in [10, 20, 30] {
            assert_eq!(window.earliest(at(t), 1), at(t));
            window.take(at(t), 1);
        }
        let answers = [1, 2, 3, 4].map(|amount| window.earliest(at(40), amount));
        assert_eq!(answers, [at(110), at(120), at(130), NEVER]);
        window.raise(4);
        assert_eq!((window.earliest(at(40), 1), window.earliest(at(40), 4)), (at(40), at(130)));
        assert_eq!(window.earliest(at(110), 2), at(110));
    }

    proptest! {
        /// Brute force over every position of the window, and the first time at which the amount fits, from all that was taken.
        #[test]
        fn no_stretch_of_the_length_has_more_than_the_limit(
            steps in proptest::collection::vec((0_i64..60, 1_u64..6, any::<bool>()), 1..300),
            most in 1_u64..20,
        ) {
            let (mut window, mut taken, mut now) = (window(100, most), Vec::<(i64, u64)>::new(), 0);
            for (gap, amount, waits) in steps {
                now += gap;
                let fits = |t: i64| amount + taken.iter().filter(|(s, _)| s + 100 > t).map(|(_, a)| a).sum::<u64>() <= most;
                let earliest = window.earliest(at(now), amount);
                if amount > most {
                    prop_assert_eq!(earliest, NEVER);
                    continue;
                }
                prop_assert_eq!(earliest.micros(), (now..).find(|t| fits(*t)).expect("it fits once all have left"));
                if earliest == at(now) || waits {
                    now = earliest.micros();
                    window.take(earliest, amount);
                    taken.push((now, amount));
                }
            }
            check(&taken, 100, most);
        }

    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        /// More entries than the log holds: the limit still holds everywhere, and what is told is late by 1/2048 at most.
        #[test]
        fn a_full_log_errs_on_the_side_of_the_limit(
            gaps in proptest::collection::vec(prop_oneof![Just(0_i64), 1_i64..40, 1_i64..400], 20_000),
            most in 50_000_u64..500_000,
        ) {
            let length = 1_000_000;
            let (mut window, mut taken, mut now) = (window(length, most), Vec::<(i64, u64)>::new(), 0);
            let (mut first, mut sum) = (0, 0);
            for (number, gap) in gaps.into_iter().enumerate() {
                now += gap;
                let amount = 1 + number as u64 % 60;
                while first < taken.len() && taken[first].0 + length <= now {
                    sum -= taken[first].1;
                    first += 1;
                }
                let late_by = length / 2048 + 1;
                let earliest = window.earliest(at(now), amount);
                if sum + amount > most {
                    prop_assert!(earliest > at(now));
                } else {
                    prop_assert!(earliest.micros() <= now + late_by, "{} for {}", earliest.micros(), now);
                }
                now = earliest.micros();
                window.take(earliest, amount);
                taken.push((now, amount));
                sum += amount;
            }
            check(&taken, length, most);
        }
    }
}
