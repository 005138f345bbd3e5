//! Why price books have no price for what a scenario asks of them.

use crate::catalog::Miss;
use crate::model::Shape;
use crate::provider::parts;

/// By model and shape, the reason.
#[derive(Debug, Clone, Default)]
pub(super) struct Misses(Vec<(String, Shape, Miss)>);

impl Misses {
    /// Puts down what is missing of a model. What another book said of it no longer counts.
    pub(super) fn add(&mut self, model: &str, misses: Vec<(Shape, Miss)>) {
        self.0.retain(|(known, ..)| known != model);
        self.0.extend(misses.into_iter().map(|(shape, miss)| (model.to_owned(), shape, miss)));
    }

    /// Why this deployment has no price for this shape, where a book said so.
    pub(super) fn of(&self, deployment: &str, shape: &Shape) -> Option<&Miss> {
        let model = parts(deployment).0;
        self.0.iter().find(|(known, of, _)| known == model && of == shape).map(|(.., miss)| miss)
    }

    /// The first shape for which this deployment has no price, in the words of its model, and why.
    pub(super) fn first(&self, deployment: &str) -> Option<(&Shape, &Miss)> {
        self.0.iter().find(|(known, ..)| known == parts(deployment).0).map(|(_, shape, miss)| (shape, miss))
    }
}
