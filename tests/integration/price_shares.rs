//! Requests shared out by price: in proportion to price^-k, whatever the price of each day is.

use crate::fixture::{assert_mean, run, world};

/// Prices of 0.01, 0.02 and 0.04 USD, of which the last halves at noon: shares of 16, 4 and 1 of 21, then of 4, 1 and 1 of 6.
#[test]
fn inverse_square_shares_follow_the_price_list() {
    let model = |name: &str, price: &str| format!("[models.\"{name}\"]\n{price}\nlatency = \"1s\"\n");
    let flat = |usd: &str| format!("price.per_image = \"{usd} USD\"");
    let changes =
        "price.per_image = \"0.04 USD\"\nprice_changes = [{ from = 2026-01-01T12:00:00, price.per_image = \"0.02 USD\" }]";
    let models = model("p/a", &flat("0.01")) + &model("q/b", &flat("0.02")) + &model("r/c", changes);
    let strategy = "[strategies.only]\nrouter.price_weighted = { models = [\"p/a\", \"q/b\", \"r/c\"] }\n";
    let rows = run(&world("constant.rate = \"2400/d\"", "1d", 200, &format!("{models}{strategy}"))).rows;
    for (deployment, share) in [(0, f64::midpoint(16.0 / 21.0, 4.0 / 6.0)), (1, f64::midpoint(4.0 / 21.0, 1.0 / 6.0))] {
        let attempts = |row: &spendcast::experiment::Row| row.answers[deployment].iter().sum::<u64>() as f64;
        assert_mean(&rows, |row| attempts(row) - share * row.requests as f64, 0.0, &format!("share of {deployment}"));
    }
}
