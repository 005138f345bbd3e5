//! What stands behind a chart, for those who do not see it or want its figures: a table, and texts for places on it.

use crate::stats::Estimate;

use super::canvas::Point;

/// The figures behind a chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Data {
    /// The columns' names, with their units.
    pub columns: Vec<String>,
    /// The rows, each with a cell for every column.
    pub rows: Vec<Vec<Cell>>,
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Undefined.
    Nothing,
    /// A name.
    Text(String),
    /// A number, in full.
    Number(f64),
}

impl Data {
    /// A table with these columns and no row.
    pub(super) fn of(columns: &[&str]) -> Self {
        Self { columns: columns.iter().map(ToString::to_string).collect(), rows: Vec::new() }
    }

    /// Appends a row.
    pub(super) fn push(&mut self, row: impl IntoIterator<Item = Cell>) {
        self.rows.push(row.into_iter().collect());
    }

    /// The table as CSV: numbers in full and without separators, undefined cells empty.
    pub fn csv(&self) -> String {
        let mut csv = csv::Writer::from_writer(Vec::new());
        let mut rows =
            std::iter::once(self.columns.clone()).chain(self.rows.iter().map(|row| row.iter().map(Cell::text).collect()));
        let written: csv::Result<()> = rows.try_for_each(|row: Vec<String>| csv.write_record(row));
        let bytes = written.ok().and_then(|()| csv.into_inner().ok()).unwrap_or_default();
        String::from_utf8(bytes).unwrap_or_default()
    }
}

impl Cell {
    fn text(&self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<f64> for Cell {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<Option<f64>> for Cell {
    fn from(number: Option<f64>) -> Self {
        number.map_or(Self::Nothing, Self::Number)
    }
}

/// A figure and the ends of its interval, as three cells.
pub(super) fn cells(e: Option<&Estimate>) -> [Cell; 3] {
    [e.map(|e| e.value).into(), e.and_then(|e| e.lo).into(), e.and_then(|e| e.hi).into()]
}

/// A text that belongs to a place on a chart: shown where a reader points.
#[derive(Debug, Clone, PartialEq)]
pub struct Hint {
    /// Two opposite corners of the place, in points.
    pub corners: [Point; 2],
    /// What is there.
    pub text: String,
}

impl Hint {
    /// A text between two corners.
    pub(super) fn new(from: Point, to: Point, text: String) -> Self {
        Self { corners: [from, to], text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_has_full_numbers_and_quotes_where_needed() {
        let mut data = Data::of(&["strategy", "cost_usd"]);
        data.push(["a, \"b\"".into(), 1_234.5.into()]);
        data.push([Cell::Text(String::new()), None.into()]);
        assert_eq!(data.csv(), "strategy,cost_usd\n\"a, \"\"b\"\"\",1234.5\n,\n");
    }
}
