//! Generates the journeys of a replication, chunk by chunk.

use super::arrivals::{Clock, Process};
use super::replay::Cursor;
use super::{Arrivals, Classes, Count, Journey, Journeys, Replay};
use crate::model::ClassId;
use crate::random::{Block, Key, Purpose, open01_wide};
use crate::units::SimTime;

/// The workload of a plan: what every replication draws its journeys from.
#[derive(Debug, Clone, PartialEq)]
pub struct Workload {
    /// When journeys arrive.
    pub source: Source,
    /// What they ask for.
    pub classes: Classes,
    /// How users go on; `None`: every arrival is one request, and that is all.
    pub journeys: Option<Journeys>,
    /// Journeys arrive before this time.
    pub horizon: SimTime,
}

/// Where arrivals come from.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// Drawn from a process.
    Drawn(Arrivals),
    /// Recorded.
    Recorded(Replay),
}

/// Draws the journeys of one replication after the other.
#[derive(Debug, Clone)]
pub struct Generator {
    clock: Clock,
    cursor: Cursor,
    journey: Key,
    traits: Key,
    next: u64,
    done: bool,
}

/// Lanes of a journey's block: two words for the arrival, one each for class and prompt.
const ARRIVAL: usize = 0;
const CLASS: usize = 2;
const TOKENS: usize = 3;
/// Lanes of a journey's second block.
const IMAGES: usize = 0;
const FINAL: usize = 1;

impl Generator {
    /// A generator that has nothing to give until [`begin`](Self::begin).
    pub fn new() -> Self {
        let unused = Key::new(0, 0, Purpose::Journey);
        Self { clock: Clock::default(), cursor: Cursor::default(), journey: unused, traits: unused, next: 0, done: true }
    }

    /// Goes to the start of a replication.
    pub fn begin(&mut self, workload: &Workload, seed: u64, replication: u32) {
        if let Source::Drawn(arrivals) = &workload.source {
            arrivals.begin(&mut self.clock, Key::new(seed, replication, Purpose::Noise));
        }
        self.cursor = Cursor::default();
        self.journey = Key::new(seed, replication, Purpose::Journey);
        self.traits = Key::new(seed, replication, Purpose::Traits);
        self.next = 0;
        self.done = false;
    }

    /// Replaces the chunk by the next journeys, as many as it has room for; empty when the horizon is reached.
    pub fn fill(&mut self, workload: &Workload, chunk: &mut Vec<Journey>) {
        chunk.clear();
        while !self.done && chunk.len() < chunk.capacity() {
            match self.draw(workload) {
                Some(journey) => chunk.push(journey),
                None => self.done = true,
            }
            self.next += 1;
        }
    }

    #[inline]
    fn draw(&mut self, workload: &Workload) -> Option<Journey> {
        let draws = self.journey.block(self.next, 0);
        match &workload.source {
            Source::Drawn(arrivals) => {
                let at = arrivals.next(&mut self.clock, open01_wide(draws[ARRIVAL], draws[ARRIVAL + 1]));
                // Compared as floats: a time beyond all integers is beyond the horizon too.
                let at = (at < workload.horizon.micros() as f64).then(|| SimTime::from_micros(at as i64))?;
                Some(self.make(workload, at, workload.classes.pick(draws[CLASS]), &draws))
            }
            Source::Recorded(replay) => {
                let (row, at) = replay.next(&mut self.cursor, draws[ARRIVAL]).filter(|(_, at)| *at < workload.horizon)?;
                let mut journey = self.make(workload, at, row.class(), &draws);
                journey.tokens = row.tokens().unwrap_or(journey.tokens);
                journey.images = row.images().unwrap_or(journey.images);
                if let Some(shape) = row.shape() {
                    // A final that is no different from the draft stays so.
                    journey.last = if journey.last == journey.draft { shape } else { journey.last };
                    journey.draft = shape;
                }
                Some(journey)
            }
        }
    }

    #[inline]
    fn make(&self, workload: &Workload, arrival: SimTime, class_id: ClassId, draws: &Block) -> Journey {
        let class = &workload.classes.all[class_id.index()];
        // A second block only where something is drawn from it.
        let plain = workload.journeys.is_none() && matches!(class.images, Count::Fixed(_));
        let traits = if plain { [0; 4] } else { self.traits.block(self.next, 0) };
        Journey {
            id: self.next,
            arrival,
            tokens: u32::try_from(class.tokens.draw(draws[TOKENS])).unwrap_or(u32::MAX),
            class: class_id,
            draft: class.draft,
            last: class.last,
            images: class.images.draw(traits[IMAGES]),
            wants_final: workload.journeys.as_ref().is_some_and(|j| u64::from(traits[FINAL]) < j.wants_final),
        }
    }
}

impl Default for Generator {
    fn default() -> Self {
        Self::new()
    }
}
