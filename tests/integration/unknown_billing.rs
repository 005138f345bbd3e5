//! Unknown billing: the results without what is unknown are those with "no", and with it those with "yes", to the picodollar.

use spendcast::experiment::{Row, Summary};

use crate::fixture::{compile, results, run_with, world};

/// Two providers; every outcome that may be unknown happens at both.
fn text(rule: &str, other: &str) -> String {
    let model = |name: &str, price: &str, rule: &str| {
        let rules = ["failed", "blocked_before", "timed_out", "rate_limited"].map(|key| format!("{key} = \"{rule}\"")).join(", ");
        format!(
            "[models.\"{name}\"]\n{price}\nlatency.exponential.mean = \"9s\"\nfailure = {{ rate = \"10%\", sticky = \"40%\" }}\n\
             filter = {{ rate = \"6%\", correlation = \"30%\", verdict_after = \"1s\" }}\nbilling = {{ {rules} }}\nlimits.in_flight = 1\nacceptance = \"60%\"\n"
        )
    };
    let tokens = "price.tokens = { input_per_million = \"5 USD\", output_per_million = \"40 USD\", image_tokens.standard.\"1024x1024\" = 1056 }";
    let models = model("p/a", "price.per_image = \"0.0423 USD\"", rule) + &model("q/b", tokens, other);
    let journey = "[workload.journey]\nrounds = 3\nfinal = \"30%\"\nthink_time.exponential.mean = \"20s\"\nafter_error = { again = \"50%\", at_most = 2 }\n";
    let strategies = "[strategies.one]\nrouter.fallback = [\"p/a\", \"q/b\"]\nretry = { attempts = 3 }\ntimeout = \"20s\"\n\
        [strategies.other]\nrouter.weighted = { \"p/a\" = 1, \"q/b\" = 2 }\ntimeout = \"30s\"\n";
    world("poisson.rate = \"12/min\"", "6h", 20, &format!("{journey}{models}{strategies}"))
}

fn rows(rule: &str, other: &str) -> Vec<Row> {
    let (compiled, settings) = compile(&text(rule, other));
    run_with(&compiled, settings).rows
}

/// All but money and what is unknown.
fn course(row: &Row) -> Row {
    Row {
        cost: spendcast::units::Usd::ZERO,
        wasted: spendcast::units::Usd::ZERO,
        doubts: Vec::new(),
        spend: Vec::new(),
        ..row.clone()
    }
}

#[test]
fn both_ends_are_the_two_scenarios() {
    let (unknown, no, yes) = (rows("unknown", "unknown"), rows("no", "no"), rows("yes", "yes"));
    for ((unknown, no), yes) in unknown.iter().zip(&no).zip(&yes) {
        assert_eq!((unknown.cost, unknown.wasted, &unknown.spend), (no.cost, no.wasted, &no.spend));
        assert_eq!((unknown.cost + unknown.unknown(), unknown.wasted + unknown.unknown()), (yes.cost, yes.wasted));
        assert_eq!((course(unknown), course(unknown)), (course(no), course(yes)));
        assert!(unknown.doubts.len() == 8 && unknown.doubts.iter().all(|amount| amount.picos() > 0), "{:?}", unknown.doubts);
    }
}

/// What is known of one provider is billed, whatever is unknown of the other.
#[test]
fn each_rule_is_on_its_own() {
    let (unknown, mixed, no) = (rows("unknown", "unknown"), rows("yes", "unknown"), rows("yes", "no"));
    for ((unknown, mixed), no) in unknown.iter().zip(&mixed).zip(&no) {
        assert_eq!((mixed.cost, mixed.doubts.len()), (no.cost, 4));
        assert_eq!(mixed.doubts[..], unknown.doubts[4..]);
        assert_eq!(mixed.cost, unknown.cost + unknown.doubts[..4].iter().copied().sum());
    }
}

/// The summary's interval: from the mean cost with "no" to that with "yes".
#[test]
fn the_summary_goes_from_one_end_to_the_other() {
    let summary = |rule: &str| {
        let (compiled, settings) = compile(&text(rule, rule));
        Summary::of(&results(&compiled, run_with(&compiled, settings)))
    };
    let [unknown, no, yes] = ["unknown", "no", "yes"].map(summary);
    for ((unknown, no), yes) in unknown.strategies.iter().zip(&no.strategies).zip(&yes.strategies) {
        let mean = |summary: &spendcast::experiment::StrategySummary| summary.cost().expect("there is a cost").mean;
        assert_eq!(mean(unknown), mean(no));
        let billed = unknown.if_billed.as_ref().expect("something is unknown").metrics.iter().next();
        let billed = billed.and_then(|(_, cost)| cost.as_ref()).expect("cost comes first");
        assert_eq!(billed.mean, mean(yes));
    }
}
