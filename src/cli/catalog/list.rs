//! `spendcast catalog list`: models with their dates, kinds of price and confidence.

use std::collections::BTreeSet;

use jiff::civil;
use serde_json::json;

use super::ListArguments;
use super::books::open_all;
use super::columns::columns;
use crate::catalog::{Asked, Base, Book, Confidence, Unit, in_force, launch, shutdown};
use crate::cli::Failure;
use crate::cli::output::{data, note};
use crate::provider;
use crate::spec::nearest;

/// A model of a book.
struct Listed<'a> {
    name: &'a str,
    book: &'a str,
    from: Option<civil::Date>,
    to: Option<civil::Date>,
    kinds: Vec<&'static str>,
    confidence: Option<Confidence>,
}

pub(super) fn list(arguments: &ListArguments) -> Result<(), Failure> {
    let books = open_all(&arguments.books.catalog)?;
    provider_exists(&books, arguments.provider.as_deref())?;
    let wanted = |name: &&str| {
        arguments.text.as_ref().is_none_or(|text| name.to_lowercase().contains(&text.to_lowercase()))
            && arguments.provider.as_ref().is_none_or(|wanted| provider::provider(name) == wanted)
    };
    let mut all = Vec::new();
    for book in &books {
        let names = book.names().into_iter().filter(wanted);
        all.extend(names.filter(|name| arguments.date.is_none_or(|day| usable(book, name, day))).map(|name| listed(book, name)));
    }
    if arguments.books.json {
        let entries: Vec<_> = all.iter().map(as_json).collect();
        return data(&format!("{:#}\n", json!(entries)));
    }
    if all.is_empty() {
        note("no model matches");
        return Ok(());
    }
    let rows: Vec<Vec<String>> = all.iter().map(row).collect();
    data(&columns(&["MODEL", "FROM", "UNTIL", "PRICED BY", "CONFIDENCE", "CATALOGUE"], &rows, ""))
}

fn provider_exists(books: &[Book], provider: Option<&str>) -> Result<(), Failure> {
    let Some(provider) = provider else { return Ok(()) };
    let known: BTreeSet<&str> = books.iter().flat_map(Book::names).map(provider::provider).collect();
    if known.contains(provider) {
        return Ok(());
    }
    let known: Vec<&str> = known.into_iter().collect();
    let near = nearest(provider, &known).map(|near| format!("did you mean \"{near}\"? ")).unwrap_or_default();
    Err(Failure::Mistake(format!("unknown provider \"{provider}\"; {near}there are: {}", known.join(", "))))
}

fn usable(book: &Book, name: &str, day: civil::Date) -> bool {
    let asked = Asked::on(day);
    let date = |date: &Option<crate::spec::Located<crate::spec::Date>>| date.as_ref().map(|date| date.value);
    let priced = book.prices(name).any(|price| in_force(date(&price.list.from), date(&price.list.to), asked.date));
    priced && launch(book, name).is_none_or(|from| from <= day) && shutdown(book, name).is_none_or(|(to, _)| day < to)
}

fn listed<'a>(book: &'a Book, name: &'a str) -> Listed<'a> {
    let prices: Vec<_> = book.prices(name).collect();
    let mut kinds: Vec<&'static str> = Vec::new();
    for price in &prices {
        let kind = kind(price.row.unit.value);
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    kinds.sort_unstable();
    let best = prices.iter().map(|price| price.list.confidence).min_by_key(|confidence| match confidence {
        Confidence::High => 0,
        Confidence::Medium => 1,
        Confidence::Low => 2,
    });
    // Prices that were superseded or that a source dates say when they ended, unless another goes on.
    let ends: Option<Vec<civil::Date>> = prices.iter().map(|price| Some(price.list.to.as_ref()?.civil.date())).collect();
    let starts: Option<Vec<civil::Date>> = prices.iter().map(|price| Some(price.list.from.as_ref()?.civil.date())).collect();
    Listed {
        name,
        book: &book.name,
        from: launch(book, name).or_else(|| starts?.into_iter().min()),
        to: shutdown(book, name).map(|(day, _)| day).or_else(|| ends?.into_iter().max()),
        kinds,
        confidence: best,
    }
}

/// The kind of price that a unit belongs to.
fn kind(unit: Unit) -> &'static str {
    match unit.base {
        Base::Image => "image",
        Base::InputImage => "input image",
        Base::Pixel => "pixel",
        Base::Megapixel => "megapixel",
        Base::Step => "step",
        Base::Second => "second",
        Base::Hour => "hour",
        Base::Month => "month",
        Base::Year => "year",
        Base::Credit => "credit",
        Base::HundredThousandRequests => "request",
        Base::SearchQuery => "search",
        Base::InText | Base::InImage | Base::OutText | Base::OutImage | Base::OutThinking => "tokens",
    }
}

fn day(date: Option<civil::Date>) -> String {
    date.map_or_else(|| "-".to_owned(), |date| date.to_string())
}

fn row(listed: &Listed<'_>) -> Vec<String> {
    let kinds = if listed.kinds.is_empty() { "-".to_owned() } else { listed.kinds.join(", ") };
    let confidence = listed.confidence.map_or("-", Confidence::name).to_owned();
    vec![listed.name.to_owned(), day(listed.from), day(listed.to), kinds, confidence, listed.book.to_owned()]
}

fn as_json(listed: &Listed<'_>) -> serde_json::Value {
    json!({
        "model": listed.name,
        "provider": provider::provider(listed.name),
        "catalogue": listed.book,
        "from": listed.from.map(|date| date.to_string()),
        "until": listed.to.map(|date| date.to_string()),
        "priced_by": listed.kinds,
        "confidence": listed.confidence.map(Confidence::name),
    })
}
