//! Journeys: one user's series of requests towards one accepted image, in a closed loop.
//!
//! A draft is delivered; the user accepts it with the acceptance probability of the model that made it, otherwise thinks
//! and asks again, up to a number of rounds. An accepted draft asks for a final with a given probability, unless what was
//! accepted is a final already. After a lost request the user tries again with a given probability, a bounded number of
//! times. All draws are keyed by journey, round and try: every strategy meets the same user.

use super::TemplateId;
use crate::dist::QuantileTable;
use crate::model::{ClassId, ShapeId, Stage};
use crate::random::{Block, Key};
use crate::units::{SimDuration, SimTime};

/// A journey as it arrives: everything about it that does not depend on how it is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Journey {
    /// Number of the journey within the replication, from 0; below 2^40.
    pub id: u64,
    /// When its first request arrives.
    pub arrival: SimTime,
    /// Tokens of its prompt.
    pub tokens: u32,
    /// Its class.
    pub class: ClassId,
    /// Size and quality of its drafts.
    pub draft: ShapeId,
    /// Size and quality of its final.
    pub last: ShapeId,
    /// Images per request, at least 1.
    pub images: u8,
    /// Whether the user wants a final once a draft is accepted.
    pub wants_final: bool,
    /// Whether an image of its first prompt that was made before would do.
    pub cacheable: bool,
    /// Its first prompt, where that is one of the repertoire.
    pub template: Option<TemplateId>,
    /// 64 random bits of its first prompt: what content filters make of it.
    pub prompt: u64,
}

impl Journey {
    /// 64 random bits of its user.
    #[inline]
    pub const fn user(&self) -> u64 {
        // Of the first prompt and the number: users with the same prompt are still two.
        self.prompt ^ self.id.wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }
}

/// A journey and the draws of the first attempt at its first request, made ahead for all strategies at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// The journey.
    pub journey: Journey,
    /// The block of the attempt.
    pub luck: Block,
}

/// Where a journey stands: which request is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What the request is for.
    pub stage: Stage,
    /// Number of the draft, from 0.
    pub round: u8,
    /// How often this request was lost and asked for again.
    pub tries: u8,
    /// How often the user has changed the prompt.
    pub revision: u16,
}

impl Progress {
    /// The first request of a journey.
    pub const fn first(stage: Stage) -> Self {
        Self { stage, round: 0, tries: 0, revision: 0 }
    }

    /// The identity of this request within the replication: the key of its draws.
    #[inline]
    pub const fn request(self, journey: u64) -> u64 {
        journey << 17 | (self.stage as u64) << 16 | (self.round as u64) << 8 | self.tries as u64
    }

    /// The 64 random bits of its prompt.
    #[inline]
    pub fn prompt(self, journey: &Journey, prompts: Key) -> u64 {
        if self.revision == 0 {
            journey.prompt
        } else {
            prompt_bits(prompts.block(Self::prompt_id(journey.id, self.revision), 0))
        }
    }

    /// The prompt of the repertoire that it sends, unchanged.
    #[inline]
    pub const fn template(self, journey: &Journey) -> Option<TemplateId> {
        if self.revision == 0 { journey.template } else { None }
    }

    /// What its images are to be like.
    #[inline]
    pub const fn shape(self, journey: &Journey) -> ShapeId {
        match self.stage {
            Stage::Draft => journey.draft,
            Stage::Final => journey.last,
        }
    }

    /// The prompt of the repertoire that it sends, where an image of it that was made before would do.
    #[inline]
    pub fn repeats(self, journey: &Journey) -> Option<u16> {
        self.template(journey).filter(|_| self.cacheable(journey)).map(|template| template.index() as u16)
    }

    /// Whether an image of its prompt that was made before would do: not where the user has rejected an image of it, and
    /// wants another.
    #[inline]
    pub const fn cacheable(self, journey: &Journey) -> bool {
        journey.cacheable && self.revision == 0 && self.round == 0
    }

    /// The identity of a prompt within the replication.
    pub(super) const fn prompt_id(journey: u64, revision: u16) -> u64 {
        journey << 16 | revision as u64
    }
}

/// The part of a prompt's block that filters look at.
pub(super) fn prompt_bits([low, high, ..]: Block) -> u64 {
    u64::from(high) << 32 | u64::from(low)
}

/// How users behave.
#[derive(Debug, Clone, PartialEq)]
pub struct Journeys {
    /// Drafts at most, 1 to 255.
    pub rounds: u8,
    /// Probability that an accepted draft asks for a final, as a threshold of 32 bits.
    pub wants_final: u64,
    /// Time between seeing a result and the next request, in microseconds.
    pub think: QuantileTable,
    /// Probability that asking again changes the prompt, as a threshold.
    pub new_prompt: u64,
    /// Probability that a lost request is asked for again, as a threshold.
    pub again: u64,
    /// How often one request is asked for again at most.
    pub at_most: u8,
}

/// What the user does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Sends another request after some time.
    Ask {
        /// The request.
        progress: Progress,
        /// The time before it.
        after: SimDuration,
    },
    /// Is done.
    Done {
        /// Whether the journey ended with an accepted image.
        accepted: bool,
    },
}

const ACCEPT: usize = 0;
const THINK: usize = 1;
const PROMPT: usize = 2;
const AGAIN: usize = 3;

impl Journeys {
    /// What the user does after a delivered request. `acceptance` is the threshold of the model that made the image;
    /// `is_final` says whether it would do as the final.
    #[inline]
    pub fn delivered(&self, journey: &Journey, at: Progress, acceptance: u64, is_final: bool, user: Key) -> Next {
        if at.stage == Stage::Final {
            return Next::Done { accepted: true };
        }
        let draws = user.block(at.request(journey.id), 0);
        if u64::from(draws[ACCEPT]) < acceptance {
            if !journey.wants_final || is_final {
                return Next::Done { accepted: true };
            }
            let progress = Progress { stage: Stage::Final, tries: 0, ..at };
            return Next::Ask { progress, after: self.think(&draws) };
        }
        if at.round + 1 >= self.rounds {
            return Next::Done { accepted: false };
        }
        let progress = Progress { round: at.round + 1, tries: 0, revision: self.revision(at, &draws), ..at };
        Next::Ask { progress, after: self.think(&draws) }
    }

    /// Whether the user would accept a draft of this request, where `acceptance` is the threshold of the model that made it.
    pub fn accepts(journey: &Journey, at: Progress, acceptance: u64, user: Key) -> bool {
        u64::from(user.block(at.request(journey.id), 0)[ACCEPT]) < acceptance
    }

    /// What the user does after a lost request.
    #[inline]
    pub fn lost(&self, journey: &Journey, at: Progress, user: Key) -> Next {
        let draws = user.block(at.request(journey.id), 0);
        if at.tries >= self.at_most || u64::from(draws[AGAIN]) >= self.again {
            return Next::Done { accepted: false };
        }
        let progress = Progress { tries: at.tries + 1, revision: self.revision(at, &draws), ..at };
        Next::Ask { progress, after: self.think(&draws) }
    }

    fn revision(&self, at: Progress, draws: &Block) -> u16 {
        at.revision + u16::from(u64::from(draws[PROMPT]) < self.new_prompt)
    }

    fn think(&self, draws: &Block) -> SimDuration {
        SimDuration::from_micros(self.think.draw(draws[THINK]))
    }
}
