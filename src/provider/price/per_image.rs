//! Flat: the same price for every image, whatever its size and quality.

use super::{PriceModel, Usage};
use crate::model::{Shape, ShapeId};
use crate::spec::Mistake;
use crate::units::Usd;

/// `price.per_image = "0.04 USD"`.
pub type Spec = Usd;

/// A price per image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PerImage(pub Usd);

#[expect(clippy::unnecessary_wraps, reason = "the price models share one signature")]
pub(super) fn build(spec: &Spec, _: &[Shape]) -> Result<PerImage, Mistake> {
    Ok(PerImage(*spec))
}

impl PriceModel for PerImage {
    #[inline]
    fn of(&self, usage: Usage) -> Usd {
        self.0 * u64::from(usage.images)
    }

    fn covers(&self, _: ShapeId) -> bool {
        true
    }

    #[inline]
    fn tokens(&self, usage: Usage) -> u64 {
        u64::from(usage.tokens)
    }
}
