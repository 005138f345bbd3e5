//! Tables for a terminal: a row for each figure, a column for each strategy, no wider than they may be.

use comfy_table::{CellAlignment, ContentArrangement, ContentLineStyle, LineStyle, Table, TableStyle};

use super::figures::FigureRow;

/// Nothing but a line below the header.
const STYLE: TableStyle = TableStyle::new()
    .header_lines(ContentLineStyle::none())
    .header_separator(LineStyle::none().fill('─').junction('─'))
    .content_lines(ContentLineStyle::none());

/// Rows as tables no wider than `width`: one where it fits, if need be with intervals below their values; else several.
pub(super) fn tables(names: &[&str], rows: &[FigureRow], width: usize) -> Vec<String> {
    let all = 0..names.len();
    let mut whole = [" ", "\n"].into_iter().map(|between| table(names, rows, all.clone(), between));
    whole.find(|text| fits(text, width)).map_or_else(|| split(names, rows, width), |text| vec![text])
}

/// Several tables, each with as many columns as fit, and always one.
fn split(names: &[&str], rows: &[FigureRow], width: usize) -> Vec<String> {
    let mut made = Vec::new();
    let mut from = 0;
    while from < names.len() {
        let mut columns = (from + 1..=names.len()).rev().map(|to| (to, table(names, rows, from..to, " ")));
        let fitting = columns.find(|(_, text)| fits(text, width));
        let (to, text) = fitting.unwrap_or_else(|| (from + 1, table(names, rows, from..from + 1, "\n")));
        made.push(text);
        from = to;
    }
    made
}

fn fits(table: &str, width: usize) -> bool {
    table.lines().all(|line| line.chars().count() <= width)
}

fn table(names: &[&str], rows: &[FigureRow], columns: std::ops::Range<usize>, between: &str) -> String {
    let mut table = Table::new();
    table.force_no_tty().load_style(STYLE).set_content_arrangement(ContentArrangement::Disabled);
    let made = columns.map(|at| column(names[at], rows, at, between));
    let columns: Vec<Vec<String>> = std::iter::once(labels(rows)).chain(made).collect();
    for line in 0..=rows.len() {
        let cells = columns.iter().map(|column| column[line].as_str());
        if line == 0 {
            table.set_header(cells)
        } else {
            table.add_row(cells)
        };
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.trim_fmt()
}

/// The first column: what each row is.
fn labels(rows: &[FigureRow]) -> Vec<String> {
    std::iter::once(String::new()).chain(rows.iter().map(|row| row.label.clone())).collect()
}

/// A strategy's column: its name, on several lines where it would be wider than the figures, and its figures.
fn column(name: &str, rows: &[FigureRow], at: usize, between: &str) -> Vec<String> {
    /// A name of this width, in letters, is not broken.
    const SHORT: usize = 22;
    let figures = rows.iter().map(|row| match &row.figures[at] {
        None => "-".to_owned(),
        Some(e) => format!("{}{between}{}", row.show.value(e), row.show.interval(e)),
    });
    let figures: Vec<String> = figures.collect();
    let widest = figures.iter().flat_map(|cell| cell.lines()).map(|line| line.chars().count()).max();
    let name = broken(name, widest.unwrap_or_default().max(SHORT));
    std::iter::once(name).chain(figures).collect()
}

/// A long name on several lines, broken after a hyphen, space or the like; inside a word only where the word alone is longer.
fn broken(name: &str, longest: usize) -> String {
    let mut lines = vec![String::new()];
    for part in name.split_inclusive(['-', ' ', '_', '/', ',', '.', ':']) {
        let letters: Vec<char> = part.chars().collect();
        for piece in letters.chunks(longest) {
            let piece: String = piece.iter().collect();
            match lines.last_mut() {
                Some(line) if line.chars().count() + piece.trim_end().chars().count() <= longest => *line += &piece,
                _ => lines.push(piece),
            }
        }
    }
    lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::broken;

    /// A name is broken between its words, and not at all where the figures are as wide.
    #[test]
    fn names_are_broken_between_words() {
        assert_eq!(broken("history-follow-announcements", 22), "history-follow-\nannouncements");
        assert_eq!(broken("history-follow-announcements", 28), "history-follow-announcements");
        assert_eq!(broken("openai/gpt-image-1 by day", 12), "openai/gpt-\nimage-1 by\nday");
        assert_eq!(broken("incomprehensible", 7), "incompr\nehensib\nle");
        assert_eq!((broken("", 7), broken("exactly", 7)), (String::new(), "exactly".to_owned()));
    }
}
