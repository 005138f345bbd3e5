//! The directory for results: made before the simulation, so that nobody waits for results that cannot be kept.
//!
//! It does not write them; whether it takes files is told by the journal. What it made and nothing was written to is gone again when it is dropped.

use std::fs;
use std::path::{Path, PathBuf};

use super::Failure;
use super::output::note;

/// A directory that is there.
#[derive(Debug)]
pub(super) struct Place {
    directory: PathBuf,
    /// The directories made for it, the innermost first.
    made: Vec<PathBuf>,
}

impl Place {
    /// Makes this directory, or this one below `results`, with those above it, where it is missing.
    ///
    /// # Errors
    /// What the file system refuses.
    pub(super) fn prepare(asked: Option<&Path>, default: &str) -> Result<Self, Failure> {
        let directory = asked.map_or_else(|| Path::new("results").join(default), Path::to_owned);
        let missing = directory.ancestors().take_while(|path| !path.as_os_str().is_empty() && !path.exists());
        let place = Self { made: missing.map(Path::to_owned).collect(), directory };
        fs::create_dir_all(&place.directory).map_err(|reason| place.refused(&reason))?;
        Ok(place)
    }

    /// That results cannot be written there.
    pub(super) fn refused(&self, reason: &impl std::fmt::Display) -> Failure {
        Failure::Error(format!("cannot write the results to {}: {reason}", self.directory.display()))
    }

    /// Says how many files were written there.
    pub(super) fn tell(&self, written: &[PathBuf], quiet: bool) {
        if !quiet {
            note(&format!("wrote {} files to {}", written.len(), self.directory.display()));
        }
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
        let place = Place::prepare(Some(&wanted), "unused").expect("writable");
        assert!(place.directory().is_dir() && fs::read_dir(&wanted).expect("readable").next().is_none());
        drop(place);
        assert!(there.is_dir() && !there.join("a").exists());

        let place = Place::prepare(Some(&wanted), "unused").expect("writable");
        fs::write(wanted.join("summary.json"), "{}").expect("writable");
        drop(place);
        assert!(wanted.join("summary.json").exists());
        drop(Place::prepare(Some(&there.join("a")), "unused").expect("it is there"));
        assert!(wanted.exists(), "what was there before stays");
    }

    #[test]
    fn a_place_that_can_be_no_directory_is_refused() {
        let scratch = tempfile::tempdir().expect("a directory");
        let file = scratch.path().join("file");
        fs::write(&file, "").expect("writable");
        let refused = |path: &Path| Place::prepare(Some(path), "unused").is_err();
        assert!(refused(&file) && refused(&file.join("below")));
        assert!(file.is_file());
    }
}
