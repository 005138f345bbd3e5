//! Cold starts and hung requests: what they add to the mean time, and what a client's timeout makes of them.

use spendcast::experiment::Row;
use spendcast::model::Outcome;

use crate::fixture::{assert_mean, run, world};

fn rows(model: &str, strategy: &str) -> Vec<Row> {
    let model = format!("[models.\"p/a\"]\n{model}\n");
    run(&world("poisson.rate = \"2000/d\"", "1d", 200, &format!("{model}[strategies.only]\nrouter.single = \"p/a\"\n{strategy}")))
        .rows
}

fn seconds(row: &Row) -> f64 {
    row.time_to_image_sum as f64 / 1e6
}

/// A share of attempts waits for the model; mean latency = that of a warm one + share x mean of loading.
#[test]
fn cold_starts_by_share_add_their_mean() {
    let model = "price.per_image = \"0.04 USD\"\nlatency.exponential.mean = \"6s\"\n\
        cold_start = { share = \"4%\", takes.lognormal = { p50 = \"22.7s\", sigma = 0.5 } }";
    let mean = 6.0 + 0.04 * 22.7 * (0.5_f64 * 0.25).exp();
    assert_mean(&rows(model, "timeout = \"1h\""), |row| seconds(row) - mean * row.requests as f64, 0.0, "time");
}

/// Seconds of loading are billed where the provider does.
#[test]
fn loading_is_billed_where_it_is() {
    let model = |billed: bool| {
        format!(
            "price.per_second.price = \"0.001 USD\"\nlatency.exponential.mean = \"6s\"\n\
             cold_start = {{ share = \"4%\", takes.exponential.mean = \"30s\", billed = {billed} }}"
        )
    };
    for (billed, seconds) in [(false, 6.0), (true, 7.2)] {
        let rows = rows(&model(billed), "timeout = \"1h\"");
        assert_mean(&rows, |row| row.cost.to_f64() - 0.001 * seconds * row.requests as f64, 0.0, &format!("billed: {billed}"));
    }
}

/// One instance, unloaded after 1 min without work; what takes no time meets a cold one where the gap before was longer:
/// exp(-l (1 min + load)) of those that find it idle load it. With instant work: a renewal process of loads.
#[test]
fn cold_starts_by_idle_time() {
    let model = "price.per_image = \"0.04 USD\"\nlatency = \"0s\"\ncold_start = { after = \"1min\", takes = \"0s\" }\nlimits.in_flight = 1";
    let rows = rows(model, "");
    assert!(rows.iter().all(|row| row.time_to_image_sum == 0 && row.delivered == row.requests), "nothing waits for nothing");
    // Loading takes 1 ms: long enough to be counted, too short to be met.
    let counted = model.replace("takes = \"0s\"", "takes = \"1ms\"").replace("limits.in_flight = 1", "");
    let rows = self::rows(&counted, "");
    // A gap of more than 1 min and 1 ms, and the first of all.
    let gap = |t: f64| (-t * 2000.0 / 86_400.0).exp();
    let expected = |row: &Row| seconds(row) * 1e3 - 1.0 - gap(60.001) * (row.requests as f64 - 1.0);
    assert_mean(&rows, expected, 0.0, "loads");
}

/// No answer ever comes: the client's timeout ends it, to the microsecond, and a second attempt is as good as any.
#[test]
fn hung_requests_end_by_the_clients_timeout() {
    let model = "price.per_image = \"0.04 USD\"\nlatency = \"2s\"\nhang = { share = \"10%\" }";
    let once = rows(model, "timeout = \"30s\"");
    assert_mean(&once, |row| row.timed_out as f64 - 0.1 * row.requests as f64, 0.0, "hung");
    assert!(once.iter().all(|row| row.timed_out + row.delivered == row.requests));
    assert!(once.iter().all(|row| row.time_to_image_sum == 2_000_000 * u128::from(row.delivered)));
    assert!(once.iter().all(|row| row.cost.picos() == 40_000_000_000 * i128::from(row.delivered)), "what hangs is not billed");
    let retry = "timeout = \"30s\"\nretry = { attempts = 3, backoff.constant = \"1s\", jitter = \"none\" }";
    let thrice = rows(model, retry);
    assert_mean(&thrice, |row| row.timed_out as f64 - 1e-3 * row.requests as f64, 0.0, "hung three times");
    for row in &thrice {
        let hung = row.answers.iter().map(|counts| counts[Outcome::TimedOut as usize]).sum::<u64>() - 3 * row.timed_out;
        assert_eq!(row.time_to_image_sum, 2_000_000 * u128::from(row.delivered) + 31_000_000 * u128::from(hung));
    }
    // A client that waits longer than the provider hears of a failure.
    let patient = rows(model, "timeout = \"11min\"");
    assert_mean(&patient, |row| row.failed as f64 - 0.1 * row.requests as f64, 0.0, "cut off");
    assert!(patient.iter().all(|row| row.timed_out == 0));
}
