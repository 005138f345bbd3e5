//! Sessions: runs of one user's requests without a long pause.

use super::Recorded;
use crate::units::{SimDuration, SimTime};

/// Which rows of a recording start a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sessions {
    bits: Box<[u64]>,
    count: usize,
}

impl Sessions {
    /// Whether the row at `index` starts a session; false beyond the recording.
    pub fn starts(&self, index: usize) -> bool {
        self.bits.get(index / 64).is_some_and(|word| word >> (index % 64) & 1 == 1)
    }

    /// How many sessions there are.
    pub const fn count(&self) -> usize {
        self.count
    }
}

/// Marks the rows that start a session: the user's first one, and each that comes more than `gap` after the user's
/// previous one. A row without a user is a session of its own.
pub fn sessions(recorded: &Recorded, gap: SimDuration) -> Sessions {
    let rows = recorded.rows();
    let mut previous: Vec<Option<SimTime>> = vec![None; recorded.users() as usize];
    let mut bits = vec![0_u64; rows.len().div_ceil(64)];
    let mut count = 0;
    for (index, row) in rows.iter().enumerate() {
        let last = row.user().and_then(|user| previous[user as usize].replace(row.time()));
        if last.is_none_or(|last| row.time().since(last) > gap) {
            bits[index / 64] |= 1 << (index % 64);
            count += 1;
        }
    }
    Sessions { bits: bits.into_boxed_slice(), count }
}
