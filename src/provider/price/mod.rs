//! Price models: what an attempt costs. A model is one file and one line in the table below.

pub mod by_shape;
mod registry;

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

/// How an attempt is priced.
pub trait PriceModel {
    /// The price of this usage, exact to the picodollar.
    ///
    /// # Panics
    /// If the shape has no price: no plan routes it here.
    fn of(&self, usage: Usage) -> Usd;

    /// Whether images of this shape have a price.
    fn covers(&self, shape: ShapeId) -> bool;

    /// Tokens that count against a token limit: those of the prompt, and those of the images where they are priced by token.
    fn tokens(&self, usage: Usage) -> u64;
}

registry::prices! {
    /// Flat: the same price for every image, such as "0.04 USD".
    per_image => PerImage,
    /// By quality, then size: { standard = { "1024x1024" = "0.04 USD" } }.
    table => Table,
    /// By tokens of the prompt and of the images.
    tokens => Tokens,
}
