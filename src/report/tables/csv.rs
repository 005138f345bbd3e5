//! A table as CSV (RFC 4180, with lines that end in a line feed).

use super::Table;

/// The text of a table: the names of the columns, then a line for each row.
pub(super) fn write(table: &Table<'_>) -> csv::Result<Vec<u8>> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(table.columns.iter().map(|column| column.name.as_bytes()))?;
    for row in 0..table.rows {
        for column in 0..table.columns.len() {
            csv.write_field(&*(table.cell)(row, column).text())?;
        }
        csv.write_record(None::<&[u8]>)?;
    }
    csv.into_inner().map_err(|error| error.into_error().into())
}
