//! The sums of one replication of one strategy.

use serde::{Deserialize, Serialize};

use super::days::{Billed, DayCell, Days, NEVER};
use crate::engine::{Closed, Observer, Plan};
use crate::model::{Answer, Cause, Charge, DeploymentId, Gap, Guarded, Outcome, PayeeId, Stage};
use crate::stats::Histogram;
use crate::units::{SimDuration, SimTime, Usd};

/// How many equal parts of the horizon the course of spending is kept at.
pub const SPEND_POINTS: usize = 60;

/// Charges with one payee, stage and cause, known or depending on one unknown rule.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cell {
    /// How many.
    pub count: u64,
    /// Their sum.
    pub total: Usd,
}

impl Cell {
    #[inline]
    fn add(&mut self, amount: Usd) {
        self.count += 1;
        self.total += amount;
    }
}

/// What one case adds to the invoice, compared with nothing unknown being billed; less than zero where it takes from it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unsure {
    /// To all of it.
    pub cost: Usd,
    /// To the part of it that bought nothing.
    pub wasted: Usd,
}

impl std::ops::AddAssign for Unsure {
    fn add_assign(&mut self, more: Self) {
        self.cost += more.cost;
        self.wasted += more.wasted;
    }
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
    /// Requests delivered without an attempt: from a cache of the client's own.
    pub cached: u64,
    /// Attempts by deployment and outcome in the order of [`Outcome::ALL`], rejected ones included.
    pub attempts: Box<[[u64; Outcome::ALL.len()]]>,
    /// Time from a delivered request to its images, in microseconds.
    pub time_to_image: Histogram,
    /// Time from the arrival of a journey to its accepted image, in microseconds; only where there are journeys.
    pub time_to_accepted: Option<Histogram>,
    /// What became of the client's budgets, where it keeps any.
    pub guarded: Option<Guarded>,
    /// Charges that are billed for certain.
    cells: Box<[Cell]>,
    /// What comes to it, or goes from it, if everything unknown bills; empty where nothing is unknown.
    doubtful: Box<[Cell]>,
    /// The same in each case that unknown rules make.
    cases: Box<[Unsure]>,
    /// What the client books at deployments where that is not just what is charged for a delivery.
    booked: Usd,
    /// What was billed for attempts after the first at a request, hedges aside, and bought nothing.
    pub retried: Usd,
    /// By case, whether everything unknown of its group bills in it.
    whole: Box<[bool]>,
    /// What each payee billed for certain in each part of the horizon that is over: the payees of the first part, then of the next.
    spent: Box<[Usd]>,
    /// What of all that a payee billed is in there.
    told: Box<[Usd]>,
    /// Length of a part of the horizon, where the current part begins in `spent`, and when it ends.
    part: SimDuration,
    current: usize,
    part_ends: SimTime,
    /// What is billed by day, made from the cells at the end of each.
    days: Days,
    /// When the part or the day ends, whichever is first.
    ends: SimTime,
}

/// The stages that a charge may have.
const STAGES: [Option<Stage>; 3] = [Some(Stage::Draft), Some(Stage::Final), None];
pub(super) const CELLS_PER_PAYEE: usize = STAGES.len() * Cause::ALL.len();

/// The cell of this payee, place of the stage in [`STAGES`], and cause.
pub(super) const fn cell_of(payee: PayeeId, stage: usize, cause: Cause) -> usize {
    payee.index() * CELLS_PER_PAYEE + stage * Cause::ALL.len() + cause as usize
}

/// What the charges of a cell have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellKey {
    /// Who billed them.
    pub payee: PayeeId,
    /// What they served; `None` where no single attempt caused them.
    pub stage: Option<Stage>,
    /// What they were for.
    pub cause: Cause,
    /// Whether they are billed for certain; otherwise they are what comes to these if everything unknown bills.
    pub certain: bool,
}

impl CellKey {
    const fn place(&self) -> (bool, PayeeId, usize, usize) {
        let stage = match self.stage {
            Some(stage) => stage as usize,
            None => STAGES.len() - 1,
        };
        (!self.certain, self.payee, stage, self.cause as usize)
    }
}

/// The order of [`Ledger::cells`]: those that are certain first, then by payee, stage and cause.
impl Ord for CellKey {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.place().cmp(&other.place())
    }
}

impl PartialOrd for CellKey {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ledger {
    /// An empty ledger for a replication of this plan.
    pub fn of(plan: &Plan) -> Self {
        let horizon = plan.workload.horizon.since(SimTime::START);
        // Rounded up, so that every instant before the horizon has a part.
        let part = SimDuration::from_micros(horizon.micros() / SPEND_POINTS as i64 + 1);
        let cells = vec![Cell::default(); plan.market.payees * CELLS_PER_PAYEE].into_boxed_slice();
        let exact = plan.market.deployments.iter().map(|deployment| deployment.more.is_none()).collect();
        let days = Days::new(plan.market.payees, exact, horizon);
        Self {
            journeys: 0,
            accepted: 0,
            requests: 0,
            closed: [0; Outcome::ALL.len()],
            images: 0,
            cached: 0,
            attempts: vec![[0; Outcome::ALL.len()]; plan.market.deployments.len()].into(),
            time_to_image: Histogram::new(),
            time_to_accepted: plan.workload.journeys.as_ref().map(|_| Histogram::new()),
            guarded: None,
            doubtful: if plan.market.doubts.cases() > 0 { cells.clone() } else { Box::default() },
            cells,
            cases: vec![Unsure::default(); plan.market.doubts.cases()].into(),
            booked: Usd::ZERO,
            retried: Usd::ZERO,
            whole: plan.market.doubts.whole().into(),
            spent: vec![Usd::ZERO; SPEND_POINTS * plan.market.payees].into(),
            told: vec![Usd::ZERO; plan.market.payees].into(),
            part,
            current: 0,
            part_ends: SimTime::START + part,
            ends: days.ends().min(SimTime::START + part),
            days,
        }
    }

    /// Forgets everything and keeps the memory.
    pub fn reset(&mut self) {
        (self.journeys, self.accepted, self.requests, self.images, self.cached) = (0, 0, 0, 0, 0);
        self.closed = [0; Outcome::ALL.len()];
        self.attempts.fill([0; Outcome::ALL.len()]);
        self.time_to_image.reset();
        self.time_to_accepted.iter_mut().for_each(Histogram::reset);
        self.cells.fill(Cell::default());
        self.doubtful.fill(Cell::default());
        self.cases.fill(Unsure::default());
        (self.booked, self.retried) = (Usd::ZERO, Usd::ZERO);
        self.guarded = None;
        self.spent.fill(Usd::ZERO);
        self.told.fill(Usd::ZERO);
        (self.current, self.part_ends) = (0, SimTime::START + self.part);
        self.days.reset();
        self.ends = self.days.ends().min(self.part_ends);
    }

    /// Attempts at any deployment, with any outcome.
    pub fn all_attempts(&self) -> u64 {
        self.attempts.iter().flatten().sum()
    }

    /// The invoice: the sum of all charges that are billed for certain.
    pub fn cost(&self) -> Usd {
        self.cells.iter().map(|cell| cell.total).sum()
    }

    /// The part of it that bought nothing.
    pub fn wasted(&self) -> Usd {
        self.sum_of(Cause::is_wasted)
    }

    /// What the client books: the list price of each attempt that delivered, and nothing else, as LiteLLM does (1.106.2,
    /// `async_log_success_event`).
    pub fn booked(&self) -> Usd {
        let plain = |payee: PayeeId| self.days.plain(payee) == Some(true);
        let charged = self.cells().filter(|(key, _)| key.certain && key.cause == Cause::Delivered && plain(key.payee));
        charged.map(|(_, cell)| cell.total).sum::<Usd>() + self.booked
    }

    /// Why the invoice is not what is booked: by [`Gap`], in the order of [`Gap::ALL`]. The sum is their difference.
    pub fn gaps(&self) -> [Usd; Gap::ALL.len()] {
        Gap::ALL.map(|gap| {
            let charged = self.sum_of(|cause| cause.gap() == gap);
            if gap == Gap::Prices { charged - self.booked() } else { charged }
        })
    }

    fn sum_of(&self, counts: impl Fn(Cause) -> bool) -> Usd {
        self.cells().filter(|(key, _)| key.certain && counts(key.cause)).map(|(_, cell)| cell.total).sum()
    }

    /// What each case of unknown rules adds to the invoice, by case.
    pub const fn cases(&self) -> &[Unsure] {
        &self.cases
    }

    /// What each payee billed for certain in each part of the horizon: all payees of the first part by id, then of the next. What
    /// comes after the horizon is in the last.
    pub fn spent(&self) -> Vec<Usd> {
        let mut spent = self.spent.to_vec();
        for payee in 0..self.told.len() {
            spent[self.current + payee] += self.untold(payee);
        }
        spent
    }

    /// What a payee billed in the current part, but for what falls due at times of its own.
    fn untold(&self, payee: usize) -> Usd {
        let cells = &self.cells[payee * CELLS_PER_PAYEE..][..CELLS_PER_PAYEE];
        cells.iter().map(|cell| cell.total).sum::<Usd>() - self.told[payee]
    }

    /// All charges by day, payee and cause, in order.
    pub fn days(&mut self) -> &[DayCell] {
        self.days.put_away(&self.cells);
        self.days.kept()
    }

    /// Goes on to the part of the horizon and the day in which this time lies. Adding up at their ends is cheaper than at every
    /// charge.
    #[cold]
    fn go_on_to(&mut self, now: SimTime) {
        if now >= self.part_ends {
            self.go_on_to_part(now);
        }
        if now >= self.days.ends() {
            self.days.put_away(&self.cells);
            self.days.go_on_to(now);
        }
        self.ends = self.days.ends().min(self.part_ends);
    }

    fn go_on_to_part(&mut self, now: SimTime) {
        let payees = self.told.len();
        for payee in 0..payees {
            let amount = self.untold(payee);
            self.spent[self.current + payee] += amount;
            self.told[payee] += amount;
        }
        while now >= self.part_ends {
            self.current += payees;
            let last = self.current + payees >= self.spent.len();
            self.part_ends = if last { NEVER } else { self.part_ends + self.part };
        }
    }

    /// All cells, empty ones included: those that are certain in the order of payee, stage and cause, then the doubtful.
    pub fn cells(&self) -> impl Iterator<Item = (CellKey, Cell)> {
        keys(true).zip(self.cells.iter().copied()).chain(keys(false).zip(self.doubtful.iter().copied()))
    }

    /// A charge that is doubtful, or of no attempt.
    #[cold]
    fn charged_otherwise(&mut self, charge: &Charge, now: SimTime) {
        let stage = charge.stage.map_or(STAGES.len() - 1, |stage| stage as usize);
        let cell = cell_of(charge.payee, stage, charge.cause);
        if let Some(case) = charge.case {
            let wasted = if charge.cause.is_wasted() { charge.amount } else { Usd::ZERO };
            self.cases[case.index()] += Unsure { cost: charge.amount, wasted };
            if self.whole[case.index()] {
                self.doubtful[cell].add(charge.amount);
                self.days.add_at(now, charge, Billed::Perhaps);
            }
            return;
        }
        self.cells[cell].add(charge.amount);
        let payee = charge.payee.index();
        self.spent[self.part_of(now) * self.told.len() + payee] += charge.amount;
        self.told[payee] += charge.amount;
        self.days.add_at(now, charge, if charge.amount < Usd::ZERO { Billed::Back } else { Billed::Surely });
    }

    /// The part of the horizon in which a charge falls that need not be later than all before it.
    fn part_of(&self, at: SimTime) -> usize {
        let part = at.since(SimTime::START).micros().max(0) / self.part.micros();
        usize::try_from(part).unwrap_or(usize::MAX).min(SPEND_POINTS - 1)
    }
}

fn keys(certain: bool) -> impl Iterator<Item = CellKey> {
    (0_u16..).map(PayeeId).flat_map(move |payee| {
        STAGES.into_iter().flat_map(move |stage| Cause::ALL.map(|cause| CellKey { payee, stage, cause, certain }))
    })
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
            Answer::Rejected { outcome, .. } => *outcome,
            Answer::Accepted(fate) => fate.outcome,
        };
        self.attempts[to.index()][outcome as usize] += 1;
    }

    #[inline]
    fn charged(&mut self, charge: &Charge, now: SimTime) {
        let (Some(stage), None) = (charge.stage, charge.case) else { return self.charged_otherwise(charge, now) };
        // Charges of attempts come in order of time.
        if now >= self.ends {
            self.go_on_to(now);
        }
        self.cells[cell_of(charge.payee, stage as usize, charge.cause)].add(charge.amount);
    }

    fn taken_back(&mut self, charge: &Charge, now: SimTime) {
        self.charged(charge, now);
        self.days.uncount(charge);
    }

    fn given_back(&mut self, charge: &Charge, now: SimTime) {
        self.charged(charge, now);
        if charge.stage.is_some() && charge.case.is_none() {
            self.days.add_at(now, charge, Billed::Back);
        }
    }

    fn retried(&mut self, amount: Usd) {
        self.retried += amount;
    }

    fn booked(&mut self, by: PayeeId, amount: Usd, now: SimTime) {
        self.booked += amount;
        self.days.list(by, amount, now);
    }

    fn guarded(&mut self, guarded: &Guarded) {
        self.guarded = Some(*guarded);
    }

    #[inline]
    fn closed(&mut self, request: &Closed, _: SimTime) {
        self.closed[request.outcome as usize] += 1;
        if request.outcome == Outcome::Delivered {
            self.images += u64::from(request.images);
            self.cached += u64::from(request.attempts == 0);
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
