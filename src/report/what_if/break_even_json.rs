//! `summary.json` of a break-even. Its schema is `docs/break-even.schema.json`.

use std::cmp::Ordering;

use serde::Serialize;
use serde_json::value::RawValue;

use super::break_even::BreakEvenReport;
use super::{Entries, SCHEMA, raw, text};
use crate::experiment::{BreakEven, DesignManifest, Evaluated, Pair};
use crate::stats::{Crossing, Estimate, Inversion};

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    kind: &'static str,
    scenario: Box<RawValue>,
    manifest: &'a DesignManifest,
    metric: &'static str,
    over: Over<'a>,
    pairs: Vec<OfPair<'a>>,
    places: Vec<Place<'a>>,
}

#[derive(Serialize)]
struct Over<'a> {
    path: &'a str,
    unit: &'a str,
    from: f64,
    to: f64,
    whole: bool,
    tolerance: f64,
}

#[derive(Serialize)]
struct OfPair<'a> {
    a: &'a str,
    b: &'a str,
    average: Option<Average<'a>>,
    own: Own<'a>,
}

#[derive(Serialize)]
struct Average<'a> {
    crossings: Vec<Cross>,
    pieces: Vec<Ends>,
    stretches: Vec<Stretch<'a>>,
}

#[derive(Serialize)]
struct Cross {
    at: Estimate,
    lower_below: &'static str,
}

#[derive(Serialize)]
struct Ends {
    lo: Option<f64>,
    hi: Option<f64>,
}

#[derive(Serialize)]
struct Stretch<'a> {
    from: f64,
    to: f64,
    lower: Option<&'a str>,
}

#[derive(Serialize)]
struct Own<'a> {
    n: usize,
    p10: Option<&'a Estimate>,
    p50: Option<&'a Estimate>,
    p90: Option<&'a Estimate>,
    without_share: Option<&'a Estimate>,
}

#[derive(Serialize)]
struct Place<'a> {
    text: &'a str,
    number: f64,
    means: Entries<&'a str, Option<&'a Estimate>>,
    mean_differences: &'a [Option<Estimate>],
}

/// The text of `summary.json`.
pub(super) fn break_even_json(report: &BreakEvenReport<'_>) -> serde_json::Result<String> {
    let (found, asked) = (report.found, report.asked);
    let question = &found.question;
    let (from, to) = question.axis.range().unwrap_or_default();
    let pairs = question.pairs.iter().zip(&found.pairs);
    text(&Document {
        schema: SCHEMA,
        kind: "break-even",
        scenario: raw(asked.scenario)?,
        manifest: asked.manifest,
        metric: question.metric.key(),
        over: Over {
            path: &question.axis.path,
            unit: question.axis.unit.trim(),
            from,
            to,
            whole: question.whole,
            tolerance: question.tolerance,
        },
        pairs: pairs.map(|(&[a, b], pair)| of_pair(&question.strategies[a], &question.strategies[b], pair)).collect(),
        places: found.places.iter().map(|place| of_place(found, place)).collect(),
    })
}

fn of_pair<'a>(a: &'a str, b: &'a str, pair: &'a Pair) -> OfPair<'a> {
    let quantile = |at: usize| pair.own.quantiles.as_ref().map(|quantiles| &quantiles[at]);
    let own = Own {
        n: pair.own.places.len(),
        p10: quantile(0),
        p50: quantile(1),
        p90: quantile(2),
        without_share: pair.own.without.as_ref(),
    };
    OfPair { a, b, average: pair.average.as_ref().map(|average| of_average(average, a, b)), own }
}

fn of_average<'a>(average: &Inversion, a: &'a str, b: &'a str) -> Average<'a> {
    let cross = |(crossing, at): (&Crossing, Estimate)| Cross { at, lower_below: if crossing.upward { "a" } else { "b" } };
    let stretches = average.stretches.iter().map(|stretch| Stretch {
        from: stretch.from,
        to: stretch.to,
        lower: stretch.sign.map(|sign| if sign == Ordering::Less { a } else { b }),
    });
    Average {
        crossings: average.crossings.iter().zip(average.estimates()).map(cross).collect(),
        pieces: average.pieces().map(|piece| Ends { lo: piece.lo, hi: piece.hi }).collect(),
        stretches: stretches.collect(),
    }
}

fn of_place<'a>(found: &'a BreakEven, place: &'a Evaluated) -> Place<'a> {
    let means = found.question.strategies.iter().map(String::as_str).zip(place.means.iter().map(Option::as_ref));
    Place { text: &place.at.text, number: place.x, means: Entries(means.collect()), mean_differences: &place.differences }
}
