//! Shapes as they are met, each once.

use crate::model::{Shape, ShapeId};
use crate::workload::JourneySpec;

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

    /// The shape of the drafts of images of this shape: what the journey says of drafts, where it does.
    pub(super) fn draft(&mut self, of: ShapeId, journey: Option<&JourneySpec>) -> ShapeId {
        let Some(journey) = journey else { return of };
        let last = self.0[of.index()].clone();
        self.id(Shape {
            size: journey.draft_size.unwrap_or(last.size),
            quality: journey.draft_quality.clone().unwrap_or(last.quality),
            steps: journey.draft_steps.or(last.steps),
            service: journey.draft_service.unwrap_or(last.service),
            ..last
        })
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn into_vec(self) -> Vec<Shape> {
        self.0
    }
}
