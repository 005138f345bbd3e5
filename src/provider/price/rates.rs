//! What one shape costs as price models write it and adjustments change it: a linear form of what an attempt uses.
//!
//! Every amount is exact to the picodollar. Nothing here is read in the hot loop unless the price needs more than a request
//! and its images: see [`Tariff`](super::Tariff).

use super::Usage;
use crate::units::Usd;

const MILLION: u64 = 1_000_000;

/// The linear form. The default costs nothing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rates {
    /// Once per request.
    pub request: Usd,
    /// Each output image.
    pub image: Usd,
    /// Per million tokens of the prompt.
    pub token: Usd,
    /// Tokens of one output image; zero where images are not priced by token.
    pub image_tokens: u32,
}

impl Rates {
    /// What this usage costs. Tokens are rounded half to even to the picodollar.
    pub(super) fn of(&self, usage: &Usage) -> Usd {
        self.request + self.image * u64::from(usage.images) + self.input_part(usage)
    }

    /// What of it is for the input.
    pub(super) fn input_part(&self, usage: &Usage) -> Usd {
        self.token.times_ratio(u64::from(usage.tokens), MILLION)
    }

    /// Whether nothing counts but requests and images.
    pub(super) fn is_plain(&self) -> bool {
        self.token == Usd::ZERO
    }
}
