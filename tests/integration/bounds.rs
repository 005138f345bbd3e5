//! Bounds with hindsight: no strategy beats its own, in any replication of any plan; and what they are where it is known.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};
use spendcast::experiment::{Metric, Objectives, Row, Run, Settings, Summary};
use spendcast::scenario::{Compiled, load_and_compile};
use spendcast::units::Usd;

use crate::features::worlds;
use crate::fixture::{assert_mean, compile, results, run, run_with, world};
use crate::random_plans::cases;

/// What was met: figures that are bounds without being trivial.
#[derive(Debug, Default)]
struct Tally {
    rows: u32,
    costs: u32,
    best_costs: u32,
    times: u32,
    shares: u32,
    accepted: u32,
}

impl Tally {
    /// No strategy is better than its bound.
    fn check(&mut self, row: &Row) {
        let bounds = row.bounds.expect("asked for").0;
        assert!(bounds.cost <= row.cost, "{} USD for at least {}: {row:?}", row.cost, bounds.cost);
        assert!(bounds.time_to_image_sum <= row.time_to_image_sum, "{bounds:?}: {row:?}");
        assert!(row.delivered <= bounds.delivered && bounds.delivered <= row.requests, "{bounds:?}: {row:?}");
        self.rows += 1;
        self.costs += u32::from(bounds.cost > Usd::ZERO);
        self.best_costs += u32::from(bounds.cost > Usd::ZERO && bounds.cost == row.cost);
        self.times += u32::from(bounds.time_to_image_sum > 0);
        self.shares += u32::from(bounds.delivered < row.requests);
        self.accepted += u32::from(bounds.cost > Usd::ZERO && row.accepted.is_some());
    }
}

fn with_bounds(compiled: &Compiled, settings: Settings) -> Run {
    run_with(compiled, Settings { threads: 1, bounds: Objectives::ALL, ..settings })
}

/// Runs random scenarios with their bounds, and without: all else is the same.
fn check(texts: impl Strategy<Value = String>, cases: u32) -> Tally {
    let tally = RefCell::new(Tally::default());
    let config =
        ProptestConfig { cases, failure_persistence: None, rng_seed: RngSeed::Fixed(20_260_404), ..ProptestConfig::default() };
    let checked = TestRunner::new(config).run(&texts, |text| {
        let (compiled, settings) = compile(&text);
        let run = with_bounds(&compiled, settings);
        run.rows.iter().for_each(|row| tally.borrow_mut().check(row));
        let alone: Vec<Row> = run.rows.into_iter().map(|row| Row { bounds: None, ..row }).collect();
        let without = run_with(&compiled, Settings { threads: 1, ..settings }).rows;
        prop_assert!(alone == without, "bounds have moved something");
        Ok(())
    });
    checked.unwrap_or_else(|failure| panic!("{failure}"));
    tally.into_inner()
}

#[test]
fn no_strategy_beats_its_bounds() {
    let texts = cases().prop_map(|case| case.text(0..case.strategies.len()));
    let met = check(texts, 300);
    let counts = [met.costs, met.best_costs, met.times, met.shares, met.accepted];
    assert!(counts.iter().all(|count| *count > 50), "{met:?}");
}

/// The same with everything that providers may have: terms, moving prices, caches, lives, gateways, incidents, unknown billing.
#[test]
fn no_strategy_beats_its_bounds_whatever_providers_have() {
    let texts = worlds().prop_map(|world| world.text(0..world.strategies.len()));
    let met = check(texts, 200);
    let counts = [met.costs, met.times, met.shares, met.accepted];
    assert!(counts.iter().all(|count| *count > 20), "{met:?}");
}

/// The same with what strategies may have: caches, copies, checkers, queues, and users who try again.
#[test]
fn no_strategy_beats_its_bounds_whatever_it_has() {
    let rest = r#"
[workload.journey]
rounds = 3
final = "40%"
think_time.exponential.mean = "20s"
after_error = { again = "70%", at_most = 3 }
[workload.prompts]
repeats = "60%"
cacheable = "70%"
popularity.zipf.prompts = 20
categories = { nsfw = "10%" }
[models."a/cheap"]
price.per_image = "0.003 USD"
latency.exponential.mean = "9s"
acceptance = "30%"
failure = { rate = "20%", sticky = "60%", to = "user" }
filter = { rates = { nsfw = "80%" }, rate = "10%" }
limits.in_flight = 4
[models."b/dear"]
price.tokens = { input_per_million = "5 USD", output_per_million = "40 USD", image_tokens.standard = { "1024x1024" = 1056 }, thinking = { per_million = "12 USD", tokens.lognormal = { p50 = 200, p95 = 900 } } }
latency.lognormal = { p50 = "4s", p95 = "12s" }
acceptance = "70%"
failure = "10%"
filter = { rate = "20%", answer = "empty", verdict_after = "1s" }
[models."c/slow"]
price.per_second = { price = "0.0015 USD" }
latency.uniform = { low = "5s", high = "30s" }
acceptance = "80%"
cache = { price = "10%", ttl = "1h", latency = "100ms" }
[strategies.exact]
router.fallback = ["a/cheap", "b/dear"]
cache.exact = { size = "1GB", ttl = "24h", coalesce = true }
[strategies.semantic]
router.single = "b/dear"
cache.semantic = { share = "30%", false_hits = "40%", latency = "0s" }
[strategies.hedged]
router.weighted = { "a/cheap" = 1, "b/dear" = 1, "c/slow" = 1 }
hedge = { after = "3s", copies = 2 }
retry = { attempts = 3 }
[strategies.cascade]
router.cascade.models = ["a/cheap", "b/dear", "c/slow"]
[strategies.queue]
router.single = "c/slow"
parallel = { requests = 2, queue = 5 }
timeout = "20s"
[strategies.plain]
router.fallback = ["a/cheap", "c/slow", "b/dear"]
"#;
    // A bound is for all that the scenario has: with the caches, and without them.
    let text = world("poisson.rate = \"300/h\"", "2h", 6, rest);
    let without = ["cache.exact", "cache.semantic"]
        .iter()
        .fold(text.clone(), |text, cache| text.lines().filter(|line| !line.starts_with(cache)).collect::<Vec<_>>().join("\n"));
    let mut met = Tally::default();
    for text in [text, without] {
        let (compiled, settings) = compile(&text);
        with_bounds(&compiled, settings).rows.iter().for_each(|row| met.check(row));
    }
    assert!(met.rows == 72 && met.costs == 72 && met.times == 72, "{met:?}");
}

fn scenarios(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder is there").map(|entry| entry.expect("readable").path());
    let mut files: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|kind| kind == "toml")).collect();
    files.sort();
    files
}

/// The same for all that strategies may have, as far as shipped scenarios use it: every router, caches, hedges, queues, budgets.
#[test]
fn no_shipped_strategy_beats_its_bounds() {
    let mut met = Tally::default();
    for path in scenarios("scenarios").into_iter().chain(scenarios("scenarios/article")) {
        let sets = [("bounds", "true"), ("replications", "1")].map(|(key, value)| (key.to_owned(), value.to_owned()));
        let open = |path: &Path| fs::File::open(path).map(|file| Box::new(file) as Box<dyn std::io::Read>);
        let loaded = load_and_compile(&path, &sets, &|path| fs::read(path), &open);
        let (loaded, compiled) = loaded.unwrap_or_else(|_| panic!("{} has mistakes", path.display()));
        let settings = Settings { seed: 5, replications: 1, threads: 1, batch: 1, bounds: loaded.scenario.bounds.0 };
        run_with(&compiled, settings).rows.iter().for_each(|row| met.check(row));
    }
    assert!(met.rows > 60 && met.costs > 40 && met.times > 40, "{met:?}");
}

fn bound(row: &Row) -> f64 {
    row.bounds.expect("asked for").0.cost.to_f64()
}

fn of(rows: &[Row], strategy: u16) -> Vec<Row> {
    rows.iter().filter(|row| row.strategy == strategy).cloned().collect()
}

/// Prices p1 < p2, filters that refuse f1 and f2 independently. Whoever asks both in turn delivers all that either lets pass; the
/// least is p1 (1 - f1) + p2 f1 (1 - f2) a request. Whoever asks the second alone could have had the first for a share of 1 - f1.
#[test]
fn two_prices_and_two_filters() {
    let rest = r#"
[models."a/cheap"]
price.per_image = "0.01 USD"
latency = "2s"
filter.rate = "30%"
[models."b/dear"]
price.per_image = "0.04 USD"
latency = "5s"
filter.rate = "20%"
[strategies.both]
router.fallback = ["a/cheap", "b/dear"]
[strategies.dear]
router.single = "b/dear"
"#;
    let text = format!("bounds = true\n{}", world("poisson.rate = \"5000/d\"", "1d", 200, rest));
    let rows = run(&text).rows;
    let (p1, p2, f1, f2) = (0.01, 0.04, 0.3, 0.2);
    let both = p1 * (1.0 - f1) + p2 * f1 * (1.0 - f2);
    assert_mean(&of(&rows, 0), |row| bound(row) - both * row.requests as f64, 0.0, "both");
    let dear = (1.0 - f2) * (p1 * (1.0 - f1) + p2 * f1);
    assert_mean(&of(&rows, 1), |row| bound(row) - dear * row.requests as f64, 0.0, "the dear one alone");
    let share = |row: &Row| row.bound_delivered().expect("asked for") as f64 - (1.0 - f1 * f2) * row.requests as f64;
    assert_mean(&of(&rows, 1), share, 0.0, "what could have been delivered");
    // The cheap one takes 2 s, and 5 s are taken where it refuses.
    let time = |row: &Row| row.bound_time_to_image_sum().expect("asked for") as f64 / 1e6;
    let shortest = 2.0 * (1.0 - f1) + 5.0 * f1;
    assert_mean(&of(&rows, 1), |row| time(row) - shortest * row.delivered as f64, 0.0, "the shortest time");
    // Nobody who tries the cheap one first, and pays for no refusal, can pay less.
    assert!(of(&rows, 0).iter().all(|row| row.bound_cost() == Some(row.cost) && row.bound_delivered() == Some(row.delivered)));
}

fn journeys(more: &str) -> Vec<Row> {
    let rest = format!(
        r#"
[workload.journey]
rounds = 2
think_time = "60s"
{more}
[models."a/cheap"]
price.per_image = "0.003 USD"
latency = "2s"
acceptance = "30%"
[models."b/dear"]
price.per_image = "0.025 USD"
latency = "5s"
acceptance = "70%"
[strategies.dear]
router.single = "b/dear"
[strategies.cheap]
router.single = "a/cheap"
"#
    );
    run(&format!("bounds = [\"cost\"]\n{}", world("poisson.rate = \"2000/d\"", "1d", 300, &rest))).rows
}

/// The cost of the cheapest course of two rounds at most, a journey: the user accepts what has an acceptance above the round's draw,
/// the same for both models. Accepted at once of the cheap one: p1. Of the dear one only: two cheap ones, where the second would be
/// accepted, or the dear one. Of none: a cheap one in vain, then whichever is accepted.
fn cheapest_course() -> f64 {
    let (p1, p2, a1, a2) = (0.003, 0.025, 0.3, 0.7);
    let second = a1 * (p1 + p1) + (a2 - a1) * (p1 + p2);
    a1 * p1 + (a2 - a1) * (a1 * (p1 + p1) + (1.0 - a1) * p2) + (1.0 - a2) * second
}

#[test]
fn the_cheapest_course_of_two_rounds() {
    let rows = journeys("");
    assert_mean(&of(&rows, 0), |row| bound(row) - cheapest_course() * row.journeys as f64, 0.0, "the dear one's users");
    // Who is content with the cheap one is so in the first round or in the second.
    let cheap = 0.003 * (0.3 + 0.7 * 0.3 * 2.0);
    // Of those who are not in the first, none is served by a dear image for less than two cheap ones.
    assert_mean(&of(&rows, 1), |row| bound(row) - cheap * row.journeys as f64, 0.0, "the cheap one's users");
    assert!(rows.iter().all(|row| row.bound_time_to_image_sum().is_none() && row.bound_delivered().is_none()));
}

/// A final is bought on top where drafts are smaller than it; where they are not, an accepted draft is one.
#[test]
fn finals_cost_the_least_there_is() {
    let accepted = 1.0 - 0.3 * 0.3;
    for (more, finals) in [("final = \"40%\"\ndraft_size = \"512x512\"", 0.4), ("final = \"40%\"", 0.0)] {
        let least = cheapest_course() + finals * accepted * 0.003;
        let rows = of(&journeys(more), 0);
        assert_mean(&rows, |row| bound(row) - least * row.journeys as f64, 0.0, more);
    }
}

/// One model that nothing hinders is its own bound, whatever its price does: as dear as it was, and as fast.
#[test]
fn one_model_alone_is_its_own_bound() {
    for model in [
        "price.per_image = \"0.04 USD\"\nlatency.exponential.mean = \"9s\"",
        "price.per_image = \"0.04 USD\"\nlatency = \"0s\"\nmoves.mean_reverting = { sd = 0.4, half_life = \"30min\" }",
        "price.per_image = \"0.04 USD\"\nlatency = \"0s\"\nmoves.dated = [{ from = 2026-01-01T12:00:00, factor = 0.5 }]",
        "price.per_image = \"0.04 USD\"\nlatency = \"0s\"\nprice_changes = [{ from = 2026-01-01T12:00:00, price.per_image = \"0.01 USD\" }]",
        "price.per_image = \"0.04 USD\"\nlatency = \"3s\"\nlife.shutdown = 2026-01-01T12:00:00",
        "price.per_image = \"0.04 USD\"\nlatency = \"3s\"\nterms.markup = \"-25%\"\nfailure.rate = \"0%\"",
        "price.per_image = \"0.04 USD\"\nlatency = \"3s\"\nfilter.rate = \"10%\"",
    ] {
        let rest = format!("[models.\"a/only\"]\n{model}\n[strategies.only]\nrouter.single = \"a/only\"\n");
        let rows = run(&format!("bounds = true\n{}", world("poisson.rate = \"500/d\"", "1d", 3, &rest))).rows;
        for row in &rows {
            let own = (Some(row.cost), Some(row.time_to_image_sum), Some(row.delivered));
            let bounds = (row.bound_cost(), row.bound_time_to_image_sum(), row.bound_delivered());
            assert!(row.delivered > 0 && row.cost > Usd::ZERO && bounds == own, "{model}: {bounds:?} {own:?}");
        }
    }
}

/// Where it is not known what a delivery costs at least, nothing is said; a fee comes on top of what is known.
#[test]
fn what_may_be_free_bounds_nothing() {
    let rest = |terms: &str| {
        let model = "[models.\"a/only\"]\nprice.per_image = \"0.04 USD\"\nlatency = \"0s\"\n";
        format!("{model}[accounts.a.terms]\n{terms}\n[strategies.only]\nrouter.single = \"a/only\"\n")
    };
    let rows = |terms: &str| run(&format!("bounds = true\n{}", world("constant.rate = \"24/d\"", "1d", 1, &rest(terms)))).rows;
    let bound = |terms: &str| rows(terms)[0].bound_cost().map(Usd::to_f64);
    assert_eq!(bound("standing = { fee = \"5 USD\", every = \"month\" }"), Some(24.0 * 0.04));
    assert_eq!(bound("free.amount.images = 1"), Some(0.0));
}

/// The figures of a summary: multiples of what is bounded, and none where the bound is nothing.
#[test]
fn multiples_are_of_the_sums() {
    let rest = "[models.\"a/cheap\"]\nprice.per_image = \"0.01 USD\"\nlatency = \"2s\"\n[models.\"b/dear\"]\nprice.per_image = \"0.04 USD\"\n\
                latency = \"5s\"\n[strategies.dear]\nrouter.single = \"b/dear\"\n[strategies.cheap]\nrouter.single = \"a/cheap\"\n";
    let (compiled, settings) = compile(&format!("bounds = true\n{}", world("poisson.rate = \"500/d\"", "1d", 20, rest)));
    let summary = Summary::of(&results(&compiled, run_with(&compiled, settings)));
    let value = |strategy: usize, metric| summary.strategies[strategy].metrics.get(metric).map(|d| d.mean.value);
    let near = |value: Option<f64>, expected: f64| assert!(value.is_some_and(|x| (x - expected).abs() < 1e-9), "{value:?}");
    near(value(0, Metric::CostOverBound), 4.0);
    near(value(1, Metric::CostOverBound), 1.0);
    near(value(0, Metric::TimeOverBound), 2.5);
    near(value(0, Metric::TimeToImageMean), 5.0);
    near(value(0, Metric::BoundTimeToImageMean), 2.0);
    near(value(1, Metric::BoundDeliveredShare), 1.0);
}
