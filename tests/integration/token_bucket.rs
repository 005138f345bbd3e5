//! A token bucket that holds one, filled at rate r, met by Poisson arrivals at rate l: after an accepted one, arrivals are
//! lost until 1/r has passed, so the accepted share is 1 / (1 + l/r).

use crate::fixture::{assert_mean, plain, run};

#[test]
fn accepted_share_of_a_bucket_of_one() {
    for (limit, ratio) in [("6/min", 2.0), ("12/min", 1.0), ("60/min", 0.2)] {
        let model =
            format!("price.per_image = \"0.04 USD\"\nlatency = \"1s\"\nlimits.requests = {{ rate = \"{limit}\", burst = 1 }}");
        let rows = run(&plain(r#"poisson.rate = "12/min""#, "2d", 100, &model, "")).rows;
        let accepted = 1.0 / (1.0 + ratio);
        // The bucket starts full: one more is accepted per replication than in the long run, of 34 560 arrivals.
        assert_mean(&rows, |r| r.delivered as f64 - accepted * r.requests as f64, 0.0, limit);
    }
}

/// A bucket of images is emptied by images: with four a request, the same bucket lets a quarter of the requests through.
#[test]
fn images_and_tokens_count_as_such() {
    let model = |limit: &str| format!("price.per_image = \"0.04 USD\"\nlatency = \"1s\"\nlimits.{limit}");
    let class = "size = \"1024x1024\"\nn = 4\nprompt_tokens = 50";
    for limit in [r#"images = { rate = "48/min", burst = 4 }"#, r#"tokens = { rate = "600/min", burst = 50 }"#] {
        let text = plain(r#"poisson.rate = "12/min""#, "2d", 100, &model(limit), "");
        let rows = run(&text.replace("size = \"1024x1024\"", class)).rows;
        assert_mean(&rows, |r| r.delivered as f64 - 0.5 * r.requests as f64, 0.0, limit);
    }
}

/// A client that honours retry-after gets everything through a bucket that is wide enough on average.
#[test]
fn retry_after_is_worth_waiting_for() {
    let model = "price.per_image = \"0.04 USD\"\nlatency = \"1s\"\nlimits.requests = { rate = \"60/min\", burst = 1 }";
    let retry = "retry = { attempts = 50, on = [\"rate_limited\"], jitter = \"none\", backoff.constant = \"0s\" }";
    let rows = run(&plain(r#"poisson.rate = "12/min""#, "1d", 10, model, retry)).rows;
    assert!(rows.iter().all(|r| r.rate_limited == 0 && r.failed == 0 && r.attempts > r.requests), "every request waits its turn");
}

/// One deployment refuses for a minute, its peer is free: the refused request goes there after its backoff, and does not
/// wait for the minute to pass.
#[test]
fn a_free_peer_is_not_kept_waiting_for() {
    let model = "price.per_image = \"0.04 USD\"\nlatency = \"1s\"\nlimits.requests = \"1/min\"\n[models.\"b/model\"]\nprice.per_image = \"0.04 USD\"\nlatency = \"1s\"";
    let text = plain(
        r#"poisson.rate = "12/min""#,
        "1d",
        2,
        model,
        "retry = { attempts = 2, backoff.constant = \"500ms\", jitter = \"none\" }",
    );
    let text = text.replace("router.single = \"a/model\"", "router.weighted = { \"a/model\" = 1, \"b/model\" = 1 }");
    for row in run(&text).rows {
        let [.., p99] = row.time_to_image.expect("images");
        assert!(row.rate_limited == 0 && row.failed == 0 && p99.as_secs_f64() < 1.6, "{row:?}");
    }
}
