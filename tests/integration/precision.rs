//! Replications until costs are precise, and means that are corrected for demand.

use std::path::Path;

use serde_json::Value;
use spendcast::experiment::{Results, Summary};

use crate::fixture::{self, SIGMAS, assert_mean_of};

/// Compound Poisson: 400 requests a day at 4 or at 16 cents.
fn compound(arrivals: &str, replications: u32) -> String {
    compound_of(arrivals, replications, "")
}

/// The same with more to say of the model.
fn compound_of(arrivals: &str, replications: u32, more: &str) -> String {
    let model = format!("price.per_image = \"0.04 USD\"\nlatency = \"2s\"\n{more}");
    let text = fixture::plain(arrivals, "1d", replications, &model, "");
    let weights = "size = \"1024x1024\"\nn.weights = { \"1\" = \"50%\", \"4\" = \"50%\" }";
    text.replace("size = \"1024x1024\"", weights) + "[strategies.other]\nrouter.single = \"a/model\"\n"
}

fn results(text: &str) -> Results {
    let (compiled, settings) = fixture::compile(text);
    let run = fixture::run_with(&compiled, settings);
    fixture::results(&compiled, run)
}

/// One request in ten fails, and is not billed.
const FAILING: &str = "failure = \"10%\"\nbilling.failed = \"no\"\n";

/// A share d of the requests is delivered, X = 0.04 n D each: Var(S) = lT E[X^2], of which the number of journeys explains
/// lT E[X]^2, the share d E[0.04 n]^2 / E[(0.04 n)^2] = 0.9 * 0.01 / 0.0136. With list prices the projection of X on 1 and
/// 0.04 n is 0.9 * 0.04 n, and the share d = 0.9 is gone.
#[test]
fn demand_explains_what_theory_says() {
    let both = results(&compound_of("poisson.rate = \"400/d\"", 4_000, FAILING));
    assert!(both.expected_listed[0].is_some_and(|listed| (listed - 40.0).abs() < 1e-6), "{:?}", both.expected_listed);
    let journeys = Results { expected_listed: Vec::new(), ..both.clone() };
    for (results, theory, less, listed) in [(both, 0.9, 0.34, true), (journeys, 0.009 / 0.0136, 0.63, false)] {
        let summary = Summary::of(&results);
        assert_eq!(summary.strategies[0].controlled.is_some_and(|controlled| controlled.listed.is_some()), listed);
        explains(&summary, theory, less);
    }
    // Where all is delivered, list prices are the cost itself, and nothing is left to chance.
    let summary = Summary::of(&self::results(&compound("poisson.rate = \"400/d\"", 100)));
    let e = summary.strategies[0].controlled.expect("known").estimate;
    assert!((e.value - 40.0).abs() < 1e-9 && e.hi.is_some_and(|hi| hi - e.value < 1e-6), "{e:?}");
}

/// The corrected mean of 36 USD has this much less variance, and an interval this much narrower.
fn explains(summary: &Summary, theory: f64, less: f64) {
    let n = 4_000.0_f64;
    let controlled = summary.strategies[0].controlled.expect("known");
    assert!((controlled.journeys - 400.0).abs() < 1e-9);
    let correlation = theory.sqrt();
    // The standard error of a squared correlation (Stuart and Ord, vol. 1, 16.33).
    let error = 2.0 * correlation * (1.0 - theory) / n.sqrt();
    let reduction = controlled.reduction.expect("it varies");
    assert!((reduction - theory).abs() < SIGMAS * error, "{reduction} against {theory} +- {error}");
    let plain = summary.strategies[0].cost().expect("4 000 rows").mean;
    let half = |e: spendcast::stats::Estimate| e.hi.expect("bounded") - e.value;
    assert!(half(controlled.estimate) < less * half(plain));
    assert!((controlled.estimate.value - 36.0).abs() < SIGMAS / 1.96 * half(controlled.estimate), "{controlled:?}");
}

/// The corrected interval of 400 experiments of 40 replications covers the truth as often as it says.
#[test]
fn the_corrected_interval_covers_the_truth() {
    let all = results(&compound_of("poisson.rate = \"400/d\"", 16_000, FAILING));
    let empty = Results { rows: Vec::new(), ..all.clone() };
    let covered = (0..400).filter(|experiment| {
        let rows = all.rows[experiment * 80..(experiment + 1) * 80].to_vec();
        let part = Results { rows, replications: 40, charges: vec![Vec::new(); 2], ..empty.clone() };
        let controlled = Summary::of(&part).strategies[0].controlled.expect("known").estimate;
        controlled.lo.is_some_and(|lo| lo <= 36.0) && controlled.hi.is_some_and(|hi| hi >= 36.0)
    });
    let share = covered.count() as f64 / 400.0;
    assert!((share - 0.95).abs() < 3.0 * (0.95 * 0.05 / 400.0_f64).sqrt(), "{share}");
}

/// Means that follow from shapes, growth and noise; none where the number never differs.
#[test]
fn expected_journeys_are_exact() {
    let noisy = "nonhomogeneous = { rate = \"400/d\", growth = { by = \"50%\", per = \"1d\" }, day_noise = \"20%\", day = [0,0,0,0,0,0,0,0,1,1,1,1,1,1,1,1,1,1,1,1,0,0,0,0] }";
    let results = results(&compound(noisy, 3_000));
    let expected = results.expected_journeys.expect("known");
    let journeys: Vec<f64> = results.of(0).map(|row| row.journeys as f64).collect();
    assert_mean_of(&journeys, expected, "journeys");
    assert!(expected > 450.0 && expected < 550.0, "{expected}");
    let (constant, _) = fixture::compile(&compound("constant.rate = \"400/d\"", 2));
    assert_eq!(constant.plan.workload.expected_journeys(), None);
}

fn run(place: &Path, out: &str, arguments: &[&str]) -> (Option<i32>, Value, String) {
    let run = fixture::spendcast(place, &[&["run", "x.toml", "--json", "--out", out], arguments].concat());
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    (run.status.code(), serde_json::from_slice(&run.stdout).unwrap_or_default(), said)
}

/// The coefficient of variation is sqrt(400 * 0.0136) / 40 = 5.8 %: 1 % takes (1.96 * 5.8 * 1.01)^2 = 133 replications, so that the
/// second round is good, and the third confirms it.
#[test]
fn ends_when_precise_whatever_threads_and_batches() {
    let place = tempfile::tempdir().expect("a directory");
    std::fs::write(place.path().join("x.toml"), compound("poisson.rate = \"400/d\"", 2_000)).expect("writable");
    let read = |out: &str| std::fs::read(place.path().join(out).join("replications.csv")).expect("written");
    let (code, summary, _) = run(place.path(), "one", &["--precision", "1%", "--threads", "1", "--batch", "7"]);
    assert_eq!(code, Some(0));
    let precision = &summary["precision"];
    assert_eq!(
        (&precision["enough"], &precision["replications"], &precision["most"]),
        (&true.into(), &300.into(), &2_000.into())
    );
    assert!(precision["reached"].as_f64().is_some_and(|share| share < 0.01 && share > 0.005), "{precision}");
    assert_eq!(summary["manifest"]["asked"], 300);
    let (_, other, _) = run(place.path(), "two", &["--precision", "1%", "--threads", "2"]);
    assert!(other == summary && read("one") == read("two"));
    // Stopped and gone on with, in the middle of a round.
    let (_, part, _) = run(place.path(), "three", &["--replications", "130", "--precision", "0.1%", "--time-limit", "1h"]);
    assert_eq!((&part["precision"]["enough"], &part["precision"]["replications"]), (&false.into(), &130.into()));
    assert!(part["precision"]["replications_needed"].as_f64().is_some_and(|n| (8_000.0..25_000.0).contains(&n)));
    let (_, few, _) = run(place.path(), "four", &["--precision", "1%", "--replications", "100"]);
    assert_eq!((&few["precision"]["enough"], &few["manifest"]["asked"]), (&false.into(), &100.into()));
    let (_, last, _) = run(place.path(), "six", &["--precision", "1%", "--replications", "200"]);
    assert_eq!((&last["precision"]["enough"], &last["manifest"]["asked"]), (&true.into(), &200.into()));
    let (code, _, said) = run(place.path(), "five", &["--precision", "0%"]);
    assert!(code == Some(2) && said.contains("expected a share between 0% and 100%"), "{said}");
}

/// Two strategies that buy what the other does not at twice the price: 12 USD a day each, and the difference of a day has a standard
/// deviation of sqrt(400) * 0.02 = 0.4 USD, so that 0.03 USD takes up to 4.7 * (0.4 / 0.03)^2 = 840 days.
const MIRRORED: &str = r#"
title = "Mirrored"
start = 2026-01-01
horizon = "1d"
replications = 2000
seed = 7
workload.arrivals.poisson.rate = "400/d"
workload.classes.left = { share = "50%", size = "1024x1024" }
workload.classes.right = { share = "50%", size = "1024x1024" }
[models."a/model"]
price.per_image = "0.04 USD"
latency = "2s"
[models."b/model"]
like = "a/model"
price.per_image = "0.02 USD"
[strategies.only]
router.single = "a/model"
rules = [{ when = { class = "left" }, router.single = "b/model" }]
[strategies.other]
router.single = "a/model"
rules = [{ when = { class = "right" }, router.single = "b/model" }]
"#;

#[test]
fn ends_when_one_is_chosen_whatever_threads_and_batches() {
    let place = tempfile::tempdir().expect("a directory");
    std::fs::write(place.path().join("x.toml"), MIRRORED).expect("writable");
    let read = |out: &str| std::fs::read(place.path().join(out).join("replications.csv")).expect("written");
    let asked = ["--indifference", "0.03 USD"];
    let (code, summary, said) = run(place.path(), "one", &[asked.as_slice(), &["--threads", "1", "--batch", "7"]].concat());
    assert_eq!(code, Some(0), "{said}");
    let choice = &summary["choice"];
    let after = choice["replications"].as_u64().expect("a number");
    assert!(choice["chosen"].is_string() && choice["among"].as_array().is_some_and(|left| left.len() == 1), "{choice}");
    assert!((200..=1_000).contains(&after) && after % 100 == 0 && summary["manifest"]["asked"] == after, "{choice}");
    let (_, other, _) = run(place.path(), "two", &[asked.as_slice(), &["--threads", "2"]].concat());
    assert!(other == summary && read("one") == read("two"));
    // Far apart one is chosen in the first round; with a precision too, that has to be reached as well.
    let (_, far, _) = run(place.path(), "three", &["--indifference", "5 USD", "--precision", "1%"]);
    let ends = (&far["choice"]["replications"], &far["precision"]["enough"], &far["manifest"]["asked"]);
    assert_eq!((ends.0.as_u64(), ends.1), (Some(100), &true.into()), "{far}");
    assert!(ends.2.as_u64() > Some(100));
    // Too few to say.
    let (_, few, _) = run(place.path(), "four", &["--indifference", "0.001 USD", "--replications", "100"]);
    assert_eq!((&few["choice"]["chosen"], few["choice"]["among"].as_array().map(Vec::len)), (&Value::Null, Some(2)));
    assert!(few["choice"]["most"].as_u64() > Some(100_000), "{}", few["choice"]);
    let alone = MIRRORED.split("[strategies.other]").next().expect("a text");
    std::fs::write(place.path().join("x.toml"), alone).expect("writable");
    let (code, _, said) = run(place.path(), "five", &asked);
    assert!(code == Some(2) && said.contains("a single strategy, and nothing to choose"), "{said}");
}

/// What a run had when it was stopped is looked at again, round by round: it ends where it would have ended.
#[test]
fn goes_on_to_the_same_end() {
    let place = tempfile::tempdir().expect("a directory");
    std::fs::write(place.path().join("x.toml"), compound("poisson.rate = \"20k/d\"", 4_000_000)).expect("writable");
    let precise = ["--precision", "0.05%", "--threads", "2", "--batch", "9"];
    let (_, whole, _) = run(place.path(), "whole", &precise);
    assert_eq!(whole["precision"]["enough"], true, "{}", whole["precision"]);
    let limited = [precise.as_slice(), &["--time-limit", "400ms", "--resume"]].concat();
    let (code, part, _) = run(place.path(), "parts", &limited);
    assert!(code != Some(0) || part["precision"]["enough"] == false || part == whole);
    let (_, parts, _) = run(place.path(), "parts", &[precise.as_slice(), &["--resume"]].concat());
    assert_eq!(parts["precision"], whole["precision"]);
    assert_eq!(parts["strategies"], whole["strategies"]);
}
