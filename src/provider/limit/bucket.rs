//! Token buckets: so many per so long, with a burst. Refilled when asked, in integers, never by events.
//!
//! Over any stretch of time, never more than the burst and what flows in is taken.

use super::NEVER;
use crate::units::{Rate, SimDuration, SimTime};

/// A bucket that starts full, holds `burst`, and gains `rate`.
///
/// The level is kept in units of 1/`per` microseconds of a token, so that every refill is exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    /// Units gained per microsecond.
    gain: i64,
    /// Units one token takes.
    unit: i64,
    /// Units it holds.
    capacity: i64,
    /// Microseconds after which an empty one is full: a longer wait is cut to it, so that no refill overflows.
    fills_in: i64,
}

/// More units than any bucket holds; four times as many are still a number.
const LARGEST: i64 = i64::MAX / 4;

/// The level of one bucket during a replication.
#[derive(Debug, Clone, Copy)]
pub(super) struct Level {
    units: i64,
    at: SimTime,
}

impl Bucket {
    /// A bucket of this rate and burst; `None` where the numbers are too large to keep exact, the rate or the burst is zero.
    pub fn new(rate: Rate, burst: u64) -> Option<Self> {
        let gain = i64::try_from(rate.count).ok().filter(|gain| *gain > 0)?;
        let unit = rate.per.micros();
        let capacity = i64::try_from(burst).ok()?.checked_mul(unit).filter(|c| *c > 0 && *c < LARGEST)?;
        // What fills within a microsecond is full after one; so no sum below can overflow.
        let gain = gain.min(capacity);
        Some(Self { gain, unit, capacity, fills_in: capacity / gain + 1 })
    }

    /// The most that it ever holds.
    pub const fn burst(&self) -> u64 {
        (self.capacity / self.unit) as u64
    }

    pub(super) const fn full(&self) -> Level {
        Level { units: self.capacity, at: SimTime::START }
    }

    /// Brings the level up to date.
    #[inline]
    fn refill(&self, level: &mut Level, now: SimTime) {
        let elapsed = now.since(level.at).micros();
        level.at = now;
        let gained = elapsed.min(self.fills_in) * self.gain;
        level.units = (level.units + gained).min(self.capacity);
    }

    /// The first time from `from` on at which `amount` is there; [`NEVER`] where the bucket does not hold as much.
    #[inline]
    pub(super) fn earliest(&self, level: &mut Level, from: SimTime, amount: u64) -> SimTime {
        self.refill(level, from);
        let cost = self.cost(amount);
        let missing = cost - level.units;
        if missing <= 0 {
            from
        } else if cost > self.capacity {
            NEVER
        } else {
            from + SimDuration::from_micros((missing + self.gain - 1) / self.gain)
        }
    }

    /// The level under a bucket that holds more and fills faster: what was taken and has not flowed back stays taken.
    pub(super) fn carry(&self, mut level: Level, now: SimTime, to: &Self) -> Level {
        let now = now.max(level.at);
        self.refill(&mut level, now);
        let missing = i128::from(self.capacity - level.units) * i128::from(to.unit);
        let missing = (missing + i128::from(self.unit) - 1) / i128::from(self.unit);
        let missing = i64::try_from(missing).unwrap_or(to.capacity).min(to.capacity);
        Level { units: to.capacity - missing, at: level.at }
    }

    /// Whether another never lets less through: it holds as much and fills as fast.
    pub(super) fn covers(&self, other: &Self) -> bool {
        let flow = |a: &Self, b: &Self| i128::from(a.gain) * i128::from(b.unit);
        self.burst() >= other.burst() && flow(self, other) >= flow(other, self)
    }

    /// Takes `amount`, which must be there at that time.
    #[inline]
    pub(super) fn take(&self, level: &mut Level, at: SimTime, amount: u64) {
        self.refill(level, at);
        level.units -= self.cost(amount);
    }

    #[inline]
    fn cost(&self, amount: u64) -> i64 {
        // An amount that no bucket could hold is never there.
        (amount as i64).saturating_mul(self.unit).min(LARGEST)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bucket(rate: &str, burst: u64) -> Bucket {
        Bucket::new(rate.parse().expect("valid"), burst).expect("valid")
    }

    fn at(micros: i64) -> SimTime {
        SimTime::from_micros(micros)
    }

    #[test]
    fn gives_its_burst_and_then_its_rate() {
        let bucket = bucket("5/min", 5);
        let mut level = bucket.full();
        for _ in 0..5 {
            assert_eq!(bucket.earliest(&mut level, at(0), 1), at(0));
            bucket.take(&mut level, at(0), 1);
        }
        assert_eq!(bucket.earliest(&mut level, at(0), 1), at(12_000_000));
        assert_eq!(bucket.earliest(&mut level, at(11_999_999), 1), at(12_000_000));
        assert_eq!(bucket.earliest(&mut level, at(12_000_001), 1), at(12_000_001));
    }

    #[test]
    fn never_holds_more_than_its_burst() {
        let bucket = bucket("1000/s", 3);
        let mut level = bucket.full();
        let late = at(i64::MAX / 2);
        assert_eq!((bucket.earliest(&mut level, late, 3), bucket.earliest(&mut level, late, 4)), (late, NEVER));
        assert_eq!(level.units, 3 * 1_000_000);
    }

    #[test]
    fn the_largest_numbers_do_not_overflow() {
        let fast = bucket("9223372036854775807/s", 2);
        let mut level = fast.full();
        fast.take(&mut level, at(0), 2);
        assert_eq!(fast.earliest(&mut level, at(0), 2), at(1));
        assert_eq!((fast.earliest(&mut level, at(1), 2), level.units), (at(1), 2_000_000));
        assert_eq!(fast.earliest(&mut level, at(1), u64::from(u32::MAX) * 256), NEVER);
        let slow = bucket("1/1000d", 26_000);
        assert_eq!(slow.earliest(&mut slow.full(), at(0), u64::MAX / 2), NEVER);
    }

    #[test]
    fn what_was_taken_stays_taken_under_a_higher_limit() {
        let (low, high) = (bucket("5/min", 5), bucket("50/h", 50));
        let mut level = low.full();
        low.take(&mut level, at(0), 5);
        let level = low.carry(level, at(12_000_000), &high);
        assert_eq!(level.units, 46 * 3_600_000_000);
        assert!(bucket("20/min", 20).covers(&low) && !low.covers(&bucket("20/min", 20)) && !high.covers(&low));
    }

    proptest! {
        /// Brute force over all windows: never more than the burst and what flows in, and never later than need be.
        #[test]
        fn no_window_has_more_than_the_burst_and_the_rate(
            steps in proptest::collection::vec((0_i64..40_000_000, 1_u64..6, any::<bool>()), 1..200),
            (count, per) in (1_u64..9, 1_i64..90_000_000),
            burst in 1_u64..12,
        ) {
            let bucket = Bucket::new(Rate { count, per: SimDuration::from_micros(per) }, burst).expect("valid");
            let (mut level, mut taken, mut now) = (bucket.full(), Vec::<(i64, u64)>::new(), 0);
            // What windows that begin with something taken have room for, in units: it is the least that counts.
            let room = |taken: &[(i64, u64)], t: i64| {
                let mut sum = 0;
                let left = taken.iter().rev().map(|(from, amount)| {
                    sum += i128::from(*amount) * i128::from(per);
                    i128::from(burst) * i128::from(per) + i128::from(count) * i128::from(t - from) - sum
                });
                left.min().unwrap_or(i128::MAX).min(i128::from(burst) * i128::from(per))
            };
            for (gap, amount, waits) in steps {
                now += gap;
                let earliest = bucket.earliest(&mut level, at(now), amount);
                if amount > burst {
                    prop_assert_eq!(earliest, NEVER);
                    continue;
                }
                let (needed, then) = (i128::from(amount) * i128::from(per), earliest.micros());
                prop_assert!(needed <= room(&taken, then));
                prop_assert!(then == now || needed > room(&taken, then - 1));
                if then == now || waits {
                    now = then;
                    bucket.take(&mut level, earliest, amount);
                    taken.push((now, amount));
                }
            }
        }
    }
}
