//! Deferral to batch prices: how many come back too late, what that costs under either rule of billing, and how long requests wait
//! for their batch, in closed form; and what a batch has to do with the other parts of a strategy.

use spendcast::experiment::{Row, explain};
use spendcast::model::Outcome;
use spendcast::report::{Names, explanation};
use spendcast::units::Usd;

use crate::fixture::{assert_mean, compile, run, world};

const LIST: f64 = 0.04;

/// A model with a list price of 4 cents, the same as a batch model at half the price, and a strategy that defers to it.
fn rest(latency: &str, batch: &str, strategy: &str) -> String {
    format!(
        "[models.\"p/a\"]\nprice.per_image = \"0.04 USD\"\nlatency = \"{latency}\"\nacceptance = \"50%\"\n\
         [models.\"p/a-batch\"]\nlike = \"p/a\"\nservice = \"batch\"\nadjust.service.batch = \"50%\"\n{batch}\n\
         [strategies.only]\nrouter.single = \"p/a\"\n{strategy}\n"
    )
}

fn rows(latency: &str, batch: &str, strategy: &str, replications: u32) -> Vec<Row> {
    run(&world("poisson.rate = \"1/min\"", "1d", replications, &rest(latency, batch, strategy))).rows
}

fn at_batch(row: &Row, outcome: Outcome) -> u64 {
    // The models have their numbers in the order in which the strategy names them: its router's first.
    row.answers[1][outcome as usize]
}

fn usd(amount: Usd) -> f64 {
    amount.picos() as f64 / 1e12
}

/// With a mean of 2 h, 6 h to the deadline and 1 h of reserve, exp(-5/2) of the requests are sent again. They cost the batch price
/// too where what is finished late is billed.
#[test]
fn what_is_not_back_in_time_is_sent_again_and_costs_both_where_late_ones_are_billed() {
    let strategy = "defer = { model = \"p/a-batch\", within = \"6h\", reserve = \"1h\" }";
    let late = (-2.5_f64).exp();
    for (billed, cost) in [("yes", LIST / 2.0 + late * LIST), ("no", (1.0 - late) * LIST / 2.0 + late * LIST)] {
        let batch = format!("latency.exponential.mean = \"2h\"\nbilling.timed_out = \"{billed}\"");
        let rows = rows("10s", &batch, strategy, 100);
        assert_mean(&rows, |row| at_batch(row, Outcome::TimedOut) as f64 - late * row.requests as f64, 0.0, "late");
        assert_mean(&rows, |row| usd(row.cost) - cost * row.requests as f64, 0.0, billed);
        for row in &rows {
            let again = row.attempts - row.requests;
            assert_eq!((row.delivered, again), (row.requests, at_batch(row, Outcome::TimedOut)));
            let half: Usd = "0.02 USD".parse().expect("money");
            assert_eq!(row.wasted, if billed == "yes" { half * again } else { Usd::ZERO });
        }
    }
}

/// Requests wait e/2 in the mean for a batch that is sent every e; and less is left to those that have waited longer, so that
/// (m/e) (exp(e/m) - 1) exp(-(d - r)/m) are late.
#[test]
fn requests_wait_for_half_the_time_between_batches() {
    let strategy = "defer = { model = \"p/a-batch\", every = \"2h\", within = \"6h\", reserve = \"1h\" }";
    let hours = |row: &Row| row.time_to_image_sum as f64 / 3.6e9;
    let all = rows("10s", "latency = \"30min\"", strategy, 60);
    assert_mean(&all, |row| hours(row) - 1.5 * row.requests as f64, 0.0, "wait");
    assert!(all.iter().all(|row| row.attempts == row.requests && row.delivered == row.requests));
    let all = rows("10s", "latency.exponential.mean = \"2h\"", strategy, 60);
    let late = (1.0_f64.exp() - 1.0) * (-2.5_f64).exp();
    assert_mean(&all, |row| at_batch(row, Outcome::TimedOut) as f64 - late * row.requests as f64, 0.0, "late");
}

/// The deadline holds for what is sent again too: a reserve that is too short for the model is no use.
#[test]
fn what_is_not_there_by_the_deadline_is_lost() {
    let strategy = "deadline = \"1min\"\ndefer = { model = \"p/a-batch\", within = \"6h\", reserve = \"1h\" }";
    for row in rows("61min", "latency.exponential.mean = \"2h\"", strategy, 3) {
        assert_eq!((row.timed_out, row.delivered + row.timed_out), (row.attempts - row.requests, row.requests));
        assert!(row.timed_out > 50 && row.time_to_image.expect("some")[2].as_secs_f64() < 5.01 * 3600.0);
    }
}

/// Of journeys only finals wait: each takes one batch, and no draft does.
#[test]
fn finals_alone_can_be_deferred() {
    let journey = "[workload.journey]\nrounds = 3\nfinal = \"100%\"\nthink_time = \"10s\"\ndraft_size = \"512x512\"\n";
    let strategy = "defer = { when.stage = \"final\", model = \"p/a-batch\", every = \"1h\" }";
    let text = journey.to_owned() + &rest("10s", "latency = \"3h\"", strategy);
    for row in run(&world("poisson.rate = \"1/min\"", "1d", 3, &text)).rows {
        assert_eq!(at_batch(&row, Outcome::Delivered), row.accepted.expect("journeys"));
        assert_eq!(row.delivered, row.requests);
        let [p50, p95] = row.time_to_accepted.expect("accepted");
        assert!((3.3..3.7).contains(&(p50.as_secs_f64() / 3600.0)) && p95.as_secs_f64() < 4.1 * 3600.0);
    }
}

/// A failure is sent at once; a refusal ends the request, unless it is to be sent too.
#[test]
fn failures_are_sent_at_once_and_refusals_only_where_they_are_to_be() {
    let deferred = |more: &str| format!("defer = {{ model = \"p/a-batch\"{more} }}");
    for row in rows("10s", "latency = \"3h\"\nfailure = \"100%\"", &deferred(""), 2) {
        assert_eq!(
            (row.delivered, row.attempts, at_batch(&row, Outcome::Failed)),
            (row.requests, 2 * row.requests, row.requests)
        );
        assert!((row.time_to_image.expect("delivered")[2].as_secs_f64() - 10_810.0).abs() < 50.0);
    }
    let refuses = "latency = \"3h\"\nfilter.rate = \"30%\"\nfilter.name = \"own\"";
    for row in rows("10s", refuses, &deferred(""), 2) {
        assert!(row.filtered > 300 && row.attempts == row.requests && row.delivered + row.filtered == row.requests);
    }
    for row in rows("10s", refuses, &deferred(", on = [\"filtered\"]"), 2) {
        assert_eq!((row.delivered, row.attempts - row.requests), (row.requests, at_batch(&row, Outcome::Filtered)));
    }
}

/// What waits for a batch takes no place among requests under way, and what batches deliver counts against a budget.
#[test]
fn batches_take_no_place_and_count_against_budgets() {
    let strategy = "parallel.requests = 1\ndefer = { model = \"p/a-batch\", every = \"1h\" }";
    assert!(rows("10s", "latency = \"3h\"", strategy, 2).iter().all(|row| row.delivered == row.requests));
    let budget = "budget = { limit = \"10 USD\", reserve = true }\ndefer = { model = \"p/a-batch\", every = \"1h\" }";
    for row in rows("10s", "latency = \"3h\"", budget, 2) {
        assert!(usd(row.cost) <= 10.0 && usd(row.cost) > 9.9, "{}", row.cost);
        assert_eq!(row.delivered + row.refused, row.requests);
    }
}

/// Of equal requests in line at a cache, the first is deferred and the others have its images.
#[test]
fn a_cache_is_asked_before_a_batch() {
    let prompts = "[workload.prompts]\nrepeats = \"100%\"\ncacheable = \"100%\"\npopularity.zipf.prompts = 5\n";
    let strategy = "cache.exact = { entries = 10, coalesce = true }\ndefer = { model = \"p/a-batch\", every = \"1h\" }";
    let text = prompts.to_owned() + &rest("10s", "latency = \"3h\"", strategy);
    for row in run(&world("poisson.rate = \"1/min\"", "1d", 3, &text)).rows {
        assert_eq!((row.delivered, row.attempts, row.cached), (row.requests, 5, row.requests - 5));
    }
}

/// Gemini's batch is half its price (0.134 and 0.067 USD an image), which the price book says; tokens are billed at half the rate.
#[test]
fn a_price_book_may_have_the_class_of_service() {
    let text = |model: &str| {
        format!(
            "catalog = \"2026-11\"\ntitle = \"t\"\nstart = 2026-11-01\nhorizon = \"1d\"\nreplications = 1\nseed = 1\n\
             tiers.{provider} = \"none\"\n\
             [workload.arrivals.poisson]\nrate = \"1/min\"\n[workload.classes.only]\nsize = \"1024x1024\"\nquality = \"high\"\nprompt_tokens = 0\n\
             [models.\"{model}\"]\nlatency = \"10s\"\n[models.\"x/batch\"]\nlike = \"{model}\"\nservice = \"batch\"\nlatency = \"1h\"\n\
             [strategies.at-once]\nrouter.single = \"{model}\"\n\
             [strategies.deferred]\nrouter.single = \"{model}\"\ndefer.model = \"x/batch\"\n",
            provider = model.split('/').next().expect("a provider"),
        )
    };
    let rows = run(&text("google-gemini-api/gemini-3-pro-image")).rows;
    assert_eq!(rows[0].cost, rows[1].cost + rows[1].cost);
    assert!(rows[1].cost > Usd::ZERO && rows[1].attempts == rows[1].requests);
    let none = std::panic::catch_unwind(|| compile(&text("openai/gpt-image-2"))).expect_err("no batch price of images");
    let said = none.downcast_ref::<String>().expect("a text");
    assert!(said.contains("no price for images of 1024x1024 high, batch") && said.contains("adjust.service.batch"), "{said}");
}

#[test]
fn explain_says_what_became_of_the_batch() {
    let strategy = "defer = { model = \"p/a-batch\", every = \"1h\", within = \"3h\" }";
    let (compiled, settings) = compile(&world("poisson.rate = \"1/min\"", "1d", 1, &rest("10s", "latency = \"2h\"", strategy)));
    let only = &compiled.plan.strategies[0];
    let names = Names { deployments: &compiled.deployments, payees: &compiled.payees, strategy: only, groups: &[] };
    let of = |request| explanation(&explain(&compiled.plan, only, (settings.seed, 0), request).expect("there is one"), names);
    let text = of(0);
    for line in [
        "batch: waits for the next, which is sent at 3600.000000 s",
        "batch: sent with it, and waited for until",
        "attempt at p/a-batch",
        "p/a-batch answers: timed_out",
        "batch: timed_out, so it is sent at once",
        "attempt at p/a,",
        "p/a-batch charges 0.02 USD: timed_out",
        "p/a charges 0.04 USD: delivered",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}
