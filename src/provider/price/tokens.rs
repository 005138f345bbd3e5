//! By tokens: so much per million tokens of prompt and of image, images counting by quality and size. Such tables are not
//! monotone in area, so nothing is interpolated.

use super::Rates;
use super::by_shape::{ByShape, by_shape};
use crate::model::Shape;
use crate::spec::{self, Mistake};
use crate::units::Usd;

const MILLION: u64 = 1_000_000;

spec::table! {
    /// Prices per million tokens.
    pub struct Spec {
        /// Per million tokens of the prompt.
        input_per_million: Usd,
        /// Per million tokens of images.
        output_per_million: Usd,
        /// Tokens of one image by quality, then size: { high = { "1024x1024" = 4160 } }.
        image_tokens: ByShape<u32>,
    }
}

pub(super) fn build(spec: &Spec, shape: &Shape) -> Result<Option<Rates>, Mistake> {
    let Some(&tokens) = by_shape(&spec.image_tokens, shape)? else { return Ok(None) };
    let image = spec.output_per_million.times_ratio(u64::from(tokens), MILLION);
    Ok(Some(Rates { image, token: spec.input_per_million, image_tokens: tokens, ..Rates::default() }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ShapeId;
    use crate::provider::price::{Tariff, Usage};

    /// gpt-image-1, high, 1024x1024 (4160 tokens at 40 USD per million) with a prompt of 50 tokens at 5 USD per million:
    /// 0.1664 + 0.00025 USD. Source: the vendor's price list as of 2026-11-22.
    #[test]
    fn a_hand_computed_invoice_line() {
        let usd = |text: &str| text.parse::<Usd>().expect("valid");
        let image = usd("40 USD").times_ratio(4160, MILLION);
        let price = Tariff::new(Rates { image, token: usd("5 USD"), image_tokens: 4160, ..Rates::default() });
        let usage = Usage::of(ShapeId(0), 1, 50);
        assert_eq!(price.of(&usage), usd("0.16665 USD"));
        assert_eq!(price.input_part(&usage), usd("0.00025 USD"));
        assert_eq!(price.tokens(&usage), 4210);
    }
}
