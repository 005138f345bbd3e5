//! The JSON Schema of what is not known: in the place of every scalar that may be uncertain.

use serde_json::{Value, json};

use super::{KNOWN, TEXTS, UncertainSpec};
use crate::spec::Field;

/// Where the definition stands.
const NAME: &str = "uncertain";

/// Lets scalars of a scenario's schema be uncertain.
pub(in crate::scenario) fn admit(schema: &mut Value) {
    for (key, property) in schema["properties"].as_object_mut().into_iter().flatten() {
        if !KNOWN.contains(&key.as_str()) && !TEXTS.contains(&key.as_str()) {
            within(property);
        }
    }
    schema["definitions"].as_object_mut().into_iter().flatten().for_each(|(_, definition)| within(definition));
    let interval = json!({ "type": "string", "pattern": " to ", "examples": ["80k/30d to 150k/30d"] });
    let table = json!({
        "type": "object",
        "properties": { "uncertain": UncertainSpec::schema() },
        "required": ["uncertain"],
        "additionalProperties": false,
    });
    let about = "What is not known: drawn anew for each replication, the same for all strategies.";
    schema["definitions"][NAME] = json!({ "description": about, "oneOf": [interval, table] });
}

fn within(schema: &mut Value) {
    if is_scalar(schema) {
        let known = schema.take();
        let about = known.get("description").cloned();
        *schema = json!({ "anyOf": [known, { "$ref": format!("#/definitions/{NAME}") }] });
        if let Some(about) = about {
            schema["description"] = about;
        }
        return;
    }
    for key in ["additionalProperties", "items"] {
        schema.get_mut(key).filter(|part| part.is_object()).into_iter().for_each(within);
    }
    for key in ["oneOf", "anyOf"] {
        schema.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten().for_each(within);
    }
    schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten().for_each(|(_, part)| within(part));
}

/// Whether it is of a single value.
fn is_scalar(schema: &Value) -> bool {
    let one = |kind: &Value| ["string", "integer", "number", "boolean"].iter().any(|scalar| kind == scalar);
    match &schema["type"] {
        Value::Array(kinds) => kinds.iter().all(one),
        kind => one(kind),
    }
}
