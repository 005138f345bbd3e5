//! Runs the replications of an experiment on all cores.
//!
//! Replications are independent and keyed by their number. They run in batches of fixed size; the rows of a batch are put
//! in the order of replications, so that nothing depends on threads, on the batch size or on who was faster. All
//! strategies of a replication run on the same thread over the same journeys.
//!
//! A run may go on from where another ended, and hands out every batch as it is finished: whoever keeps them can go on after
//! a crash, with the same results. Nothing is kept here, and nothing looks at the clock.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use rayon::prelude::*;

use super::batch::{Batch, Run, add_days, add_spent};
use super::listed::{Listed, add_images};
use super::results::{ChargeCell, Row};
use crate::engine::{Bounds, CHUNK, Objectives, Observer, Oracle, Plan, Simulation};
use crate::ledger::{Cell, DayCell, Ledger, SPEND_POINTS};
use crate::model::Outcome;
use crate::routing::{AnyRouter, Strategy};
use crate::stats::Histogram;
use crate::units::{SimDuration, Usd};
use crate::workload::{Arrival, Generator};

/// How an experiment is run; none of this but seed and replications can change a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// The seed of all draws.
    pub seed: u64,
    /// How many replications.
    pub replications: u32,
    /// Threads; 0 for one per core.
    pub threads: usize,
    /// Replications per batch, at least 1.
    pub batch: u32,
    /// Which bounds are worked out beside; they change nothing else.
    pub bounds: Objectives,
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Replications finished, those included that it went on from.
    pub replications: u32,
    /// Requests simulated, over all strategies, those not included that it went on from.
    pub requests: u64,
}

/// Who follows a run from outside. It may end it, and changes nothing else.
pub trait Follower: Sync {
    /// Whether to stop: asked often, from all threads. Once it says so it must keep to it.
    fn stops(&self) -> bool {
        false
    }

    /// A replication is finished; told from the thread that simulated it.
    fn finished(&self, _step: Step) {}
}

/// Follows nothing and never stops.
impl Follower for () {}

/// Why replications could not be run.
#[derive(Debug)]
pub enum RunError {
    /// The operating system gave no threads.
    Threads(String),
    /// This replication draws inputs that make no plan, and why.
    Draw(u32, String),
}

/// Where the plan of a replication comes from.
#[derive(Clone, Copy)]
pub enum Plans<'p> {
    /// All have this one.
    One(&'p Plan),
    /// Each has one of its own, in which what is not known of the inputs is drawn. The first is like all of them: it has the same
    /// deployments, payees and strategies.
    Drawn(&'p Plan, &'p Draw<'p>),
}

/// Makes the plan of a replication.
pub type Draw<'p> = dyn Fn(u32) -> Result<Plan, String> + Sync + 'p;

impl<'p> Plans<'p> {
    /// The one that all are like.
    const fn first(self) -> &'p Plan {
        match self {
            Self::One(plan) | Self::Drawn(plan, _) => plan,
        }
    }
}

impl<'p> From<&'p Plan> for Plans<'p> {
    fn from(plan: &'p Plan) -> Self {
        Self::One(plan)
    }
}

/// So many events of what is under way after the last arrival go by between two looks at whether to stop: less than a
/// millisecond's work.
const EVENTS: usize = 4096;

/// What a thread needs for one replication after the other.
struct Workspace<'p, W> {
    generator: Generator,
    chunk: Vec<Arrival>,
    simulations: Vec<Simulation<'p, Strategy<AnyRouter>, W>>,
}

/// Watches the replications of one strategy.
trait Watch<'p>: Observer + Sized {
    fn of(plan: &'p Plan) -> Self;

    /// Goes to the start of a replication.
    fn begin(&mut self, seed: u64, replication: u32);

    fn ledger(&mut self) -> &mut Ledger;

    fn bounds(&self) -> Option<Bounds>;
}

/// Who watches, whatever the plan.
trait Watchers {
    type Of<'p>: Watch<'p>;
}

/// Ledgers.
struct Ledgers;

impl Watchers for Ledgers {
    type Of<'p> = Ledger;
}

/// Ledgers, and what would have been best with hindsight.
struct Oracles;

impl Watchers for Oracles {
    type Of<'p> = Oracle<'p, Ledger>;
}

impl<'p> Watch<'p> for Ledger {
    fn of(plan: &'p Plan) -> Self {
        Self::of(plan)
    }

    fn begin(&mut self, _: u64, _: u32) {
        self.reset();
    }

    fn ledger(&mut self) -> &mut Ledger {
        self
    }

    fn bounds(&self) -> Option<Bounds> {
        None
    }
}

impl<'p> Watch<'p> for Oracle<'p, Ledger> {
    fn of(plan: &'p Plan) -> Self {
        Self::new(plan, Ledger::of(plan))
    }

    fn begin(&mut self, seed: u64, replication: u32) {
        self.reset(seed, replication);
        self.observer().reset();
    }

    fn ledger(&mut self) -> &mut Ledger {
        self.observer()
    }

    fn bounds(&self) -> Option<Bounds> {
        Some(Self::bounds(self))
    }
}

/// One replication: per strategy a row, all cells, what each payee billed in each part of the horizon, and charges by day.
type Replication = Vec<(Row, Vec<Cell>, Vec<Usd>, Vec<DayCell>)>;

/// Runs all replications. `progress` is called after each, from the thread that simulated it.
///
/// `stop` is looked at with every chunk of arrivals. Once it is set, replications under way are abandoned, and the run has
/// those that were finished before the first that was not: the same rows as in a run of all.
///
/// # Errors
/// When there are no threads to be had.
pub fn run(plan: &Plan, settings: Settings, stop: &AtomicBool, progress: impl Fn(Step) + Sync) -> Result<Run, RunError> {
    struct Both<'a, P>(&'a AtomicBool, P);
    impl<P: Fn(Step) + Sync> Follower for Both<'_, P> {
        fn stops(&self) -> bool {
            self.0.load(Ordering::Relaxed)
        }

        fn finished(&self, step: Step) {
            self.1(step);
        }
    }
    resume(plan.into(), settings, Run::default(), &Both(stop, progress), |_| ControlFlow::Continue(()))
}

/// Goes on from a run of the same plan, seed and bounds to all replications. What comes out is the same, to the last bit, as
/// if it had never been interrupted; a run that has all already, or more, stays as it is.
///
/// `keep` gets every batch as soon as it is finished, in order, on one thread at a time; when it breaks off, the run ends after
/// that batch. `follower` may stop it as well, as with [`run`].
///
/// # Errors
/// When there are no threads to be had, or draws of inputs make no plan.
pub fn resume(
    plans: Plans<'_>,
    settings: Settings,
    begun: Run,
    follower: &impl Follower,
    keep: impl FnMut(&Batch) -> ControlFlow<()> + Send,
) -> Result<Run, RunError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(settings.threads).build();
    let pool = pool.map_err(|e| RunError::Threads(e.to_string()))?;
    pool.install(|| match settings.bounds {
        Objectives::NONE => all::<Ledgers>(plans, settings, begun, follower, keep),
        _ => all::<Oracles>(plans, settings, begun, follower, keep),
    })
}

fn all<W: Watchers>(
    plans: Plans<'_>,
    settings: Settings,
    mut run: Run,
    follower: &impl Follower,
    mut keep: impl FnMut(&Batch) -> ControlFlow<()>,
) -> Result<Run, RunError> {
    let plan = plans.first();
    run.charges.resize(plan.strategies.len(), Vec::new());
    run.spent.resize(plan.strategies.len(), Vec::new());
    run.days.resize(plan.strategies.len(), Vec::new());
    let (done, requests) = (AtomicU32::new(run.replications), AtomicU64::new(0));
    let tell = |replication: &Replication| {
        let more: u64 = replication.iter().map(|(row, ..)| row.requests).sum();
        let requests = requests.fetch_add(more, Ordering::Relaxed) + more;
        follower.finished(Step { replications: done.fetch_add(1, Ordering::Relaxed) + 1, requests });
    };
    let listed: Vec<Option<Listed>> = (0..plan.strategies.len()).map(|strategy| Listed::of(plan, strategy)).collect();
    while run.replications < settings.replications {
        let end = settings.replications.min(run.replications.saturating_add(settings.batch.max(1)));
        let finished: Vec<Result<Option<Replication>, RunError>> = (run.replications..end)
            .into_par_iter()
            .map_init(
                || None,
                |space, number| Ok(replicate::<W>(space, (plans, &listed), settings, number, follower)?.inspect(tell)),
            )
            .collect();
        let finished: Vec<Option<Replication>> = finished.into_iter().collect::<Result<_, RunError>>()?;
        let batch = batch(plan, run.replications, finished.into_iter().map_while(|replication| replication));
        let broken_off = !batch.rows.is_empty() && keep(&batch).is_break();
        run.extend(batch).expect("it begins where the run ends");
        if broken_off || run.replications < end {
            break;
        }
    }
    Ok(run)
}

/// One replication, in the thread's workspace where all have the same plan. `None` where it was stopped before it was over.
fn replicate<'p, W: Watchers>(
    space: &mut Option<Workspace<'p, W::Of<'p>>>,
    (plans, listed): (Plans<'p>, &[Option<Listed>]),
    settings: Settings,
    number: u32,
    follower: &impl Follower,
) -> Result<Option<Replication>, RunError> {
    match plans {
        Plans::One(plan) => {
            let space = space.get_or_insert_with(|| Workspace::new(plan));
            Ok(space.replicate((plan, listed), settings, number, follower))
        }
        Plans::Drawn(_, draw) => {
            let plan = draw(number).map_err(|why| RunError::Draw(number, why))?;
            Ok(Workspace::<W::Of<'_>>::new(&plan).replicate((&plan, listed), settings, number, follower))
        }
    }
}

/// Consecutive replications from this one on.
fn batch(plan: &Plan, first: u32, replications: impl Iterator<Item = Replication>) -> Batch {
    let mut totals = vec![Vec::<Cell>::new(); plan.strategies.len()];
    let mut spent = vec![Vec::<Usd>::new(); plan.strategies.len()];
    let mut days = vec![Vec::<DayCell>::new(); plan.strategies.len()];
    let mut rows = Vec::new();
    for replication in replications {
        for (strategy, (row, cells, amounts, of_days)) in replication.into_iter().enumerate() {
            rows.push(row);
            add(&mut totals[strategy], &cells);
            add_spent(&mut spent[strategy], &amounts);
            add_days(&mut days[strategy], &of_days);
        }
    }
    Batch { first, rows, charges: totals.iter().map(|cells| charges(plan, cells)).collect(), spent, days }
}

fn add(totals: &mut Vec<Cell>, cells: &[Cell]) {
    totals.resize(cells.len(), Cell::default());
    for (total, cell) in totals.iter_mut().zip(cells) {
        total.count += cell.count;
        total.total += cell.total;
    }
}

fn charges(plan: &Plan, cells: &[Cell]) -> Vec<ChargeCell> {
    let empty = Ledger::of(plan);
    let keyed = empty.cells().zip(cells).filter(|(_, cell)| cell.count > 0);
    keyed.map(|((key, _), cell)| ChargeCell { key, count: cell.count, total: cell.total }).collect()
}

impl<'p, W: Watch<'p>> Workspace<'p, W> {
    fn new(plan: &'p Plan) -> Self {
        let simulations = plan.strategies.iter().map(|strategy| Simulation::new(plan, strategy, W::of(plan))).collect();
        Self { generator: Generator::new(), chunk: Vec::with_capacity(CHUNK), simulations }
    }

    /// `None` where it was stopped before it was over.
    fn replicate(
        &mut self,
        (plan, listed): (&Plan, &[Option<Listed>]),
        settings: Settings,
        number: u32,
        follower: &impl Follower,
    ) -> Option<Replication> {
        let (seed, mut images) = (settings.seed, vec![0; plan.workload.classes.all.len()]);
        self.generator.begin(&plan.workload, seed, number);
        for simulation in &mut self.simulations {
            simulation.reset(seed, number);
            simulation.observer().begin(seed, number);
        }
        loop {
            if follower.stops() {
                return None;
            }
            self.generator.fill(&plan.workload, &mut self.chunk);
            if self.chunk.is_empty() {
                break;
            }
            add_images(&mut images, &self.chunk);
            for simulation in &mut self.simulations {
                simulation.advance(&self.chunk);
            }
        }
        for simulation in &mut self.simulations {
            while simulation.run_on(EVENTS) {
                if follower.stops() {
                    return None;
                }
            }
        }
        let journeys = plan.workload.journeys.is_some();
        let finish = |(strategy, simulation): (usize, &mut Simulation<'p, _, W>)| {
            simulation.drain();
            let bounds = simulation.observer().bounds().map(|bounds| (bounds, settings.bounds));
            let ledger = simulation.observer().ledger();
            let cells = ledger.cells().map(|(_, cell)| cell).collect();
            let (spent, days) = (ledger.spent(), ledger.days().to_vec());
            let listed = listed[strategy].as_ref().map_or(Usd::ZERO, |prices| prices.sum(&images));
            (Row { listed, bounds, ..row(ledger, &spent, (number, strategy as u16), journeys) }, cells, spent, days)
        };
        Some(self.simulations.iter_mut().enumerate().map(finish).collect())
    }
}

fn row(ledger: &Ledger, by_part: &[Usd], (replication, strategy): (u32, u16), journeys: bool) -> Row {
    let closed = |outcome: Outcome| ledger.closed[outcome as usize];
    let accepted = ledger.time_to_accepted.as_ref();
    // The invoice at the end of each part of the horizon.
    let parts = by_part.chunks_exact(by_part.len() / SPEND_POINTS);
    let course = parts.scan(Usd::ZERO, |sum, part| {
        *sum += part.iter().copied().sum();
        Some(*sum)
    });
    Row {
        replication,
        strategy,
        journeys: ledger.journeys,
        listed: Usd::ZERO,
        accepted: journeys.then_some(ledger.accepted),
        requests: ledger.requests,
        delivered: closed(Outcome::Delivered),
        filtered: closed(Outcome::Filtered),
        failed: closed(Outcome::Failed),
        timed_out: closed(Outcome::TimedOut),
        rate_limited: closed(Outcome::RateLimited),
        gone: closed(Outcome::Gone),
        refused: closed(Outcome::Refused),
        cached: ledger.cached,
        images: ledger.images,
        attempts: ledger.all_attempts(),
        answers: ledger.attempts.to_vec(),
        cost: ledger.cost(),
        wasted: ledger.wasted(),
        booked: ledger.booked(),
        gaps: ledger.gaps(),
        retried: ledger.retried,
        guarded: ledger.guarded,
        cases: ledger.cases().to_vec(),
        time_to_image: quantiles(&ledger.time_to_image, [0.50, 0.95, 0.99]),
        time_to_image_sum: ledger.time_to_image.sum(),
        time_to_accepted: accepted.and_then(|times| quantiles(times, [0.50, 0.95])),
        time_to_accepted_sum: accepted.map_or(0, Histogram::sum),
        spend: course.collect(),
        bounds: None,
    }
}

/// Quantiles of times in microseconds; `None` where there are no times.
fn quantiles<const N: usize>(times: &Histogram, ps: [f64; N]) -> Option<[SimDuration; N]> {
    let at = |p| SimDuration::from_micros(times.quantile(p).unwrap_or(0) as i64);
    (times.n() > 0).then(|| ps.map(at))
}
