//! Poisson arrivals: independent exponential gaps.

use super::{Clock, Process, Span, bounded};
use crate::random::Key;
use crate::spec::{self, Located, Mistake};
use crate::units::{Rate, SimTime};

spec::table! {
    /// Arrivals at random at a constant rate.
    pub struct Spec {
        /// Journeys per time on average, such as "100k/30d".
        rate: Located<Rate>,
    }
}

/// Arrivals at random at a constant rate.
#[derive(Debug, Clone, PartialEq)]
pub struct Poisson {
    /// Mean microseconds between arrivals; infinite at a rate of zero.
    gap: f64,
}

pub(super) fn build(spec: &Spec, span: &Span) -> Result<Poisson, Mistake> {
    bounded(&spec.rate, spec.rate.per_second() * span.horizon.as_secs_f64())?;
    Ok(Poisson { gap: spec.rate.per.micros() as f64 / spec.rate.count as f64 })
}

impl Process for Poisson {
    fn begin(&self, clock: &mut Clock, _: Key) {
        clock.at = 0.0;
    }

    fn expected(&self, horizon: SimTime) -> f64 {
        horizon.micros() as f64 / self.gap
    }

    #[inline]
    fn next(&self, clock: &mut Clock, gap: f64) -> f64 {
        clock.at += gap * self.gap;
        clock.at
    }
}
