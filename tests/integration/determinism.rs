//! Results depend on the scenario and the seed, and on nothing else.

use spendcast::experiment::{Results, Row, Settings, Summary};
use spendcast::scenario::Compiled;

use crate::fixture::{self, Unnumbered, compile, run, run_with, unnumbered};

const STRATEGIES: [(&str, &str); 4] = [
    ("single", "router.single = \"premium/model\"\nretry = { attempts = 3 }"),
    (
        "tiered",
        "retry = { attempts = 2 }\nrules = [ { when.stage = \"draft\", router.single = \"draft/model\" }, \
         { router.fallback = [\"premium/model\", \"other/model\"] } ]",
    ),
    ("weighted", "router.weighted = { \"premium/model\" = 3, \"other/model\" = 1 }\nretry = { attempts = 2 }\ntimeout = \"20s\""),
    (
        "cached",
        "router.single = \"other/model\"\ncache.exact = { size = \"30MB\", evict = \"lfu\", ttl = \"6h\", variants = 2, coalesce = true, \
         outages = { between.exponential.mean = \"5h\", lasts = \"1h\" } }\n\
         cache.semantic = { share = \"10%\", false_hits = \"20%\" }",
    ),
];

/// A scenario in which everything happens: limits, failures, filters, timeouts, retries, journeys, noise.
fn scenario(strategies: &[(&str, &str)], price: &str) -> String {
    let strategies: Vec<String> = strategies.iter().map(|(name, body)| format!("[strategies.{name}]\n{body}\n")).collect();
    format!(
        r#"
title = "Everything at once"
start = 2026-03-28
time_zone = "Europe/Berlin"
horizon = "3d"
replications = 24
seed = 11
budget = "40 USD"

[workload.arrivals.nonhomogeneous]
rate = "600/d"
day = [1,1,1,1,1,1,2,4,8,9,9,9,6,9,9,9,9,8,6,5,4,3,2,1]
week = [5,5,5,5,5,2,2]
growth = {{ by = "10%", per = "7d" }}
day_noise = "23%"

[workload.classes.avatar]
share = "70%"
size = "1024x1024"
prompt_tokens.lognormal = {{ p50 = 60, p95 = 180 }}
[workload.classes.banner]
share = "30%"
size = "1792x1024"
n.weights = {{ "1" = "60%", "4" = "40%" }}

[workload.prompts]
repeats = "50%"
cacheable = "60%"
popularity.zipf.prompts = 30

[workload.journey]
rounds = 5
final = "30%"
think_time.lognormal = {{ p50 = "67s", sigma = 1.01 }}
after_error = {{ again = "50%", at_most = 2 }}

[models."premium/model"]
price.table = {{ standard = {{ "1024x1024" = "{price}", "1792x1024" = "0.08 USD" }} }}
latency.lognormal = {{ p50 = "8s", p95 = "18s" }}
failure = "4%"
filter.rate = "3%"
billing = {{ failed = "yes", filtered = "yes" }}
limits.images = "5/min"
acceptance = "70%"

[models."draft/model"]
price.per_image = "0.003 USD"
latency.lognormal = {{ p50 = "2s", p95 = "5s" }}
failure = "2%"
limits.in_flight = 4
acceptance = "45%"

[models."other/model"]
price.per_image = "0.015 USD"
latency.exponential = {{ mean = "9s" }}
filter.rate = "1%"
acceptance = "60%"

{}
"#,
        strategies.join("\n")
    )
}

fn results(compiled: &Compiled, settings: Settings) -> Results {
    Results { budget: "40 USD".parse().ok(), ..fixture::results(compiled, run_with(compiled, settings)) }
}

#[test]
fn threads_and_batches_change_nothing() {
    let (compiled, settings) = compile(&scenario(&STRATEGIES, "0.04 USD"));
    let reference = results(&compiled, Settings { threads: 1, batch: 24, ..settings });
    assert!(reference.rows.iter().any(|row| row.failed > 0 && row.filtered > 0 && row.wasted.picos() > 0));
    for (threads, batch) in [(2, 24), (7, 24), (7, 5), (2, 1)] {
        let other = results(&compiled, Settings { threads, batch, ..settings });
        assert_eq!(reference, other, "{threads} threads, batches of {batch}");
    }
}

/// Rows of one strategy, without its number and those of deployments.
fn rows_of(name: &str, strategies: &[(&str, &str)]) -> Vec<Unnumbered> {
    let (compiled, settings) = compile(&scenario(strategies, "0.04 USD"));
    let results = results(&compiled, settings);
    let index = results.strategies.iter().position(|known| known == name).expect("it is there");
    results.of(index).map(|row| unnumbered(row, &results.payees)).collect()
}

#[test]
fn other_strategies_change_nothing() {
    let reversed: Vec<_> = STRATEGIES.iter().rev().copied().collect();
    for (index, (name, _)) in STRATEGIES.iter().enumerate() {
        let alone = rows_of(name, &STRATEGIES[index..=index]);
        assert_eq!(alone, rows_of(name, &STRATEGIES), "{name} with the others");
        assert_eq!(alone, rows_of(name, &reversed), "{name} in another order");
    }
}

#[test]
fn more_replications_leave_the_first_ones_as_they_are() {
    let text = scenario(&STRATEGIES, "0.04 USD");
    let (few, many) = (run(&text), run(&text.replace("replications = 24", "replications = 40")));
    assert_eq!(few.rows[..], many.rows[..few.rows.len()]);
}

/// Every price doubled: every money figure doubles exactly, and nothing else moves.
#[test]
fn doubled_prices_double_the_money_and_nothing_else() {
    let text = scenario(&STRATEGIES, "0.04 USD");
    let other = text.replace(
        r#"{ "1024x1024" = "0.04 USD", "1792x1024" = "0.08 USD" }"#,
        r#"{ "1024x1024" = "0.08 USD", "1792x1024" = "0.16 USD" }"#,
    );
    let other = other.replace("0.003 USD", "0.006 USD").replace("0.015 USD", "0.030 USD");
    let ((once, settings), (twice, _)) = (compile(&text), compile(&other));
    let (once, twice) = (results(&once, settings), results(&twice, settings));
    for (a, b) in once.rows.iter().zip(&twice.rows) {
        let spend = a.spend.iter().map(|usd| *usd * 2).collect();
        let (booked, gaps, retried) = (a.booked * 2, a.gaps.map(|amount| amount * 2), a.retried * 2);
        let listed = a.listed * 2;
        assert_eq!(&Row { listed, cost: a.cost * 2, wasted: a.wasted * 2, booked, gaps, retried, spend, ..a.clone() }, b);
    }
    let figures = |results: &Results| -> Vec<f64> {
        let summary = Summary::of(results);
        let mut all = Vec::new();
        for strategy in &summary.strategies {
            let cost = strategy.cost().expect("there is a cost");
            let sd = cost.sd.expect("many replications");
            for e in [cost.mean, sd, cost.p10, cost.p50, cost.p90, cost.p95, cost.p99, cost.cvar95] {
                all.extend([Some(e.value), e.lo, e.hi].into_iter().flatten());
            }
        }
        all
    };
    let doubled: Vec<f64> = figures(&once).iter().map(|figure| figure * 2.0).collect();
    assert_eq!(doubled, figures(&twice));
}

#[test]
fn two_identical_strategies_differ_by_nothing() {
    let twins = [("one", STRATEGIES[1].1), ("two", STRATEGIES[1].1)];
    let (compiled, settings) = compile(&scenario(&twins, "0.04 USD"));
    let results = results(&compiled, settings);
    let summary = Summary::of(&results);
    let comparison = summary.against_baseline()[0];
    for (metric, difference) in comparison.metrics.iter() {
        let Some(difference) = difference else { continue };
        let mean = difference.mean;
        assert_eq!((mean.value, mean.lo, mean.hi), (0.0, Some(0.0), Some(0.0)), "{metric:?}");
        assert!(difference.p_lower.value == 0.0, "{metric:?}");
    }
}
