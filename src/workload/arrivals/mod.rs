//! Arrival processes. A process is one file and one line in the table below. Each maps the unit-rate clock of a
//! replication to times by inversion, so that a higher rate moves every arrival forward and reshuffles none.

mod registry;

use jiff::Zoned;

use crate::random::Key;
use crate::spec::{Located, Mistake};
use crate::units::{Rate, SimDuration, SimTime};

/// The time that arrivals fall into.
#[derive(Debug, Clone)]
pub struct Span {
    /// The scenario's start in its time zone.
    pub start: Zoned,
    /// How long it is.
    pub horizon: SimDuration,
}

/// No replication is expected to have more journeys: their numbers have 40 bits, and a machine would take days.
const MOST: f64 = 1e11;

/// Refuses a rate at which so many journeys are expected within the horizon that they could not be numbered.
fn bounded(rate: &Located<Rate>, expected: f64) -> Result<(), Mistake> {
    if expected <= MOST {
        return Ok(());
    }
    let what = format!("about {expected:.0e} journeys would arrive within the horizon, and 1e11 are the most");
    Err(Mistake::error(&rate.place, what).label("this rate, with its growth"))
}

/// When journeys arrive.
pub trait Process {
    /// Sets the clock to the start of a replication.
    fn begin(&self, clock: &mut Clock, noise: Key);

    /// How many arrivals are expected before this time.
    fn expected(&self, horizon: SimTime) -> f64;

    /// The time of the next arrival in microseconds, from one exponential draw with mean 1; infinite where there is none.
    fn next(&self, clock: &mut Clock, gap: f64) -> f64;
}

/// Where a replication stands in its arrivals.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    /// How far it is, in a unit of the process's own.
    at: f64,
    /// The stretch of a non-homogeneous process that `at` lies in.
    segment: usize,
    /// Expected arrivals up to the end of each stretch of this replication, its noise included.
    cumulative: Vec<f64>,
}

registry::arrivals! {
    /// Evenly spaced.
    constant => Constant,
    /// At random, at a constant rate.
    poisson => Poisson,
    /// At random, at a rate with day and week shapes, growth and noise.
    nonhomogeneous => Nonhomogeneous,
}
