//! Poisson arrivals at a flat price: the invoice is compound Poisson, with mean lT E[X] and variance lT E[X^2].

use crate::fixture::{SIGMAS, assert_mean, plain, run};

#[test]
fn mean_and_variance_of_the_invoice() {
    let model = r#"
price.per_image = "0.04 USD"
latency.lognormal = { p50 = "8s", p95 = "18s" }
"#;
    let text = plain(r#"poisson.rate = "400/d""#, "1d", 4000, model, "");
    let text = text.replace("size = \"1024x1024\"", "size = \"1024x1024\"\nn.weights = { \"1\" = \"50%\", \"4\" = \"50%\" }");
    let rows = run(&text).rows;
    let (first, second) = (0.5 * 0.04 + 0.5 * 0.16, 0.5 * 0.0016 + 0.5 * 0.0256);
    let (mean, variance) = (400.0 * first, 400.0 * second);
    assert_mean(&rows, |row| row.cost.to_f64(), mean, "mean invoice");
    let squares: Vec<f64> = rows.iter().map(|row| (row.cost.to_f64() - mean).powi(2)).collect();
    let n = squares.len() as f64;
    let measured = squares.iter().sum::<f64>() / n;
    let error = (squares.iter().map(|s| (s - measured).powi(2)).sum::<f64>() / n / n).sqrt();
    assert!(((measured - variance) / error).abs() < SIGMAS, "variance {measured} +- {error}, theory {variance}");
}

/// Token prices in the mean: E[tokens] enters linearly; the law's mean is exp(mu + sigma^2 / 2).
#[test]
fn token_prices() {
    let model = r#"
price.tokens = { input_per_million = "5000 USD", output_per_million = "40 USD", image_tokens = { standard = { "1024x1024" = 4160 } } }
latency = "1s"
"#;
    let text = plain(r#"constant.rate = "2000/d""#, "1d", 400, model, "");
    let law = "size = \"1024x1024\"\nprompt_tokens.lognormal = { p50 = 6000, sigma = 0.5 }";
    let rows = run(&text.replace("size = \"1024x1024\"", law)).rows;
    let tokens = 6000.0 * (0.5_f64 * 0.5 / 2.0).exp();
    assert_mean(&rows, |row| row.cost.to_f64(), 2000.0 * (tokens * 0.005 + 4160.0 * 40e-6), "token prices");
}

/// A price that changes half way, with a number of arrivals on either side that is known exactly.
#[test]
fn dated_prices() {
    let model = r#"
price.per_image = "0.005 USD"
price_changes = [
    { from = 2025-12-01, price.per_image = "0.006 USD" },
    { from = 2026-01-04T12:00:00, price.per_image = "0.012 USD" },
]
latency = "1s"
"#;
    let rows = run(&plain(r#"constant.rate = "24/d""#, "7d", 1, model, "")).rows;
    // 84 arrivals before noon of the fourth day at the price that held since December, 84 after it.
    assert_eq!(rows[0].cost.to_string(), "1.512");
}
