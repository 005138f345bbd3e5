//! The rows of a recording, as all replications share them.

use jiff::Timestamp;

use crate::model::{ClassId, ShapeId};
use crate::units::{SimDuration, SimTime};

/// One request of a recording, in 24 bytes. What its class decides is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    time: i64,
    user: u32,
    tokens: u32,
    class: u16,
    shape: u16,
    images: u8,
}

const _: () = assert!(size_of::<Row>() <= 24);

/// Stands for "none" in the fields where 0 is a value.
const NONE: u32 = u32::MAX;
const NO_SHAPE: u16 = u16::MAX;

/// The parts of a row, before they are packed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parts {
    pub(super) micros: i64,
    pub(super) user: Option<u32>,
    pub(super) tokens: Option<u32>,
    pub(super) class: ClassId,
    pub(super) shape: Option<ShapeId>,
    pub(super) images: Option<u8>,
}

impl Row {
    pub(super) fn new(parts: Parts) -> Self {
        Self {
            time: parts.micros,
            user: parts.user.unwrap_or(NONE),
            tokens: parts.tokens.unwrap_or(NONE),
            class: parts.class.0,
            shape: parts.shape.map_or(NO_SHAPE, |shape| shape.0),
            images: parts.images.unwrap_or(0),
        }
    }

    /// When it was made, since the recording's first request.
    pub const fn time(&self) -> SimTime {
        SimTime::from_micros(self.time)
    }

    /// Who made it: users are numbered from 0 in the order of the file.
    pub fn user(&self) -> Option<u32> {
        (self.user != NONE).then_some(self.user)
    }

    /// Tokens of the prompt.
    pub fn tokens(&self) -> Option<u32> {
        (self.tokens != NONE).then_some(self.tokens)
    }

    /// Its class.
    pub const fn class(&self) -> ClassId {
        ClassId(self.class)
    }

    /// Size and quality.
    pub fn shape(&self) -> Option<ShapeId> {
        (self.shape != NO_SHAPE).then_some(ShapeId(self.shape))
    }

    /// Images asked for, at least 1.
    pub fn images(&self) -> Option<u8> {
        (self.images != 0).then_some(self.images)
    }
}

/// A recording: at least one row, in the order of their times; rows of the same time keep the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    rows: Box<[Row]>,
    users: u32,
    start: Option<Timestamp>,
}

impl Recorded {
    /// Sorts the rows and counts their times from the first of them. `None` where there is no row. `epoch` tells whether
    /// the times are counted from 1970.
    pub(super) fn new(mut rows: Vec<Row>, users: u32, epoch: bool, sorted: bool) -> Option<Self> {
        if !sorted {
            rows.sort_by_key(|row| row.time);
        }
        let first = rows.first()?.time;
        for row in &mut rows {
            row.time -= first;
        }
        let start = epoch.then(|| Timestamp::from_microsecond(first).ok()).flatten();
        Some(Self { rows: rows.into_boxed_slice(), users, start })
    }

    /// All rows.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// How many different users there are.
    pub const fn users(&self) -> u32 {
        self.users
    }

    /// When the first request was made; `None` where the recording does not tell.
    pub const fn start(&self) -> Option<Timestamp> {
        self.start
    }

    /// The time from the first request to the last.
    pub fn span(&self) -> SimDuration {
        self.rows.last().map_or(SimDuration::ZERO, |row| row.time().since(SimTime::START))
    }
}
