//! Files that appear together: all are written and synced beside their places first, and only then renamed into them.
//!
//! So a full disk leaves what was there before as it was, and a reader sees each file whole or not at all. A process that is
//! killed between two renames leaves new files next to old ones, and no last file: [`publish`](Staged::publish) takes the old
//! one of that away first. What it leaves under temporary names is removed by the next that stages files in the same
//! directories; two at once are not provided for.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// How the names of files end that are not in their places yet.
const SUFFIX: &str = ".spendcast-tmp";

/// Files that are written and not in their places yet; removed if they never come there.
#[derive(Debug, Default)]
pub(super) struct Staged {
    directories: Vec<PathBuf>,
    places: Vec<PathBuf>,
}

impl Staged {
    /// No files yet, in these directories, which are made where they are missing.
    pub(super) fn new(directories: &[&Path]) -> io::Result<Self> {
        for directory in directories {
            fs::create_dir_all(directory).map_err(|reason| at(directory, &reason))?;
            remove_leftovers(directory).map_err(|reason| at(directory, &reason))?;
        }
        Ok(Self { directories: directories.iter().map(|path| path.to_path_buf()).collect(), places: Vec::new() })
    }

    /// Writes a file beside its place.
    pub(super) fn put(&mut self, place: PathBuf, bytes: &[u8]) -> io::Result<()> {
        self.places.push(place);
        let place = &self.places[self.places.len() - 1];
        // Later it would be too late: some files would be in their places.
        if place.is_dir() {
            return Err(at(place, &io::ErrorKind::IsADirectory.into()));
        }
        let written = File::create(temporary(place)).and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        });
        written.map_err(|reason| at(place, &reason))
    }

    /// Renames all files into their places, in the order in which they were put, and returns these. The last is the sign that
    /// all others are there.
    pub(super) fn publish(mut self) -> io::Result<Vec<PathBuf>> {
        if let Some(last) = self.places.last().filter(|last| last.is_file()) {
            fs::remove_file(last).map_err(|reason| at(last, &reason))?;
        }
        for place in &self.places {
            fs::rename(temporary(place), place).map_err(|reason| at(place, &reason))?;
        }
        for directory in &self.directories {
            sync(directory);
        }
        Ok(std::mem::take(&mut self.places))
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        for place in &self.places {
            // Those that are in their places are no longer there; the error that led here is the one to tell.
            let _ = fs::remove_file(temporary(place));
        }
    }
}

/// The same error with the path that it is about.
fn at(path: &Path, reason: &io::Error) -> io::Error {
    io::Error::new(reason.kind(), format!("{}: {reason}", path.display()))
}

fn temporary(place: &Path) -> PathBuf {
    let mut name = place.as_os_str().to_owned();
    name.push(SUFFIX);
    name.into()
}

/// Removes what a killed process left.
fn remove_leftovers(directory: &Path) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.file_name().and_then(OsStr::to_str).is_some_and(|name| name.ends_with(SUFFIX)) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// Makes the new names last through a power cut, where the system can do that.
fn sync(directory: &Path) {
    // Some file systems have no such thing; the files are whole in any case.
    let _ = File::open(directory).and_then(|directory| directory.sync_all());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).expect("it is there");
        let mut names: Vec<_> = entries.map(|entry| entry.expect("readable").file_name().into_string().expect("UTF-8")).collect();
        names.sort();
        names
    }

    #[test]
    fn all_files_appear_together_or_none_does() {
        let scratch = tempfile::tempdir().expect("a directory");
        let place = |name: &str| scratch.path().join(name);
        fs::write(place("last"), "old").expect("writable");
        let stage = || {
            let mut staged = Staged::new(&[scratch.path()]).expect("writable");
            staged.put(place("first"), b"new").expect("writable");
            staged.put(place("last"), b"new").expect("writable");
            staged
        };
        drop(stage());
        assert_eq!((names(scratch.path()), fs::read(place("last")).expect("there")), (vec!["last".to_owned()], b"old".to_vec()));
        assert_eq!(stage().publish().expect("writable"), [place("first"), place("last")]);
        assert_eq!((names(scratch.path()).len(), fs::read(place("last")).expect("there")), (2, b"new".to_vec()));
    }

    /// What a killed process left is gone; what only looks like it is not.
    #[test]
    fn leftovers_are_removed() {
        let scratch = tempfile::tempdir().expect("a directory");
        for name in ["old.csv.spendcast-tmp", "mine.tmp"] {
            fs::write(scratch.path().join(name), "").expect("writable");
        }
        Staged::new(&[scratch.path()]).expect("writable");
        assert_eq!(names(scratch.path()), ["mine.tmp"]);
    }

    #[test]
    fn an_error_names_the_file() {
        let scratch = tempfile::tempdir().expect("a directory");
        let mut staged = Staged::new(&[scratch.path()]).expect("writable");
        let place = scratch.path().join("no-such/file");
        let refused = staged.put(place.clone(), b"").expect_err("there is no such directory");
        assert!(refused.to_string().starts_with(&format!("{}: ", place.display())), "{refused}");
        assert_eq!(refused.kind(), io::ErrorKind::NotFound);
        let refused = staged.put(scratch.path().to_path_buf(), b"").expect_err("it is a directory");
        assert_eq!(refused.kind(), io::ErrorKind::IsADirectory);
    }
}
