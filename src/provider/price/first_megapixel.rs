//! A price for the first megapixel, whatever part of it an image has, and another for each further one; images that go in
//! may be priced by the megapixel too.

use super::at::At;
use super::megapixels::{Part, Unit};
use super::{Amount, Rates};
use crate::spec::{self, Mistake};
use crate::units::Usd;

spec::table! {
    /// The first megapixel, and further ones.
    pub struct Spec {
        /// The first megapixel, or what there is of it.
        first: Amount,
        /// Each further one.
        further: Amount,
        /// Each megapixel of images that go in; without it, they are free.
        input: Option<Amount>,
        /// What a megapixel is.
        unit: Unit,
        /// How a part of a megapixel counts.
        rounding: Part,
    }
}

pub(super) fn build(spec: &Spec, at: &At<'_>) -> Result<Option<Rates>, Mistake> {
    let unit = spec.unit.pixels();
    let further = spec.unit.counted(at.shape.size, spec.rounding).saturating_sub(unit);
    let input = match (&spec.input, at.shape.inputs) {
        (Some(price), Some(inputs)) => {
            at.usd_times(price, spec.unit.counted(inputs.size, spec.rounding) * u64::from(inputs.count), unit)?
        }
        _ => Usd::ZERO,
    };
    let image = at.usd(&spec.first)? + at.usd_times(&spec.further, further, unit)?;
    Ok(Some(Rates { image, input, ..Rates::default() }))
}

#[cfg(test)]
mod tests {
    use crate::model::{Inputs, Shape};
    use crate::provider::price::invoice::{shape, size, tariff, usage, usd};
    use crate::units::Usd;

    /// BFL FLUX.2 pro: 0.03 USD for the first megapixel, 0.015 for each further one and for each that goes in (docs.bfl.ai
    /// and OpenRouter, facts of 2026-11-22). Unit and rounding are assumed, such that 1024x1024 is the "from" price.
    const FLUX_2_PRO: &str = r#"
price.first_megapixel = { first = "0.03 USD", further = "0.015 USD", input = "0.015 USD", unit = "2^20", rounding = "up" }
"#;

    fn of(text: &str, of_size: &str) -> Usd {
        tariff(text, shape(of_size, "standard")).of(&usage(1, 0))
    }

    #[test]
    fn a_hand_computed_invoice() {
        assert_eq!(["512x512", "1024x1024", "2048x1024", "2048x2048"].map(|size| of(FLUX_2_PRO, size)),
            ["0.03", "0.03", "0.045", "0.075"].map(usd));
        // klein 4B: 0.014 and 0.001; four megapixels are 0.017 USD.
        let klein = r#"price.first_megapixel = { first = "0.014 USD", further = "0.001 USD", unit = "2^20", rounding = "up" }"#;
        assert_eq!(of(klein, "2048x2048"), usd("0.017"));
        // Exact parts: half a further megapixel.
        assert_eq!(of(&FLUX_2_PRO.replace("up", "exact"), "1536x1024"), usd("0.0375"));
    }

    /// The published price of an edit, 0.045 USD, is one megapixel out and one in. Two images of 1.5 megapixels that go in
    /// are four: 0.09 USD.
    #[test]
    fn images_that_go_in_are_priced_too() {
        let edit = |count, of_size: &str| {
            tariff(FLUX_2_PRO, Shape { inputs: Some(Inputs { count, size: size(of_size) }), ..shape("1024x1024", "standard") })
        };
        assert_eq!(edit(1, "1024x1024").of(&usage(1, 0)), usd("0.045"));
        let two = edit(2, "1536x1024");
        assert_eq!((two.of(&usage(1, 0)), two.input_part(&usage(1, 0))), (usd("0.09"), usd("0.06")));
    }
}
