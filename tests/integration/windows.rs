//! Windows that reject: a fixed window of L per w met by Poisson arrivals at rate l lets E[min(N, L)] / E[N] through, with N
//! Poisson of mean lw; a sliding one is a server for w per unit, and loses as Erlang's formula says.

use crate::fixture::{assert_mean, plain, run};

#[test]
fn accepted_share_of_a_fixed_window() {
    for (limit, most, mean) in [("6/min", 6_u32, 8.0_f64), ("1/15s", 1, 2.0), ("100/12min", 100, 96.0)] {
        let mut probability = (-mean).exp();
        let mut passing = 0.0;
        for n in 1..1000_u32 {
            probability *= mean / f64::from(n);
            passing += f64::from(n.min(most)) * probability;
        }
        let limit = format!("limits.requests = {{ rate = \"{limit}\", window = \"fixed\" }}");
        let model = format!("price.per_image = \"0.04 USD\"\nlatency = \"1s\"\n{limit}");
        // The horizon is a whole number of windows: nothing is cut off.
        let rows = run(&plain(r#"poisson.rate = "8/min""#, "1d", 100, &model, "")).rows;
        assert_mean(&rows, |r| r.delivered as f64 - passing / mean * r.requests as f64, 0.0, &limit);
    }
}

#[test]
fn lost_share_of_a_sliding_window() {
    let lost = (1..=6).fold(1.0, |b, c| 8.0 * b / (f64::from(c) + 8.0 * b));
    let limits =
        [r#"limits.requests = { rate = "6/min", window = "sliding" }"#, r#"limits.usd = { most = "0.24 USD", per = "1min" }"#];
    for limit in limits {
        let model = format!("price.per_image = \"0.04 USD\"\nlatency = \"1s\"\n{limit}");
        let rows = run(&plain(r#"poisson.rate = "8/min""#, "2d", 100, &model, "")).rows;
        assert_mean(&rows, |r| r.rate_limited as f64 - lost * r.requests as f64, 0.0, limit);
    }
}

/// A hundred a day until midnight in Los Angeles, over the days on which the clocks change there: 23 and 25 hours.
#[test]
fn days_begin_at_midnight_where_the_provider_is() {
    let limit = r#"limits.images = { most = 100, every = "day", zone = "America/Los_Angeles" }"#;
    let model = format!("price.per_image = \"0.04 USD\"\nlatency = \"1s\"\n{limit}");
    for (start, days) in [("2026-03-07T08:00:00Z", 3), ("2026-10-31T07:00:00Z", 3), ("2026-10-31T06:00:00Z", 4)] {
        // One a minute from midnight there, and an hour before it in the last case, for all but the last hour of three days.
        let horizon = "71h";
        let text = plain(r#"constant.rate = "1/min""#, horizon, 1, &model, "")
            .replace("start = 2026-01-01", &format!("start = {start}"));
        let row = &run(&text).rows[0];
        let expected = if days == 4 { 60 + 300 } else { 300 };
        assert_eq!(row.delivered, expected, "{start}");
    }
}
