//! What one shape costs, as the hot loop reads it: a price per request and per image, and a meter only where more counts.

use super::{Rates, Usage};
use crate::units::Usd;

/// The price of a shape on a day.
#[derive(Debug, Clone, PartialEq)]
pub struct Tariff {
    /// Once per request, the input included.
    request: Usd,
    image: Usd,
    input: Usd,
    image_tokens: u32,
    request_tokens: u32,
    below_first_party: bool,
    /// The whole form, where requests and images are not all that counts.
    metered: Option<Box<Rates>>,
}

impl Tariff {
    /// The tariff of this form.
    pub fn new(rates: Rates) -> Self {
        Self {
            request: rates.request + rates.input,
            image: rates.image,
            input: rates.input,
            image_tokens: rates.image_tokens,
            request_tokens: rates.request_tokens,
            below_first_party: rates.below_first_party,
            metered: (!rates.is_plain()).then(|| Box::new(rates)),
        }
    }

    /// The price of so many images where nothing else counts; `None` where all of the [`Usage`] does.
    #[inline]
    pub fn of_images(&self, images: u8) -> Option<Usd> {
        self.metered.is_none().then(|| self.request + self.image * u64::from(images))
    }

    /// The price of this usage, exact to the picodollar.
    #[inline]
    pub fn of(&self, usage: &Usage) -> Usd {
        let flat = || self.request + self.image * u64::from(usage.images);
        self.metered.as_ref().map_or_else(flat, |rates| rates.of(usage))
    }

    /// The least that this usage can cost, whatever luck its attempt has; `took` is the least time.
    pub fn least(&self, usage: &Usage) -> Usd {
        self.metered.as_ref().map_or_else(|| self.of(usage), |rates| rates.least(usage))
    }

    /// The least that its input can cost.
    pub fn least_input(&self, usage: &Usage) -> Usd {
        self.metered.as_ref().map_or(self.input, |rates| rates.least_input(usage))
    }

    /// What is billed where only the input is: the prompt, input images, and surcharges on the input.
    #[inline]
    pub fn input_part(&self, usage: &Usage) -> Usd {
        self.metered.as_ref().map_or(self.input, |rates| rates.input_part(usage))
    }

    /// Tokens that count against a token limit: those of the prompt, and those of images where they are priced by token.
    /// Thinking does not count: how much there will be is not known when the limit is looked at.
    #[inline]
    pub fn tokens(&self, usage: &Usage) -> u64 {
        let fixed = u64::from(usage.tokens) + u64::from(self.request_tokens);
        fixed + u64::from(self.image_tokens) * u64::from(usage.images)
    }

    /// Whether the model's maker itself asks for more than this reseller: a price that may not last.
    pub const fn below_first_party(&self) -> bool {
        self.below_first_party
    }
}
