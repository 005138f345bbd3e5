//! Sources of incidents: how often they come, how long they last, and what they do.
//!
//! A source belongs to a model, to a provider, or to a cloud that providers share, so that incidents are as correlated as
//! what they have in common: of DALL-E's incidents 72 % were also the OpenAI API's (ICPE'25). An incident is mostly no
//! blackout, but more errors and slower answers.
//!
//! Up and down times alternate. *Between* is the up time, from the end of one incident to the start of the next, so that
//! a source has one incident at a time, and the share of time without one is between / (between + lasts), in means. The
//! published intervals do not say whether they count from start to start; as incidents last hours and come weeks apart,
//! the difference is below 1 %.
//!
//! ICPE'25: X. Chu, S. Talluri, Q. Lu, A. Iosup, "An empirical characterization of outages and incidents in public
//! services for large language models" (arXiv 2501.12469), and fits to its data up to August 2024.

use serde_json::json;

use super::super::identity;
use crate::dist::{Alias, Law, LawSpec};
use crate::random::open01;
use crate::spec::{self, Located, Mistake, Named};
use crate::units::{Share, SimDuration};

spec::table! {
    /// Incidents. What is left out is as in the history of DALL-E's status page up to August 2024
    /// (32 incidents).
    pub struct IncidentsSpec {
        /// Time from the end of one incident to the start of the next.
        between: Located<LawSpec<SimDuration>> = json!({ "weibull": { "shape": 0.53, "scale": "10d" } }),
        /// How long an incident lasts.
        lasts: Located<LawSpec<SimDuration>> = json!({ "lognormal": { "p50": "66min", "sigma": 1.13 } }),
        /// Kinds of incident by name. Without them, 54 % degraded (30 % errors) and 46 % major (95 % errors).
        kinds: Option<Located<Named<KindSpec>>>,
    }
}

spec::table! {
    /// A kind of incident.
    pub struct KindSpec {
        /// Its share of incidents; shares are taken in proportion.
        share: Share = "100%",
        /// Probability that an attempt fails which starts during the incident, besides its other reasons to fail.
        error_rate: Share,
        /// What the latency is multiplied by.
        latency: Located<f64> = 1.0,
    }
}

/// What a source of incidents belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// One model at a provider.
    Model,
    /// All models of a provider.
    Provider,
    /// All that several providers run on one cloud.
    Cloud,
    /// A gateway.
    Gateway,
}

impl Scope {
    const fn kind(self) -> &'static str {
        match self {
            Self::Model => "incidents of a model",
            Self::Provider => "incidents of a provider",
            Self::Cloud => "incidents of a cloud",
            Self::Gateway => "incidents of a gateway",
        }
    }
}

/// A source of incidents.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    pub(super) id: u64,
    pub(super) between: Law,
    pub(super) lasts: Law,
    kinds: Alias,
    effects: Box<[Effect]>,
}

/// What incidents do to an attempt that starts during them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effect {
    /// Probability to survive, as a threshold of 32 bits.
    survives: u64,
    /// What the latency is multiplied by, in millionths.
    slower: u64,
}

/// Shares and error rates where none are given: 54 % of DALL-E's outage minutes were partial (ICPE'25); the two error
/// rates are assumed, within the ranges 10 to 50 % and 90 to 100 %.
const KINDS: [(f64, f64); 2] = [(0.54, 0.30), (0.46, 0.95)];
/// No incident makes an attempt slower than this.
const SLOWEST: f64 = 1000.0;
/// What comes more often is no incident but a failure rate: it would be walked through one by one.
const SHORTEST: f64 = 1e6;

impl IncidentsSpec {
    /// The source of incidents of what has this name. Sources of other scopes and names have nothing in common with it.
    ///
    /// # Errors
    /// Laws that are none or too short, kinds without a share, and factors that are none.
    pub fn build(&self, scope: Scope, name: &str) -> Result<Source, Mistake> {
        let between = law(&self.between)?;
        if between.quantile(0.5) < SHORTEST {
            let mistake = Mistake::error(&self.between.place, "incidents are half the time less than a second apart");
            return Err(mistake.label("too often").help("write what comes so often as `failure`"));
        }
        let (shares, effects) = self.kinds.as_ref().map_or_else(|| Ok(default_kinds()), |kinds| all(kinds))?;
        let kinds = Alias::new(&shares).map_err(|wrong| match &self.kinds {
            Some(kinds) => Mistake::error(&kinds.place, wrong.0).label("these kinds"),
            None => unreachable!("the default kinds have shares"),
        })?;
        let id = identity::of_kind(scope.kind(), name);
        Ok(Source { id, between, lasts: law(&self.lasts)?, kinds, effects: effects.into() })
    }
}

fn law(spec: &Located<LawSpec<SimDuration>>) -> Result<Law, Mistake> {
    spec.law().map_err(|what| Mistake::error(&spec.place, what).label("no such distribution"))
}

fn default_kinds() -> (Vec<f64>, Vec<Effect>) {
    let effect = |error: f64| Effect::new(Share::new(error).unwrap_or(Share::ALL), 1.0);
    KINDS.iter().map(|(share, error)| (*share, effect(*error))).unzip()
}

fn all(kinds: &Named<KindSpec>) -> Result<(Vec<f64>, Vec<Effect>), Mistake> {
    let one = |kind: &KindSpec| {
        if !(0.001..=SLOWEST).contains(&*kind.latency) {
            let what = format!("a latency cannot be multiplied by {}", *kind.latency);
            return Err(Mistake::error(&kind.latency.place, what).label("expected a number from 0.001 to 1000"));
        }
        Ok((kind.share.get(), Effect::new(kind.error_rate, *kind.latency)))
    };
    let read: Result<Vec<_>, _> = kinds.iter().map(|(_, kind)| one(kind)).collect();
    Ok(read?.into_iter().unzip())
}

impl Source {
    /// The share of time without an incident: between / (between + lasts), in means.
    pub fn availability(&self) -> f64 {
        let (up, down) = (self.between.mean(), self.lasts.mean());
        up / (up + down)
    }

    /// Whether attempts may be faster in one of its incidents.
    pub fn may_hasten(&self) -> bool {
        self.effects.iter().any(|effect| effect.slower < MILLION)
    }

    /// What the kind of incident with these bits does.
    pub(super) fn effect(&self, bits: u32) -> Effect {
        self.effects[self.kinds.pick(bits)]
    }
}

/// A length of time from a law at 32 uniform bits; no longer than eight years, which is beyond every horizon.
pub(super) fn length(law: &Law, bits: u32) -> SimDuration {
    SimDuration::from_micros((law.quantile(open01(bits)).min(LONGEST) + 0.5) as i64)
}

/// What is left, at an instant picked at random, of a length of this law.
pub(super) fn rest(law: &Law, bits: u32, part: u32) -> SimDuration {
    let whole = law.length_biased_quantile(open01(bits)).min(LONGEST);
    SimDuration::from_micros((whole * open01(part) + 0.5) as i64)
}

const LONGEST: f64 = 2.5e14;
const ALWAYS: u64 = 1 << 32;
const MILLION: u64 = 1_000_000;

impl Effect {
    /// None.
    pub const NONE: Self = Self { survives: ALWAYS, slower: MILLION };

    fn new(error: Share, slower: f64) -> Self {
        Self { survives: ALWAYS - error.threshold(), slower: (slower * 1e6).round_ties_even() as u64 }
    }

    /// Both together: errors are independent, delays multiply, to a thousandfold at most.
    #[inline]
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let survives = (u128::from(self.survives) * u128::from(other.survives) + (1 << 31)) >> 32;
        let slower = (self.slower * other.slower + MILLION / 2) / MILLION;
        Self { survives: survives as u64, slower: slower.min(SLOWEST as u64 * MILLION) }
    }

    /// The probability of failing, as a threshold, of what fails with this one otherwise. Without an incident it is the same
    /// to the last bit, and during one the same draw fails or one more.
    #[inline]
    pub fn failure(self, otherwise: u64) -> u64 {
        if self.survives == ALWAYS {
            return otherwise;
        }
        let survives = (u128::from(self.survives) * u128::from(ALWAYS - otherwise) + (1 << 31)) >> 32;
        ALWAYS - survives as u64
    }

    /// How long what takes this long otherwise takes, rounded to the nearest microsecond.
    #[inline]
    #[must_use]
    pub fn latency(self, otherwise: SimDuration) -> SimDuration {
        if self.slower == MILLION {
            return otherwise;
        }
        // Neither factor is above 2.5e14, so the product needs more than 64 bits and the quotient does not.
        let product = i128::from(otherwise.micros()) * i128::from(self.slower);
        SimDuration::from_micros(((product + i128::from(MILLION / 2)) / i128::from(MILLION)) as i64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Field, Reader, Sources, parse_value};

    fn build(text: &str) -> Result<Source, Mistake> {
        let file = Sources::new().add("a.toml", text);
        let mut reader = Reader::new();
        let spec = IncidentsSpec::read(&parse_value(text, file, 0).expect("TOML"), &mut reader);
        spec.unwrap_or_else(|| panic!("{:?}", reader.into_mistakes())).build(Scope::Provider, "acme")
    }

    /// The fits of ICPE'25: 18 days between, 2.1 hours each, so an availability of 99.5 %.
    #[test]
    fn the_default_is_the_history_of_dall_e() {
        let source = build("{}").expect("valid");
        assert!((source.between.mean() / 86_400e6 - 18.06).abs() < 0.01, "{}", source.between.mean() / 86_400e6);
        assert!((source.lasts.mean() / 3600e6 - 2.08).abs() < 0.01, "{}", source.lasts.mean() / 3600e6);
        assert!((source.availability() - 0.9952).abs() < 1e-4);
        assert_eq!(source.effects.len(), 2);
    }

    #[test]
    fn effects_combine() {
        let effect = |error, slower| Effect::new(Share::new(error).expect("a share"), slower);
        let both = effect(0.5, 2.0).and(effect(0.5, 1.5));
        assert_eq!(both, effect(0.75, 3.0));
        assert_eq!(both.and(Effect::NONE), both);
        assert_eq!(both.failure(ALWAYS / 5), ALWAYS - ALWAYS / 5);
        assert_eq!((Effect::NONE.failure(12_345), both.failure(0)), (12_345, ALWAYS / 4 * 3));
        assert_eq!(both.latency(SimDuration::from_micros(2_000_001)).micros(), 6_000_003);
        assert_eq!(effect(0.0, 1.5).latency(SimDuration::from_micros(3)).micros(), 5);
        assert_eq!(effect(1.0, 1000.0).and(effect(1.0, 1000.0)), effect(1.0, 1000.0));
    }

    #[test]
    fn what_is_no_source_is_refused() {
        for (text, what) in [
            ("{ between = \"0s\" }", "incidents are half the time less than a second apart"),
            ("{ between.exponential = { mean = \"0s\" } }", "the mean must be more than zero"),
            ("{ kinds = {} }", "the weights must not all be zero"),
            ("{ kinds.slow = { error_rate = \"0%\", latency = 0 } }", "a latency cannot be multiplied by 0"),
        ] {
            assert_eq!(build(text).expect_err("a mistake").what, what, "{text}");
        }
    }
}
