//! The sums of one replication of one strategy.

use crate::engine::{Closed, Observer};
use crate::model::{Answer, Cause, Charge, DeploymentId, Outcome, Stage};
use crate::stats::Histogram;
use crate::units::{SimDuration, SimTime, Usd};

/// How many equal parts of the horizon the course of spending is kept at.
pub const SPEND_POINTS: usize = 60;

/// Charges with one deployment, stage and cause.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cell {
    /// How many.
    pub count: u64,
    /// Their sum.
    pub total: Usd,
}

/// The sums of one replication.
#[derive(Debug, Clone)]
pub struct Ledger {
    /// Journeys that arrived.
    pub journeys: u64,
    /// Journeys that ended with an accepted image.
    pub accepted: u64,
    /// Requests sent.
    pub requests: u64,
    /// Requests over, by outcome in the order of [`Outcome::ALL`].
    pub closed: [u64; Outcome::ALL.len()],
    /// Images delivered.
    pub images: u64,
    /// Attempts by deployment and outcome in the order of [`Outcome::ALL`], rejected ones included.
    pub attempts: Box<[[u64; Outcome::ALL.len()]]>,
    /// Time from a delivered request to its images, in microseconds.
    pub time_to_image: Histogram,
    /// Time from the arrival of a journey to its accepted image, in microseconds; only where there are journeys.
    pub time_to_accepted: Option<Histogram>,
    cells: Box<[Cell]>,
    spent: [Usd; SPEND_POINTS],
    /// Length of a part of the horizon, the current part, and when it ends.
    part: SimDuration,
    current: usize,
    ends: SimTime,
}

const CELLS_PER_DEPLOYMENT: usize = Stage::ALL.len() * Cause::ALL.len();

impl Ledger {
    /// An empty ledger for so many deployments and this horizon, without journeys.
    pub fn new(deployments: usize, horizon: SimDuration) -> Self {
        // Rounded up, so that every instant before the horizon has a part.
        let part = SimDuration::from_micros(horizon.micros() / SPEND_POINTS as i64 + 1);
        Self {
            journeys: 0,
            accepted: 0,
            requests: 0,
            closed: [0; Outcome::ALL.len()],
            images: 0,
            attempts: vec![[0; Outcome::ALL.len()]; deployments].into(),
            time_to_image: Histogram::new(),
            time_to_accepted: None,
            cells: vec![Cell::default(); deployments * CELLS_PER_DEPLOYMENT].into(),
            spent: [Usd::ZERO; SPEND_POINTS],
            part,
            current: 0,
            ends: SimTime::START + part,
        }
    }

    /// The same for requests that belong to journeys.
    #[must_use]
    pub fn with_journeys(self) -> Self {
        Self { time_to_accepted: Some(Histogram::new()), ..self }
    }

    /// Forgets everything and keeps the memory.
    pub fn reset(&mut self) {
        (self.journeys, self.accepted, self.requests, self.images) = (0, 0, 0, 0);
        self.closed = [0; Outcome::ALL.len()];
        self.attempts.fill([0; Outcome::ALL.len()]);
        self.time_to_image.reset();
        self.time_to_accepted.iter_mut().for_each(Histogram::reset);
        self.cells.fill(Cell::default());
        self.spent = [Usd::ZERO; SPEND_POINTS];
        (self.current, self.ends) = (0, SimTime::START + self.part);
    }

    /// Attempts at any deployment, with any outcome.
    pub fn all_attempts(&self) -> u64 {
        self.attempts.iter().flatten().sum()
    }

    /// The invoice: the sum of all charges.
    pub fn cost(&self) -> Usd {
        self.cells.iter().map(|cell| cell.total).sum()
    }

    /// The part of the invoice that bought nothing.
    pub fn wasted(&self) -> Usd {
        self.cells().filter(|(_, _, cause, _)| cause.is_wasted()).map(|(_, _, _, cell)| cell.total).sum()
    }

    /// The invoice at the end of each part of the horizon; what comes after the horizon is in the last.
    pub fn spend(&self) -> impl Iterator<Item = Usd> {
        self.spent.iter().scan(Usd::ZERO, |sum, part| {
            *sum += *part;
            Some(*sum)
        })
    }

    /// All cells in the order of deployment, stage and cause, empty ones included.
    pub fn cells(&self) -> impl Iterator<Item = (DeploymentId, Stage, Cause, Cell)> {
        let keys = (0_u16..).flat_map(|d| {
            Stage::ALL.into_iter().flat_map(move |stage| Cause::ALL.into_iter().map(move |cause| (DeploymentId(d), stage, cause)))
        });
        keys.zip(self.cells.iter()).map(|((deployment, stage, cause), cell)| (deployment, stage, cause, *cell))
    }
}

impl Observer for Ledger {
    #[inline]
    fn journey_begins(&mut self, _: SimTime) {
        self.journeys += 1;
    }

    #[inline]
    fn requested(&mut self, _: Stage, _: SimTime) {
        self.requests += 1;
    }

    #[inline]
    fn attempted(&mut self, to: DeploymentId, answer: &Answer, _: SimTime) {
        let outcome = match answer {
            Answer::Rejected { .. } => Outcome::RateLimited,
            Answer::Accepted(fate) => fate.outcome,
        };
        self.attempts[to.index()][outcome as usize] += 1;
    }

    #[inline]
    fn charged(&mut self, charge: &Charge, now: SimTime) {
        let offset = charge.stage as usize * Cause::ALL.len() + charge.cause as usize;
        let cell = &mut self.cells[charge.deployment.index() * CELLS_PER_DEPLOYMENT + offset];
        cell.count += 1;
        cell.total += charge.amount;
        // Charges come in order of time: stepping on is cheaper than dividing.
        while now >= self.ends && self.current + 1 < SPEND_POINTS {
            self.current += 1;
            self.ends = self.ends + self.part;
        }
        self.spent[self.current] += charge.amount;
    }

    #[inline]
    fn closed(&mut self, request: &Closed, _: SimTime) {
        self.closed[request.outcome as usize] += 1;
        if request.outcome == Outcome::Delivered {
            self.images += u64::from(request.images);
            self.time_to_image.record(request.took.micros() as u64);
        }
    }

    #[inline]
    fn journey_ends(&mut self, accepted: bool, took: SimDuration, _: SimTime) {
        self.accepted += u64::from(accepted);
        if accepted && let Some(times) = &mut self.time_to_accepted {
            times.record(took.micros() as u64);
        }
    }
}
