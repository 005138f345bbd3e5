//! Journeys: the number of drafts is geometric, cut at the last round; cost per accepted image in closed form.

use crate::fixture::{assert_mean, run};

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
    let tiered = r#"
[[strategies.tiered.rules]]
when.stage = "draft"
router.single = "draft/model"
[[strategies.tiered.rules]]
router.single = "premium/model"
"#;
    let rows = run(&scenario(tiered)).rows;
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
