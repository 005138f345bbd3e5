//! Generates the journeys of a replication, chunk by chunk.

use super::arrivals::Clock;
use super::{Arrivals, Classes, Count, Journey, Journeys};
use crate::random::{Block, Key, Purpose, open01_wide};
use crate::units::SimTime;

/// The workload of a plan: what every replication draws its journeys from.
#[derive(Debug, Clone, PartialEq)]
pub struct Workload {
    /// When journeys arrive.
    pub arrivals: Arrivals,
    /// What they ask for.
    pub classes: Classes,
    /// How users go on; `None`: every arrival is one request, and that is all.
    pub journeys: Option<Journeys>,
    /// Journeys arrive before this time.
    pub horizon: SimTime,
}

/// Draws the journeys of one replication after the other.
#[derive(Debug, Clone)]
pub struct Generator {
    clock: Clock,
    journey: Key,
    traits: Key,
    next: u64,
    done: bool,
}

impl Generator {
    /// A generator that has nothing to give until [`begin`](Self::begin).
    pub fn new() -> Self {
        let unused = Key::new(0, 0, Purpose::Journey);
        Self { clock: Clock::default(), journey: unused, traits: unused, next: 0, done: true }
    }

    /// Goes to the start of a replication.
    pub fn begin(&mut self, workload: &Workload, seed: u64, replication: u32) {
        workload.arrivals.begin(&mut self.clock, Key::new(seed, replication, Purpose::Noise));
        self.journey = Key::new(seed, replication, Purpose::Journey);
        self.traits = Key::new(seed, replication, Purpose::Traits);
        self.next = 0;
        self.done = false;
    }

    /// Replaces the chunk by the next journeys, as many as it has room for; empty when the horizon is reached.
    pub fn fill(&mut self, workload: &Workload, chunk: &mut Vec<Journey>) {
        chunk.clear();
        while !self.done && chunk.len() < chunk.capacity() {
            let draws = self.journey.block(self.next, 0);
            let at = workload.arrivals.next(&mut self.clock, open01_wide(draws[0], draws[1]));
            if at >= workload.horizon.micros() as f64 {
                self.done = true;
                return;
            }
            chunk.push(self.make(workload, SimTime::from_micros(at as i64), &draws));
            self.next += 1;
        }
    }

    #[inline]
    fn make(&self, workload: &Workload, arrival: SimTime, draws: &Block) -> Journey {
        let class_id = workload.classes.pick(draws[2]);
        let class = &workload.classes.all[class_id.index()];
        let tokens = class.tokens.draw(draws[3]) as u32;
        // A second block only where something is drawn from it.
        let plain = workload.journeys.is_none() && matches!(class.images, Count::Fixed(_));
        let traits = if plain { [0; 4] } else { self.traits.block(self.next, 0) };
        let wants_final = workload.journeys.as_ref().is_some_and(|j| u64::from(traits[1]) < j.wants_final);
        let images = class.images.draw(traits[0]);
        Journey { id: self.next, arrival, tokens, class: class_id, draft: class.draft, last: class.last, images, wants_final }
    }
}

impl Default for Generator {
    fn default() -> Self {
        Self::new()
    }
}
