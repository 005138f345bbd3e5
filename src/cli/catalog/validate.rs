//! `spendcast catalog validate`: every mistake of every price book.

use super::ValidateArguments;
use super::books::{show, text};
use crate::catalog::{Book, builtin, check};
use crate::cli::Failure;
use crate::cli::output::data;
use crate::spec::{Mistakes, Sources};

/// Checks all books, whatever is wrong with one of them.
pub(super) fn validate(arguments: &ValidateArguments) -> Result<(), Failure> {
    let mut done = Ok(());
    for file in &arguments.files {
        let name = file.display().to_string();
        let read = text(file).inspect_err(tell).map_err(|_| Failure::Explained);
        if let Err(failure) = read.and_then(|text| one(&name, [(name.as_str(), text.as_str())])) {
            done = Err(failure);
        }
    }
    if arguments.files.is_empty() {
        for name in builtin::NAMES {
            one(name, builtin::files(name).unwrap_or_default().iter().copied())?;
        }
    }
    done
}

/// Says why a file cannot be read, so that the next one can be looked at.
fn tell(failure: &Failure) {
    if let Failure::Mistake(text) = failure {
        crate::cli::output::note(&format!("error: {text}"));
    }
}

fn one<'a>(name: &str, files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<(), Failure> {
    let (mut sources, mut mistakes) = (Sources::new(), Mistakes::new());
    let book = Book::read(name, files, &mut sources, &mut mistakes);
    check(&book, &mut mistakes);
    show(&sources, mistakes, name)?;
    let prices: usize = book.rates.iter().map(|list| list.rows.len()).sum();
    data(&format!("{name}: ok, {} names, {prices} prices\n", book.names().len()))
}
