//! Per image by class of resolution (0.5K, 1K, 2K, 4K). Which sizes are of which class is part of the price, because vendors
//! draw the lines differently: a size is of the class that lists it, or else of the smallest that it does not exceed.

use super::at::At;
use super::{Amount, Rates};
use crate::spec::{self, Located, Mistake, Named};
use crate::units::ImageSize;

spec::words! {
    /// What of a size is compared.
    pub enum By {
        /// The number of pixels.
        "pixels" => Pixels,
        /// The longer side.
        "longer_side" => LongerSide,
        /// The shorter side.
        "shorter_side" => ShorterSide,
    }
}

spec::table! {
    /// One class of resolution.
    pub struct Class {
        /// The largest size of the class, such as "1024x1024".
        upto: ImageSize,
        /// Sizes of the class that are larger than that, or smaller than those of the class below.
        sizes: Option<Vec<ImageSize>>,
        /// The price of an image.
        price: Amount,
    }
}

spec::table! {
    /// Classes of resolution.
    pub struct Spec {
        /// What of a size is compared.
        by: By = "pixels",
        /// The classes by name: { "1K" = { upto = "1024x1024", price = "0.08 USD" } }.
        classes: Located<Named<Class>>,
    }
}

impl By {
    fn of(self, size: ImageSize) -> u32 {
        let (width, height) = (u32::from(size.width), u32::from(size.height));
        match self {
            Self::Pixels => width * height,
            Self::LongerSide => width.max(height),
            Self::ShorterSide => width.min(height),
        }
    }
}

pub(super) fn build(spec: &Spec, at: &At<'_>) -> Result<Option<Rates>, Mistake> {
    let size = at.shape.size;
    let classes = || spec.classes.iter().map(|(_, class)| class);
    let mut limits: Vec<u32> = classes().map(|class| spec.by.of(class.upto)).collect();
    limits.sort_unstable();
    if limits.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(Mistake::error(&spec.classes.place, "two classes of resolution end at the same size").label("these classes"));
    }
    let listed = classes().find(|class| class.sizes.iter().flatten().any(|other| *other == size));
    let fitting = || classes().filter(|class| spec.by.of(size) <= spec.by.of(class.upto)).min_by_key(|class| spec.by.of(class.upto));
    let Some(class) = listed.or_else(fitting) else { return Ok(None) };
    Ok(Some(Rates { image: at.usd(&class.price)?, ..Rates::default() }))
}

#[cfg(test)]
mod tests {
    use crate::provider::price::invoice::{price, shape, usage, usd};

    /// fal nano-banana-2: 0.5K 0.06, 1K 0.08, 2K 0.12, 4K 0.16 USD (fal's page, facts of 2026-11-22). 1376x768 is the model's
    /// 16:9 image of the class 1K, and has more pixels than 1024x1024.
    const NANO_BANANA_2: &str = r#"
[price.resolution.classes]
"4K" = { upto = "4096x4096", price = "0.16 USD" }
"0.5K" = { upto = "512x512", price = "0.06 USD" }
"1K" = { upto = "1024x1024", sizes = ["1376x768"], price = "0.08 USD" }
"2K" = { upto = "2048x2048", price = "0.12 USD" }
"#;

    #[test]
    fn a_hand_computed_invoice() {
        let of = |size: &str| price(NANO_BANANA_2, shape(size, "standard")).expect("valid").map(|tariff| tariff.of(&usage(2, 9)));
        assert_eq!(of("512x512"), Some(usd("0.12")));
        assert_eq!((of("1024x1024"), of("1376x768")), (Some(usd("0.16")), Some(usd("0.16"))));
        assert_eq!((of("1400x768"), of("2048x2048")), (Some(usd("0.24")), Some(usd("0.24"))));
        assert_eq!((of("4096x4096"), of("4096x4097")), (Some(usd("0.32")), None));
    }

    #[test]
    fn sides_draw_other_lines_than_pixels() {
        let by = |by: &str| {
            let text = format!("price.resolution.by = \"{by}\"\n{NANO_BANANA_2}");
            price(&text, shape("2048x300", "standard")).expect("valid").map(|tariff| tariff.of(&usage(1, 0)))
        };
        assert_eq!(["pixels", "longer_side", "shorter_side"].map(by), ["0.08", "0.12", "0.06"].map(|text| Some(usd(text))));
        let twice = NANO_BANANA_2.replace("2048x2048", "1024x1024");
        assert!(price(&twice, shape("512x512", "standard")).is_err());
    }
}
