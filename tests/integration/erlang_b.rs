//! A limit of c attempts in flight that rejects, with no retry: Erlang's loss formula, which depends on the service time
//! through its mean alone.

use crate::fixture::{assert_mean, plain, run};

/// Erlang B by its recursion; A. K. Erlang (1917).
fn erlang_b(servers: u32, load: f64) -> f64 {
    (1..=servers).fold(1.0, |b, c| load * b / (f64::from(c) + load * b))
}

#[test]
fn rejected_share_for_three_laws_of_service() {
    let theory = erlang_b(8, 6.0);
    assert!((theory - 0.121_876).abs() < 1e-6, "{theory}");
    let lognormal_p50 = 10.0 * (-0.5_f64 * 0.64).exp();
    let laws = [
        "latency.exponential = { mean = \"10s\" }".to_owned(),
        "latency = \"10s\"".to_owned(),
        format!("latency.lognormal = {{ p50 = \"{lognormal_p50:.6}s\", sigma = 0.8 }}"),
    ];
    for law in laws {
        let model = format!("price.per_image = \"0.04 USD\"\nlimits.in_flight = 8\n{law}");
        let rows = run(&plain(r#"poisson.rate = "0.6/s""#, "2d", 100, &model, "")).rows;
        assert_mean(&rows, |r| r.rate_limited as f64 - theory * r.requests as f64, 0.0, &law);
    }
}

/// A client that gives up frees no place: the provider goes on. With a timeout shorter than every service, the loss is
/// still Erlang's.
#[test]
fn a_timeout_frees_no_place() {
    let model = "price.per_image = \"0.04 USD\"\nlimits.in_flight = 8\nlatency.uniform = { low = \"5s\", high = \"15s\" }";
    let rows = run(&plain(r#"poisson.rate = "0.6/s""#, "2d", 100, model, r#"timeout = "1s""#)).rows;
    let theory = erlang_b(8, 6.0);
    let billed = |r: &spendcast::experiment::Row| r.cost.to_f64() / 0.04 - (1.0 - theory) * r.requests as f64;
    assert_mean(&rows, billed, 0.0, "accepted");
}
