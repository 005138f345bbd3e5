//! The prices of all shapes of a workload on a day.

use super::Tariff;
use crate::model::ShapeId;

/// The tariff of each shape that has one.
#[derive(Debug, Clone, PartialEq)]
pub struct Price {
    tariffs: Box<[Option<Tariff>]>,
}

impl Price {
    /// The price with these tariffs, by shape.
    pub fn new(tariffs: impl IntoIterator<Item = Option<Tariff>>) -> Self {
        Self { tariffs: tariffs.into_iter().collect() }
    }

    /// Whether images of this shape have a price.
    pub fn covers(&self, shape: ShapeId) -> bool {
        self.tariffs.get(shape.index()).is_some_and(Option::is_some)
    }

    /// The shapes that have a price.
    pub fn shapes(&self) -> impl Iterator<Item = ShapeId> {
        let covered = self.tariffs.iter().enumerate().filter(|(_, tariff)| tariff.is_some());
        covered.map(|(shape, _)| ShapeId(shape as u16))
    }

    /// The tariff of this shape.
    ///
    /// # Panics
    /// If the shape has no price: no plan routes it here.
    #[inline]
    pub fn tariff(&self, shape: ShapeId) -> &Tariff {
        self.tariffs[shape.index()].as_ref().expect("no plan routes a shape to a price that does not cover it")
    }
}
