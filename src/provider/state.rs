//! What changes at the providers during a replication, and the fate of each attempt.

use super::limit::{Admission, Gauges, Limits, Measure};
use super::{Deployment, Usage};
use crate::model::{Accepted, Answer, DeploymentId, Outcome};
use crate::random::{Block, split};
use crate::units::{SimDuration, SimTime, Usd};

/// One call to one deployment.
#[derive(Debug, Clone, Copy)]
pub struct Attempt {
    /// Where it goes.
    pub deployment: DeploymentId,
    /// What it asks for; how it goes is not known yet.
    pub usage: Usage,
    /// 64 random bits of its prompt.
    pub prompt: u64,
    /// How long the client waits.
    pub timeout: SimDuration,
}

/// Lanes of an attempt's block that belong to the provider; the client has the others.
const LATENCY: usize = 0;
const FAILURE: usize = 1;

/// The changing state of all deployments.
#[derive(Debug)]
pub struct Providers {
    gauges: Gauges,
}

impl Providers {
    /// The state at the start under these limits: nothing taken, nothing in flight.
    pub fn new(limits: &Limits) -> Self {
        Self { gauges: Gauges::new(limits) }
    }

    /// Goes back to the start.
    pub fn reset(&mut self, limits: &Limits) {
        self.gauges.reset(limits);
    }

    /// Decides the fate of an attempt sent now. `draws` is the block of the attempt.
    #[inline]
    pub fn submit(&mut self, all: &[Deployment], limits: &Limits, attempt: &Attempt, now: SimTime, draws: &Block) -> Answer {
        let deployment = &all[attempt.deployment.index()];
        let amounts = Amounts { deployment, usage: attempt.usage, now };
        let deadline = now + attempt.timeout;
        let applied = &deployment.limits;
        let start = match self.gauges.arrive(limits, applied, now, deadline, |measure| amounts.asked(measure)) {
            Admission::Rejected { retry_after } => return Answer::Rejected { retry_after },
            Admission::Abandoned { at } => {
                self.gauges.abandon(limits, applied, now, at, |measure| amounts.taken(measure, Usd::ZERO));
                return Answer::Accepted(Accepted { outcome: Outcome::TimedOut, ends: at, released: at, charge: Usd::ZERO });
            }
            Admission::Start { at } => at,
        };
        let (outcome, takes) = fate(deployment, attempt, draws);
        let released = start + takes;
        // An attempt that ends in the very instant of the timeout has ended.
        let late = released > deadline;
        let charge = deployment.charge(outcome, late, &used(attempt, takes, draws), now);
        let (outcome, ends) = if late { (Outcome::TimedOut, deadline) } else { (outcome, released) };
        self.gauges.occupy(limits, applied, now, (start, released), |measure| amounts.taken(measure, charge));
        self.gauges.spend(applied, || picos(charge));
        Answer::Accepted(Accepted { outcome, ends, released, charge })
    }

    /// Frees the places that an accepted attempt held.
    #[inline]
    pub fn release(&mut self, all: &[Deployment], deployment: DeploymentId) {
        self.gauges.release(&all[deployment.index()].limits);
    }
}

/// What an attempt asks for and takes of each measure.
#[derive(Clone, Copy)]
struct Amounts<'a> {
    deployment: &'a Deployment,
    usage: Usage,
    now: SimTime,
}

impl Amounts<'_> {
    /// What it asks for; of dollars the list price.
    #[inline]
    fn asked(self, measure: Measure) -> u64 {
        match measure {
            Measure::Dollars => picos(self.deployment.tariff(self.usage.shape, self.now).of(&self.usage)),
            other => self.taken(other, Usd::ZERO),
        }
    }

    /// What it takes; of dollars what it is charged.
    #[inline]
    fn taken(self, measure: Measure, charge: Usd) -> u64 {
        match measure {
            Measure::Requests | Measure::InFlight => 1,
            Measure::Images => u64::from(self.usage.images),
            Measure::Tokens => self.deployment.tariff(self.usage.shape, self.now).tokens(&self.usage),
            Measure::Dollars => picos(charge),
        }
    }
}

/// An amount in picodollars: more than 18 million dollars are as good as these to a limit, which is never higher.
fn picos(amount: Usd) -> u64 {
    u64::try_from(amount.picos().max(0)).unwrap_or(u64::MAX)
}

/// What the attempt used, once it is known how it went.
#[inline]
fn used(attempt: &Attempt, took: SimDuration, draws: &Block) -> Usage {
    let bits = u64::from(draws[LATENCY]) << 32 | u64::from(draws[FAILURE]);
    Usage { took, bits, ..attempt.usage }
}

/// How the attempt would end and when, if the client waited for ever.
#[inline]
fn fate(deployment: &Deployment, attempt: &Attempt, draws: &Block) -> (Outcome, SimDuration) {
    let takes = SimDuration::from_micros(deployment.latency.draw(draws[LATENCY]));
    if let Some(filter) = &deployment.filter {
        // The same for every attempt with this prompt, and as if drawn anew for every other filter.
        if u64::from(split(attempt.prompt, filter.id)) < filter.rate {
            return (Outcome::Filtered, filter.verdict_after.unwrap_or(takes));
        }
    }
    let failed = u64::from(draws[FAILURE]) < deployment.failure;
    (if failed { Outcome::Failed } else { Outcome::Delivered }, takes)
}
