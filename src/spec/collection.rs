//! Lists, tables keyed by name, and values that remember their place.

use serde_json::{Value, json};

use super::{Data, Field, Node, Place, Reader};

/// A value with its place, for mistakes that only show when values are seen together.
#[derive(Debug, Clone)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it stands; a default stands where its table stands.
    pub place: Place,
}

impl<T> std::ops::Deref for Located<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: Field> Field for Located<T> {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        T::read(node, reader).map(|value| Self { value, place: node.place.clone() })
    }

    fn absent(key: &str, table: &Place, reader: &mut Reader) -> Option<Self> {
        T::absent(key, table, reader).map(|value| Self { value, place: table.clone() })
    }

    fn optional() -> bool {
        T::optional()
    }

    fn schema() -> Value {
        T::schema()
    }
}

impl<T: Field> Field for Vec<T> {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let Data::Array(items) = &node.data else {
            reader.wrong_type(node, "an array");
            return None;
        };
        // All items are read before the first failure counts, so that every mistake is found.
        let read: Vec<Option<T>> = items.iter().map(|item| T::read(item, reader)).collect();
        read.into_iter().collect()
    }

    fn schema() -> Value {
        json!({ "type": "array", "items": T::schema() })
    }
}

/// A list that may be written as its only item.
#[derive(Debug, Clone)]
pub struct OneOrMany<T>(pub Vec<T>);

impl<T> Default for OneOrMany<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Field> Field for OneOrMany<T> {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        match node.data {
            Data::Array(_) => Vec::read(node, reader).map(Self),
            _ => T::read(node, reader).map(|item| Self(vec![item])),
        }
    }

    fn schema() -> Value {
        json!({ "oneOf": [T::schema(), Vec::<T>::schema()] })
    }
}

/// A table whose keys are names that the user chose, in the order of the file.
#[derive(Debug, Clone)]
pub struct Named<T>(pub Vec<(Located<String>, T)>);

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Named<T> {
    /// The value under a name.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.0.iter().find(|(key, _)| key.value == name).map(|(_, value)| value)
    }

    /// The position of a name.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|(key, _)| key.value == name)
    }

    /// The names in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(key, _)| key.value.as_str())
    }

    /// Names and values in order.
    pub fn iter(&self) -> std::slice::Iter<'_, (Located<String>, T)> {
        self.0.iter()
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'a, T> IntoIterator for &'a Named<T> {
    type Item = &'a (Located<String>, T);
    type IntoIter = std::slice::Iter<'a, (Located<String>, T)>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<T: Field> Field for Named<T> {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let Some(entries) = node.entries() else {
            reader.wrong_type(node, "a table of named entries");
            return None;
        };
        let read: Vec<Option<(Located<String>, T)>> = entries
            .iter()
            .map(|(key, value)| {
                let name = Located { value: key.name.clone(), place: key.place.clone() };
                T::read(value, reader).map(|value| (name, value))
            })
            .collect();
        read.into_iter().collect::<Option<_>>().map(Self)
    }

    fn schema() -> Value {
        json!({ "type": "object", "additionalProperties": T::schema() })
    }
}
