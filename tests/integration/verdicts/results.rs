//! The results below `results/article`: what is kept of each, and how a page refers to a figure in them.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use serde::Deserialize;
use serde_json::Value;

use super::claims::Claims;
use super::figure::{Estimate, Figure};

/// Where the results are, as links from the repository's root.
pub(super) const FOLDER: &str = "results/article";

/// The results by name.
pub(super) type Results = BTreeMap<String, Value>;

/// A stretch of a break-even's range.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Stretch {
    pub(super) from: f64,
    pub(super) to: f64,
    /// Which one is lower; `None` where no difference is shown.
    pub(super) lower: Option<String>,
}

/// What a break-even found out about its only pair.
#[derive(Debug)]
pub(super) struct BreakEven {
    pub(super) pair: [String; 2],
    pub(super) crossings: Vec<Estimate>,
    pub(super) stretches: Vec<Stretch>,
}

/// A directory of results.
pub(super) fn directory(root: &Path, name: &str) -> PathBuf {
    root.join(FOLDER).join(name)
}

/// The content of `summary.json.gz`.
pub(super) fn unzipped(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    GzDecoder::new(std::fs::File::open(path)?).read_to_string(&mut text)?;
    Ok(text)
}

/// All results that the claims want.
pub(super) fn load(root: &Path, claims: &Claims) -> Results {
    let one = |name: &String| {
        let path = directory(root, name).join("summary.json.gz");
        let text = unzipped(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        (name.clone(), serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
    };
    claims.results.keys().map(one).collect()
}

fn result<'a>(results: &'a Results, name: &str) -> &'a Value {
    results.get(name).unwrap_or_else(|| panic!("no result {name}"))
}

fn estimate(value: &Value, of: &str) -> Estimate {
    serde_json::from_value(value.clone()).unwrap_or_else(|_| panic!("{of} is no estimate: {value}"))
}

/// What `RESULT/STRATEGY/METRIC[:OF] [| OPERATION]...` stands for. OF is `relative`, `difference` (both against the baseline),
/// `if_billed` (with all that nobody knows to be billed) or a percentile such as `p90`. Operations: `less` (with the other sign),
/// `over X` (by how much more than X, in percent), `times X`, `lacks` (from 100 %).
pub(super) fn figure(results: &Results, reference: &str) -> Figure {
    let mut parts = reference.split('|').map(str::trim);
    let path = parts.next().unwrap_or_default();
    let named = if let Some((name, at)) = path.split_once('#') { crossing(results, name, at) } else { of_run(results, path) };
    parts.fold(named, operated)
}

/// `RESULT#0` is the first place at which a break-even's pair is alike.
fn crossing(results: &Results, name: &str, at: &str) -> Figure {
    let found = break_even(results, name).crossings;
    let at = at.parse().ok().and_then(|at: usize| found.get(at)).unwrap_or_else(|| panic!("{name} has no place {at}"));
    Figure { at: *at, unit: "" }
}

fn of_run(results: &Results, path: &str) -> Figure {
    let [name, strategy, metric] = path.split('/').collect::<Vec<_>>()[..] else { panic!("no reference: {path}") };
    let (metric, of) = metric.split_once(':').unwrap_or((metric, "mean"));
    let run = result(results, name);
    let own = &run["strategies"][strategy];
    match of {
        "difference" | "relative" => {
            let all = run["comparisons"].as_array().unwrap_or_else(|| panic!("{path}: no comparisons"));
            let with = all.iter().find(|one| one["strategy"] == strategy && one["reference"] == "baseline");
            let difference = &with.unwrap_or_else(|| panic!("{path}: not compared"))[metric];
            if of == "relative" {
                return Figure::percent(estimate(&difference["relative_difference"], path));
            }
            let at = estimate(&difference["mean_difference"], path);
            if metric.ends_with("_share") { Figure::points(at) } else { Figure::of(metric, at) }
        }
        "if_billed" => Figure::of(metric, estimate(&own["if_billed"][metric]["mean"], path)),
        _ if own[metric]["value"].is_number() => Figure::of(metric, estimate(&own[metric], path)),
        _ => Figure::of(metric, estimate(&own[metric][of], path)),
    }
}

fn operated(figure: Figure, operation: &str) -> Figure {
    let (name, number) = operation.split_once(' ').unwrap_or((operation, ""));
    let x = || number.parse::<f64>().unwrap_or_else(|_| panic!("no number in {operation}"));
    match name {
        "less" => figure.map(|at| -at),
        "lacks" => figure.map(|at| 100.0 - at),
        "times" => figure.times(x()),
        "over" => Figure { unit: "\u{a0}%", ..figure.map(|at| 100.0 * (at / x() - 1.0)) },
        "percent" => Figure { unit: "\u{a0}%", ..figure },
        "bare" => Figure { unit: "", ..figure },
        _ => panic!("no operation: {operation}"),
    }
}

/// What a break-even of one pair found.
pub(super) fn break_even(results: &Results, name: &str) -> BreakEven {
    let run = result(results, name);
    let [pair] = run["pairs"].as_array().map_or(&[][..], Vec::as_slice) else { panic!("{name} is no break-even of a pair") };
    let average = &pair["average"];
    let crossings = average["crossings"].as_array().unwrap_or_else(|| panic!("{name}: no crossings"));
    let pair = ["a", "b"].map(|side| pair[side].as_str().unwrap_or_default().to_owned());
    BreakEven {
        pair,
        crossings: crossings.iter().map(|one| estimate(&one["at"], name)).collect(),
        stretches: serde_json::from_value(average["stretches"].clone()).unwrap_or_else(|error| panic!("{name}: {error}")),
    }
}

/// What is kept of a result, by name within its directory.
pub(super) fn kept(charts: &[String]) -> Vec<String> {
    let charts = charts.iter().map(|name| format!("charts/{name}.svg"));
    ["manifest.json", "summary.json.gz"].map(str::to_owned).into_iter().chain(charts).collect()
}
