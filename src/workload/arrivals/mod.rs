//! Arrival processes, one a file. Each maps the unit-rate clock of a replication to times by inversion, so that a higher
//! rate moves every arrival forward and never reshuffles them.

mod constant;
mod nonhomogeneous;
mod poisson;

pub use constant::Constant;
pub use nonhomogeneous::{Nonhomogeneous, Season};
pub use poisson::Poisson;

use crate::random::Key;

/// When journeys arrive.
#[derive(Debug, Clone, PartialEq)]
pub enum Arrivals {
    /// Evenly spaced.
    Constant(Constant),
    /// At random, at a constant rate.
    Poisson(Poisson),
    /// At random, at a rate with day and week shapes, growth and noise.
    Nonhomogeneous(Nonhomogeneous),
}

/// Where a replication stands in its arrivals.
#[derive(Debug, Clone, Default)]
pub(super) struct Clock {
    /// Time of the last arrival in microseconds, or its position in units of the process.
    pub(super) at: f64,
    /// The segment of a non-homogeneous process that `at` lies in.
    pub(super) segment: usize,
    /// Expected arrivals up to the end of each segment of this replication, its noise included.
    pub(super) cumulative: Vec<f64>,
}

impl Arrivals {
    /// Sets the clock to the start of a replication.
    pub(super) fn begin(&self, clock: &mut Clock, noise: Key) {
        clock.at = 0.0;
        clock.segment = 0;
        if let Self::Nonhomogeneous(process) = self {
            process.begin(clock, noise);
        }
    }

    /// The time of the next arrival in microseconds, from one uniform in (0, 1); infinite where there is none.
    #[inline]
    pub(super) fn next(&self, clock: &mut Clock, uniform: f64) -> f64 {
        match self {
            Self::Constant(process) => process.next(clock),
            Self::Poisson(process) => process.next(clock, uniform),
            Self::Nonhomogeneous(process) => process.next(clock, uniform),
        }
    }
}
