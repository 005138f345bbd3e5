//! Per megapixel. What a megapixel is (2^20 or 10^6 pixels) and whether a part of one counts as a whole differ between
//! vendors, and double the price of a 1024x1024 image: neither is guessed.

use super::at::At;
use super::{Amount, Rates};
use crate::spec::{self, Mistake};
use crate::units::{ImageSize, Usd};

spec::words! {
    /// What a megapixel is.
    pub enum Unit {
        /// 1 048 576 pixels: 1024x1024 is one.
        "2^20" => Binary,
        /// 1 000 000 pixels: 1024x1024 is more than one.
        "10^6" => Decimal,
    }
}

spec::words! {
    /// How a part of a megapixel counts.
    pub enum Part {
        /// As a whole one, for each image.
        "up" => Up,
        /// As a part.
        "exact" => Exact,
    }
}

spec::table! {
    /// Per megapixel.
    pub struct Spec {
        /// Each megapixel of images that come out.
        price: Amount,
        /// What a megapixel is.
        unit: Unit,
        /// How a part of a megapixel counts.
        rounding: Part,
        /// An image counts as this many megapixels at least.
        minimum: u32 = 0,
        /// Each megapixel of images that go in, counted in the same way; without it, they are free.
        input: Option<Amount>,
    }
}

impl Unit {
    /// In pixels.
    pub(super) const fn pixels(self) -> u64 {
        match self {
            Self::Binary => 1 << 20,
            Self::Decimal => 1_000_000,
        }
    }

    /// The pixels that an image counts for.
    pub(super) fn counted(self, size: ImageSize, part: Part) -> u64 {
        let pixels = u64::from(size.width) * u64::from(size.height);
        match part {
            Part::Up => pixels.div_ceil(self.pixels()) * self.pixels(),
            Part::Exact => pixels,
        }
    }
}

pub(super) fn build(spec: &Spec, at: &At<'_>) -> Result<Option<Rates>, Mistake> {
    let unit = spec.unit.pixels();
    let counted = |size| spec.unit.counted(size, spec.rounding).max(u64::from(spec.minimum) * unit);
    let input = match (&spec.input, at.shape.inputs) {
        (Some(price), Some(inputs)) => at.usd_times(price, counted(inputs.size) * u64::from(inputs.count), unit)?,
        _ => Usd::ZERO,
    };
    Ok(Some(Rates { image: at.usd_times(&spec.price, counted(at.shape.size), unit)?, input, ..Rates::default() }))
}

#[cfg(test)]
mod tests {
    use crate::model::{Inputs, Shape};
    use crate::provider::price::invoice::{shape, size, tariff, usage, usd};

    fn of(rules: &str, of_size: &str, images: u8) -> crate::units::Usd {
        let text = format!("price.megapixels = {{ price = \"0.025 USD\", {rules} }}");
        tariff(&text, shape(of_size, "standard")).of(&usage(images, 0))
    }

    /// fal flux/dev: 0.025 USD a megapixel, each image rounded up (fal's page, facts of 2026-11-22). 1024x1024 is one;
    /// 1024x1025 is two; three images of 1.5 megapixels are six.
    #[test]
    fn a_hand_computed_invoice() {
        let fal = r#"unit = "2^20", rounding = "up""#;
        assert_eq!((of(fal, "1024x1024", 1), of(fal, "1024x1025", 1)), (usd("0.025"), usd("0.05")));
        assert_eq!(of(fal, "1536x1024", 3), usd("0.15"));
    }

    /// 1024x1024 is 1.048576 decimal megapixels: 0.0262144 USD exactly, 0.05 USD rounded up; 512x512 is a quarter binary one.
    #[test]
    fn unit_rounding_and_minimum_are_part_of_the_price() {
        assert_eq!(of(r#"unit = "10^6", rounding = "exact""#, "1024x1024", 1), usd("0.0262144"));
        assert_eq!(of(r#"unit = "10^6", rounding = "up""#, "1024x1024", 1), usd("0.05"));
        assert_eq!(of(r#"unit = "2^20", rounding = "exact""#, "512x512", 1), usd("0.00625"));
        assert_eq!(of(r#"unit = "2^20", rounding = "exact", minimum = 1"#, "512x512", 1), usd("0.025"));
    }

    #[test]
    fn images_that_go_in_are_the_input_part() {
        let inputs = Some(Inputs { count: 2, size: size("2048x1024") });
        let text = r#"price.megapixels = { price = "0.025 USD", unit = "2^20", rounding = "up", input = "0.01 USD" }"#;
        let tariff = tariff(text, Shape { inputs, ..shape("1024x1024", "standard") });
        assert_eq!((tariff.of(&usage(1, 0)), tariff.input_part(&usage(1, 0))), (usd("0.065"), usd("0.04")));
    }
}
