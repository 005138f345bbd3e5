//! Per image by quality and size. What the table does not have cannot be bought: a miss is found when the plan is made.

use super::at::At;
use super::by_shape::{ByShape, by_shape};
use super::{Amount, Rates};
use crate::spec::Mistake;

/// `price.table = { standard = { "1024x1024" = "0.04 USD" } }`.
pub type Spec = ByShape<Amount>;

pub(super) fn build(spec: &Spec, at: &At<'_>) -> Result<Option<Rates>, Mistake> {
    let Some(image) = by_shape(spec, at.shape)? else { return Ok(None) };
    Ok(Some(Rates { image: at.usd(image)?, ..Rates::default() }))
}

#[cfg(test)]
mod tests {
    use crate::provider::price::invoice::{price, shape, usage, usd};

    /// DALL-E 3: standard 0.04, 0.08, 0.08, hd 0.08, 0.12, 0.12 USD (OpenAI's list until 2026-05-12, facts of 2026-11-22).
    #[test]
    fn a_hand_computed_invoice() {
        let text = r#"
[price.table]
standard = { "1024x1024" = "0.04 USD", "1024x1792" = "0.08 USD", "1792x1024" = "0.08 USD" }
hd = { "1024x1024" = "0.08 USD", "1024x1792" = "0.12 USD", "1792x1024" = "0.12 USD" }
"#;
        let of = |size: &str, quality: &str| {
            price(text, shape(size, quality)).expect("valid").map(|tariff| tariff.of(&usage(3, 60)))
        };
        assert_eq!(of("1024x1024", "standard"), Some(usd("0.12")));
        assert_eq!(of("1024x1792", "hd"), Some(usd("0.36")));
        assert_eq!((of("512x512", "standard"), of("1024x1024", "low")), (None, None), "a miss is no price");
    }
}
