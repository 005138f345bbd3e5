//! Whatever stands in a scenario, reading it never panics, and every mistake has a place in a text that was read.
//!
//! The starter scenario is mutilated in some thousands of ways, always the same ones. What can still be compiled is
//! simulated for a few journeys, since a plan is a promise that nothing can fail any more.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use spendcast::engine::Simulation;
use spendcast::ledger::Ledger;
use spendcast::scenario::{self, Compiled, STARTER};
use spendcast::spec::{Mistake, Sources, render};

use crate::fixture::first_arrivals;

/// Values of every type, at and beyond every bound.
const EXTREMES: [&str; 46] = [
    "",
    "0",
    "1",
    "-1",
    "0.0",
    "-0.0",
    "1e400",
    "-1e400",
    "1e-400",
    "nan",
    "-nan",
    "inf",
    "-inf",
    "true",
    "1979-05-27",
    "9999-12-31",
    "0000-01-01T00:00:00Z",
    "07:32:00",
    "[]",
    "{}",
    "[[[[[[]]]]]]",
    "{ a.b.c.d = 1 }",
    "0xFFFFFFFFFFFFFFFF",
    "255",
    "256",
    "4294967295",
    "18446744073709551615",
    "170141183460469231731687303715884105728",
    "\"\"",
    "\" \"",
    "\"0s\"",
    "\"1us\"",
    "\"1000d\"",
    "\"106751991d\"",
    "\"9223372036854775807us\"",
    "\"-5s\"",
    "\"0/s\"",
    "\"1/1000d\"",
    "\"9223372036854775807/us\"",
    "\"18446744073709551615/30d\"",
    "\"0 USD\"",
    "\"18446744073709551615 USD\"",
    "\"100%\"",
    "\"4294967295x4294967295\"",
    "\"\\u0000\\uFFFD\"",
    "\"\u{1F4B8}\"",
];

/// A scenario with every key that the starter does without.
const EVERYTHING: &str = r#"
title = "Everything"
start = 2026-03-28
time_zone = "Europe/Berlin"
horizon = "3d"
seed = 11
budget = "40 USD"

[workload.arrivals.nonhomogeneous]
rate = "600/d"
day = [1,1,1,1,1,1,2,4,8,9,9,9,6,9,9,9,9,8,6,5,4,3,2,1]
week = [5,5,5,5,5,2,2]
growth = { by = "10%", per = "7d" }
day_noise = "23%"

[workload.classes.avatar]
share = "70%"
size = "1024x1024"
prompt_tokens.lognormal = { p50 = 60, p95 = 180 }
[workload.classes.banner]
share = "30%"
size = "1792x1024"
n.weights = { "1" = "60%", "4" = "40%" }

[workload.journey]
rounds = 5
final = "30%"
draft_size = "512x512"
think_time.lognormal = { p50 = "67s", sigma = 1.01 }
new_prompt = "50%"
after_error = { again = "50%", at_most = 2 }

[models.premium]
price.tokens = { input_per_million = "5 USD", output_per_million = "40 USD", image_tokens.standard = { "1024x1024" = 4160, "1792x1024" = 6240, "512x512" = 1056 } }
latency.uniform = { low = "8s", high = "18s" }
failure = "4%"
filter = { rate = "30%", name = "strict", verdict_after = "200ms" }
billing = { failed = "yes", filtered = "yes", timed_out = "no" }
limits = { requests = "10/min", images = { rate = "5/min", burst = 8 }, tokens = "100k/min", in_flight = 3, retry_after = "7s" }
acceptance = "70%"

[models.draft]
price.per_image = "0.003 USD"
price_changes = [{ from = 2026-03-29, price.per_image = "0.002 USD" }]
latency.exponential = { mean = "9s" }
limits = { in_flight = 1, retry_after = "3s" }
acceptance = "45%"

[strategies.one]
timeout = "20s"
router.weighted = { premium = 3, draft = 1.5 }
retry = { attempts = 3, on = ["failed", "rate_limited"], backoff.exponential = { base = "1s", cap = "20s" }, jitter = "none", honor_retry_after = "60s" }

[strategies.two]
rules = [{ when = { stage = "draft", class = "avatar" }, router.single = "draft" }, { router.fallback = ["draft", "premium"] }]
retry = { backoff.constant = "2s" }
"#;

/// Reads, compiles and simulates a little. `true` where it was a scenario.
fn try_out(name: &str, text: &str) -> bool {
    let tried = catch_unwind(AssertUnwindSafe(|| attempt(text)));
    tried.unwrap_or_else(|_| panic!("a panic after {name} in\n{}", text.chars().take(4000).collect::<String>()))
}

fn attempt(text: &str) -> bool {
    let read = |path: &Path| match path.to_str() {
        Some("scenario.toml") => Ok(text.as_bytes().to_vec()),
        _ => Err(std::io::ErrorKind::NotFound.into()),
    };
    let missing = |_: &Path| Err(std::io::ErrorKind::NotFound.into());
    match scenario::load_and_compile(Path::new("scenario.toml"), &[], &read, &missing) {
        Ok((_, compiled)) => simulate(&compiled, 64),
        Err((sources, mistakes)) => {
            check(&sources, &mistakes);
            return false;
        }
    }
    true
}

/// There is a mistake, and each can be shown where it is.
fn check(sources: &Sources, mistakes: &[Mistake]) {
    assert!(!mistakes.is_empty(), "refused without a mistake");
    for mistake in mistakes {
        let (text, span) = (sources.text(mistake.place.file), mistake.place.span.clone());
        assert!(!sources.name(mistake.place.file).is_empty() && !mistake.what.is_empty(), "{mistake:?}");
        assert!(text.get(span.clone()).is_some(), "{mistake:?} is outside its text of {} bytes", text.len());
    }
    assert!(!render(sources, mistakes, false).is_empty());
}

/// The first journeys of one replication, with every strategy, to their end.
fn simulate(compiled: &Compiled, journeys: usize) {
    let plan = &compiled.plan;
    let first = first_arrivals(plan, 1, 0, journeys);
    for strategy in &plan.strategies {
        let mut simulation = Simulation::new(plan, strategy, Ledger::of(plan));
        simulation.reset(1, 0);
        simulation.advance(&first);
        simulation.drain();
        let ledger = simulation.observer();
        assert_eq!(ledger.requests, ledger.closed.iter().sum::<u64>());
    }
}

#[test]
fn lines_lost_repeated_and_swapped() {
    let lines: Vec<&str> = STARTER.lines().collect();
    assert!(try_out("nothing", STARTER));
    for at in 0..lines.len() {
        let mut without = lines.clone();
        without.remove(at);
        try_out("a line lost", &without.join("\n"));
        let mut twice = lines.clone();
        twice.insert(at, lines[at]);
        try_out("a line twice", &twice.join("\r\n"));
        let mut swapped = lines.clone();
        swapped.swap(at, (at + 7) % lines.len());
        try_out("lines swapped", &swapped.join("\n"));
    }
}

#[test]
fn truncated_anywhere() {
    for end in (0..STARTER.len()).step_by(7).filter(|end| STARTER.is_char_boundary(*end)) {
        try_out("a truncation", &STARTER[..end]);
        try_out("a beginning lost", &STARTER[end..]);
    }
}

#[test]
fn letters_replaced() {
    for (index, (at, old)) in STARTER.char_indices().enumerate() {
        if index % 3 == 0 {
            let new = ["\"", "[", "}", "\0", "=", "\u{e9}", ".", "\n", "#", "\u{1F4B8}", "'''", "\r"][index / 3 % 12];
            let text = format!("{}{new}{}", &STARTER[..at], &STARTER[at + old.len_utf8()..]);
            try_out(&format!("{new:?} in place of {old:?} at {at}"), &text);
        }
    }
}

/// Where the values and quoted keys of a text stand: numbers, dates and texts, outside of comments.
fn tokens(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let code = &line[..line.find('#').unwrap_or(line.len())];
        let mut at = 0;
        while let Some(c) = code[at..].chars().next() {
            let length = match c {
                '"' => code[at + 1..].find('"').map_or(code.len() - at, |end| end + 2),
                c if c.is_ascii_digit() => code[at..].find(|c: char| !c.is_ascii_digit() && c != '-').unwrap_or(code.len() - at),
                c if c.is_alphanumeric() => {
                    at += code[at..].find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(code.len() - at);
                    continue;
                }
                _ => {
                    at += c.len_utf8();
                    continue;
                }
            };
            found.push(offset + at..offset + at + length);
            at += length;
        }
        offset += line.len();
    }
    found
}

#[test]
fn every_value_replaced_by_extremes() {
    for base in [STARTER, EVERYTHING] {
        assert!(try_out("nothing", base));
        let (mut accepted, mut tried) = (0, 0);
        for token in tokens(base) {
            for extreme in EXTREMES {
                let text = format!("{}{extreme}{}", &base[..token.start], &base[token.end..]);
                tried += 1;
                accepted +=
                    usize::from(try_out(&format!("{extreme} in place of {} at {}", &base[token.clone()], token.start), &text));
            }
        }
        assert!(tried > 1500 && accepted > 50 && accepted < tried / 3, "{accepted} of {tried} were scenarios");
    }
}

/// A rate that no machine could simulate is refused, also where only growth makes it so.
#[test]
fn endless_traffic_is_refused() {
    for (old, new) in [("20k/30d", "1000M/s"), ("20k/30d", "18446744073709551615/us")] {
        assert!(!try_out("an endless rate", &STARTER.replace(old, new)), "{new}");
    }
    assert!(!try_out("endless growth", &EVERYTHING.replace("per = \"7d\"", "per = \"1us\"")));
    assert!(!try_out("endless weights", &EVERYTHING.replace("week = [5,", "week = [1e308,")));
}

/// Scenarios at the edges of what is allowed: each is a scenario, and its journeys end.
#[test]
fn extreme_but_valid_scenarios_are_simulated() {
    let starter = [
        ("think_time = \"60s\"", "think_time = \"1000d\""),
        ("think_time = \"60s\"", "think_time.lognormal = { p50 = \"1s\", sigma = 10 }"),
        ("rounds = 6 ", "rounds = 255 "),
        ("acceptance = \"45%\"", "acceptance = \"0%\""),
        ("p95 = \"6s\"", "p95 = \"400d\""),
        ("rate = \"20k/30d\"", "rate = \"1/1000d\""),
        ("rate = \"20k/30d\"", "rate = \"0/s\""),
        ("budget = \"1000 USD\"", "budget = \"0 USD\""),
        ("replications = 1000", "replications = 1"),
        ("horizon = \"30d\"", "horizon = \"1us\""),
        ("horizon = \"30d\"", "horizon = \"1826d\""),
        ("failure = \"2%\"", "failure = \"100%\""),
        ("failure = \"2%\"", "limits.requests = \"1/1000d\""),
        ("failure = \"2%\"", "limits = { tokens = { rate = \"1/1000d\", burst = 1 }, in_flight = 1, retry_after = \"365250d\" }"),
        ("failure = \"2%\"", "price.per_image = \"0 USD\""),
        ("failure = \"2%\"", "price.per_image = \"1000000M USD\""),
        ("failure = \"2%\"", "filter = { rate = \"100%\", verdict_after = \"365250d\" }"),
        ("attempts = 3", "attempts = 100, backoff.constant = \"365250d\", jitter = \"none\""),
        ("attempts = 3", "attempts = 100, backoff.exponential = { base = \"365250d\", cap = \"365250d\" }"),
        ("[strategies.tiered]", "[strategies.tiered]\ntimeout = \"0s\""),
        ("[strategies.tiered]", "[strategies.tiered]\ntimeout = \"365250d\""),
        ("[workload.journey]", "[workload.journey]\nafter_error = { again = \"100%\", at_most = 100 }"),
    ];
    for (old, new) in starter {
        let text = STARTER.replace(old, new);
        assert!(text != STARTER && try_out(new, &text), "{new}");
    }
    // Everything that can be slow, refused or lost, in one scenario.
    let worst = starter
        .iter()
        .filter(|(old, new)| !old.starts_with("rate") && !old.starts_with("hor") && !new.ends_with("timeout = \"0s\""));
    let worst = worst.fold(STARTER.to_owned(), |text, (old, new)| text.replacen(old, new, 1));
    assert!(try_out("the worst of all", &worst.replace("failure = \"1%\"", "failure = \"100%\"")));
}

/// Prices out of order are refused wherever the scenario starts: taking the last in the file would be a guess.
#[test]
fn price_changes_out_of_order_are_refused() {
    let with = |first: &str, second: &str| {
        let change = |from: &str| format!("{{ from = {from}, price.per_image = \"0.002 USD\" }}");
        let old = "price_changes = [{ from = 2026-03-29, price.per_image = \"0.002 USD\" }]";
        EVERYTHING.replace(old, &format!("price_changes = [{}, {}]", change(first), change(second)))
    };
    assert!(try_out("two dates", &with("2025-03-29", "2026-03-29")));
    for (first, second) in [("2026-03-30", "2026-03-29"), ("2026-03-29", "2026-03-29"), ("2025-12-01", "2025-06-01")] {
        assert!(!try_out("dates out of order", &with(first, second)), "{first}, {second}");
    }
}

#[test]
fn very_long_and_very_deep() {
    let long = "x".repeat(100_000);
    let mut texts = vec![
        STARTER.replace("Tiered drafts versus one premium model", &long),
        STARTER.replace("avatar", &long),
        STARTER.replace("premium-only", &long),
        STARTER.replace("qwen/image", &long),
        STARTER.replace("1024x1024", &long),
        STARTER.replace("20k/30d", &"9".repeat(100_000)),
        format!("{long} = 1\n{STARTER}"),
        "\n".repeat(100_000) + STARTER,
        "[".repeat(100_000),
    ];
    for depth in [50, 1_000, 50_000] {
        texts.push(format!("{STARTER}\n[deep]\nx = {}{}", "[".repeat(depth), "]".repeat(depth)));
        texts.push(format!("{STARTER}\n[deep]\nx = {}1{}", "{ a = ".repeat(depth), " }".repeat(depth)));
        texts.push(format!("deep{} = 1\n{STARTER}", ".a".repeat(depth)));
        texts.push(format!("{STARTER}\n[deep{}]\nx = 1", ".a".repeat(depth)));
        texts.push(format!("{STARTER}\n[[deep{}]]\nx = 1", ".a".repeat(depth)));
    }
    for text in texts {
        try_out("something long or deep", &text);
    }
}
