//! Flat: the same price for every image, whatever its size and quality.

use super::Rates;
use crate::model::Shape;
use crate::spec::Mistake;
use crate::units::Usd;

/// `price.per_image = "0.04 USD"`.
pub type Spec = Usd;

#[expect(clippy::unnecessary_wraps, reason = "the price models share one signature")]
pub(super) fn build(spec: &Spec, _: &Shape) -> Result<Option<Rates>, Mistake> {
    Ok(Some(Rates { image: *spec, ..Rates::default() }))
}
