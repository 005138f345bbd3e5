//! `spendcast catalog import`.

use super::ImportArguments;
use crate::cli::Failure;

pub(super) fn import(_: &ImportArguments) -> Result<(), Failure> {
    Err(Failure::Mistake("not yet".to_owned()))
}
