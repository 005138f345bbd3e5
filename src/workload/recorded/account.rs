//! What became of every row of a recording.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Zoned;
use serde::{Serialize, Serializer};

/// How many bad rows and out-of-order lines are kept in full; all are counted.
pub const FIRST_KEPT: usize = 20;

/// How many different statuses are counted by name; a column with more of them is no status.
const STATUSES: usize = 100;

/// What can be wrong with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BadKind {
    /// It has more or fewer cells than the header.
    Uneven,
    /// The time cannot be read.
    Time,
    /// The clock of the time zone never showed that time, because it was put forward.
    SkippedTime,
    /// The number of images is not a whole number from 1 to 255.
    Images,
    /// The class is not one that the mapping knows.
    Class,
    /// Size and quality are none that can be asked for.
    Shape,
    /// The length of the prompt is not a whole number.
    Tokens,
}

impl BadKind {
    /// Every kind, in the order in which they are looked for.
    pub const ALL: [Self; 7] =
        [Self::Uneven, Self::Time, Self::SkippedTime, Self::Images, Self::Class, Self::Shape, Self::Tokens];

    /// What is wrong, in words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Uneven => "another number of cells than the header",
            Self::Time => "no readable time",
            Self::SkippedTime => "a time that the clock skipped",
            Self::Images => "no number of images from 1 to 255",
            Self::Class => "an unknown class",
            Self::Shape => "a size and quality that cannot be asked for",
            Self::Tokens => "no prompt length",
        }
    }
}

/// A row that could not be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BadRow {
    /// The line on which it starts, from 1.
    pub line: u64,
    /// The column at fault; empty where the row as a whole is.
    pub column: String,
    /// What kind of mistake it is.
    pub kind: BadKind,
    /// What is wrong, with the text at fault.
    pub what: String,
}

impl fmt::Display for BadRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: ", self.line)?;
        if !self.column.is_empty() {
            write!(f, "column {:?}: ", self.column)?;
        }
        f.write_str(&self.what)
    }
}

/// What became of every row of a recording.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Account {
    /// Rows in the input, without the header and empty lines.
    pub read: u64,
    /// Rows that will be simulated.
    pub kept: u64,
    /// Rows skipped for their status, by status; statuses beyond the hundredth count under `(other)`.
    pub skipped: BTreeMap<String, u64>,
    /// Rows that only repeat the header, as in files that were joined.
    pub repeated_headers: u64,
    /// Bad rows by kind.
    pub bad: BTreeMap<BadKind, u64>,
    /// The first bad rows in full.
    pub first_bad: Vec<BadRow>,
    /// Kept rows that are earlier than the kept row before them. They were sorted in.
    pub unsorted: u64,
    /// The lines of the first of them.
    pub first_unsorted: Vec<u64>,
    /// Kept rows whose time the clock showed twice, because it was put back; the first of the two was taken.
    pub twice: u64,
    /// Different users among the kept rows; 0 where no column tells them.
    pub users: u32,
    /// Whether a column tells the users.
    #[serde(skip)]
    pub tells_users: bool,
    /// The earliest time kept; `None` where the recording does not tell civil times.
    #[serde(serialize_with = "as_text")]
    pub first: Option<Zoned>,
    /// The latest time kept.
    #[serde(serialize_with = "as_text")]
    pub last: Option<Zoned>,
}

/// With offset and time zone, as RFC 9557 has it.
#[expect(clippy::ref_option, reason = "serde gives it like this")]
fn as_text<S: Serializer>(time: &Option<Zoned>, serializer: S) -> Result<S::Ok, S::Error> {
    time.as_ref().map(Zoned::to_string).serialize(serializer)
}

impl Account {
    /// How many rows were bad.
    pub fn bad_rows(&self) -> u64 {
        self.bad.values().sum()
    }

    /// How many rows were skipped for their status.
    pub fn skipped_rows(&self) -> u64 {
        self.skipped.values().sum()
    }

    /// Whether every row that was read is accounted for exactly once.
    pub fn adds_up(&self) -> bool {
        self.read == self.kept + self.skipped_rows() + self.repeated_headers + self.bad_rows()
    }

    /// What may not be meant, line by line: bad rows, rows out of order, and times that the clock showed twice.
    pub fn warnings(&self) -> Vec<String> {
        let more = |all: u64, told: usize| Some(all - told as u64).filter(|more| *more > 0);
        let mut lines: Vec<String> =
            self.bad.iter().map(|(kind, count)| format!("{count} rows left out: {}", kind.name())).collect();
        lines.extend(self.first_bad.iter().map(|row| format!("  {row}")));
        lines.extend(more(self.bad_rows(), self.first_bad.len()).map(|more| format!("  and {more} more")));
        if self.unsorted > 0 {
            let told: Vec<String> = self.first_unsorted.iter().map(u64::to_string).collect();
            let more = more(self.unsorted, told.len()).map_or_else(String::new, |more| format!(" and {more} more"));
            let noun = if self.unsorted == 1 { "line" } else { "lines" };
            let told = told.join(", ");
            lines.push(format!("{} rows were out of order and are sorted in: {noun} {told}{more}", self.unsorted));
        }
        if self.twice > 0 {
            lines.push(format!("{} times occurred twice, as the clock was put back: the first was taken", self.twice));
        }
        lines
    }

    pub(super) fn skip(&mut self, status: &[u8]) {
        let status = String::from_utf8_lossy(status);
        if let Some(count) = self.skipped.get_mut(status.as_ref()) {
            *count += 1;
            return;
        }
        let name = if self.skipped.len() < STATUSES { status.into_owned() } else { "(other)".to_owned() };
        *self.skipped.entry(name).or_default() += 1;
    }

    pub(super) fn note_bad(&mut self, row: BadRow) {
        *self.bad.entry(row.kind).or_default() += 1;
        if self.first_bad.len() < FIRST_KEPT {
            self.first_bad.push(row);
        }
    }

    pub(super) fn note_unsorted(&mut self, line: u64) {
        self.unsorted += 1;
        if self.first_unsorted.len() < FIRST_KEPT {
            self.first_unsorted.push(line);
        }
    }
}

impl fmt::Display for Account {
    /// A few lines of text: what was kept, and all that was not.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} rows kept", self.kept, self.read)?;
        if self.tells_users {
            write!(f, ", {} users", self.users)?;
        }
        if let (Some(first), Some(last)) = (&self.first, &self.last) {
            let form = "%Y-%m-%d %H:%M:%S %z";
            write!(f, ", from {} to {}", first.strftime(form), last.strftime(form))?;
        }
        for (status, count) in &self.skipped {
            write!(f, "\n{count} rows skipped: their status is {status:?}")?;
        }
        if self.repeated_headers > 0 {
            write!(f, "\n{} rows repeat the header", self.repeated_headers)?;
        }
        self.warnings().iter().try_for_each(|line| write!(f, "\n{line}"))
    }
}
