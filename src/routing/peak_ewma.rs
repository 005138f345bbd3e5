//! `peak_ewma`: of two deployments at random, the one with the lower load.
//!
//! The load is that of tower (`tower/src/load/peak_ewma.rs`, 0.5), which Helicone's gateway and linkerd's proxy take over: an
//! exponentially weighted mean of the times that answers took, by the time since the last one, that jumps to any time above it,
//! times the attempts under way plus one. Without answers it decays towards 0, so that one that was slow is tried again. The
//! mean begins at `default_rtt`; 250 ms and 30 s are Helicone's settings (`config/balance.rs`, 2025-07), made for chat: with
//! images every first answer is a peak. Two are drawn without replacement, and the first drawn is taken if it is no higher
//! (`tower/src/balance/p2c`).
//!
//! `load = "ewma"` is the mean alone, without peaks and attempts under way; `load = "in_flight"` the attempts under way alone, so
//! that with two choices it is the supermarket model (Mitzenmacher, "The power of two choices in randomized load balancing", IEEE
//! Trans. Parallel Distrib. Syst. 12(10), 2001). `choices` of as many as there are, or more, takes the lowest of all, the first of
//! equals.
//!
//! As in tower, every attempt counts, whatever its end: what fails fast looks fast. It knows nothing of prices.

use super::among::Among;
use super::client::{Ask, Luck, View};
use super::router::{Find, Heed, Manner, Router};
use super::spec::{ModelName, find_each};
use crate::model::DeploymentId;
use crate::spec::{self, Located, Mistake};
use crate::units::{SimDuration, SimTime};

spec::words! {
    /// What the load of a model is.
    pub enum Load {
        /// The peak-sensitive mean of times, times the attempts under way plus one.
        "peak_ewma" => PeakEwma,
        /// The mean of times.
        "ewma" => Ewma,
        /// The attempts under way.
        "in_flight" => InFlight,
    }
}

spec::checked! {
    /// How many models are drawn.
    pub struct Choices(u32): |choices| (1..=64).contains(choices), "a whole number from 1 to 64", 2;
}

spec::table! {
    /// Of some models at random, the one with the lowest load.
    pub struct Spec {
        /// The models.
        models: Located<Vec<ModelName>>,
        /// How many are drawn; all, where there are no more than so many.
        choices: Choices = 2,
        /// What the load is.
        load: Load = "peak_ewma",
        /// The time that is taken for that of a model before its first answer.
        default_rtt: Located<SimDuration> = "250ms",
        /// How long it takes until an old time counts 1/e of what it did.
        decay: Located<SimDuration> = "30s",
    }
}

pub(super) fn names(spec: &Spec) -> Vec<&Located<String>> {
    spec.models.iter().map(|name| &name.0).collect()
}

pub(super) fn build(spec: &Spec, models: Find<'_>) -> Result<PeakEwma, Mistake> {
    for length in [&spec.default_rtt, &spec.decay] {
        if length.micros() <= 0 {
            return Err(Mistake::error(&length.place, "this must be more than nothing").label("out of range"));
        }
    }
    Ok(PeakEwma {
        targets: find_each("peak_ewma", &spec.models, models)?,
        choices: spec.choices.0 as usize,
        load: spec.load,
        default_rtt: spec.default_rtt.micros() as f64,
        decay: spec.decay.micros() as f64,
    })
}

/// Deployments to draw from, and what their load is.
#[derive(Debug, Clone, PartialEq)]
pub struct PeakEwma {
    targets: Box<[DeploymentId]>,
    choices: usize,
    load: Load,
    /// Both in microseconds.
    default_rtt: f64,
    decay: f64,
}

/// A mean of times, in microseconds, and when it was last worked out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    rtt: f64,
    at: SimTime,
}

impl PeakEwma {
    /// The estimate after an answer that took so long.
    fn after(&self, estimate: Estimate, took: f64, now: SimTime) -> Estimate {
        if self.load == Load::PeakEwma && took > estimate.rtt {
            return Estimate { rtt: took, at: now };
        }
        let kept = libm::exp(-(now.since(estimate.at).micros() as f64) / self.decay);
        Estimate { rtt: estimate.rtt * kept + took * (1.0 - kept), at: now }
    }

    /// The load of a target as of now.
    fn load(&self, at: usize, estimates: &[Estimate], view: &View<'_>) -> f64 {
        let in_flight = || f64::from(view.in_flight(self.targets[at]));
        match self.load {
            // An answer that took no time: the mean decays towards 0.
            Load::PeakEwma => self.after(estimates[at], 0.0, view.now).rtt * (in_flight() + 1.0),
            Load::Ewma => estimates[at].rtt,
            Load::InFlight => in_flight(),
        }
    }
}

impl Router for PeakEwma {
    type State = Box<[Estimate]>;

    fn state(&self) -> Self::State {
        vec![Estimate { rtt: self.default_rtt, at: SimTime::START }; self.targets.len()].into()
    }

    fn targets(&self) -> &[DeploymentId] {
        &self.targets
    }

    fn manner(&self) -> Manner {
        Manner { spares_the_busy: true, heeds: self.load != Load::InFlight, ..Manner::NONE }
    }

    #[inline(never)]
    fn pick(&self, estimates: &mut Self::State, among: Among, _: &Ask, view: &View<'_>, luck: &mut Luck) -> usize {
        let load = |at: usize| self.load(at, estimates, view);
        let (draws, mut left) = (among.len() > self.choices, among);
        let mut draw = |number: usize| {
            let at = match (draws, number) {
                (false, _) => left.lowest(),
                (true, 0) => left.any(luck.coin()),
                (true, _) => left.any((luck.more(number as u32) >> 32) as u32),
            };
            left = left.without(Among::NONE.with(at));
            at
        };
        let mut best = draw(0);
        let mut lowest = load(best);
        for number in 1..self.choices.min(among.len()) {
            let other = draw(number);
            let its = load(other);
            if its < lowest {
                (best, lowest) = (other, its);
            }
        }
        best
    }

    fn ended(&self, estimates: &mut Self::State, attempt: &Heed, _: &Ask, view: &View<'_>) {
        let estimate = &mut estimates[attempt.target];
        *estimate = self.after(*estimate, attempt.took.micros() as f64, view.now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Status;
    use crate::random::{Key, Purpose};
    use crate::routing::Known;
    use crate::routing::made_up::{ASK, build_one, luck};

    const SECOND: i64 = 1_000_000;

    fn router(rest: &str) -> PeakEwma {
        build_one::<Spec, _>(&format!(r#"{{ models = ["m/0", "m/1", "m/2", "m/3"], {rest} }}"#), build).expect("valid")
    }

    fn known(in_flight: [u32; 4]) -> Known {
        Known { in_flight: in_flight.into(), ..Known::default() }
    }

    fn ended(router: &PeakEwma, state: &mut Box<[Estimate]>, target: usize, took: i64, at: i64) {
        let known = known([0; 4]);
        let view = View { now: SimTime::from_micros(at), known: &known };
        let heed = Heed { target, status: Status::Failed, took: SimDuration::from_micros(took) };
        router.ended(state, &heed, &ASK, &view);
    }

    #[test]
    fn the_mean_jumps_up_and_decays_down() {
        let router = router(r#"default_rtt = "1s", decay = "10s""#);
        let mut state = router.state();
        ended(&router, &mut state, 0, 8 * SECOND, 10 * SECOND);
        assert!((state[0].rtt - 8e6).abs() < 1e-6, "a peak");
        ended(&router, &mut state, 0, 2 * SECOND, 20 * SECOND);
        let kept = (-1.0_f64).exp();
        assert!((state[0].rtt - (8e6 * kept + 2e6 * (1.0 - kept))).abs() < 1.0, "{}", state[0].rtt);
        let known = known([1, 0, 0, 0]);
        let view = View { now: SimTime::from_micros(30 * SECOND), known: &known };
        assert!((router.load(0, &state, &view) - 2.0 * kept * state[0].rtt).abs() < 1e-6, "decayed, and one is under way");
        assert!((router.load(1, &state, &view) - 1e6 * (-3.0_f64).exp()).abs() < 1e-6, "decayed since the start");
    }

    #[test]
    fn the_plain_mean_has_no_peaks() {
        let router = router(r#"default_rtt = "1s", decay = "10s", load = "ewma", choices = 64"#);
        let mut state = router.state();
        ended(&router, &mut state, 0, 8 * SECOND, 10 * SECOND);
        let kept = (-1.0_f64).exp();
        assert!((state[0].rtt - (1e6 * kept + 8e6 * (1.0 - kept))).abs() < 1.0);
        let known = known([0, 9, 0, 0]);
        let view = View { now: SimTime::from_micros(20 * SECOND), known: &known };
        assert_eq!(router.pick(&mut state, Among::first(4), &ASK, &view, &mut luck(u32::MAX)), 1, "the first of the lowest");
    }

    /// Of two at random, the one with fewer under way: among loads of 0, 1, 2 and 3 the least is one of the two drawn in 3 of 6
    /// cases, the next in 2, the third in 1, and the last never.
    #[test]
    fn the_lesser_of_two_is_picked() {
        let router = router(r#"load = "in_flight""#);
        let known = known([3, 0, 2, 1]);
        let view = View { now: SimTime::START, known: &known };
        let (key, draws) = (Key::new(7, 0, Purpose::Attempt), 60_000);
        let mut counts = [0.0; 4];
        for request in 0..draws {
            let mut luck = Luck::new(key, request, 0);
            counts[router.pick(&mut router.state(), Among::first(4), &ASK, &view, &mut luck)] += 1.0;
        }
        for (count, share) in counts.into_iter().zip([0.0_f64, 0.5, 1.0 / 6.0, 1.0 / 3.0]) {
            let error = (share * (1.0 - share) * draws as f64).sqrt();
            assert!((count - share * draws as f64).abs() <= 4.5 * error, "{counts:?}");
        }
    }

    #[test]
    fn of_one_there_is_no_choice() {
        let router = router("choices = 2");
        let known = known([5; 4]);
        let view = View { now: SimTime::START, known: &known };
        assert_eq!(router.pick(&mut router.state(), Among::NONE.with(2), &ASK, &view, &mut luck(0)), 2);
    }
}
