//! LiteLLM's `model_prices_and_context_window.json`: one object, a model name for each key, prices flat under it.

use super::entry::{Draft, Entry};
use super::json::Json;
use super::{Origin, Read, Reason, litellm_key, names};
use crate::catalog::{Base, Cached, Exact, Sizes, Unit};
use crate::model::Service;

/// Prices of an image or a pixel stand as they are, prices of a token are multiplied to a million.
const FIELDS: [(&str, Base, Cached); 14] = [
    ("output_cost_per_image", Base::Image, Cached::No),
    ("input_cost_per_image", Base::InputImage, Cached::No),
    ("output_cost_per_pixel", Base::Pixel, Cached::No),
    ("input_cost_per_pixel", Base::Pixel, Cached::No),
    ("input_cost_per_token", Base::InText, Cached::No),
    ("input_cost_per_image_token", Base::InImage, Cached::No),
    ("output_cost_per_token", Base::OutText, Cached::No),
    ("output_cost_per_image_token", Base::OutImage, Cached::No),
    ("output_cost_per_reasoning_token", Base::OutThinking, Cached::No),
    ("cache_read_input_token_cost", Base::InText, Cached::Read),
    ("cache_read_input_image_token_cost", Base::InImage, Cached::Read),
    ("cache_creation_input_token_cost", Base::InText, Cached::Write),
    ("search_context_cost_per_query", Base::SearchQuery, Cached::No),
    ("cost_per_second", Base::Second, Cached::No),
];

/// Price fields that say nothing of images, or repeat another field in another currency.
const BESIDE: [&str; 3] = ["input_cost_per_audio_token", "input_dbu_cost_per_token", "output_dbu_cost_per_token"];

/// Reads all entries for images.
pub(super) fn read(file: &Json, origin: &Origin<'_>) -> Read {
    let mut read = Read::default();
    for (key, value) in file.entries() {
        if key == "sample_spec" {
            let mut entry = Entry::new(key, String::new());
            entry.flag(Reason::SampleSpec, "prose in numeric fields");
            read.entries.push(entry);
        } else if matches!(value.get("mode").and_then(Json::text), Some("image_generation" | "image_edit")) {
            read.entries.push(entry(key, value, origin));
        } else {
            read.others += 1;
        }
    }
    read
}

fn entry(key: &str, value: &Json, origin: &Origin<'_>) -> Entry {
    let parsed = litellm_key::parse(key);
    let provider = value.get("litellm_provider").and_then(Json::text).unwrap_or("unknown");
    let mut entry = Entry::new(key, names::model(provider, &parsed.model));
    entry.edits = value.get("mode").and_then(Json::text) == Some("image_edit");
    entry.page = value.get("source").and_then(Json::text).map(str::to_owned);
    for (field, number) in value.entries() {
        read_field(&mut entry, field, number);
    }
    input_images(&mut entry, provider);
    for draft in &mut entry.drafts {
        draft.quality.clone_from(&parsed.quality);
        draft.steps = parsed.steps;
        if draft.size.is_none() {
            draft.size.clone_from(&parsed.size);
        }
    }
    entry.limits = ["rpm", "tpm"].map(|field| whole(value.get(field)?.number()?.ok()?));
    shutdown(&mut entry, value, origin);
    entry
}

/// A limit: floats such as 1000.0 where integers are meant are integers.
fn whole(number: Exact) -> Option<u64> {
    number.to_string().parse().ok()
}

fn read_field(entry: &mut Entry, field: &str, value: &Json) {
    if let Some(size) = field.strip_prefix("output_cost_per_image_").filter(|rest| !rest.starts_with("token")) {
        return read_sized(entry, field, size, value);
    }
    let is_price = field.contains("cost") && !BESIDE.contains(&field);
    let Some((unit, shift)) = unit(field) else {
        if is_price || field == "regional_endpoint_uplift_multiplier" {
            entry.flag(Reason::UnknownField, field);
        }
        return;
    };
    let number = if unit.base == Base::SearchQuery {
        value.get("search_context_size_medium").and_then(Json::number)
    } else {
        value.number()
    };
    let Some(number) = number else {
        return entry.flag(Reason::UnknownField, format!("{field} is no number"));
    };
    if let Some(usd) = entry.price(field, number, shift) {
        entry.drafts.push(Draft::new(unit, usd));
    }
}

/// `output_cost_per_image_2K`: the size stands in the field.
fn read_sized(entry: &mut Entry, field: &str, size: &str, value: &Json) {
    let square = size.parse::<u16>().ok().map(|side| format!("{side}x{side}"));
    let size = square.as_deref().unwrap_or(size).parse::<Sizes>();
    match (size, value.number()) {
        (Ok(size), Some(number)) => {
            if let Some(usd) = entry.price(field, number, 0) {
                entry.drafts.push(Draft { size: Some(size), ..Draft::new(Unit::of(Base::Image), usd) });
            }
        }
        _ => entry.flag(Reason::UnknownField, field),
    }
}

/// The unit of a field, and the power of ten by which its number is multiplied.
fn unit(field: &str) -> Option<(Unit, i32)> {
    let services = [("_batches", Service::Batch), ("_flex", Service::Flex), ("_priority", Service::Priority)];
    let ending = services.iter().find_map(|(end, service)| Some((field.strip_suffix(end)?, *service)));
    let (rest, service) = ending.unwrap_or((field, Service::Standard));
    let (rest, above) = rest.strip_suffix("_above_200k_tokens").map_or((rest, false), |rest| (rest, true));
    let (_, base, cached) = FIELDS.iter().find(|(name, ..)| *name == rest)?;
    let unit = Unit { above_200k: above, ..Unit::of(*base).cached(*cached).service(service) };
    Some((unit, if rest.contains("token") { 6 } else { 0 }))
}

/// What `input_cost_per_image` means depends on its neighbours: the price of the image for `openai`, where it stands alone; that of
/// an image that goes in, beside a price of the image; nothing, where both are equal (runwayml).
fn input_images(entry: &mut Entry, provider: &str) {
    let Some(at) = entry.drafts.iter().position(|draft| draft.unit == Unit::of(Base::InputImage)) else { return };
    let output = entry.drafts.iter().find(|draft| draft.unit == Unit::of(Base::Image)).map(|draft| draft.usd);
    let by_tokens = entry.drafts.iter().any(|draft| draft.unit.base == Base::OutImage);
    if output == Some(entry.drafts[at].usd) {
        entry.drafts.remove(at);
        entry.flag(Reason::EqualInputPrice, "input_cost_per_image equals output_cost_per_image");
    } else if output.is_none() && !by_tokens {
        entry.drafts[at].unit = Unit::of(Base::Image);
        if provider != "openai" {
            entry.flag(Reason::LoneInputPrice, "no output_cost_per_image beside it");
        }
    }
}

fn shutdown(entry: &mut Entry, value: &Json, origin: &Origin<'_>) {
    let Some(text) = value.get("deprecation_date").and_then(Json::text) else { return };
    match text.parse::<jiff::civil::Date>() {
        Ok(day) => {
            entry.shutdown = Some(day);
            if day <= origin.date {
                entry.flag(Reason::PastDeprecation, format!("on {day}"));
            }
        }
        Err(_) => entry.flag(Reason::UnknownField, format!("deprecation_date is {text:?}")),
    }
}
