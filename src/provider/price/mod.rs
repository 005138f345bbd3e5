//! Price models, one a file: what a delivered attempt costs.

mod per_image;
mod table;
mod tokens;

pub use per_image::PerImage;
pub use table::PriceTable;
pub use tokens::Tokens;

use crate::model::ShapeId;
use crate::units::Usd;

/// What an attempt used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// Size and quality of the images.
    pub shape: ShapeId,
    /// How many images.
    pub images: u8,
    /// Tokens of the prompt.
    pub tokens: u32,
}

/// A price model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Price {
    /// The same for every image.
    PerImage(PerImage),
    /// Per image by quality and size.
    Table(PriceTable),
    /// By tokens of the prompt and of the images.
    Tokens(Tokens),
}

impl Price {
    /// The price of this usage, exact to the picodollar.
    #[inline]
    pub fn of(&self, usage: Usage) -> Usd {
        match self {
            Self::PerImage(price) => price.of(usage),
            Self::Table(price) => price.of(usage),
            Self::Tokens(price) => price.of(usage),
        }
    }

    /// Whether images of this shape have a price.
    pub fn covers(&self, shape: ShapeId) -> bool {
        match self {
            Self::PerImage(_) => true,
            Self::Table(price) => price.covers(shape),
            Self::Tokens(price) => price.covers(shape),
        }
    }

    /// Tokens that count against a token limit.
    #[inline]
    pub(super) fn tokens(&self, usage: Usage) -> u64 {
        match self {
            Self::PerImage(_) | Self::Table(_) => u64::from(usage.tokens),
            Self::Tokens(price) => price.tokens(usage),
        }
    }
}
