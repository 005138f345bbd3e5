//! The client's own limits: one of L requests a minute, met by Poisson arrivals, lets E[min(N, L)] / E[N] through, with N Poisson
//! of a minute's mean; by LiteLLM's arithmetic it is one less.

use crate::fixture::{assert_mean, plain, run};

/// E[min(N, most)] / E[N].
fn passing(mean: f64, most: u32) -> f64 {
    let (mut probability, mut passing) = ((-mean).exp(), 0.0);
    for n in 1..1000_u32 {
        probability *= mean / f64::from(n);
        passing += f64::from(n.min(most)) * probability;
    }
    passing / mean
}

#[test]
fn a_limit_of_the_clients_own_lets_one_less_through() {
    let model = "price.per_image = \"0.04 USD\"\nlatency = \"1s\"";
    for (router, most) in [
        (r#"{ models = { "a/model" = { rpm = 7 } } }"#, 6),
        (r#"{ models = { "a/model" = { rpm = 7 } }, off_by_one = false }"#, 7),
        (r#"{ models = { "a/model" = { ipm = 7 } }, version = "headroom" }"#, 7),
    ] {
        let text = plain(r#"poisson.rate = "8/min""#, "1d", 100, model, "");
        let text = text.replace("router.single = \"a/model\"", &format!("router.usage_based = {router}"));
        let share = passing(8.0, most);
        let rows = run(&text).rows;
        assert_mean(&rows, |r| r.delivered as f64 - share * r.requests as f64, 0.0, router);
        assert!(rows.iter().all(|r| r.attempts == r.delivered && r.rate_limited + r.delivered == r.requests));
    }
}

/// With a retry-after of 60 s, or of what is left of the minute, a request that is refused is served in a later minute.
#[test]
fn what_is_refused_can_wait() {
    let model = "price.per_image = \"0.04 USD\"\nlatency = \"1s\"";
    for (router, longest) in [
        (r#"{ models = { "a/model" = { rpm = 21 } } }"#, 62.0),
        (r#"{ models = { "a/model" = { ipm = 20 } }, version = "headroom" }"#, 61.0),
    ] {
        let retry = "retry = { attempts = 20, on = [\"rate_limited\"], jitter = \"none\", backoff.constant = \"0s\" }";
        // 24 requests in 24 seconds: 20 are served at once, 4 in the next minute.
        let text = plain("constant.rate = \"1/s\"", "24s", 2, model, retry);
        let text = text.replace("router.single = \"a/model\"", &format!("router.usage_based = {router}"));
        for row in run(&text).rows {
            let [p50, _, p99] = row.time_to_image.expect("images");
            assert!(row.requests == 24 && row.delivered == 24 && row.attempts == 24, "{router}: {row:?}");
            assert!(p50.as_secs_f64() < 1.1 && p99.as_secs_f64() < longest + 0.3, "{router}: {row:?}");
        }
    }
}
