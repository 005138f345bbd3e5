//! Why a price book has no price for what is asked, and what it has instead.

use std::collections::BTreeSet;

use super::quote::{Asked, fits, in_force, launch, shutdown};
use super::{Base, Book, Direction, Price};
use crate::spec::nearest;

/// Why there is no price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Miss {
    /// What is missing: one line, no full stop.
    pub what: String,
    /// What there is instead.
    pub help: Option<String>,
}

impl std::fmt::Display for Miss {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.what)?;
        self.help.as_ref().map_or(Ok(()), |help| write!(f, "; {help}"))
    }
}

/// Says why there is no quote. The more of the question is answered by some row, the later the reason comes.
pub(super) fn miss(book: &Book, model: &str, asked: &Asked<'_>) -> Miss {
    let names = book.names();
    if !names.contains(&model) {
        return unknown_model(book, model);
    }
    let all: Vec<Price<'_>> = book.prices(model).collect();
    if all.is_empty() {
        return Miss { what: format!("{model} has no price in {}", book.name), help: None };
    }
    if let Some((day, successor)) = shutdown(book, model).filter(|(day, _)| *day <= asked.date) {
        let help = successor.map(|successor| format!("its successor: {successor}"));
        return Miss { what: format!("{model} was shut down on {day}"), help };
    }
    if let Some(day) = launch(book, model).filter(|day| asked.date < *day) {
        return Miss { what: format!("{model} was launched on {day}"), help: None };
    }
    let today: Vec<Price<'_>> = all.iter().copied().filter(|price| holds(*price, asked)).collect();
    if today.is_empty() {
        let times: BTreeSet<String> = all.iter().map(|price| term(*price)).collect();
        let what = format!("{model} has no price on {}", asked.date);
        return Miss { what, help: Some(format!("its prices hold {}", listed(&times))) };
    }
    let meant: Vec<Price<'_>> = today.iter().copied().filter(|price| fits(*price, asked)).collect();
    if !meant.iter().any(|price| price.row.unit.base.makes_images()) {
        return no_such_kind(model, asked, if meant.is_empty() { &today } else { &meant });
    }
    no_such_shape(book, model, asked, &meant)
}

/// No model of this name.
pub fn unknown_model(book: &Book, model: &str) -> Miss {
    let near = nearest(model, &book.names()).map(|near| format!("did you mean \"{near}\"?"));
    Miss { what: format!("{} knows no model \"{model}\"", book.name), help: near }
}

fn holds(price: Price<'_>, asked: &Asked<'_>) -> bool {
    in_force(price.list.from.as_ref().map(|date| date.value), price.list.to.as_ref().map(|date| date.value), asked.date)
}

fn term(price: Price<'_>) -> String {
    match (&price.list.from, &price.list.to) {
        (None, None) => "always".to_owned(),
        (Some(from), None) => format!("from {} on", from.value),
        (None, Some(to)) => format!("until {}", to.value),
        (Some(from), Some(to)) => format!("from {} until {}", from.value, to.value),
    }
}

fn no_such_kind(model: &str, asked: &Asked<'_>, prices: &[Price<'_>]) -> Miss {
    let kinds: BTreeSet<String> = prices
        .iter()
        .map(|Price { list, row }| {
            let region = list.region.as_ref().map_or(String::new(), |region| format!(" in region \"{region}\""));
            let operation = list.operation.as_ref().map_or(String::new(), |operation| format!(" for operation \"{operation}\""));
            format!("{}{region}{operation}", row.unit.value)
        })
        .collect();
    let service = match asked.service.name() {
        "standard" => String::new(),
        name => format!(" {name}"),
    };
    let words: Vec<String> =
        [asked.region, asked.operation].into_iter().flatten().map(|word| format!(" for \"{word}\"")).collect();
    let asked = words.concat();
    let what = format!("{model} has no{service} price per image{asked}");
    Miss { what, help: Some(format!("it is priced {}", listed(&kinds))) }
}

fn no_such_shape(book: &Book, model: &str, asked: &Asked<'_>, prices: &[Price<'_>]) -> Miss {
    let mut known = BTreeSet::new();
    let mut words = BTreeSet::new();
    for Price { row, .. } in prices.iter().filter(|price| price.row.unit.base.makes_images()) {
        let by_tokens = row.unit.base == Base::OutImage;
        let parts =
            [row.size.as_ref().map(ToString::to_string), row.quality.clone(), row.steps.map(|steps| format!("{steps} steps"))];
        let shape = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        if !by_tokens {
            words.extend(row.quality.as_deref());
            known.insert(if shape.is_empty() { format!("{} at any size and quality not named", row.unit.value) } else { shape });
        }
    }
    if prices.iter().any(|price| price.row.unit.base == Base::OutImage) {
        let lists = book.token_lists(model).filter(|list| list.direction == Direction::OutputImage);
        for row in lists.flat_map(|list| &list.rows) {
            let parts = [row.size.as_ref().map(ToString::to_string), row.quality.clone()];
            let shape = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
            words.extend(row.quality.as_deref());
            known.insert(if shape.is_empty() { "any shape".to_owned() } else { shape });
        }
    }
    let size = asked.size.map(|size| format!(" at {size}"));
    let quality = asked.quality.map(|quality| format!(" in quality \"{quality}\""));
    let steps = asked.steps.map(|steps| format!(" with {steps} steps"));
    let shape = [size, quality, steps].into_iter().flatten().collect::<String>();
    let what = format!("{model} has no price per image{shape} on {}", asked.date);
    let help = if known.is_empty() {
        "how many tokens its images count is not known".to_owned()
    } else {
        format!("{}it has: {}", meant(asked.quality, &words), listed(&known))
    };
    Miss { what, help: Some(help) }
}

/// Which of the words for quality was probably meant, if it is none of them.
fn meant(quality: Option<&str>, words: &BTreeSet<&str>) -> String {
    let words: Vec<&str> = words.iter().copied().collect();
    let near = quality.filter(|word| !words.contains(word)).and_then(|word| nearest(word, &words));
    near.map(|near| format!("did you mean \"{near}\"? ")).unwrap_or_default()
}

fn listed(texts: &BTreeSet<String>) -> String {
    const SHOWN: usize = 16;
    let list = texts.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join("; ");
    match texts.len().saturating_sub(SHOWN) {
        0 => list,
        more => format!("{list}; and {more} more"),
    }
}
