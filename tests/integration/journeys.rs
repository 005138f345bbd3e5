//! Journeys: the number of drafts is geometric, cut at the last round; cost per accepted image in closed form.

use crate::fixture::{assert_mean, run};

/// Drafts at the cheap model, finals at the dear one.
const TIERED: &str = r#"
[[strategies.tiered.rules]]
when.stage = "draft"
router.single = "draft/model"
[[strategies.tiered.rules]]
router.single = "premium/model"
"#;

fn scenario(strategy: &str) -> String {
    format!(
        r#"
title = "Journeys"
start = 2026-01-01
horizon = "1d"
replications = 400
seed = 5

[workload.arrivals.poisson]
rate = "1000/d"

[workload.classes.only]
size = "1024x1024"

[workload.journey]
rounds = 4
final = "20%"
think_time.exponential = {{ mean = "60s" }}

[models."draft/model"]
price.per_image = "0.003 USD"
latency.lognormal = {{ p50 = "2s", p95 = "4s" }}
acceptance = "45%"

[models."premium/model"]
price.per_image = "0.025 USD"
latency.lognormal = {{ p50 = "8s", p95 = "18s" }}
acceptance = "70%"

{strategy}
"#
    )
}

/// Rounds of a geometric law cut at `most`: mean (1 - q^most) / p with q = 1 - p; accepted 1 - q^most.
fn rounds(p: f64, most: i32) -> (f64, f64) {
    let none = (1.0 - p).powi(most);
    ((1.0 - none) / p, 1.0 - none)
}

#[test]
fn a_single_model_buys_no_final_twice() {
    let rows = run(&scenario("[strategies.premium]\nrouter.single = \"premium/model\"")).rows;
    let (drafts, accepted) = rounds(0.7, 4);
    assert_mean(&rows, |r| r.requests as f64 - drafts * r.journeys as f64, 0.0, "requests");
    assert_mean(&rows, |r| r.accepted.unwrap_or(0) as f64 - accepted * r.journeys as f64, 0.0, "accepted");
    assert_mean(&rows, |r| r.cost.to_f64() - 0.025 * drafts * r.journeys as f64, 0.0, "cost");
}

#[test]
fn tiered_drafts_and_finals() {
    let rows = run(&scenario(TIERED)).rows;
    let (drafts, accepted) = rounds(0.45, 4);
    let finals = 0.2 * accepted;
    assert_mean(&rows, |r| r.requests as f64 - (drafts + finals) * r.journeys as f64, 0.0, "requests");
    let cost = 0.003 * drafts + 0.025 * finals;
    assert_mean(&rows, |r| r.cost.to_f64() - cost * r.journeys as f64, 0.0, "cost");
    // Cost per accepted image, as a ratio of expectations.
    let per_accepted = cost / accepted;
    let off = |r: &spendcast::experiment::Row| r.cost.to_f64() - per_accepted * r.accepted.unwrap_or(0) as f64;
    assert_mean(&rows, off, 0.0, "cost per accepted image");
}

/// A final is of the model, whatever it is called and whichever way it comes: drafts and finals of the same are no tiers.
#[test]
fn a_final_is_known_by_its_model() {
    let tiers = |draft: &str, last: &str| {
        let names = "[models.\"premium/latest\"]\nversions = [{ model = \"premium/model\" }]\n[gateways.g]\nfailover.\"premium/model\" = [\"draft/model\"]\n";
        let strategy = TIERED.replace("draft/model", draft).replace("\"premium/model\"", &format!("\"{last}\""));
        run(&scenario(&format!("{names}{strategy}"))).rows
    };
    let costs = |rows: &[spendcast::experiment::Row]| rows.iter().map(|row| row.cost).collect::<Vec<_>>();
    let single = costs(&run(&scenario("[strategies.premium]\nrouter.single = \"premium/model\"")).rows);
    for (draft, last) in [
        ("premium/latest", "premium/model"),
        ("premium/model", "premium/latest"),
        ("premium/model via g", "premium/model"),
        ("premium/model", "premium/latest via g"),
    ] {
        assert_eq!(costs(&tiers(draft, last)), single, "{draft} and {last}");
    }
}

/// After a lost request the user tries again with probability a, at most m times: a request that always fails is sent
/// 1 + a + ... + a^m times.
#[test]
fn users_try_again_after_errors() {
    let text = scenario("[strategies.premium]\nrouter.single = \"premium/model\"");
    let text = text.replace("rounds = 4", "rounds = 4\nafter_error = { again = \"60%\", at_most = 3 }");
    let text = text.replace("price.per_image = \"0.025 USD\"", "price.per_image = \"0.025 USD\"\nfailure = \"100%\"");
    let rows = run(&text).rows;
    let sent = 1.0 + 0.6 + 0.36 + 0.216;
    assert_mean(&rows, |r| r.requests as f64 - sent * r.journeys as f64, 0.0, "requests");
    assert!(rows.iter().all(|r| r.cost.picos() == 0 && r.accepted == Some(0)), "failures are not billed here");
}

/// Each draft takes 2 s and is followed by 3 s of thought unless it is accepted; 35 % are, of four at most, and every
/// accepted one is followed by 3 s of thought and a final of 8 s. So a journey accepted in the k-th round took 5 k + 8 s.
#[test]
fn time_to_an_accepted_image_counts_rounds_and_thought() {
    let text = scenario(TIERED).replace("latency.lognormal = { p50 = \"2s\", p95 = \"4s\" }", "latency = \"2s\"");
    let text = text.replace("latency.lognormal = { p50 = \"8s\", p95 = \"18s\" }", "latency = \"8s\"");
    let text = text.replace("think_time.exponential = { mean = \"60s\" }", "think_time = \"3s\"");
    let text = text.replace("final = \"20%\"", "final = \"100%\"").replace("acceptance = \"45%\"", "acceptance = \"35%\"");
    let rows = run(&text).rows;
    // Of those accepted, 43, 70, 88 and 100 % are so by the first to the fourth round.
    for row in &rows {
        let [p50, p95] = row.time_to_accepted.expect("some are accepted").map(spendcast::units::SimDuration::as_secs_f64);
        assert!((p50 / 18.0 - 1.0).abs() < 1.0 / 256.0 && (p95 / 28.0 - 1.0).abs() < 1.0 / 256.0, "{p50} {p95}");
    }
    let (q, accepted) = (0.65_f64, rounds(0.35, 4).1);
    let rounds = (1..=4).map(|k| 0.35 * q.powi(k - 1) * f64::from(k)).sum::<f64>() / accepted;
    let time = |r: &spendcast::experiment::Row| r.time_to_accepted_sum as f64 / 1e6;
    assert_mean(&rows, |r| time(r) - (5.0 * rounds + 8.0) * r.accepted.unwrap_or(0) as f64, 0.0, "time to accepted");
}

#[test]
fn without_journeys_nothing_is_accepted() {
    let text = crate::fixture::plain("poisson.rate = \"50/d\"", "1d", 3, "price.per_image = \"0.02 USD\"\nlatency = \"6s\"", "");
    assert!(run(&text).rows.iter().all(|row| row.time_to_accepted.is_none() && row.time_to_accepted_sum == 0));
}
