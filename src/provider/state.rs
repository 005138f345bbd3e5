//! What changes at the providers during a replication, and the fate of each attempt.

use super::bucket::Level;
use super::{Deployment, Measure, Usage};
use crate::model::{Accepted, Answer, DeploymentId, Outcome};
use crate::random::{Block, split};
use crate::units::{SimDuration, SimTime};

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
#[derive(Debug, Clone)]
pub struct Providers {
    levels: Vec<Level>,
    /// First level of each deployment.
    first: Box<[usize]>,
    in_flight: Box<[u32]>,
}

impl Providers {
    /// The state of these deployments at the start: buckets full, nothing in flight.
    pub fn new(deployments: &[Deployment]) -> Self {
        let first = deployments
            .iter()
            .scan(0, |next, d| {
                let first = *next;
                *next += d.buckets.len();
                Some(first)
            })
            .collect();
        let levels = deployments.iter().flat_map(|d| d.buckets.iter().map(super::Bucket::full)).collect();
        Self { levels, first, in_flight: vec![0; deployments.len()].into() }
    }

    /// Goes back to the start.
    pub fn reset(&mut self, deployments: &[Deployment]) {
        self.levels.clear();
        self.levels.extend(deployments.iter().flat_map(|d| d.buckets.iter().map(super::Bucket::full)));
        self.in_flight.fill(0);
    }

    /// Decides the fate of an attempt sent now. `draws` is the block of the attempt.
    #[inline]
    pub fn submit(&mut self, all: &[Deployment], attempt: &Attempt, now: SimTime, draws: &Block) -> Answer {
        let index = attempt.deployment.index();
        let deployment = &all[index];
        if let Some(retry_after) = self.admit(deployment, index, &attempt.usage, now) {
            return Answer::Rejected { retry_after };
        }
        let (outcome, takes) = fate(deployment, attempt, draws);
        let released = now + takes;
        // An attempt that ends in the very instant of the timeout has ended.
        let late = takes > attempt.timeout;
        let charge = deployment.charge(outcome, late, &attempt.usage, now, || used(attempt, takes, draws));
        let (outcome, ends) = if late { (Outcome::TimedOut, now + attempt.timeout) } else { (outcome, released) };
        if deployment.in_flight.is_some() {
            self.in_flight[index] += 1;
        }
        Answer::Accepted(Accepted { outcome, ends, released, charge })
    }

    /// Frees the place that an accepted attempt held.
    #[inline]
    pub fn release(&mut self, all: &[Deployment], deployment: DeploymentId) {
        if all[deployment.index()].in_flight.is_some() {
            self.in_flight[deployment.index()] -= 1;
        }
    }

    /// Takes the attempt's amounts from every limit, or nothing from any and the retry-after.
    #[inline]
    fn admit(&mut self, deployment: &Deployment, index: usize, usage: &Usage, now: SimTime) -> Option<SimDuration> {
        if deployment.in_flight.is_some_and(|most| self.in_flight[index] >= most) {
            return Some(deployment.retry_after);
        }
        let levels = &mut self.levels[self.first[index]..][..deployment.buckets.len()];
        let amount = |measure| match measure {
            Measure::Requests => 1,
            Measure::Images => u64::from(usage.images),
            Measure::Tokens => deployment.tariff(usage.shape, now).tokens(usage),
        };
        let mut wait = SimDuration::ZERO;
        for (bucket, level) in deployment.buckets.iter().zip(levels.iter_mut()) {
            bucket.refill(level, now);
            wait = wait.max(bucket.wait(level, amount(bucket.measure())));
        }
        if wait > SimDuration::ZERO {
            return Some(wait);
        }
        for (bucket, level) in deployment.buckets.iter().zip(levels) {
            bucket.take(level, amount(bucket.measure()));
        }
        None
    }
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
