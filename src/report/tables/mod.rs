//! Tables for spreadsheets and data frames: each column is defined once, with its kind and meaning, for CSV, Parquet and the data
//! dictionary alike.
//!
//! Money is exact in all of them, means rounded half to even to the picodollar; an empty cell is an undefined value. What nobody
//! knows to be billed is in no cost and stands in columns or rows of its own.

mod attempts;
mod charges;
mod column;
mod csv;
mod dictionary;
mod figures;
mod inputs;
mod named;
#[cfg(feature = "parquet")]
mod parquet;
mod replications;
#[cfg(all(test, feature = "parquet"))]
mod tests;

use std::io;

use serde::Serialize;

use super::Report;

pub use charges::table as charges_table;
pub use column::{Cell, Column, Kind};
pub use dictionary::dictionary;
pub(super) use figures::{break_even, sweep};

/// A form in which tables are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// Text, one row a line.
    Csv,
    /// Apache Parquet; only where [`PARQUET`] says so.
    Parquet,
}

/// Whether this build writes Parquet.
pub const PARQUET: bool = cfg!(feature = "parquet");

impl Format {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Csv, Self::Parquet];

    /// The file of a table.
    pub(super) fn file(self, about: &About) -> String {
        format!("{}.{}", about.name, self.extension())
    }

    /// What the names of its files end in.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
        }
    }
}

/// What a table is: that of a file, and its part of the data dictionary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About {
    /// The name of its file, without the extension.
    pub name: &'static str,
    /// What a row is, and what to know about it.
    pub rows: &'static str,
}

/// A table of so many rows, whose cells are asked for one by one.
pub struct Table<'a> {
    /// What it is.
    pub about: &'static About,
    /// Its columns.
    pub columns: Vec<Column>,
    /// How many rows it has.
    pub rows: usize,
    /// The cell in this row and column.
    pub cell: Box<dyn Fn(usize, usize) -> Cell<'a> + 'a>,
}

impl std::fmt::Debug for Table<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Table").field("about", self.about).field("rows", &self.rows).finish_non_exhaustive()
    }
}

impl Table<'_> {
    /// The table as CSV.
    ///
    /// # Errors
    /// None that results can cause; passed on from `csv`.
    pub fn csv(&self) -> io::Result<Vec<u8>> {
        csv::write(self).map_err(io::Error::other)
    }

    /// The table as a file, with where it comes from as far as the format has a place for it.
    ///
    /// # Errors
    /// Parquet in a build without it; else none that results can cause.
    pub fn write(&self, format: Format, provenance: &Provenance) -> io::Result<Vec<u8>> {
        match format {
            Format::Csv => self.csv(),
            #[cfg(feature = "parquet")]
            Format::Parquet => parquet::write(self, provenance).map_err(io::Error::other),
            #[cfg(not(feature = "parquet"))]
            Format::Parquet => {
                let _ = provenance;
                Err(io::Error::new(io::ErrorKind::Unsupported, "this build writes no Parquet"))
            }
        }
    }
}

/// Where a table comes from, as names and values: a manifest in short, and whole as JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// The entries, in order.
    pub entries: Vec<(&'static str, String)>,
}

impl Provenance {
    /// Of a manifest, whose whole text may hold more.
    ///
    /// # Errors
    /// None that a manifest can cause; passed on from `serde_json`.
    pub(super) fn of(manifest: &crate::experiment::Manifest, whole: &impl Serialize) -> serde_json::Result<Self> {
        let [first, end] = manifest.replications;
        let entries = vec![
            ("spendcast.version", manifest.version.clone()),
            ("spendcast.commit", manifest.commit.clone()),
            ("spendcast.scenario", manifest.scenario.clone()),
            ("spendcast.scenario_sha256", manifest.scenario_sha256.clone()),
            ("spendcast.plan_hash", manifest.plan_hash.clone()),
            ("spendcast.seed", manifest.seed.to_string()),
            ("spendcast.replications", (end - first).to_string()),
            ("spendcast.manifest", serde_json::to_string(whole)?),
        ];
        Ok(Self { entries })
    }
}

/// The tables of a run.
pub fn of_run<'a>(report: &Report<'a>) -> Vec<Table<'a>> {
    let always = [
        replications::table(report.results),
        charges::table(report.results, report.summary),
        attempts::table(report.results, report.summary),
    ];
    always.into_iter().chain(inputs::table(report.results)).collect()
}

/// The names of all tables that a run may have.
pub(super) static OF_RUNS: [&About; 4] = [&replications::ABOUT, &charges::ABOUT, &attempts::ABOUT, &inputs::ABOUT];
