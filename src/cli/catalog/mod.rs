//! `spendcast catalog`: what price books say, what is wrong with them, how they differ, and books made from public price files.

mod arguments;
mod books;
mod columns;
mod diff;
mod facts;
mod import;
mod list;
mod shapes;
mod show;
mod validate;

pub use arguments::{CatalogArguments, CatalogCommand};
use arguments::{DiffArguments, Form, ImportArguments, ListArguments, ShowArguments, ValidateArguments};

use super::Failure;

/// Does what the subcommand says.
///
/// # Errors
/// Names that do not exist, mistakes in files, and an output that cannot be written.
pub fn catalog(arguments: &CatalogArguments) -> Result<(), Failure> {
    match &arguments.command {
        CatalogCommand::List(list) => list::list(list),
        CatalogCommand::Show(show) => show::show(show),
        CatalogCommand::Diff(diff) => diff::diff(diff),
        CatalogCommand::Validate(validate) => validate::validate(validate),
        CatalogCommand::Import(import) => import::import(import),
    }
}
