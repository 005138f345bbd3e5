//! The one trait of everything that can stand in a file.

use serde_json::{Value, json};

use super::{Mistake, Node, Place, Reader};

/// A type that can be read from a file and that can describe itself to an editor.
pub trait Field: Sized {
    /// Reads a value. `None` only after a mistake was recorded.
    fn read(node: &Node, reader: &mut Reader) -> Option<Self>;

    /// What a missing key means: by default, a mistake.
    fn absent(key: &str, table: &Place, reader: &mut Reader) -> Option<Self> {
        let mistake = Mistake::error(table, format!("the key \"{key}\" is missing")).label("missing in this table");
        reader.push(match Self::example() {
            Some(example) => mistake.help(format!("add it, for example: {key} = {example}")),
            None => mistake,
        });
        None
    }

    /// Whether the key may be missing.
    fn optional() -> bool {
        false
    }

    /// A value as TOML, where one helps.
    fn example() -> Option<String> {
        Self::schema()["examples"][0].as_str().map(|text| format!("{text:?}"))
    }

    /// The JSON Schema (draft 7) of the value, complete in itself.
    fn schema() -> Value;
}

impl<T: Field> Field for Option<T> {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        T::read(node, reader).map(Some)
    }

    fn absent(_: &str, _: &Place, _: &mut Reader) -> Option<Self> {
        Some(None)
    }

    fn optional() -> bool {
        true
    }

    fn schema() -> Value {
        T::schema()
    }
}

impl<T: Field> Field for Box<T> {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        T::read(node, reader).map(Self::new)
    }

    fn absent(key: &str, table: &Place, reader: &mut Reader) -> Option<Self> {
        T::absent(key, table, reader).map(Self::new)
    }

    fn optional() -> bool {
        T::optional()
    }

    fn schema() -> Value {
        T::schema()
    }
}

/// Any value, for what another reader looks at later.
impl Field for Node {
    fn read(node: &Node, _: &mut Reader) -> Option<Self> {
        Some(node.clone())
    }

    fn schema() -> Value {
        json!({})
    }
}
