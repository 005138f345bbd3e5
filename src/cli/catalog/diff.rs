//! `spendcast catalog diff`: what differs between two price books, or between two days of one.

use jiff::civil;
use serde_json::json;

use super::DiffArguments;
use super::books::{day_of, open};
use super::columns::columns;
use crate::catalog::{self, Change, Difference, Item};
use crate::cli::Failure;
use crate::cli::output::{data, note};

pub(super) fn diff(arguments: &DiffArguments) -> Result<(), Failure> {
    let (before, after) = (side(&arguments.before)?, side(&arguments.after)?);
    let mut difference = catalog::diff((&before.0, before.1), (&after.0, after.1));
    if let Some(text) = &arguments.model {
        difference.changes.retain(|(item, _)| item.model.contains(text.as_str()));
    }
    if arguments.json {
        let changes: Vec<_> = difference.changes.iter().map(as_json).collect();
        return data(&format!("{:#}\n", json!({ "changes": changes, "same": difference.same })));
    }
    let rows: Vec<Vec<String>> = difference.changes.iter().map(row).collect();
    if !rows.is_empty() {
        data(&columns(&["", "MODEL", "UNIT", "OF", "BEFORE", "AFTER", ""], &rows, ""))?;
    }
    note(&summary(&difference));
    Ok(())
}

/// A book and the day on which it is looked at.
fn side(text: &str) -> Result<(catalog::Book, civil::Date), Failure> {
    let dated = text.rsplit_once('@').and_then(|(name, date)| Some((name, date.parse::<civil::Date>().ok()?)));
    let (name, day) = dated.map_or((text, None), |(name, day)| (name, Some(day)));
    let book = open(name)?;
    let day = day.unwrap_or_else(|| day_of(&book));
    Ok((book, day))
}

fn summary(difference: &Difference) -> String {
    let count = |is: fn(&Change) -> bool| difference.changes.iter().filter(|(_, change)| is(change)).count();
    let (changed, added) = (count(|c| matches!(c, Change::Changed(..))), count(|c| matches!(c, Change::Added(_))));
    let gone = count(|c| matches!(c, Change::Gone(_)));
    let counts = format!("{changed} changed, {added} added, {gone} gone, {} the same", difference.same);
    let caution = "a difference between files is not always a change of price: it may be another region, source or correction";
    if changed == 0 { counts } else { format!("{counts}\nnote: {caution}") }
}

fn row((item, change): &(Item, Change)) -> Vec<String> {
    let (sign, before, after, share) = match change {
        Change::Added(usd) => ("+", String::new(), usd.to_string(), String::new()),
        Change::Gone(usd) => ("-", usd.to_string(), String::new(), String::new()),
        Change::Changed(was, is) => ("~", was.to_string(), is.to_string(), is.percent_over(*was).unwrap_or_default()),
    };
    vec![sign.to_owned(), item.model.clone(), item.unit.to_string(), item.of.clone(), before, after, share]
}

fn as_json((item, change): &(Item, Change)) -> serde_json::Value {
    let (before, after) = match change {
        Change::Added(usd) => (None, Some(usd)),
        Change::Gone(usd) => (Some(usd), None),
        Change::Changed(was, is) => (Some(was), Some(is)),
    };
    let text = |usd: Option<&catalog::Exact>| usd.map(ToString::to_string);
    json!({ "model": item.model, "unit": item.unit.to_string(), "of": item.of, "before_usd": text(before), "after_usd": text(after) })
}
