//! What one shape costs, as the hot loop reads it: a price per request and per image, and a meter only where more counts.

use super::{Rates, Usage};
use crate::units::Usd;

/// The price of a shape on a day.
#[derive(Debug, Clone, PartialEq)]
pub struct Tariff {
    request: Usd,
    image: Usd,
    image_tokens: u32,
    /// The whole form, where a request and its images are not all that counts.
    metered: Option<Box<Rates>>,
}

impl Tariff {
    /// The tariff of this form.
    pub fn new(rates: Rates) -> Self {
        let Rates { request, image, image_tokens, .. } = rates;
        Self { request, image, image_tokens, metered: (!rates.is_plain()).then(|| Box::new(rates)) }
    }

    /// The price of this usage, exact to the picodollar.
    #[inline]
    pub fn of(&self, usage: &Usage) -> Usd {
        match &self.metered {
            None => self.request + self.image * u64::from(usage.images),
            Some(rates) => rates.of(usage),
        }
    }

    /// What of the price is for the input: all that is billed where only the input is.
    #[inline]
    pub fn input_part(&self, usage: &Usage) -> Usd {
        self.metered.as_ref().map_or(Usd::ZERO, |rates| rates.input_part(usage))
    }

    /// Tokens that count against a token limit: those of the prompt, and those of images where they are priced by token.
    #[inline]
    pub fn tokens(&self, usage: &Usage) -> u64 {
        u64::from(usage.tokens) + u64::from(self.image_tokens) * u64::from(usage.images)
    }
}
