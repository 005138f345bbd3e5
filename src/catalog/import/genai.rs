//! genai-prices: an array of providers with their models, prices in dollars per million tokens, by date.

use jiff::civil;

use super::entry::{Draft, Entry};
use super::json::Json;
use super::{Read, Reason, names};
use crate::catalog::{Base, Cached, Exact, Unit};

/// Prices per million tokens, or per thousand requests.
const PRICES: [(&str, Base, Cached); 10] = [
    ("input_mtok", Base::InText, Cached::No),
    ("output_mtok", Base::OutText, Cached::No),
    ("cache_read_mtok", Base::InText, Cached::Read),
    ("cache_write_mtok", Base::InText, Cached::Write),
    ("input_image_mtok", Base::InImage, Cached::No),
    ("output_image_mtok", Base::OutImage, Cached::No),
    ("cache_image_read_mtok", Base::InImage, Cached::Read),
    ("cache_image_write_mtok", Base::InImage, Cached::Write),
    ("output_reasoning_mtok", Base::OutThinking, Cached::No),
    ("requests_kcount", Base::HundredThousandRequests, Cached::No),
];

/// Price keys that say nothing of making images.
const BESIDE: [&str; 3] = ["audio", "video", "search"];

/// Beyond this many tokens of prompt our units know another price.
const LONG_PROMPT: &str = "200000";

/// Reads all models that have a price of images that come out.
pub(super) fn read(file: &Json) -> Read {
    let mut read = Read::default();
    for provider in file.items() {
        let Some(id) = provider.get("id").and_then(Json::text) else { continue };
        for model in provider.get("models").map(Json::items).unwrap_or_default() {
            let Some(name) = model.get("id").and_then(Json::text) else { continue };
            let Some(prices) = model.get("prices").filter(|prices| makes_images(prices)) else {
                read.others += 1;
                continue;
            };
            let mut entry = Entry::new(&format!("{id}/{name}"), names::model(id, name));
            course(&mut entry, prices);
            if model.get("price_variants").is_some() {
                entry.flag(Reason::VariantsLeftOut, "price_variants");
            }
            read.entries.push(entry);
        }
    }
    read
}

/// The prices of each entry of a course: a table, or several with constraints.
fn tables(prices: &Json) -> Vec<(Option<&Json>, &Json)> {
    match prices {
        Json::Array(items) => items.iter().filter_map(|item| Some((item.get("constraint"), item.get("prices")?))).collect(),
        table => vec![(None, table)],
    }
}

fn makes_images(prices: &Json) -> bool {
    tables(prices).iter().any(|(_, table)| table.entries().iter().any(|(key, _)| key.starts_with("output_image")))
}

/// When a table begins to hold. An error names a constraint that is no date.
fn start(constraint: Option<&Json>) -> Result<Option<civil::Date>, Reason> {
    let Some(constraint) = constraint.filter(|constraint| !constraint.entries().is_empty()) else { return Ok(None) };
    let date = constraint.get("start_date").and_then(Json::text).and_then(|date| date.parse().ok());
    date.map(Some).ok_or(Reason::TimeOfDay)
}

/// The last table that is active on a day holds. So a table holds until any later one begins.
fn course(entry: &mut Entry, prices: &Json) {
    let all = tables(prices);
    let mut dated = Vec::new();
    for (constraint, table) in all {
        match start(constraint) {
            Ok(start) => dated.push((start, table)),
            Err(reason) => entry.flag(reason, "a price by the hour"),
        }
    }
    for (at, (from, table)) in dated.iter().enumerate() {
        let to = dated[at + 1..].iter().map(|(later, _)| *later).min();
        match to {
            // One without a beginning, or with an earlier one, covers it from the start.
            Some(to) if to.is_none() || to <= *from => {
                entry.flag(Reason::NeverActive, from.map_or_else(|| "always".to_owned(), |day| day.to_string()));
            }
            _ => fill(entry, table, *from, to.flatten()),
        }
    }
}

fn fill(entry: &mut Entry, table: &Json, from: Option<civil::Date>, to: Option<civil::Date>) {
    for (key, value) in table.entries() {
        let Some((_, base, cached)) = PRICES.iter().find(|(name, ..)| *name == key) else {
            if !BESIDE.iter().any(|part| key.contains(part)) {
                entry.flag(Reason::UnknownField, key.clone());
            }
            continue;
        };
        let (unit, shift) = (Unit::of(*base).cached(*cached), if *base == Base::HundredThousandRequests { 2 } else { 0 });
        let mut add = |entry: &mut Entry, unit: Unit, number: Option<Result<Exact, String>>| {
            let usd = number.and_then(|number| entry.price(key, number, shift));
            entry.drafts.extend(usd.map(|usd| Draft { from, to, ..Draft::new(unit, usd) }));
        };
        match value {
            Json::Text(text) => add(entry, unit, Some(text.parse())),
            Json::Object(_) => {
                add(entry, unit, value.get("base").and_then(Json::number));
                tiers(entry, unit, value.get("tiers").map(Json::items).unwrap_or_default(), &mut add);
            }
            _ => add(entry, unit, value.number()),
        }
    }
}

/// Tiers are cliffs: the whole request takes the price of the tier that it reaches.
fn tiers(entry: &mut Entry, unit: Unit, tiers: &[Json], add: &mut impl FnMut(&mut Entry, Unit, Option<Result<Exact, String>>)) {
    for tier in tiers {
        let start = match tier.get("start") {
            Some(Json::Number(start)) => start.as_str(),
            _ => "?",
        };
        if start == LONG_PROMPT {
            add(entry, unit.above_200k(), tier.get("price").and_then(Json::number));
        }
        entry.flag(Reason::CliffTier, format!("beyond {start} tokens"));
    }
}
