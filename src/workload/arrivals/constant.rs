//! Evenly spaced arrivals: the first after half a gap, then one every gap.

use super::Clock;
use crate::units::Rate;

/// Arrivals at equal gaps.
#[derive(Debug, Clone, PartialEq)]
pub struct Constant {
    gap: f64,
}

impl Constant {
    /// Arrivals at this rate; none at a rate of zero.
    pub fn new(rate: Rate) -> Self {
        Self { gap: rate.per.micros() as f64 / rate.count as f64 }
    }

    #[inline]
    pub(super) fn next(&self, clock: &mut Clock) -> f64 {
        // `at` counts arrivals, so that gaps do not add up their rounding.
        clock.at += 1.0;
        (clock.at - 0.5) * self.gap
    }
}
