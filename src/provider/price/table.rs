//! Per image by quality and size. What the table does not have cannot be bought: a miss is found when the plan is made.

use super::by_shape::{ByShape, by_shape};
use super::{PriceModel, Usage};
use crate::model::{Shape, ShapeId};
use crate::spec::Mistake;
use crate::units::Usd;

/// `price.table = { standard = { "1024x1024" = "0.04 USD" } }`.
pub type Spec = ByShape<Usd>;

/// A price per image for each shape of the workload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    by_shape: Box<[Option<Usd>]>,
}

pub(super) fn build(spec: &Spec, shapes: &[Shape]) -> Result<Table, Mistake> {
    Ok(Table { by_shape: by_shape(spec, shapes)? })
}

impl PriceModel for Table {
    #[inline]
    fn of(&self, usage: Usage) -> Usd {
        let price = self.by_shape[usage.shape.index()].expect("no plan routes a shape to a table without its price");
        price * u64::from(usage.images)
    }

    fn covers(&self, shape: ShapeId) -> bool {
        self.by_shape.get(shape.index()).is_some_and(Option::is_some)
    }

    #[inline]
    fn tokens(&self, usage: Usage) -> u64 {
        u64::from(usage.tokens)
    }
}
