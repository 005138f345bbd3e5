//! An imported price file as a price book.

use std::fmt::Write as _;

use super::entry::{Draft, Entry};
use super::{Import, Origin};

/// A text in quotes as TOML reads it.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => drop(write!(quoted, "\\u{:04X}", c as u32)),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

/// The whole book.
pub(super) fn book(import: &Import, origin: &Origin<'_>) -> String {
    let taken: Vec<&Entry> = import.taken().collect();
    let version = origin.version.map(|version| format!("version = {}\n", quoted(version))).unwrap_or_default();
    let named = origin.version.map(|version| format!(" {version}")).unwrap_or_default();
    let title = format!("{}{named}: {}", import.form, origin.file);
    let head = format!(
        "# Made by `spendcast catalog import` from {}. What was flagged and refused is in its account, not here.\n\
         title = {}\nretrieved = {}\n\n[imported]\nform = {}\nfile = {}\n{version}sha256 = {}\n\n[models]\n",
        origin.file.replace(char::is_control, " "),
        quoted(&title),
        origin.date,
        quoted(import.form),
        quoted(origin.file),
        quoted(&import.sha256)
    );
    let mut models: Vec<&str> = taken.iter().map(|entry| entry.model.as_str()).collect();
    models.sort_unstable();
    models.dedup();
    let mut parts = vec![head];
    parts.extend(models.into_iter().map(|name| format!("{} = {{}}\n", quoted(name))));
    for entry in taken {
        let page = entry.page.as_ref().map(|page| format!(" | page {page}")).unwrap_or_default();
        let source = quoted(&format!("{}{named} key={}{page}", import.form, entry.key));
        parts.push(rates(entry, &source, origin));
        parts.push(rest(entry, &source, origin));
    }
    parts.concat()
}

/// A list for each course of dates.
fn rates(entry: &Entry, source: &str, origin: &Origin<'_>) -> String {
    let mut courses = Vec::new();
    for draft in &entry.drafts {
        if !courses.contains(&(draft.from, draft.to)) {
            courses.push((draft.from, draft.to));
        }
    }
    let mut parts = Vec::new();
    for (from, to) in courses {
        let day = |key: &str, day: Option<jiff::civil::Date>| day.map(|day| format!("{key} = {day}\n")).unwrap_or_default();
        let note = match entry.reasons.as_slice() {
            [] => String::new(),
            reasons => {
                let reasons: Vec<String> =
                    reasons.iter().map(|(reason, detail)| format!("{}: {detail}", reason.name())).collect();
                format!("note = {}\n", quoted(&reasons.join("; ")))
            }
        };
        let head =
            format!("\n[[rates]]\nmodel = {}\n{}{}source = {source}\n", quoted(&entry.model), day("from", from), day("to", to));
        parts.push(format!("{head}date = \"{}\"\nconfidence = \"medium\"\n{note}rows = [\n", origin.date));
        parts.extend(entry.drafts.iter().filter(|draft| (draft.from, draft.to) == (from, to)).map(row));
        parts.push("]\n".to_owned());
    }
    parts.concat()
}

fn row(draft: &Draft) -> String {
    let size = draft.size.as_ref().map(|size| format!(", size = {}", quoted(&size.to_string())));
    let quality = draft.quality.as_ref().map(|quality| format!(", quality = {}", quoted(quality)));
    let steps = draft.steps.map(|steps| format!(", steps = {steps}"));
    let parts = [size, quality, steps].into_iter().flatten().collect::<String>();
    format!("  {{ unit = \"{}\"{parts}, usd = \"{}\" }},\n", draft.unit, draft.usd)
}

/// Dates and limits.
fn rest(entry: &Entry, source: &str, origin: &Origin<'_>) -> String {
    let model = quoted(&entry.model);
    let shutdown = entry.shutdown.map_or(String::new(), |day| {
        format!("\n[[events]]\nmodels = {model}\nevent = \"shutdown\"\non = {day}\nsource = {source}\n")
    });
    let metrics = ["rpm", "tpm"].into_iter().zip(entry.limits);
    let rows: Vec<String> = metrics
        .filter_map(|(metric, limit)| limit.map(|limit| format!("{{ metric = \"{metric}\", value = {limit} }}")))
        .collect();
    if rows.is_empty() {
        return shutdown;
    }
    let head = format!("\n[[limits]]\nof = {model}\ntier = \"({} default)\"\nsource = {source}\n", origin.form.name());
    format!("{shutdown}{head}date = \"{}\"\nrows = [{}]\n", origin.date, rows.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_hold_any_text() {
        for text in ["plain", "a \"b\" \\ c", "line\nfeed\u{7f}", "é\u{0}"] {
            let line = format!("a = {}", quoted(text));
            let (table, mistakes) = toml::de::DeTable::parse_recoverable(&line);
            let read = table.get_ref().get("a").and_then(|value| value.get_ref().as_str().map(str::to_owned));
            assert_eq!((read.as_deref(), mistakes.len()), (Some(text), 0));
        }
    }
}
