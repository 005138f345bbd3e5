//! A tree of values in which each value knows its place, so that trees of several files can be merged.

use super::Place;

/// A value and where it stands.
#[derive(Debug, Clone)]
pub struct Node {
    /// Where it stands: a scalar's own bytes, or a table's header.
    pub place: Place,
    /// The value.
    pub data: Data,
}

/// The key of a table's entry.
#[derive(Debug, Clone)]
pub struct Key {
    /// The key without quotes.
    pub name: String,
    /// Where it was first written.
    pub place: Place,
}

/// What a value is.
#[derive(Debug, Clone)]
pub enum Data {
    /// Entries in the order of the file.
    Table(Vec<(Key, Node)>),
    /// Values in order.
    Array(Vec<Node>),
    /// A text.
    Text(String),
    /// An integer.
    Integer(i128),
    /// A number with a point or an exponent, as it was written.
    Float(String),
    /// Yes or no.
    Bool(bool),
    /// A date, a time or both, as TOML prints them.
    Date(String),
}

impl Node {
    /// What kind of value it is, with its article: `a text`.
    pub fn kind(&self) -> &'static str {
        match self.data {
            Data::Table(_) => "a table",
            Data::Array(_) => "an array",
            Data::Text(_) => "a text",
            Data::Integer(_) => "an integer",
            Data::Float(_) => "a number",
            Data::Bool(_) => "true or false",
            Data::Date(_) => "a date",
        }
    }

    /// The entries, where it is a table.
    pub fn entries(&self) -> Option<&[(Key, Self)]> {
        match &self.data {
            Data::Table(entries) => Some(entries),
            _ => None,
        }
    }

    /// The entry of that name, where it is a table and has one.
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.entries()?.iter().find(|(key, _)| key.name == name).map(|(_, node)| node)
    }

    /// The value under `key`, made where it is missing, and this made a table where it is none.
    pub fn entry(&mut self, key: Key) -> &mut Self {
        if !matches!(self.data, Data::Table(_)) {
            self.data = Data::Table(Vec::new());
        }
        let Data::Table(entries) = &mut self.data else { unreachable!("it was just made a table") };
        let at = entries.iter().position(|(other, _)| other.name == key.name).unwrap_or_else(|| {
            let empty = Self { place: key.place.clone(), data: Data::Table(Vec::new()) };
            entries.push((key, empty));
            entries.len() - 1
        });
        &mut entries[at].1
    }

    /// The values of all entries of the table under this name; none where there is no such table.
    pub fn values_mut(&mut self, name: &str) -> impl Iterator<Item = &mut Self> {
        let entry = match &mut self.data {
            Data::Table(entries) => entries.iter_mut().find(|(key, _)| key.name == name).map(|(_, node)| node),
            _ => None,
        };
        let entries = entry.and_then(|node| if let Data::Table(entries) = &mut node.data { Some(entries) } else { None });
        entries.into_iter().flatten().map(|(_, node)| node)
    }

    /// Takes an entry away, where it is a table and has one of that name.
    pub fn remove(&mut self, name: &str) {
        if let Data::Table(entries) = &mut self.data {
            entries.retain(|(key, _)| key.name != name);
        }
    }

    /// Puts the entries of one table over those of this; those of which `deeper` says so are merged key by key in turn.
    pub fn overlay(&mut self, over: Self, deeper: &dyn Fn(&str) -> bool) {
        match (&mut self.data, over.data) {
            (Data::Table(fields), Data::Table(own)) => {
                for (key, value) in own {
                    match fields.iter_mut().find(|(other, _)| other.name == key.name) {
                        Some((_, field)) if deeper(&key.name) => field.overlay(value, &|_| false),
                        Some(field) => *field = (key, value),
                        None => fields.push((key, value)),
                    }
                }
            }
            (_, data) => *self = Self { place: over.place, data },
        }
    }

    /// A declared default as a value, standing where the table stands that leaves it out.
    pub fn from_json(value: &serde_json::Value, place: &Place) -> Self {
        use serde_json::Value;
        let data = match value {
            Value::Null => Data::Table(Vec::new()),
            Value::Bool(yes) => Data::Bool(*yes),
            Value::Number(number) => number.as_i128().map_or_else(|| Data::Float(number.to_string()), Data::Integer),
            Value::String(text) => Data::Text(text.clone()),
            Value::Array(items) => Data::Array(items.iter().map(|item| Self::from_json(item, place)).collect()),
            Value::Object(entries) => Data::Table(
                entries
                    .iter()
                    .map(|(name, value)| (Key { name: name.clone(), place: place.clone() }, Self::from_json(value, place)))
                    .collect(),
            ),
        };
        Self { place: place.clone(), data }
    }
}
