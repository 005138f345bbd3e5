//! Tables whose rows are lines of strategies about payees, each with the names of both.

use super::{About, Cell, Column, Table};
use crate::experiment::{Results, StrategySummary, Summary};

/// A row: the strategy, the payee's name, and the line.
pub(super) type Named<'a, L> = (&'a str, &'a str, &'a L);

/// A column, and its cell in a row.
pub(super) type Defined<L> = (Column, for<'r> fn(&Named<'r, L>) -> Cell<'r>);

/// The lines of all strategies in order; `payee` is the place of a line's payee among all.
pub(super) fn table<'a, L>(
    about: &'static About,
    columns: &'static [Defined<L>],
    (results, summary): (&'a Results, &'a Summary),
    lines: impl Fn(&'a StrategySummary) -> &'a [L],
    payee: impl Fn(&L) -> usize,
) -> Table<'a> {
    let name = |line: &L| results.payees.get(payee(line)).map_or("", String::as_str);
    let mut rows: Vec<Named<'a, L>> = Vec::new();
    for strategy in &summary.strategies {
        rows.extend(lines(strategy).iter().map(|line| (strategy.name.as_str(), name(line), line)));
    }
    let names = columns.iter().map(|(column, _)| column.clone()).collect();
    Table { about, columns: names, rows: rows.len(), cell: Box::new(move |row, column| (columns[column].1)(&rows[row])) }
}
