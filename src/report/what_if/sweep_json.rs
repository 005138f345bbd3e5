//! `summary.json` of a sweep. Its schema is `docs/sweep.schema.json`.

use serde::Serialize;
use serde_json::value::RawValue;

use super::sweep::SweepReport;
use super::{Entries, SCHEMA, raw, text};
use crate::experiment::{Axis, DesignManifest, Distribution, PerMetric, Sweep, SweepPoint};
use crate::stats::Estimate;

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    kind: &'static str,
    scenario: Box<RawValue>,
    manifest: &'a DesignManifest,
    metric: &'static str,
    baseline: &'a str,
    over: &'a [Axis],
    points: Vec<Point<'a>>,
}

#[derive(Serialize)]
struct Point<'a> {
    at: Entries<&'a str, At<'a>>,
    plan_hash: &'a str,
    lowest: Option<&'a str>,
    surely_lowest: bool,
    strategies: Entries<&'a str, Strategy<'a>>,
}

#[derive(Serialize)]
struct At<'a> {
    text: &'a str,
    number: Option<f64>,
}

#[derive(Serialize)]
struct Strategy<'a> {
    metrics: Entries<&'static str, Spread<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    if_billed: Option<&'a Estimate>,
    mean_differences: Entries<&'static str, &'a Estimate>,
}

#[derive(Serialize)]
struct Spread<'a> {
    mean: &'a Estimate,
    p10: &'a Estimate,
    p50: &'a Estimate,
    p90: &'a Estimate,
}

/// The text of `summary.json`.
pub(super) fn sweep_json(report: &SweepReport<'_>) -> serde_json::Result<String> {
    let (sweep, asked) = (report.sweep, report.asked);
    text(&Document {
        schema: SCHEMA,
        kind: "sweep",
        scenario: raw(asked.scenario)?,
        manifest: asked.manifest,
        metric: sweep.metric.key(),
        baseline: &sweep.strategies[sweep.baseline],
        over: &sweep.axes,
        points: sweep.points.iter().map(|point| of_point(sweep, point)).collect(),
    })
}

fn of_point<'a>(sweep: &'a Sweep, point: &'a SweepPoint) -> Point<'a> {
    let at = sweep.axes.iter().zip(&point.at);
    let strategies = sweep.strategies.iter().enumerate().map(|(index, name)| {
        let differences = point.differences[index].iter().filter_map(|(metric, e)| Some((metric.key(), e.as_ref()?)));
        let strategy = Strategy {
            metrics: metrics(&point.strategies[index]),
            if_billed: point.if_billed[index].as_ref(),
            mean_differences: Entries(differences.collect()),
        };
        (name.as_str(), strategy)
    });
    Point {
        at: Entries(at.map(|(axis, value)| (axis.path.as_str(), At { text: &value.text, number: value.number })).collect()),
        plan_hash: &point.plan_hash,
        lowest: point.lowest.map(|lowest| sweep.strategies[lowest].as_str()),
        surely_lowest: point.surely_lowest,
        strategies: Entries(strategies.collect()),
    }
}

/// The metrics that are defined.
fn metrics(table: &PerMetric<Option<Distribution>>) -> Entries<&'static str, Spread<'_>> {
    Entries(
        table
            .iter()
            .filter_map(|(metric, d)| {
                let Distribution { mean, p10, p50, p90, .. } = d.as_ref()?;
                Some((metric.key(), Spread { mean, p10, p50, p90 }))
            })
            .collect(),
    )
}
