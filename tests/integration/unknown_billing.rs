//! Unknown billing: the results without what is unknown are those with "no", and with it those with "yes", to the picodollar.

use spendcast::experiment::{Row, Summary};
use spendcast::scenario::Compiled;

use crate::fixture::{compile, more_if, results, run_with, world};

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

fn rows(rule: &str, other: &str) -> (Compiled, Vec<Row>) {
    let (compiled, settings) = compile(&text(rule, other));
    let rows = run_with(&compiled, settings).rows;
    (compiled, rows)
}

/// All but money and what is unknown.
fn course(row: &Row) -> Row {
    Row {
        cost: spendcast::units::Usd::ZERO,
        wasted: spendcast::units::Usd::ZERO,
        gaps: Default::default(),
        retried: spendcast::units::Usd::ZERO,
        cases: Vec::new(),
        spend: Vec::new(),
        ..row.clone()
    }
}

#[test]
fn both_ends_are_the_two_scenarios() {
    let ((compiled, unknown), (_, no), (_, yes)) = (rows("unknown", "unknown"), rows("no", "no"), rows("yes", "yes"));
    assert_eq!(compiled.doubts.len(), 8);
    for ((unknown, no), yes) in unknown.iter().zip(&no).zip(&yes) {
        assert_eq!((unknown.cost, unknown.wasted, &unknown.spend), (no.cost, no.wasted, &no.spend));
        let all = more_if(&compiled, unknown, |_| true);
        assert_eq!((unknown.cost + all.cost, unknown.wasted + all.wasted), (yes.cost, yes.wasted));
        assert_eq!((course(unknown), course(unknown)), (course(no), course(yes)));
        for rule in &compiled.doubts {
            // What comes late and was failed or refused is billed if two rules say so.
            let alone = more_if(&compiled, unknown, |other| other == rule).cost.picos();
            let last = (all.cost - more_if(&compiled, unknown, |other| other != rule).cost).picos();
            assert!(0 < alone && alone <= last, "{rule}: {alone} {last}");
        }
    }
}

/// What is known of one provider is billed, whatever is unknown of the other.
#[test]
fn each_rule_is_on_its_own() {
    let ((all, unknown), (some, mixed), (_, no)) = (rows("unknown", "unknown"), rows("yes", "unknown"), rows("yes", "no"));
    for ((unknown, mixed), no) in unknown.iter().zip(&mixed).zip(&no) {
        assert_eq!((mixed.cost, some.doubts.len()), (no.cost, 4));
        let of_q = |rule: &str| rule.starts_with("q ");
        assert_eq!(more_if(&some, mixed, |_| true), more_if(&all, unknown, of_q));
        assert_eq!(mixed.cost, unknown.cost + more_if(&all, unknown, |rule| !of_q(rule)).cost);
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
        let billed = unknown.highest.as_ref().expect("something is unknown").metrics.iter().next();
        let billed = billed.and_then(|(_, cost)| cost.as_ref()).expect("cost comes first");
        assert_eq!(billed.mean, mean(yes));
    }
}

/// One provider on terms in which charges meet: a quota, tiers, a fee on what is used, and prepaid credits at the gateway.
fn on_terms(failed: &str, filtered: &str, timed_out: &str) -> String {
    let model = |name: &str, price: &str| {
        format!(
            "[models.\"p/{name}\"]\nprice.per_image = \"{price}\"\nlatency.exponential.mean = \"9s\"\nfailure.rate = \"20%\"\n\
             filter = {{ rate = \"15%\", verdict_after = \"4s\" }}\n\
             billing = {{ failed = \"{failed}\", filtered = \"{filtered}\", timed_out = \"{timed_out}\" }}\n"
        )
    };
    let terms = "[providers.p.terms]\nfree.amount.images = 20\nsubscription = { fee = \"2 USD\", every = \"2h\", quota.images = 60 }\n\
        volume = { kind = \"cliff\", by.images = [{ above = 40, discount = \"20%\" }, { above = 110, discount = \"60%\" }] }\n\
        [gateways.g]\nown_key = true\nterms = { usage_fee.share = \"5%\", standing.fee = \"1 USD\" }\n\
        [accounts.p.terms]\ncredits = { credit = \"0.01 USD\", pack = 100, expires = \"2h\" }\n";
    let strategies = "[strategies.one]\nrouter.single = \"p/a\"\nretry = { attempts = 2 }\ntimeout = \"12s\"\n\
        [strategies.other]\nrouter.weighted = { \"p/a\" = 1, \"p/b via g\" = 2 }\ntimeout = \"12s\"\n";
    let rest = model("a", "0.0423 USD") + &model("b", "0.11 USD") + terms + strategies;
    world("poisson.rate = \"1/min\"", "6h", 12, &rest)
}

/// Whatever is answered to the unknown rules, the results hold what the scenario with these answers says, to the picodollar:
/// with terms too, under which charges move each other.
#[test]
fn every_case_is_its_scenario_on_terms_too() {
    let run = |text: &str| {
        let (compiled, settings) = compile(text);
        let rows = run_with(&compiled, settings).rows;
        (compiled, rows)
    };
    let (compiled, unknown) = run(&on_terms("unknown", "unknown", "unknown"));
    let rules = ["p bills failed", "p bills filtered", "p bills timed out"];
    assert!(rules.iter().all(|rule| compiled.doubts.iter().any(|known| known == rule)), "{:?}", compiled.doubts);
    let mut apart = 0;
    for set in 0..8_usize {
        let [failed, filtered, late] = [0, 1, 2].map(|bit| set >> bit & 1 == 1);
        let [a, b, c] = [failed, filtered, late].map(|bills| if bills { "yes" } else { "no" });
        let (_, answered) = run(&on_terms(a, b, c));
        let bills = |rule: &str| {
            (failed && rule.ends_with("failed")) || (filtered && rule.ends_with("filtered")) || (late && rule.ends_with("out"))
        };
        for (unknown, answered) in unknown.iter().zip(&answered) {
            let more = more_if(&compiled, unknown, bills);
            assert_eq!((unknown.cost + more.cost, unknown.wasted + more.wasted), (answered.cost, answered.wasted), "{a} {b} {c}");
            assert_eq!(course(unknown), course(answered));
            let alone = rules.map(|rule| more_if(&compiled, unknown, |other| other == rule && bills(rule)).cost);
            apart += u32::from(alone.into_iter().sum::<spendcast::units::Usd>() != more.cost);
        }
    }
    assert!(apart > 20, "the rules add up in nearly all replications: {apart}");
}

/// What is billed for its input only is no more than that where it is unknown whether it is billed at all, and the delivered
/// image is no waste.
#[test]
fn input_only_and_delivered_keep_their_part() {
    let text = |timed_out: &str, delivered: &str| {
        let model = format!(
            "[models.\"p/a\"]\nlatency.exponential.mean = \"9s\"\nfilter = {{ rate = \"30%\", stage = \"after\" }}\n\
             price.tokens = {{ input_per_million = \"500 USD\", output_per_million = \"40 USD\", image_tokens.standard.\"1024x1024\" = 1056 }}\n\
             billing = {{ delivered = \"{delivered}\", blocked_after = \"input_only\", timed_out = \"{timed_out}\" }}\n\
             [strategies.one]\nrouter.single = \"p/a\"\ntimeout = \"12s\"\n"
        );
        world("poisson.rate = \"1/min\"", "6h", 6, &model)
    };
    let run = |timed_out: &str, delivered: &str| {
        let (compiled, settings) = compile(&text(timed_out, delivered));
        let rows = run_with(&compiled, settings).rows;
        (compiled, rows)
    };
    let ((compiled, unknown), (_, no), (_, yes)) = (run("unknown", "unknown"), run("no", "no"), run("yes", "yes"));
    for ((unknown, no), yes) in unknown.iter().zip(&no).zip(&yes) {
        let all = more_if(&compiled, unknown, |_| true);
        assert_eq!((unknown.cost, unknown.wasted), (no.cost, no.wasted));
        assert_eq!((unknown.cost + all.cost, unknown.wasted + all.wasted), (yes.cost, yes.wasted));
        assert!(all.wasted < all.cost && yes.wasted < yes.cost);
    }
}
