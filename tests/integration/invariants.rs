//! What must hold whatever the plan: random scenarios, each watched by a [`Witness`].

use std::cell::RefCell;

use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};
use spendcast::engine::{Closed, Simulation};
use spendcast::experiment::{Row, Run, Settings};
use spendcast::model::{Outcome, Stage};
use spendcast::routing::Ask;
use spendcast::scenario::Compiled;
use spendcast::units::Usd;

use crate::fixture::{Traffic, compile, first_arrivals, run_with, unnumbered};
use crate::random_plans::{Case, JourneyCase, cases};
use crate::witness::{Said, Spy, Tally, Witness, levels};

const SEED: u64 = 7;

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, rng_seed: RngSeed::Fixed(20_260_101), ..ProptestConfig::default() }
}

/// The model of each deployment: their names are `m` and its number.
fn models(compiled: &Compiled) -> Vec<usize> {
    compiled.deployments.iter().map(|name| name[1..].parse().expect("m and a number")).collect()
}

fn run(case: &Case, strategies: impl IntoIterator<Item = usize>) -> (Compiled, Run) {
    let (compiled, settings) = compile(&case.text(strategies));
    let run = run_with(&compiled, Settings { seed: SEED, threads: 1, ..settings });
    (compiled, run)
}

/// Most requests that one journey may have.
fn most_requests(case: &Case) -> u64 {
    case.journey.map_or(1, |journey| (journey.rounds + 1) * (journey.at_most + 1))
}

/// Watches one replication of one strategy, and compares the witness's sums with the ledger and the row.
fn watch(case: &Case, compiled: &Compiled, strategy: usize, row: &Row) -> Tally {
    let (plan, of, said) = (&compiled.plan, models(compiled), Said::default());
    let router = &plan.strategies[strategy];
    let levels = |ask: &Ask| levels(router, ask);
    let client = Spy { client: router, said: &said };
    let witness = Witness::new(plan, &case.models, &of, case.strategies[strategy].attempts, &levels, &said);
    let mut simulation = Simulation::new(plan, &client, witness);
    Traffic::in_chunks_of(64).drive(&mut simulation, plan, (SEED, row.replication), |simulation| {
        let under_way = simulation.under_way() as u64;
        let witness = simulation.observer();
        assert_eq!(witness.begun - witness.ended, under_way);
        assert!(witness.open() <= under_way && (case.journey.is_some() || witness.open() == under_way));
    });
    assert_eq!(simulation.under_way(), 0);
    let witness = simulation.observer();
    assert_eq!((witness.begun, witness.open()), (witness.ended, 0));
    assert!(witness.requested <= witness.begun * most_requests(case) && witness.requested >= witness.begun);
    witness.check_windows();
    compare(witness, row);
    witness.tally
}

fn compare(witness: &Witness<'_>, row: &Row) {
    let ledger = &witness.ledger;
    assert_eq!((ledger.journeys, ledger.requests), (witness.begun, witness.requested));
    assert_eq!((row.journeys, row.requests, row.attempts), (ledger.journeys, ledger.requests, ledger.all_attempts()));
    let ended = [row.delivered, row.filtered, row.failed, row.timed_out, row.rate_limited, row.gone, row.refused];
    let closed = |outcome| witness.closed.iter().filter(|request| request.outcome == outcome).count() as u64;
    assert_eq!((ended, row.requests), (Outcome::ALL.map(closed), ended.iter().sum()));
    let answers = |outcome: Outcome| row.answers.iter().map(|counts| counts[outcome as usize]).sum::<u64>();
    let mut seen = witness.tally.outcomes;
    seen[Outcome::RateLimited as usize] += witness.tally.by_bucket + witness.tally.by_in_flight;
    assert_eq!((Outcome::ALL.map(answers), row.attempts), (seen, seen.iter().sum()));
    assert!(row.accepted.is_none_or(|accepted| accepted == ledger.accepted && accepted <= row.journeys));
    assert!(row.images >= row.delivered && row.attempts >= row.requests && row.wasted <= row.cost);
    assert_eq!(ledger.cells().map(|(.., cell)| cell.total).sum::<Usd>(), witness.charges);
    assert_eq!((row.cost, ledger.cost()), (witness.charges, witness.charges));
    assert_eq!(row.spend.last().copied(), Some(witness.charges));
    assert!(row.spend.is_sorted());
}

/// The requests of one journey: so many drafts at most are delivered, one final, and none is lost too often in a row.
fn check_course(case: &Case, closed: &[Closed]) {
    let JourneyCase { rounds, at_most } = case.journey.unwrap_or(JourneyCase { rounds: 0, at_most: 0 });
    let delivered = |stage| closed.iter().filter(|c| c.stage == stage && c.outcome == Outcome::Delivered).count() as u64;
    assert!(!closed.is_empty() && delivered(Stage::Draft) <= rounds && delivered(Stage::Final) <= 1, "{closed:?}");
    let runs = closed.split(|request| request.outcome == Outcome::Delivered);
    assert!(runs.map(<[Closed]>::len).all(|lost| lost as u64 <= at_most + 1), "{closed:?}");
    assert!(closed.is_sorted_by_key(|request| request.stage as u8), "a draft after the final");
}

/// Each of the first journeys, alone in the world.
fn alone(case: &Case, compiled: &Compiled) {
    let plan = &compiled.plan;
    let (of, said) = (models(compiled), Said::default());
    let first = first_arrivals(plan, SEED, 0, 10);
    for (strategy, router) in plan.strategies.iter().enumerate() {
        let levels = |ask: &Ask| levels(router, ask);
        for arrival in &first {
            let client = Spy { client: router, said: &said };
            let witness = Witness::new(plan, &case.models, &of, case.strategies[strategy].attempts, &levels, &said);
            let mut simulation = Simulation::new(plan, &client, witness);
            simulation.reset(SEED, 0);
            simulation.advance(std::slice::from_ref(arrival));
            simulation.drain();
            check_course(case, &simulation.observer().closed);
        }
    }
}

#[test]
fn every_answer_charge_and_sum_is_right() {
    let tally = RefCell::new(Tally::default());
    let mut runner = TestRunner::new(config(128));
    let checked = runner.run(&cases(), |case| {
        let (compiled, run) = run(&case, 0..case.strategies.len());
        for row in &run.rows {
            tally.borrow_mut().add(&watch(&case, &compiled, usize::from(row.strategy), row));
        }
        for (strategy, cells) in run.charges.iter().enumerate() {
            let rows = run.rows.iter().filter(|row| usize::from(row.strategy) == strategy);
            prop_assert_eq!(cells.iter().map(|cell| cell.total).sum::<Usd>(), rows.map(|row| row.cost).sum::<Usd>());
        }
        alone(&case, &compiled);
        Ok(())
    });
    checked.unwrap_or_else(|failure| panic!("{failure}"));
    let met = tally.into_inner();
    // Rate limited is the last outcome, and no accepted attempt has it.
    // Likewise no attempt of these plans is charged for one of the later causes.
    let counts = [&met.outcomes[..4], &met.charges[..4], &[met.by_bucket, met.by_in_flight]].concat();
    let counts = [&counts[..], &[met.later_prices, met.finals, met.tried_again]].concat();
    assert!(counts.iter().all(|count| *count > 1000), "{met:?}");
}

proptest! {
    #![proptest_config(config(48))]

    #[test]
    fn no_strategy_moves_another(case in cases()) {
        let (compiled, all) = run(&case, 0..case.strategies.len());
        for strategy in 0..case.strategies.len() {
            let (only, by_itself) = run(&case, [strategy]);
            let with_others = all.rows.iter().filter(|row| usize::from(row.strategy) == strategy);
            let with_others: Vec<_> = with_others.map(|row| unnumbered(row, &compiled.deployments)).collect();
            let by_itself: Vec<_> = by_itself.rows.iter().map(|row| unnumbered(row, &only.deployments)).collect();
            prop_assert_eq!(by_itself, with_others);
        }
    }

    #[test]
    fn what_costs_nothing_costs_nothing(case in cases()) {
        let text = case.text(0..case.strategies.len());
        let free: Vec<String> = text.split('"').map(|part| if part.ends_with(" USD") { "0 USD" } else { part }.to_owned()).collect();
        let (compiled, settings) = compile(&free.join("\""));
        let run = run_with(&compiled, Settings { threads: 1, ..settings });
        prop_assert!(run.rows.iter().all(|row| row.cost == Usd::ZERO && row.wasted == Usd::ZERO));
        prop_assert!(run.charges.iter().all(Vec::is_empty));
    }
}
