//! A reseller's markup: a percentage on the whole price, negative where it sells below the list.

use super::{Percent, multiply};
use crate::provider::price::Rates;
use crate::provider::price::at::At;
use crate::spec::{Located, Mistake};

/// `adjust.markup = "-25%"`.
pub type Spec = Percent;

pub(super) fn apply(spec: Option<&Located<Spec>>, _: &At<'_>, rates: Rates) -> Result<Option<Rates>, Mistake> {
    let Some(markup) = spec else { return Ok(Some(rates)) };
    multiply(rates, markup.0, &markup.place).map(Some)
}

#[cfg(test)]
mod tests {
    use crate::provider::price::invoice::{shape, tariff, usage, usd};

    /// On an image at 0.04 USD, PiAPI takes 25 % off and aiml adds 30 % (facts of 2026-11-22): 0.03 and 0.052 USD. A surcharge
    /// of 0.01 is marked up with the rest.
    #[test]
    fn a_hand_computed_invoice() {
        let of = |markup: &str| {
            let text = format!("price.per_image = \"0.04 USD\"\nadjust = {{ markup = \"{markup}\", surcharges.search.per_request = \"0.01 USD\" }}");
            let plain = shape("1024x1024", "standard");
            let search = crate::model::Shape { extras: vec!["search".to_owned()], ..plain.clone() };
            [plain, search].map(|shape| tariff(&text, shape).of(&usage(1, 0)))
        };
        assert_eq!((of("-25%"), of("+30%")), (["0.03", "0.0375"].map(usd), ["0.052", "0.065"].map(usd)));
    }
}
