//! What was drawn of the inputs that are not known: one column per input.

use std::borrow::Cow;

use super::{About, Cell, Column, Kind, Table};
use crate::experiment::Results;

pub(super) static ABOUT: About = About {
    name: "inputs",
    rows: "a replication; only where inputs are not known. The columns are named by the inputs' paths, and the values are written as \
           in a scenario, so that `--set` takes both",
};

/// The columns, the second of which stands for all inputs.
pub(super) static COLUMNS: [Column; 2] = [
    Column::new("replication", Kind::Count, "index of the replication, from 0"),
    Column::new("*PATH*", Kind::Text, "one column for each input that is not known, named by its path: what was drawn of it"),
];

/// `None` where everything is known.
pub(super) fn table(results: &Results) -> Option<Table<'_>> {
    let of_input = |path: &str, said: &str| Column {
        name: Cow::Owned(path.to_owned()),
        kind: Kind::Text,
        optional: false,
        meaning: Cow::Owned(format!("what was drawn of it: {said}")),
    };
    let columns = results.inputs.iter().map(|input| of_input(&input.path, &input.said));
    let cell = |row: usize, column: usize| match column.checked_sub(1) {
        None => Cell::Count(row as u64),
        Some(input) => results.inputs[input].values.get(row).map_or("", String::as_str).into(),
    };
    (!results.inputs.is_empty()).then(|| Table {
        about: &ABOUT,
        columns: std::iter::once(COLUMNS[0].clone()).chain(columns).collect(),
        rows: results.replications as usize,
        cell: Box::new(cell),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{DrawnInput, made_up};
    use crate::report::tables::csv;

    #[test]
    fn one_row_a_replication() {
        let mut results = made_up::results(&["a", "b"], 2);
        assert!(table(&results).is_none());
        let values = vec!["80k/30d".to_owned(), "1, or 2".to_owned()];
        results.inputs = vec![DrawnInput { path: "x.\"a/b\".c".to_owned(), said: String::new(), values }];
        let text = String::from_utf8(csv::write(&table(&results).expect("an input")).expect("csv")).expect("text");
        assert_eq!(text, "replication,\"x.\"\"a/b\"\".c\"\n0,80k/30d\n1,\"1, or 2\"\n");
    }
}
