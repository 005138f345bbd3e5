//! `summary.json`: the contract with programs that read results. Its schema is `docs/summary.schema.json`.

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::experiment::{
    Comparison, ControlledMean, Difference, Distribution, End, Ends, Metric, MoneyFigures, PerMetric, Reference, StrategySummary,
    Summary, UnknownRule,
};

use super::Report;
use super::best;
use super::choice;
use super::judged::Judged;
use super::precision;

/// The version of the contract: raised when a reader of the old one could be misled.
pub const SCHEMA: u32 = 1;

/// The text of `summary.json`.
///
/// # Errors
/// None that a report can cause; passed on from `serde_json`.
pub fn summary_json(report: &Report<'_>) -> serde_json::Result<String> {
    Ok(serde_json::to_string_pretty(&Document(report))? + "\n")
}

struct Document<'a>(&'a Report<'a>);

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let report = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("schema", &SCHEMA)?;
        map.serialize_entry("scenario", report.scenario)?;
        map.serialize_entry("manifest", report.manifest)?;
        map.serialize_entry("recording", &report.recording)?;
        map.serialize_entry("strategies", &Strategies(&report.summary.strategies))?;
        let comparisons = &report.summary.comparisons;
        let comparisons: Vec<_> = comparisons.iter().map(|c| Compared { summary: report.summary, comparison: c }).collect();
        map.serialize_entry("comparisons", &comparisons)?;
        if !report.summary.unknown.is_empty() {
            let rules: Vec<_> = report.summary.unknown.iter().map(|rule| Rule { summary: report.summary, rule }).collect();
            map.serialize_entry("unknown_billing", &rules)?;
        }
        if let Some(best) = &report.summary.against_best {
            map.serialize_entry("against_best", &best::InJson(report.summary, best))?;
        }
        if let Some(reached) = report.precision {
            map.serialize_entry("precision", &precision::InJson(reached, report.summary))?;
        }
        if let Some(chosen) = report.choice {
            map.serialize_entry("choice", &choice::InJson(chosen, report.summary))?;
        }
        if !report.gates.all.is_empty() {
            map.serialize_entry("gates", &Judged(report.gates))?;
        }
        map.end()
    }
}

struct Strategies<'a>(&'a [StrategySummary]);

impl Serialize for Strategies<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|strategy| (&strategy.name, One(strategy))))
    }
}

struct One<'a>(&'a StrategySummary);

impl Serialize for One<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        metrics(&mut map, &self.0.metrics, Spread)?;
        map.serialize_entry("p_over_budget", &self.0.p_over_budget)?;
        if let Some(controlled) = &self.0.controlled {
            map.serialize_entry("cost_usd_controlled", &Controlled(controlled))?;
        }
        map.serialize_entry("budget_passed_day", &self.0.course.budget_passed)?;
        map.serialize_entry("billed_over_booked", &self.0.billed_over_booked)?;
        if let Some(billed) = &self.0.highest {
            map.serialize_entry("if_billed", &AtMost(billed))?;
        }
        map.end()
    }
}

/// The mean cost, corrected for the number of journeys.
struct Controlled<'a>(&'a ControlledMean);

impl Serialize for Controlled<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("mean_controlled", &self.0.estimate)?;
        map.serialize_entry("variance_reduction", &self.0.reduction)?;
        map.serialize_entry("expected_journeys", &self.0.journeys)?;
        map.end()
    }
}

/// The highest end of what everything costs: the money metrics alone, since nothing else is moved by unknown billing.
struct AtMost<'a>(&'a MoneyFigures);

impl Serialize for AtMost<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for metric in Metric::ALL.into_iter().filter(|metric| metric.is_of_money()) {
            map.serialize_entry(metric.key(), &self.0.metrics.get(metric).map(Spread))?;
        }
        map.serialize_entry("p_over_budget", &self.0.p_over_budget)?;
        map.end()
    }
}

struct Rule<'a> {
    summary: &'a Summary,
    rule: &'a UnknownRule,
}

impl Serialize for Rule<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let names = self.summary.strategies.iter().map(|strategy| &strategy.name);
        let worth: Vec<_> = names.zip(&self.rule.worth).collect();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("rule", &self.rule.rule)?;
        map.serialize_entry("worth_usd", &Pairs(worth))?;
        map.end()
    }
}

/// Entries of an object, in this order.
struct Pairs<K, V>(Vec<(K, V)>);

impl<K: Serialize, V: Serialize> Serialize for Pairs<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

/// Writes an entry for each metric: null where it is undefined, and none for bounds that were not asked for.
fn metrics<M: SerializeMap, T: Copy, W: Serialize>(
    map: &mut M,
    table: &PerMetric<Option<T>>,
    entry: fn(T) -> W,
) -> Result<(), M::Error> {
    let mut all = table.iter();
    let is_told = |metric: Metric, value: &Option<T>| value.is_some() || !metric.is_of_bounds();
    all.try_for_each(
        |(metric, value): (Metric, &Option<T>)| {
            if is_told(metric, value) { map.serialize_entry(metric.key(), &value.map(entry)) } else { Ok(()) }
        },
    )
}

struct Spread(Distribution);

impl Serialize for Spread {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Distribution { mean, sd, p10, p50, p90, p95, p99, cvar95 } = self.0;
        let figures = [Some(mean), sd, Some(p10), Some(p50), Some(p90), Some(p95), Some(p99), Some(cvar95)];
        serializer.collect_map(["mean", "sd", "p10", "p50", "p90", "p95", "p99", "cvar95"].iter().zip(figures))
    }
}

struct Compared<'a> {
    summary: &'a Summary,
    comparison: &'a Comparison,
}

impl Serialize for Compared<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let name = |strategy: usize| &self.summary.strategies[strategy].name;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("strategy", name(self.comparison.strategy))?;
        map.serialize_entry("baseline", name(self.comparison.other))?;
        let reference = match self.comparison.reference {
            Reference::Baseline => "baseline",
            Reference::Cheapest => "cheapest",
        };
        map.serialize_entry("reference", reference)?;
        metrics(&mut map, &self.comparison.metrics, Gap)?;
        let moved = self.comparison.unknown.iter().filter_map(|(metric, ends)| Some((metric.key(), ends.as_ref()?)));
        let moved: Vec<_> = moved.map(|(key, ends)| (key, BothEnds { summary: self.summary, ends })).collect();
        if !moved.is_empty() {
            map.serialize_entry("unknown_billing", &Pairs(moved))?;
        }
        map.end()
    }
}

struct BothEnds<'a> {
    summary: &'a Summary,
    ends: &'a Ends,
}

impl Serialize for BothEnds<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ends = self.ends.both().map(|end| OneEnd { summary: self.summary, end });
        serializer.collect_map(["lowest", "highest"].into_iter().zip(ends))
    }
}

struct OneEnd<'a> {
    summary: &'a Summary,
    end: &'a End,
}

impl Serialize for OneEnd<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bill = self.summary.unknown.iter().filter(|rule| self.end.billed[rule.index]);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("billed", &bill.map(|rule| &rule.rule).collect::<Vec<_>>())?;
        map.serialize_entry("difference", &Gap(self.end.difference))?;
        map.end()
    }
}

struct Gap(Difference);

impl Serialize for Gap {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Difference { mean, relative, p_lower, quantiles: [p10, p50, p90] } = self.0;
        let figures = [Some(mean), relative, Some(p_lower), Some(p10), Some(p50), Some(p90)];
        let keys = ["mean_difference", "relative_difference", "p_lower", "difference_p10", "difference_p50", "difference_p90"];
        serializer.collect_map(keys.iter().zip(figures))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::experiment::made_up;
    use crate::gate::{Judgements, Mode};
    use crate::report::tests::with_report;

    fn validate(text: &str) {
        let schema: Value = serde_json::from_str(include_str!("../../docs/summary.schema.json")).expect("the schema is JSON");
        let validator = jsonschema::validator_for(&schema).expect("the schema is a schema");
        let document: Value = serde_json::from_str(text).expect("the output is JSON");
        let errors: Vec<String> = validator.iter_errors(&document).map(|e| format!("{e} at {}", e.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }

    #[test]
    fn the_output_meets_its_schema() {
        let mut without_journeys = made_up::results(&["a", "b"], 12);
        without_journeys.budget = None;
        without_journeys
            .rows
            .iter_mut()
            .for_each(|row| (row.accepted, row.time_to_image, row.time_to_accepted) = (None, None, None));
        with_report(&without_journeys, |report| {
            validate(&summary_json(&Report { recording: None, ..*report }).expect("serializes"));
        });
        let rules = ["google bills filtered", "qwen bills timed_out"];
        let doubt = |results| made_up::in_doubt(results, &rules, |rule, strategy| 9 * ((rule + strategy) as u64 % 2));
        let doubtful = [doubt(without_journeys.clone()), doubt(made_up::results(&["a", "b", "c"], 40))];
        for results in [
            made_up::results(&["a", "b", "c"], 40),
            made_up::with_bounds(made_up::results(&["a", "b"], 40)),
            made_up::results(&["only \"quoted\" <b>"], 1),
            without_journeys,
        ]
        .into_iter()
        .chain(doubtful)
        {
            with_report(&results, |report| validate(&summary_json(report).expect("serializes")));
        }
    }

    #[test]
    fn the_schema_refuses_a_bare_number() {
        let results = made_up::results(&["a"], 3);
        with_report(&results, |report| {
            let text = summary_json(report).expect("serializes");
            let mut document: Value = serde_json::from_str(&text).expect("JSON");
            document["strategies"]["a"]["cost_usd"]["mean"] = Value::from(3.0);
            let schema: Value = serde_json::from_str(include_str!("../../docs/summary.schema.json")).expect("JSON");
            assert!(!jsonschema::validator_for(&schema).expect("a schema").is_valid(&document));
        });
    }

    /// The second bounds stand beside the figures, and the figures are what they are without them.
    #[test]
    fn unknown_billing_stands_apart() {
        let read = |results: &crate::experiment::Results| -> Value {
            let gates = &Judgements { mode: Mode::Interval, all: Vec::new() };
            let text = with_report(results, |report| summary_json(&Report { gates, ..*report }).expect("serializes"));
            serde_json::from_str(&text).expect("JSON")
        };
        let certain = made_up::results(&["a", "b"], 30);
        let before = read(&certain);
        assert!(before.get("unknown_billing").is_none() && !before.to_string().contains("if_billed"));
        let rules = ["google bills filtered", "qwen bills timed_out"];
        let mut after = read(&made_up::in_doubt(certain, &rules, |rule, strategy| u64::from(rule == 0 || strategy == 1) * 10));
        let number = |value: &Value| value.as_f64().expect("a number");
        let worth = |rule: usize, name: &str| number(&after["unknown_billing"][rule]["worth_usd"][name]["value"]);
        let cost = number(&after["strategies"]["b"]["cost_usd"]["mean"]["value"]);
        let billed = number(&after["strategies"]["b"]["if_billed"]["cost_usd"]["mean"]["value"]);
        assert!((billed - cost - worth(0, "b") - worth(1, "b")).abs() < 1e-9);
        assert!(worth(1, "a").abs() < 1e-12 && after["unknown_billing"][1]["rule"] == rules[1]);
        let moved = &after["comparisons"][0]["unknown_billing"]["cost_usd"];
        assert_eq!(
            (&moved["lowest"]["billed"], &moved["highest"]["billed"]),
            (&Value::from(vec![rules[0]]), &Value::from(vec![rules[1]]))
        );
        let object = |value: &mut Value, key: &str| value.as_object_mut().and_then(|object| object.remove(key)).is_some();
        let mut removed = vec![object(&mut after, "unknown_billing")];
        removed.extend(["a", "b"].map(|name| object(&mut after["strategies"][name], "if_billed")));
        removed.extend([0, 1].map(|at| object(&mut after["comparisons"][at], "unknown_billing")));
        assert_eq!((removed, after), (vec![true; 5], before));
    }

    #[test]
    fn metrics_stand_in_the_order_of_the_contract() {
        let results = made_up::with_bounds(made_up::results(&["a"], 3));
        with_report(&results, |report| {
            let text = summary_json(report).expect("serializes");
            let places: Vec<Option<usize>> = Metric::ALL.map(|m| text.find(&format!("\"{}\"", m.key()))).into();
            assert!(places.is_sorted() && places[0].is_some());
        });
    }
}
