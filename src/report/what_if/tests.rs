//! Reports of sweeps and break-evens, whatever came out.

use serde_json::Value as Json;

use super::*;
use crate::experiment::{Axis, BreakEven, Metric, Question, Results, Spacing, Sweep, SweepPoint, made_up, product};
use crate::report::Chart;
use crate::report::charts::{break_even_charts, sweep_charts};
use crate::report::html::page_of_findings;
use crate::units::Usd;

const EIGHT: [&str; 8] = [
    "premium-only",
    "tiered",
    "a-strategy-with-quite-a-long-name-indeed-that-goes-on-and-on",
    "cheap <b>&\"only\"</b>",
    "e",
    "f",
    "g",
    "h",
];

fn axis(path: &str, low: f64, high: f64, steps: usize, spacing: Spacing, unit: &str) -> Axis {
    Axis::grid(path.to_owned(), (low, high), steps, spacing, unit.to_owned()).expect("a grid")
}

fn names(path: &str, names: &[&str]) -> Axis {
    Axis::named(path.to_owned(), names.iter().map(ToString::to_string).collect())
}

/// Results at a point: costs that cross as the first axis rises, the same everywhere if `flat`.
fn at_point(strategies: &[&str], replications: u32, place: usize, flat: bool) -> Results {
    let mut results = made_up::results(strategies, replications);
    for row in results.rows.iter_mut().filter(|_| !flat) {
        let factor = if row.strategy == 0 { 10 } else { 5 + 3 * place as u64 + u64::from(row.strategy) };
        row.cost = row.cost.times_ratio(factor, 10);
    }
    if flat {
        results.rows.iter_mut().for_each(|row| row.cost = Usd::ZERO);
    }
    results
}

fn sweep(strategies: &[&str], replications: u32, axes: Vec<Axis>, flat: bool) -> Sweep {
    let (metric, hash) = (Metric::Cost, "ab".repeat(32));
    let points = product(&axes).into_iter().enumerate();
    let points =
        points.map(|(at, values)| SweepPoint::of(values, hash.clone(), &at_point(strategies, replications, at, flat), metric));
    let points = points.collect();
    Sweep { axes, metric, strategies: strategies.iter().map(ToString::to_string).collect(), baseline: 0, points }
}

fn manifest(command: &str, points: usize) -> DesignManifest {
    DesignManifest {
        command: command.to_owned(),
        over: Vec::new(),
        metric: "cost_usd".to_owned(),
        between: None,
        tolerance: Some(1.0),
        points,
        of_all: made_up::manifest(&made_up::results(&["a"], 3)),
    }
}

fn assert_sound(charts: &[Chart], case: &str) {
    let keep = std::env::var_os("SPENDCAST_CHARTS").map(std::path::PathBuf::from);
    for chart in charts {
        assert!(chart.svg.len() < 200_000 && chart.svg.ends_with("</svg>\n"), "{case}: {}", chart.svg.len());
        assert!(!chart.svg.contains("NaN") && !chart.svg.contains("<b>"), "{case}");
        assert!(!chart.spoken.is_empty() && chart.data.rows.iter().all(|row| row.len() == chart.data.columns.len()), "{case}");
        if let Some(directory) = &keep {
            std::fs::write(directory.join(format!("{case}-{}.png", chart.name)), &chart.png).expect("writable");
        }
    }
}

fn validate(text: &str, schema: &str) {
    let schema: Json = serde_json::from_str(schema).expect("JSON");
    let document: Json = serde_json::from_str(text).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let errors: Vec<String> = validator.iter_errors(&document).map(|e| format!("{e} at {}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

/// The page loads nothing, runs no script but its own, and takes texts from outside for texts.
fn assert_self_contained(page: &str, case: &str) {
    for forbidden in [" src=", "url(", "@import", "<link", "<iframe", "http://", "https://", "<b>\"", "<source>"] {
        assert!(!page.contains(forbidden), "{case}: {forbidden}");
    }
    assert_eq!(page.matches("<script").count(), 1, "{case}");
    for id in ["verdict", "charts", "figures", "assumptions", "method", "reproduce"] {
        assert!(page.contains(&format!("href=\"#{id}\"")) && page.contains(&format!("<section id=\"{id}\"")), "{case}: {id}");
    }
}

fn narrow(text: &str, width: usize, case: &str) {
    let longest = text.lines().map(|line| line.chars().count()).max().unwrap_or_default();
    assert!(longest <= width && !text.contains("NaN"), "{case}: {longest}\n{text}");
}

#[test]
fn sweeps_are_told_whatever_came_out() {
    let linear = || axis("workload.keep", 10.0, 100.0, 4, Spacing::Linear, "%");
    let logarithmic = || axis("volume", 10.0, 1_000_000.0, 6, Spacing::Logarithmic, "");
    let words = || names("workload.classes.only.quality", &["low", "standard", "ultra <b>"]);
    let cases = [
        ("lines", sweep(&EIGHT[..2], 40, vec![linear()], false)),
        ("log", sweep(&EIGHT[..3], 40, vec![logarithmic()], false)),
        ("words", sweep(&EIGHT, 20, vec![words()], false)),
        ("one-point", sweep(&EIGHT[..2], 20, vec![names("seed", &["1"])], false)),
        ("single", sweep(&EIGHT[..2], 1, vec![linear()], false)),
        ("alone", sweep(&EIGHT[..1], 20, vec![linear()], false)),
        ("free", sweep(&EIGHT[..2], 20, vec![linear()], true)),
        ("heat-two", sweep(&EIGHT[..2], 20, vec![words(), linear()], false)),
        ("heat-many", sweep(&EIGHT, 10, vec![linear(), words()], false)),
        ("heat-free", sweep(&EIGHT[..2], 10, vec![linear(), words()], true)),
        (
            "heat-fine",
            sweep(
                &EIGHT[..3],
                3,
                vec![axis("a.b", 1.0, 30.0, 30, Spacing::Linear, " USD"), axis("c", 1.0, 30.0, 30, Spacing::Linear, "")],
                false,
            ),
        ),
    ];
    for (case, sweep) in &cases {
        let manifest = manifest("sweep", sweep.points.len());
        let scenario = serde_json::json!({ "name": "made-up" });
        let report = SweepReport {
            asked: WhatIf { title: "Does <it>?", source: "<source>", scenario: &scenario, inputs: &[], manifest: &manifest },
            sweep,
        };
        assert_sound(&sweep_charts(sweep, report.asked.basis()).expect("drawn"), case);
        let found = report.findings().expect("made");
        narrow(&found.terminal(100), 100, case);
        let place = tempfile::tempdir().expect("a directory");
        let written = found.write(place.path(), &[crate::report::Format::Csv]).expect("writable");
        assert_eq!(written.len(), 7, "{case}");
        let page = std::fs::read_to_string(place.path().join("report.md")).expect("written");
        assert!(page.starts_with("# Does &lt;it&gt;?") && !page.contains("<b>"), "{page}");
        assert_self_contained(&page_of_findings(&found), case);
        validate(found.json(), include_str!("../../../docs/sweep.schema.json"));
    }
}

#[test]
fn break_evens_are_told_whatever_came_out() {
    let linear = |steps| axis("volume", 0.0, 100.0, steps, Spacing::Linear, "");
    let find = |strategies: &[&str], replications: u32, whole: bool, costs: &dyn Fn(u16, f64, u32) -> f64| {
        let pairs = (1..strategies.len()).map(|other| [0, other]).collect();
        let names = strategies.iter().map(ToString::to_string).collect();
        let question = Question { axis: linear(9), whole, tolerance: 1.0, metric: Metric::Cost, strategies: names, pairs };
        BreakEven::find::<()>(question, |at| {
            let mut results = made_up::results(strategies, replications);
            for row in &mut results.rows {
                let usd = costs(row.strategy, at.number.expect("a number"), row.replication);
                row.cost = Usd::from_picos((usd * 1e12) as i128);
            }
            Ok(results)
        })
        .expect("nothing fails")
    };
    let noisy = |s: u16, x: f64, r: u32| if s == 0 { 50.0 + f64::from(r % 7) } else { x * f64::from(s) };
    let wave = |s: u16, x: f64, r: u32| if s == 0 { 50.0 } else { 50.0 + 20.0 * libm::sin(x / 14.0) + f64::from(r % 5) - 2.0 };
    let cases = [
        ("one", find(&EIGHT[..2], 40, false, &noisy), "cost the same at volume = 52."),
        ("whole", find(&EIGHT[..2], 40, true, &noisy), "between 5"),
        ("many", find(&EIGHT, 30, false, &noisy), "cost the same at"),
        ("wave", find(&EIGHT[..2], 30, false, &wave), "cost the same at 2 places"),
        ("never", find(&EIGHT[..2], 30, false, &|s, _, _| f64::from(s)), "nowhere cost the same"),
        ("equal", find(&EIGHT[..2], 30, false, &|_, _, _| 1.0), "are exactly alike wherever"),
        (
            "noise",
            find(&EIGHT[..2], 30, false, &|s, _, r| f64::from((u32::from(s) + r) % 2)),
            "no difference is shown in the whole range",
        ),
        ("single", find(&EIGHT[..2], 1, false, &noisy), "too few replications"),
    ];
    for (case, found, said) in &cases {
        let manifest = manifest("break-even", found.places.len());
        let scenario = serde_json::json!({ "name": "made-up" });
        let asked = WhatIf { title: "Where?", source: "<source>", scenario: &scenario, inputs: &[], manifest: &manifest };
        let report = BreakEvenReport { asked, found, unknown_billing: *case == "one" };
        assert_sound(&break_even_charts(found, "n = 3", true).expect("drawn"), case);
        let found = report.findings().expect("made");
        let text = found.terminal(100);
        narrow(&text, 100, case);
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(said), "{case}: {text}");
        let place = tempfile::tempdir().expect("a directory");
        assert!(found.write(place.path(), &[crate::report::Format::Csv]).expect("writable").len() >= 7, "{case}");
        let page = page_of_findings(&found);
        assert_self_contained(&page, case);
        // A text says the path in every row, a page once above them.
        assert!(found.terminal(100).contains("\n  volume = 100"), "{case}");
        assert!(page.contains(", by volume</caption>") && !page.contains(">volume = "), "{case}");
        validate(found.json(), include_str!("../../../docs/break-even.schema.json"));
    }
}
