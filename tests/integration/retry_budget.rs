//! A budget of retries: what passes is what would be tried again, or the budget's share of requests, whichever is less.

use spendcast::experiment::Row;

use crate::fixture::{assert_mean, run, world};

fn rows(failure: &str, latency: &str, retry: &str, replications: u32) -> Vec<Row> {
    let text = format!(
        "[models.\"p/a\"]\nprice.per_image = \"0.04 USD\"\nlatency = \"{latency}\"\nfailure = \"{failure}\"\n\
         [strategies.only]\nrouter.single = \"p/a\"\nretry = {{ attempts = 3, backoff.constant = \"1s\", jitter = \"none\", {retry} }}\n"
    );
    run(&world("constant.rate = \"20/s\"", "1h", replications, &text)).rows
}

fn retries(row: &Row) -> f64 {
    (row.attempts - row.requests) as f64
}

/// Three attempts fail with a probability f each: f + f^2 retries a request without a budget, and with one of 20 % (and nothing on
/// top) where that is less. The budget itself is never passed. It falls short of its share as far as chance has too few failures in
/// the tenth of the window in which retries come back: less, the longer the window and the more there would be.
#[test]
fn retries_are_the_lesser_of_want_and_share() {
    let budget = "budget = { share = \"20%\", per_second = 0, within = \"100s\" }";
    for (failure, f) in [("5%", 0.05), ("10%", 0.10)] {
        let rows = rows(failure, "100ms", budget, 20);
        assert_mean(&rows, |row| retries(row) - (f + f * f) * row.requests as f64, 0.0, failure);
    }
    for failure in ["30%", "50%", "90%"] {
        for row in rows(failure, "100ms", budget, 2) {
            let share = retries(&row) / row.requests as f64;
            assert!((0.197..=0.2).contains(&share), "{failure}: {share}");
        }
    }
}

/// Five retries a second on top: 20 % of 20 requests a second, and 5 more; 90 % fail, so that there is no want of them.
#[test]
fn so_many_a_second_come_on_top() {
    for row in rows("90%", "100ms", "budget = { share = \"20%\", per_second = 5, within = \"60s\" }", 2) {
        let share = retries(&row) / row.requests as f64;
        assert!((share - (0.2 + 5.0 / 20.0)).abs() < 0.01, "{share}");
    }
}

/// Where everything fails, a request without a retry is under way for the latency L, and one with r of them for (1 + r) L and its
/// waits W of 1 s; a retry is under way from the decision on, for W + L. With rate l there are l L + R requests under way in all, if R
/// are being retried, and R is 20 % of that: R = 0.2 l L / 0.8. So there are R / (W + L) retries a second.
#[test]
fn a_share_of_what_is_under_way() {
    let (rate, latency, wait) = (20.0, 10.0, 1.0);
    let retrying = 0.2 * rate * latency / 0.8;
    for row in rows("100%", "10s", "budget = { share = \"20%\", of = \"under_way\" }", 1) {
        let per_second = retries(&row) / 3600.0;
        let theory = retrying / (wait + latency);
        assert!((per_second / theory - 1.0).abs() < 0.03, "{per_second}, {theory}");
    }
    // Little under way: three at a time in any case, each for 1.1 s.
    for row in rows("100%", "100ms", "budget = { share = \"20%\", of = \"under_way\" }", 1) {
        let per_second = retries(&row) / 3600.0;
        assert!((per_second / (3.0 / 1.1) - 1.0).abs() < 0.05, "{per_second}");
    }
}

/// What is not tried again goes on to the next level at once: no request is lost for the budget.
#[test]
fn beyond_the_budget_the_next_model_is_asked() {
    let text = "[models.\"p/a\"]\nprice.per_image = \"0.04 USD\"\nlatency = \"100ms\"\nfailure = \"100%\"\n\
        [models.\"q/b\"]\nprice.per_image = \"0.04 USD\"\nlatency = \"100ms\"\n\
        [strategies.only]\nrouter.fallback = [\"p/a\", \"q/b\"]\n\
        retry = { attempts = 2, backoff.constant = \"1s\", budget = { share = \"0%\", per_second = 0 } }\n";
    let row = &run(&world("constant.rate = \"1/s\"", "10min", 1, text)).rows[0];
    assert_eq!((row.delivered, row.attempts), (600, 1200));
}
