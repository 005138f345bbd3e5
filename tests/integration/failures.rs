//! Failures that are billed, with k retries: cost per request p (1 - f^(k+1)) / (1 - f), delivered share 1 - f^(k+1).

use crate::fixture::{assert_mean, plain, run};

#[test]
fn billed_failures_with_retries() {
    let (price, fails) = (0.04_f64, 0.2_f64);
    for retries in 0..4_i32 {
        let model = r#"
price.per_image = "0.04 USD"
failure = "20%"
billing = { failed = "yes" }
latency.lognormal = { p50 = "8s", p95 = "18s" }
"#;
        let retry = format!("retry = {{ attempts = {}, backoff.exponential = {{ base = \"1s\", cap = \"20s\" }} }}", retries + 1);
        let rows = run(&plain(r#"poisson.rate = "2000/d""#, "1d", 600, model, &retry)).rows;
        let all_fail = fails.powi(retries + 1);
        let cost = price * (1.0 - all_fail) / (1.0 - fails);
        if retries == 0 {
            // Delivered or failed, the one attempt is billed.
            assert!(rows.iter().all(|r| r.cost.picos() == 40_000_000_000 * i128::from(r.requests)));
        } else {
            assert_mean(&rows, |r| r.cost.to_f64() - cost * r.requests as f64, 0.0, &format!("cost with {retries} retries"));
        }
        let delivered = |r: &spendcast::experiment::Row| r.delivered as f64 - (1.0 - all_fail) * r.requests as f64;
        assert_mean(&rows, delivered, 0.0, &format!("delivered with {retries} retries"));
        let attempts = (1.0 - all_fail) / (1.0 - fails);
        if retries > 0 {
            assert_mean(&rows, |r| r.attempts as f64 - attempts * r.requests as f64, 0.0, "attempts");
        }
        let wasted = price * fails * (1.0 - all_fail) / (1.0 - fails);
        assert_mean(&rows, |r| r.wasted.to_f64() - wasted * r.requests as f64, 0.0, "wasted");
        // Of that, the first attempts of all requests would have been billed without any retry.
        let retried = wasted - price * fails;
        assert!(retries > 0 || rows.iter().all(|r| r.retried.picos() == 0));
        if retries > 0 {
            assert_mean(&rows, |r| r.retried.to_f64() - retried * r.requests as f64, 0.0, "wasted on retries");
        }
    }
}

/// A client that waits shorter than the service takes pays for what it does not get: P(timeout) = P(latency > t).
#[test]
fn timeouts_bill_when_the_provider_goes_on() {
    let model = r#"
price.per_image = "0.04 USD"
latency.exponential = { mean = "10s" }
"#;
    let rows = run(&plain(r#"poisson.rate = "2000/d""#, "1d", 400, model, r#"timeout = "20s""#)).rows;
    let out = (-2.0_f64).exp();
    assert_mean(&rows, |r| r.timed_out as f64 - out * r.requests as f64, 0.0, "timed out");
    assert_mean(&rows, |r| r.wasted.to_f64() - 0.04 * out * r.requests as f64, 0.0, "billed for nothing");
    assert!(rows.iter().all(|r| r.cost.picos() == 40_000_000_000 * i128::from(r.requests)), "everything is billed");
}

/// What fails after the client has gone is no dearer than what fails before: nothing, unless failures are billed.
#[test]
fn timeouts_bill_only_what_the_provider_would_have_billed() {
    let fails = 0.2;
    let model = |billing: &str| {
        format!("price.per_image = \"0.04 USD\"\nlatency.exponential = {{ mean = \"10s\" }}\nfailure = \"20%\"\n{billing}")
    };
    let out = (-2.0_f64).exp();
    for (billing, billed) in [("", 1.0 - fails), ("billing.failed = \"yes\"", 1.0)] {
        let rows = run(&plain(r#"poisson.rate = "2000/d""#, "1d", 400, &model(billing), r#"timeout = "20s""#)).rows;
        let before = if billed < 1.0 { 0.0 } else { fails * (1.0 - out) };
        assert_mean(&rows, |r| r.wasted.to_f64() - 0.04 * (out * billed + before) * r.requests as f64, 0.0, billing);
    }
}
