//! The engine's side of the comparison: the same plain month, through scenario, plan, engine and ledger.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use spendcast::engine::{CHUNK, Simulation};
use spendcast::experiment::{self, Objectives, Settings};
use spendcast::ledger::Ledger;
use spendcast::scenario;
use spendcast::workload::Generator;

use crate::Work;

const SCENARIO: &str = include_str!("../plain_month.toml");

/// Runs about `requests` requests of `plain_month.toml` at `rate_per_second`, on one thread.
///
/// The number that comes is Poisson: the horizon is as long as so many take on average.
pub(crate) fn run(rate_per_second: f64, requests: u64, seed: u64) -> Work {
    let plan = plan(rate_per_second, requests);
    let ledger = Ledger::of(&plan);
    let mut simulation = Simulation::new(&plan, &plan.strategies[0], ledger);
    let mut generator = Generator::new();
    let mut chunk = Vec::with_capacity(CHUNK);
    generator.begin(&plan.workload, seed, 0);
    simulation.reset(seed, 0);
    loop {
        generator.fill(&plan.workload, &mut chunk);
        if chunk.is_empty() {
            break;
        }
        simulation.advance(&chunk);
    }
    simulation.drain();
    let ledger = simulation.observer();
    Work {
        requests: ledger.requests,
        delivered: ledger.closed[0],
        attempts: ledger.all_attempts(),
        cost_usd: ledger.cost().to_f64(),
    }
}

/// Simulates 64 replications of about 20 000 requests at 20 requests per second on so many threads; how many requests came.
pub(crate) fn replicate(threads: usize) -> u64 {
    let plan = plan(20.0, 20_000);
    let settings = Settings { seed: 1, replications: 64, threads, batch: 16, bounds: Objectives::NONE };
    let run = experiment::run(&plan, settings, &AtomicBool::new(false), |_| {}).expect("nobody stops it");
    run.rows.iter().map(|row| row.requests).sum()
}

/// The plan of the scenario at this load, its limits 1.5 times the load.
fn plan(rate: f64, requests: u64) -> spendcast::engine::Plan {
    let limit = format!("{{ rate = \"{:.2}/s\", burst = {:.0} }}", rate * 1.5, (rate * 90.0).max(60.0));
    let text = SCENARIO
        .replace("rate = \"20/s\"", &format!("rate = \"{rate}/s\""))
        .replace("{ rate = \"30/s\", burst = 1800 }", &limit)
        .replace("horizon = \"1d\"", &format!("horizon = \"{}s\"", (requests as f64 / rate) as u64));
    let read = |_: &Path| Ok(text.as_bytes().to_vec());
    let loaded = scenario::load(Path::new("plain_month.toml"), &[], &read).expect("the scenario is valid");
    let none = |_: &Path| Err(std::io::ErrorKind::NotFound.into());
    scenario::compile(&loaded.scenario, Path::new(""), &none).expect("the scenario compiles").plan
}
