//! Which bounds with hindsight a scenario asks for: `bounds = true`, or `bounds = ["cost", "time"]`.

use serde_json::{Value, json};

use crate::engine::Objectives;
use crate::spec::{self, Data, Field, Node, Reader};

spec::words! {
    /// What a bound is for.
    pub enum Objective {
        /// What is paid.
        "cost" => Cost,
        /// The mean time from a delivered request to its images.
        "time" => Time,
        /// The share of requests that are delivered.
        "delivered" => Delivered,
    }
}

/// The bounds that are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BoundsSpec(pub Objectives);

impl Field for BoundsSpec {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        match &node.data {
            Data::Bool(all) => Some(Self(if *all { Objectives::ALL } else { Objectives::NONE })),
            Data::Array(_) => {
                let asked = Vec::<Objective>::read(node, reader)?;
                let has = |objective| asked.contains(&objective);
                let (cost, time, delivered) = (has(Objective::Cost), has(Objective::Time), has(Objective::Delivered));
                Some(Self(Objectives { cost, time, delivered }))
            }
            _ => {
                reader.wrong_type(node, "true, false or a list such as [\"cost\"]");
                None
            }
        }
    }

    fn schema() -> Value {
        json!({ "oneOf": [{ "type": "boolean" }, Vec::<Objective>::schema()] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Sources, parse_value};

    #[test]
    fn all_none_or_some() {
        let file = Sources::new().add("a.toml", "");
        let mut reader = Reader::new();
        let mut read = |text: &str| BoundsSpec::read(&parse_value(text, file, 0).expect("TOML"), &mut reader);
        assert_eq!(read("true"), Some(BoundsSpec(Objectives::ALL)));
        assert_eq!([read("false"), read("[]")], [Some(BoundsSpec(Objectives::NONE)); 2]);
        assert_eq!(read("[\"time\", \"cost\"]"), Some(BoundsSpec(Objectives { delivered: false, ..Objectives::ALL })));
        assert_eq!([read("\"cost\""), read("[\"costs\"]")], [None, None]);
        let mistakes = reader.into_mistakes().into_sorted();
        assert_eq!(mistakes[1].help.as_deref(), Some("did you mean \"cost\"? allowed: cost, time, delivered"));
    }
}
