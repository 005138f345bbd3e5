//! JSON whose numbers keep their digits.
//!
//! `serde_json` makes an `f64` of `3.81469e-08` unless its feature `arbitrary_precision` is on, and that one changes its `Number` for
//! the whole program, summaries included. A `RawValue` is the text of a value, and changes nothing for anybody else.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::catalog::Exact;

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Json {
    /// Null, true or false: no price file says anything with them that matters here.
    Other,
    /// A number as it is written.
    Number(String),
    /// A text.
    Text(String),
    /// Values in order.
    Array(Vec<Json>),
    /// Entries in the order of the file, repeated keys included.
    Object(Vec<(String, Json)>),
}

/// No price file is deeper.
const DEEPEST: usize = 32;

/// The entries of an object with the text of their values.
struct Entries<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Entries<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reading;
        impl<'de> Visitor<'de> for Reading {
            type Value = Vec<(String, &'de RawValue)>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(entries)
            }
        }
        deserializer.deserialize_map(Reading).map(Self)
    }
}

impl Json {
    /// Reads a text.
    ///
    /// # Errors
    /// What is wrong, with its line, where it is no JSON or deeper than any price file.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let raw: &RawValue = serde_json::from_str(text).map_err(|error| format!("this is not JSON: {error}"))?;
        Self::of(raw, 0)
    }

    fn of(raw: &RawValue, depth: usize) -> Result<Self, String> {
        let text = raw.get();
        if depth > DEEPEST {
            return Err(format!("this is deeper than {DEEPEST} levels: no price file"));
        }
        let wrong = |error: serde_json::Error| format!("this is not JSON: {error}");
        Ok(match text.as_bytes().first() {
            Some(b'{') => {
                let entries: Entries<'_> = serde_json::from_str(text).map_err(wrong)?;
                let read = entries.0.into_iter().map(|(key, value)| Ok((key, Self::of(value, depth + 1)?)));
                Self::Object(read.collect::<Result<_, String>>()?)
            }
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(text).map_err(wrong)?;
                Self::Array(items.into_iter().map(|item| Self::of(item, depth + 1)).collect::<Result<_, _>>()?)
            }
            Some(b'"') => Self::Text(serde_json::from_str(text).map_err(wrong)?),
            Some(b'-' | b'0'..=b'9') => Self::Number(text.to_owned()),
            _ => Self::Other,
        })
    }

    /// The first value under a key, where it is an object and has one.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The entries, where it is an object.
    pub(super) fn entries(&self) -> &[(String, Self)] {
        match self {
            Self::Object(entries) => entries,
            _ => &[],
        }
    }

    /// The items, where it is an array.
    pub(super) fn items(&self) -> &[Self] {
        match self {
            Self::Array(items) => items,
            _ => &[],
        }
    }

    /// The text, where it is one.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number to its last digit. `None` where it is no number; an error where it is none that a price can be.
    pub(super) fn number(&self) -> Option<Result<Exact, String>> {
        match self {
            Self::Number(text) => Some(text.parse()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_digits() {
        let json =
            Json::parse(r#"{"a": {"b": [3.81469e-08, 1000.0, "x\u00e9", null]}, "a": 2.384185791015625e-08}"#).expect("JSON");
        let items = json.get("a").and_then(|a| a.get("b")).expect("there").items().to_vec();
        assert_eq!(items[0], Json::Number("3.81469e-08".to_owned()));
        assert_eq!((items[1].number(), items[2].text()), (Some("1000".parse()), Some("xé")));
        assert_eq!((items[3].clone(), json.entries().len()), (Json::Other, 2));
    }

    #[test]
    fn no_text_panics() {
        let deep = "[".repeat(100_000);
        for text in ["", "{", "{\"a\":}", "[1,]", "nul", "\"\\ud800\"", "{1:2}", deep.as_str()] {
            assert!(Json::parse(text).is_err());
        }
        assert!(Json::parse(&format!("{}{}", "[".repeat(60), "]".repeat(60))).is_err());
    }
}
