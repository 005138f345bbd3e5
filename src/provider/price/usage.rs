//! What an attempt used: all that its price can depend on besides the price itself.

use crate::model::ShapeId;
use crate::units::SimDuration;

/// What an attempt used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// What the images are like.
    pub shape: ShapeId,
    /// How many images.
    pub images: u8,
    /// Tokens of the prompt.
    pub tokens: u32,
    /// Time that the provider worked on it, a cold start included.
    pub took: SimDuration,
    /// The part of `took` that was a cold start.
    pub cold: SimDuration,
    /// 64 random bits of the attempt: whether its prompt was cached, how much the model thought.
    pub bits: u64,
}

impl Usage {
    /// What is asked for, before anything is known of how it went: no time, and no luck.
    #[inline]
    pub const fn of(shape: ShapeId, images: u8, tokens: u32) -> Self {
        Self { shape, images, tokens, took: SimDuration::ZERO, cold: SimDuration::ZERO, bits: 0 }
    }
}
