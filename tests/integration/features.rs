//! Random scenarios as text with everything that providers may have switched on at random: prices that move, faults,
//! filters, caches, lives, terms, gateways, limits of everybody, unknown billing, and strategies that use it all.
//!
//! Unlike `random_plans` nothing is kept of what was drawn: what holds of these holds of every scenario.

use std::fmt::Write;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

/// A random scenario: everything but its strategies, and those.
#[derive(Debug, Clone)]
pub(crate) struct World {
    market: String,
    pub(crate) strategies: Vec<String>,
}

impl World {
    /// The scenario with the strategies of these numbers.
    pub(crate) fn text(&self, strategies: impl IntoIterator<Item = usize>) -> String {
        let mut text = self.market.clone();
        for number in strategies {
            write!(text, "\n[strategies.s{number}]\n{}", self.strategies[number]).expect("a String takes all");
        }
        text
    }
}

/// One of these lines or none, as often as not.
fn maybe(lines: &'static [&'static str]) -> impl Strategy<Value = String> {
    option::of(select(lines)).prop_map(|line| line.map_or(String::new(), |line| format!("{line}\n")))
}

/// One of these lines.
fn one(lines: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(lines).prop_map(|line| format!("{line}\n"))
}

const HEAD: &str =
    "title = \"Random\"\nstart = 2026-03-28\ntime_zone = \"Europe/Berlin\"\nhorizon = \"3h\"\nreplications = 4\nseed = 7\n";

const PRICES: &[&str] = &[
    "price.per_image = \"0.0413 USD\"",
    "price.per_call.price = \"0.03 USD\"",
    "price.per_second = { price = \"0.0015 USD\" }",
    "price.megapixels = { price = \"0.025 USD\", unit = \"2^20\", rounding = \"up\" }",
    "price.tokens = { input_per_million = \"5 USD\", output_per_million = \"40 USD\", image_tokens.standard = { \"1024x1024\" = 1056, \"512x512\" = 272 } }",
];
const CHANGES: &[&str] = &[
    "price_changes = [{ from = 2026-03-28T01:00:00, price.per_image = \"0.06 USD\" }]",
    "moves.mean_reverting = { sd = 0.4, half_life = \"30min\" }",
    "moves.spot = { sd = 0.2, half_life = \"30min\", jumps = { rate = \"2/h\", size = 0.5, half_life = \"10min\" }, load = { capacity = \"5/min\", rise = 0.5 } }",
    "adjust.service.batch = \"50%\"\nservice = \"batch\"",
    "moves.dated = [{ from = 2026-03-28T02:00:00, factor = 0.5 }]",
];
const LATENCIES: &[&str] = &[
    "latency = \"0s\"",
    "latency = \"3s\"",
    "latency.exponential.mean = \"9s\"",
    "latency.lognormal = { p50 = \"8s\", p95 = \"40s\" }",
];
const FAILURES: &[&str] = &[
    "failure = \"8%\"",
    "failure = { rate = \"8%\", sticky = \"50%\" }",
    "failure = { rate = \"20%\", sticky = \"60%\", to = \"user\" }",
    "hang = { share = \"5%\", ends_after = \"2min\" }",
    "failure = \"5%\"\nhang = { share = \"3%\" }",
];
const COLD: &[&str] = &[
    "cold_start = { share = \"5%\", takes.exponential.mean = \"20s\", billed = true }",
    "cold_start = { after = \"2min\", takes = \"15s\" }",
];
const INCIDENTS: &[&str] = &[
    "incidents = { between.weibull = { shape = 0.53, scale = \"20min\" }, lasts.lognormal = { p50 = \"5min\", sigma = 1.13 } }",
    "incidents = { between.exponential.mean = \"1h\", lasts = \"20min\", kinds.slow = { error_rate = \"30%\", latency = 4 } }",
];
const FILTERS: &[&str] = &[
    "filter = { rate = \"6%\" }",
    "filter = { rate = \"2%\", rates = { nsfw = \"60%\" }, correlation = \"40%\", verdict_after = \"1s\" }",
    "filter = { rate = \"10%\", correlation = \"90%\", name = \"shared\", answer = \"empty\" }",
];
const BILLING: &[&str] = &[
    "billing = { failed = \"yes\", filtered = \"yes\", rate_limited = \"yes\", gave_up = \"yes\" }",
    "billing = { failed = \"unknown\", filtered = \"unknown\", timed_out = \"unknown\", rate_limited = \"unknown\" }",
    "billing = { delivered = \"yes\", blocked_before = \"input_only\", timed_out = \"no\", gave_up = \"yes\", rate_limited = \"unknown\" }",
];
const CACHES: &[&str] = &[
    "cache = { price = \"50%\", ttl = \"10min\" }",
    "cache = { price = \"0%\", ttl = \"1h\", latency = \"200ms\", refresh = true }",
];
const LIMITS: &[&str] = &[
    "limits = { requests = \"10/min\" }",
    "limits = { in_flight = { most = 2, exceed = \"queue\", queue = 3 } }",
    "limits = { images = { rate = \"30/min\", window = \"sliding\", exceed = \"queue\" }, in_flight = 6 }",
    "limits = { usd = { most = \"0.50 USD\", per = \"10min\" } }",
    "limits = { requests = { most = 100, every = \"day\" }, tokens = { rate = \"100k/min\", retry_after = \"5s\" } }",
];
const TERMS: &[&str] = &[
    "terms = { markup = \"+30%\", usage_fee = { share = \"5.5%\", free_requests = 20 } }",
    "terms = { top_up = { purchase = \"1 USD\", fee = \"5.5%\", minimum = \"0.80 USD\", expires = \"1h\" } }",
    "terms = { credits = { credit = \"0.01 USD\", pack = 100, price = \"0.90 USD\", expires = \"20min\" }, per_request.fee = \"0.001 USD\" }",
    "terms = { volume = { kind = \"cliff\", by.images = [{ above = 40, discount = \"10%\" }] }, integration = \"4 USD\" }",
    "terms = { subscription = { fee = \"3 USD\", every = \"1h\", quota.images = 20, beyond.slow = 5 } }",
    "terms = { platform = { fee = \"4 USD\", every = \"90min\", included = 20, overage = { fee = \"0.9 USD\", per = 10 } } }",
    "terms = { standing.fee = \"20 USD\", free = { amount.images = 15, renews = \"1h\" } }",
];

/// The lives of the first and the third model, whose successors are the second and the fourth.
const LIVES: &[&str] = &[
    "life = { shutdown = 2026-03-28T01:30:00, successor = \"SUCCESSOR\", slips = { earlier = \"30%\", later = \"30%\", by = \"20min\" } }",
    "life = { launch = 2026-03-28T00:30:00 }",
    "life = { launch = 2025-03-01, shutdown = 2026-03-28T02:00:00, successor = \"SUCCESSOR\" }",
];

const MODELS: [&str; 4] = ["p/m0", "p/m1", "q/m2", "q/m3"];

fn model(number: usize) -> impl Strategy<Value = String> {
    // The others stay, so that no course of successors is a circle.
    let life = maybe(if number.is_multiple_of(2) { LIVES } else { &["life.launch = 2026-03-01"] });
    let faults = (maybe(FAILURES), maybe(COLD), maybe(INCIDENTS), maybe(FILTERS));
    let money = (one(PRICES), maybe(CHANGES), maybe(BILLING), maybe(CACHES), maybe(TERMS));
    (one(LATENCIES), maybe(LIMITS), life, faults, money).prop_map(move |(latency, limits, life, faults, money)| {
        let life = life.replace("SUCCESSOR", MODELS[(number + 1) % 4]);
        let (failures, cold, incidents, filter) = faults;
        let (price, change, billing, cache, terms) = money;
        let name = MODELS[number];
        let rest = [failures, cold, incidents, filter, price, change, billing, cache, terms].concat();
        format!("[models.\"{name}\"]\nacceptance = \"60%\"\n{latency}{limits}{life}{rest}")
    })
}

/// Everybody besides the models.
fn parties() -> impl Strategy<Value = String> {
    let account = (maybe(TERMS), maybe(LIMITS));
    let provider = (maybe(TERMS), maybe(LIMITS), maybe(INCIDENTS));
    let gateway =
        (maybe(TERMS), maybe(LIMITS), maybe(INCIDENTS), any::<bool>(), maybe(&["failure = \"3%\"\nlatency = \"100ms\""]));
    (account, provider, gateway, one(INCIDENTS)).prop_map(|(account, provider, gateway, cloud)| {
        let (terms, limits, incidents, own_key, more) = gateway;
        format!(
            "[accounts.p]\n{}{}[providers.q]\ncloud = \"c\"\n{}{}{}[providers.p]\ncloud = \"c\"\n[clouds.c]\n{cloud}\
             [gateways.g]\nown_key = {own_key}\nfailover = {{ \"p/m0\" = [\"q/m2\", \"p/m1\"], \"q/m3\" = [\"p/m1\"] }}\n{terms}{limits}{incidents}{more}",
            account.0, account.1, provider.0, provider.1, provider.2
        )
    })
}

const FLOATING: &str =
    "[models.\"p/latest\"]\nversions = [{ model = \"p/m0\" }, { from = 2026-03-28T01:00:00, model = \"p/m1\" }]\n";

fn workload() -> impl Strategy<Value = String> {
    let arrivals = one(&["poisson.rate = \"5/min\"", "constant.rate = \"200/h\"", "poisson.rate = \"1/h\""]);
    let journey = maybe(&[
        "[workload.journey]\nrounds = 3\nfinal = \"40%\"\nthink_time.exponential.mean = \"20s\"\nafter_error = { again = \"50%\", at_most = 2 }\ndraft_size = \"512x512\"",
    ]);
    let prompts = "[workload.prompts]\nrepeats = \"60%\"\ncacheable = \"70%\"\npopularity.zipf.prompts = 20\ncategories = { nsfw = \"10%\" }\n";
    (arrivals, journey).prop_map(move |(arrivals, journey)| {
        format!(
            "{HEAD}[workload.arrivals]\n{arrivals}[workload.classes.only]\nsize = \"1024x1024\"\nn = {{ weights = {{ \"1\" = \"60%\", \"3\" = \"40%\" }} }}\n\
             prompt_tokens.lognormal = {{ p50 = 60, p95 = 180 }}\n{prompts}{journey}"
        )
    })
}

const NAMES: [&str; 8] = ["p/m0", "p/m1", "q/m2", "q/m3", "p/m0 via g", "q/m3 via g", "p/latest", "p/latest via g"];

fn strategy() -> impl Strategy<Value = String> {
    let router = (0..5, subsequence(NAMES.to_vec(), 1..=4).prop_shuffle()).prop_map(|(kind, names)| match kind {
        0 => format!("router.single = \"{}\"\n", names[0]),
        1 => format!("router.fallback = {names:?}\n"),
        2 => format!("router.cheapest = {names:?}\n"),
        3 => format!("router.price_weighted = {{ models = {names:?} }}\n"),
        _ => format!(
            "router.weighted = {{ {} }}\n",
            names.iter().map(|name| format!("\"{name}\" = 1")).collect::<Vec<_>>().join(", ")
        ),
    });
    let migrate = maybe(&["migrate.ahead = \"10min\"", "migrate.lag.exponential.mean = \"15min\""]);
    let quotes = maybe(&[
        "quotes = { every = \"15min\", price = \"0.0001 USD\" }",
        "health = { every = \"2min\", price = \"0.0001 USD\" }",
        "health = { every = \"90s\", timeout = \"5s\" }\ncooldown = { in_a_row = 2, ramp_up = \"5min\", all_cooling = \"bypass\" }",
    ]);
    let retry = maybe(&[
        "retry = { attempts = 3, budget.per_second = 0.01 }",
        "retry = { attempts = 3, budget = { of = \"under_way\", at_least = 1 } }",
        "retry = { attempts = 3 }",
        "retry = { attempts = 2, on = [\"failed\", \"filtered\", \"gone\", \"timed_out\", \"rate_limited\"], backoff.constant = \"0s\" }",
    ]);
    let rest = maybe(&["timeout = \"20s\"", "timeout = \"5s\"\ncounts_images = false"]);
    let defer = maybe(&[
        "defer = { when.stage = \"final\", model = \"q/m3 via g\", every = \"10min\", within = \"1h\", reserve = \"20min\" }",
        "defer = { model = \"p/latest\", within = \"2min\", reserve = \"90s\", on = [\"timed_out\", \"filtered\"] }",
    ]);
    (router, migrate, quotes, retry, rest, defer)
        .prop_map(|(router, migrate, quotes, retry, rest, defer)| [router, migrate, quotes, retry, rest, defer].concat())
}

/// Any scenario with anything that providers may have.
pub(crate) fn worlds() -> impl Strategy<Value = World> {
    let models = (model(0), model(1), model(2), model(3)).prop_map(|(a, b, c, d)| [a, b, c, d].concat());
    let market =
        (workload(), models, parties()).prop_map(|(workload, models, parties)| format!("{workload}{models}{FLOATING}{parties}"));
    (market, vec(strategy(), 1..=3)).prop_map(|(market, strategies)| World { market, strategies })
}
