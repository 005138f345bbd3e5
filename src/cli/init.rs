//! `spendcast init`: a scenario to start from.

use std::io::Write as _;
use std::path::Path;

use super::output::note;
use super::{Failure, InitArguments};
use crate::scenario::STARTER;

/// Writes the starter, whole or not at all.
///
/// # Errors
/// A file that is there already and may not be replaced, and a place that cannot be written to.
pub fn init(arguments: &InitArguments) -> Result<(), Failure> {
    let file = arguments.file.as_path();
    if file.exists() && !arguments.force {
        return Err(Failure::Mistake(format!("{} exists already; --force replaces it", file.display())));
    }
    write_whole(file, STARTER).map_err(|reason| Failure::Mistake(format!("cannot write {}: {reason}", file.display())))?;
    note(&format!("wrote {0}; next: spendcast run {0}", file.display()));
    Ok(())
}

/// Writes to a temporary file beside the target and renames it.
pub(super) fn write_whole(file: &Path, text: &str) -> std::io::Result<()> {
    let mut name = file.file_name().ok_or(std::io::ErrorKind::InvalidFilename)?.to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = file.with_file_name(name);
    let written = std::fs::File::create(&temporary)
        .and_then(|mut stream| stream.write_all(text.as_bytes()).and_then(|()| stream.sync_all()))
        .and_then(|()| std::fs::rename(&temporary, file));
    if written.is_err() {
        // The first error is the one to report; that there may be nothing to remove is no second one.
        let _ = std::fs::remove_file(&temporary);
    }
    written
}
