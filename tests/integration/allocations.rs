//! The hot loop allocates nothing, and memory does not grow with the number of requests.

use spendcast::engine::{CHUNK, Simulation};
use spendcast::ledger::Ledger;

use crate::fixture::{Traffic, compile, plain, world};

const MODEL: &str = r#"
price.per_image = "0.04 USD"
latency.lognormal = { p50 = "8s", p95 = "18s" }
failure = "5%"
filter.rate = "3%"
limits.images = "3000/min"
limits.in_flight = 200
"#;

/// Runs one replication and returns (requests, bytes that were in use at most beyond the start, allocations).
fn measure(horizon: &str, warm_up: bool) -> (u64, u64, u64) {
    let retry = "retry = { attempts = 3 }\ntimeout = \"60s\"";
    measure_of(&plain(r#"poisson.rate = "10/s""#, horizon, 1, MODEL, retry), warm_up)
}

/// The same of any scenario.
fn measure_of(text: &str, warm_up: bool) -> (u64, u64, u64) {
    let (compiled, _) = compile(text);
    let plan = &compiled.plan;
    let ledger = Ledger::of(plan);
    let mut simulation = Simulation::new(plan, &plan.strategies[0], ledger);
    let mut traffic = Traffic::in_chunks_of(CHUNK);
    let mut replicate = |number| {
        simulation.observer().reset();
        traffic.drive(&mut simulation, plan, (1, number), |_| ());
        simulation.observer().requests
    };
    if warm_up {
        replicate(0);
    }
    let mut requests = 0;
    let used = allocation_counter::measure(|| requests = replicate(0));
    (requests, used.bytes_max, used.count_total)
}

#[test]
fn a_warm_replication_allocates_nothing() {
    let (requests, _, allocations) = measure("1d", true);
    assert!(requests > 800_000, "{requests}");
    assert_eq!(allocations, 0);
}

/// What is in use at most depends on how many requests are under way at once, not on how many there are.
#[test]
fn memory_is_flat_from_ten_thousand_to_ten_million_requests() {
    let (few, small, _) = measure("1000s", false);
    let (many, large, _) = measure("1000000s", false);
    assert!((9_000..11_000).contains(&few) && many > 9_900_000, "{few} and {many} requests");
    assert!(large < 64 * 1024 && large <= 4 * small.max(16 * 1024), "{small} and {large} bytes");
}

/// Everything that providers may have, and strategies may do with it.
const EVERYTHING: &str = r#"
[workload.prompts]
repeats = "60%"
cacheable = "70%"
popularity.zipf.prompts = 50
categories = { nsfw = "10%", privacy = "5%" }

[workload.journey]
rounds = 3
final = "40%"
think_time.exponential.mean = "20s"
after_error = { again = "50%", at_most = 2 }

[models."p/a"]
price.tokens = { input_per_million = "5 USD", output_per_million = "40 USD", image_tokens.standard."1024x1024" = 1056 }
price_changes = [{ from = 2026-01-01T01:00:00, price.per_image = "0.06 USD" }]
moves.spot = { sd = 0.2, half_life = "30min", jumps = { rate = "2/h", size = 0.5, half_life = "10min" }, load = { capacity = "5/min", rise = 0.5 } }
latency.lognormal = { p50 = "8s", p95 = "18s" }
failure = { rate = "5%", sticky = "40%" }
hang.share = "1%"
cold_start = { share = "3%", takes.exponential.mean = "20s" }
incidents = { between.weibull = { shape = 0.53, scale = "20min" }, lasts.lognormal = { p50 = "5min", sigma = 1.13 } }
filter = { rate = "3%", rates = { nsfw = "60%" }, correlation = "40%", verdict_after = "1s" }
billing = { failed = "unknown", filtered = "unknown", timed_out = "unknown", rate_limited = "yes", gave_up = "yes" }
cache = { price = "50%", ttl = "10min", refresh = true }
limits = { requests = { rate = "200/min", exceed = "queue", queue = 20 }, in_flight = 200, usd = { most = "50 USD", per = "10min" } }
terms = { volume = { kind = "cliff", by.images = [{ above = 400, discount = "10%" }], resets = "1h" }, per_request.fee = "0.001 USD" }
life = { shutdown = 2026-01-01T02:00:00, successor = "p/b", slips = { later = "50%", by = "10min" } }
acceptance = "60%"

[models."p/b"]
price.per_second.price = "0.0015 USD"
moves.mean_reverting = { sd = 0.4, half_life = "30min" }
latency.exponential.mean = "9s"
filter = { rate = "6%", correlation = "90%", answer = "empty" }
limits.in_flight = { most = 300, exceed = "queue" }
acceptance = "50%"

[models."q/c"]
price.per_image = "0.05 USD"
latency = "4s"
failure = "20%"
acceptance = "70%"

[models."q/latest"]
versions = [{ model = "q/c" }, { from = 2026-01-01T02:00:00, model = "p/b" }]

[accounts.p]
terms = { markup = "+3%", credits = { credit = "0.01 USD", pack = 100, price = "0.90 USD", expires = "20min" } }
limits.requests = { rate = "2000/min", window = "sliding" }

[providers.q]
cloud = "c"
terms = { subscription = { fee = "3 USD", every = "1h", quota.images = 200, beyond.slow = 2 } }
incidents = { between.exponential.mean = "1h", lasts = "20min", kinds.slow = { error_rate = "30%", latency = 4 } }

[clouds.c]
incidents = { between.exponential.mean = "2h", lasts = "5min" }

[gateways.g]
own_key = true
latency = "100ms"
failure = "1%"
failover."p/a" = ["q/c", "p/b"]
terms = { usage_fee = { share = "5%", free_requests = 100 }, top_up = { purchase = "10 USD", fee = "5.5%" }, platform = { fee = "4 USD", every = "90min", included = 20, overage = { fee = "0.9 USD", per = 10 } }, standing.fee = "200 USD", integration = "4 USD" }

[strategies.only]
router.cheapest = ["p/a via g", "q/latest", "p/a"]
retry.attempts = 2
timeout = "60s"
migrate.lag.exponential.mean = "15min"
quotes = { every = "15min", price = "0.0001 USD" }
health = { every = "2min" }
retry.budget = { share = "20%", per_second = 0.1 }
cooldown = { in_a_row = 3, ramp_up = "1min" }
deadline = "10min"
[strategies.only.cache.exact]
size = "200MB"
ttl = "20min"
refresh = true
variants = 2
coalesce = true
price = "15 USD/month"
outages = { between.exponential.mean = "30min", lasts = "1min" }
[strategies.only.cache.semantic]
share = "5%"
false_hits = "10%"
lookup_price = "0.00001 USD"
"#;

#[test]
fn a_warm_replication_with_everything_allocates_nothing() {
    let (requests, _, allocations) = measure_of(&world(r#"poisson.rate = "3/s""#, "3h", 1, EVERYTHING), true);
    assert!(requests > 40_000, "{requests}");
    assert_eq!(allocations, 0);
}
