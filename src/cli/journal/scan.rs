//! What a journal holds, read from its beginning to the first piece that is not whole.

use std::fs::File;
use std::io::{self, BufReader, Read as _, Seek, SeekFrom};

use super::frame::{self, Piece};
use super::header::Header;
use crate::experiment::{Batch, Run};

/// The first line: what the file is, and how the rest of it is written.
pub(super) const FORMAT: &str = "spendcast journal 2\n";
/// No header is longer; a first frame that claims to be is damaged.
const LONGEST: u64 = 1 << 16;
/// How the first line begins in every format.
const KIND: &str = "spendcast journal ";

/// What stands before the batches.
#[derive(Debug)]
pub(super) enum Found {
    /// Nothing, or the torn beginning of a journal.
    Nothing,
    /// Something else: what it is not.
    Foreign(String),
    /// What it is of.
    Header(Box<Header>),
}

/// What a journal holds.
#[derive(Debug)]
pub(super) struct Scan {
    pub(super) found: Found,
    /// The batches, as far as they have no more replications than were wanted.
    pub(super) run: Run,
    /// Replications in all whole batches.
    pub(super) replications: u32,
    /// Where the last whole batch ends, and how many bytes come after it.
    pub(super) end: u64,
    pub(super) left_out: u64,
}

impl Scan {
    /// Reads a journal, and keeps so many replications at most.
    ///
    /// # Errors
    /// What the file system refuses.
    pub(super) fn of(file: &mut File, most: u32) -> io::Result<Self> {
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(0))?;
        let mut file = BufReader::new(file);
        let mut scan = Self { found: Found::Nothing, run: Run::default(), replications: 0, end: 0, left_out: 0 };
        let mut first = String::new();
        // Anything but text is no first line of ours.
        let read = file.by_ref().take(FORMAT.len() as u64).read_to_string(&mut first);
        if let Err(reason) = read
            && reason.kind() != io::ErrorKind::InvalidData
        {
            return Err(reason);
        }
        if first != FORMAT {
            let torn = length < FORMAT.len() as u64 && FORMAT.starts_with(&first) && first.len() as u64 == length;
            if !torn {
                scan.found = Found::Foreign(foreign(&first));
            }
            return Ok(scan);
        }
        scan.end = FORMAT.len() as u64;
        let payload = match frame::next(&mut file, length - scan.end)? {
            Piece::Whole(payload) => payload,
            // Torn when it was begun, with nothing after it.
            Piece::End | Piece::Short(0..LONGEST) => return Ok(scan),
            Piece::Short(_) | Piece::Broken => {
                scan.found = Found::Foreign("its beginning is damaged".to_owned());
                return Ok(scan);
            }
        };
        scan.end += frame::size(&payload);
        let Ok(header) = serde_json::from_slice::<Header>(&payload) else {
            scan.found = Found::Foreign("another version of spendcast has made it".to_owned());
            return Ok(scan);
        };
        while let Piece::Whole(payload) = frame::next(&mut file, length - scan.end)? {
            let Some(batch) = postcard::from_bytes::<Batch>(&payload).ok() else { break };
            let Some(end) = batch.end(header.strategies).filter(|_| batch.first == scan.replications) else { break };
            scan.replications = end;
            scan.end += frame::size(&payload);
            if end <= most && scan.run.extend(batch).is_err() {
                break;
            }
        }
        scan.left_out = length - scan.end;
        scan.found = Found::Header(Box::new(header));
        Ok(scan)
    }
}

fn foreign(first: &str) -> String {
    match first.strip_prefix(KIND) {
        Some(format) => format!("it is written in format {}, which this version does not read", format.trim_end()),
        None => "it is no journal of spendcast".to_owned(),
    }
}
