//! Token buckets: so many per so long, with a burst. Refilled when asked, in integers, never by events.

use crate::units::{Rate, SimDuration, SimTime};

/// What a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Requests.
    Requests,
    /// Images.
    Images,
    /// Tokens: of the prompt, and of the images where the price counts them.
    Tokens,
}

/// A bucket that starts full, holds `burst`, and gains `rate`.
///
/// The level is kept in units of 1/`per` microseconds of a token, so that every refill is exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    measure: Measure,
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
    /// A bucket of this measure, rate and burst; `None` where the numbers are too large to keep exact, the rate or the burst is zero.
    pub fn new(measure: Measure, rate: Rate, burst: u64) -> Option<Self> {
        let gain = i64::try_from(rate.count).ok().filter(|gain| *gain > 0)?;
        let unit = rate.per.micros();
        let capacity = i64::try_from(burst).ok()?.checked_mul(unit).filter(|c| *c > 0 && *c < LARGEST)?;
        // What fills within a microsecond is full after one; so no sum below can overflow.
        let gain = gain.min(capacity);
        Some(Self { measure, gain, unit, capacity, fills_in: capacity / gain + 1 })
    }

    /// What it counts.
    pub const fn measure(&self) -> Measure {
        self.measure
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
    pub(super) fn refill(&self, level: &mut Level, now: SimTime) {
        let elapsed = now.since(level.at).micros();
        level.at = now;
        let gained = elapsed.min(self.fills_in) * self.gain;
        level.units = (level.units + gained).min(self.capacity);
    }

    /// How long until `amount` is there; zero where it is there now. The level must be up to date.
    #[inline]
    pub(super) fn wait(&self, level: &Level, amount: u64) -> SimDuration {
        let missing = self.cost(amount) - level.units;
        if missing <= 0 { SimDuration::ZERO } else { SimDuration::from_micros((missing + self.gain - 1) / self.gain) }
    }

    /// Takes `amount`, which must be there.
    #[inline]
    pub(super) fn take(&self, level: &mut Level, amount: u64) {
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
    use super::*;

    #[test]
    fn gives_its_burst_and_then_its_rate() {
        let bucket = Bucket::new(Measure::Images, "5/min".parse().expect("valid"), 5).expect("valid");
        let mut level = bucket.full();
        for _ in 0..5 {
            assert_eq!(bucket.wait(&level, 1), SimDuration::ZERO);
            bucket.take(&mut level, 1);
        }
        assert_eq!(bucket.wait(&level, 1).micros(), 12_000_000);
        bucket.refill(&mut level, SimTime::from_micros(11_999_999));
        assert_eq!(bucket.wait(&level, 1).micros(), 1);
        bucket.refill(&mut level, SimTime::from_micros(12_000_000));
        assert_eq!(bucket.wait(&level, 1), SimDuration::ZERO);
    }

    #[test]
    fn never_holds_more_than_its_burst() {
        let bucket = Bucket::new(Measure::Requests, "1000/s".parse().expect("valid"), 3).expect("valid");
        let mut level = bucket.full();
        bucket.refill(&mut level, SimTime::from_micros(i64::MAX / 2));
        assert_eq!(level.units, 3 * 1_000_000);
        assert!(bucket.wait(&level, 4) > SimDuration::ZERO);
    }

    #[test]
    fn the_largest_numbers_do_not_overflow() {
        let bucket = Bucket::new(Measure::Tokens, "9223372036854775807/s".parse().expect("valid"), 2).expect("valid");
        let mut level = bucket.full();
        bucket.take(&mut level, 2);
        assert_eq!(bucket.wait(&level, 2).micros(), 1);
        bucket.refill(&mut level, SimTime::from_micros(1));
        assert_eq!((bucket.wait(&level, 2), level.units), (SimDuration::ZERO, 2_000_000));
        assert!(bucket.wait(&level, u64::from(u32::MAX) * 256) > SimDuration::ZERO);
        let slow = Bucket::new(Measure::Tokens, "1/1000d".parse().expect("valid"), 26_000).expect("valid");
        assert!(slow.wait(&slow.full(), u64::MAX / 2) > SimDuration::ZERO);
    }
}
