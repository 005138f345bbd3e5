//! The data dictionary: every table and column, as a page in Markdown.

use std::fmt::Write as _;

use super::super::focus::Focus;
use super::{About, Column, attempts, charges, figures, inputs, replications};

/// What the page begins with.
const HEAD: &str = "# Data dictionary\n\nThe tables that `spendcast run`, `sweep` and `break-even` write: `TABLE.csv`, and with \
    `--tables parquet` or `--tables csv,parquet` `TABLE.parquet`. This page is made from the definitions that both are written \
    with; in a Parquet file its parts stand in the metadata too (`spendcast.rows`, `spendcast.columns`), next to where the file \
    comes from (`spendcast.version`, `.commit`, `.scenario`, `.scenario_sha256`, `.plan_hash`, `.seed`, `.replications`, and \
    `.manifest`, which is `manifest.json`). For CSV that is `manifest.json` itself.\n\n\
    | kind | CSV | Parquet |\n|---|---|---|\n\
    | text | UTF-8, quoted where needed | `STRING` |\n\
    | count | an integer | `INT64` |\n\
    | number | a decimal number in full: what reads it gets the same 64 bits | `DOUBLE` |\n\
    | money | US dollars as an exact decimal, to the picodollar | `DECIMAL(38, 12)`, exact |\n\n\
    No number has a thousands separator. An empty cell (CSV) or a null (Parquet) is undefined, and only the columns marked *may be \
    empty* have any.\n";

/// The text of the page.
pub fn dictionary() -> String {
    let run: [(&About, Vec<&Column>); 4] = [
        (&replications::ABOUT, replications::columns().collect()),
        (&charges::ABOUT, charges::COLUMNS.iter().map(|(column, _)| column).collect()),
        (&attempts::ABOUT, attempts::COLUMNS.iter().map(|(column, _)| column).collect()),
        (&inputs::ABOUT, inputs::COLUMNS.iter().collect()),
    ];
    let mut page = HEAD.to_owned();
    for (about, columns) in run {
        table(&mut page, about, "run", &columns);
    }
    table(&mut page, &figures::SWEEP, "sweep", &figures::COLUMNS.iter().collect::<Vec<_>>());
    table(&mut page, &figures::BREAK_EVEN, "break-even", &figures::COLUMNS.iter().collect::<Vec<_>>());
    focus(&mut page);
    page
}

/// The columns of cost and usage rows, whose kinds are those of the specification.
fn focus(page: &mut String) {
    page.push_str(
        "\n## focus-1.2 and focus-1.4\n\nOf `spendcast run --focus`, as CSV. `docs/outputs.md` says what a row is. Columns whose names \
         begin with `x_` are our own; the others are those of the specification.\n\n| column | versions | may be empty | meaning |\n\
         |---|---|---|---|\n",
    );
    for column in Focus::all_columns() {
        let has = |version: &Focus| version.columns().any(|other| other.name == column.name);
        let versions: Vec<&str> = Focus::ALL.iter().filter(|version| has(version)).map(|version| version.number()).collect();
        let may = if column.optional { "yes" } else { "" };
        let _ = writeln!(page, "| `{}` | {} | {may} | {} |", column.name, versions.join(", "), column.meaning);
    }
}

fn table(page: &mut String, about: &About, command: &str, columns: &[&Column]) {
    let _ = write!(page, "\n## {}\n\nOf `spendcast {command}`. A row is {}.\n\n", about.name, about.rows);
    page.push_str("| column | kind | unit | may be empty | meaning |\n|---|---|---|---|---|\n");
    for column in columns {
        let may = if column.optional { "yes" } else { "" };
        let name = if column.name.contains('*') { column.name.to_string() } else { format!("`{}`", column.name) };
        let _ = writeln!(page, "| {name} | {} | {} | {may} | {} |", column.kind.name(), column.unit(), column.meaning);
    }
}
