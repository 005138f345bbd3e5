//! FOCUS cost and usage rows (FinOps Open Cost and Usage Specification, versions 1.2 and 1.4): what is expected to be billed, for the
//! tools that read real bills.
//!
//! A row is what one payee bills a strategy for one cause on one day, as the mean over all replications. It does not tell how sure
//! that is: days have no intervals, and `summary.json` has those of the whole. All rows say that they are simulated, and each
//! strategy is a sub account of its own: their sum means nothing.

mod columns;
mod line;
#[cfg(test)]
mod tests;

use super::Report;
use super::tables::{About, Column, Table};
use columns::COLUMNS;
use line::Line;

/// A version of the specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Focus {
    /// 1.2 of May 2025.
    V1_2,
    /// 1.4.
    V1_4,
}

impl Focus {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::V1_2, Self::V1_4];

    /// The version's number.
    pub const fn number(self) -> &'static str {
        match self {
            Self::V1_2 => "1.2",
            Self::V1_4 => "1.4",
        }
    }

    /// The table, whose name is that of its file.
    pub const fn about(self) -> &'static About {
        match self {
            Self::V1_2 => &About { name: "focus-1.2", rows: ROWS },
            Self::V1_4 => &About { name: "focus-1.4", rows: ROWS },
        }
    }

    /// The columns of any version, in order.
    pub(in crate::report) fn all_columns() -> impl Iterator<Item = &'static Column> {
        COLUMNS.iter().map(|column| &column.column)
    }

    /// Its columns.
    pub fn columns(self) -> impl Iterator<Item = &'static Column> {
        COLUMNS.iter().filter(move |column| column.is_in(self)).map(|column| &column.column)
    }
}

const ROWS: &str = "what one payee bills a strategy for one cause on one day: the mean over all replications";

/// The rows of all strategies, with the days counted from this instant on.
pub(super) fn table<'a>(report: &Report<'a>, start: &jiff::Zoned, version: Focus) -> Table<'a> {
    let lines: Vec<Line<'a>> = line::lines(report, start);
    let of: Vec<_> = COLUMNS.iter().filter(|column| column.is_in(version)).map(|column| column.of).collect();
    let columns = version.columns().cloned().collect();
    Table { about: version.about(), columns, rows: lines.len(), cell: Box::new(move |row, column| of[column](&lines[row])) }
}
