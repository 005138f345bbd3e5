//! From what a price book states about a model to the model as a scenario writes it: price and its dated changes, life, billing,
//! limits of a tier, latency.
//!
//! The result is a tree like one read from a file, so that a scenario's own fields replace the book's, and `--set` finds them.
//! What the book does not state is not in the tree: nothing is made up but the word "unknown" for a rule of billing of which no
//! source speaks. Every value stands at the place of the book that it was made from.

mod billing;
mod ladder;
mod life;
mod limits;
mod price;
mod service;
mod shapes;
#[cfg(test)]
mod tests;
mod tree;

pub use limits::{NO_TIER, tiers};

use std::ops::Deref;

use jiff::civil;

use super::{Book, LatencyMetric, Miss};
use crate::model::Shape;
use crate::spec::{Located, Mistake, Node, Place};
use tree::{fields, table, text};

/// What a scenario asks of a book.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    /// The shapes of its workload: looked at only where a price is derived, as a recording may have to be read for them.
    pub shapes: &'a dyn Deref<Target = Vec<Shape>>,
    /// What it calls qualities in the words of the model, as pairs of a word that is asked for and the model's: one list for
    /// each who asks for the model's prices. Without any, it asks in its own words.
    pub words: &'a [Vec<(String, String)>],
    /// Its first day.
    pub first: civil::Date,
    /// Its last day.
    pub last: civil::Date,
    /// The tier of the provider's limits that was chosen.
    pub tier: Option<&'a Located<String>>,
    /// Where the book is asked for: the place of warnings.
    pub place: &'a Place,
}

impl Wanted<'_> {
    /// The shapes in the words of the model, each once.
    fn asked(&self) -> Vec<Shape> {
        let own = [Vec::new()];
        let mut all = Vec::new();
        for words in if self.words.is_empty() { &own } else { self.words } {
            for shape in self.shapes.iter() {
                let word = words.iter().find(|(asked, _)| *asked == shape.quality).map_or(&shape.quality, |(_, word)| word);
                let shape = Shape { quality: word.clone(), ..shape.clone() };
                if !all.contains(&shape) {
                    all.push(shape);
                }
            }
        }
        all
    }
}

/// A model as a book has it.
#[derive(Debug, Clone)]
pub struct Derived {
    /// The model's fields.
    pub model: Node,
    /// Limits that all models of its provider share.
    pub provider_limits: Option<Node>,
    /// How the account of its provider stands in the tier that was chosen: what it has spent, and its age.
    pub standing: Option<Node>,
    /// Shapes that have no price, and why.
    pub misses: Vec<(Shape, Miss)>,
    /// What may not be meant.
    pub warnings: Vec<Mistake>,
}

/// Derives a model. `own` is what the book says of the model directly: its price, where it has one, is not derived.
pub fn derive(book: &Book, model: &str, own: &Node, wanted: &Wanted<'_>) -> Derived {
    let place = &own.place;
    let mut warnings = Warnings { place: wanted.place, found: Vec::new() };
    let mut misses = Vec::new();
    let mut all = Vec::new();
    if own.get("versions").is_some() {
        let model = fields(place, all);
        return Derived { model, provider_limits: None, standing: None, misses, warnings: warnings.found };
    }
    if own.get("price").is_none() {
        let course = price::course(book, model, wanted, &mut misses, &mut warnings);
        all.extend(course.map(|course| course.fields(place)).unwrap_or_default());
    }
    all.push(("latency", latency(book, model, place)));
    all.push(("billing", billing::billing(book, model, place)));
    let limits::Limited { of_model, of_provider, standing } = limits::limits(book, model, wanted, place, &mut warnings);
    all.push(("limits", of_model));
    all.push(("life", life::life(book, model, place)));
    Derived { model: fields(place, all), provider_limits: of_provider, standing, misses, warnings: warnings.found }
}

/// Warnings as they are found.
struct Warnings<'a> {
    place: &'a Place,
    found: Vec<Mistake>,
}

impl Warnings<'_> {
    fn push(&mut self, what: String, help: String) {
        self.found.push(Mistake::warning(self.place, what).label("in this catalogue").help(help));
    }
}

/// The latency of a model of which one source gives the median and the 95th percentile, whatever is asked for. What holds under
/// some conditions only, such as one quality or a cold start, is not taken for the whole.
fn latency(book: &Book, model: &str, place: &Place) -> Option<Node> {
    let lists = book.latencies(model).filter(|list| list.of.value == model && list.when.is_none());
    let mut both = lists.filter_map(|list| {
        let seconds = |metric| list.rows.iter().find(|row| row.metric == metric).map(|row| format!("{}s", row.seconds));
        Some((seconds(LatencyMetric::P50)?, seconds(LatencyMetric::P95)?))
    });
    let (p50, p95) = both.next()?;
    let law = table(place, vec![("p50", text(place, p50)), ("p95", text(place, p95))]);
    Some(table(place, vec![("lognormal", law)]))
}
