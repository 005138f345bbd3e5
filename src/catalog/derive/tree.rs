//! Trees that are made and not read: every node stands at the place that it is given.

use crate::spec::{Data, Key, Node, Place};

/// A text.
pub(super) fn text(place: &Place, text: impl Into<String>) -> Node {
    Node { place: place.clone(), data: Data::Text(text.into()) }
}

/// A whole number.
pub(super) fn number(place: &Place, number: u64) -> Node {
    Node { place: place.clone(), data: Data::Integer(number.into()) }
}

/// A day.
pub(super) fn day(place: &Place, day: jiff::civil::Date) -> Node {
    Node { place: place.clone(), data: Data::Date(day.to_string()) }
}

/// A list.
pub(super) fn list(place: &Place, items: Vec<Node>) -> Node {
    Node { place: place.clone(), data: Data::Array(items) }
}

/// A table.
pub(super) fn table<K: Into<String>>(place: &Place, entries: Vec<(K, Node)>) -> Node {
    let key = |name: K| Key { name: name.into(), place: place.clone() };
    let entries = entries.into_iter().map(|(name, node)| (key(name), node)).collect();
    Node { place: place.clone(), data: Data::Table(entries) }
}

/// A table of the entries that there are.
pub(super) fn fields(place: &Place, entries: Vec<(&'static str, Option<Node>)>) -> Node {
    table(place, entries.into_iter().filter_map(|(name, node)| Some((name, node?))).collect())
}
