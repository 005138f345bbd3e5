//! Classes: kinds of requests with their share of the traffic, size, quality, images and prompt length.

use crate::dist::{Alias, QuantileTable};
use crate::model::{ClassId, ShapeId};

/// One class.
#[derive(Debug, Clone, PartialEq)]
pub struct Class {
    /// Size and quality of drafts.
    pub draft: ShapeId,
    /// Size and quality of finals, and of requests outside journeys.
    pub last: ShapeId,
    /// Images per request.
    pub images: Count,
    /// Tokens of the prompt.
    pub tokens: QuantileTable,
}

/// A number of images: fixed, or drawn by weight.
#[derive(Debug, Clone, PartialEq)]
pub enum Count {
    /// Always as many.
    Fixed(u8),
    /// One of several counts by weight.
    Drawn {
        /// Which count.
        choice: Alias,
        /// The counts.
        counts: Box<[u8]>,
    },
}

/// All classes and their shares.
#[derive(Debug, Clone, PartialEq)]
pub struct Classes {
    /// The classes, by id.
    pub all: Box<[Class]>,
    /// Their shares of the arrivals.
    pub shares: Alias,
}

impl Classes {
    /// The class for 32 uniform bits.
    #[inline]
    pub(super) fn pick(&self, bits: u32) -> ClassId {
        if self.all.len() == 1 {
            return ClassId(0);
        }
        ClassId(self.shares.pick(bits) as u16)
    }
}

impl Count {
    /// The largest count.
    pub(super) fn most(&self) -> u8 {
        match self {
            Self::Fixed(count) => *count,
            Self::Drawn { counts, .. } => counts.iter().copied().max().unwrap_or(1),
        }
    }

    /// The mean count.
    pub(super) fn mean(&self) -> f64 {
        match self {
            Self::Fixed(count) => f64::from(*count),
            Self::Drawn { choice, counts } => {
                choice.shares().iter().zip(counts).map(|(share, &count)| share * f64::from(count)).sum()
            }
        }
    }

    /// The count for 32 uniform bits.
    #[inline]
    pub(super) fn draw(&self, bits: u32) -> u8 {
        match self {
            Self::Fixed(count) => *count,
            Self::Drawn { choice, counts } => counts[choice.pick(bits)],
        }
    }
}
