//! Makes results again by their commands, in a directory of one's choice, and keeps of them what is committed.

use std::io::Write;
use std::path::Path;
use std::process::{Command as Program, Stdio};

use flate2::{Compression, GzBuilder};

use super::claims::Wanted;
use super::results::kept;

/// Runs a result's command in the repository's root and leaves what is kept of it in `into`, which is written anew.
pub(super) fn make(binary: &Path, wanted: &Wanted, root: &Path, into: &Path) {
    let scratch = into.with_extension("whole");
    let mut program = Program::new(binary);
    program
        .current_dir(root)
        .args([wanted.command.name(), &format!("scenarios/{}.toml", wanted.scenario)])
        .args(&wanted.arguments);
    let run = program.arg("--quiet").arg("--out").arg(&scratch).stdout(Stdio::null()).output().expect("the program starts");
    assert!(run.status.success(), "{}: {}", into.display(), String::from_utf8_lossy(&run.stderr));
    let _ = std::fs::remove_dir_all(into);
    std::fs::create_dir_all(into.join("charts")).expect("writable");
    for name in kept(&wanted.charts) {
        match name.strip_suffix(".gz") {
            Some(whole) => zip(&scratch.join(whole), &into.join(&name)),
            None => drop(std::fs::copy(scratch.join(&name), into.join(&name)).unwrap_or_else(|error| panic!("{name}: {error}"))),
        }
    }
    if wanted.charts.is_empty() {
        std::fs::remove_dir(into.join("charts")).expect("empty");
    }
    std::fs::remove_dir_all(&scratch).expect("ours");
}

/// The same bytes for the same bytes: without the time of day.
fn zip(from: &Path, into: &Path) {
    let whole = std::fs::read(from).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
    let file = std::fs::File::create(into).expect("writable");
    let mut zipped = GzBuilder::new().mtime(0).write(file, Compression::best());
    zipped.write_all(&whole).and_then(|()| zipped.finish().map(drop)).expect("writable");
}
