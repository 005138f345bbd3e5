//! The engine next to the limit, a hand-written loop over the same work, in the same run.
//!
//! `cargo bench --bench plain_month` runs the two in turn, round after round, so that what else the machine does hits
//! both, and prints the median of the pairwise ratios: that is the figure to compare, never the rates themselves.
//! `--count engine|limit RATE REQUESTS` runs one of them once, for `instructions.sh`.

#![expect(clippy::disallowed_methods, clippy::disallowed_macros, reason = "a benchmark reads the clock and prints")]

mod engine;
mod limit;

use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

/// Requests per second, and how many of them a round makes.
const LOADS: [(f64, u64); 3] = [(0.04, 1_000_000), (20.0, 1_000_000), (200.0, 1_000_000)];
const ROUNDS: u64 = 9;
/// How far attempts and cost per request may be apart for the work to count as the same: far beyond chance, which is
/// below 0.1 % at these numbers of requests.
const SAME_WORK: f64 = 0.005;

/// What a run did, to see that both sides do the same work.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Work {
    pub(crate) requests: u64,
    pub(crate) delivered: u64,
    pub(crate) attempts: u64,
    pub(crate) cost_usd: f64,
}

impl Work {
    fn per_request(self) -> [f64; 3] {
        [self.delivered as f64, self.attempts as f64, self.cost_usd].map(|sum| sum / self.requests as f64)
    }

    fn is_like(self, other: Self) -> bool {
        self.per_request().iter().zip(other.per_request()).all(|(a, b)| (a - b).abs() <= SAME_WORK * b)
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [] => compare(),
        ["--count", side, rate, requests] => match (rate.parse(), requests.parse()) {
            (Ok(rate), Ok(requests)) => count(side, rate, requests),
            _ => usage(),
        },
        _ => usage(),
    }
}

fn usage() -> ExitCode {
    eprintln!("usage: plain_month [--count engine|limit RATE REQUESTS]");
    ExitCode::from(2)
}

/// One run of one side.
fn count(side: &str, rate: f64, requests: u64) -> ExitCode {
    let work = match side {
        "engine" => engine::run(rate, requests, 1),
        "limit" => the_limit(rate, requests, 1),
        _ => return usage(),
    };
    let [delivered, attempts, cost] = work.per_request();
    println!("{requests} requests: {delivered:.5} delivered, {attempts:.5} attempts, {cost:.6} USD each");
    ExitCode::SUCCESS
}

fn the_limit(rate: f64, requests: u64, seed: u64) -> Work {
    let tally = limit::run(rate, requests, seed);
    Work { requests, delivered: tally.delivered, attempts: tally.attempts, cost_usd: tally.cost_usd() }
}

fn compare() -> ExitCode {
    let mut same = true;
    for (rate, requests) in LOADS {
        same &= compare_at(rate, requests);
    }
    print_scaling();
    if same { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Prints how much faster two threads are than one, on whole replications.
fn print_scaling() {
    let seconds = |threads| {
        let start = Instant::now();
        black_box(engine::replicate(threads));
        start.elapsed().as_secs_f64()
    };
    let mut ratios: Vec<f64> = (0..ROUNDS).map(|_| seconds(1) / seconds(2)).collect();
    let middle = median(&mut ratios);
    let (least, most) = (ratios[0], ratios[ratios.len() - 1]);
    println!("two threads against one: {middle:.2} times (median of {ROUNDS} pairs, {least:.2} to {most:.2})");
}

/// Prints one load; whether both sides did the same work.
fn compare_at(rate: f64, requests: u64) -> bool {
    let (mut engines, mut limits, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    let mut same = true;
    for round in 0..ROUNDS {
        let (work, engine) = timed(|| engine::run(rate, requests, round));
        let (reference, limit) = timed(|| the_limit(rate, requests, round));
        limits.push(limit);
        same &= work.is_like(reference);
        engines.push(engine);
        ratios.push(engine / limit);
        if round + 1 == ROUNDS {
            print_line(rate, &mut engines, &mut limits, &mut ratios);
            print_work("limit", reference);
            print_work("engine", work);
        }
    }
    if !same {
        println!("  the two did not do the same work: the ratio says nothing");
    }
    same
}

/// A run and its requests per second.
fn timed(run: impl FnOnce() -> Work) -> (Work, f64) {
    let start = Instant::now();
    let work = black_box(run());
    (work, work.requests as f64 / start.elapsed().as_secs_f64())
}

fn print_line(rate: f64, engines: &mut [f64], limits: &mut [f64], ratios: &mut [f64]) {
    println!(
        "{rate:>6} requests/s: limit {:5.2} M requests/s, engine {:5.2} M requests/s, engine / limit {:.3} (median of {} pairs, {:.3} to {:.3})",
        median(limits) / 1e6,
        median(engines) / 1e6,
        median(ratios),
        ratios.len(),
        ratios[0],
        ratios[ratios.len() - 1],
    );
}

fn print_work(side: &str, work: Work) {
    let [delivered, attempts, cost] = work.per_request();
    println!("  {side:<6} {delivered:.5} delivered, {attempts:.5} attempts, {cost:.6} USD a request");
}

/// Sorts and takes the middle one of an odd number.
fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
