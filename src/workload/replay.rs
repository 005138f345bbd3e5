//! Recorded traffic as a source of journeys: the same arrivals in every replication.

use std::sync::Arc;

use serde::Serialize;

use super::recorded::{Account, Row};
use crate::model::ShapeId;
use crate::random::open01;
use crate::units::{SimDuration, SimTime};

/// What became of a recording: every row, and what of it is replayed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Recording {
    /// What became of every row.
    #[serde(flatten)]
    pub account: Account,
    /// Rows that start a journey; the journeys' later requests are simulated.
    pub journeys: u64,
    /// Those of them that come after the horizon and are left out.
    pub after_horizon: u64,
}

impl Recording {
    /// What may not be meant, line by line: the account's warnings, and journeys beyond the horizon.
    pub fn warnings(&self) -> Vec<String> {
        let mut lines = self.account.warnings();
        lines.extend(self.late());
        lines
    }

    fn late(&self) -> Option<String> {
        let (late, all) = (self.after_horizon, self.journeys);
        (late > 0).then(|| format!("{late} of the {all} rows that start a journey come after the horizon and are left out"))
    }
}

impl std::fmt::Display for Recording {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (journeys, kept) = (self.journeys, self.account.kept);
        write!(f, "{}\n{journeys} rows start a journey", self.account)?;
        if kept > journeys {
            write!(f, "; the other {} belong to sessions that are simulated from there", kept - journeys)?;
        }
        self.late().iter().try_for_each(|line| write!(f, "\n{line}"))
    }
}

/// Rows of a recording, shared by all threads, each of which starts a journey.
#[derive(Debug, Clone, PartialEq)]
pub struct Replay {
    rows: Arc<[Row]>,
    /// The tick of the recording's clock: rows of one tick are spread over it.
    quantum: SimDuration,
    /// The shape of drafts by that of what the row asks for.
    drafts: Box<[ShapeId]>,
    /// Where the horizon ends: no row is spread beyond it.
    end: SimTime,
}

/// Where a replication stands in the rows.
#[derive(Debug, Clone, Default)]
pub(super) struct Cursor {
    next: usize,
    /// Rows with the time of the next one: where they begin and end, and how far apart they are spread.
    group: (usize, usize),
    width: i64,
}

impl Replay {
    /// These rows, in order of time, all before `end`. `drafts` are the shapes of drafts, by the shape that a row asks for.
    pub fn new(rows: Arc<[Row]>, quantum: SimDuration, drafts: Box<[ShapeId]>, end: SimTime) -> Self {
        Self { rows, quantum, drafts, end }
    }

    /// The shape of the drafts of a journey towards images of this shape, one that a row asks for.
    ///
    /// # Panics
    /// If no row asks for it.
    #[inline]
    pub fn draft(&self, of: ShapeId) -> ShapeId {
        self.drafts[of.index()]
    }

    /// The rows that start a journey.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The next row and its arrival. Rows of one tick keep their order: the i-th of k falls at random into the i-th of k
    /// equal parts of the tick.
    #[inline]
    pub(super) fn next(&self, cursor: &mut Cursor, bits: u32) -> Option<(Row, SimTime)> {
        let row = *self.rows.get(cursor.next)?;
        if cursor.next >= cursor.group.1 {
            self.open_group(cursor, row.time());
        }
        let (begin, end) = cursor.group;
        let part = (cursor.next - begin) as f64 + open01(bits);
        let offset = (cursor.width as f64 * part / (end - begin) as f64) as i64;
        cursor.next += 1;
        Some((row, row.time() + SimDuration::from_micros(offset)))
    }

    fn open_group(&self, cursor: &mut Cursor, time: SimTime) {
        let rest = &self.rows[cursor.next..];
        let same = rest.iter().take_while(|row| row.time() == time).count();
        // Where the clock ticked sooner than its quantum, what came after stays after.
        let next = rest.get(same).map_or(self.end, Row::time);
        let room = next.since(time).micros();
        cursor.group = (cursor.next, cursor.next + same);
        cursor.width = self.quantum.micros().min(room);
    }
}
