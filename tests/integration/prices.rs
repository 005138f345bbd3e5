//! Prices from the text of a scenario to its cost: what depends on time, on how an attempt went, and on what a class asks for.

use crate::fixture::{assert_mean, compile, plain, run};

/// The cost of the only replication.
fn cost(text: &str) -> String {
    run(text).rows[0].cost.to_string()
}

/// By the second: on average the price of a second times the mean time of generation.
#[test]
fn compute_seconds_cost_what_generation_takes() {
    let model = "price.per_second = { price = \"0.001525 USD\" }\nlatency.exponential.mean = \"8s\"\n";
    let rows = run(&plain(r#"constant.rate = "500/d""#, "1d", 400, model, "timeout = \"1h\"")).rows;
    assert_mean(&rows, |row| row.cost.to_f64(), 500.0 * 8.0 * 0.001_525, "compute seconds");
}

/// 24 images a day at 0.20 CNY: three days at 0.14 USD a yuan, four at 0.15.
#[test]
fn a_rate_of_exchange_changes_on_its_date() {
    let model = r#"
price.per_image = "0.20 CNY"
exchange.CNY = [{ from = 2025-12-31, rate = "0.14 USD" }, { from = 2026-01-04, rate = "0.15 USD" }]
latency = "1s"
"#;
    assert_eq!(cost(&plain(r#"constant.rate = "24/d""#, "7d", 1, model, "")), "4.896");
}

/// A price change brings adjustments of its own, or keeps the model's: 24 images a day at 1.10, then 2.20, then 3 USD.
#[test]
fn a_price_change_keeps_the_adjustments_or_brings_its_own() {
    let model = r#"
price.per_image = "1 USD"
adjust.markup = "+10%"
price_changes = [
    { from = 2026-01-02, price.per_image = "2 USD" },
    { from = 2026-01-03, price.per_image = "3 USD", adjust = {} },
]
latency = "1s"
"#;
    assert_eq!(cost(&plain(r#"constant.rate = "24/d""#, "3d", 1, model, "")), "151.2");
}

const JOURNEYS: &str = r#"
title = "Drafts in few steps and in a batch"
start = 2026-01-01
horizon = "1d"
replications = 1

[workload.arrivals]
constant.rate = "10/d"

[workload.classes.edit]
size = "1024x1024"
steps = 50
input_images = 2
input_size = "2048x1024"
extras = ["search"]

[workload.journey]
rounds = 1
final = "100%"
draft_steps = 10
draft_service = "batch"
think_time = "1s"

[models."a/model"]
price.steps.each = "0.001 USD"
adjust.service.batch = 0.5
adjust.surcharges.search.per_request = "0.1 USD"
latency = "1s"
acceptance = "100%"

[strategies.only]
router.single = "a/model"
"#;

/// Ten journeys of a draft of 10 steps at half price and a final of 50 steps, each with a search: 10 x (0.105 + 0.15) USD.
#[test]
fn drafts_have_steps_and_a_class_of_service_of_their_own() {
    assert_eq!(cost(JOURNEYS), "2.55");
    // By the megapixel, inputs included: (1 + 4) / 2 for the draft, 5 for the final, and two searches.
    let megapixels = r#"price.megapixels = { price = "1 USD", input = "1 USD", unit = "2^20", rounding = "up" }"#;
    assert_eq!(cost(&JOURNEYS.replace("price.steps.each = \"0.001 USD\"", megapixels)), "77");
}

/// What a class asks for and the model does not price is a mistake, and says what it is.
#[test]
fn what_is_asked_for_and_not_priced_is_a_mistake() {
    let shapes = "1024x1024 standard, 50 steps, 2 input images of 2048x1024, with search";
    let what = |text: &str| {
        let failed = std::panic::catch_unwind(|| compile(text)).expect_err("it must not compile");
        failed.downcast_ref::<String>().expect("a text").clone()
    };
    let search = what(&JOURNEYS.replace("adjust.surcharges.search.per_request = \"0.1 USD\"\n", ""));
    assert!(search.contains(&format!("model \"a/model\" has no price for images of {shapes}")), "{search}");
    let batch = what(&JOURNEYS.replace("adjust.service.batch = 0.5\n", ""));
    assert!(batch.contains("10 steps, 2 input images of 2048x1024, batch, with search") && !batch.contains(shapes), "{batch}");
}

/// A class asks for "high", which is "hd" at the model: 24 images at 0.08 USD, and 0.02 on top for a search in that quality.
#[test]
fn a_quality_is_asked_for_in_the_words_of_the_model() {
    let model = |word: &str| {
        format!(
            "price.table = {{ standard.\"1024x1024\" = \"0.04 USD\", hd.\"1024x1024\" = \"0.08 USD\" }}\n\
             adjust.surcharges.search.per_image.by_quality = {{ hd = \"0.02 USD\" }}\nquality.high = \"{word}\"\nlatency = \"1s\"\n"
        )
    };
    let text = |word: &str| {
        plain(r#"constant.rate = "24/d""#, "1d", 1, &model(word), "")
            .replace("size = \"1024x1024\"", "size = \"1024x1024\"\nquality = \"high\"\nextras = [\"search\"]")
    };
    assert_eq!(cost(&text("hd")), "2.4");
    let refused = std::panic::catch_unwind(|| compile(&text("hdd")).1).expect_err("no such word");
    let shown = refused.downcast_ref::<String>().expect("a text");
    assert!(shown.contains("has no price for images of 1024x1024 hdd"), "{shown}");
    assert!(shown.contains("stands for \"high\" here"), "{shown}");
    assert!(shown.contains("did you mean \"hd\"?") && shown.contains("it has prices for: standard, hd"), "{shown}");
}
