//! Price models: what an attempt costs. A model is one file and one line in the table below.
//!
//! A model says what a shape costs as [`Rates`], a linear form; the hot loop reads [`Tariff`]s and knows no model. Nothing
//! here remembers: what depends on what was bought before is no price but a term of the account.

mod book;
pub mod by_shape;
mod rates;
mod registry;
mod tariff;
mod usage;

pub use book::Price;
pub use rates::Rates;
pub use tariff::Tariff;
pub use usage::Usage;

use crate::model::Shape;
use crate::spec::Mistake;

registry::prices! {
    /// Flat: the same price for every image, such as "0.04 USD".
    per_image => PerImage,
    /// By quality, then size: { standard = { "1024x1024" = "0.04 USD" } }.
    table => Table,
    /// By tokens of the prompt and of the images.
    tokens => Tokens,
}

impl PriceSpec {
    /// The price of these shapes.
    ///
    /// # Errors
    /// What makes no price, with its place.
    pub fn build(&self, shapes: &[Shape]) -> Result<Price, Mistake> {
        let tariff = |shape| Ok(self.rates(shape)?.map(Tariff::new));
        let tariffs = shapes.iter().map(tariff).collect::<Result<Vec<Option<Tariff>>, Mistake>>()?;
        Ok(Price::new(tariffs))
    }
}
