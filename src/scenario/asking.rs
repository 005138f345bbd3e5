//! What a scenario asks of its price books, read from its tree before it is merged with them: which models, for which shapes, on
//! which days, in which tiers.

use std::cell::LazyCell;

use jiff::civil;

use crate::catalog::derive::Wanted;
use crate::model::Shape;
use crate::provider::{parts, provider};
use crate::spec::{Data, Date, Field, Located, Named, Node, Place, Reader, TimeZoneName};
use crate::units::SimDuration;
use crate::workload::{Open, Span, WorkloadSpec};

use super::spec::Horizon;
use super::words::{Vocabulary, Words};

/// Shapes that are not looked for before somebody asks.
type Shapes<'s> = LazyCell<Vec<Shape>, Box<dyn FnOnce() -> Vec<Shape> + 's>>;

/// What a scenario asks.
#[derive(Debug)]
pub(super) struct Asking<'s> {
    /// The texts that may name a model, each once.
    pub(super) names: Vec<String>,
    /// Shapes, first and last day; `None` where the scenario is too wrong to tell. Its mistakes are reported when it is read.
    days: Option<(Shapes<'s>, civil::Date, civil::Date)>,
    /// The tiers in which one starts, by provider.
    pub(super) tiers: Named<Located<String>>,
    /// What models call qualities.
    pub(super) words: Words,
    /// Whether a strategy moves to successors.
    moves: bool,
}

impl<'s> Asking<'s> {
    /// What the scenario of this tree asks.
    pub(super) fn of(scenario: &Node, open: Open<'s>) -> Self {
        let tiers = scenario.get("tiers").and_then(read).unwrap_or_default();
        let strategies = scenario.get("strategies").and_then(Node::entries).unwrap_or_default();
        let moves = strategies.iter().any(|(_, strategy)| strategy.get("migrate").is_some());
        let mut asking = Self { names: Vec::new(), days: days(scenario, open), tiers, words: Words::default(), moves };
        for top in ["strategies", "models", "gateways", "aliases"] {
            scenario.get(top).into_iter().for_each(|node| asking.add_names(node));
        }
        asking
    }

    /// Adds the models that one of a book leads to.
    pub(super) fn add_from(&mut self, model: &Node) {
        let life = self.moves.then_some("life");
        ["like", "versions"].into_iter().chain(life).filter_map(|key| model.get(key)).for_each(|node| self.add_names(node));
    }

    /// Adds every text and key in a tree that may be the name of a model: that has a stroke in it.
    pub(super) fn add_names(&mut self, node: &Node) {
        match &node.data {
            Data::Text(text) => self.add(text),
            Data::Array(items) => items.iter().for_each(|item| self.add_names(item)),
            Data::Table(entries) => {
                for (key, value) in entries {
                    self.add(&key.name);
                    self.add_names(value);
                }
            }
            _ => {}
        }
    }

    fn add(&mut self, text: &str) {
        let name = parts(text).0;
        if name.contains('/') && !self.names.iter().any(|known| known == name) {
            self.names.push(name.to_owned());
        }
    }

    /// What is wanted of a model; `None` where that cannot be told. `place` is where the catalogue is named.
    pub(super) fn wanted<'a>(&'a self, model: &str, words: &'a [Vocabulary], place: &'a Place) -> Option<Wanted<'a>> {
        let (shapes, first, last) = self.days.as_ref()?;
        let tier = self.tiers.get(provider(model));
        Some(Wanted { shapes, words, first: *first, last: *last, tier, place })
    }
}

/// A value; `None` where it is not of this type.
fn read<T: Field>(node: &Node) -> Option<T> {
    T::read(node, &mut Reader::new())
}

fn days<'s>(scenario: &Node, open: Open<'s>) -> Option<(Shapes<'s>, civil::Date, civil::Date)> {
    let field = |key: &str| scenario.get(key);
    let start: Date = read(field("start")?)?;
    let zone = field("time_zone").map_or_else(|| Some(jiff::tz::TimeZone::UTC), |node| Some(read::<TimeZoneName>(node)?.zone))?;
    let horizon: Horizon = read(field("horizon")?)?;
    let start = start.in_zone(&zone).ok()?;
    let end = start.checked_add(jiff::SignedDuration::from_micros(horizon.0.micros())).ok()?;
    let last = end.checked_sub(jiff::SignedDuration::from_micros(1)).ok()?;
    let (first, last) = (start.date(), last.date());
    let workload: WorkloadSpec = read(field("workload")?)?;
    let span = Span { start, horizon: SimDuration::from_micros(horizon.0.micros()) };
    Some((LazyCell::new(Box::new(move || workload.shapes(&span, open))), first, last))
}
