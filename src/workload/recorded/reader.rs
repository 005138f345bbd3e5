//! Reads a recording in one pass: one reused record, no text kept per row.

use std::io::Read;

use csv::{ByteRecord, Reader, ReaderBuilder, Terminator};

use super::cells::{shown, whole};
use super::clock::{Clock, Instant};
use super::columns::Columns;
use super::input::Text;
use super::intern::Interned;
use super::rows::Parts;
use super::{Account, BadKind, BadRow, Classes, Mapping, ReadError, Recorded, Row, StatusFilter};
use crate::model::{ClassId, ShapeId};

/// What is wrong with a row: the column's position where one is at fault, the kind, and the words.
type Bad = (Option<usize>, BadKind, String);

/// Says which shape a size and a quality are in a class, or why none.
type Shapes<'a> = &'a mut dyn FnMut(ClassId, &str, &str) -> Result<ShapeId, String>;

/// Reads a recording. `sizes` is asked once for each different class, size and quality; size or quality may be empty, but
/// not both: the class decides what is.
///
/// # Errors
/// Only what makes the recording as a whole useless; what is wrong with single rows is in the account.
pub fn read(input: impl Read, mapping: &Mapping, sizes: Shapes<'_>) -> Result<(Recorded, Account), ReadError> {
    let mut lines = ReaderBuilder::new()
        .delimiter(mapping.delimiter)
        // The line feed alone ends a row, so that the carriage returns before it do not confuse the line numbers.
        .terminator(Terminator::Any(b'\n'))
        .flexible(true)
        .has_headers(false)
        .buffer_capacity(1 << 16)
        .from_reader(Text::open(input)?);
    let mut header = ByteRecord::new();
    if !next(&mut lines, &mut header)? {
        return Err(ReadError::Empty);
    }
    let columns = Columns::find(&header, mapping)?;
    let mut reading = Reading::new(mapping, columns, header, sizes)?;
    let mut record = ByteRecord::new();
    while next(&mut lines, &mut record)? {
        let end = lines.position().line();
        reading.row(&record, end);
    }
    reading.finish()
}

/// The next record that is not an empty line.
fn next<R: Read>(lines: &mut Reader<R>, record: &mut ByteRecord) -> Result<bool, ReadError> {
    loop {
        let more = lines.read_byte_record(record).map_err(|error| match error.into_kind() {
            csv::ErrorKind::Io(error) => ReadError::Input(error),
            other => ReadError::Input(std::io::Error::other(format!("{other:?}"))),
        })?;
        if !more || record.len() != 1 || !record[0].trim_ascii().is_empty() {
            return Ok(more);
        }
    }
}

/// The state of reading.
struct Reading<'a> {
    mapping: &'a Mapping,
    columns: Columns,
    header: ByteRecord,
    sizes: Shapes<'a>,
    clock: Clock,
    users: Interned<u32>,
    shapes: Interned<Result<ShapeId, String>>,
    /// Class, size and quality of a row, as a key.
    wanted: Vec<u8>,
    rows: Vec<Row>,
    account: Account,
    last: i64,
}

impl<'a> Reading<'a> {
    fn new(mapping: &'a Mapping, columns: Columns, header: ByteRecord, sizes: Shapes<'a>) -> Result<Self, ReadError> {
        let divisor = mapping.tokens.as_ref().and_then(|tokens| tokens.chars_per_token);
        if divisor.is_some_and(|divisor| !(divisor.is_finite() && divisor > 0.0)) {
            return Err(ReadError::Mapping("the characters per token must be a number above 0".to_owned()));
        }
        Ok(Self {
            clock: Clock::new(mapping)?,
            mapping,
            columns,
            header,
            sizes,
            users: Interned::new(),
            shapes: Interned::new(),
            wanted: Vec::new(),
            rows: Vec::new(),
            account: Account::default(),
            last: i64::MIN,
        })
    }

    /// Takes one row in; `end` is the line that follows it.
    fn row(&mut self, record: &ByteRecord, end: u64) {
        self.account.read += 1;
        if let (Some(filter), Some(at)) = (&self.mapping.status, self.columns.status)
            && let Some(cell) = record.get(at)
            && record.len() == self.header.len()
            && !keeps(filter, cell.trim_ascii())
        {
            return self.skip(record, cell.trim_ascii());
        }
        match self.parts(record) {
            Ok((instant, parts)) => {
                if instant.micros < self.last {
                    self.account.note_unsorted(line_of(record, end));
                }
                self.last = instant.micros;
                self.account.kept += 1;
                self.account.twice += u64::from(instant.twice);
                self.rows.push(Row::new(parts));
            }
            Err(_) if self.is_header(record) => self.account.repeated_headers += 1,
            Err((column, kind, what)) => {
                let column = column.and_then(|at| self.header.get(at)).unwrap_or_default();
                let column = String::from_utf8_lossy(column.trim_ascii()).into_owned();
                self.account.note_bad(BadRow { line: line_of(record, end), column, kind, what });
            }
        }
    }

    fn skip(&mut self, record: &ByteRecord, status: &[u8]) {
        if self.is_header(record) {
            self.account.repeated_headers += 1;
        } else {
            self.account.skip(status);
        }
    }

    fn is_header(&self, record: &ByteRecord) -> bool {
        record.iter().map(<[u8]>::trim_ascii).eq(self.header.iter().map(<[u8]>::trim_ascii))
    }

    fn parts(&mut self, record: &ByteRecord) -> Result<(Instant, Parts), Bad> {
        if record.len() != self.header.len() {
            let what = format!("it has {} cells, but the header has {}", record.len(), self.header.len());
            return Err((None, BadKind::Uneven, what));
        }
        let time = self.columns.time;
        let instant = self.clock.read(record[time].trim_ascii()).map_err(|(kind, what)| (Some(time), kind, what))?;
        let images = self.images(record)?;
        let class = self.class(record)?;
        let shape = self.shape(record, class)?;
        let tokens = self.tokens(record)?;
        // Last, so that users of bad rows are not numbered.
        let user = cell(record, self.columns.user).map(|user| self.users.get(user, |known| known as u32));
        Ok((instant, Parts { micros: instant.micros, user, tokens, class, shape, images }))
    }

    fn images(&self, record: &ByteRecord) -> Result<Option<u8>, Bad> {
        let Some(text) = cell(record, self.columns.images) else { return Ok(None) };
        match whole(text).and_then(|n| u8::try_from(n).ok()) {
            Some(n) if n > 0 => Ok(Some(n)),
            _ => {
                let what = format!("{} is not a number of images from 1 to 255", shown(text));
                Err((self.columns.images, BadKind::Images, what))
            }
        }
    }

    fn shape(&mut self, record: &ByteRecord, class: ClassId) -> Result<Option<ShapeId>, Bad> {
        let size = cell(record, self.columns.size).unwrap_or_default();
        let quality = cell(record, self.columns.quality).unwrap_or_default();
        if size.is_empty() && quality.is_empty() {
            return Ok(None);
        }
        self.wanted.clear();
        self.wanted.extend(class.0.to_le_bytes());
        self.wanted.extend_from_slice(size);
        self.wanted.push(0);
        self.wanted.extend_from_slice(quality);
        let found = self.shapes.get(&self.wanted, |_| match (str::from_utf8(size), str::from_utf8(quality)) {
            (Ok(size), Ok(quality)) => (self.sizes)(class, size, quality),
            _ => Err(format!("{} {} is not UTF-8", shown(size), shown(quality))),
        });
        found.map(Some).map_err(|what| (self.columns.size.or(self.columns.quality), BadKind::Shape, what))
    }

    fn class(&self, record: &ByteRecord) -> Result<ClassId, Bad> {
        let (of, otherwise) = match &self.mapping.class {
            Classes::All(class) => return Ok(*class),
            Classes::Column { of, otherwise, .. } => (of, otherwise),
        };
        let text = cell(record, self.columns.class).unwrap_or_default();
        let known = of.iter().find(|(name, _)| name.as_bytes() == text).map(|(_, class)| *class);
        known
            .or(*otherwise)
            .ok_or_else(|| (self.columns.class, BadKind::Class, format!("{} is not a class that the mapping knows", shown(text))))
    }

    fn tokens(&self, record: &ByteRecord) -> Result<Option<u32>, Bad> {
        let Some(text) = cell(record, self.columns.tokens) else { return Ok(None) };
        let divisor = self.mapping.tokens.as_ref().and_then(|tokens| tokens.chars_per_token);
        let tokens = whole(text).map(|count| match divisor {
            Some(divisor) => (count as f64 / divisor).ceil() as u64,
            None => count,
        });
        // The largest number stands for "none".
        match tokens.and_then(|tokens| u32::try_from(tokens).ok()).filter(|tokens| *tokens < u32::MAX) {
            Some(tokens) => Ok(Some(tokens)),
            None => Err((self.columns.tokens, BadKind::Tokens, format!("{} is not a prompt length", shown(text)))),
        }
    }

    fn finish(self) -> Result<(Recorded, Account), ReadError> {
        let Self { columns, clock, users, rows, mut account, .. } = self;
        account.users = users.len() as u32;
        account.tells_users = columns.user.is_some();
        let sorted = account.unsorted == 0;
        let Some(recorded) = Recorded::new(rows, account.users, clock.is_civil(), sorted) else {
            return Err(ReadError::NoRows(Box::new(account)));
        };
        if let Some(start) = recorded.start() {
            let last = start.as_microsecond() + recorded.span().micros();
            account.first = Some(clock.zoned(start));
            account.last = jiff::Timestamp::from_microsecond(last).ok().map(|last| clock.zoned(last));
        }
        Ok((recorded, account))
    }
}

fn keeps(filter: &StatusFilter, status: &[u8]) -> bool {
    filter.keep.iter().any(|keep| keep.as_bytes() == status)
}

/// A cell without the blanks around it; `None` where it is empty or not mapped.
fn cell(record: &ByteRecord, column: Option<usize>) -> Option<&[u8]> {
    let text = record.get(column?)?.trim_ascii();
    (!text.is_empty()).then_some(text)
}

/// The line on which a record starts. `end` is the line after its line feed; empty lines before it are not part of it.
fn line_of(record: &ByteRecord, end: u64) -> u64 {
    let start = record.position().map_or(1, csv::Position::line);
    let inside = record.as_slice().split(|byte| *byte == b'\n').count() as u64 - 1;
    start.max(end.saturating_sub(inside + 1))
}
