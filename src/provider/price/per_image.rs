//! Flat: the same price for every image, whatever its size and quality. Images that go in are free.

use super::at::At;
use super::{Amount, Rates};
use crate::spec::Mistake;

/// `price.per_image = "0.04 USD"`.
pub type Spec = Amount;

pub(super) fn build(spec: &Spec, at: &At<'_>) -> Result<Option<Rates>, Mistake> {
    Ok(Some(Rates { image: at.usd(spec)?, ..Rates::default() }))
}

#[cfg(test)]
mod tests {
    use crate::provider::price::invoice::{shape, tariff, usage, usd};

    /// Imagen 4 Fast, 0.02 USD an image (Gemini API pricing, facts of 2026-11-22): four images are 0.08 USD.
    #[test]
    fn a_hand_computed_invoice() {
        let tariff = tariff("price.per_image = \"0.02 USD\"", shape("1024x1024", "standard"));
        assert_eq!((tariff.of(&usage(4, 60)), tariff.input_part(&usage(4, 60))), (usd("0.08"), usd("0")));
        assert_eq!(tariff.tokens(&usage(4, 60)), 60);
    }
}
