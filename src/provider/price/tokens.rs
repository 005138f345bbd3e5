//! By tokens: so much per million tokens of prompt and of image, images counting by quality and size. Such tables are not
//! monotone in area, so nothing is interpolated.

use super::Usage;
use crate::model::ShapeId;
use crate::units::Usd;

const MILLION: u64 = 1_000_000;

/// Prices per million tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    /// Per million tokens of the prompt.
    pub input: Usd,
    /// Per million tokens of images.
    pub output: Usd,
    /// Tokens of one image by shape; `None` where the table has none.
    pub by_shape: Box<[Option<u32>]>,
}

impl Tokens {
    /// Prompt and images are rounded half to even to the picodollar, each on its own.
    ///
    /// # Panics
    /// If the shape has no token count: the plan must not route it here.
    #[inline]
    pub(super) fn of(&self, usage: Usage) -> Usd {
        let prompt = self.input.times_ratio(u64::from(usage.tokens), MILLION);
        prompt + self.output.times_ratio(self.image_tokens(usage), MILLION)
    }

    #[inline]
    pub(super) fn tokens(&self, usage: Usage) -> u64 {
        u64::from(usage.tokens) + self.image_tokens(usage)
    }

    #[inline]
    fn image_tokens(&self, usage: Usage) -> u64 {
        let each = self.by_shape[usage.shape.index()].expect("a plan routes no shape to a table without its tokens");
        u64::from(each) * u64::from(usage.images)
    }

    pub(super) fn covers(&self, shape: ShapeId) -> bool {
        self.by_shape.get(shape.index()).is_some_and(Option::is_some)
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
