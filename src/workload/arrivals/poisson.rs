//! Poisson arrivals: independent exponential gaps.

use super::Clock;
use crate::units::Rate;

/// Arrivals at random at a constant rate.
#[derive(Debug, Clone, PartialEq)]
pub struct Poisson {
    gap: f64,
}

impl Poisson {
    /// Arrivals at this mean rate; none at a rate of zero.
    pub fn new(rate: Rate) -> Self {
        Self { gap: rate.per.micros() as f64 / rate.count as f64 }
    }

    #[inline]
    pub(super) fn next(&self, clock: &mut Clock, uniform: f64) -> f64 {
        clock.at -= libm::log(uniform) * self.gap;
        clock.at
    }
}
