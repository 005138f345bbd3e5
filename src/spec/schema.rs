//! JSON Schema (draft 7, which editors read best) of declared types.

use serde_json::{Map, Value, json};

use super::Field;

/// The schema of a table while its fields are added.
#[derive(Debug)]
pub struct TableSchema {
    about: String,
    properties: Map<String, Value>,
    required: Vec<&'static str>,
}

impl TableSchema {
    /// A table without fields, described by the lines of its doc comment.
    pub fn new(about: &[&str]) -> Self {
        Self { about: description(about), properties: Map::new(), required: Vec::new() }
    }

    /// Adds a field.
    ///
    /// # Panics
    /// If the declared default is no value of the field's type: a mistake in the declaration, found by
    /// the first test that prints the schema.
    pub fn add<T: Field>(&mut self, key: &'static str, doc: &[&str], default: Option<Value>) {
        let mut schema = T::schema();
        schema["description"] = json!(description(doc));
        if default.is_none() && !T::optional() {
            self.required.push(key);
        }
        if let Some(default) = default {
            assert!(reads::<T>(&default), "the default of {key} is no valid value: {default}");
            schema["default"] = default;
        }
        self.properties.insert(key.to_owned(), schema);
    }

    /// The finished schema.
    pub fn finish(self) -> Value {
        json!({
            "type": "object",
            "description": self.about,
            "properties": self.properties,
            "required": self.required,
            "additionalProperties": false,
        })
    }
}

fn reads<T: Field>(default: &Value) -> bool {
    let file = super::Sources::new().add("", "");
    let mut reader = super::Reader::new();
    T::read(&super::Node::from_json(default, &super::Place::whole(file)), &mut reader).is_some()
}

/// The schema of a table with exactly one of these keys, or a plain value where `plain` has a schema.
pub fn choice_schema(about: &[&str], choices: Vec<(&'static str, &[&str], Value)>, plain: Option<Value>) -> Value {
    let tables = choices.into_iter().map(|(key, doc, mut schema)| {
        schema["description"] = json!(description(doc));
        let mut properties = Map::new();
        properties.insert(key.to_owned(), schema);
        json!({
            "type": "object",
            "description": description(doc),
            "properties": properties,
            "required": [key],
            "additionalProperties": false,
        })
    });
    let all: Vec<Value> = plain.into_iter().chain(tables).collect();
    json!({ "description": description(about), "oneOf": all })
}

/// The schema of a text out of a list.
pub fn words_schema(about: &[&str], words: &[(&'static str, &[&str])]) -> Value {
    let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
    let explained = words.iter().map(|(word, doc)| format!("\n\n{word}: {}", description(doc)));
    json!({ "type": "string", "description": description(about) + &explained.collect::<String>(), "enum": names })
}

/// A doc comment's lines as one text: lines of a paragraph are joined, an empty line parts paragraphs.
pub fn description(lines: &[&str]) -> String {
    let mut text = String::new();
    for line in lines.iter().map(|line| line.trim()) {
        let gap = if line.is_empty() {
            "\n\n"
        } else if text.is_empty() || text.ends_with('\n') {
            ""
        } else {
            " "
        };
        text += gap;
        text += line;
    }
    text.trim().to_owned()
}
