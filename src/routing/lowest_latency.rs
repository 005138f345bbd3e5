//! `lowest_latency`: the deployment whose last answers came soonest, on average.
//!
//! This is LiteLLM's `latency-based-routing` (`router_strategy/lowest_latency.py`, 1.106.2). It keeps the last 10 times that a
//! success took (the whole request, whatever its size and number of images); a timeout counts as 1000 s, and other errors do not
//! count. It draws among those whose mean is at most `1 + buffer` times the lowest. A deployment that is to choose from and has
//! no time yet is put down with a time of 0, which stays in its mean until it is pushed out (`phantom`); but not before any time
//! was kept, when all are alike. Everything is forgotten an hour after the first time that was kept (`ttl`). So with no buffer
//! one bad time starves a deployment for up to an hour, and one that fails fast looks no slower than before.
//!
//! Of limits it knows requests per minute alone, and counts successes only. It knows nothing of prices and failures.

use super::among::Among;
use super::client::{Ask, Luck, View};
use super::minute::Minute;
use super::models::Models;
use super::rates::Rates;
use super::router::{Find, Heed, Manner, Refusal, Router};
use crate::model::{DeploymentId, Status};
use crate::spec::{self, Located, Mistake};
use crate::units::{SimDuration, SimTime};

spec::table! {
    /// What may be sent to a model in a minute, as the client believes.
    #[derive(Default)]
    pub struct Limits {
        /// Requests per minute; without it, any number.
        rpm: Option<u32>,
    }
}

spec::checked! {
    /// How many times are kept.
    pub struct Kept(u32): |kept| (1..=1000).contains(kept), "a whole number from 1 to 1000", 10;
    /// By how much more than the lowest a mean may be.
    pub struct Buffer(f64): |buffer| *buffer >= 0.0, "a number from 0", 0.5;
}

spec::table! {
    /// The model whose last answers came soonest.
    pub struct Spec {
        /// The models, and their limits.
        models: Models<Limits>,
        /// By how much more than the lowest a mean may be for its model to be drawn too: 0.5 for half as much more.
        buffer: Buffer = 0.0,
        /// Of how many answers the mean is.
        samples: Kept = 10,
        /// As what a timeout counts.
        timeout_counts_as: SimDuration = "1000s",
        /// How long after the first time that was kept everything is forgotten.
        ttl: SimDuration = "1h",
        /// Whether a model without a time is put down with a time of 0, which stays in its mean, as LiteLLM does; otherwise it is
        /// asked first and nothing is put down.
        phantom: bool = true,
    }
}

pub(super) fn names(spec: &Spec) -> Vec<&Located<String>> {
    spec.models.names()
}

/// What it says may be sent to each model in a minute.
pub(super) fn rates(spec: &Spec) -> Vec<Rates> {
    spec.models.values().map(|limits| Rates { rpm: limits.rpm.map(f64::from), tpm: None }).collect()
}

pub(super) fn build(spec: &Spec, models: Find<'_>) -> Result<LowestLatency, Mistake> {
    let targets = spec.models.find("lowest_latency", models)?;
    let rpm = spec.models.values().map(|limits| limits.rpm.map_or(u64::MAX, u64::from)).collect();
    Ok(LowestLatency {
        targets,
        rpm,
        buffer: spec.buffer.0,
        kept: spec.samples.0 as usize,
        timeout: spec.timeout_counts_as.micros(),
        ttl: spec.ttl,
        phantom: spec.phantom,
    })
}

/// Deployments and what is kept of their answers.
#[derive(Debug, Clone, PartialEq)]
pub struct LowestLatency {
    targets: Box<[DeploymentId]>,
    /// Requests per minute; the largest number is no limit.
    rpm: Box<[u64]>,
    buffer: f64,
    kept: usize,
    timeout: i64,
    ttl: SimDuration,
    phantom: bool,
}

/// The last times of every deployment, in microseconds.
#[derive(Debug, Clone)]
pub struct Times {
    /// Until when they are kept; `None` while there are none.
    until: Option<SimTime>,
    /// A ring for each deployment, one after the other.
    kept: Box<[i64]>,
    rings: Box<[Ring]>,
    minute: Minute,
}

#[derive(Debug, Clone, Copy, Default)]
struct Ring {
    /// Times kept.
    length: usize,
    /// The place of the next one.
    next: usize,
    /// Their sum.
    sum: i64,
}

impl Ring {
    /// The mean; nothing where there is none.
    fn mean(self) -> f64 {
        if self.length == 0 { 0.0 } else { self.sum as f64 / self.length as f64 }
    }
}

impl Times {
    /// Forgets everything when its time has come.
    fn forget(&mut self, now: SimTime) {
        if self.until.is_some_and(|until| now > until) {
            self.until = None;
            self.rings.fill(Ring::default());
            self.minute.clear();
        }
    }

    /// Keeps a time of this deployment, in place of its oldest where there is no more room.
    fn keep(&mut self, at: usize, time: i64) {
        let most = self.kept.len() / self.rings.len();
        let ring = &mut self.rings[at];
        let place = &mut self.kept[at * most + ring.next];
        if ring.length == most {
            ring.sum -= *place;
        } else {
            ring.length += 1;
        }
        (*place, ring.sum, ring.next) = (time, ring.sum + time, (ring.next + 1) % most);
    }
}

impl Router for LowestLatency {
    type State = Times;

    fn state(&self) -> Times {
        let targets = self.targets.len();
        Times {
            until: None,
            kept: vec![0; targets * self.kept].into(),
            rings: vec![Ring::default(); targets].into(),
            minute: Minute::of(targets),
        }
    }

    fn targets(&self) -> &[DeploymentId] {
        &self.targets
    }

    fn manner(&self) -> Manner {
        Manner { has_limits: true, spares_the_busy: true, heeds: true, ..Manner::NONE }
    }

    #[inline(never)]
    fn admits(&self, state: &mut Times, among: Among, _: &Ask, view: &View<'_>) -> Result<Among, Refusal> {
        state.forget(view.now);
        if self.phantom && state.until.is_some() {
            among.iter().for_each(|at| {
                if state.rings[at].length == 0 {
                    state.keep(at, 0);
                }
            });
        }
        let counts = &*state.minute.at(view.now).0;
        let admitted = among.only(|at| counts[at].requests < self.rpm[at]);
        if admitted.is_empty() { Err(Refusal { status: Status::NoneLeft, retry_after: None }) } else { Ok(admitted) }
    }

    #[inline(never)]
    fn pick(&self, state: &mut Times, among: Among, _: &Ask, _: &View<'_>, luck: &mut Luck) -> usize {
        let mean = |at: usize| state.rings[at].mean();
        let lowest = among.iter().map(mean).fold(f64::INFINITY, f64::min);
        among.only(|at| mean(at) <= lowest + self.buffer * lowest).any(luck.coin())
    }

    fn ended(&self, state: &mut Times, attempt: &Heed, _: &Ask, view: &View<'_>) {
        let time = match attempt.status {
            Status::Delivered => attempt.took.micros(),
            Status::TimedOut => self.timeout,
            _ => return,
        };
        state.forget(view.now);
        state.keep(attempt.target, time);
        if state.until.is_none() {
            state.until = Some(view.now + self.ttl);
        }
        if attempt.status == Status::Delivered {
            state.minute.at(view.now).0[attempt.target].requests += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::Known;
    use crate::routing::made_up::{ASK, build_one, luck};

    struct Client {
        router: LowestLatency,
        state: Times,
        known: Known,
    }

    impl Client {
        fn new(text: &str) -> Self {
            let router = build_one::<Spec, _>(text, build).expect("valid");
            Self { state: router.state(), router, known: Known::default() }
        }

        fn pick(&mut self, second: i64, bits: u32) -> Option<usize> {
            let view = View { now: SimTime::from_micros(second * 1_000_000), known: &self.known };
            let all = Among::first(self.router.targets.len());
            let among = self.router.admits(&mut self.state, all, &ASK, &view).ok()?;
            Some(self.router.pick(&mut self.state, among, &ASK, &view, &mut luck(bits)))
        }

        fn ended(&mut self, second: i64, target: usize, status: Status, took: i64) {
            let view = View { now: SimTime::from_micros(second * 1_000_000), known: &self.known };
            let heed = Heed { target, status, took: SimDuration::from_micros(took) };
            self.router.ended(&mut self.state, &heed, &ASK, &view);
        }

        fn means(&self) -> Vec<f64> {
            self.state.rings.iter().map(|ring| ring.mean()).collect()
        }
    }

    const HALVES: [u32; 2] = [0, 1 << 31];

    #[test]
    fn what_was_not_seen_has_a_time_of_0_that_stays() {
        let mut client = Client::new(r#"{ models = ["m/0", "m/1"] }"#);
        assert_eq!(HALVES.map(|bits| client.pick(0, bits)), [Some(0), Some(1)], "all alike");
        client.ended(1, 0, Status::Delivered, 100);
        assert_eq!(client.means(), [100.0, 0.0]);
        assert_eq!(client.pick(1, 0), Some(1));
        client.ended(2, 1, Status::Delivered, 180);
        assert_eq!(client.means(), [100.0, 90.0], "of 0 and 180");
        assert_eq!(HALVES.map(|bits| client.pick(2, bits)), [Some(1); 2]);
        for _ in 0..9 {
            client.ended(3, 1, Status::Delivered, 180);
        }
        assert_eq!(client.means(), [100.0, 180.0], "pushed out by the tenth");
        let mut plain = Client::new(r#"{ models = ["m/0", "m/1"], phantom = false }"#);
        plain.ended(1, 0, Status::Delivered, 100);
        assert_eq!(plain.pick(1, 0), Some(1));
        plain.ended(2, 1, Status::Delivered, 180);
        assert_eq!(plain.means(), [100.0, 180.0]);
    }

    #[test]
    fn a_timeout_starves_until_everything_is_forgotten() {
        let mut client = Client::new(r#"{ models = ["m/0", "m/1"] }"#);
        client.ended(0, 0, Status::TimedOut, 5);
        client.ended(0, 1, Status::Delivered, 7);
        client.ended(0, 1, Status::Failed, 1);
        assert_eq!(client.means(), [1e9, 7.0]);
        assert_eq!(HALVES.map(|bits| client.pick(3600, bits)), [Some(1); 2]);
        assert_eq!(HALVES.map(|bits| client.pick(3601, bits)), [Some(0), Some(1)]);
    }

    #[test]
    fn draws_within_the_buffer_and_below_the_limits() {
        let mut client = Client::new(r#"{ models = { "m/0" = {}, "m/1" = { rpm = 1 }, "m/2" = {} }, buffer = 0.5 }"#);
        for (target, took) in [(0, 100), (1, 150), (2, 151)] {
            client.ended(0, target, Status::Delivered, took);
        }
        assert_eq!(HALVES.map(|bits| client.pick(59, bits)), [Some(0); 2]);
        assert_eq!(HALVES.map(|bits| client.pick(60, bits)), [Some(0), Some(1)]);
        let mut client = Client::new(r#"{ models = { "m/1" = { rpm = 1 } } }"#);
        client.ended(0, 0, Status::Delivered, 1);
        assert_eq!((client.pick(1, 0), client.pick(60, 0)), (None, Some(0)));
    }
}
