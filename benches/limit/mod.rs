//! The limit: a plain month, written by hand for speed and for nothing else.
//!
//! One class, three deployments in fallback order, token buckets, lognormal latency, failures, a persistent content
//! filter, retries with exponential backoff and full jitter, client timeouts, a ledger and a latency histogram: the work
//! of `plain_month.toml`, on keyed draws, with no generality at all. What the engine costs beyond this loop is the price
//! of its generality, so this loop is made as fast as safe Rust allows: the draws of a request's arrival, first attempt
//! and first filter are made in batches of lanes, and what follows a failure (end, wait, next attempt) is one event.
//!
//! Not here: prompts that repeat, journeys, classes, strategies to choose from, observers, errors.

mod bucket;
mod draws;
mod heap;
mod histogram;
mod latency;
mod philox;

use bucket::Bucket;
use draws::{BATCH, Batch, Draws};
use heap::Heap;
use histogram::Histogram;
use latency::Latency;

/// Deployments in fallback order. All numbers here are *assumed*; `plain_month.toml` has the same.
const DEPLOYMENTS: usize = 3;
const PRICES: [i128; DEPLOYMENTS] = [40_000_000_000, 30_000_000_000, 20_000_000_000];
const LATENCIES: [(f64, f64); DEPLOYMENTS] = [(8.0, 18.0), (6.0, 15.0), (5.0, 12.0)];
const FAILURES: [f64; DEPLOYMENTS] = [0.02, 0.03, 0.05];
const FILTERS: [f64; DEPLOYMENTS] = [0.03, 0.02, 0.01];
const ATTEMPTS: u32 = 3;
const BACKOFF_BASE: u64 = 1_000_000;
const BACKOFF_CAP: u64 = 20_000_000;
const TIMEOUT: u64 = 60_000_000;
/// The buckets refill at 1.5 times the arrival rate and hold 60 seconds' worth of it, but never less than 60 images: they
/// are looked at by every attempt and refuse hardly any.
const BUCKET_RATE: f64 = 1.5;
const BUCKET_SECONDS: f64 = 60.0;
const BUCKET_LEAST: f64 = 60.0;

/// Outcomes of attempts that are billed, as indices into the ledger.
const DELIVERED: usize = 0;
const FILTERED: usize = 1;
const FAILED: usize = 2;
const TIMED_OUT: usize = 3;
/// Not billed: the wait before an attempt that a limit refused.
const REFUSED: usize = 4;

/// What a run comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Requests made.
    pub(crate) requests: u64,
    /// Requests delivered.
    pub(crate) delivered: u64,
    /// Requests lost after the last deployment.
    pub(crate) lost: u64,
    /// Attempts, refused ones included.
    pub(crate) attempts: u64,
    /// Attempts that a limit refused.
    pub(crate) refused: u64,
    /// Picodollars by deployment and outcome (delivered, filtered, failed, timed out).
    pub(crate) cost: [[i128; 4]; DEPLOYMENTS],
    /// p50, p95 and p99 of the time to image, in microseconds.
    pub(crate) quantiles: [u64; 3],
}

impl Tally {
    /// The invoice in dollars.
    pub(crate) fn cost_usd(&self) -> f64 {
        self.cost.iter().flatten().sum::<i128>() as f64 / 1e12
    }
}

/// One request in flight; the slab's record.
#[derive(Debug, Clone, Copy, Default)]
struct Flight {
    arrived: u64,
    request: u64,
    deployment: u8,
    attempt: u8,
    outcome: u8,
}

/// Runs `requests` requests at `rate_per_second`.
pub(crate) fn run(rate_per_second: f64, requests: u64, seed: u64) -> Tally {
    let mut world = World::new(rate_per_second, seed);
    let mut batch = Batch::new();
    let mean_gap = 1e6 / rate_per_second;
    let mut now = 0;
    let mut request = 0;
    while request < requests {
        world.draws.fill(&mut batch, request, mean_gap);
        let count = (requests - request).min(BATCH as u64) as usize;
        for lane in 0..count {
            now += batch.gap[lane];
            world.finish_until(now);
            let first = First {
                latency: batch.latency[lane],
                failure: batch.failure[lane],
                jitter: batch.jitter[lane],
                filter: batch.filter[lane],
            };
            world.arrive(now, request + lane as u64, first);
        }
        request += count as u64;
    }
    world.finish_until(u64::MAX);
    world.tally(requests)
}

/// The draws of a request's first attempt, made ahead.
#[derive(Debug, Clone, Copy)]
struct First {
    latency: u32,
    failure: u32,
    jitter: u32,
    filter: u32,
}

struct World {
    draws: Draws,
    latency: [Latency; DEPLOYMENTS],
    failure: [u32; DEPLOYMENTS],
    filter: [u32; DEPLOYMENTS],
    buckets: [Bucket; DEPLOYMENTS],
    heap: Heap,
    slab: Vec<Flight>,
    free: Vec<u32>,
    cost: [[i128; 4]; DEPLOYMENTS],
    delivered: u64,
    lost: u64,
    attempts: u64,
    refused: u64,
    histogram: Histogram,
}

impl World {
    fn new(rate: f64, seed: u64) -> Self {
        Self {
            draws: Draws::new(seed),
            latency: LATENCIES.map(|(p50, p95)| Latency::new(p50, p95)),
            failure: FAILURES.map(threshold),
            filter: FILTERS.map(threshold),
            buckets: [Bucket::new(rate * BUCKET_RATE, (rate * BUCKET_RATE * BUCKET_SECONDS).max(BUCKET_LEAST)); DEPLOYMENTS],
            heap: Heap::new(),
            slab: Vec::new(),
            free: Vec::new(),
            cost: [[0; 4]; DEPLOYMENTS],
            delivered: 0,
            lost: 0,
            attempts: 0,
            refused: 0,
            histogram: Histogram::new(),
        }
    }

    fn tally(&self, requests: u64) -> Tally {
        let quantiles = [0.5, 0.95, 0.99].map(|p| self.histogram.quantile(p));
        let Self { delivered, lost, attempts, refused, cost, .. } = *self;
        assert_eq!(delivered + lost, requests, "every request is delivered or lost");
        Tally { requests, delivered, lost, attempts, refused, cost, quantiles }
    }

    /// Takes a request in and makes its first attempt.
    #[inline]
    fn arrive(&mut self, now: u64, request: u64, first: First) {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slab.push(Flight::default());
            self.slab.len() as u32 - 1
        });
        let mut flight = Flight { arrived: now, request, deployment: 0, attempt: 0, outcome: 0 };
        let at = self.submit(now, &mut flight, first);
        self.slab[slot as usize] = flight;
        self.heap.push(at, slot);
    }

    /// Makes an attempt and says when the client acts on it next: at its end, or after the wait that follows it.
    #[inline]
    fn submit(&mut self, now: u64, flight: &mut Flight, draws: First) -> u64 {
        let deployment = usize::from(flight.deployment);
        self.attempts += 1;
        if let Err(refill) = self.buckets[deployment].take(now) {
            self.refused += 1;
            flight.outcome = REFUSED as u8;
            return now + refill.max(wait(flight, draws.jitter));
        }
        let latency = self.latency[deployment].sample(draws.latency);
        let filtered = draws.filter < self.filter[deployment];
        let failed = draws.failure < self.failure[deployment];
        if latency <= TIMEOUT && !filtered && !failed {
            flight.outcome = DELIVERED as u8;
            return now + latency;
        }
        if filtered && latency <= TIMEOUT {
            flight.outcome = FILTERED as u8;
            return now + latency;
        }
        flight.outcome = if latency > TIMEOUT { TIMED_OUT } else { FAILED } as u8;
        now + latency.min(TIMEOUT) + wait(flight, draws.jitter)
    }

    /// Handles all that happens up to and including `until`.
    #[inline]
    fn finish_until(&mut self, until: u64) {
        while let Some((now, slot)) = self.heap.first()
            && now <= until
        {
            let flight = self.slab[slot as usize];
            let (deployment, outcome) = (usize::from(flight.deployment), usize::from(flight.outcome));
            if outcome < REFUSED {
                self.cost[deployment][outcome] += PRICES[deployment];
            }
            if outcome == DELIVERED {
                self.heap.pop();
                self.histogram.record(now - flight.arrived);
                self.delivered += 1;
                self.free.push(slot);
            } else {
                self.go_on(now, slot, flight);
            }
        }
    }

    /// The next attempt after one that delivered nothing.
    #[cold]
    fn go_on(&mut self, now: u64, slot: u32, mut flight: Flight) {
        flight.attempt += 1;
        if usize::from(flight.outcome) == FILTERED || u32::from(flight.attempt) == ATTEMPTS {
            flight.deployment += 1;
            flight.attempt = 0;
        }
        if usize::from(flight.deployment) == DEPLOYMENTS {
            self.heap.pop();
            self.lost += 1;
            self.free.push(slot);
            return;
        }
        let index = u32::from(flight.deployment) * ATTEMPTS + u32::from(flight.attempt);
        let [latency, failure, jitter, _] = self.draws.attempt(flight.request, index);
        // A filter says of a prompt what it said before: after a first pass it need not be asked again.
        let again = flight.attempt > 0 && usize::from(flight.outcome) != REFUSED;
        let filter = if again { u32::MAX } else { self.draws.filter(flight.request, u32::from(flight.deployment)) };
        let at = self.submit(now, &mut flight, First { latency, failure, jitter, filter });
        self.slab[slot as usize] = flight;
        self.heap.replace_first(at, slot);
    }
}

fn threshold(probability: f64) -> u32 {
    (probability * 4_294_967_296.0) as u32
}

/// The wait before the next attempt at the same deployment: full jitter under a doubling bound; none before the next
/// deployment.
fn wait(flight: &Flight, jitter: u32) -> u64 {
    let next = u32::from(flight.attempt) + 1;
    if next == ATTEMPTS {
        return 0;
    }
    let bound = (BACKOFF_BASE << (next - 1)).min(BACKOFF_CAP);
    (bound * u64::from(jitter)) >> 32
}
