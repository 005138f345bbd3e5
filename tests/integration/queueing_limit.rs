//! Limits that let attempts wait: Erlang C for c servers, Pollaczek and Khinchine for one with any service, and what a
//! bounded queue rejects and an impatient client gives up.
//!
//! Few long replications: what an empty start takes from the waits is below a tenth of a standard error.

use crate::fixture::{assert_mean, plain, run};
use spendcast::experiment::Row;

const PRICE: &str = "price.per_image = \"0.04 USD\"";

/// The sum of times to image of a replication, in seconds, less what theory says of its requests.
fn excess(row: &Row, mean: f64) -> f64 {
    assert_eq!(row.delivered, row.requests, "everybody waits as long as it takes");
    row.time_to_image_sum as f64 / 1e6 - mean * row.delivered as f64
}

fn rows(rate: &str, horizon: &str, model: &str, strategy: &str) -> Vec<Row> {
    run(&plain(&format!("poisson.rate = \"{rate}\""), horizon, 30, &format!("{PRICE}\n{model}"), strategy)).rows
}

/// Erlang C from Erlang B; A. K. Erlang (1917).
fn erlang_c(servers: u32, load: f64) -> f64 {
    let b = (1..=servers).fold(1.0, |b, c| load * b / (f64::from(c) + load * b));
    b / (1.0 - load / f64::from(servers) * (1.0 - b))
}

#[test]
fn wait_for_one_of_eight() {
    let theory = erlang_c(8, 6.0);
    assert!((theory - 0.356_981).abs() < 1e-6, "{theory}");
    let limit = "limits.in_flight = { most = 8, exceed = \"queue\" }\nlatency.exponential = { mean = \"10s\" }";
    // Eight servers at one per ten seconds, less 0.6 arrivals a second.
    let mean = 10.0 + theory / (0.8 - 0.6);
    assert_mean(&rows("0.6/s", "4d", limit, ""), |r| excess(r, mean), 0.0, "Erlang C");
}

/// F. Pollaczek (1930), A. Khinchine (1932): mean wait l E[S^2] / (2 (1 - l E[S])).
#[test]
fn wait_for_the_only_one_depends_on_the_square_of_service() {
    let lognormal_p50 = (-0.5_f64 * 0.64).exp();
    let laws = [
        ("latency.exponential = { mean = \"1s\" }".to_owned(), 2.0),
        ("latency = \"1s\"".to_owned(), 1.0),
        (format!("latency.lognormal = {{ p50 = \"{lognormal_p50:.6}s\", sigma = 0.8 }}"), 0.64_f64.exp()),
    ];
    for (law, square) in laws {
        let mean = 1.0 + 0.6 * square / (2.0 * (1.0 - 0.6));
        let limit = format!("limits.in_flight = {{ most = 1, exceed = \"queue\" }}\n{law}");
        assert_mean(&rows("0.6/s", "4d", &limit, ""), |r| excess(r, mean), 0.0, &law);
    }
}

/// A bucket of one, and a sliding window of one, let one start every second: one server with a service of a second.
#[test]
fn wait_for_a_rate_is_that_for_a_server_of_constant_service() {
    let mean = 0.25 + 0.6 / (2.0 * (1.0 - 0.6));
    for limit in ["rate = \"1/s\"", "rate = \"1/s\", window = \"sliding\""] {
        let model = format!("limits.requests = {{ {limit}, exceed = \"queue\" }}\nlatency = \"250ms\"");
        assert_mean(&rows("0.6/s", "4d", &model, ""), |r| excess(r, mean), 0.0, limit);
    }
}

/// One server and three places to wait: of K = 4 in all, the share (1 - a) a^K / (1 - a^(K+1)) finds none.
#[test]
fn a_bounded_queue_rejects_the_rest() {
    let theory = (1.0 - 0.8) * 0.8_f64.powi(4) / (1.0 - 0.8_f64.powi(5));
    let model = "limits.in_flight = { most = 1, exceed = \"queue\", queue = 3 }\nlatency.exponential = { mean = \"1s\" }";
    assert_mean(&rows("0.8/s", "4d", model, ""), |r| r.rate_limited as f64 - theory * r.requests as f64, 0.0, "M/M/1/4");
}

/// Clients that give up after d = 2 s do not start where the work before them takes longer. With arrivals at l and service
/// at m per second the work has the density l p0 e^((l-m)x) below d and falls as e^(-m(x-d)) beyond, where none is added:
/// that part is the share that never starts, and it is not billed. (D. Y. Barrer, "Queuing with impatient customers and
/// ordered service", Operations Research 5 (1957).)
#[test]
fn a_client_that_gives_up_takes_no_server() {
    let (l, m, d) = (1.2_f64, 1.0_f64, 2.0_f64);
    let (below, beyond) = (l * (((l - m) * d).exp() - 1.0) / (l - m), l * ((l - m) * d).exp() / m);
    let gave_up = beyond / (1.0 + below + beyond);
    let model = "limits.in_flight = { most = 1, exceed = \"queue\" }\nlatency.exponential = { mean = \"1s\" }";
    let rows = rows("1.2/s", "4d", model, "timeout = \"2s\"");
    let started = |r: &Row| r.cost.to_f64() / 0.04;
    assert_mean(&rows, |r| started(r) - (1.0 - gave_up) * r.requests as f64, 0.0, "gave up");
}
