//! The simulator against recordings of the real LiteLLM Router under concurrency (`tests/fidelity`).
//!
//! Each recorded case becomes a scenario, is simulated many times, and is compared figure by figure: the difference of means
//! over its standard error. What lies outside has a named cause in `docs/fidelity.md`, or the test fails. With
//! `SPENDCAST_WRITE=1` in the environment the page's tables are written anew; without it they must be the committed ones.

mod figures;
mod page;
mod recording;
mod scenario;
mod wire;

use std::cell::RefCell;
use std::path::Path;

use rayon::prelude::*;
use spendcast::engine::Simulation;
use spendcast::ledger::Ledger;
use spendcast::model::DeploymentId;

use crate::fixture::{self, compile};
use figures::{Figures, Over, z};
use recording::{Case, Recording};
use wire::{Tally, Wire};

/// Replications of each case: enough for the recordings to be all that is uncertain.
const REPLICATIONS: u32 = 1000;
const SEED: u64 = 20_260_302;
/// A difference of more standard errors is outside. Of some 600 figures 0.3 are beyond by chance (normal, two-sided).
const MOST: f64 = 3.5;

/// Differences with a cause: the case, the beginning of the figures' names, and the number of the cause in the page.
const EXPLAINED: [(&str, &str, u8); 12] = [
    ("least-busy-bursts", "calls of", 1),
    ("least-busy-bursts", "picks of", 1),
    ("least-busy-bursts", "delivered by", 1),
    ("least-busy-bursts", "booked", 1),
    ("least-busy-bursts", "invoiced", 1),
    ("least-busy-bursts", "mean time to an image", 1),
    ("parallel-instant-429", "picks of", 2),
    ("parallel-instant-429", "requests of 1 attempt", 2),
    ("parallel-instant-429", "requests of 2 attempts", 2),
    ("parallel-instant-429", "requests of 3 attempts", 2),
    ("parallel-instant-429", "calls of b", 3),
    ("parallel-instant-429", "delivered by b", 3),
];

/// A case by name, and what is changed in it.
type Off = (&'static str, fn(&mut Case));

/// Why a figure is where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reason {
    Within,
    Explained(u8),
    None,
}

/// A figure of a case.
struct Compared {
    name: String,
    recorded: Over,
    simulated: Over,
    reason: Reason,
}

/// The replications of a case.
fn simulate(case: &Case) -> Vec<Figures> {
    let (compiled, _) = compile(&scenario::text(case));
    let plan = &compiled.plan;
    let of = |deployment| {
        let name = case.model(deployment);
        DeploymentId(compiled.deployments.iter().position(|other| *other == name).expect("a deployment") as u16)
    };
    let deployments: Vec<DeploymentId> = case.deployments.iter().map(of).collect();
    let client = plan.strategies[0].clone().noting();
    let one = |replication: u32| {
        let tally = RefCell::new(Tally::default());
        let client = Wire { client: &client, case, deployments: &deployments, tally: &tally, seed: SEED, replication };
        let mut simulation = Simulation::new(plan, &client, Ledger::of(plan));
        simulation.reset(SEED, replication);
        simulation.advance(&scenario::arrivals(case, plan, SEED, replication));
        simulation.drain();
        let (booked, invoiced) = (simulation.observer().booked().to_f64(), simulation.observer().cost().to_f64());
        drop(simulation);
        let mut figures = tally.into_inner().finish(case);
        figures.put("booked, USD".to_owned(), booked);
        figures.put("invoiced, USD".to_owned(), invoiced);
        figures
    };
    (0..REPLICATIONS).map(one).collect()
}

/// All figures of a case that occur at all.
fn compare(recording: &Recording) -> Vec<Compared> {
    let case = &recording.case;
    let recorded: Vec<Figures> = recording.runs.iter().map(|run| run.figures(case)).collect();
    let simulated = simulate(case);
    let mut names: Vec<&String> = recorded.iter().chain(&simulated).flat_map(Figures::names).collect();
    names.sort();
    names.dedup();
    let compared = names.into_iter().filter_map(|name| {
        let (recorded, simulated) = (Over::of(&recorded, name)?, Over::of(&simulated, name)?);
        // What happens less than once in two runs has no distribution that a mean would tell.
        if recorded.mean.max(simulated.mean) < 0.5 && !name.contains("mean") {
            return None;
        }
        let known = EXPLAINED.iter().find(|(of, figures, _)| *of == case.name && name.starts_with(figures));
        let reason = match (z(recorded, simulated).abs() > MOST, known) {
            (false, _) => Reason::Within,
            (true, Some((_, _, number))) => Reason::Explained(*number),
            (true, None) => Reason::None,
        };
        Some(Compared { name: name.clone(), recorded, simulated, reason })
    });
    compared.collect()
}

#[test]
fn fidelity_to_the_real_router_under_load() {
    let recordings = recording::all();
    let compared: Vec<(&Recording, Vec<Compared>)> =
        recordings.par_iter().map(|recording| (recording, compare(recording))).collect();
    let summary = page::summary(&compared);
    let tables: String = compared.iter().map(|(recording, compared)| page::table(recording, compared)).collect();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/fidelity.md");
    let committed = std::fs::read_to_string(&path).expect("the page");
    let page = page::with(&committed, &(summary + &tables));
    fixture::committed(&path, &page);
    let all = || compared.iter().flat_map(|(recording, compared)| compared.iter().map(|one| (&recording.case.name, one)));
    let unexplained: Vec<String> = all()
        .filter(|(_, one)| one.reason == Reason::None)
        .map(|(case, one)| format!("{case}: {} ({:.1})", one.name, z(one.recorded, one.simulated)))
        .collect();
    assert!(unexplained.is_empty(), "outside without a cause:\n{}", unexplained.join("\n"));
    for (case, figures, number) in EXPLAINED {
        let met = all().any(|(of, one)| of == case && one.name.starts_with(figures) && one.reason != Reason::Within);
        assert!(met, "cause {number} explains nothing of {case}, {figures}: it is no longer outside");
    }
}

/// What the comparison can see: a setting that is a little off is outside in its case.
#[test]
fn fidelity_notices_a_setting_that_is_a_little_off() {
    let off: [Off; 9] = [
        ("cooldown-5", |case| set(case, "cooldown_time", 6.0)),
        ("timeout-httpx", |case| set(case, "timeout", 6.5)),
        ("retry-policy", |case| *retries(case) = 1.into()),
        ("allowed-fails", |case| set(case, "allowed_fails", 2.0)),
        ("usage-v2-minute", |case| case.deployments[0].rpm = Some(21)),
        ("budget-deployments", |case| case.deployments[0].max_budget = Some(1.1)),
        ("parallel-poisson-alone", |case| case.deployments[0].max_parallel_requests = Some(5)),
        ("parallel-sdk", |case| case.deployments[0].max_parallel_requests = Some(5)),
        ("fallbacks-under-load", |case| case.adapter = "openai".to_owned()),
    ];
    let mut recordings = recording::all();
    for (name, change) in off {
        let recording = recordings.iter_mut().find(|recording| recording.case.name == name).expect("a case");
        change(&mut recording.case);
        assert!(compare(recording).iter().any(|one| one.reason != Reason::Within), "{name}");
    }
}

fn retries(case: &mut Case) -> &mut serde_json::Value {
    &mut case.router.get_mut("retry_policy").expect("it has one")["InternalServerErrorRetries"]
}

fn set(case: &mut Case, key: &str, value: f64) {
    case.router.insert(key.to_owned(), value.into());
}
