//! Poisson arrivals: independent exponential gaps.

use super::{Clock, Process, Span};
use crate::random::Key;
use crate::spec::{self, Mistake};
use crate::units::Rate;

spec::table! {
    /// Arrivals at random at a constant rate.
    pub struct Spec {
        /// Journeys per time on average, such as "100k/30d".
        rate: Rate,
    }
}

/// Arrivals at random at a constant rate.
#[derive(Debug, Clone, PartialEq)]
pub struct Poisson {
    /// Mean microseconds between arrivals; infinite at a rate of zero.
    gap: f64,
}

#[expect(clippy::unnecessary_wraps, reason = "the processes share one signature")]
pub(super) fn build(spec: &Spec, _: &Span) -> Result<Poisson, Mistake> {
    Ok(Poisson { gap: spec.rate.per.micros() as f64 / spec.rate.count as f64 })
}

impl Process for Poisson {
    fn begin(&self, clock: &mut Clock, _: Key) {
        clock.at = 0.0;
    }

    #[inline]
    fn next(&self, clock: &mut Clock, uniform: f64) -> f64 {
        clock.at -= libm::log(uniform) * self.gap;
        clock.at
    }
}
