//! Portkey's `pricing/PROVIDER.json`: a model for each key, prices in US cents, image prices by quality and size.

use super::entry::{Draft, Entry};
use super::json::Json;
use super::{Origin, Read, Reason, names};
use crate::catalog::{Base, Cached, Sizes, Unit};

/// Prices per token, in cents.
const TOKENS: [(&str, Base, Cached); 7] = [
    ("request_token", Base::InText, Cached::No),
    ("request_text_token", Base::InText, Cached::No),
    ("response_token", Base::OutText, Cached::No),
    ("request_image_token", Base::InImage, Cached::No),
    ("response_image_token", Base::OutImage, Cached::No),
    ("cache_read_input_token", Base::InText, Cached::Read),
    ("cache_write_input_token", Base::InText, Cached::Write),
];

/// Additional units that price images: the unit, a size, and the power of ten from cents.
const UNITS: [(&str, Base, Option<&str>, i32); 8] = [
    ("megapixels", Base::Megapixel, None, -2),
    ("image_token", Base::OutImage, None, 4),
    ("image_512", Base::Image, Some("0.5K"), -2),
    ("image_1k", Base::Image, Some("1K"), -2),
    ("image_2k", Base::Image, Some("2K"), -2),
    ("image_4k", Base::Image, Some("4K"), -2),
    ("generated_images", Base::Image, None, -2),
    ("input_image", Base::InputImage, None, -2),
];

/// Image prices of this provider are in dollars, not in cents, as a comparison with its own list shows (as of 2026-08-21).
const IN_DOLLARS: &str = "together";
/// Image prices of this provider are in no unit that can be told (0.0002, 0.00003; as of 2026-08-21).
const UNKNOWN: &str = "openrouter";
/// No image costs less than this many dollars: below it the unit is another one.
const CHEAPEST: &str = "0.0002";

/// Reads all models that have a price of images.
pub(super) fn read(file: &Json, origin: &Origin<'_>) -> Read {
    let mut read = Read::default();
    let defaults = file.get("default").and_then(|model| model.get("pricing_config"));
    for (key, model) in file.entries().iter().filter(|(key, _)| key != "default") {
        let Some(config) = model.get("pricing_config") else { continue };
        let Some(prices) = config.get("pay_as_you_go").filter(|prices| is_for_images(prices)) else {
            read.others += 1;
            continue;
        };
        let mut entry = Entry::new(key, names::model(origin.provider, key));
        let currency = [Some(config), defaults].into_iter().flatten().find_map(|config| config.get("currency")?.text());
        if let Some(other) = currency.filter(|currency| *currency != "USD") {
            entry.flag(Reason::OtherCurrency, other);
        }
        fill(&mut entry, prices, names::provider(origin.provider));
        read.entries.push(entry);
    }
    read
}

fn is_for_images(prices: &Json) -> bool {
    let units = prices.get("additional_units").map(Json::entries).unwrap_or_default();
    let image_unit = |name: &str| UNITS.iter().any(|(unit, ..)| *unit == name) && name != "input_image";
    prices.get("image").is_some()
        || prices.get("response_image_token").is_some()
        || units.iter().any(|(name, _)| image_unit(name))
}

fn fill(entry: &mut Entry, prices: &Json, provider: &str) {
    let shift = if provider == IN_DOLLARS { 0 } else { -2 };
    for (quality, sizes) in prices.get("image").map(Json::entries).unwrap_or_default() {
        for (size, price) in sizes.entries() {
            image(entry, quality, size, price, shift);
        }
    }
    for (field, base, cached) in TOKENS {
        if let Some(usd) = price(entry, field, prices.get(field), 4) {
            entry.drafts.push(Draft::new(Unit::of(base).cached(cached), usd));
        }
    }
    for (name, value) in prices.get("additional_units").map(Json::entries).unwrap_or_default() {
        additional(entry, name, value, provider);
    }
    let images = || entry.drafts.iter().filter(|draft| draft.unit.base == Base::Image && !draft.usd.is_zero());
    let least = CHEAPEST.parse().unwrap_or_default();
    if images().any(|draft| draft.usd.compare(least).is_lt()) || (provider == UNKNOWN && images().next().is_some()) {
        let usd = images().map(|draft| draft.usd.to_string()).next().unwrap_or_default();
        entry.flag(Reason::UnknownUnit, format!("{usd} USD for an image, if these are cents"));
    } else if provider == IN_DOLLARS && images().next().is_some() {
        entry.flag(Reason::StoredInDollars, "image prices of this provider are dollars");
    }
}

fn price(entry: &mut Entry, field: &str, value: Option<&Json>, shift: i32) -> Option<crate::catalog::Exact> {
    let number = value?.get("price")?.number()?;
    entry.price(field, number, shift)
}

/// `default` stands for what is taken where nothing is asked.
fn image(entry: &mut Entry, quality: &str, size: &str, value: &Json, shift: i32) {
    let sizes = match (size, size.parse::<Sizes>()) {
        ("default", _) => None,
        (_, Ok(sizes)) => Some(sizes),
        (_, Err(_)) => return entry.flag(Reason::UnknownSize, size),
    };
    if let Some(usd) = price(entry, "image", Some(value), shift) {
        let quality = Some(quality.to_owned()).filter(|quality| quality != "default");
        entry.drafts.push(Draft { size: sizes, quality, ..Draft::new(Unit::of(Base::Image), usd) });
    }
}

fn additional(entry: &mut Entry, name: &str, value: &Json, provider: &str) {
    if name == "default_steps" {
        return;
    }
    let Some((_, base, size, shift)) = UNITS.iter().find(|(unit, ..)| *unit == name) else { return };
    let dollars = name == "input_image" && provider.starts_with("google");
    let in_dollars = dollars || (provider == IN_DOLLARS && *shift == -2);
    let Some(usd) = price(entry, name, Some(value), if in_dollars { 0 } else { *shift }) else { return };
    if dollars {
        entry.flag(Reason::StoredInDollars, "input_image looks like dollars");
    }
    let size = size.and_then(|size| size.parse().ok());
    entry.drafts.push(Draft { size, ..Draft::new(Unit::of(*base), usd) });
}
