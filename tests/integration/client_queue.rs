//! What a client lets be under way at once: a queue of its own, shedding, and models that are full.

use crate::fixture::{assert_mean, run, world};

fn model(name: &str, latency: &str) -> String {
    format!("[models.\"{name}\"]\nprice.per_image = \"0.04 USD\"\nlatency{latency}\n")
}

/// One request at a time, constant service of 6 s, 7 requests a minute: M/D/1 with load 0.7. The mean time is the service and
/// rho / (2 mu (1 - rho)) of waiting (Pollaczek-Khinchine), 13 s. The first hours of each replication, which begin empty, cost
/// less than a standard error at this length.
#[test]
fn one_at_a_time_waits_as_pollaczek_and_khinchine_say() {
    let strategy = "[strategies.only]\nrouter.single = \"p/a\"\nparallel = { requests = 1, queue = 100000 }\n";
    let rows = run(&world("poisson.rate = \"7/min\"", "4d", 60, &(model("p/a", " = \"6s\"") + strategy))).rows;
    let time = 6.0 + 0.7 * 6.0 / (2.0 * 0.3);
    assert_mean(&rows, |row| row.time_to_image_sum as f64 / 1e6 / row.delivered as f64, time, "time to image");
    assert!(rows.iter().all(|row| row.delivered == row.requests));
}

/// Three at a time and no queue: what is shed is Erlang's B of 3 servers under a load of 2, 4/19.
#[test]
fn without_a_queue_what_is_shed_is_erlangs_b() {
    let strategy = "[strategies.only]\nrouter.single = \"p/a\"\nparallel.requests = 3\n";
    let rows = run(&world("poisson.rate = \"20/min\"", "1d", 60, &(model("p/a", ".exponential.mean = \"6s\"") + strategy))).rows;
    assert_mean(&rows, |row| row.refused as f64 - 4.0 / 19.0 * row.requests as f64, 0.0, "shed");
    assert!(rows.iter().all(|row| row.attempts == row.delivered && row.delivered + row.refused == row.requests));
}

/// A patience of 2 s: nobody waits longer, and who has waited so long is shed without an attempt.
#[test]
fn patience_ends_the_wait() {
    let strategy = "[strategies.only]\nrouter.single = \"p/a\"\nparallel = { requests = 1, queue = 50, patience = \"2s\" }\n";
    let rows = run(&world("poisson.rate = \"20/min\"", "1d", 5, &(model("p/a", " = \"6s\"") + strategy))).rows;
    for row in &rows {
        let slowest = row.time_to_image.expect("delivered")[2].as_secs_f64();
        assert!((7.0..8.1).contains(&slowest) && row.refused > 1000 && row.attempts == row.delivered, "{slowest}");
    }
}

/// Two models, one of which takes two attempts at a time: it spills to the other, or refuses as LiteLLM does.
#[test]
fn a_full_model_spills_or_refuses() {
    let rows = |when: &str| {
        let strategy = format!(
            "[strategies.only]\nrouter.fallback = [\"p/a\", \"q/b\"]\nparallel = {{ models = {{ \"p/a\" = 2 }}, when_full = \"{when}\" }}\n"
        );
        let text = model("p/a", ".exponential.mean = \"6s\"") + &model("q/b", " = \"1s\"") + &strategy;
        run(&world("poisson.rate = \"20/min\"", "1d", 40, &text)).rows
    };
    // Erlang's B of 2 servers under a load of 2: 2/5 go to the other model. A refusal is no call, and goes on to the next level.
    for when in ["spill", "refuse"] {
        let rows = rows(when);
        let other = |row: &spendcast::experiment::Row| row.answers[1].iter().sum::<u64>() as f64;
        assert_mean(&rows, |row| other(row) - 0.4 * row.requests as f64, 0.0, when);
        assert!(rows.iter().all(|row| row.delivered == row.requests && row.attempts == row.requests), "{when}");
    }
}

/// A refusal of the client's own is no attempt, and the next try draws anew: where one of two models is always full, so many tries
/// find the other (all but one in 2^50). They would go to the full one for ever with the draws of the first try.
#[test]
fn a_try_after_a_refusal_of_ones_own_draws_anew() {
    let strategy = "[strategies.only]\nrouter.simple_shuffle = [\"p/a\", \"q/b\"]\n\
         parallel = { models = { \"p/a\" = 1 }, when_full = \"refuse\" }\n\
         retry = { attempts = 50, on = [\"rate_limited\"], backoff.constant = \"1ms\", jitter = \"none\" }\ntimeout = \"100h\"\n";
    let text = model("p/a", " = \"30h\"") + &model("q/b", " = \"1s\"") + strategy;
    let rows = run(&world("constant.rate = \"60/h\"", "6h", 2, &text)).rows;
    for row in &rows {
        assert_eq!((row.attempts, row.answers[1].iter().sum::<u64>()), (row.requests, row.requests - 1));
    }
}

/// With LiteLLM's profile an rpm of 2 is also the most under way: two images of ten minutes each at a time, however few a minute.
#[test]
fn litellm_takes_a_rate_for_a_number_under_way() {
    for (more, most) in [("", 2), ("parallel.from_rpm = false\n", u64::MAX), ("parallel.models = { \"p/a\" = 3 }\n", 3)] {
        let strategy = format!(
            "[strategies.only]\nprofile = \"litellm-1.106/httpx\"\nrouter.simple_shuffle = {{ \"p/a\" = {{ rpm = 2 }} }}\n{more}"
        );
        let row = &run(&world("constant.rate = \"60/h\"", "6h", 1, &(model("p/a", " = \"10min\"") + &strategy))).rows[0];
        // A place is free again as the tenth request after comes; the last are under way when the six hours are over.
        let sent = if most == u64::MAX { 360 } else { 36 * most };
        assert_eq!(row.attempts, sent, "{more}");
    }
}
