//! Runs a scenario from its text, as the program does; runs the program; and keeps what tests write.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Output;
use std::sync::atomic::AtomicBool;

use spendcast::engine::{Observer, Plan, Simulation};
use spendcast::experiment::{self, Listed, Results, Row, Run, Settings};
use spendcast::ledger::Unsure;
use spendcast::routing::Client;
use spendcast::scenario::{self, Compiled};
use spendcast::units::SimTime;
use spendcast::workload::{Arrival, Generator};

/// The level of the tests against theory: a tolerance of 4.5 standard errors fails by chance once in 150 000 times, and
/// the seeds are fixed.
pub(crate) const SIGMAS: f64 = 4.5;

/// Runs the program in a directory to its end.
pub(crate) fn spendcast(place: &Path, arguments: &[&str]) -> Output {
    let mut program = std::process::Command::new(snapbox::cmd::cargo_bin!("spendcast"));
    program.current_dir(place).args(arguments).output().expect("runs")
}

/// Whether what tests come to is to be written anew, and not compared with what is committed.
pub(crate) fn writes() -> bool {
    std::env::var_os("SPENDCAST_WRITE").is_some()
}

/// Checks that a committed file has just this text, or makes it so where tests write.
pub(crate) fn committed(path: &Path, text: &str) {
    if writes() {
        return std::fs::write(path, text).expect("written");
    }
    let committed = std::fs::read_to_string(path).unwrap_or_else(|reason| panic!("{}: {reason}", path.display()));
    assert!(committed == text, "{} is not what comes out: run this test with SPENDCAST_WRITE=1", path.display());
}

/// Compiles the text of a scenario; its mistakes are a failure of the test.
pub(crate) fn compile(text: &str) -> (Compiled, Settings) {
    let read = |_: &Path| Ok(text.as_bytes().to_vec());
    let loaded = scenario::load(Path::new("scenario.toml"), &[], &read)
        .unwrap_or_else(|(sources, mistakes)| panic!("{}", spendcast::spec::render(&sources, &mistakes, false)));
    let compiled = scenario::compile(&loaded.scenario, Path::new(""), &|_| Err(std::io::ErrorKind::NotFound.into()))
        .unwrap_or_else(|mistakes| panic!("{}", spendcast::spec::render(&loaded.sources, &mistakes, false)));
    let replications = loaded.scenario.replications.0;
    let (seed, bounds) = (loaded.scenario.seed, loaded.scenario.bounds.0);
    (compiled, Settings { seed, replications, threads: 2, batch: 16, bounds })
}

/// Runs the text of a scenario.
pub(crate) fn run(text: &str) -> Run {
    let (compiled, settings) = compile(text);
    run_with(&compiled, settings)
}

/// Runs a compiled scenario with these settings.
pub(crate) fn run_with(compiled: &Compiled, settings: Settings) -> Run {
    experiment::run(&compiled.plan, settings, &AtomicBool::new(false), |_| {}).expect("nobody stops it")
}

/// What journeys are drawn with, and room for so many at once.
pub(crate) struct Traffic {
    generator: Generator,
    chunk: Vec<Arrival>,
}

impl Traffic {
    /// With this room.
    pub(crate) fn in_chunks_of(journeys: usize) -> Self {
        Self { generator: Generator::new(), chunk: Vec::with_capacity(journeys) }
    }

    /// Runs one replication of a simulation to its end: all journeys arrive, with a look at it `after` each chunk of them, and
    /// everything under way is over. This allocates nothing by itself.
    pub(crate) fn drive<C: Client, O: Observer>(
        &mut self,
        simulation: &mut Simulation<'_, C, O>,
        plan: &Plan,
        (seed, replication): (u64, u32),
        mut after: impl FnMut(&mut Simulation<'_, C, O>),
    ) {
        self.generator.begin(&plan.workload, seed, replication);
        simulation.reset(seed, replication);
        loop {
            self.generator.fill(&plan.workload, &mut self.chunk);
            if self.chunk.is_empty() {
                break;
            }
            simulation.advance(&self.chunk);
            after(simulation);
        }
        simulation.drain();
    }
}

/// Runs one replication of a simulation to its end, and looks at it only then.
pub(crate) fn drive<C: Client, O: Observer>(simulation: &mut Simulation<'_, C, O>, plan: &Plan, seed: u64, replication: u32) {
    Traffic::in_chunks_of(64).drive(simulation, plan, (seed, replication), |_| ());
}

/// The first journeys of a replication, at most so many.
pub(crate) fn first_arrivals(plan: &Plan, seed: u64, replication: u32, most: usize) -> Vec<Arrival> {
    let (mut generator, mut first) = (Generator::new(), Vec::with_capacity(most));
    generator.begin(&plan.workload, seed, replication);
    generator.fill(&plan.workload, &mut first);
    first
}

/// A row by itself, and its attempts by deployment.
pub(crate) type Unnumbered = (Row, BTreeMap<String, Vec<u64>>);

/// A row without what depends on the other strategies of its scenario: its number, and the ids of deployments. Attempts
/// stand by name, where there are any.
pub(crate) fn unnumbered(row: &Row, deployments: &[String]) -> Unnumbered {
    let named = deployments.iter().cloned().zip(row.answers.iter().map(|counts| counts.to_vec()));
    let answers = named.filter(|(_, counts)| counts.iter().any(|&count| count > 0)).collect();
    (Row { strategy: 0, answers: Vec::new(), ..row.clone() }, answers)
}

/// Checks that the mean of a value over replications is what theory says, to within its own standard error.
pub(crate) fn assert_mean(rows: &[Row], value: impl Fn(&Row) -> f64, theory: f64, what: &str) {
    let values: Vec<f64> = rows.iter().map(value).collect();
    assert_mean_of(&values, theory, what);
}

/// Checks that the mean of independent values is what theory says, to within its own standard error.
pub(crate) fn assert_mean_of(values: &[f64], theory: f64, what: &str) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (n - 1.0);
    let error = (variance / n).sqrt();
    assert!(error > 0.0, "{what}: nothing varies");
    let off = (mean - theory) / error;
    assert!(off.abs() < SIGMAS, "{what}: {mean} +- {error}, theory {theory}, {off:.1} standard errors off");
}

/// A scenario with one class and one model, to which tests add what they are about.
pub(crate) fn plain(arrivals: &str, horizon: &str, replications: u32, model: &str, strategy: &str) -> String {
    format!(
        r#"
title = "A known answer"
start = 2026-01-01
horizon = "{horizon}"
replications = {replications}
seed = 20260101

[workload.arrivals]
{arrivals}

[workload.classes.only]
size = "1024x1024"

[models."a/model"]
{model}

[strategies.only]
router.single = "a/model"
{strategy}
"#
    )
}

/// A scenario with one class, to whose models and strategies the rest adds all that the test is about.
pub(crate) fn world(arrivals: &str, horizon: &str, replications: u32, rest: &str) -> String {
    format!(
        "title = \"A known answer\"\nstart = 2026-01-01\nhorizon = \"{horizon}\"\nreplications = {replications}\nseed = 20260101\n\
         [workload.arrivals]\n{arrivals}\n[workload.classes.only]\nsize = \"1024x1024\"\n{rest}\n"
    )
}

/// What comes to a row's invoice if these of the unknown rules bill.
pub(crate) fn more_if(compiled: &Compiled, row: &Row, bills: impl Fn(&str) -> bool) -> Unsure {
    let billed: Vec<bool> = compiled.doubts.iter().map(|rule| bills(rule)).collect();
    let mut sum = Unsure::default();
    compiled.plan.market.doubts.cases_if(&billed).for_each(|case| sum += row.cases[case.index()]);
    sum
}

/// Everything that a run yields, for summaries and files.
pub(crate) fn results(compiled: &Compiled, run: Run) -> Results {
    Results {
        strategies: compiled.strategies.clone(),
        baseline: 0,
        payees: compiled.payees.clone(),
        doubts: compiled.doubts.clone(),
        cases: compiled.plan.market.doubts.clone(),
        replications: run.replications,
        rows: run.rows,
        charges: run.charges,
        spent: run.spent,
        days: run.days,
        horizon: compiled.plan.workload.horizon.since(SimTime::START),
        budget: None,
        same_arrivals: false,
        inputs: Vec::new(),
        expected_journeys: compiled.plan.workload.expected_journeys(),
        expected_listed: (0..compiled.strategies.len())
            .map(|strategy| Listed::of(&compiled.plan, strategy)?.expected(&compiled.plan.workload))
            .collect(),
    }
}
