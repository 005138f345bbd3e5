//! Evenly spaced arrivals: the first after half a gap, then one every gap.

use super::{Clock, Process, Span, bounded};
use crate::random::Key;
use crate::spec::{self, Located, Mistake};
use crate::units::{Rate, SimTime};

spec::table! {
    /// Evenly spaced arrivals.
    pub struct Spec {
        /// Journeys per time, such as "100k/30d".
        rate: Located<Rate>,
    }
}

/// Arrivals at equal gaps.
#[derive(Debug, Clone, PartialEq)]
pub struct Constant {
    /// Microseconds between arrivals; infinite at a rate of zero.
    gap: f64,
}

pub(super) fn build(spec: &Spec, span: &Span) -> Result<Constant, Mistake> {
    bounded(&spec.rate, spec.rate.per_second() * span.horizon.as_secs_f64())?;
    Ok(Constant { gap: spec.rate.per.micros() as f64 / spec.rate.count as f64 })
}

impl Process for Constant {
    fn begin(&self, clock: &mut Clock, _: Key) {
        clock.at = 0.0;
    }

    fn expected(&self, horizon: SimTime) -> f64 {
        horizon.micros() as f64 / self.gap
    }

    #[inline]
    fn next(&self, clock: &mut Clock, _: f64) -> f64 {
        // `at` counts arrivals, so that the rounding of gaps does not add up.
        clock.at += 1.0;
        (clock.at - 0.5) * self.gap
    }
}
