//! Break-evens through the command line, against closed forms: fees against prices, shares, failures, caches, markups, tiers.

use serde_json::Value;

use crate::fixture::{self, SIGMAS};

/// A scenario over this horizon with one class; the rest has its models and strategies.
fn scenario(arrivals: &str, horizon: &str, replications: u32, rest: &str) -> String {
    format!(
        "title = \"A break-even\"\nstart = 2026-04-01\nhorizon = \"{horizon}\"\nreplications = {replications}\nseed = 20260401\n\
         [workload.arrivals]\n{arrivals}\n{rest}\n"
    )
}

const CLASS: &str = "[workload.classes.only]\nsize = \"1024x1024\"\n";

/// A model at a price, a strategy of the same name that takes it alone, and more of the model.
fn model(name: &str, price: &str, more: &str) -> String {
    format!(
        "[models.\"{name}/image\"]\nprice.per_image = \"{price} USD\"\nlatency = \"1s\"\n{more}\n\
         [strategies.{name}]\nrouter.single = \"{name}/image\"\n"
    )
}

/// What a command prints as JSON, which meets its schema and is what it wrote.
pub(crate) fn asked(text: &str, command: &str, arguments: &[&str]) -> Value {
    let place = tempfile::tempdir().expect("a directory");
    std::fs::write(place.path().join("a.toml"), text).expect("writable");
    let run = fixture::spendcast(place.path(), &[&[command, "a.toml", "--json", "--quiet", "--out", "out"], arguments].concat());
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    assert!(run.stderr.is_empty(), "{}", String::from_utf8_lossy(&run.stderr));
    let written = std::fs::read(place.path().join("out/summary.json")).expect("written");
    assert_eq!(run.stdout, written);
    let document: Value = serde_json::from_slice(&run.stdout).expect("JSON");
    let schema = std::fs::read_to_string(format!("docs/{command}.schema.json")).expect("the schema is there");
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is a schema");
    let errors: Vec<String> = validator.iter_errors(&document).map(|e| format!("{e} at {}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let manifest: Value =
        serde_json::from_slice(&std::fs::read(place.path().join("out/manifest.json")).expect("written")).expect("JSON");
    assert_eq!(manifest, document["manifest"]);
    for name in ["report.md", &format!("{command}.csv")] {
        assert!(std::fs::metadata(place.path().join("out").join(name)).expect("written").len() > 100, "{name}");
    }
    document
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is a number"))
}

/// The crossings of the first pair: where, and their intervals.
fn crossings(document: &Value) -> Vec<[f64; 3]> {
    let all = document["pairs"][0]["average"]["crossings"].as_array().expect("a list");
    all.iter().map(|crossing| ["value", "lo", "hi"].map(|key| number(&crossing["at"][key]))).collect()
}

/// The only crossing: no further from the known answer than 4.5 standard errors, with an interval no wider than that.
fn assert_crosses(document: &Value, known: f64, widest: f64) {
    let [[value, lo, hi]] = crossings(document)[..] else { panic!("{}", document["pairs"][0]) };
    assert!(hi - lo <= widest, "{value} [{lo}, {hi}]");
    assert!(is_within(known, [value, lo, hi]), "{value} [{lo}, {hi}] is not {known}");
}

/// Whether a known answer is within 4.5 standard errors, of which a 95 % interval has two on each side.
fn is_within(known: f64, [value, lo, hi]: [f64; 3]) -> bool {
    (value - known).abs() <= SIGMAS / 2.0 * (hi - lo) / 2.0
}

/// Statistics, A.10: a fee of 300 dollars at 1.2 cents an image against 1.6 cents.
#[test]
fn a_fee_pays_from_75_000_images_on() {
    let fee = model("fee", "0.012", "[accounts.fee]\nterms.standing.fee = \"300 USD\"");
    let text = scenario("poisson.rate = \"1k/30d\"", "30d", 20, &format!("{CLASS}{fee}{}", model("pieces", "0.016", "")));
    let found = asked(&text, "break-even", &["--over", "volume=50k..100k:3", "--tolerance", "2000"]);
    assert_crosses(&found, 75_000.0, 1_000.0);
    let [[_, lo, hi]] = crossings(&found)[..] else { unreachable!("there is one") };
    assert!(lo < 75_000.0 && 75_000.0 < hi, "[{lo}, {hi}]");
    let own = &found["pairs"][0]["own"];
    let [p10, p50, p90] = ["p10", "p50", "p90"].map(|key| number(&own[key]["value"]));
    // One month's own break-even is where its own images come to 75 000, which differ by their root, 274.
    assert!(p10 < p50 && p50 < p90 && p90 - p10 > 300.0 && p90 - p10 < 2_000.0, "{p10} {p50} {p90}");
    assert_eq!((own["n"].as_u64(), number(&own["without_share"]["value"]).to_bits()), (Some(20), 0));
    let lower: Vec<&Value> =
        found["pairs"][0]["average"]["stretches"].as_array().expect("a list").iter().map(|s| &s["lower"]).collect();
    assert_eq!(lower, ["pieces".into(), Value::Null, "fee".into()].iter().collect::<Vec<&Value>>());
}

fn tiered(replications: u32) -> String {
    let strategies = "[models.\"d/draft\"]\nprice.per_image = \"0.003 USD\"\nlatency = \"1s\"\nacceptance = \"100%\"\n\
        [models.\"p/premium\"]\nprice.per_image = \"0.025 USD\"\nlatency = \"1s\"\nacceptance = \"100%\"\n\
        [strategies.premium]\nrouter.single = \"p/premium\"\n\
        [[strategies.tiered.rules]]\nwhen = { stage = \"draft\" }\nrouter.single = \"d/draft\"\n\
        [[strategies.tiered.rules]]\nrouter.single = \"p/premium\"\n";
    let journey = "[workload.journey]\nrounds = 1\nfinal = \"50%\"\nthink_time = \"1s\"\n";
    scenario("constant.rate = \"1000/1d\"", "1d", replications, &format!("{CLASS}{journey}{strategies}"))
}

/// Drafts at 0.3 cents and finals at 2.5 on a share f of them save 0.88 - f of always 2.5 cents: nothing at 88 %.
#[test]
fn drafts_pay_up_to_finals_for_88_percent() {
    let found = asked(&tiered(40), "break-even", &["--over", "workload.journey.final=50%..100%:3"]);
    assert_crosses(&found, 88.0, 1.0);
    let swept = asked(&tiered(40), "sweep", &["--over", "workload.journey.final=8%,28%,88%"]);
    for (point, share) in swept["points"].as_array().expect("a list").iter().zip([0.08, 0.28, 0.88]) {
        let saved = &point["strategies"]["tiered"]["mean_differences"]["cost_usd"];
        let [value, lo, hi] = ["value", "lo", "hi"].map(|key| -number(&saved[key]) / 25.0);
        assert!(is_within(0.88 - share, [value, hi, lo]), "{share}: {value} [{hi}, {lo}]");
    }
}

fn failing(replications: u32) -> String {
    let cheap = model("cheap", "0.025", "failure = \"20%\"\nbilling.failed = \"yes\"");
    let dear = model("dear", "0.030", "failure = \"1%\"\nbilling.failed = \"yes\"");
    scenario("constant.rate = \"2000/1d\"", "1d", replications, &format!("{CLASS}{cheap}{dear}"))
}

/// An image delivered costs price / (1 - failures): 0.03125 against 0.030303 dollars; alike at 0.0242424 dollars, or at failures
/// of 17.5 %.
#[test]
fn failures_that_are_billed_count_by_what_is_delivered() {
    let metric = ["--metric", "cost_per_delivered_usd"];
    let over = |values: &'static str| [["--over", values].as_slice(), &metric].concat();
    let found = asked(&failing(40), "break-even", &over("models.\"cheap/image\".price.per_image=0.02..0.03 USD:3"));
    assert_crosses(&found, 0.8 * 0.030 / 0.99, 2e-4);
    let found = asked(&failing(40), "break-even", &over("models.\"cheap/image\".failure=5%..30%:3"));
    assert_crosses(&found, 17.5, 1.0);
    let swept = asked(&failing(40), "sweep", &over("models.\"cheap/image\".failure=20%"));
    for (name, known) in [("cheap", 0.031_25), ("dear", 0.030 / 0.99)] {
        let mean = &swept["points"][0]["strategies"][name]["metrics"]["cost_per_delivered_usd"]["mean"];
        assert!(is_within(known, ["value", "lo", "hi"].map(|key| number(&mean[key]))), "{name}: {mean}");
    }
    assert_eq!((&swept["points"][0]["lowest"], &swept["points"][0]["surely_lowest"]), (&"dear".into(), &true.into()));
}

/// Three attempts at failures of 20 %: 1.24 attempts, 99.2 % delivered, 5 cents an image at 4 cents an attempt.
#[test]
fn three_attempts_at_one_in_five() {
    let retry = "[models.\"a/image\"]\nprice.per_image = \"0.04 USD\"\nlatency = \"1s\"\nfailure = \"20%\"\nbilling.failed = \"yes\"\n\
        [strategies.retries]\nrouter.single = \"a/image\"\nretry.attempts = 3\n";
    let text = scenario("constant.rate = \"2000/1d\"", "1d", 40, &format!("{CLASS}{retry}"));
    let swept = asked(&text, "sweep", &["--over", "strategies.retries.retry.attempts=3", "--metric", "cost_per_delivered_usd"]);
    let metrics = &swept["points"][0]["strategies"]["retries"]["metrics"];
    for (metric, known) in [("attempts_per_request", 1.24), ("delivered_share", 0.992), ("cost_per_delivered_usd", 0.05)] {
        let mean = &metrics[metric]["mean"];
        assert!(is_within(known, ["value", "lo", "hi"].map(|key| number(&mean[key]))), "{metric}: {mean}");
    }
}

/// A cache at half the price is worth half of its hits: 4 cents with a share h of hits cost as much as 3.2 at 40 %.
#[test]
fn a_cache_at_half_price_is_worth_half_of_its_hits() {
    let cached = model("cached", "0.04", "cache = { price = \"50%\", ttl = \"30d\", latency = \"1s\" }");
    let prompts = "[workload.prompts]\nrepeats = \"100%\"\ncacheable = \"40%\"\npopularity.uniform.prompts = 1\n";
    let text =
        scenario("constant.rate = \"4000/1d\"", "1d", 40, &format!("{CLASS}{prompts}{cached}{}", model("plain", "0.032", "")));
    let found = asked(&text, "break-even", &["--over", "workload.prompts.cacheable=10%..90%:3"]);
    assert_crosses(&found, 40.0, 1.0);
    let swept = asked(&text, "sweep", &["--over", "workload.prompts.cacheable=1%,50%,100%"]);
    for (point, hits) in swept["points"].as_array().expect("a list").iter().zip([0.01, 0.5, 1.0]) {
        let cost = number(&point["strategies"]["cached"]["metrics"]["cost_usd"]["mean"]["value"]) / 160.0;
        // Among 4000 the share of hits has a standard error of 0.8 %, and the mean of 40 of 0.13 %.
        assert!((cost - (1.0 - hits / 2.0)).abs() < 0.003, "{hits}: {cost}");
    }
}

/// 10 % on 2 cents against 2000 dollars a month: a million images, in requests of a hundred.
#[test]
fn a_markup_is_worth_two_thousand_dollars_from_a_million_images_on() {
    let aggregator = model("aggregator", "0.02", "[accounts.aggregator]\nterms.markup = \"10%\"");
    let direct = model("direct", "0.02", "[accounts.direct]\nterms.standing.fee = \"2000 USD\"");
    let text = scenario("poisson.rate = \"1k/30d\"", "30d", 20, &format!("{CLASS}n = 100\n{aggregator}{direct}"));
    let over = ["--over", "volume=5k..20k:4", "--tolerance", "500", "--between", "aggregator", "direct"];
    assert_crosses(&asked(&text, "break-even", &over), 10_000.0, 200.0);
}

/// 5 dollars and 1 cent up to 2000 images and 2 cents beyond, against 1.5 cents: alike at 1000 and at 3000 images.
#[test]
fn tiers_give_two_crossings() {
    let tiers =
        "[accounts.tiers]\nterms.standing.fee = \"5 USD\"\nterms.volume.by.images = [{ above = 2000, price = \"0.02 USD\" }]";
    let models = format!("{}{}", model("tiers", "0.01", tiers), model("flat", "0.015", ""));
    let text = scenario("poisson.rate = \"1k/30d\"", "30d", 60, &format!("{CLASS}{models}"));
    let found = asked(&text, "break-even", &["--over", "volume=400..4000:10", "--between", "tiers", "flat"]);
    let all = crossings(&found);
    assert_eq!(all.len(), 2, "{all:?}");
    for ([value, lo, hi], known) in all.into_iter().zip([1_000.0, 3_000.0]) {
        assert!(is_within(known, [value, lo, hi]) && hi - lo < 60.0, "{value} [{lo}, {hi}]");
    }
    let pieces = found["pairs"][0]["average"]["pieces"].as_array().expect("a list").len();
    let below = |at: usize| found["pairs"][0]["average"]["crossings"][at]["lower_below"].clone();
    assert_eq!((pieces, below(0), below(1)), (2, "b".into(), "a".into()));
    // Where months have two, it is the first that counts.
    assert!((number(&found["pairs"][0]["own"]["p50"]["value"]) - 1_000.0).abs() < 60.0);
}

#[test]
fn a_price_that_is_never_met_has_no_break_even() {
    let text = scenario(
        "poisson.rate = \"1k/30d\"",
        "30d",
        20,
        &format!("{CLASS}{}{}", model("low", "0.01", ""), model("high", "0.02", "")),
    );
    let found = asked(&text, "break-even", &["--over", "volume=100..4000:3"]);
    let average = &found["pairs"][0]["average"];
    assert_eq!((average["crossings"].as_array().map(Vec::len), average["pieces"].as_array().map(Vec::len)), (Some(0), Some(0)));
    assert_eq!(average["stretches"].as_array().expect("a list").len(), 1);
    assert_eq!((&average["stretches"][0]["lower"], &found["pairs"][0]["own"]["p50"]), (&"low".into(), &Value::Null));
    assert!((number(&found["pairs"][0]["own"]["without_share"]["value"]) - 1.0).abs() < 1e-12);
}

/// The piece of the confidence set goes on beyond a range that ends where the interval does not exclude zero yet.
#[test]
fn a_piece_that_goes_beyond_the_range_is_said_to() {
    let found = asked(&tiered(5), "break-even", &["--over", "workload.journey.final=60%..88.1%:3"]);
    let pieces = found["pairs"][0]["average"]["pieces"].as_array().expect("a list").clone();
    assert!(pieces.len() == 1 && pieces[0]["lo"].is_number() && pieces[0]["hi"].is_null(), "{pieces:?}");
}

/// Only whole numbers of rounds make sense: it is found between two of them, and nothing else is run.
#[test]
fn whole_numbers_are_found_out() {
    let models = "[models.\"a/cheap\"]\nprice.per_image = \"0.01 USD\"\nlatency = \"1s\"\nacceptance = \"10%\"\n\
        [models.\"a/good\"]\nprice.per_image = \"0.03 USD\"\nlatency = \"1s\"\nacceptance = \"100%\"\n\
        [strategies.cheap]\nrouter.single = \"a/cheap\"\n[strategies.good]\nrouter.single = \"a/good\"\n";
    let journey = "[workload.journey]\nrounds = 3\nthink_time = \"1s\"\n";
    let text = scenario("constant.rate = \"500/1d\"", "1d", 20, &format!("{CLASS}{journey}{models}"));
    let found = asked(&text, "break-even", &["--over", "workload.journey.rounds=1..9:5"]);
    // 1 + 0.9 + 0.81 + 0.729 = 3.44 rounds are the first above 3.
    let [[value, ..]] = crossings(&found)[..] else { panic!("{found}") };
    assert!(found["over"]["whole"] == true && value > 3.0 && value < 4.0, "{value}");
    assert!(found["places"].as_array().expect("a list").iter().all(|place| number(&place["number"]).fract() == 0.0));
}
