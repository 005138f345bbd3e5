//! Health checks: the share of requests that run into an outage between two of them, what they cost, and what they leave out.

use spendcast::experiment::Row;
use spendcast::model::{Cause, Outcome};
use spendcast::units::Usd;

use crate::fixture::{assert_mean, compile, run, run_with, world};
use crate::router_examples::{MODELS, examples};

const DOWN: &str = "between.exponential.mean = \"9h\"\nlasts.exponential.mean = \"3h\"\nkinds.down.error_rate = \"100%\"\n";

fn model(name: &str, more: &str) -> String {
    format!("[models.\"{name}\"]\nprice.per_image = \"0.04 USD\"\nlatency = \"1ms\"\n{more}\n")
}

fn usd(text: &str) -> Usd {
    text.parse().expect("money")
}

fn failed(row: &Row, deployment: usize) -> f64 {
    row.answers[deployment][Outcome::Failed as usize] as f64
}

/// Up and down times are exponential with rates a and b. A request goes to the first model where that was up at the last check, T
/// apart, and meets an outage there with probability
///
/// ```text
/// up down (1 - (1 - e^(-(a + b) T)) / ((a + b) T))      up = b / (a + b)      down = a / (a + b)
/// ```
///
/// since after s it is down, where it was up, with probability down (1 - e^(-(a + b) s)). All others of the share down go to the
/// second. To within 4.5 standard errors.
#[test]
fn attempts_meet_the_outages_that_begin_between_checks() {
    let (a, b): (f64, f64) = (1.0 / 9.0, 1.0 / 3.0);
    let (up, down) = (b / (a + b), a / (a + b));
    for (every, hours) in [("10min", 1.0 / 6.0), ("1h", 1.0), ("6h", 6.0)] {
        let text = model("p/a", &format!("incidents.{}", DOWN.trim_end().replace('\n', "\nincidents.")))
            + &model("q/b", "")
            + &format!(
                "[strategies.only]\nrouter.fallback = [\"p/a\", \"q/b\"]\nhealth = {{ every = \"{every}\", price = \"0 USD\" }}\n"
            );
        let rows = run(&world("poisson.rate = \"30/h\"", "21d", 300, &text)).rows;
        let met = up * down * (1.0 - (1.0 - (-(a + b) * hours).exp()) / ((a + b) * hours));
        assert_mean(&rows, |row| failed(row, 0) - met * row.requests as f64, 0.0, every);
        // Whoever is not sent to the first, or fails there, is served by the second.
        assert_mean(&rows, |row| row.answers[1][0] as f64 - (down + met) * row.requests as f64, 0.0, every);
        assert!(rows.iter().all(|row| row.delivered == row.requests));
    }
}

/// 2 models, 30 days, every 5 minutes: 2 x 8640 checks, at the list price or an amount, in the invoice and not in the books.
#[test]
fn each_check_costs_its_price() {
    let cost = |health: &str| {
        let text = model("p/a", "")
            + &model("q/b", "")
            + &format!("[strategies.only]\nrouter.fallback = [\"p/a\", \"q/b\"]\n{health}\n");
        let (compiled, settings) = compile(&world("constant.rate = \"1/d\"", "30d", 2, &text));
        let run = run_with(&compiled, settings);
        let row = &run.rows[0];
        let checks = run.charges[0].iter().filter(|cell| cell.key.cause == Cause::Checks);
        let charged: Usd = checks.map(|cell| cell.total).sum();
        assert_eq!((row.cost - row.booked) * 2, charged, "{health}");
        assert_eq!((row.booked, row.attempts), (usd("0.04 USD") * 30, 30));
        row.cost - row.booked
    };
    assert_eq!(cost(""), Usd::ZERO);
    assert_eq!(cost("health = {}"), usd("0.04 USD") * (2 * 8640));
    assert_eq!(cost("health.price = \"0.001 USD\""), usd("0.001 USD") * (2 * 8640));
    assert_eq!(cost("health = { every = \"7min\" }"), usd("0.04 USD") * (2 * 6172));
}

/// A price that changes after 10 of 30 days, and a model that is gone after 20: a gone model bills nothing.
#[test]
fn checks_follow_the_price_list_and_the_end_of_a_model() {
    let text = model("p/a", "price_changes = [{ from = 2026-01-11, price.per_image = \"0.03 USD\" }]")
        + &model("q/b", "life.shutdown = 2026-01-21")
        + "[strategies.only]\nrouter.fallback = [\"q/b\", \"p/a\"]\nhealth = { every = \"6h\" }\n";
    let row = &run(&world("constant.rate = \"24/d\"", "30d", 1, &text)).rows[0];
    assert_eq!(row.cost - row.booked, usd("0.04 USD") * (40 + 80) + usd("0.03 USD") * 80);
    // Checked at the very time of its end, it is left out from then on: nobody is sent there.
    assert_eq!((row.gone, row.answers[1][Outcome::Gone as usize] + row.answers[0][Outcome::Gone as usize]), (0, 0));
    assert_eq!(row.attempts, row.requests);
}

/// A model that fails all checks and requests: where it is all there is, it is asked, or not.
#[test]
fn where_all_fail_none_or_all_are_left_out() {
    let attempts = |how: &str| {
        let text =
            model("p/a", "failure = \"100%\"") + &format!("[strategies.only]\nrouter.single = \"p/a\"\nhealth = {{ {how} }}\n");
        let row = run(&world("constant.rate = \"60/h\"", "1d", 1, &text)).rows.remove(0);
        (row.requests, row.attempts)
    };
    assert_eq!(attempts(""), (1440, 1440));
    let (requests, sent) = attempts("all_failing = \"fail\"");
    // The first request comes before the first check is answered, or after.
    assert!(requests == 1440 && sent <= 1, "{sent}");
}

/// An answer that takes longer than it is waited for is a failure, known when the wait is over: at 20 s of every minute.
#[test]
fn slow_answers_fail_checks() {
    let text = "[models.\"p/a\"]\nprice.per_image = \"0.04 USD\"\nlatency = \"25s\"\n".to_owned()
        + &model("q/b", "")
        + "[strategies.only]\nrouter.fallback = [\"p/a\", \"q/b\"]\nhealth = { every = \"60s\", timeout = \"20s\" }\n";
    let row = &run(&world("constant.rate = \"1/s\"", "10min", 1, &text)).rows[0];
    let first = row.answers[0].iter().sum::<u64>();
    assert!((19..=21).contains(&first), "only before the first check is over: {first}");
}

/// A share of failures f: a check fails with it, and keeps its model out until the next. So the share of requests that goes to the
/// first of two is 1 - f, independent of the requests' own failures.
#[test]
fn a_check_may_be_wrong() {
    let text = model("p/a", "failure = \"20%\"")
        + &model("q/b", "")
        + "[strategies.only]\nrouter.fallback = [\"p/a\", \"q/b\"]\nhealth = { every = \"10min\" }\n";
    let rows = run(&world("poisson.rate = \"60/h\"", "10d", 60, &text)).rows;
    assert_mean(&rows, |row| row.answers[0].iter().sum::<u64>() as f64 - 0.8 * row.requests as f64, 0.0, "to the first");
    assert_mean(&rows, |row| failed(row, 0) - 0.8 * 0.2 * row.requests as f64, 0.0, "failed there");
}

/// No router sends anything to a model whose last check failed while another is free: of eight models one works, and from the first
/// answers on nothing goes to the others. A cascade does, once its checker has sent back what the one that works made.
#[test]
fn no_router_picks_what_failed_its_check() {
    for example in examples() {
        for up in [0, MODELS - 1] {
            let model = |number: usize| {
                let failure = if up == number { "0%" } else { "100%" };
                model(&format!("a/{}", number + 1), &format!("failure = \"{failure}\""))
            };
            let text = (0..MODELS).map(model).collect::<String>()
                + &format!("[strategies.only]\nrouter.{}\nhealth = {{ every = \"60s\", price = \"0 USD\" }}\n", example.line);
            let (compiled, settings) = compile(&world("poisson.rate = \"30/min\"", "10min", 2, &text));
            let works = compiled.deployments.iter().position(|name| *name == format!("a/{}", up + 1));
            let Some(works) = works.filter(|_| example.key != "cascade") else { continue };
            for row in run_with(&compiled, settings).rows {
                let to_others = row.attempts - row.answers[works].iter().sum::<u64>();
                assert!(row.requests > 200 && row.attempts > 0, "{}: {row:?}", example.key);
                assert_eq!(to_others, 0, "{} with a/{} up: {row:?}", example.key, up + 1);
            }
        }
    }
}
