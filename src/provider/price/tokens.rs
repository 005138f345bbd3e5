//! By tokens: so much per million tokens of prompt and of image, images counting by quality and size. Such tables are not
//! monotone in area, so nothing is interpolated.

use super::by_shape::{ByShape, by_shape};
use super::{PriceModel, Usage};
use crate::model::{Shape, ShapeId};
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

/// Prices per million tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    input: Usd,
    output: Usd,
    /// Tokens of one image by shape; `None` where the table has none.
    by_shape: Box<[Option<u32>]>,
}

pub(super) fn build(spec: &Spec, shapes: &[Shape]) -> Result<Tokens, Mistake> {
    let by_shape = by_shape(&spec.image_tokens, shapes)?;
    Ok(Tokens { input: spec.input_per_million, output: spec.output_per_million, by_shape })
}

impl Tokens {
    #[inline]
    fn image_tokens(&self, usage: Usage) -> u64 {
        let each = self.by_shape[usage.shape.index()].expect("no plan routes a shape to a table without its tokens");
        u64::from(each) * u64::from(usage.images)
    }
}

impl PriceModel for Tokens {
    /// Prompt and images are rounded half to even to the picodollar, each on its own.
    #[inline]
    fn of(&self, usage: Usage) -> Usd {
        let prompt = self.input.times_ratio(u64::from(usage.tokens), MILLION);
        prompt + self.output.times_ratio(self.image_tokens(usage), MILLION)
    }

    fn covers(&self, shape: ShapeId) -> bool {
        self.by_shape.get(shape.index()).is_some_and(Option::is_some)
    }

    #[inline]
    fn tokens(&self, usage: Usage) -> u64 {
        u64::from(usage.tokens) + self.image_tokens(usage)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// gpt-image-1, high, 1024x1024 (4160 tokens at 40 USD per million) with a prompt of 50 tokens at 5 USD per million:
    /// 0.1664 + 0.00025 USD. Source: the vendor's price list as of 2026-11-22.
    #[test]
    fn a_hand_computed_invoice_line() {
        let usd = |text: &str| text.parse::<Usd>().expect("valid");
        let price = Tokens { input: usd("5 USD"), output: usd("40 USD"), by_shape: Box::new([Some(4160)]) };
        let usage = Usage { shape: ShapeId(0), images: 1, tokens: 50 };
        assert_eq!(price.of(usage), usd("0.16665 USD"));
        assert_eq!(price.tokens(usage), 4210);
    }
}
