//! Where each source of incidents stands in a replication.
//!
//! A timeline holds the incident that is under way or comes next, and moves on when it is asked about a later time. The
//! n-th incident of a source has a block of draws of its own, so the history is the same however often it is asked, and
//! whatever other sources there are. It begins in the stationary state: at the start of a scenario an incident is under
//! way with the probability that one is at any other time, and what is left of it, or of the time until the next, is what
//! a passer-by would find (D. R. Cox, "Renewal Theory", 1962, section 2.2 and chapter 5). So no month differs from the next in
//! mean, which would not be so if each began with an incident just over: Weibull intervals with a shape below 1 come in
//! clusters.

use super::incident::{Effect, Source, length, rest};
use crate::random::{Block, Key, open01};
use crate::units::SimTime;

/// The incident of a source that is under way or comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeline {
    /// Its number.
    number: u64,
    begins: SimTime,
    ends: SimTime,
    effect: Effect,
}

/// Words of an incident's block.
const BETWEEN: usize = 0;
const LASTS: usize = 1;
const KIND: usize = 2;
const STATE: usize = 3;

impl Timeline {
    /// The timeline of a source at the start of the replication that the key is of.
    pub fn new(source: &Source, key: Key) -> Self {
        let draws = key.block(source.id, 0);
        // One word says both whether an incident is under way and, of what remains of the word, how far it has come.
        let (state, up) = (open01(draws[STATE]), source.availability());
        let within = if state < up { state / up } else { (state - up) / (1.0 - up) };
        let part = (within * 4_294_967_296.0) as u32;
        let (begins, ends) = if state < up {
            let begins = SimTime::START + rest(&source.between, draws[BETWEEN], part);
            (begins, begins + length(&source.lasts, draws[LASTS]))
        } else {
            (SimTime::START, SimTime::START + rest(&source.lasts, draws[LASTS], part))
        };
        Self { number: 0, begins, ends, effect: source.effect(draws[KIND]) }
    }

    /// What the source does to attempts that start now. Time moves forward only.
    #[inline]
    pub fn at(&mut self, source: &Source, key: Key, now: SimTime) -> Effect {
        while self.ends <= now {
            self.advance(source, key);
        }
        if now < self.begins { Effect::NONE } else { self.effect }
    }

    #[cold]
    fn advance(&mut self, source: &Source, key: Key) {
        self.number += 1;
        let draws: Block = key.block(source.id, self.number);
        self.begins = self.ends + length(&source.between, draws[BETWEEN]);
        self.ends = self.begins + length(&source.lasts, draws[LASTS]);
        self.effect = source.effect(draws[KIND]);
    }
}

/// The timelines of all sources of a plan.
#[derive(Debug, Clone)]
pub struct Incidents {
    key: Key,
    timelines: Box<[Timeline]>,
}

impl Incidents {
    /// All sources at the start of a replication, with its key for [`crate::random::Purpose::Incident`].
    pub fn new(sources: &[Source], key: Key) -> Self {
        Self { key, timelines: sources.iter().map(|source| Timeline::new(source, key)).collect() }
    }

    /// Goes back to the start, in another replication.
    pub fn reset(&mut self, sources: &[Source], key: Key) {
        self.key = key;
        for (timeline, source) in self.timelines.iter_mut().zip(sources) {
            *timeline = Timeline::new(source, key);
        }
    }

    /// What the sources `of` a deployment do together to an attempt that is submitted now and starts at `start`, now or
    /// later. `now` must not decrease; `start` may, as queues differ in length.
    #[inline]
    pub fn effect(&mut self, sources: &[Source], of: &[u16], now: SimTime, start: SimTime) -> Effect {
        let mut all = Effect::NONE;
        for &index in of {
            let (source, timeline) = (&sources[usize::from(index)], &mut self.timelines[usize::from(index)]);
            let mut effect = timeline.at(source, self.key, now);
            if start > now {
                // The queue looks ahead on a copy: the next attempt may start sooner.
                effect = timeline.clone().at(source, self.key, start);
            }
            all = all.and(effect);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::super::{IncidentsSpec, Scope};
    use super::*;
    use crate::random::Purpose;
    use crate::spec::{Field, Reader, Sources, parse_value};
    use crate::units::SimDuration;

    fn source(text: &str, scope: Scope, name: &str) -> Source {
        let file = Sources::new().add("a.toml", text);
        let spec = IncidentsSpec::read(&parse_value(text, file, 0).expect("TOML"), &mut Reader::new());
        spec.expect("readable").build(scope, name).expect("valid")
    }

    fn key(replication: u32) -> Key {
        Key::new(7, replication, Purpose::Incident)
    }

    fn days(days: f64) -> SimTime {
        SimTime::from_micros((days * 86_400e6) as i64)
    }

    /// The time with an incident, from the start up to `until`.
    fn down_time(source: &Source, key: Key, until: SimTime) -> SimDuration {
        let mut timeline = Timeline::new(source, key);
        let mut total = SimDuration::ZERO;
        while timeline.begins < until {
            total += timeline.ends.min(until).since(timeline.begins);
            timeline.advance(source, key);
        }
        total
    }

    const OFTEN: &str =
        "{ between.weibull = { shape = 0.53, scale = \"1d\" }, lasts.lognormal = { p50 = \"1h\", sigma = 1.13 } }";

    /// Mean and standard error of a figure over replications.
    fn estimate(n: u32, figure: impl Fn(Key) -> f64) -> (f64, f64) {
        let values: Vec<f64> = (0..n).map(|replication| figure(key(replication))).collect();
        let mean = values.iter().sum::<f64>() / f64::from(n);
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / f64::from(n - 1);
        (mean, (variance / f64::from(n)).sqrt())
    }

    #[test]
    fn availability_is_that_of_the_renewal_theorem_from_the_first_day_on() {
        let laws = [
            OFTEN,
            "{ between = \"10h\", lasts = \"2h\" }",
            "{ between.exponential = { mean = \"10h\" }, lasts.uniform = { low = \"0s\", high = \"4h\" } }",
            "{ between.gamma = { shape = 0.5, mean = \"10h\" }, lasts.weibull = { shape = 2.0, mean = \"2h\" } }",
        ];
        for (text, horizon) in laws.into_iter().flat_map(|text| [(text, 0.1), (text, 30.1)]) {
            let source = source(text, Scope::Model, "acme/model");
            let (down, error) = estimate(10_000, |key| down_time(&source, key, days(horizon)).as_secs_f64() / 86_400.0 / horizon);
            let expected = 1.0 - source.availability();
            assert!((down - expected).abs() < 4.5 * error, "{text} over {horizon} d: {down} +- {error}, not {expected}");
        }
    }

    /// Blackwell: in the stationary state, t / (mean up + mean down) incidents begin within any t.
    #[test]
    fn incidents_begin_at_the_stationary_rate() {
        let source = source(OFTEN, Scope::Cloud, "acme");
        let begun = |key| {
            let mut timeline = Timeline::new(&source, key);
            let mut count = 0.0;
            while timeline.begins < days(3.0) {
                count += f64::from(u8::from(timeline.begins > SimTime::START));
                timeline.advance(&source, key);
            }
            count
        };
        let (count, error) = estimate(10_000, begun);
        let expected = 3.0 * 86_400e6 / (source.between.mean() + source.lasts.mean());
        assert!((count - expected).abs() < 4.5 * error, "{count} +- {error}, not {expected}");
    }

    #[test]
    fn what_is_seen_does_not_depend_on_how_often_one_looks() {
        let sources = [source(OFTEN, Scope::Provider, "acme")];
        let (mut often, mut rarely) = (Incidents::new(&sources, key(1)), Incidents::new(&sources, key(1)));
        let mut incidents = 0;
        for hour in 0..5000 {
            let now = days(f64::from(hour) / 24.0);
            let effect = often.effect(&sources, &[0], now, now);
            incidents += u32::from(effect != Effect::NONE);
            if hour % 100 == 0 {
                assert_eq!(effect, rarely.effect(&sources, &[0], now, now));
            }
        }
        assert!(incidents > 50, "{incidents}");
    }

    #[test]
    fn looking_ahead_moves_nothing() {
        let sources = [source(OFTEN, Scope::Provider, "acme")];
        let (mut ahead, mut plain) = (Incidents::new(&sources, key(2)), Incidents::new(&sources, key(2)));
        for hour in 0..2000 {
            let now = days(f64::from(hour) / 24.0);
            let later = ahead.effect(&sources, &[0], now, days(f64::from(hour + hour % 7) / 24.0));
            assert_eq!(ahead.effect(&sources, &[0], now, now), plain.effect(&sources, &[0], now, now));
            assert_eq!(
                later,
                Incidents::new(&sources, key(2)).effect(&sources, &[0], days(f64::from(hour + hour % 7) / 24.0), SimTime::START)
            );
        }
    }

    #[test]
    fn other_sources_move_nothing_and_share_nothing() {
        let one = source(OFTEN, Scope::Provider, "acme");
        let namesake = source(OFTEN, Scope::Cloud, "acme");
        let alone = Incidents::new(std::slice::from_ref(&one), key(3));
        let among = Incidents::new(&[namesake.clone(), one.clone()], key(3));
        assert_eq!(alone.timelines[0], among.timelines[1]);
        assert_ne!(Timeline::new(&one, key(3)).begins, Timeline::new(&namesake, key(3)).begins);
    }

    #[test]
    fn kinds_come_in_their_shares_and_sources_add_up() {
        let text = "{ between = \"1s\", lasts = \"1h\", kinds.a = { share = \"75%\", error_rate = \"50%\" }, \
                    kinds.b = { share = \"25%\", error_rate = \"0%\", latency = 2 } }";
        let sources = ["acme", "other"].map(|name| source(text, Scope::Provider, name));
        let mut incidents = Incidents::new(&sources, key(4));
        let (n, half) = (40_000, 1_u64 << 31);
        let (mut errors, mut slow, mut worse) = (0_u32, 0_u32, 0_u32);
        for i in 0..n {
            let now = days(f64::from(i) * 2.0 / 24.0);
            let first = incidents.effect(&sources, &[0], now, now);
            errors += u32::from(first.failure(0) == half);
            slow += u32::from(first.latency(SimDuration::HOUR) > SimDuration::HOUR);
            worse += u32::from(incidents.effect(&sources, &[0, 1], now, now).failure(0) == half + half / 2);
        }
        let near = |count: u32, of: u32, p: f64| {
            (f64::from(count) - p * f64::from(of)).abs() < 4.5 * (f64::from(of) * p * (1.0 - p)).sqrt()
        };
        assert!(near(n - errors - slow, n, 1.0 / 3601.0), "{errors}, {slow}");
        assert!(near(errors, errors + slow, 0.75), "{errors}, {slow}");
        assert!(near(worse, n, (0.75 * 3600.0 / 3601.0_f64).powi(2)), "{worse}");
    }
}
