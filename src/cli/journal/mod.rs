//! The journal: every finished batch of a run, kept in the directory of the results until the report is written.
//!
//! The file begins with a line that names its format, then come frames: a [`Header`] in JSON, and batches in postcard. A batch
//! is handed to the operating system in one piece before the next one is simulated, so that a process that is killed loses none
//! that was finished; it is synced to the disk every few seconds, so that a power cut loses no more than those. What is cut off
//! or damaged is left out, with all that comes after it.
//!
//! While a run has the journal open it is locked, and no other run writes into the directory.

mod frame;
mod header;
mod scan;

use std::fs::{self, File, TryLockError};
use std::io::{self, Seek, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

pub(super) use header::Header;
use scan::{FORMAT, Found, Scan};

use super::Failure;
use super::clock::now;
use super::output::note;
use crate::experiment::{Batch, Run};

/// The name of the file.
const NAME: &str = "run.journal";
/// Where a journal is put that nobody went on with.
pub(super) const ASIDE: &str = "run.journal.old";
/// What a power cut loses at most.
const SYNC: Duration = Duration::from_secs(5);

/// An open journal. One that was begun, or made, without a single batch is removed when it is dropped.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    file: File,
    strategies: usize,
    /// Replications that are in it.
    replications: u32,
    /// Where its last batch ends.
    end: u64,
    synced: Instant,
    /// Whether nothing is lost with it.
    empty: bool,
    /// A journal of the same run that was put aside for this one, and its replications.
    aside: Option<(PathBuf, u32)>,
}

impl Journal {
    /// Opens the journal of a directory, or makes one.
    ///
    /// # Errors
    /// Another run that has it open, and what the file system refuses.
    pub(super) fn open(directory: &Path) -> io::Result<Self> {
        let path = directory.join(NAME);
        let file = open_locked(&path).map_err(|reason| at(&path, &reason))?;
        let empty = file.metadata().is_ok_and(|file| file.len() == 0);
        Ok(Self { path, file, strategies: 0, replications: 0, end: 0, synced: now(), empty, aside: None })
    }

    /// Begins anew. Whatever the journal holds is put aside.
    ///
    /// # Errors
    /// What the file system refuses.
    pub(super) fn begin(&mut self, header: &Header) -> io::Result<()> {
        let scan = Scan::of(&mut self.file, 0)?;
        let worthless = match &scan.found {
            Found::Nothing => true,
            Found::Header(_) => scan.replications == 0,
            Found::Foreign(_) => false,
        };
        if !worthless {
            self.put_aside(header, &scan)?;
        }
        self.start(header).map_err(|reason| at(&self.path, &reason))
    }

    /// Goes on with what the journal holds, with so many replications at most; begins anew where it holds nothing. Without `--resume`
    /// what it is in is put `aside`.
    ///
    /// # Errors
    /// A journal of another run, and what the file system refuses.
    pub(super) fn resume(&mut self, header: &Header, most: u32, aside: &str) -> Result<Run, Failure> {
        let scan = Scan::of(&mut self.file, most).map_err(|reason| at(&self.path, &reason))?;
        let path = self.path.display();
        let refuse = |why: &str| {
            Failure::Mistake(format!(
                "cannot go on with {path}: {why}\nrun without --resume to start over, which puts {aside}, or write elsewhere with --out"
            ))
        };
        match &scan.found {
            Found::Header(_) | Found::Nothing if scan.replications == 0 => {
                self.start(header).map_err(|reason| at(&self.path, &reason))?;
                return Ok(Run::default());
            }
            Found::Foreign(why) => return Err(refuse(why)),
            Found::Nothing => {}
            Found::Header(then) => {
                let differences = then.differences(header);
                if !differences.is_empty() {
                    return Err(refuse(&format!("it is of another run\n  {}", differences.join("\n  "))));
                }
            }
        }
        if scan.left_out > 0 {
            note(&format!(
                "warning: {path}: the {} bytes after replication {} are no whole batch and are left out",
                scan.left_out, scan.replications
            ));
        }
        (self.strategies, self.replications, self.end) = (header.strategies, scan.replications, scan.end);
        self.cut_off()?;
        Ok(scan.run)
    }

    /// Adds a batch; one that is in it already is not added again.
    ///
    /// # Errors
    /// What the file system refuses; the journal then holds all batches before.
    pub(super) fn append(&mut self, batch: &Batch) -> io::Result<()> {
        let end = batch.end(self.strategies).unwrap_or(self.replications);
        if end <= self.replications {
            return Ok(());
        }
        let payload = postcard::to_allocvec(batch).map_err(io::Error::other)?;
        let written = self.write(&frame::frame(&payload)?);
        if written.is_ok() {
            (self.replications, self.empty) = (end, false);
        }
        written.map_err(|reason| at(&self.path, &reason))
    }

    /// The results of so many replications are written: the journal is no longer needed, unless it holds more.
    ///
    /// # Errors
    /// What the file system refuses.
    pub(super) fn finish(self, replications: u32) -> io::Result<()> {
        if let Some((aside, _)) = self.aside.as_ref().filter(|(_, fewer)| *fewer <= replications) {
            fs::remove_file(aside).map_err(|reason| at(aside, &reason))?;
        }
        if replications >= self.replications {
            return fs::remove_file(&self.path).map_err(|reason| at(&self.path, &reason));
        }
        tell_left(&self.path, self.replications);
        Ok(())
    }

    /// Where it is, and how many replications are in it to go on with.
    pub(super) fn holds(&self) -> (&Path, u32) {
        (&self.path, self.replications)
    }

    /// An empty journal with this header.
    fn start(&mut self, header: &Header) -> io::Result<()> {
        (self.strategies, self.replications, self.end, self.empty) = (header.strategies, 0, 0, true);
        self.cut_off()?;
        let first = [FORMAT.as_bytes(), &frame::frame(&serde_json::to_vec(header)?)?].concat();
        self.write(&first)?;
        self.file.sync_data()
    }

    /// Renames the file and opens another in its place.
    fn put_aside(&mut self, header: &Header, scan: &Scan) -> io::Result<()> {
        let aside = self.path.with_file_name(ASIDE);
        fs::rename(&self.path, &aside).map_err(|reason| at(&self.path, &reason))?;
        self.file = open_locked(&self.path).map_err(|reason| at(&self.path, &reason))?;
        let (path, old) = (self.path.display(), aside.display());
        note(&match &scan.found {
            Found::Header(then) => {
                let same = then.differences(header).is_empty();
                if same {
                    self.aside = Some((aside.clone(), scan.replications));
                }
                let hint = if same { "; --resume would have gone on with it" } else { "" };
                format!("warning: {path} of {} replications is put aside as {old}{hint}", scan.replications)
            }
            _ => format!("warning: {path} is put aside as {old}"),
        });
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Err(reason) = self.file.write_all(bytes) {
            // The reason is what to tell; what is half-written does no harm either.
            let _ = self.cut_off();
            return Err(reason);
        }
        self.end += bytes.len() as u64;
        if self.synced.elapsed() >= SYNC {
            self.file.sync_data()?;
            self.synced = now();
        }
        Ok(())
    }

    /// Lets the file end with its last whole batch.
    fn cut_off(&mut self) -> io::Result<()> {
        self.file.set_len(self.end)?;
        self.file.seek(SeekFrom::Start(self.end)).map(drop)
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        if self.empty {
            // No harm is done if it stays.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The bytes of a journal of this run, in batches of so many replications.
///
/// # Errors
/// None that is known of.
pub(super) fn size(run: &Run, batch: u32) -> io::Result<u64> {
    let bytes = |part: Result<Vec<u8>, postcard::Error>| part.map(|bytes| frame::size(&bytes)).map_err(io::Error::other);
    let batches = u64::from(run.replications.div_ceil(batch));
    let sums = bytes(postcard::to_allocvec(&run.charges))? + bytes(postcard::to_allocvec(&run.spent))?;
    let sums = sums + bytes(postcard::to_allocvec(&run.days))?;
    Ok(bytes(postcard::to_allocvec(&run.rows))? + batches * sums)
}

/// Whether there is a journal in a directory that one with this header could go on with.
pub(super) fn is_of(directory: &Path, header: &Header) -> bool {
    let file = File::open(directory.join(NAME));
    let scan = file.and_then(|mut file| Scan::of(&mut file, 0));
    scan.is_ok_and(|scan| matches!(&scan.found, Found::Header(then) if then.differences(header).is_empty()))
}

/// Opens a file, makes it where it is missing, and locks it.
fn open_locked(path: &Path) -> io::Result<File> {
    loop {
        let file = File::options().read(true).write(true).create(true).truncate(false).open(path)?;
        if !file.metadata()?.is_file() {
            return Err(io::Error::other("it is no regular file"));
        }
        match file.try_lock() {
            Ok(()) if is_at(&file, path) => return Ok(file),
            // Whoever had it locked has removed it.
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(io::Error::other("another run is writing there: wait for it, or write elsewhere with --out"));
            }
            Err(TryLockError::Error(reason)) => {
                // Some network file systems know no locks.
                note(&format!("warning: cannot lock {}: {reason}; let no other run write there", path.display()));
                return Ok(file);
            }
        }
    }
}

/// Whether this path still leads to this file; taken to be so where files cannot be told apart.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let same = |a: &fs::Metadata, b: &fs::Metadata| (a.dev(), a.ino()) == (b.dev(), b.ino());
    file.metadata().and_then(|own| Ok(same(&own, &fs::metadata(path)?))).unwrap_or(false)
}

#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> bool {
    true
}

/// Says that a journal is left with more replications than were asked for.
pub(super) fn tell_left(path: &Path, more: u32) {
    let path = path.display();
    note(&format!("{path} is left: it holds {more} replications, and --replications {more} --resume reports on them all"));
}

/// The same error with the path that it is about.
pub(super) fn at(path: &Path, reason: &io::Error) -> io::Error {
    io::Error::new(reason.kind(), format!("{}: {reason}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Objectives, made_up};

    fn header(strategies: usize) -> Header {
        Header { strategies, bounds: Objectives::NONE, manifest: made_up::manifest(&made_up::results(&["a"], 2)) }
    }

    /// The replications from `first` up to `end` of two strategies.
    fn batch(first: u32, end: u32) -> Batch {
        let results = made_up::results(&["a", "b"], end);
        Batch {
            first,
            rows: results.rows[2 * first as usize..].to_vec(),
            charges: results.charges,
            spent: results.spent,
            days: results.days,
        }
    }

    #[test]
    fn what_was_appended_is_there_again() {
        let scratch = tempfile::tempdir().expect("a directory");
        let mut journal = Journal::open(scratch.path()).expect("writable");
        journal.begin(&header(2)).expect("writable");
        let mut run = Run::default();
        for (first, end) in [(0, 3), (3, 4), (4, 9)] {
            journal.append(&batch(first, end)).expect("writable");
            run.extend(batch(first, end)).expect("the next");
        }
        assert!(Journal::open(scratch.path()).expect_err("it is locked").to_string().contains("another run is writing there"));
        drop(journal);
        let mut journal = Journal::open(scratch.path()).expect("the lock is gone");
        assert_eq!(journal.resume(&header(2), 9, "it aside").expect("of the same run"), run);
        // What is in it already is not added again.
        let length = fs::metadata(scratch.path().join(NAME)).expect("there").len();
        journal.append(&batch(4, 9)).expect("writable");
        assert_eq!((journal.end, fs::metadata(scratch.path().join(NAME)).expect("there").len()), (length, length));
        let few = Scan::of(&mut journal.file, 8).expect("readable");
        assert_eq!((few.run.replications, few.replications, few.left_out), (4, 9, 0));
        journal.finish(9).expect("removable");
        assert!(fs::read_dir(scratch.path()).expect("readable").next().is_none());
    }

    /// The system's own full device.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_names_the_file() {
        let file = File::options().write(true).open("/dev/full").expect("Linux has it");
        let path = PathBuf::from("out/run.journal");
        let mut journal =
            Journal { path, file, strategies: 2, replications: 0, end: 0, synced: now(), empty: false, aside: None };
        let refused = journal.append(&batch(0, 3)).expect_err("it is full");
        assert_eq!(refused.kind(), io::ErrorKind::StorageFull);
        assert!(refused.to_string().starts_with("out/run.journal: ") && journal.holds().1 == 0, "{refused}");
    }

    /// The size that a dry run tells, against a journal that is written.
    #[test]
    fn its_size_is_known_beforehand() {
        let scratch = tempfile::tempdir().expect("a directory");
        let mut journal = Journal::open(scratch.path()).expect("writable");
        journal.begin(&header(2)).expect("writable");
        let (empty, mut run) = (journal.end, Run::default());
        for first in (0..100).step_by(10) {
            journal.append(&batch(first, first + 10)).expect("writable");
            run.extend(batch(first, first + 10)).expect("the next");
        }
        let (real, told) = (journal.end - empty, size(&run, 10).expect("in memory"));
        assert!((0.9..1.1).contains(&(told as f64 / real as f64)), "{told} for {real}");
    }
}
