//! Failures that come again: what failed fails once more with the probability that was given, at the same deployment and
//! for the same prompt or user only.

use crate::fixture::{assert_mean, run, world};

const RATE: f64 = 0.1;
const AGAIN: f64 = 0.5;

fn text(sticky: &str, rest: &str) -> String {
    let model = |name: &str| {
        format!(
            "[models.\"{name}\"]\nprice.per_image = \"0.04 USD\"\nlatency = \"2s\"\nfailure = {{ rate = \"10%\", {sticky} }}\n"
        )
    };
    format!("{}{}[strategies.only]\n{rest}", model("p/a"), model("q/b"))
}

fn retry(attempts: u32) -> String {
    format!("router.single = \"p/a\"\nretry = {{ attempts = {attempts}, backoff.constant = \"1s\" }}")
}

#[test]
fn half_of_what_failed_fails_again() {
    for to in ["prompt", "user"] {
        let sticky = format!("sticky = \"50%\", to = \"{to}\"");
        let rows = |rest: &str| run(&world("poisson.rate = \"5000/d\"", "1d", 200, &text(&sticky, rest))).rows;
        let twice = rows(&retry(2));
        // Each first failure is tried again, once.
        assert_mean(&twice, |row| (row.attempts - row.requests) as f64 - RATE * row.requests as f64, 0.0, "fails");
        let again = |row: &spendcast::experiment::Row| row.failed as f64 - AGAIN * (row.attempts - row.requests) as f64;
        assert_mean(&twice, again, 0.0, "fails again");
        // The mixture: t of what is not stuck, q always.
        let t = RATE * (1.0 - AGAIN) / (1.0 - RATE);
        let q = (RATE - t) / (1.0 - t);
        let most = rows(&retry(6));
        let lost = q + (1.0 - q) * t.powi(6);
        assert_mean(&most, |row| row.failed as f64 - lost * row.requests as f64, 0.0, "fails six times");
        // Another deployment fails others.
        let other = rows("router.fallback = [\"p/a\", \"q/b\"]");
        assert_mean(&other, |row| row.failed as f64 - RATE * RATE * row.requests as f64, 0.0, "elsewhere");
    }
}

/// Users who ask again after an error bring the same trouble along where it is theirs; a new prompt has troubles of its own
/// where it is the prompt's.
#[test]
fn failures_stick_to_users_beyond_their_prompts() {
    let journey = "[workload.journey]\nrounds = 1\nthink_time = \"1s\"\nnew_prompt = \"100%\"\nafter_error = { again = \"100%\", at_most = 1 }\n";
    for (to, same) in [("user", AGAIN), ("prompt", RATE)] {
        let sticky = format!("sticky = \"50%\", to = \"{to}\"");
        let text = format!("{journey}{}", text(&sticky, "router.single = \"p/a\""));
        let text = text.replace("latency = \"2s\"", "latency = \"2s\"\nacceptance = \"100%\"");
        let rows = run(&world("poisson.rate = \"5000/d\"", "1d", 200, &text)).rows;
        let lost = |row: &spendcast::experiment::Row| (row.journeys - row.accepted.unwrap_or(0)) as f64;
        assert_mean(&rows, |row| lost(row) - RATE * same * row.journeys as f64, 0.0, to);
    }
}
