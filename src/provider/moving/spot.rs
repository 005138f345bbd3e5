//! Spot-like factors: mean-reverting, times one plus what jumps have left, times one plus an answer to one's own load.
//!
//! In each step at most one jump comes, of exponential size, and what jumps have left halves every half-life: shot noise on
//! the grid. It is walked from ten half-lives before the scenario, from its mean, so that its mean is right at all times
//! and its variance to a millionth. The load is what this client bought in the step before, relative to a capacity; it
//! is the only part that differs between strategies. No public series of image prices is known that any default could come from.

use super::factor::{Factor, in_range};
use super::mean_reverting::{self, MeanReverting, decay};
use super::{Draws, Path, Process, Setting};
use crate::random::{Block, open01};
use crate::spec::{self, Located, Mistake};
use crate::units::{Rate, Share, SimDuration, SimTime};

spec::table! {
    /// A factor as on a spot market.
    pub struct Spec {
        /// The mean of the factor over a long time, jumps and load apart.
        mean: Located<f64> = 1.0,
        /// Its standard deviation relative to the mean, jumps and load apart.
        sd: Located<f64>,
        /// How long until half of a deviation (of the logarithm) is gone.
        half_life: Located<SimDuration>,
        /// How long a factor holds before the next. 5 minutes are assumed.
        step: Located<SimDuration> = "5min",
        /// Sudden rises.
        jumps: Option<Jumps>,
        /// How the price answers to what this client buys.
        load: Option<Load>,
    }
}

spec::table! {
    /// Sudden rises that die away.
    pub struct Jumps {
        /// How often they come, such as "3/d"; one in a step at most.
        rate: Rate,
        /// How much a jump adds on average, as a part of the price: 0.5 is half as much again.
        size: Located<f64>,
        /// How long until half of it is gone; at most 1000 steps.
        half_life: Located<SimDuration>,
    }
}

spec::table! {
    /// How the price answers to what this client buys.
    pub struct Load {
        /// Images per time at which `rise` is reached.
        capacity: Located<Rate>,
        /// How much dearer it then is, as a part of the price; in proportion below and above.
        rise: Located<f64>,
    }
}

/// A factor as on a spot market.
#[derive(Debug, Clone, PartialEq)]
pub struct Spot {
    base: MeanReverting,
    jumps: Shots,
    /// What each image of the step before adds.
    rise_per_image: f64,
    /// Steps walked before the scenario begins.
    before: u64,
}

/// What jumps leave.
#[derive(Debug, Clone, PartialEq)]
struct Shots {
    /// Probability of a jump in a step, as a threshold.
    comes: u64,
    /// Its mean.
    size: f64,
    /// What a step leaves.
    keeps: f64,
}

/// Half-lives of jumps that are walked before the scenario begins: 2^-20 of a variance is left of where it began.
const WALKED: f64 = 10.0;
/// Steps in a half-life of jumps, at most.
const LONGEST: f64 = 1000.0;

pub(super) fn build(spec: &Spec, setting: &Setting<'_>) -> Result<Spot, Mistake> {
    let Spec { mean, sd, half_life, step, jumps, load } = spec.clone();
    let base = mean_reverting::build(&mean_reverting::Spec { mean, sd, half_life, step }, setting)?;
    let (jumps, before) = match &jumps {
        Some(jumps) => shots(jumps, base.step())?,
        None => (Shots { comes: 0, size: 0.0, keeps: 0.0 }, 0),
    };
    let rise_per_image = load.as_ref().map_or(Ok(0.0), |load| per_image(load, base.step()))?;
    Ok(Spot { base, jumps, rise_per_image, before })
}

/// The jumps, and how many steps they are walked before the scenario.
fn shots(jumps: &Jumps, step: SimDuration) -> Result<(Shots, u64), Mistake> {
    let steps = jumps.half_life.as_secs_f64() / step.as_secs_f64();
    if steps > LONGEST {
        let mistake = Mistake::error(&jumps.half_life.place, "jumps may have a half-life of 1000 steps at most");
        return Err(mistake.label("too long").help("make the steps longer, or put slow movements into sd and half_life"));
    }
    let comes = -libm::expm1(-jumps.rate.per_second() * step.as_secs_f64());
    let shots = Shots {
        comes: Share::new(comes).unwrap_or(Share::ALL).threshold(),
        size: in_range(&jumps.size, 0.0, 100.0)?,
        keeps: decay(&jumps.half_life, step)?,
    };
    Ok((shots, (WALKED * steps).ceil() as u64))
}

fn per_image(load: &Load, step: SimDuration) -> Result<f64, Mistake> {
    let capacity = load.capacity.per_second() * step.as_secs_f64();
    if capacity <= 0.0 {
        return Err(Mistake::error(&load.capacity.place, "a capacity of nothing is always exceeded").label("must be more"));
    }
    Ok(in_range(&load.rise, 0.0, 1000.0)? / capacity)
}

impl Shots {
    /// What they leave on average: p m / (1 - d).
    fn mean(&self) -> f64 {
        self.comes as f64 / 4_294_967_296.0 * self.size / (1.0 - self.keeps)
    }

    fn next(&self, left: f64, draws: &Block) -> f64 {
        let jump = if u64::from(draws[2]) < self.comes { -self.size * libm::log(open01(draws[3])) } else { 0.0 };
        self.keeps * left + jump
    }
}

impl Spot {
    /// One step on. Blocks are numbered from the first step that is walked.
    fn walk(&self, path: &mut Path, draws: &Block) {
        path.state = self.base.next(path.state, draws);
        path.jumps = self.jumps.next(path.jumps, draws);
    }

    fn factor(&self, path: &Path, images: u64) -> Factor {
        let load = 1.0 + self.rise_per_image * images as f64;
        Factor::from_f64(self.base.level(path.state) * (1.0 + path.jumps) * load)
    }
}

impl Process for Spot {
    fn begin(&self, draws: Draws) -> Path {
        let state = MeanReverting::first(&draws.of_step(0));
        let mut path = Path { state, jumps: self.jumps.mean(), until: self.base.end(0), ..Path::new() };
        for number in 1..=self.before {
            self.walk(&mut path, &draws.of_step(number));
        }
        path.factor = self.factor(&path, 0);
        path
    }

    fn advance(&self, path: &mut Path, draws: Draws, now: SimTime) {
        let last = self.base.step_at(now);
        // What was bought two steps ago is forgotten.
        let images = if last == path.step + 1 { path.images } else { 0 };
        while path.step < last {
            path.step += 1;
            self.walk(path, &draws.of_step(self.before + path.step));
        }
        path.images = 0;
        path.factor = self.factor(path, images);
        path.until = self.base.end(last);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, build, estimate, key, same_path};

    const JUMPS: &str = "spot = { mean = 2.0, sd = 0.1, half_life = \"6h\", step = \"30min\", \
                         jumps = { rate = \"3/d\", size = 0.5, half_life = \"2h\" } }";

    /// With p jumps a step of mean m, of which d is left after a step: mean p m / (1 - d), variance
    /// (2 p m^2 - p^2 m^2) / (1 - d^2); the base is independent of it.
    #[test]
    fn mean_and_variance_are_those_of_shot_noise_at_all_times() {
        let moving = build(JUMPS).expect("valid");
        let (p, m, d) = (1.0 - (-1.0_f64 / 16.0).exp(), 0.5, 0.5_f64.powf(0.25));
        let (mean, variance) = (p * m / (1.0 - d), (2.0 * p - p * p) * m * m / (1.0 - d * d));
        let expected = 2.0 * (1.0 + mean);
        let square = 4.0 * 1.01 * (variance + (1.0 + mean).powi(2));
        for hour in [0, 50] {
            let value = |key| {
                let mut path = moving.begin(key);
                moving.factor(&mut path, key, at(hour)).millionths() as f64 / 1e6
            };
            estimate(20_000, expected, &value);
            estimate(20_000, square - expected * expected, &|key| (value(key) - expected).powi(2));
        }
    }

    #[test]
    fn asking_often_or_rarely_gives_the_same_path() {
        same_path(&build(JUMPS).expect("valid"));
    }

    #[test]
    fn without_jumps_and_load_it_is_mean_reverting() {
        let spot = build("spot = { sd = 0.2, half_life = \"6h\" }").expect("valid");
        let plain = build("mean_reverting = { sd = 0.2, half_life = \"6h\" }").expect("valid");
        let (mut one, mut other) = (spot.begin(key(1)), plain.begin(key(1)));
        for hour in 0..100 {
            assert_eq!(spot.factor(&mut one, key(1), at(hour)), plain.factor(&mut other, key(1), at(hour)));
        }
    }

    #[test]
    fn what_was_bought_in_the_last_step_raises_the_next() {
        let text = "spot = { sd = 0, half_life = \"6h\", step = \"1h\", load = { capacity = \"240/d\", rise = 0.5 } }";
        let moving = build(text).expect("valid");
        let mut path = moving.begin(key(0));
        let mut factor = |hour, images: &[u8]| {
            let factor = moving.factor(&mut path, key(0), at(hour));
            for images in images {
                moving.bought(&mut path, *images);
            }
            factor.millionths()
        };
        assert_eq!(factor(0, &[4, 6]), 1_000_000);
        assert_eq!(factor(1, &[20]), 1_500_000);
        assert_eq!(factor(2, &[1]), 2_000_000);
        // Nothing was bought in the fourth hour.
        assert_eq!(factor(4, &[]), 1_000_000);
    }

    #[test]
    fn numbers_out_of_range_are_mistakes() {
        for (rest, what) in [
            ("jumps = { rate = \"1/d\", size = 1, half_life = \"30d\" }", "jumps may have a half-life of 1000 steps at most"),
            ("jumps = { rate = \"1/d\", size = -1, half_life = \"1h\" }", "-1 is out of range"),
            ("load = { capacity = \"0/h\", rise = 1 }", "a capacity of nothing is always exceeded"),
        ] {
            let text = format!("spot = {{ sd = 0.1, half_life = \"6h\", {rest} }}");
            assert_eq!(build(&text).expect_err("a mistake").what, what);
        }
    }
}
