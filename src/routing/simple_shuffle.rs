//! `simple_shuffle`: a deployment at random, in proportion to the first of weight, requests per minute and tokens per minute
//! that any of the candidates has.
//!
//! This is LiteLLM's default (`router_strategy/simple_shuffle.py`, 1.106.2). What a candidate does not have counts as nothing:
//! where one has a weight, those without are never picked. Where none has anything, all are equally likely. The limits are
//! weights here and nothing else: it does not count what it sends, and knows nothing of prices, failures and speed.

use serde_json::{Value, json};

use super::among::Among;
use super::client::{Ask, Luck, View};
use super::models::{Models, Weight};
use super::rates::Rates;
use super::router::{Find, Manner, Router};
use super::weighted::draw;
use crate::model::DeploymentId;
use crate::spec::{self, Data, Field, Located, Mistake, Node, Reader};

spec::table! {
    /// What a model is drawn by: the first of these that any model to choose from has.
    #[derive(Default)]
    pub struct Metrics {
        /// Its weight.
        weight: Option<Weight>,
        /// Its requests per minute.
        rpm: Option<Weight>,
        /// Its tokens per minute.
        tpm: Option<Weight>,
    }
}

/// What a model is drawn by; a plain number is its weight.
#[derive(Debug, Clone, Default)]
pub struct MetricsOrWeight(Metrics);

impl Field for MetricsOrWeight {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        match node.data {
            Data::Integer(_) | Data::Float(_) => {
                Weight::read(node, reader).map(|weight| Self(Metrics { weight: Some(weight), ..Metrics::default() }))
            }
            _ => Metrics::read(node, reader).map(Self),
        }
    }

    fn schema() -> Value {
        json!({ "oneOf": [Weight::schema(), Metrics::schema()] })
    }
}

/// `simple_shuffle = { "google/imagen-3" = { rpm = 60 }, "stability/sd-3.5" = { rpm = 20 } }`.
pub type Spec = Models<MetricsOrWeight>;

pub(super) fn names(spec: &Spec) -> Vec<&Located<String>> {
    spec.names()
}

/// What it says may be sent to each model in a minute.
pub(super) fn rates(spec: &Spec) -> Vec<Rates> {
    let rate = |weight: Option<Weight>| weight.map(|weight| weight.0);
    spec.values().map(|value| Rates { rpm: rate(value.0.rpm), tpm: rate(value.0.tpm) }).collect()
}

pub(super) fn build(spec: &Spec, models: Find<'_>) -> Result<SimpleShuffle, Mistake> {
    let targets = spec.find("simple_shuffle", models)?;
    let of = |metric: fn(&Metrics) -> Option<Weight>| Metric::new(&spec.values().map(|value| metric(&value.0)).collect::<Vec<_>>());
    let metrics = [of(|metrics| metrics.weight), of(|metrics| metrics.rpm), of(|metrics| metrics.tpm)];
    Ok(SimpleShuffle { targets, metrics: metrics.into_iter().flatten().collect() })
}

/// Deployments with up to three metrics, in the order in which they are looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimpleShuffle {
    targets: Box<[DeploymentId]>,
    /// Only those that any deployment has.
    metrics: Box<[Metric]>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Metric {
    /// By target, in billionths of their sum.
    weights: Box<[u64]>,
    /// Those that have it.
    has: Among,
}

impl Metric {
    /// `None` where no target has it.
    fn new(values: &[Option<Weight>]) -> Option<Self> {
        let value = |at: usize| values[at].map_or(0.0, |weight| weight.0);
        let total: f64 = (0..values.len()).map(value).sum();
        let share = |at| if total > 0.0 { value(at) / total } else { 0.0 };
        let weights: Box<[u64]> = (0..values.len()).map(|at| (share(at) * 1e9).round_ties_even() as u64).collect();
        let has = Among::first(values.len()).only(|at| weights[at] > 0);
        (!has.is_empty()).then_some(Self { weights, has })
    }
}

impl Router for SimpleShuffle {
    type State = ();

    fn state(&self) {}

    fn targets(&self) -> &[DeploymentId] {
        &self.targets
    }

    fn manner(&self) -> Manner {
        Manner { spares_the_busy: true, ..Manner::NONE }
    }

    #[inline(never)]
    fn pick(&self, (): &mut (), among: Among, _: &Ask, _: &View<'_>, luck: &mut Luck) -> usize {
        let bits = luck.coin();
        let decides = |metric: &&Metric| among.without(metric.has) != among;
        self.metrics.iter().find(decides).map_or_else(|| among.any(bits), |metric| draw(&metric.weights, among, bits))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::Known;
    use crate::routing::made_up::{ASK, build_one, luck};
    use crate::units::SimTime;

    /// How many of 120 draws on a grid each model gets.
    fn counts(text: &str, among: &[usize]) -> Vec<u32> {
        let router = build_one::<Spec, _>(text, build).expect("valid");
        let known = Known::default();
        let view = View { now: SimTime::START, known: &known };
        let among = Among::first(router.targets.len()).only(|at| among.contains(&at));
        let mut counts = vec![0; router.targets.len()];
        for draw in 0..120_u64 {
            counts[router.pick(&mut (), among, &ASK, &view, &mut luck((((2 * draw + 1) << 31) / 120) as u32))] += 1;
        }
        counts
    }

    #[test]
    fn the_first_metric_that_any_candidate_has_decides() {
        for (text, among, expected) in [
            (r#"["m/0", "m/1", "m/2"]"#, &[0, 1, 2][..], [40, 40, 40]),
            (r#"{ "m/0" = 9, "m/1" = { weight = 3 }, "m/2" = {} }"#, &[0, 1, 2], [90, 30, 0]),
            (r#"{ "m/0" = { weight = 0, rpm = 10 }, "m/1" = { rpm = 30 }, "m/2" = { tpm = 9 } }"#, &[0, 1, 2], [30, 90, 0]),
            (r#"{ "m/0" = 1, "m/1" = { rpm = 30 }, "m/2" = { rpm = 10, tpm = 9 } }"#, &[1, 2], [0, 90, 30]),
            (r#"{ "m/0" = 1, "m/1" = { tpm = 30 }, "m/2" = {} }"#, &[1, 2], [0, 120, 0]),
            (r#"{ "m/0" = 1, "m/1" = {}, "m/2" = {} }"#, &[1, 2], [0, 60, 60]),
        ] {
            assert_eq!(counts(text, among), expected, "{text} among {among:?}");
        }
    }

    #[test]
    fn weights_are_not_negative() {
        for text in [r#"{ "m/0" = -1 }"#, r#"{ "m/0" = { rpm = -1 } }"#, r#"{ "m/9" = 1 }"#, "{}"] {
            assert!(build_one::<Spec, _>(text, build).is_err(), "{text}");
        }
    }
}
