//! Price models: what an attempt costs. A model is one file and one line in the table below; so is what [`adjust`]s it.
//!
//! A model says what a shape costs as [`Rates`], a linear form; the hot loop reads [`Tariff`]s and knows no model. Nothing
//! here remembers: what depends on what was bought before is no price but a term of the account. A shape that a price does
//! not know has no price: nothing is interpolated and nothing defaulted.

pub mod adjust;
mod amount;
mod at;
mod book;
pub mod by_shape;
mod exchange;
#[cfg(test)]
mod invoice;
mod rates;
mod registry;
mod tariff;
pub mod thinking;
mod usage;

pub use adjust::AdjustSpec;
pub use amount::{Amount, Currency};
pub use at::{Day, Laws};
pub use book::Price;
pub use exchange::{DatedRate, Exchange, ExchangeSpec, RatesOfExchange};
pub use rates::{Cached, Rates};
pub use tariff::Tariff;
pub use usage::Usage;

use crate::model::Shape;
use crate::spec::Mistake;
use at::At;

registry::prices! {
    /// Flat: the same price for every image, such as "0.04 USD".
    per_image => PerImage,
    /// By quality, then size: { standard = { "1024x1024" = "0.04 USD" } }.
    table => Table,
    /// By class of resolution: { classes."1K" = { upto = "1024x1024", price = "0.08 USD" } }.
    resolution => Resolution,
    /// Per megapixel: { price = "0.025 USD", unit = "2^20", rounding = "up" }.
    megapixels => Megapixels,
    /// The first megapixel, and further ones: { first = "0.03 USD", further = "0.015 USD", unit = "2^20", rounding = "up" }.
    first_megapixel => FirstMegapixel,
    /// Per pixel, such as "0.0000000013 USD".
    per_pixel => PerPixel,
    /// By steps of generation: { each = "0.00013 USD" }, or a table that is not linear.
    steps => Steps,
    /// By tokens of text and images, in and out, with thinking on top.
    tokens => Tokens,
    /// By compute time: { price = "0.001525 USD", cold_start = "free" }.
    per_second => PerSecond,
    /// One price for any size and quality: { price = "0.03 USD" }.
    per_call => PerCall,
}

impl PriceSpec {
    /// The qualities that it has prices for; none where the price is the same in any.
    pub fn qualities(&self) -> Vec<&str> {
        match self {
            Self::Table(table) => table.names().collect(),
            Self::Tokens(tokens) => tokens.qualities(),
            _ => Vec::new(),
        }
    }

    /// Whether it depends on the quality.
    pub const fn goes_by_quality(&self) -> bool {
        match self {
            Self::Table(_) | Self::Tokens(_) => true,
            Self::PerCall(call) => call.first_party.is_some(),
            _ => false,
        }
    }

    /// The price of these shapes on a day, as adjusted.
    ///
    /// # Errors
    /// What makes no price, with its place.
    pub fn build(&self, adjust: &AdjustSpec, shapes: &[Shape], day: &Day<'_>) -> Result<Price, Mistake> {
        let tariff = |shape| {
            let at = At { shape, day: *day };
            let Some(rates) = self.rates(&at)? else { return Ok(None) };
            Ok(adjust.apply(&at, rates)?.map(Tariff::new))
        };
        let tariffs = shapes.iter().map(tariff).collect::<Result<Vec<Option<Tariff>>, Mistake>>()?;
        Ok(Price::new(tariffs))
    }
}
