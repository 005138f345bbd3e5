//! A client that moves to a successor is, from then on, a client that named the successor: same finals, same refusals to keep
//! away from, same prices to go by; and it never moves before the notice or the launch.

use spendcast::experiment::Row;
use spendcast::units::Usd;

use crate::fixture::{compile, run, run_with, unnumbered, world};

const JOURNEY: &str = "[workload.journey]\nrounds = 4\nfinal = \"60%\"\nthink_time = \"30s\"\n\
                       after_error = { again = \"50%\", at_most = 2 }\n";

/// A model that left in the first second, cheap by its list; its dearer successor, which is often at its limit; and another.
const MODELS: &str = r#"
[models."p/old"]
price.per_image = "0.01 USD"
latency = "10s"
acceptance = "60%"
life = { shutdown = 2026-01-02, successor = "p/next" }
[models."p/next"]
price.per_image = "0.10 USD"
latency = "10s"
acceptance = "60%"
limits.requests = { rate = "20/h", burst = 2 }
[models."p/other"]
price.per_image = "0.04 USD"
latency = "10s"
acceptance = "50%"
"#;

const RETRY: &str = "retry = { attempts = 2 }\nmigrate.ahead = \"30d\"\n";

/// Whoever names the old model and has moved from the start has the rows of whoever names the new one.
#[test]
fn a_client_that_has_moved_is_one_that_named_the_successor() {
    for router in [
        "router.single = \"p/old\"",
        "router.fallback = [\"p/old\", \"p/other\"]",
        "router.weighted = { \"p/old\" = 3, \"p/other\" = 1 }",
        "router.cheapest = [\"p/old\", \"p/other\"]",
        "rules = [{ when.stage = \"draft\", router.single = \"p/other\" }]\nrouter.single = \"p/old\"",
        // Drafts at the very model to which the finals have moved.
        "rules = [{ when.stage = \"draft\", router.single = \"p/next\" }]\nrouter.single = \"p/old\"",
        // Drafts that have moved to the model of the finals.
        "rules = [{ when.stage = \"draft\", router.single = \"p/old\" }]\nrouter.single = \"p/next\"",
    ] {
        let direct = router.replace("p/old", "p/next");
        let strategies = format!("[strategies.moved]\n{router}\n{RETRY}[strategies.direct]\n{direct}\n{RETRY}");
        let text = world("poisson.rate = \"600/d\"", "2d", 4, &format!("{JOURNEY}{MODELS}{strategies}"));
        let (compiled, settings) = compile(&text);
        let rows = run_with(&compiled, settings).rows;
        assert!(rows.iter().all(|row| row.requests > row.journeys && row.delivered > 0), "{router}");
        for pair in rows.chunks(2) {
            // List prices are those at the start, of the models that are named.
            let alike = |row: &Row| Row { listed: Usd::ZERO, ..row.clone() };
            let [moved, direct] = [&pair[0], &pair[1]].map(|row| unnumbered(&alike(row), &compiled.deployments));
            assert_eq!(moved, direct, "{router}");
        }
    }
}

/// The cost of one request an hour at the old model for 1 USD, at the new one for 10, over ten days.
fn cost(dates: &str, launch: &str, migrate: &str) -> (String, u64) {
    let text = format!(
        "[models.\"p/old\"]\nprice.per_image = \"1 USD\"\nlatency = \"1s\"\nlife = {{ {dates}, successor = \"p/next\" }}\n\
         [models.\"p/next\"]\nprice.per_image = \"10 USD\"\nlatency = \"1s\"\n{launch}\n\
         [strategies.only]\nrouter.single = \"p/old\"\nmigrate.{migrate}"
    );
    let row = run(&world("constant.rate = \"24/d\"", "10d", 1, &text)).rows.remove(0);
    (row.cost.to_string(), row.gone)
}

#[test]
fn nobody_moves_before_the_notice() {
    let [told, untold] = ["deprecated = 2026-01-05, shutdown = 2026-01-09", "shutdown = 2026-01-09"];
    let days = |old: i64, new: i64| ((24 * (old + 10 * new)).to_string(), 0);
    assert_eq!(cost(told, "", "ahead = \"6d\""), days(4, 6));
    assert_eq!(cost(told, "", "ahead = \"3d\""), days(5, 5));
    // Without a notice, the date is known from the start.
    assert_eq!(cost(untold, "", "ahead = \"6d\""), days(2, 8));
    assert_eq!(cost(untold, "", "ahead = \"60d\""), days(0, 10));
}

#[test]
fn nobody_moves_before_the_launch() {
    let dates = "deprecated = 2026-01-03, shutdown = 2026-01-07";
    let days = |old: i64, new: i64, gone: u64| ((24 * (old + 10 * new)).to_string(), 24 * gone);
    assert_eq!(cost(dates, "life.launch = 2026-01-05", "ahead = \"30d\""), days(4, 6, 0));
    assert_eq!(cost(dates, "life.launch = 2026-01-09", "ahead = \"30d\""), days(6, 2, 2));
    assert_eq!(cost(dates, "life.launch = 2026-01-09", "lag = \"1d\""), days(6, 2, 2));
}

/// One request an hour for six days, by the cheapest. The old model asks 1 USD and is left on the third day for one that asks
/// 3, and from the fifth day on 5 USD; another asks 4 USD throughout.
#[test]
fn prices_and_polls_are_of_what_is_bought() {
    let text = r#"
[models."p/old"]
price.per_image = "1 USD"
price_changes = [{ from = 2026-01-20, price.per_image = "1 USD" }]
latency = "1s"
life = { shutdown = 2026-01-05, successor = "p/next" }
[models."p/next"]
price.per_image = "3 USD"
price_changes = [{ from = 2026-01-05, price.per_image = "5 USD" }]
latency = "1s"
[models."p/other"]
price.per_image = "4 USD"
latency = "1s"
[strategies.only]
router.cheapest = ["p/old", "p/other"]
migrate.ahead = "2d"
"#;
    let cost =
        |quotes: &str| run(&world("constant.rate = \"24/d\"", "6d", 1, &format!("{text}{quotes}"))).rows[0].cost.to_string();
    // Two days at 1, two at 3 and two at 4 USD.
    assert_eq!(cost(""), (24 * 2 * (1 + 3 + 4)).to_string());
    // Eight polls of the old model and sixteen of its successor.
    assert_eq!(cost("quotes = { every = \"6h\", price = \"0.5 USD\" }"), (24 * 2 * (1 + 3 + 4) + 12).to_string());
    // A successor whose price never changes is not polled, nor is what has been left for it.
    let left = text.replace("price_changes = [{ from = 2026-01-05, price.per_image = \"5 USD\" }]\n", "");
    let polled = world("constant.rate = \"24/d\"", "6d", 1, &format!("{left}quotes = {{ every = \"6h\", price = \"0.5 USD\" }}"));
    assert_eq!(run(&polled).rows[0].cost.to_string(), (24 * 2 * (1 + 3 + 3) + 4).to_string());
}
