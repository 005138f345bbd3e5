//! `spendcast catalog import`: a price book from a public price file, with an account of every entry.

use std::collections::BTreeMap;

use jiff::civil;
use serde_json::json;

use super::books::text;
use super::columns::columns;
use super::{Form, ImportArguments};
use crate::catalog::import::{self, Entry, Import, Origin, Reason};
use crate::cli::Failure;
use crate::cli::init::write_whole;
use crate::cli::output::{data, note};

pub(super) fn import(arguments: &ImportArguments) -> Result<(), Failure> {
    let path = arguments.file.as_path();
    let text = text(path)?;
    let name = |part: Option<&std::ffi::OsStr>| part.unwrap_or_default().to_string_lossy().into_owned();
    let (file, stem) = (name(path.file_name()), name(path.file_stem()));
    let origin = Origin {
        form: match arguments.from {
            Form::Litellm => import::Form::Litellm,
            Form::Portkey => import::Form::Portkey,
            Form::GenaiPrices => import::Form::GenaiPrices,
        },
        file: &file,
        version: arguments.version.as_deref(),
        date: arguments.date.unwrap_or_else(today),
        provider: arguments.provider.as_deref().unwrap_or(&stem),
    };
    let imported = import::import(&text, &origin).map_err(|reason| Failure::Mistake(format!("{}: {reason}", path.display())))?;
    data(&if arguments.json { as_json(&imported, &origin) } else { account(&imported, &origin) })?;
    let Some(output) = &arguments.output else { return Ok(()) };
    write_whole(output, &imported.book)
        .map_err(|reason| Failure::Mistake(format!("cannot write {}: {reason}", output.display())))?;
    note(&format!(
        "wrote {0}; `spendcast catalog diff 2026-11 {0}` compares it, and a scenario can name it in `catalog`",
        output.display()
    ));
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "the day of an import is for the record; --date replaces it")]
fn today() -> civil::Date {
    jiff::Zoned::now().with_time_zone(jiff::tz::TimeZone::UTC).date()
}

/// Every entry, then the counts.
fn account(import: &Import, origin: &Origin<'_>) -> String {
    let rows: Vec<Vec<String>> = import.entries.iter().map(row).collect();
    let list = columns(&["VERDICT", "PRICES", "ENTRY", "MODEL", "REASONS"], &rows, "");
    let verdicts = ["taken", "flagged", "refused"].map(|verdict| count(import, verdict));
    let [taken, flagged, refused] = verdicts;
    let version = origin.version.map(|version| format!(" {version}")).unwrap_or_default();
    let prices: usize = import.taken().map(|entry| entry.drafts.len()).sum();
    let head = format!("\n{}{version}: {}\nSHA-256 {}\n", import.form, origin.file, import.sha256);
    let counts = format!(
        "{} entries for images: {taken} taken, {flagged} taken and flagged, {refused} refused; {prices} prices. {} other entries.\n",
        import.entries.len(),
        import.others
    );
    let reasons: Vec<Vec<String>> = by_reason(import)
        .into_iter()
        .map(|(reason, count)| vec![count.to_string(), reason.name().to_owned(), reason.about().to_owned()])
        .collect();
    let reasons = if reasons.is_empty() {
        String::new()
    } else {
        "\n".to_owned() + &columns(&["COUNT", "REASON", "MEANING"], &reasons, "")
    };
    [list, head, counts, reasons].concat()
}

fn count(import: &Import, verdict: &str) -> usize {
    import.entries.iter().filter(|entry| entry.verdict() == verdict).count()
}

fn by_reason(import: &Import) -> BTreeMap<Reason, usize> {
    let mut counts = BTreeMap::new();
    for (reason, _) in import.entries.iter().flat_map(|entry| &entry.reasons) {
        *counts.entry(*reason).or_default() += 1;
    }
    counts
}

fn row(entry: &Entry) -> Vec<String> {
    let reasons: Vec<String> = entry.reasons.iter().map(|(reason, detail)| format!("{}: {detail}", reason.name())).collect();
    let prices = if entry.refused() { 0 } else { entry.drafts.len() };
    vec![entry.verdict().to_owned(), prices.to_string(), entry.key.clone(), entry.model.clone(), reasons.join("; ")]
}

fn as_json(import: &Import, origin: &Origin<'_>) -> String {
    let entries = import.entries.iter().map(|entry| {
        let reasons = entry.reasons.iter().map(|(reason, detail)| json!({ "reason": reason.name(), "detail": detail }));
        let prices = if entry.refused() { 0 } else { entry.drafts.len() };
        json!({
            "verdict": entry.verdict(), "entry": entry.key, "model": entry.model, "prices": prices,
            "reasons": reasons.collect::<Vec<_>>(),
        })
    });
    let reasons: BTreeMap<&str, usize> = by_reason(import).into_iter().map(|(reason, count)| (reason.name(), count)).collect();
    let account = json!({
        "form": import.form, "file": origin.file, "version": origin.version, "sha256": import.sha256,
        "taken": count(import, "taken"), "flagged": count(import, "flagged"), "refused": count(import, "refused"),
        "others": import.others, "reasons": reasons, "entries": entries.collect::<Vec<_>>(),
    });
    format!("{account:#}\n")
}
