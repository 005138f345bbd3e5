//! One request of one replication, followed step by step: what a doubtful number is checked by.
//!
//! The replication is simulated as in a run, with the same draws; nothing that is watched changes.

use crate::engine::{CHUNK, Closed, Observer, Plan, Simulation};
use crate::model::{Answer, Charge, DeploymentId, PayeeId, Stage};
use crate::random::Block;
use crate::routing::note::Note;
use crate::routing::{Action, AnyRouter, Heard, Strategy};
use crate::units::{SimTime, Usd};
use crate::workload::Generator;

/// Something that happened to the request.
#[derive(Debug, Clone, PartialEq)]
pub enum Moment {
    /// It was sent to the client.
    Requested(Stage),
    /// The client heard of something, its rules fired, and it acted. The draws are those of the next attempt.
    Decided {
        /// What it heard.
        heard: Heard,
        /// The rules.
        rules: Vec<Note>,
        /// What it does.
        action: Action,
        /// The draws.
        draws: Block,
    },
    /// An attempt was sent, and this is what will come of it.
    Attempted(DeploymentId, Answer),
    /// Somebody bills.
    Charged(Charge),
    /// The client will book so much, apart from what is charged.
    Booked(Usd),
    /// It is over.
    Closed(Closed),
}

/// A request that was followed.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    /// The number of its journey, from 0.
    pub journey: u64,
    /// The steps with their times.
    pub steps: Vec<(SimTime, Moment)>,
}

/// Follows the request with this number, from 0 in the order in which requests are sent, in this replication.
///
/// # Errors
/// How many requests there are, where there is none of that number.
pub fn explain(
    plan: &Plan,
    strategy: &Strategy<AnyRouter>,
    (seed, replication): (u64, u32),
    request: u64,
) -> Result<Explained, u64> {
    let client = strategy.clone().noting();
    let mut simulation = Simulation::new(plan, &client, Trace { wanted: request, ..Trace::default() });
    let (mut generator, mut chunk) = (Generator::new(), Vec::with_capacity(CHUNK));
    generator.begin(&plan.workload, seed, replication);
    simulation.reset(seed, replication);
    loop {
        generator.fill(&plan.workload, &mut chunk);
        if chunk.is_empty() || simulation.observer().closed {
            break;
        }
        simulation.advance(&chunk);
    }
    if !simulation.observer().closed {
        simulation.drain();
    }
    let trace = std::mem::take(simulation.observer());
    match trace.request {
        Some(id) => Ok(Explained { journey: id >> 17, steps: trace.steps }),
        None => Err(trace.requests),
    }
}

/// Listens for one request.
#[derive(Debug, Default)]
struct Trace {
    /// The number of the request that is wanted, and how many there were so far.
    wanted: u64,
    requests: u64,
    /// Its identity, once it has been sent.
    request: Option<u64>,
    /// Whether the next request told of is the one that was just sent.
    new: Option<(Stage, SimTime)>,
    /// Whether what is told is about it.
    about: bool,
    closed: bool,
    steps: Vec<(SimTime, Moment)>,
}

impl Trace {
    fn note(&mut self, now: SimTime, step: impl FnOnce() -> Moment) {
        if self.about && !self.closed {
            self.steps.push((now, step()));
        }
    }
}

impl Observer for Trace {
    const EXPLAINS: bool = true;

    fn requested(&mut self, stage: Stage, now: SimTime) {
        self.new = (self.requests == self.wanted).then_some((stage, now));
        self.requests += 1;
    }

    fn about(&mut self, request: u64) {
        let new = self.new.take();
        if new.is_some() {
            self.request = Some(request);
        }
        self.about = self.request == Some(request);
        if let Some((stage, now)) = new {
            self.note(now, || Moment::Requested(stage));
        }
    }

    fn decided(&mut self, heard: &Heard, rules: &[Note], action: Action, draws: Block, now: SimTime) {
        self.note(now, || Moment::Decided { heard: *heard, rules: rules.to_vec(), action, draws });
    }

    fn attempted(&mut self, to: DeploymentId, answer: &Answer, now: SimTime) {
        self.note(now, || Moment::Attempted(to, *answer));
    }

    fn charged(&mut self, charge: &Charge, now: SimTime) {
        self.note(now, || Moment::Charged(*charge));
    }

    fn booked(&mut self, _: PayeeId, amount: Usd, now: SimTime) {
        self.note(now, || Moment::Booked(amount));
    }

    fn closed(&mut self, request: &Closed, now: SimTime) {
        self.note(now, || Moment::Closed(*request));
        self.closed |= self.about;
    }
}
