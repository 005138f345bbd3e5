//! Per pixel of images that come out, far below a nanodollar each: multiplied before anything is rounded.

use super::at::At;
use super::{Amount, Rates};
use crate::spec::Mistake;

/// `price.per_pixel = "0.0000000013 USD"`.
pub type Spec = Amount;

pub(super) fn build(spec: &Spec, at: &At<'_>) -> Result<Option<Rates>, Mistake> {
    let pixels = u64::from(at.shape.size.width) * u64::from(at.shape.size.height);
    Ok(Some(Rates { image: at.usd_times(spec, pixels, 1)?, ..Rates::default() }))
}

#[cfg(test)]
mod tests {
    use crate::provider::price::invoice::{shape, tariff, usage, usd};

    /// nscale FLUX.1 schnell: 1.3e-9 USD a pixel (LiteLLM 1.109.1, facts of 2026-11-22): 1024x1024 is 0.0013631488 USD.
    /// LiteLLM has DALL-E 3 at 3.81469e-8, finer than a picodollar; 0.039999923814 USD and not 0.04.
    #[test]
    fn a_hand_computed_invoice() {
        let of = |price: &str| tariff(&format!("price.per_pixel = \"{price} USD\""), shape("1024x1024", "standard")).of(&usage(1, 0));
        assert_eq!(of("0.0000000013"), usd("0.0013631488"));
        assert_eq!(of("0.0000000381469"), usd("0.039999923814"));
    }
}
