//! Poisson arrivals whose rate follows the hours of the day, the days of the week, growth and noise.
//!
//! The rate is constant within each hour; times are found by inverting the expected number of arrivals (Cinlar's method;
//! Law, "Simulation Modeling and Analysis", section 8.6.2). Hours are the scenario's local hours, so that a change of
//! clocks shifts the shape as it does in life.

use jiff::civil::Date;
use jiff::{SignedDuration, Zoned};
use rand_distr::{Distribution, Gamma};

use super::{Clock, Process, Span, bounded};
use crate::random::{Key, Stream};
use crate::spec::{self, Located, Mistake};
use crate::units::{Rate, Share, SimDuration, SimTime};

spec::table! {
    /// Arrivals at random at a rate that changes.
    pub struct Spec {
        /// Journeys per time, on average over a week without growth, such as "100k/30d".
        rate: Located<Rate>,
        /// 24 weights of the hours of the day, from midnight, in the scenario's time zone.
        day: Option<Located<Vec<f64>>>,
        /// 7 weights of the days of the week, from Monday.
        week: Option<Located<Vec<f64>>>,
        /// Exponential growth from the start on.
        growth: Option<Growth>,
        /// Coefficient of variation of a factor drawn for each day (gamma with mean 1). Measured on one image service: 23 %
        /// (GenTD26 trace, 2024).
        day_noise: Share = "0%",
    }
}

spec::table! {
    /// Exponential growth.
    pub struct Growth {
        /// By how much the rate grows, such as "10%".
        by: Share,
        /// In how long, such as "30d".
        per: Located<SimDuration>,
    }
}

/// One stretch of time with a constant rate before noise: an hour, or a part of one.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Stretch {
    /// Where it ends, in microseconds since the start.
    end: f64,
    /// Expected arrivals within it.
    expected: f64,
    /// Number of the local day it belongs to: the noise is drawn once a day.
    day: u64,
}

/// Arrivals at random at a rate that changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Nonhomogeneous {
    stretches: Box<[Stretch]>,
    /// Multiplies the rate of a day; `None` without noise.
    noise: Option<Gamma<f64>>,
}

pub(super) fn build(spec: &Spec, span: &Span) -> Result<Nonhomogeneous, Mistake> {
    let day = weights(spec.day.as_ref(), 24)?;
    let week = weights(spec.week.as_ref(), 7)?;
    let growth = match &spec.growth {
        None => 0.0,
        Some(growth) if *growth.per == SimDuration::ZERO => {
            return Err(Mistake::error(&growth.per.place, "growth needs a time to happen in").label("not zero"));
        }
        Some(growth) => libm::log1p(growth.by.get()) / growth.per.micros() as f64,
    };
    let rate = spec.rate.count as f64 / spec.rate.per.micros() as f64;
    let mut stretches = Vec::new();
    let (mut now, mut begin, horizon) = (span.start.clone(), 0.0, span.horizon.micros() as f64);
    let first = now.date();
    while begin < horizon {
        let rest = to_next_hour(&now);
        let end = (begin + rest.as_micros() as f64).min(horizon);
        let shape = day[now.hour() as usize] * week[now.weekday().to_monday_zero_offset() as usize];
        let grown = libm::exp(growth * begin.midpoint(end));
        let expected = rate * (end - begin) * shape * grown;
        stretches.push(Stretch { end, expected, day: days_between(first, now.date()) });
        begin = end;
        now = now.saturating_add(rest);
    }
    bounded(&spec.rate, stretches.iter().map(|stretch| stretch.expected).sum())?;
    Ok(Nonhomogeneous { stretches: stretches.into(), noise: noise(spec.day_noise.get()) })
}

/// Weights with mean 1; all equal where none are given.
fn weights(given: Option<&Located<Vec<f64>>>, count: usize) -> Result<Vec<f64>, Mistake> {
    let Some(given) = given else { return Ok(vec![1.0; count]) };
    let sum: f64 = given.iter().sum();
    if given.len() != count || given.iter().any(|weight| *weight < 0.0) || sum <= 0.0 || !(sum * count as f64).is_finite() {
        let what = format!("expected {count} weights, none negative and not all zero");
        return Err(Mistake::error(&given.place, what).label(format!("{} values", given.len())));
    }
    Ok(given.iter().map(|weight| weight * count as f64 / sum).collect())
}

/// A gamma law with mean 1 and this coefficient of variation.
fn noise(variation: f64) -> Option<Gamma<f64>> {
    let shape = 1.0 / (variation * variation);
    if variation > 0.0 { Gamma::new(shape, 1.0 / shape).ok() } else { None }
}

/// The time until the local clock shows the next full hour.
fn to_next_hour(now: &Zoned) -> SignedDuration {
    let passed = i64::from(now.minute()) * 60 + i64::from(now.second());
    let rest = SignedDuration::from_secs(3600 - passed) - SignedDuration::from_nanos(i64::from(now.subsec_nanosecond()));
    rest.max(SignedDuration::from_millis(1))
}

fn days_between(first: Date, day: Date) -> u64 {
    day.duration_since(first).as_hours().unsigned_abs() / 24
}

impl Process for Nonhomogeneous {
    fn begin(&self, clock: &mut Clock, key: Key) {
        (clock.at, clock.segment) = (0.0, 0);
        clock.cumulative.clear();
        let (mut total, mut day, mut factor) = (0.0, u64::MAX, 1.0);
        for stretch in &self.stretches {
            if stretch.day != day {
                day = stretch.day;
                factor = self.noise.map_or(1.0, |noise| noise.sample(&mut Stream::new(key, day)));
            }
            total += stretch.expected * factor;
            clock.cumulative.push(total);
        }
    }

    /// Of the whole span that it was built for, whatever the horizon: it has no other.
    fn expected(&self, _: SimTime) -> f64 {
        self.stretches.iter().map(|stretch| stretch.expected).sum()
    }

    #[inline]
    fn next(&self, clock: &mut Clock, gap: f64) -> f64 {
        clock.at += gap;
        while clock.cumulative.get(clock.segment).is_some_and(|&end| end < clock.at) {
            clock.segment += 1;
        }
        let Some(stretch) = self.stretches.get(clock.segment) else { return f64::INFINITY };
        let (begin, before) = match clock.segment {
            0 => (0.0, 0.0),
            i => (self.stretches[i - 1].end, clock.cumulative[i - 1]),
        };
        let share = (clock.at - before) / (clock.cumulative[clock.segment] - before);
        begin + (stretch.end - begin) * share
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Purpose;

    fn next(process: &Nonhomogeneous, steps: &[f64]) -> Vec<f64> {
        let mut clock = Clock::default();
        process.begin(&mut clock, Key::new(0, 0, Purpose::Noise));
        steps.iter().map(|step| process.next(&mut clock, *step)).collect()
    }

    /// Rate 2 on [0, 1) and 6 on [1, 2): 8 expected; the first expected arrival falls at 0.5, the fifth at 1.5.
    #[test]
    fn inverts_the_expected_number_of_arrivals() {
        let stretch = |end, expected| Stretch { end, expected, day: 0 };
        let process = Nonhomogeneous { stretches: Box::new([stretch(1.0, 2.0), stretch(2.0, 6.0)]), noise: None };
        let times = next(&process, &[1.0, 4.0, 4.0]);
        assert!((times[0] - 0.5).abs() < 1e-12 && (times[1] - 1.5).abs() < 1e-12 && times[2].is_infinite(), "{times:?}");
    }

    /// The day on which Berlin's clocks go forward has 23 hours; a shape that is zero at 2 o'clock loses nothing.
    #[test]
    fn follows_the_local_clock() {
        let start: Zoned = "2026-03-29T00:00[Europe/Berlin]".parse().expect("valid");
        let place = crate::spec::Place::whole(crate::spec::Sources::new().add("a.toml", ""));
        let rate = Located { value: "24/24h".parse().expect("valid"), place };
        let spec = Spec { rate, day: None, week: None, growth: None, day_noise: Share::NONE };
        let process = build(&spec, &Span { start, horizon: SimDuration::DAY }).expect("valid");
        assert_eq!(process.stretches.len(), 24);
        assert_eq!(process.stretches.iter().filter(|s| s.day == 1).count(), 1);
        let expected: f64 = process.stretches.iter().map(|s| s.expected).sum();
        assert!((expected - 24.0).abs() < 1e-9, "{expected}");
    }
}
