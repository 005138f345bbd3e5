//! One price for any size and quality, as resellers offer it over a model that its maker prices by both. Where the maker's own
//! price is given and is higher, the tariff is flagged: such an offer need not last.

use super::at::At;
use super::by_shape::{ByShape, by_shape};
use super::{Amount, Rates};
use crate::spec::{self, Mistake};
use crate::units::Usd;

spec::words! {
    /// What a call is.
    pub enum Call {
        /// A request, however many images it asks for.
        "request" => Request,
        /// Each image.
        "image" => Image,
    }
}

spec::table! {
    /// One price for any size and quality.
    pub struct Spec {
        /// Each call.
        price: Amount,
        /// What a call is.
        call: Call = "request",
        /// What the maker asks for an image by quality, then size.
        first_party: Option<ByShape<Amount>>,
    }
}

pub(super) fn build(spec: &Spec, at: &At<'_>) -> Result<Option<Rates>, Mistake> {
    let price = at.usd(&spec.price)?;
    let maker = spec.first_party.as_ref().map(|table| by_shape(table, at.shape)).transpose()?.flatten();
    let maker = maker.map(|price| at.usd(price)).transpose()?;
    let below_first_party = maker.is_some_and(|maker| price < maker);
    let (request, image) = if spec.call == Call::Request { (price, Usd::ZERO) } else { (Usd::ZERO, price) };
    Ok(Some(Rates { request, image, below_first_party, ..Rates::default() }))
}

#[cfg(test)]
mod tests {
    use crate::provider::price::invoice::{shape, tariff, usage, usd};

    /// laozhang "-vip": 0.03 USD a call for any quality, where OpenAI asks 0.211 for a high 1024x1024 of gpt-image-2 and 0.006
    /// for a low one (facts of 2026-11-22).
    #[test]
    fn a_hand_computed_invoice() {
        let text = r#"
[price.per_call]
price = "0.03 USD"
first_party = { high = { "1024x1024" = "0.211 USD" }, low = { "1024x1024" = "0.006 USD" } }
"#;
        let of = |quality: &str| tariff(text, shape("1024x1024", quality));
        assert_eq!((of("high").of(&usage(4, 60)), of("low").of(&usage(1, 60))), (usd("0.03"), usd("0.03")));
        assert_eq!(["high", "low", "auto"].map(|quality| of(quality).below_first_party()), [true, false, false]);
        let each = tariff("price.per_call = { price = \"0.03 USD\", call = \"image\" }", shape("1024x1024", "high"));
        assert_eq!(each.of(&usage(4, 60)), usd("0.12"));
    }
}
