//! What is kept of a sweep or a break-even until its report is written: a journal for each point, in the order in which they are
//! simulated, which is the same whenever it is asked for the same.
//!
//! They stand in `points` below the directory of the results. While they are in use a lock is held, and no other what-if keeps its points
//! there.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::Failure;
use super::journal::{Header, Journal, open_locked};
use super::output::note;
use super::place::Place;
use crate::experiment::Run;

/// The directory of the journals.
const NAME: &str = "points";
/// Where journals are put that nobody went on with.
const ASIDE: &str = "points.old";

/// The journals of the points so far.
#[derive(Debug)]
pub(super) struct KeptPoints {
    directory: PathBuf,
    resume: bool,
    /// Points that were asked for.
    points: usize,
    /// Closed with it.
    _lock: File,
}

impl KeptPoints {
    /// Makes the directory; what stands there is gone on with, or put aside.
    ///
    /// # Errors
    /// Somebody else who keeps points there, and what the file system refuses.
    pub(super) fn prepare(place: &Place, resume: bool) -> Result<Self, Failure> {
        let directory = place.directory().join(NAME);
        let refused = |reason: io::Error| place.refused(&reason);
        let mut lock = locked(&directory).map_err(refused)?;
        if !resume && fs::read_dir(&directory).is_ok_and(|entries| entries.count() > 1) {
            lock = put_aside(&directory).map_err(refused)?;
        }
        Ok(Self { directory, resume, points: 0, _lock: lock })
    }

    /// The journal of the next point, and what is in it, with so many replications at most.
    ///
    /// # Errors
    /// A journal of another point, and what the file system refuses.
    pub(super) fn next(&mut self, header: &Header, most: u32) -> Result<(Journal, Run), Failure> {
        let directory = self.directory.join(self.points.to_string());
        self.points += 1;
        fs::create_dir_all(&directory)?;
        let mut journal = Journal::open(&directory)?;
        if self.resume && !journal.is_empty() {
            let run = journal.resume(header, most)?;
            return Ok((journal, run));
        }
        journal.begin(header)?;
        Ok((journal, Run::default()))
    }

    /// Where they are.
    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    /// The report is written: they are no longer needed.
    ///
    /// # Errors
    /// What the file system refuses.
    pub(super) fn finish(self) -> io::Result<()> {
        fs::remove_dir_all(&self.directory)
    }
}

/// Nothing is left of points of which nothing is kept.
impl Drop for KeptPoints {
    fn drop(&mut self) {
        // No harm is done if something stays; directories go only where they are empty.
        for point in 0..self.points {
            let _ = fs::remove_dir(self.directory.join(point.to_string()));
        }
        if fs::read_dir(&self.directory).is_ok_and(|entries| entries.count() == 1) {
            let _ = fs::remove_dir_all(&self.directory);
        }
    }
}

/// Makes a directory where it is missing, and locks it.
fn locked(directory: &Path) -> io::Result<File> {
    fs::create_dir_all(directory)?;
    open_locked(&directory.join("lock"))
}

/// Renames the directory and makes another in its place.
fn put_aside(directory: &Path) -> io::Result<File> {
    let aside = directory.with_file_name(ASIDE);
    if aside.exists() {
        fs::remove_dir_all(&aside)?;
    }
    fs::rename(directory, &aside)?;
    note(&format!("warning: {} is put aside as {}; --resume would go on with it", directory.display(), aside.display()));
    locked(directory)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Batch, Objectives, made_up};

    fn header() -> Header {
        Header { strategies: 2, bounds: Objectives::NONE, manifest: made_up::manifest(&made_up::results(&["a"], 2)) }
    }

    fn batch(end: u32) -> Batch {
        let results = made_up::results(&["a", "b"], end);
        Batch { first: 0, rows: results.rows, charges: results.charges, spent: results.spent, days: results.days }
    }

    #[test]
    fn points_are_gone_on_with_in_their_order() {
        let scratch = tempfile::tempdir().expect("a directory");
        let place = Place::prepare(Some(scratch.path()), "unused").expect("writable");
        let mut kept = KeptPoints::prepare(&place, false).expect("writable");
        for replications in [3, 5] {
            let (mut journal, run) = kept.next(&header(), 9).expect("writable");
            assert_eq!(run.replications, 0);
            journal.append(&batch(replications)).expect("writable");
        }
        let told = format!("{:?}", KeptPoints::prepare(&place, true).expect_err("it is locked"));
        assert!(told.contains("another run is writing there"), "{told}");
        drop(kept);
        let mut kept = KeptPoints::prepare(&place, true).expect("unlocked");
        let counts: Vec<u32> = (0..3).map(|_| kept.next(&header(), 9).expect("readable").1.replications).collect();
        assert_eq!(counts, [3, 5, 0]);
        kept.finish().expect("removable");
        assert!(!scratch.path().join(NAME).exists());
    }

    #[test]
    fn what_nobody_goes_on_with_is_put_aside_and_what_is_empty_goes() {
        let scratch = tempfile::tempdir().expect("a directory");
        let place = Place::prepare(Some(scratch.path()), "unused").expect("writable");
        let mut kept = KeptPoints::prepare(&place, false).expect("writable");
        let (mut journal, _) = kept.next(&header(), 9).expect("writable");
        journal.append(&batch(3)).expect("writable");
        drop((journal, kept));
        let mut kept = KeptPoints::prepare(&place, false).expect("writable");
        assert!(scratch.path().join(ASIDE).join("0").is_dir());
        drop(kept.next(&header(), 9).expect("writable"));
        drop(kept);
        assert!(!scratch.path().join(NAME).exists());
    }
}
