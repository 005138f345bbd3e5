//! What is kept of a sweep or a break-even until its report is written: a journal for each point, in the order in which they are
//! simulated, which is the same whenever it is asked for the same.
//!
//! They stand in `points` below the directory of the results. The journal of a run there is locked meanwhile, so that nobody else writes
//! into the directory.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::Failure;
use super::journal::{Header, Journal, at, is_of, tell_left};
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
    /// What the first point is of.
    first: Option<Header>,
    /// Points that were asked for.
    asked: usize,
    /// The journals of those that are simulated, each with how many replications more it holds than were asked for, if any.
    done: Vec<(PathBuf, Option<u32>)>,
    /// Where a run would write: nobody else may.
    _lock: Journal,
}

impl KeptPoints {
    /// Makes the directory; what stands there is gone on with, or put aside.
    ///
    /// # Errors
    /// Somebody else who writes there, and what the file system refuses.
    pub(super) fn prepare(place: &Place, resume: bool) -> Result<Self, Failure> {
        let directory = place.directory().join(NAME);
        let lock = Journal::open(place.directory()).map_err(|reason| place.refused(&reason))?;
        if !resume && directory.exists() {
            put_aside(&directory).map_err(|reason| place.refused(&at(&directory, &reason)))?;
        }
        Ok(Self { directory, resume, first: None, asked: 0, done: Vec::new(), _lock: lock })
    }

    /// The journal of the next point, and what is in it, with so many replications at most.
    ///
    /// # Errors
    /// A journal of another point, and what the file system refuses.
    pub(super) fn next(&mut self, header: Header, most: u32) -> Result<(Journal, Run), Failure> {
        let directory = self.point(self.asked);
        fs::create_dir_all(&directory).map_err(|reason| at(&directory, &reason))?;
        let mut journal = Journal::open(&directory)?;
        let run = if self.resume {
            journal.resume(&header, most, &format!("all points aside as {ASIDE}"))?
        } else {
            journal.begin(&header)?;
            Run::default()
        };
        self.asked += 1;
        self.first.get_or_insert(header);
        Ok((journal, run))
    }

    /// A point is simulated, as far as was asked for: closes its journal.
    pub(super) fn close(&mut self, journal: &Journal, asked: u32) {
        let (path, held) = journal.holds();
        self.done.push((path.to_owned(), Some(held).filter(|held| *held > asked)));
    }

    /// Where they are.
    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    /// The report is written: they are no longer needed, but those that hold more than was asked for.
    ///
    /// # Errors
    /// What the file system refuses.
    pub(super) fn finish(self) -> Result<(), Failure> {
        let aside = self.directory.with_file_name(ASIDE);
        if self.first.as_ref().is_some_and(|header| is_of(&aside.join("0"), header)) {
            fs::remove_dir_all(&aside).map_err(|reason| at(&aside, &reason))?;
        }
        for (path, more) in &self.done {
            match more {
                Some(more) => tell_left(path, *more),
                None => fs::remove_file(path).map_err(|reason| at(path, &reason))?,
            }
        }
        self.clear();
        if self.directory.exists() {
            note(&format!("{} is left: it holds more points, or more of them, than were asked for", self.directory.display()));
        }
        Ok(())
    }

    /// Removes the directories of which nothing is left.
    fn clear(&self) {
        // What is not empty stays, and no harm is done if something else does.
        for point in 0..self.asked {
            let _ = fs::remove_dir(self.point(point));
        }
        let _ = fs::remove_dir(&self.directory);
    }

    fn point(&self, index: usize) -> PathBuf {
        self.directory.join(index.to_string())
    }
}

impl Drop for KeptPoints {
    fn drop(&mut self) {
        self.clear();
    }
}

/// Renames the directory.
fn put_aside(directory: &Path) -> io::Result<()> {
    let aside = directory.with_file_name(ASIDE);
    if aside.exists() {
        fs::remove_dir_all(&aside)?;
    }
    fs::rename(directory, &aside)?;
    let (from, to) = (directory.display(), aside.display());
    note(&format!("warning: {from} is put aside as {to}; to go on with it, rename it back and use --resume"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Batch, Objectives, made_up};

    fn header(seed: u64) -> Header {
        let mut manifest = made_up::manifest(&made_up::results(&["a"], 2));
        manifest.seed = seed;
        Header { strategies: 2, bounds: Objectives::NONE, manifest }
    }

    fn batch(end: u32) -> Batch {
        let results = made_up::results(&["a", "b"], end);
        Batch { first: 0, rows: results.rows, charges: results.charges, spent: results.spent, days: results.days }
    }

    fn place(scratch: &Path) -> Place {
        Place::prepare(Some(scratch), "unused").expect("writable")
    }

    /// Keeps so many replications of each of some points.
    fn keep(kept: &mut KeptPoints, seed: u64, replications: &[u32]) {
        for &end in replications {
            let (mut journal, run) = kept.next(header(seed), 9).expect("writable");
            assert_eq!(run.replications, 0);
            journal.append(&batch(end)).expect("writable");
            kept.close(&journal, 9);
        }
    }

    #[test]
    fn points_are_gone_on_with_in_their_order_and_what_holds_more_stays() {
        let scratch = tempfile::tempdir().expect("a directory");
        let place = place(scratch.path());
        let mut kept = KeptPoints::prepare(&place, false).expect("writable");
        keep(&mut kept, 7, &[3, 9, 5]);
        let told = format!("{:?}", KeptPoints::prepare(&place, true).expect_err("it is locked"));
        assert!(told.contains("another run is writing there"), "{told}");
        drop(kept);
        let mut kept = KeptPoints::prepare(&place, true).expect("unlocked");
        let again = |kept: &mut KeptPoints| {
            let (journal, run) = kept.next(header(7), 3).expect("readable");
            kept.close(&journal, 3);
            run.replications
        };
        // In whole batches.
        assert_eq!([again(&mut kept), again(&mut kept)], [3, 0]);
        kept.finish().expect("removable");
        let left = ["0", "1", "2"].map(|point| scratch.path().join(NAME).join(point).exists());
        assert_eq!(left, [false, true, true]);
    }

    #[test]
    fn what_nobody_goes_on_with_is_put_aside_until_the_same_is_finished() {
        let scratch = tempfile::tempdir().expect("a directory");
        let (place, aside) = (place(scratch.path()), scratch.path().join(ASIDE));
        keep(&mut KeptPoints::prepare(&place, false).expect("writable"), 7, &[3]);
        let again = |seed: u64| {
            let mut kept = KeptPoints::prepare(&place, false).expect("writable");
            keep(&mut kept, seed, &[9]);
            kept.finish().expect("removable");
        };
        again(8);
        assert!(aside.join("0").is_dir() && !scratch.path().join(NAME).exists());
        again(7);
        assert!(!aside.exists());
    }

    #[test]
    fn nothing_is_left_of_nothing() {
        let scratch = tempfile::tempdir().expect("a directory");
        let mut kept = KeptPoints::prepare(&place(scratch.path()), true).expect("writable");
        drop(kept.next(header(7), 9).expect("writable"));
        drop(kept);
        assert!(fs::read_dir(scratch.path()).expect("readable").next().is_none());
    }

    #[test]
    fn other_points_are_refused_with_what_is_put_aside() {
        let scratch = tempfile::tempdir().expect("a directory");
        let place = place(scratch.path());
        keep(&mut KeptPoints::prepare(&place, false).expect("writable"), 7, &[3]);
        let refused = KeptPoints::prepare(&place, true).expect("unlocked").next(header(8), 9).expect_err("another");
        let told = format!("{refused:?}");
        assert!(told.contains("the seed was 7, and is 8") && told.contains("puts all points aside as points.old"), "{told}");
    }
}
