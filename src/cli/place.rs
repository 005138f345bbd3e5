//! The directory for results: made before the simulation, so that nobody waits for results that cannot be kept.
//!
//! It does not write them; whether it takes files is told by the journal. What it made and nothing was written to is gone again when it is dropped.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A directory that is there.
#[derive(Debug)]
pub(super) struct Place {
    directory: PathBuf,
    /// The directories made for it, the innermost first.
    made: Vec<PathBuf>,
}

impl Place {
    /// Makes the directory, with those above it, where it is missing.
    ///
    /// # Errors
    /// What the file system refuses.
    pub(super) fn prepare(directory: &Path) -> io::Result<Self> {
        let missing = directory.ancestors().take_while(|path| !path.as_os_str().is_empty() && !path.exists());
        let place = Self { directory: directory.to_owned(), made: missing.map(Path::to_owned).collect() };
        fs::create_dir_all(directory)?;
        Ok(place)
    }

    /// Where it is.
    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        for directory in &self.made {
            // Only what is empty can be removed; that something is in it is the usual end.
            let _ = fs::remove_dir(directory);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_made_in_vain_goes_again() {
        let scratch = tempfile::tempdir().expect("a directory");
        let there = scratch.path().join("there");
        fs::create_dir(&there).expect("writable");
        let wanted = there.join("a/b");
        let place = Place::prepare(&wanted).expect("writable");
        assert!(place.directory().is_dir() && fs::read_dir(&wanted).expect("readable").next().is_none());
        drop(place);
        assert!(there.is_dir() && !there.join("a").exists());

        let place = Place::prepare(&wanted).expect("writable");
        fs::write(wanted.join("summary.json"), "{}").expect("writable");
        drop(place);
        assert!(wanted.join("summary.json").exists());
        drop(Place::prepare(&there.join("a")).expect("it is there"));
        assert!(wanted.exists(), "what was there before stays");
    }

    #[test]
    fn a_place_that_can_be_no_directory_is_refused() {
        let scratch = tempfile::tempdir().expect("a directory");
        let file = scratch.path().join("file");
        fs::write(&file, "").expect("writable");
        assert!(Place::prepare(&file).is_err() && Place::prepare(&file.join("below")).is_err());
        assert!(file.is_file());
    }
}
