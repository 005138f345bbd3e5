//! `spendcast schema`: the JSON Schema of scenario files.

use super::Failure;
use super::output::data;
use crate::scenario;

/// Prints the schema.
///
/// # Errors
/// An output that cannot be written.
pub fn schema() -> Result<(), Failure> {
    data(&format!("{:#}\n", scenario::schema()))
}
