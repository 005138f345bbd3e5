//! Shapes as they are met, each once.

use crate::model::{Shape, ShapeId};

/// A growing table of shapes.
#[derive(Debug, Default)]
pub(super) struct Shapes(Vec<Shape>);

impl Shapes {
    /// The id of this shape.
    pub(super) fn id(&mut self, shape: Shape) -> ShapeId {
        let known = self.0.iter().position(|other| *other == shape);
        let index = known.unwrap_or_else(|| {
            self.0.push(shape);
            self.0.len() - 1
        });
        ShapeId(index as u16)
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn into_vec(self) -> Vec<Shape> {
        self.0
    }
}
