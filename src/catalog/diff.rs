//! What differs between two price books, or between two days of one.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil;

use super::quote::{age, in_force, launch, shutdown, trust};
use super::{Book, Exact, Price, Unit};

/// What a price is the price of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Item {
    /// The model.
    pub model: String,
    /// What it is per.
    pub unit: Unit,
    /// Size, quality, steps, region and operation, as far as they are named.
    pub of: String,
}

/// What became of a price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Only the second has it.
    Added(Exact),
    /// Only the first has it.
    Gone(Exact),
    /// Both have it, and it differs.
    Changed(Exact, Exact),
}

/// All differences, in order of models.
#[derive(Debug, Default)]
pub struct Difference {
    /// What changed.
    pub changes: Vec<(Item, Change)>,
    /// How many prices are the same.
    pub same: usize,
}

/// Compares the preferred prices of two books on a day of each.
pub fn diff(before: (&Book, civil::Date), after: (&Book, civil::Date)) -> Difference {
    let (mut old, new) = (prices(before.0, before.1), prices(after.0, after.1));
    let mut difference = Difference::default();
    for (item, usd) in new {
        match old.remove(&item) {
            None => difference.changes.push((item, Change::Added(usd))),
            Some(was) if was != usd => difference.changes.push((item, Change::Changed(was, usd))),
            Some(_) => difference.same += 1,
        }
    }
    difference.changes.extend(old.into_iter().map(|(item, usd)| (item, Change::Gone(usd))));
    difference.changes.sort_by(|(one, _), (other, _)| one.cmp(other));
    difference
}

fn item(Price { list, row }: Price<'_>) -> Item {
    let size = row.size.as_ref().map(ToString::to_string);
    let steps = row.steps.map(|steps| format!("{steps} steps"));
    let parts = [size, row.quality.clone(), steps, list.operation.clone(), list.region.clone()];
    Item { model: list.model.value.clone(), unit: row.unit.value, of: parts.into_iter().flatten().collect::<Vec<_>>().join(" ") }
}

fn prices(book: &Book, day: civil::Date) -> BTreeMap<Item, Exact> {
    let date = |date: &Option<crate::spec::Located<crate::spec::Date>>| date.as_ref().map(|date| date.value);
    let usable = |model: &str| {
        launch(book, model).is_none_or(|first| first <= day) && shutdown(book, model).is_none_or(|(last, _)| day < last)
    };
    let unusable: BTreeSet<&str> = book.names().into_iter().filter(|model| !usable(model)).collect();
    let lists = book.rates.iter().filter(|list| in_force(date(&list.from), date(&list.to), day));
    let lists = lists.filter(|list| !unusable.contains(list.model.as_str()));
    let mut best: BTreeMap<Item, Price<'_>> = BTreeMap::new();
    let rank =
        |price: &Price<'_>| (price.list.superseded, trust(price.list.confidence), Reverse(age(&price.list.date).to_owned()));
    for price in lists.flat_map(|list| list.rows.iter().map(move |row| Price { list, row })) {
        let kept = best.entry(item(price)).or_insert(price);
        if rank(&price) < rank(kept) {
            *kept = price;
        }
    }
    best.into_iter().map(|(item, price)| (item, price.row.usd)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Base;

    #[test]
    fn two_days_of_a_book() {
        let book = Book::builtin("2026-11").expect("built in");
        let difference = diff((&book, "2026-05-11".parse().expect("a date")), (&book, "2026-05-12".parse().expect("a date")));
        let gone: Vec<String> = difference
            .changes
            .iter()
            .filter(|(item, change)| {
                item.model == "openai/dall-e-3"
                    && item.unit.base == Base::Image
                    && !item.of.is_empty()
                    && matches!(change, Change::Gone(_))
            })
            .map(|(item, _)| item.of.clone())
            .collect();
        assert_eq!(
            gone,
            ["1024x1024 hd", "1024x1024 standard", "1024x1792 hd", "1024x1792 standard", "1792x1024 hd", "1792x1024 standard"]
        );
        assert!(difference.same > 900 && !difference.changes.iter().any(|(_, change)| matches!(change, Change::Added(_))));
        let none = diff((&book, "2026-05-11".parse().expect("a date")), (&book, "2026-05-11".parse().expect("a date")));
        assert_eq!(none.changes, []);
    }
}
