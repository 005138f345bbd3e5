//! Per image by quality and size. What the table does not have cannot be bought: a miss is found when the plan is made.

use super::Rates;
use super::by_shape::{ByShape, by_shape};
use crate::model::Shape;
use crate::spec::Mistake;
use crate::units::Usd;

/// `price.table = { standard = { "1024x1024" = "0.04 USD" } }`.
pub type Spec = ByShape<Usd>;

pub(super) fn build(spec: &Spec, shape: &Shape) -> Result<Option<Rates>, Mistake> {
    Ok(by_shape(spec, shape)?.map(|image| Rates { image: *image, ..Rates::default() }))
}
