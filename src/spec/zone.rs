//! Time zones by name.

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::{Field, Mistake, Node, Reader, nearest};

/// A time zone of the IANA database, by its name.
#[derive(Debug, Clone)]
pub struct TimeZoneName {
    /// The name as written.
    pub name: String,
    /// The zone.
    pub zone: TimeZone,
}

impl Field for TimeZoneName {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let name = String::read(node, reader)?;
        if let Ok(zone) = TimeZone::get(&name) {
            return Some(Self { name, zone });
        }
        let known: Vec<String> = jiff::tz::db().available().map(|known| known.as_str().to_owned()).collect();
        let near = nearest(&name, &known).map(|near| format!("did you mean \"{near}\"?"));
        let mistake = Mistake::error(&node.place, format!("unknown time zone \"{name}\"")).label("no such time zone");
        reader
            .push(mistake.help(near.unwrap_or_else(|| "names are those of the IANA database, such as \"Europe/Berlin\"".into())));
        None
    }

    fn schema() -> Value {
        json!({ "type": "string", "examples": ["UTC", "Europe/Berlin", "America/New_York"] })
    }
}
