//! Tokens of thinking or text that a model writes on top of its images: so many at random, at a price of their own.

use std::sync::Arc;

use super::at::At;
use super::rates::MILLION;
use super::{Amount, Usage};
use crate::dist::{LawSpec, QuantileTable};
use crate::random::split;
use crate::spec::{self, Located, Mistake};
use crate::units::Usd;

spec::words! {
    /// What thinking is done for.
    pub enum Each {
        /// Once for all images of a request.
        "request" => Request,
        /// Anew for every image.
        "image" => Image,
    }
}

spec::table! {
    /// Tokens of thinking or text on top of the images.
    pub struct Spec {
        /// Per million such tokens.
        per_million: Amount,
        /// How many: a number, or a distribution such as { lognormal = { p50 = 200, p95 = 900 } }.
        tokens: Located<LawSpec<u32>>,
        /// What for.
        each: Each = "request",
    }
}

/// Tokens of thinking and their price.
#[derive(Debug, Clone, PartialEq)]
pub struct Thinking {
    /// Per million tokens.
    pub per_million: Usd,
    /// How many.
    pub tokens: Arc<QuantileTable>,
    /// What for.
    pub each: Each,
}

/// Looks at the random bits of an attempt; the further images of a request follow.
const THOUGHT: u64 = 1 << 32;

impl Spec {
    pub(super) fn build(&self, at: &At<'_>) -> Result<Thinking, Mistake> {
        Ok(Thinking { per_million: at.usd(&self.per_million)?, tokens: at.law(&self.tokens)?, each: self.each })
    }
}

impl Thinking {
    /// What the thinking of an attempt costs.
    pub(super) fn of(&self, usage: &Usage) -> Usd {
        let thought = |image| self.tokens_at(split(usage.bits, THOUGHT + image));
        self.per_million.times_ratio((0..self.times(usage)).map(thought).sum(), MILLION)
    }

    /// The least that it can cost.
    pub(super) fn least(&self, usage: &Usage) -> Usd {
        self.per_million.times_ratio(self.times(usage) * self.tokens_at(0), MILLION)
    }

    fn times(&self, usage: &Usage) -> u64 {
        if self.each == Each::Request { 1 } else { u64::from(usage.images) }
    }

    /// No more tokens than a prompt can have, so that no sum overflows.
    fn tokens_at(&self, bits: u32) -> u64 {
        self.tokens.draw(bits).clamp(0, i64::from(u32::MAX)) as u64
    }
}

#[cfg(test)]
mod tests {
    use crate::provider::price::invoice::{shape, tariff, usage, usd};

    fn gemini(thinking: &str) -> crate::provider::Tariff {
        let text = format!(
            "price.tokens = {{ input_per_million = \"2 USD\", output_per_million = \"120 USD\", \
             image_tokens.standard = {{ \"1024x1024\" = 1120 }}, thinking = {{ {thinking} }} }}"
        );
        tariff(&text, shape("1024x1024", "standard"))
    }

    /// Gemini 3 Pro Image: text in 2, text and thinking out 12, image out 120 USD per million; 1120 tokens at 1K (Gemini API
    /// pricing, facts of 2026-11-22). Two images, a prompt of 100 tokens, 300 tokens of thinking:
    /// 0.2688 + 0.0002 + 0.0036 USD; for each image of its own, 0.2688 + 0.0002 + 0.0072 USD.
    #[test]
    fn thinking_comes_on_top() {
        let once = gemini("per_million = \"12 USD\", tokens = 300");
        assert_eq!((once.of(&usage(2, 100)), once.input_part(&usage(2, 100))), (usd("0.2726"), usd("0.0002")));
        let each = gemini("per_million = \"12 USD\", tokens = 300, each = \"image\"");
        assert_eq!(each.of(&usage(2, 100)), usd("0.2762"));
    }

    /// An exponential number of tokens with mean 300 costs 300 times the price on average: 0.0036 USD, with a standard error
    /// of 0.0036 / sqrt(20 000).
    #[test]
    fn thinking_is_drawn_from_its_law() {
        let tariff = gemini("per_million = \"12 USD\", tokens.exponential.mean = 300");
        let draws = 20_000_u64;
        let key = crate::random::Key::new(1, 0, crate::random::Purpose::Attempt);
        let bits = |id: u64| {
            let [low, high, ..] = key.block(id, 0);
            u64::from(high) << 32 | u64::from(low)
        };
        let cost = |id| tariff.of(&crate::provider::Usage { bits: bits(id), ..usage(1, 0) }).to_f64() - 0.1344;
        let mean = (0..draws).map(cost).sum::<f64>() / draws as f64;
        assert!((mean - 0.0036).abs() < 4.5 * 0.0036 / (draws as f64).sqrt(), "{mean}");
    }
}
