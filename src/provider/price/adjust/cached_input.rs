//! Cached input: the share of requests whose prompt and images the provider still has in its cache. What comes out costs the
//! same: only input is discounted, and only where the price says at which rate.

use crate::provider::price::Rates;
use crate::provider::price::at::At;
use crate::spec::{Located, Mistake};
use crate::units::Share;

/// `adjust.cached_input = "30%"`.
pub type Spec = Share;

pub(super) fn apply(spec: Option<&Located<Spec>>, _: &At<'_>, mut rates: Rates) -> Result<Option<Rates>, Mistake> {
    let Some(share) = spec else { return Ok(Some(rates)) };
    let Some(cached) = &mut rates.cached else {
        let mistake = Mistake::error(&share.place, "this price has no rate for cached input").label("saves nothing");
        return Err(mistake.help("give `cached_per_million` or `cached_image_per_million` in the price, or leave this out"));
    };
    cached.hit = share.threshold();
    Ok(Some(rates))
}

#[cfg(test)]
mod tests {
    use crate::provider::Usage;
    use crate::provider::price::invoice::{price, shape, tariff, usage, usd};
    use crate::random::{Key, Purpose};

    fn gpt_image_1(cached: &str, hit: &str) -> String {
        format!(
            "price.tokens = {{ input_per_million = \"5 USD\", {cached} output_per_million = \"40 USD\", \
             image_tokens.low = {{ \"1024x1024\" = 272 }} }}\nadjust.cached_input = \"{hit}\""
        )
    }

    /// gpt-image-1: text 5 USD per million, cached 1.25; 272 tokens at 40 (OpenAI's list, facts of 2026-11-22). 1000 tokens of
    /// prompt: 0.01088 + 0.005 USD, cached 0.01088 + 0.00125; at a hit rate of 30 % in 30 % of attempts, to within 4.5
    /// standard errors.
    #[test]
    fn a_hand_computed_invoice() {
        let text = gpt_image_1("cached_per_million = \"1.25 USD\",", "30%");
        let tariff = tariff(&text, shape("1024x1024", "low"));
        let key = Key::new(1, 0, Purpose::Attempt);
        let n = 10_000_u64;
        let price = |id| {
            let [low, high, ..] = key.block(id, 0);
            tariff.of(&Usage { bits: u64::from(high) << 32 | u64::from(low), ..usage(1, 1000) })
        };
        let hits = (0..n).filter(|id| price(*id) == usd("0.01213")).count() as f64;
        let misses = (0..n).filter(|id| price(*id) == usd("0.01588")).count() as f64;
        assert!((hits + misses - n as f64).abs() < 0.5);
        assert!((hits - 3000.0).abs() < 4.5 * (0.21 * n as f64).sqrt(), "{hits} hits");
    }

    #[test]
    fn a_price_without_a_rate_for_it_is_a_mistake() {
        let found = price(&gpt_image_1("", "30%"), shape("1024x1024", "low"));
        assert_eq!(found.expect_err("no rate").what, "this price has no rate for cached input");
    }
}
