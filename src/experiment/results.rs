//! What an experiment yields: one row per replication and strategy, and what charts need beyond it.

use serde::{Deserialize, Serialize};

use crate::engine::{Bounds, Objectives};
use crate::ledger::{CellKey, DayCell, Unsure};
use crate::model::{Gap, Guarded, Outcome};
use crate::provider::Doubts;
use crate::units::{SimDuration, Usd};

/// One replication of one strategy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Index of the replication, from 0.
    pub replication: u32,
    /// Index of the strategy, in the order of the scenario.
    pub strategy: u16,
    /// Journeys that began within the horizon.
    pub journeys: u64,
    /// What these would cost at list prices ([`Listed`](super::Listed)); zero where no model has a price for all classes. Where prices
    /// are uncertain it goes by their medians, in all replications.
    pub listed: Usd,
    /// Journeys that ended with an accepted image; `None` where the scenario has no journeys.
    pub accepted: Option<u64>,
    /// Requests; each is delivered, filtered, failed, timed out or rate-limited in the end.
    pub requests: u64,
    /// Requests that were delivered.
    pub delivered: u64,
    /// Requests lost to a content filter.
    pub filtered: u64,
    /// Requests lost to a failure of the provider.
    pub failed: u64,
    /// Requests lost because the client stopped waiting.
    pub timed_out: u64,
    /// Requests lost to a limit.
    pub rate_limited: u64,
    /// Requests lost because no model was there any more.
    pub gone: u64,
    /// Requests that the client itself refused.
    pub refused: u64,
    /// Requests served from a cache of the client's own, of those delivered.
    pub cached: u64,
    /// Images delivered.
    pub images: u64,
    /// Attempts, rate-limited ones included.
    pub attempts: u64,
    /// The same by deployment, and by outcome in the order of [`Outcome::ALL`].
    pub answers: Vec<[u64; Outcome::ALL.len()]>,
    /// The invoice: the sum of all charges that are billed for certain.
    pub cost: Usd,
    /// The part of the invoice that bought nothing.
    pub wasted: Usd,
    /// What the client booked: the list price of what was delivered.
    pub booked: Usd,
    /// Why the invoice is not what was booked, in the order of [`Gap::ALL`]; the sum is their difference.
    pub gaps: [Usd; Gap::ALL.len()],
    /// The part of the invoice that was billed for attempts after the first at a request, hedges aside, and bought nothing: the
    /// price of retries and fallbacks. It is in `gaps` as failed, timed out or refused.
    pub retried: Usd,
    /// By how much the client's own budgets were passed; `None` for a strategy that keeps none.
    pub guarded: Option<Guarded>,
    /// What each case of unknown billing rules adds to the invoice, in the order of `Results::cases`.
    pub cases: Vec<Unsure>,
    /// Time from a delivered request to its images: p50, p95 and p99 over the replication's requests, to
    /// within 0.4 %; `None` where nothing was delivered.
    pub time_to_image: Option<[SimDuration; 3]>,
    /// The exact sum of these times in microseconds: it tells equal times from times that are only too close to tell apart.
    pub time_to_image_sum: u128,
    /// Time from the arrival of an accepted journey to its accepted image, waiting and thinking included: p50 and p95 over
    /// the replication's journeys, to within 0.4 %; `None` where the scenario has no journeys or none was accepted.
    pub time_to_accepted: Option<[SimDuration; 2]>,
    /// The exact sum of these times in microseconds.
    pub time_to_accepted_sum: u128,
    /// The invoice at the end of each of `SPEND_POINTS` equal parts of the horizon; the last holds the whole invoice,
    /// what came after the horizon included.
    pub spend: Vec<Usd>,
    /// How far from the best possible it is, with hindsight, and which of these bounds were asked for; `None` where none was.
    pub bounds: Option<(Bounds, Objectives)>,
}

impl Row {
    /// The memory that it takes, in bytes, without what the allocator adds.
    pub fn bytes(&self) -> usize {
        size_of::<Self>() + size_of_val(&*self.answers) + size_of_val(&*self.cases) + size_of_val(&*self.spend)
    }

    /// What it paid at least, where that was asked for.
    pub fn bound_cost(&self) -> Option<Usd> {
        self.bounds.filter(|(_, asked)| asked.cost).map(|(bounds, _)| bounds.cost)
    }

    /// The sum of the times from delivered requests to their images at least, in microseconds, where that was asked for.
    pub fn bound_time_to_image_sum(&self) -> Option<u128> {
        self.bounds.filter(|(_, asked)| asked.time).map(|(bounds, _)| bounds.time_to_image_sum)
    }

    /// The requests that it delivered at most, where that was asked for.
    pub fn bound_delivered(&self) -> Option<u64> {
        self.bounds.filter(|(_, asked)| asked.delivered).map(|(bounds, _)| bounds.delivered)
    }
}

/// All charges of one strategy with one payee, stage and cause, over all replications.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChargeCell {
    /// What they have in common.
    pub key: CellKey,
    /// How many charges.
    pub count: u64,
    /// Their sum.
    pub total: Usd,
}

/// An input that is not known, with what was drawn of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawnInput {
    /// The keys that lead to it in the scenario.
    pub path: String,
    /// What is said of it, in words.
    pub said: String,
    /// Its value in each replication, as a scenario writes it.
    pub values: Vec<String>,
}

/// The finished replications of an experiment, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Results {
    /// Names of the strategies, in the order of the scenario.
    pub strategies: Vec<String>,
    /// Which of them the others are compared with.
    pub baseline: usize,
    /// Names of the payees, by id: the deployments first.
    pub payees: Vec<String>,
    /// The unknown billing rules, by id, each in words.
    pub doubts: Vec<String>,
    /// The cases that they make.
    pub cases: Doubts,
    /// Replications that are finished: the first `replications` of the experiment.
    pub replications: u32,
    /// One row per replication and strategy: replication by replication, strategies in order within each.
    pub rows: Vec<Row>,
    /// Charges by strategy; only cells with a charge, ordered by payee, stage and cause, the certain ones first.
    pub charges: Vec<Vec<ChargeCell>>,
    /// By strategy, what each payee billed in each part of the horizon over all replications: all payees of the first of
    /// `SPEND_POINTS` parts by id, then of the next.
    pub spent: Vec<Vec<Usd>>,
    /// By strategy, charges by day over all replications, in order.
    pub days: Vec<Vec<DayCell>>,
    /// The horizon of one replication.
    pub horizon: SimDuration,
    /// The budget for one replication, where the scenario has one.
    pub budget: Option<Usd>,
    /// Whether all replications replay the same recorded arrivals, so that they differ by luck alone.
    pub same_arrivals: bool,
    /// The inputs that are not known, each drawn once a replication.
    pub inputs: Vec<DrawnInput>,
    /// The mean number of journeys of a replication, where that is known exactly and their number differs; not where anything on
    /// which it depends is drawn for each replication.
    pub expected_journeys: Option<f64>,
    /// By strategy, the mean over replications of what their journeys would cost at list prices, in USD, where that is known.
    pub expected_listed: Vec<Option<f64>>,
}

impl Results {
    /// The rows of one strategy, in the order of replications.
    pub fn of(&self, strategy: usize) -> impl Iterator<Item = &Row> + Clone {
        self.rows.iter().skip(strategy).step_by(self.strategies.len().max(1))
    }
}
