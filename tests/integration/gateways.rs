//! What a gateway does by itself, once for each attempt whatever it goes on to: its limits, its time, its failures.

use spendcast::experiment::Row;

use crate::fixture::{assert_mean, compile, run, world};

/// A first model and a second, to which the gateway goes on.
fn text(arrivals: &str, replications: u32, first: &str, second: &str, rest: &str) -> String {
    let model =
        |name: &str, more: &str| format!("[models.\"{name}\"]\nprice.per_image = \"0.04 USD\"\nlatency = \"2s\"\n{more}\n");
    let gateway = "failover.\"p/a\" = [\"q/b\"]\n[strategies.only]\nrouter.single = \"p/a via g\"\n";
    world(arrivals, "6h", replications, &format!("{}{}{rest}\n{gateway}", model("p/a", first), model("q/b", second)))
}

fn rows(text: &str) -> Vec<Row> {
    run(text).rows
}

/// A gateway that is down itself has nobody to go on to: both models work, and a third of the requests fails all the same.
#[test]
fn its_own_failure_is_final() {
    let rows = rows(&text("poisson.rate = \"20/min\"", 40, "", "", "[gateways.g]\nfailure = \"30%\""));
    assert_mean(&rows, |row| row.failed as f64 - 0.3 * row.requests as f64, 0.0, "failed");
    assert!(rows.iter().all(|row| row.cost.picos() == 40_000_000_000 * i128::from(row.delivered)));
}

/// What the provider has stored comes through the gateway too.
#[test]
fn a_stored_image_comes_through_it_too() {
    let prompts = "[workload.prompts]\nrepeats = \"100%\"\ncacheable = \"100%\"\npopularity.zipf.prompts = 2\n";
    let cache = "cache = { price = \"0%\", ttl = \"6h\", latency = \"0s\" }";
    let gateway = "[gateways.g]\nfailure = \"30%\"\nlatency = \"1s\"";
    let rows = rows(&text("poisson.rate = \"20/min\"", 40, cache, "", &format!("{prompts}{gateway}")));
    assert_mean(&rows, |row| row.failed as f64 - 0.3 * row.requests as f64, 0.0, "failed");
    let of_a_hit = rows.iter().map(|row| row.time_to_image.map(|[p50, ..]| p50.as_secs_f64()));
    assert!(of_a_hit.flatten().all(|p50| (p50 - 1.0).abs() < 0.01));
    assert!(rows.iter().all(|row| row.cost.picos() < 10 * 40_000_000_000), "two prompts are made, and handed out 5 000 times");
}

/// The first model fails after 2 s and the second is gone: what is told is the failure, and when it came.
#[test]
fn a_failure_is_not_forgotten_where_the_next_model_is_gone() {
    let gone = "life.shutdown = 2026-01-01T00:00:00";
    let all = |timeout: &str| {
        let text = text("constant.rate = \"60/h\"", 1, "failure = \"100%\"", gone, "[gateways.g]\nlatency = \"1s\"");
        rows(&format!("{text}timeout = \"{timeout}\"\n"))
    };
    assert!(all("3s").iter().all(|row| row.failed == row.requests && row.gone == 0 && row.requests > 300));
    assert!(all("2900ms").iter().all(|row| row.timed_out == row.requests));
}

/// One attempt counts once for the gateway's limit, however many models it tries.
#[test]
fn its_limits_count_an_attempt_once() {
    let limit = "[gateways.g]\nlimits.requests = { rate = \"100/d\", window = \"fixed\" }";
    let rows = rows(&text("constant.rate = \"60/h\"", 1, "failure = \"100%\"", "", limit));
    assert!(rows.iter().all(|row| row.delivered == 100 && row.rate_limited == row.requests - 100 && row.requests > 300));
}

/// A place of the gateway is held from the first model's beginning to the second's end, and freed then: 4 s of every 5, or of
/// every 3.
#[test]
fn its_places_are_held_to_the_end_and_freed() {
    let delivered = |rate: &str| {
        let arrivals = format!("constant.rate = \"{rate}\"");
        let rows = rows(&text(&arrivals, 1, "failure = \"100%\"", "limits.in_flight = 5", "[gateways.g]\nlimits.in_flight = 1"));
        rows.iter().map(|row| (row.delivered, row.requests)).collect::<Vec<_>>()
    };
    assert!(delivered("720/h").iter().all(|(delivered, requests)| delivered == requests && *requests > 4_000));
    assert!(delivered("1200/h").iter().all(|(delivered, requests)| (2 * delivered).abs_diff(*requests) <= 1));
}

/// Whoever sells it, a model has one price, which moves with all that is bought of it.
#[test]
fn a_moving_price_is_one_through_all_gateways() {
    let moves = "moves.spot = { mean = 1, sd = 0.3, half_life = \"6h\" }";
    let strategies = "[strategies.direct]\nrouter.single = \"p/a\"\n";
    let (compiled, _) = compile(&text("constant.rate = \"60/h\"", 1, moves, "", &format!("{strategies}[gateways.g]")));
    assert_eq!(compiled.deployments.len(), 3);
    assert_eq!(compiled.plan.market.moving.len(), 1);
}

/// Two ways to one model under the client's own key: the model's limits and terms are one, whatever way attempts take.
#[test]
fn ways_to_one_model_share_its_limits_and_terms() {
    let model = "[models.\"p/a\"]\nprice.per_image = \"1 USD\"\nlatency = \"1s\"\nlimits.requests = { most = 30, every = \"day\" }\n\
         terms = { free.amount.images = 10, standing.fee = \"7 USD\" }\n[gateways.g]\nown_key = true\n";
    let cost = |router: &str| {
        let rows = rows(&world("constant.rate = \"100/d\"", "1d", 1, &format!("{model}[strategies.only]\n{router}\n")));
        rows.iter().map(|row| (row.delivered, row.cost.to_string())).collect::<Vec<_>>()
    };
    let once = cost("router.single = \"p/a\"");
    assert_eq!(once, [(30, "27".to_owned())]);
    assert_eq!(cost("router.fallback = [\"p/a\", \"p/a via g\"]"), once);
    assert_eq!(cost("router.single = \"p/a via g\""), once);
}

/// Without the client's own key nothing of the model's own conditions holds: the gateway sells it on its own.
#[test]
fn without_a_key_of_its_own_only_the_gateways_terms_hold() {
    let text = "[models.\"p/a\"]\nprice.per_image = \"1 USD\"\nlatency = \"1s\"\nlimits.requests = { most = 30, every = \"day\" }\n\
         terms.standing.fee = \"7 USD\"\n[gateways.g]\nterms.markup = \"10%\"\n[strategies.only]\nrouter.single = \"p/a via g\"\n";
    let rows = rows(&world("constant.rate = \"100/d\"", "1d", 1, text));
    assert_eq!(rows.iter().map(|row| (row.delivered, row.cost.to_string())).collect::<Vec<_>>(), [(100, "110".to_owned())]);
}

/// The second model that it tries is no second request to the gateway, and what never reached the provider costs nothing there.
#[test]
fn its_fees_are_by_the_request_and_the_providers_by_what_reaches_it() {
    let fee = |owner: &str| format!("[{owner}.terms.per_request]\nfee = \"0.5 USD\"\n");
    let cost = |gateway: &str, first: &str| -> Vec<i128> {
        let text = text("constant.rate = \"60/h\"", 1, first, "", &format!("{}{gateway}", fee("accounts.p")));
        rows(&text).iter().map(|row| row.cost.picos() * 100 / 1_000_000_000_000 / i128::from(row.requests)).collect()
    };
    let by_request = "[gateways.g]\nterms.per_request.fee = \"0.5 USD\"";
    assert_eq!(cost(by_request, "failure = \"100%\""), [54], "the second's 0.04 and one fee");
    assert_eq!(cost(&by_request.replace("[gateways.g]", "[gateways.g]\nown_key = true"), "failure = \"100%\""), [104]);
    assert_eq!(cost("[gateways.g]\nown_key = true\nfailure = \"100%\"", ""), [0]);
}

/// A model at its limit comes back, one that is gone does not: between both, the client is told to wait.
#[test]
fn a_limit_is_told_before_a_model_that_is_gone() {
    let limited = "limits.requests = { rate = \"4/min\", burst = 1 }";
    let delivered = |first: &str, second: &str, gateway: &str| -> Vec<(u64, u64, u64)> {
        let text = text("constant.rate = \"360/h\"", 1, first, second, &format!("[gateways.g]\nown_key = true\n{gateway}"));
        let rows = rows(&format!("{text}retry = {{ attempts = 3 }}\n"));
        rows.iter().map(|row| (row.delivered, row.gone, row.attempts)).collect()
    };
    let gone = "life.shutdown = 2026-01-01T00:00:00";
    let with = delivered(limited, gone, "");
    assert!(with.iter().all(|(delivered, gone, attempts)| *gone == 0 && attempts > delivered), "{with:?}");
    assert_eq!(with, delivered(gone, limited, ""));
}
