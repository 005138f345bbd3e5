//! Rows of text under headings, one line each, so that `grep` and `cut` can work on them.

/// Lays out rows: every column as wide as its widest cell, the last one as it is.
pub(super) fn columns(head: &[&str], rows: &[Vec<String>], indent: &str) -> String {
    let width = |at: usize| {
        let cells = rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count());
        cells.chain(std::iter::once(head[at].chars().count())).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let padded: Vec<String> = cells.zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        format!("{indent}{}\n", padded.join("  ")).replace('\t', " ").trim_end().to_owned() + "\n"
    };
    let mut text = if head.iter().all(|name| name.is_empty()) { String::new() } else { line(&mut head.iter().copied()) };
    for row in rows {
        text += &line(&mut row.iter().map(String::as_str));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [vec!["a".to_owned(), "1".to_owned()], vec!["long".to_owned(), String::new()]];
        assert_eq!(columns(&["X", "Y"], &rows, "  "), "  X     Y\n  a     1\n  long\n");
        assert_eq!(columns(&["", ""], &rows, ""), "a     1\nlong\n");
    }
}
