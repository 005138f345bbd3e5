//! Declared tables read from TOML: every mistake with its place, and a JSON Schema, from one declaration.
//!
//! `table!`, `choice!`, `words!`, `names!` and `checked!` declare a type once; from that come the struct or enum, its
//! reader and its schema. A reader never stops at the first mistake, and it never guesses: a value is
//! read whole or not at all. This module knows no domain, reads no file and prints nothing.
//!
//! Invariant: [`Field::read`] returns `None` only after it has recorded a mistake.

mod checked;
mod choice;
mod collection;
mod date;
mod field;
mod mistake;
mod names;
mod node;
mod parse;
mod reader;
mod render;
mod scalar;
mod schema;
mod source;
mod table;
mod words;
mod zone;

pub(crate) use checked::checked;
pub(crate) use choice::choice;
pub use collection::{Located, Named, OneOrMany};
pub use date::Date;
pub use field::Field;
pub use mistake::{Mistake, Mistakes, Severity};
pub(crate) use names::names;
pub use node::{Data, Key, Node};
pub use parse::{parse, parse_value};
pub use reader::{Reader, TableView, nearest, unknown_name};
pub use render::render;
pub use schema::{TableSchema, choice_schema, description, words_schema};
pub use source::{FileId, Place, Sources};
pub(crate) use table::{default, key, table};
pub(crate) use words::words;
pub use zone::TimeZoneName;
