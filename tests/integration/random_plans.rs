//! Random scenarios as text, with what a test must know of them to check the simulation from outside.

use std::fmt::Write;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use spendcast::provider::Measure;
use spendcast::units::SimDuration;

/// A token bucket as the scenario has it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    pub(crate) measure: Measure,
    pub(crate) count: i128,
    pub(crate) per_micros: i128,
    pub(crate) burst: i128,
}

/// A model and its limits.
#[derive(Debug, Clone)]
pub(crate) struct ModelCase {
    text: String,
    pub(crate) limits: Vec<Limit>,
    pub(crate) in_flight: Option<usize>,
    /// What a rejection for attempts in flight says.
    pub(crate) retry_after: SimDuration,
}

/// A strategy, and its attempts at each level of a router.
#[derive(Debug, Clone)]
pub(crate) struct StrategyCase {
    text: String,
    pub(crate) attempts: u16,
}

/// How many drafts a journey may have, and how often a lost request is asked for again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct JourneyCase {
    pub(crate) rounds: u64,
    pub(crate) at_most: u64,
}

/// A random scenario.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    workload: String,
    pub(crate) journey: Option<JourneyCase>,
    pub(crate) models: Vec<ModelCase>,
    pub(crate) strategies: Vec<StrategyCase>,
}

impl Case {
    /// The scenario with the strategies of these numbers.
    pub(crate) fn text(&self, strategies: impl IntoIterator<Item = usize>) -> String {
        let mut text = format!("title = \"Random\"\nstart = 2026-03-28\nhorizon = \"2h\"\nreplications = 2\n{}", self.workload);
        for (number, model) in self.models.iter().enumerate() {
            write!(text, "\n[models.m{number}]\n{}", model.text).expect("a String takes all");
        }
        for number in strategies {
            write!(text, "\n[strategies.s{number}]\n{}", self.strategies[number].text).expect("a String takes all");
        }
        text
    }
}

/// Any scenario: a few models, classes and strategies, at a load at which limits matter.
pub(crate) fn cases() -> impl Strategy<Value = Case> {
    (1_usize..=4, 1_usize..=3).prop_flat_map(|(models, classes)| {
        let strategies = vec(strategy(models, classes), 1..=3);
        (workload(classes), vec(model(), models), strategies).prop_map(|((workload, journey), models, strategies)| Case {
            workload,
            journey,
            models,
            strategies,
        })
    })
}

const SHARES: [&str; 5] = ["0%", "3%", "20%", "70%", "100%"];

fn share() -> impl Strategy<Value = &'static str> {
    select(&SHARES[..])
}

fn workload(classes: usize) -> impl Strategy<Value = (String, Option<JourneyCase>)> {
    let arrivals = select(
        &[
            "constant.rate = \"300/h\"",
            "constant.rate = \"7200/h\"",
            "poisson.rate = \"20/h\"",
            "poisson.rate = \"600/h\"",
            "poisson.rate = \"0/h\"",
            "nonhomogeneous = { rate = \"400/h\", growth = { by = \"50%\", per = \"1h\" }, day_noise = \"40%\" }",
            "nonhomogeneous = { rate = \"400/h\", day = [0,5,0,5,0,5,0,5,0,5,0,5,0,5,0,5,0,5,0,5,0,5,0,5] }",
        ][..],
    );
    let size = select(&["512x512", "1024x1024", "1792x1024"][..]);
    let n = select(&["1", "4", "10", "{ weights = { \"1\" = \"60%\", \"3\" = \"40%\" } }"][..]);
    let tokens = select(&["0", "60", "{ lognormal = { p50 = 60, p95 = 180 } }"][..]);
    (arrivals, vec((size, n, tokens), classes), option::of(journey())).prop_map(|(arrivals, classes, journey)| {
        let mut text = format!("[workload.arrivals]\n{arrivals}\n");
        let share = ["100%", "50%", "25%"][classes.len() - 1];
        for (number, (size, n, tokens)) in classes.iter().enumerate() {
            let share = if number == 2 { "50%" } else { share };
            writeln!(
                text,
                "[workload.classes.c{number}]\nshare = \"{share}\"\nsize = \"{size}\"\nn = {n}\nprompt_tokens = {tokens}"
            )
            .expect("a String takes all");
        }
        let (more, journey) = journey.unzip();
        (text + &more.unwrap_or_default(), journey)
    })
}

fn journey() -> impl Strategy<Value = (String, JourneyCase)> {
    let think = select(&["\"0s\"", "\"67s\"", "{ lognormal = { p50 = \"20s\", sigma = 1.5 } }"][..]);
    let again = option::of((share(), 1_u64..=3));
    (1_u64..=4, share(), think, share(), again, any::<bool>()).prop_map(|(rounds, wanted, think, changed, again, small)| {
        let mut text = format!(
            "[workload.journey]\nrounds = {rounds}\nfinal = \"{wanted}\"\nthink_time = {think}\nnew_prompt = \"{changed}\"\n"
        );
        if small {
            text += "draft_size = \"512x512\"\n";
        }
        if let Some((share, at_most)) = again {
            writeln!(text, "after_error = {{ again = \"{share}\", at_most = {at_most} }}").expect("a String takes all");
        }
        (text, JourneyCase { rounds, at_most: again.map_or(0, |(_, at_most)| at_most) })
    })
}

fn price() -> impl Strategy<Value = String> {
    let amount = select(&["0 USD", "0.003 USD", "0.04 USD", "0.0000000013 USD"][..]);
    (amount, 0..3).prop_map(|(amount, kind)| match kind {
        0 => format!("{{ per_image = \"{amount}\" }}"),
        1 => format!(
            "{{ table.standard = {{ \"512x512\" = \"{amount}\", \"1024x1024\" = \"0.02 USD\", \"1792x1024\" = \"0.08 USD\" }} }}"
        ),
        _ => format!(
            "{{ tokens = {{ input_per_million = \"{amount}\", output_per_million = \"40 USD\", \
             image_tokens.standard = {{ \"512x512\" = 272, \"1024x1024\" = 1056, \"1792x1024\" = 1568 }} }} }}"
        ),
    })
}

fn limit(measure: Measure) -> impl Strategy<Value = Limit> {
    let rate = select(&[(1_i128, 1_000_000_i128), (7, 60_000_000), (50_000, 60_000_000), (1, 3_600_000_000), (3, 7)][..]);
    // A limit of images that no request could ever pass is refused: requests ask for up to 10.
    let least = if measure == Measure::Images { 10 } else { 1 };
    let burst = select(&[1_i128, 5, 40, 20_000][..]).prop_map(move |burst| burst.max(least));
    (rate, burst).prop_map(move |((count, per_micros), burst)| Limit { measure, count, per_micros, burst })
}

fn limits() -> impl Strategy<Value = (String, Vec<Limit>, Option<(usize, SimDuration)>)> {
    let one = |measure| option::weighted(0.3, limit(measure));
    let in_flight = option::weighted(0.4, (1_usize..=6, option::of(Just("3s"))));
    (one(Measure::Requests), one(Measure::Images), one(Measure::Tokens), in_flight).prop_map(
        |(requests, images, tokens, in_flight)| {
            let given = [("requests", requests), ("images", images), ("tokens", tokens)];
            let mut text = String::new();
            for (key, limit) in given.iter().filter_map(|(key, limit)| Some((key, (*limit)?))) {
                let Limit { count, per_micros, burst, .. } = limit;
                writeln!(text, "limits.{key} = {{ rate = \"{count}/{per_micros}us\", burst = {burst} }}").expect("it takes all");
            }
            if let Some((most, retry_after)) = in_flight {
                writeln!(text, "limits.in_flight = {most}").expect("it takes all");
                text += &retry_after.map_or(String::new(), |after| format!("limits.retry_after = \"{after}\"\n"));
            }
            let said = |after: Option<&str>| after.map_or(SimDuration::ZERO, |after| after.parse().expect("a duration"));
            let in_flight = in_flight.map(|(most, after)| (most, said(after)));
            (text, given.into_iter().filter_map(|(_, limit)| limit).collect(), in_flight)
        },
    )
}

fn model() -> impl Strategy<Value = ModelCase> {
    let latency = select(
        &[
            "\"0s\"",
            "\"2s\"",
            "{ exponential = { mean = \"9s\" } }",
            "{ lognormal = { p50 = \"8s\", p95 = \"40s\" } }",
            "{ uniform = { low = \"0s\", high = \"30s\" } }",
        ][..],
    );
    let filter = option::of((share(), select(&["", ", name = \"shared\"", ", verdict_after = \"1s\""][..])));
    let billing = option::of([any::<bool>(), any::<bool>(), any::<bool>()]);
    let change = option::of(price());
    (price(), latency, share(), filter, billing, limits(), change, share()).prop_map(
        |(price, latency, failure, filter, billing, (limits_text, limits, in_flight), change, acceptance)| {
            let mut text =
                format!("price = {price}\nlatency = {latency}\nfailure = \"{failure}\"\nacceptance = \"{acceptance}\"\n");
            if let Some((rate, more)) = filter {
                writeln!(text, "filter = {{ rate = \"{rate}\"{more} }}").expect("a String takes all");
            }
            if let Some(billed) = billing {
                let [failed, filtered, timed_out] = billed.map(|yes| if yes { "yes" } else { "no" });
                writeln!(text, "billing = {{ failed = \"{failed}\", filtered = \"{filtered}\", timed_out = \"{timed_out}\" }}")
                    .expect("a String takes all");
            }
            if let Some(price) = change {
                writeln!(text, "price_changes = [{{ from = 2026-03-28T01:00:00, price = {price} }}]").expect("it takes all");
            }
            let (in_flight, retry_after) = in_flight.unzip();
            ModelCase { text: text + &limits_text, limits, in_flight, retry_after: retry_after.unwrap_or_default() }
        },
    )
}

fn router(models: usize) -> impl Strategy<Value = String> {
    let names: Vec<usize> = (0..models).collect();
    (0..3, subsequence(names, 1..=models).prop_shuffle()).prop_map(|(kind, models)| {
        let list = |each: &dyn Fn(&usize) -> String| models.iter().map(each).collect::<Vec<_>>().join(", ");
        match kind {
            0 => format!("single = \"m{}\"", models[0]),
            1 => format!("fallback = [{}]", list(&|m| format!("\"m{m}\""))),
            _ => format!("weighted = {{ {} }}", list(&|m| format!("m{m} = {}", m + 1))),
        }
    })
}

fn strategy(models: usize, classes: usize) -> impl Strategy<Value = StrategyCase> {
    let when = (option::of(select(&["draft", "final"][..])), option::of(0..classes));
    let rules = vec((when, router(models)), 0..=2);
    let outcomes = subsequence(vec!["failed", "filtered", "timed_out", "rate_limited"], 0..=4);
    let backoff = select(&["constant = \"0s\"", "constant = \"5s\"", "exponential = { base = \"1s\", cap = \"20s\" }"][..]);
    let retry = option::of((1_u16..=4, outcomes, backoff, select(&["none", "full"][..]), select(&["0s", "120s"][..])));
    let timeout = option::of(select(&["0s", "2s", "10s"][..]));
    (router(models), rules, retry, timeout).prop_map(|(router, rules, retry, timeout)| {
        let mut text = format!("router = {{ {router} }}\n");
        if let Some((attempts, outcomes, backoff, jitter, honored)) = &retry {
            writeln!(
                text,
                "retry = {{ attempts = {attempts}, on = {outcomes:?}, backoff = {{ {backoff} }}, jitter = \"{jitter}\", \
                 honor_retry_after = \"{honored}\" }}"
            )
            .expect("a String takes all");
        }
        text += &timeout.map_or(String::new(), |timeout| format!("timeout = \"{timeout}\"\n"));
        let rule = |((stage, class), router): &((Option<&str>, Option<usize>), String)| {
            let stage = stage.map(|stage| format!("stage = \"{stage}\""));
            let class = class.map(|class| format!("class = \"c{class}\""));
            let when: Vec<String> = stage.into_iter().chain(class).collect();
            format!("{{ when = {{ {} }}, router = {{ {router} }} }}", when.join(", "))
        };
        let rules: Vec<String> = rules.iter().map(rule).collect();
        StrategyCase { text: text + &format!("rules = [{}]\n", rules.join(", ")), attempts: retry.map_or(1, |retry| retry.0) }
    })
}
