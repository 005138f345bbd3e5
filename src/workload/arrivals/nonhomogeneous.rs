//! Poisson arrivals whose rate follows the hours of the day, the days of the week, growth and noise.
//!
//! The rate is constant within each hour; times are found by inverting the expected number of arrivals (Cinlar's method;
//! Law, "Simulation Modeling and Analysis", section 8.6.2). Hours are the scenario's local hours, so that a clock change
//! shifts the shape as it does in life.

use rand_distr::{Distribution, Gamma};

use super::Clock;
use crate::random::{Key, Stream};

/// One stretch of time with a constant rate before noise: an hour, or a part of one at the ends of the horizon.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Season {
    /// Where it ends, in microseconds since the start.
    pub end: f64,
    /// Expected arrivals within it.
    pub expected: f64,
    /// Number of the local day it belongs to, from 0: the noise is drawn once a day.
    pub day: u32,
}

/// Arrivals at random at a rate that changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Nonhomogeneous {
    seasons: Box<[Season]>,
    /// Multiplies the rate of a day: gamma with mean 1; `None` without noise.
    noise: Option<Gamma<f64>>,
}

impl Nonhomogeneous {
    /// The process with these stretches in order of time, and this coefficient of variation of the daily factor.
    ///
    /// A coefficient that is not positive means no noise.
    pub fn new(seasons: Box<[Season]>, day_noise: f64) -> Self {
        let shape = 1.0 / (day_noise * day_noise);
        let noise = if day_noise > 0.0 { Gamma::new(shape, 1.0 / shape).ok() } else { None };
        Self { seasons, noise }
    }

    pub(super) fn begin(&self, clock: &mut Clock, key: Key) {
        clock.cumulative.clear();
        let (mut total, mut day, mut factor) = (0.0, u32::MAX, 1.0);
        for season in &self.seasons {
            if season.day != day {
                day = season.day;
                factor = self.noise.map_or(1.0, |noise| noise.sample(&mut Stream::new(key, u64::from(day))));
            }
            total += season.expected * factor;
            clock.cumulative.push(total);
        }
    }

    #[inline]
    pub(super) fn next(&self, clock: &mut Clock, uniform: f64) -> f64 {
        clock.at -= libm::log(uniform);
        while clock.cumulative.get(clock.segment).is_some_and(|&end| end < clock.at) {
            clock.segment += 1;
        }
        let Some(season) = self.seasons.get(clock.segment) else { return f64::INFINITY };
        let (begin, before) = match clock.segment {
            0 => (0.0, 0.0),
            i => (self.seasons[i - 1].end, clock.cumulative[i - 1]),
        };
        let share = (clock.at - before) / (clock.cumulative[clock.segment] - before);
        begin + (season.end - begin) * share
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Purpose;

    /// Rate 2 on [0, 1) and 6 on [1, 2): 8 expected; the 5th expected arrival falls at 1.5.
    #[test]
    fn inverts_the_expected_number_of_arrivals() {
        let seasons = [Season { end: 1.0, expected: 2.0, day: 0 }, Season { end: 2.0, expected: 6.0, day: 0 }];
        let process = Nonhomogeneous::new(Box::new(seasons), 0.0);
        let mut clock = Clock::default();
        process.begin(&mut clock, Key::new(0, 0, Purpose::Noise));
        let first = process.next(&mut clock, libm::exp(-1.0));
        let second = process.next(&mut clock, libm::exp(-4.0));
        assert!((first - 0.5).abs() < 1e-12 && (second - 1.5).abs() < 1e-12);
        assert!(process.next(&mut clock, libm::exp(-4.0)).is_infinite());
    }
}
