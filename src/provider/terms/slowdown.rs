//! By how much the slow lane of a subscription is slower.

use crate::spec;
use crate::units::SimDuration;

spec::checked! {
    /// How many times as long an attempt takes in the slow lane.
    pub struct SlowFactor(f64): |factor| (1.0..=1000.0).contains(factor), "a number from 1 to 1000, such as 10", 10;
}

/// How many times as long an attempt takes, in thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slowdown(u32);

impl Slowdown {
    /// Not at all.
    pub const NONE: Self = Self(1000);

    pub(super) fn new(factor: SlowFactor) -> Self {
        Self((factor.0 * 1000.0).round_ties_even() as u32)
    }

    /// Whether an attempt is slowed.
    pub fn is_slow(self) -> bool {
        self > Self::NONE
    }

    /// This time, slowed; rounded down to the microsecond, and never more than fits.
    #[inline]
    pub const fn of(self, time: SimDuration) -> SimDuration {
        let slowed = time.micros() as i128 * self.0 as i128 / 1000;
        SimDuration::from_micros(if slowed > LONGEST { LONGEST as i64 } else { slowed as i64 })
    }
}

/// A quarter of what an instant can hold, so that adding it to one is no overflow.
const LONGEST: i128 = (i64::MAX / 4) as i128;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_time() {
        let minute = SimDuration::from_micros(60_000_000);
        assert_eq!(Slowdown::NONE.of(minute), minute);
        assert_eq!(Slowdown::new(SlowFactor(1.5)).of(minute).micros(), 90_000_000);
        assert!(Slowdown::new(SlowFactor(1000.0)).of(SimDuration::from_micros(i64::MAX)).micros() > 0);
        assert!(!Slowdown::NONE.is_slow());
    }
}
