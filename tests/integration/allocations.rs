//! The hot loop allocates nothing, and memory does not grow with the number of requests.

use spendcast::engine::{CHUNK, Simulation};
use spendcast::ledger::Ledger;
use spendcast::workload::Generator;

use crate::fixture::{compile, plain};

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
    let (compiled, _) = compile(&plain(r#"poisson.rate = "10/s""#, horizon, 1, MODEL, retry));
    let plan = &compiled.plan;
    let ledger = Ledger::of(plan);
    let mut simulation = Simulation::new(plan, &plan.strategies[0], ledger);
    let mut generator = Generator::new();
    let mut chunk = Vec::with_capacity(CHUNK);
    let mut replicate = |number| {
        generator.begin(&plan.workload, 1, number);
        simulation.reset(1, number);
        simulation.observer().reset();
        loop {
            generator.fill(&plan.workload, &mut chunk);
            if chunk.is_empty() {
                break;
            }
            simulation.advance(&chunk);
        }
        simulation.drain();
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
