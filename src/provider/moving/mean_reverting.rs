//! Mean-reverting factors: an Ornstein-Uhlenbeck process on the logarithm.
//!
//! On a grid of steps the process is exact and no approximation in the step: with d = 2^(-step / half_life), the standard
//! normal state goes from x to d x + sqrt(1 - d^2) z (D. T. Gillespie, Physical Review E 54, 1996, eq. 1.9). It begins in
//! its stationary state, so that the factor is at all times lognormal with the stated mean and standard deviation.

use super::factor::{self, Factor, in_range};
use super::{Draws, Path, Process, Setting};
use crate::dist::normal_quantile;
use crate::random::{Block, open01_wide};
use crate::spec::{self, Located, Mistake};
use crate::units::{SimDuration, SimTime};

spec::table! {
    /// A factor that strays from its mean and comes back.
    pub struct Spec {
        /// The mean of the factor over a long time.
        mean: Located<f64> = 1.0,
        /// The standard deviation of the factor over a long time, relative to its mean.
        sd: Located<f64>,
        /// How long until half of a deviation (of the logarithm) is gone.
        half_life: Located<SimDuration>,
        /// How long a factor holds before the next. 5 minutes are assumed.
        step: Located<SimDuration> = "5min",
    }
}

/// A factor that strays from its mean and comes back.
#[derive(Debug, Clone, PartialEq)]
pub struct MeanReverting {
    /// Median and standard deviation of the logarithm, in the stationary state.
    log_median: f64,
    log_sd: f64,
    /// What a step leaves of the state, and what it adds.
    keeps: f64,
    adds: f64,
    /// Microseconds a step.
    step: i64,
}

/// Shorter steps would be walked through for nothing: prices are not asked so often.
const SHORTEST: SimDuration = SimDuration::from_micros(1_000_000);

pub(super) fn build(spec: &Spec, _: &Setting<'_>) -> Result<MeanReverting, Mistake> {
    let (mean, sd) = (factor::read(&spec.mean)?, in_range(&spec.sd, 0.0, 10.0)?);
    if *spec.step < SHORTEST {
        return Err(Mistake::error(&spec.step.place, "a step must be a second or longer").label("too short"));
    }
    let keeps = decay(&spec.half_life, *spec.step)?;
    let variance = libm::log1p(sd * sd);
    Ok(MeanReverting {
        log_median: libm::log(mean) - variance / 2.0,
        log_sd: libm::sqrt(variance),
        keeps,
        adds: libm::sqrt(1.0 - keeps * keeps),
        step: spec.step.micros(),
    })
}

/// What a step leaves of a deviation: 2^(-step / half_life).
pub(super) fn decay(half_life: &Located<SimDuration>, step: SimDuration) -> Result<f64, Mistake> {
    if **half_life == SimDuration::ZERO {
        return Err(Mistake::error(&half_life.place, "a half-life must be more than nothing").label("too short"));
    }
    Ok(libm::exp2(-step.as_secs_f64() / half_life.as_secs_f64()))
}

impl MeanReverting {
    /// The state at the beginning: stationary.
    pub(super) fn first(draws: &Block) -> f64 {
        normal(draws)
    }

    /// The state one step later.
    pub(super) fn next(&self, state: f64, draws: &Block) -> f64 {
        self.keeps * state + self.adds * normal(draws)
    }

    /// The factor in this state.
    pub(super) fn level(&self, state: f64) -> f64 {
        libm::exp(self.log_median + self.log_sd * state)
    }

    /// The number of the step that contains this time, which is not before the start.
    pub(super) const fn step_at(&self, now: SimTime) -> u64 {
        (now.micros() / self.step) as u64
    }

    /// The end of a step.
    pub(super) const fn end(&self, step: u64) -> SimTime {
        SimTime::from_micros((step as i64 + 1) * self.step)
    }

    /// How long a step is.
    pub(super) const fn step(&self) -> SimDuration {
        SimDuration::from_micros(self.step)
    }
}

/// A standard normal number from the first two words of a block.
fn normal(draws: &Block) -> f64 {
    normal_quantile(open01_wide(draws[0], draws[1]))
}

impl Process for MeanReverting {
    fn begin(&self, draws: Draws) -> Path {
        let state = Self::first(&draws.of_step(0));
        Path { state, factor: Factor::from_f64(self.level(state)), until: self.end(0), ..Path::new() }
    }

    fn advance(&self, path: &mut Path, draws: Draws, now: SimTime) {
        let last = self.step_at(now);
        while path.step < last {
            path.step += 1;
            path.state = self.next(path.state, &draws.of_step(path.step));
        }
        path.factor = Factor::from_f64(self.level(path.state));
        path.until = self.end(last);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, build, estimate, key, same_path};
    use super::*;

    const TEXT: &str = "mean_reverting = { mean = 1.5, sd = 0.4, half_life = \"6h\", step = \"30min\" }";

    #[test]
    fn mean_and_deviation_are_the_stated_ones_at_all_times() {
        let moving = build(TEXT).expect("valid");
        for hour in [0, 6, 50] {
            let value = |key| {
                let mut path = moving.begin(key);
                moving.factor(&mut path, key, at(hour)).millionths() as f64 / 1e6
            };
            estimate(20_000, 1.5, &value);
            estimate(20_000, 0.6 * 0.6, &|key| (value(key) - 1.5).powi(2));
        }
    }

    /// The logarithms 6 h apart, standardised, have a correlation of one half, 12 h apart of a quarter.
    #[test]
    fn half_of_a_deviation_is_gone_after_the_half_life() {
        let moving = build(TEXT).expect("valid");
        let variance = 1.16_f64.ln();
        let state = |factor: Factor| ((factor.millionths() as f64 / 1.5e6).ln() + variance / 2.0) / variance.sqrt();
        for (hours, expected) in [(6, 0.5), (12, 0.25)] {
            estimate(20_000, expected, &|key| {
                let mut path = moving.begin(key);
                let before = state(moving.factor(&mut path, key, at(100)));
                before * state(moving.factor(&mut path, key, at(100 + hours)))
            });
        }
    }

    #[test]
    fn asking_often_or_rarely_gives_the_same_path() {
        same_path(&build(TEXT).expect("valid"));
    }

    #[test]
    fn a_factor_holds_for_its_step() {
        let moving = build(TEXT).expect("valid");
        let mut path = moving.begin(key(1));
        let at = |minutes: i64| SimTime::from_micros(minutes * 60_000_000);
        let first = moving.factor(&mut path, key(1), at(0));
        assert_eq!(moving.factor(&mut path, key(1), SimTime::from_micros(at(30).micros() - 1)), first);
        assert_ne!(moving.factor(&mut path, key(1), at(30)), first);
    }

    #[test]
    fn numbers_out_of_range_are_mistakes() {
        for (text, what) in [
            ("mean_reverting = { sd = -1, half_life = \"6h\" }", "-1 is out of range"),
            ("mean_reverting = { sd = 1, mean = 0, half_life = \"6h\" }", "0 is out of range"),
            ("mean_reverting = { sd = 1, half_life = \"0s\" }", "a half-life must be more than nothing"),
            ("mean_reverting = { sd = 1, half_life = \"6h\", step = \"1ms\" }", "a step must be a second or longer"),
        ] {
            assert_eq!(build(text).expect_err("a mistake").what, what);
        }
    }
}
