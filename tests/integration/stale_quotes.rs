//! A client that polls prices pays a changed list price until its next poll, and the polls themselves.

use crate::fixture::{run, world};

/// One request an hour for 20 days. The price rises on day 5 from 1 to 3 USD, and another model asks 2 USD: a client that
/// polls every 8 days has paid 5 days of 1, 3 of 3 and 12 of 2 USD, and three polls of one model.
#[test]
fn a_dated_change_is_seen_at_the_next_poll() {
    let text = r#"
[models."a/model"]
price.per_image = "1 USD"
price_changes = [{ from = 2026-01-06, price.per_image = "3 USD" }]
latency = "1s"
[models."another/one"]
price.per_image = "2 USD"
latency = "1s"
[strategies.only]
router.cheapest = ["a/model", "another/one"]
"#;
    let cost =
        |quotes: &str| run(&world("constant.rate = \"24/d\"", "20d", 2, &format!("{text}{quotes}"))).rows[0].cost.to_string();
    assert_eq!(cost(""), (24 * (5 + 15 * 2)).to_string());
    assert_eq!(cost("quotes = { every = \"8d\", price = \"0.25 USD\" }"), format!("{}.75", 24 * (5 + 3 * 3 + 12 * 2)));
}
