//! Per image by quality and size. What the table does not have, cannot be bought: a miss is found when the plan is made.

use super::Usage;
use crate::model::ShapeId;
use crate::units::Usd;

/// A price per image for each shape of the workload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceTable {
    /// By shape; `None` where the table has no price.
    pub by_shape: Box<[Option<Usd>]>,
}

impl PriceTable {
    /// # Panics
    /// If the shape has no price: the plan must not route it here.
    #[inline]
    pub(super) fn of(&self, usage: Usage) -> Usd {
        let price = self.by_shape[usage.shape.index()].expect("a plan routes no shape to a table without its price");
        price * u64::from(usage.images)
    }

    pub(super) fn covers(&self, shape: ShapeId) -> bool {
        self.by_shape.get(shape.index()).is_some_and(Option::is_some)
    }
}
