//! Generates the journeys of a replication, chunk by chunk.

use super::arrivals::{Clock, Process};
use super::journey::prompt_bits;
use super::prompts::Repeat;
use super::replay::Cursor;
use super::{Arrival, Arrivals, Categories, Classes, Count, Journey, Journeys, Progress, Prompts, Replay, TemplateId, Thinning};
use crate::model::{ClassId, Stage};
use crate::random::{Block, Key, LANES, Purpose, exponential};
use crate::units::SimTime;

/// The workload of a plan: what every replication draws its journeys from.
#[derive(Debug, Clone, PartialEq)]
pub struct Workload {
    /// When journeys arrive.
    pub source: Source,
    /// Which of them are kept; `None`: all.
    pub keep: Option<Thinning>,
    /// What they ask for.
    pub classes: Classes,
    /// How users go on; `None`: every arrival is one request, and that is all.
    pub journeys: Option<Journeys>,
    /// Which of their prompts repeat; `None`: none does.
    pub prompts: Option<Prompts>,
    /// Of what kind the prompts are.
    pub categories: Categories,
    /// Journeys arrive before this time.
    pub horizon: SimTime,
}

impl Workload {
    /// The mean number of journeys of a replication, where it is known exactly and their number is at random; `None` for recorded
    /// traffic and for arrivals at equal gaps.
    pub fn expected_journeys(&self) -> Option<f64> {
        match &self.source {
            Source::Recorded(_) | Source::Drawn(Arrivals::Constant(_)) => None,
            Source::Drawn(_) => Some(self.expected() * self.keep.map_or(1.0, Thinning::share)),
        }
    }

    /// The mean number of images that the first requests of a replication's journeys ask for, by class; `None` where the mean number of
    /// journeys is not known.
    pub fn expected_images(&self) -> Option<Vec<f64>> {
        let journeys = self.expected_journeys()?;
        let each = self.classes.all.iter().zip(self.classes.shares.shares());
        Some(each.map(|(class, share)| journeys * share * class.images.mean()).collect())
    }

    /// Journeys that are expected to arrive within the horizon before any is left out; of recorded traffic just as many as arrive.
    pub fn expected(&self) -> f64 {
        match &self.source {
            Source::Drawn(arrivals) => arrivals.expected(self.horizon),
            Source::Recorded(replay) => replay.rows().len() as f64,
        }
    }

    /// The stage of a journey's first request: outside journeys every request is a final.
    pub const fn first_stage(&self) -> Stage {
        if self.journeys.is_some() { Stage::Draft } else { Stage::Final }
    }
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
    attempt: Key,
    prompt: Key,
    template: Key,
    ahead: Box<Ahead>,
    next: u64,
    done: bool,
}

/// Draws of the next journeys, made many at once because that is faster.
#[derive(Debug, Clone)]
struct Ahead {
    /// Exponential with mean 1.
    gaps: [f64; LANES],
    journeys: [Block; LANES],
    attempts: [Block; LANES],
    prompts: [Block; LANES],
}

impl Ahead {
    fn draw(&mut self, first: u64, [journey, attempt, prompt]: [Key; 3], stage: Stage) {
        let ids: [u64; LANES] = std::array::from_fn(|lane| first + lane as u64);
        self.journeys = journey.blocks(&ids);
        self.attempts = attempt.blocks(&ids.map(|id| Progress::first(stage).request(id)));
        self.prompts = prompt.blocks(&ids.map(|id| Progress::prompt_id(id, 0)));
        self.gaps = self.journeys.map(|draws| exponential(draws[ARRIVAL], draws[ARRIVAL + 1]));
    }
}

/// Lanes of a journey's block: two words for the arrival, one each for class and prompt.
const ARRIVAL: usize = 0;
const CLASS: usize = 2;
const TOKENS: usize = 3;
/// Lanes of a journey's second block.
const IMAGES: usize = 0;
const FINAL: usize = 1;
const KEPT: usize = 2;
/// Lanes of a prompt's block, after the two that filters look at; the length is that of a prompt of the repertoire.
const REPEATS: usize = 2;
const WHICH: usize = 3;
const LENGTH: usize = 2;

/// What a journey's first prompt is.
struct Wording {
    bits: u64,
    /// The draw of its length.
    length: u32,
    template: Option<TemplateId>,
    cacheable: bool,
}

impl Generator {
    /// A generator that has nothing to give until [`begin`](Self::begin).
    pub fn new() -> Self {
        let unused = Key::new(0, 0, Purpose::Journey);
        let ahead = Ahead { gaps: [0.0; LANES], journeys: [[0; 4]; LANES], attempts: [[0; 4]; LANES], prompts: [[0; 4]; LANES] };
        Self {
            clock: Clock::default(),
            cursor: Cursor::default(),
            journey: unused,
            traits: unused,
            attempt: unused,
            prompt: unused,
            template: unused,
            ahead: Box::new(ahead),
            next: 0,
            done: true,
        }
    }

    /// Goes to the start of a replication.
    pub fn begin(&mut self, workload: &Workload, seed: u64, replication: u32) {
        if let Source::Drawn(arrivals) = &workload.source {
            arrivals.begin(&mut self.clock, Key::new(seed, replication, Purpose::Noise));
        }
        self.cursor = Cursor::default();
        self.journey = Key::new(seed, replication, Purpose::Journey);
        self.traits = Key::new(seed, replication, Purpose::Traits);
        self.attempt = Key::new(seed, replication, Purpose::Attempt);
        self.prompt = Key::new(seed, replication, Purpose::Prompt);
        self.template = Key::new(seed, replication, Purpose::Template);
        self.next = 0;
        self.done = false;
    }

    /// Replaces the chunk by the next journeys, as many as it has room for; empty when the horizon is reached.
    pub fn fill(&mut self, workload: &Workload, chunk: &mut Vec<Arrival>) {
        self.fill_whole(workload, chunk);
        let Some(keep) = workload.keep else { return };
        loop {
            chunk.retain(|arrival| keep.keeps(self.traits.block(arrival.journey.id, 0)[KEPT]));
            if self.done || !chunk.is_empty() {
                return;
            }
            // Only the horizon leaves it empty.
            self.fill_whole(workload, chunk);
        }
    }

    /// The same of all journeys, whether they are kept or not.
    fn fill_whole(&mut self, workload: &Workload, chunk: &mut Vec<Arrival>) {
        chunk.clear();
        while !self.done && chunk.len() < chunk.capacity() {
            let lane = self.next as usize % LANES;
            if lane == 0 {
                let keys = [self.journey, self.attempt, self.prompt];
                self.ahead.draw(self.next, keys, workload.first_stage());
            }
            match self.draw(workload, lane) {
                Some(journey) => chunk.push(Arrival { journey, luck: self.ahead.attempts[lane] }),
                None => self.done = true,
            }
            self.next += 1;
        }
    }

    #[expect(clippy::inline_always, reason = "as for `make`")]
    #[inline(always)]
    fn draw(&mut self, workload: &Workload, lane: usize) -> Option<Journey> {
        let draws = self.ahead.journeys[lane];
        match &workload.source {
            Source::Drawn(arrivals) => {
                let at = arrivals.next(&mut self.clock, self.ahead.gaps[lane]);
                // Compared as floats: a time beyond all integers is beyond the horizon too.
                let at = (at < workload.horizon.micros() as f64).then(|| SimTime::from_micros(at as i64))?;
                Some(self.make(workload, at, workload.classes.pick(draws[CLASS]), lane))
            }
            Source::Recorded(replay) => {
                let (row, at) = replay.next(&mut self.cursor, draws[ARRIVAL]).filter(|(_, at)| *at < workload.horizon)?;
                let mut journey = self.make(workload, at, row.class(), lane);
                journey.tokens = row.tokens().unwrap_or(journey.tokens);
                journey.images = row.images().unwrap_or(journey.images);
                if let Some(shape) = row.shape() {
                    (journey.draft, journey.last) = (replay.draft(shape), shape);
                }
                Some(journey)
            }
        }
    }

    #[expect(clippy::inline_always, reason = "a journey built in place is copied once; measured: 6 % of a request")]
    #[inline(always)]
    fn make(&self, workload: &Workload, arrival: SimTime, class_id: ClassId, lane: usize) -> Journey {
        let class = &workload.classes.all[class_id.index()];
        // A second block only where something is drawn from it.
        let plain = workload.journeys.is_none() && matches!(class.images, Count::Fixed(_));
        let traits = if plain { [0; 4] } else { self.traits.block(self.next, 0) };
        let wording = self.wording(workload.prompts.as_ref(), lane);
        Journey {
            id: self.next,
            arrival,
            tokens: u32::try_from(class.tokens.draw(wording.length)).unwrap_or(u32::MAX),
            class: class_id,
            draft: class.draft,
            last: class.last,
            images: class.images.draw(traits[IMAGES]),
            wants_final: workload.journeys.as_ref().is_some_and(|j| u64::from(traits[FINAL]) < j.wants_final),
            cacheable: wording.cacheable,
            template: wording.template,
            prompt: wording.bits,
        }
    }

    /// A prompt of the journey's own, or one of the repertoire.
    #[expect(clippy::inline_always, reason = "as for `make`")]
    #[inline(always)]
    fn wording(&self, prompts: Option<&Prompts>, lane: usize) -> Wording {
        let own = self.ahead.prompts[lane];
        match prompts.and_then(|prompts| prompts.pick(own[REPEATS], own[WHICH])) {
            None => {
                let length = self.ahead.journeys[lane][TOKENS];
                Wording { bits: prompt_bits(own), length, template: None, cacheable: false }
            }
            Some(Repeat { template, cacheable }) => {
                let known = self.template.block(template.index() as u64, 0);
                Wording { bits: prompt_bits(known), length: known[LENGTH], template: Some(template), cacheable }
            }
        }
    }
}

impl Default for Generator {
    fn default() -> Self {
        Self::new()
    }
}
