//! Price books by name or from files, with their mistakes shown.

use std::path::Path;

use jiff::civil;

use crate::catalog::{Book, builtin};
use crate::cli::Failure;
use crate::cli::output::note;
use crate::spec::{Mistakes, Severity, Sources, nearest, render};

/// The books that are named; all built-in ones where none is.
pub(super) fn open_all(names: &[String]) -> Result<Vec<Book>, Failure> {
    if names.is_empty() {
        return Ok(builtin::NAMES.iter().filter_map(|name| Book::builtin(name)).collect());
    }
    names.iter().map(|name| open(name)).collect()
}

/// A built-in book, or one from a file.
pub(super) fn open(name: &str) -> Result<Book, Failure> {
    if let Some(book) = Book::builtin(name) {
        return Ok(book);
    }
    let is_file = name.contains('/') || Path::new(name).extension().is_some();
    if !is_file {
        let near = nearest(name, &builtin::NAMES).map(|near| format!("did you mean \"{near}\"? ")).unwrap_or_default();
        let allowed = builtin::NAMES.join(", ");
        return Err(Failure::Mistake(format!(
            "unknown catalogue \"{name}\"; {near}allowed: {allowed}, or a file such as ./prices.toml"
        )));
    }
    let text = text(Path::new(name))?;
    let (mut sources, mut mistakes) = (Sources::new(), Mistakes::new());
    let book = Book::read(name, [(name, text.as_str())], &mut sources, &mut mistakes);
    show(&sources, mistakes, name).map(|()| book)
}

/// The text of a file of the user's.
pub(super) fn text(path: &Path) -> Result<String, Failure> {
    let wrong = |reason: &dyn std::fmt::Display| Failure::Mistake(format!("cannot read {}: {reason}", path.display()));
    let bytes = std::fs::read(path).map_err(|reason| match reason.kind() {
        std::io::ErrorKind::NotFound => wrong(&"there is no such file"),
        std::io::ErrorKind::IsADirectory => wrong(&"it is a directory"),
        _ => wrong(&reason),
    })?;
    String::from_utf8(bytes).map_err(|_| wrong(&"it is not UTF-8"))
}

/// Shows mistakes and warnings; a mistake is a failure.
pub(super) fn show(sources: &Sources, mistakes: Mistakes, name: &str) -> Result<(), Failure> {
    let found = mistakes.into_sorted();
    if !found.is_empty() {
        note(&render(sources, &found, true));
    }
    match found.iter().filter(|mistake| mistake.severity == Severity::Error).count() {
        0 => Ok(()),
        count => {
            note(&format!("{name}: {count} {}", if count == 1 { "mistake" } else { "mistakes" }));
            Err(Failure::Explained)
        }
    }
}

/// The last day on which a book's facts were looked up.
pub(super) fn day_of(book: &Book) -> civil::Date {
    let days = book.files.iter().map(|file| file.retrieved.civil.date());
    days.max().unwrap_or(civil::Date::ZERO)
}
