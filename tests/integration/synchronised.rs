//! Strategies that make different numbers of calls stay in step: what they have in common cancels in their difference.

use std::path::Path;

use serde_json::Value;
use spendcast::stats::Moments;

use crate::fixture::{self, SIGMAS, assert_mean_of};

const REPLICATIONS: u32 = 1_000;
/// Images a day, at one of two prices with even chance, of which one in fifty fails.
const DEMAND: f64 = 400.0;
const PRICES: [f64; 2] = [0.01, 0.09];
const FAILS: f64 = 0.02;

fn scenario() -> String {
    let models = "[models.\"p/low\"]\nprice.per_image = \"0.01 USD\"\nfailure = \"2%\"\nlatency = \"1s\"\n\
        [models.\"q/high\"]\nprice.per_image = \"0.09 USD\"\nfailure = \"2%\"\nlatency = \"1s\"\n";
    let strategy = |name: &str, attempts: u32| {
        format!("[strategies.{name}]\nrouter.weighted = {{ \"p/low\" = 1, \"q/high\" = 1 }}\nretry.attempts = {attempts}\n")
    };
    let rest = format!("{models}{}{}", strategy("once", 1), strategy("again", 2));
    fixture::world("poisson.rate = \"400/d\"", "1d", REPLICATIONS, &rest)
}

/// What is billed on top is what second attempts deliver, and nothing else: a compound Poisson variable with 400 f (1 - f) hits a day,
/// whose variance is that number times the mean square of the prices. With draws that are taken one after another, all that
/// comes after the first retry would differ, and the difference vary as much as the bills do: forty times as much.
#[test]
fn a_retry_moves_no_draw_of_other_requests() {
    let rows = fixture::run(&scenario()).rows;
    let of = |strategy: usize| rows.iter().skip(strategy).step_by(2);
    for (once, again) in of(0).zip(of(1)) {
        // The same first attempts fail, and each of them is tried once more.
        assert_eq!(again.attempts - again.requests, once.failed);
    }
    let differences: Vec<f64> = of(1).zip(of(0)).map(|(again, once)| (again.cost - once.cost).to_f64()).collect();
    let hits = DEMAND * FAILS * (1.0 - FAILS);
    let moment = |power: i32| PRICES.iter().map(|price| price.powi(power)).sum::<f64>() / 2.0;
    assert_mean_of(&differences, hits * moment(1), "what second attempts deliver");
    let (theory, n) = (hits * moment(2), f64::from(REPLICATIONS));
    let kurtosis = 3.0 + moment(4) / (hits * moment(2).powi(2));
    let error = theory * ((kurtosis - 1.0) / n).sqrt();
    let variance = |values: &mut dyn Iterator<Item = f64>| values.collect::<Moments>().variance().expect("many");
    let found = variance(&mut differences.iter().copied());
    assert!((found - theory).abs() < SIGMAS * error, "{found}, theory {theory} +- {error}");
    let apart = variance(&mut of(0).map(|row| row.cost.to_f64())) + variance(&mut of(1).map(|row| row.cost.to_f64()));
    assert!(apart / found > 40.0, "{}", apart / found);
}

/// The quantiles that are reported of a difference are those of the differences, replication by replication, and not the
/// differences of quantiles.
#[test]
fn quantiles_are_of_the_difference() {
    let place = tempfile::tempdir().expect("a directory");
    std::fs::write(place.path().join("a.toml"), scenario()).expect("writable");
    let run = fixture::spendcast(place.path(), &["run", "a.toml", "--json", "--quiet", "--out", "out"]);
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let summary: Value = serde_json::from_slice(&run.stdout).expect("JSON");
    let costs = costs(&place.path().join("out/replications.csv"));
    let mut differences: Vec<f64> = costs.chunks(2).map(|pair| pair[1] - pair[0]).collect();
    differences.sort_by(f64::total_cmp);
    let compared = &summary["comparisons"][0]["cost_usd"];
    for (p, key) in [(100, "difference_p10"), (500, "difference_p50"), (900, "difference_p90")] {
        // Of a thousand, the hundredth: the smallest that a tenth of them do not pass.
        assert!((compared[key]["value"].as_f64().expect("a number") - differences[p - 1]).abs() < 1e-9, "{key}");
    }
    let p90 = |strategy: &str| summary["strategies"][strategy]["cost_usd"]["p90"]["value"].as_f64().expect("a number");
    let naive = p90("again") - p90("once");
    assert!((naive - compared["difference_p90"]["value"].as_f64().expect("a number")).abs() > 0.05, "{naive}");
}

/// What each replication costs each strategy, in order.
fn costs(table: &Path) -> Vec<f64> {
    let mut rows = csv::Reader::from_path(table).expect("written");
    let column = rows.headers().expect("a head").iter().position(|name| name == "cost_usd").expect("it is there");
    rows.records().map(|row| row.expect("a row")[column].parse().expect("a number")).collect()
}
