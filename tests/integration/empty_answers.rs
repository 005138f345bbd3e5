//! HTTP 200 without an image: a client that does not count images hands it on, and neither tries again nor elsewhere.

use spendcast::experiment::Row;

use crate::fixture::{assert_mean, run, world};

fn rows(answer: &str, counts: bool) -> Vec<Row> {
    let model = |name: &str, rate: &str| {
        format!(
            "[models.\"{name}\"]\nprice.per_image = \"0.04 USD\"\nlatency = \"2s\"\nbilling.blocked_after = \"yes\"\n\
             filter = {{ rate = \"{rate}\", answer = \"{answer}\" }}\n"
        )
    };
    let strategy = format!(
        "[strategies.only]\nrouter.fallback = [\"p/a\", \"q/b\"]\ncounts_images = {counts}\n\
         retry = {{ attempts = 2, on = [\"filtered\"], backoff.constant = \"1s\" }}\n"
    );
    let text = model("p/a", "8%") + &model("q/b", "25%") + &strategy;
    run(&world("poisson.rate = \"5000/d\"", "1d", 200, &text)).rows
}

#[test]
fn a_client_that_counts_no_images_does_not_try_again() {
    let rows = rows("empty", false);
    assert!(rows.iter().all(|row| row.attempts == row.requests && row.filtered + row.delivered == row.requests));
    assert_mean(&rows, |row| row.filtered as f64 - 0.08 * row.requests as f64, 0.0, "empty");
    assert!(
        rows.iter().all(|row| row.wasted.picos() == 40_000_000_000 * i128::from(row.filtered) && row.images == row.delivered)
    );
}

/// Two attempts at the first, then two at the second: refusals are persistent.
#[test]
fn a_client_that_counts_them_goes_on() {
    let counting = rows("empty", true);
    assert_mean(&counting, |row| row.filtered as f64 - 0.02 * row.requests as f64, 0.0, "both refuse");
    assert_mean(&counting, |row| row.attempts as f64 - (1.0 + 0.08 * (2.0 + 0.25)) * row.requests as f64, 0.0, "attempts");
    assert_eq!(counting, rows("error", true));
    assert_eq!(counting, rows("error", false), "an error is an error to everybody");
}
