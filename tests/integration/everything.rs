//! What must hold with everything that providers may have switched on at random: threads and batches change no bit, no
//! strategy moves another, every charge is in the ledger and the rows once, every request is closed once, and time never
//! goes back.

use std::cell::RefCell;
use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};
use spendcast::engine::{Closed, Observer, Simulation};
use spendcast::experiment::{Row, Settings};
use spendcast::ledger::{Ledger, Unsure};
use spendcast::model::{Answer, Cause, Charge, DeploymentId, Holds, Outcome, Stage};
use spendcast::provider::{Deployment, Span};
use spendcast::random::{Key, Purpose};
use spendcast::scenario::Compiled;
use spendcast::units::{SimDuration, SimTime, Usd};

use crate::features::worlds;
use crate::fixture::{Unnumbered, compile, drive, more_if, run_with, unnumbered};

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, rng_seed: RngSeed::Fixed(20_260_328), ..ProptestConfig::default() }
}

/// A row by itself, and its unknown charges by name.
fn by_name(row: &Row, compiled: &Compiled) -> (Unnumbered, BTreeMap<String, Unsure>) {
    let alone = compiled.doubts.iter().map(|rule| (rule.clone(), more_if(compiled, row, |other| other == rule)));
    let all = [("all".to_owned(), more_if(compiled, row, |_| true))];
    let sums = alone.chain(all).filter(|(_, sum)| *sum != Unsure::default()).collect();
    (unnumbered(&Row { cases: Vec::new(), ..row.clone() }, &compiled.deployments), sums)
}

proptest! {
    #![proptest_config(config(60))]

    #[test]
    fn threads_and_batches_change_no_bit(world in worlds()) {
        let (compiled, settings) = compile(&world.text(0..world.strategies.len()));
        let with = |threads, batch| {
            let run = run_with(&compiled, Settings { threads, batch, ..settings });
            (run.rows, run.charges, run.spent)
        };
        let once = with(1, 4);
        prop_assert!(once == with(3, 4) && once == with(2, 1) && once == with(4, 3));
    }

    #[test]
    fn no_strategy_moves_another(world in worlds()) {
        let (compiled, settings) = compile(&world.text(0..world.strategies.len()));
        let all = run_with(&compiled, Settings { threads: 1, ..settings });
        for strategy in 0..world.strategies.len() {
            let (only, settings) = compile(&world.text([strategy]));
            let alone = run_with(&only, Settings { threads: 1, ..settings });
            let alone: Vec<_> = alone.rows.iter().map(|row| by_name(row, &only)).collect();
            let with_others = all.rows.iter().filter(|row| usize::from(row.strategy) == strategy);
            let with_others: Vec<_> = with_others.map(|row| by_name(row, &compiled)).collect();
            prop_assert_eq!(alone, with_others);
        }
    }
}

/// Adds everything up by itself, and hands it on to a ledger.
struct Sums {
    ledger: Ledger,
    now: SimTime,
    requested: u64,
    closed: [u64; Outcome::ALL.len()],
    attempts: [u64; Outcome::ALL.len()],
    journeys: (u64, u64),
    certain: Usd,
    unknown: Usd,
    /// By case, whether all that is unknown of its group bills in it.
    whole: Box<[bool]>,
    charges: [u64; Cause::ALL.len()],
    horizon: SimTime,
    /// When each deployment is to be had in this replication.
    spans: Vec<Span>,
}

impl Sums {
    fn tick(&mut self, now: SimTime) {
        assert!(now >= self.now, "time went back from {:?} to {now:?}", self.now);
        self.now = now;
    }
}

impl Observer for Sums {
    fn journey_begins(&mut self, now: SimTime) {
        self.tick(now);
        self.journeys.0 += 1;
        self.ledger.journey_begins(now);
    }

    fn requested(&mut self, stage: Stage, now: SimTime) {
        self.tick(now);
        self.requested += 1;
        self.ledger.requested(stage, now);
    }

    fn attempted(&mut self, to: DeploymentId, answer: &Answer, now: SimTime) {
        self.tick(now);
        let outcome = match answer {
            Answer::Rejected { outcome, retry_after } => {
                assert!(*retry_after >= SimDuration::ZERO && matches!(outcome, Outcome::RateLimited | Outcome::Gone));
                *outcome
            }
            Answer::Accepted(fate) => {
                assert!(now <= fate.ends && fate.ends <= fate.released, "{fate:?} at {now:?}");
                let there = fate.place.holds == Holds::Gateway || self.spans[fate.place.by.index()].contains(now);
                assert!(fate.charge >= Usd::ZERO && there, "{fate:?} at {now:?}");
                fate.outcome
            }
        };
        self.attempts[outcome as usize] += 1;
        self.ledger.attempted(to, answer, now);
    }

    /// Charges of attempts come when they are sent, and what falls due by date no later than it is told.
    fn charged(&mut self, charge: &Charge, now: SimTime) {
        let of_an_attempt = charge.stage.is_some() && charge.cause != Cause::Delivered;
        assert!(
            if of_an_attempt { now == self.now } else { SimTime::START <= now && now <= self.now.max(self.horizon) },
            "{charge:?}"
        );
        let may_fall = charge.case.is_some() || charge.cause == Cause::Delivered;
        assert!(charge.amount != Usd::ZERO && (charge.amount > Usd::ZERO || may_fall), "{charge:?}");
        assert!(charge.stage.is_some() == charge.cause.is_of_an_attempt());
        match charge.case {
            None => self.certain += charge.amount,
            Some(case) if self.whole[case.index()] => self.unknown += charge.amount,
            Some(_) => {}
        }
        self.charges[charge.cause as usize] += 1;
        self.ledger.charged(charge, now);
    }

    fn closed(&mut self, request: &Closed, now: SimTime) {
        self.tick(now);
        assert!(request.attempts >= 1 && request.took >= SimDuration::ZERO);
        self.closed[request.outcome as usize] += 1;
        self.ledger.closed(request, now);
    }

    fn journey_ends(&mut self, accepted: bool, took: SimDuration, now: SimTime) {
        self.tick(now);
        self.journeys.1 += 1;
        self.ledger.journey_ends(accepted, took, now);
    }
}

/// Charges by cause, attempts by outcome, and what is unknown.
type Met = ([u64; Cause::ALL.len()], [u64; Outcome::ALL.len()], Usd);

/// Watches one replication of one strategy, and compares its own sums with the ledger's and the row's.
fn watch(compiled: &Compiled, seed: u64, row: &Row) -> Met {
    let plan = &compiled.plan;
    let lives = plan.market.deployments.iter().map(Deployment::life);
    let key = Key::new(seed, row.replication, Purpose::Life);
    let sums = Sums {
        ledger: Ledger::of(plan),
        now: SimTime::START,
        requested: 0,
        closed: Default::default(),
        attempts: Default::default(),
        journeys: (0, 0),
        certain: Usd::ZERO,
        unknown: Usd::ZERO,
        whole: plan.market.doubts.whole().into(),
        charges: Default::default(),
        horizon: plan.workload.horizon,
        spans: lives.map(|life| life.map_or(Span::ALWAYS, |life| life.span(key))).collect(),
    };
    let mut simulation = Simulation::new(plan, &plan.strategies[usize::from(row.strategy)], sums);
    drive(&mut simulation, plan, seed, row.replication);
    assert_eq!(simulation.under_way(), 0);
    let sums = simulation.observer();
    compare(sums, row, more_if(compiled, row, |_| true).cost);
    (sums.charges, sums.attempts, sums.unknown)
}

fn compare(sums: &Sums, row: &Row, unknown: Usd) {
    let ended = [row.delivered, row.filtered, row.failed, row.timed_out, row.rate_limited, row.gone, row.refused];
    assert_eq!((ended, row.requests, row.journeys), (sums.closed, sums.requested, sums.journeys.0));
    assert_eq!((ended.iter().sum::<u64>(), sums.journeys.0), (row.requests, sums.journeys.1));
    let answers = |outcome: Outcome| row.answers.iter().map(|counts| counts[outcome as usize]).sum::<u64>();
    assert_eq!((Outcome::ALL.map(answers), row.attempts), (sums.attempts, sums.attempts.iter().sum()));
    let cells =
        |certain: bool| sums.ledger.cells().filter(|(key, _)| key.certain == certain).map(|(_, cell)| cell.total).sum::<Usd>();
    assert_eq!((cells(true), cells(false)), (sums.certain, sums.unknown));
    assert_eq!((row.cost, unknown, row.spend.last().copied()), (sums.certain, sums.unknown, Some(sums.certain)));
    assert_eq!((sums.ledger.cost(), sums.ledger.wasted()), (row.cost, row.wasted));
}

#[test]
fn every_charge_and_request_is_counted_once() {
    let met = RefCell::new(([0_u64; Cause::ALL.len()], [0_u64; Outcome::ALL.len()], 0_u32));
    let mut runner = TestRunner::new(config(120));
    let checked = runner.run(&worlds(), |world| {
        let (compiled, settings) = compile(&world.text(0..world.strategies.len()));
        let run = run_with(&compiled, Settings { threads: 1, replications: 2, ..settings });
        for row in &run.rows {
            let (charges, attempts, in_doubt) = watch(&compiled, settings.seed, row);
            let (causes, outcomes, unknown) = &mut *met.borrow_mut();
            causes.iter_mut().zip(charges).for_each(|(met, count)| *met += count);
            outcomes.iter_mut().zip(attempts).for_each(|(met, count)| *met += count);
            *unknown += u32::from(in_doubt > Usd::ZERO);
        }
        for (strategy, cells) in run.charges.iter().enumerate() {
            let rows = run.rows.iter().filter(|row| usize::from(row.strategy) == strategy);
            let all = rows.map(|row| row.cost + more_if(&compiled, row, |_| true).cost).sum::<Usd>();
            prop_assert_eq!(cells.iter().map(|cell| cell.total).sum::<Usd>(), all);
        }
        // By payee and part of the horizon, it is the course of spending of all replications together.
        for (strategy, spent) in run.spent.iter().enumerate() {
            let mut until = Usd::ZERO;
            for (part, payees) in spent.chunks_exact(compiled.payees.len()).enumerate() {
                until += payees.iter().copied().sum();
                let rows = run.rows.iter().filter(|row| usize::from(row.strategy) == strategy);
                prop_assert_eq!(until, rows.map(|row| row.spend[part]).sum::<Usd>());
            }
        }
        Ok(())
    });
    checked.unwrap_or_else(|failure| panic!("{failure}"));
    let (causes, outcomes, unknown) = met.into_inner();
    // No strategy here hedges, and attempts are never refused by the client.
    let met = |cause: &Cause| *cause == Cause::Hedged || causes[*cause as usize] > 20;
    assert!(
        Cause::ALL.iter().all(met) && outcomes[..Outcome::Refused as usize].iter().all(|count| *count > 500) && unknown > 20,
        "{causes:?} {outcomes:?} {unknown}"
    );
}
