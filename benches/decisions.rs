//! Nanoseconds per decision of every router in the table, as the engine asks for it: what its own limits admit, the pick, and
//! what it hears of the attempt.
//!
//! `cargo bench --bench decisions` asks all routers of `tests/data/routers.toml` in turn, round after round, so that what else the
//! machine does hits all alike, and prints the median of the rounds beside the least and the most. Each chooses from 8 models, of
//! which one in eight is left out at a time. A draw beyond the coin (`Luck::more`) is the router's own cost; the coin comes with the
//! attempt's block, as in the engine. It fails where a router of the table has no example.

#![expect(clippy::disallowed_methods, clippy::disallowed_macros, reason = "a benchmark reads the clock and prints")]

#[path = "../tests/integration/router_examples.rs"]
mod router_examples;

use std::hint::black_box;
use std::time::Instant;

use router_examples::{MODELS, examples};
use spendcast::model::Status;
use spendcast::random::{Key, Purpose};
use spendcast::routing::{Among, AnyRouter, AnyState, Ask, Heed, Known, Luck, Router, Sight, View};
use spendcast::units::{SimDuration, SimTime, Usd};

const DECISIONS: u64 = 100_000;
const ROUNDS: usize = 15;
/// A power of two, so that the number of a block is found without a division.
const BLOCKS: usize = 4096;

/// What is the same for all routers.
struct World {
    key: Key,
    blocks: Vec<[u32; 4]>,
    known: Known,
}

impl World {
    fn new() -> Self {
        let key = Key::new(1, 0, Purpose::Attempt);
        let sight = |at: usize| Sight { price: Usd::from_picos(10_000_000_000 * (1 + at as i128 % 5)), ..Sight::default() };
        let in_flight = (0..MODELS as u32).map(|at| at * 5 % 7).collect();
        let known = Known { sights: (0..MODELS).map(sight).collect(), in_flight, ..Known::default() };
        Self { key, blocks: (0..BLOCKS as u64).map(|request| key.block(request, 0)).collect(), known }
    }

    /// Makes many decisions; nanoseconds for each.
    fn run(&self, router: &AnyRouter, state: &mut AnyState, round: usize) -> f64 {
        let (all, limits, heeds) = (Among::first(router.targets().len()), router.manner().has_limits, router.manner().heeds);
        let start = Instant::now();
        let mut sum = 0;
        for number in 0..DECISIONS {
            let request = number + round as u64 * DECISIONS;
            let block = &self.blocks[number as usize % BLOCKS];
            let now = SimTime::from_micros(request as i64 * 50_000);
            let ask = Ask {
                tokens: 50,
                user: u64::from(block[0]) << 32 | u64::from(block[1]),
                prompt: u64::from(block[1]) << 32 | u64::from(block[0]),
                ..Ask::PLAIN
            };
            let among = all.without(Among::NONE.with(block[0] as usize % MODELS)).or(all);
            let view = View { now, known: &self.known };
            let mut luck = Luck::known(self.key, request, 0, *block);
            let admitted = if limits { router.admits(state, among, &ask, &view) } else { Ok(among) };
            let Ok(among) = admitted else { continue };
            let target = router.pick(state, among, &ask, &view, &mut luck);
            if heeds {
                router.sent(state, target, &ask, &view);
                let took = SimDuration::from_micros(i64::from(block[3] >> 8));
                router.ended(state, &Heed { target, status: Status::Delivered, took }, &ask, &view);
            }
            sum += target;
        }
        black_box(sum);
        start.elapsed().as_nanos() as f64 / DECISIONS as f64
    }
}

fn main() {
    let world = World::new();
    let routers: Vec<(String, AnyRouter)> =
        examples().into_iter().map(|example| (example.key.clone(), example.router())).collect();
    let mut states: Vec<AnyState> = routers.iter().map(|(_, router)| router.state()).collect();
    let mut times = vec![Vec::with_capacity(ROUNDS); routers.len()];
    for round in 0..=ROUNDS {
        for (at, (_, router)) in routers.iter().enumerate() {
            let time = world.run(router, &mut states[at], round);
            // The first round warms up.
            if round > 0 {
                times[at].push(time);
            }
        }
    }
    println!("nanoseconds per decision among {} models: median of {ROUNDS} rounds, least, most", MODELS - 1);
    for ((key, _), times) in routers.iter().zip(&mut times) {
        times.sort_by(f64::total_cmp);
        println!("{key:<20} {:>7.1} {:>7.1} {:>7.1}", times[ROUNDS / 2], times[0], times[ROUNDS - 1]);
    }
}
