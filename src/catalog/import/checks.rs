//! The traps of public price files, each of which a real entry once fell into.

use std::collections::BTreeMap;

use super::entry::Entry;
use super::{Read, Reason};
use crate::catalog::{Base, Book, Confidence, Exact, Sizes, Unit};
use crate::provider;
use crate::units::ImageSize;

/// Finds what no field alone shows. `reference` is the price book that ships with the program.
pub(super) fn check(read: &mut Read, reference: &Book) {
    for entry in &mut read.entries {
        if entry.refused() {
            continue;
        }
        without_a_price(entry);
        if !entry.refused() {
            against_the_vendor(entry, reference);
            regional(entry, reference);
            moving(entry);
        }
    }
    neighbours(read);
    snapshots(read);
    twice(read);
    between_providers(read);
}

/// No token of an image model costs less than this per million (the cheapest known: 0.03 for cached ones, as of 2026-11-22).
const CHEAPEST_TOKENS: &str = "0.1";

fn without_a_price(entry: &mut Entry) {
    if entry.drafts.is_empty() {
        return entry.flag(Reason::NoPrice, "no field has one");
    }
    if entry.drafts.iter().all(|draft| draft.usd.is_zero()) {
        return entry.flag(Reason::ZeroPrice, "every price is 0");
    }
    entry.drafts.retain(|draft| !draft.usd.is_zero());
    if entry.prices_images() {
        return;
    }
    let least: Exact = CHEAPEST_TOKENS.parse().unwrap_or_default();
    let tiny = entry.drafts.iter().all(|draft| draft.usd.compare(least).is_lt());
    let dearest = entry.drafts.iter().map(|draft| draft.usd.to_string()).next().unwrap_or_default();
    if tiny {
        entry.flag(
            Reason::UnitOutlier,
            format!("{dearest} USD per million tokens: most likely per step or image, over a million"),
        );
    } else {
        entry.flag(Reason::TextPricesOnly, "no price of an image, of pixels or of image tokens");
    }
}

/// What the vendor itself charges for any image of a model, by the book: names of edit endpoints carry a prefix there.
fn vendors_price(model: &str, reference: &Book) -> Option<Exact> {
    let (provider, name) = model.split_once('/')?;
    let names = [model.to_owned(), format!("{provider}/upscale-{name}"), format!("{provider}/control-{name}")];
    names.iter().find_map(|name| {
        let flat = |price: &crate::catalog::Price<'_>| {
            let row = price.row;
            let any = row.size.is_none() && row.quality.is_none() && row.steps.is_none() && price.list.operation.is_none();
            any && row.unit.value == Unit::of(Base::Image) && price.list.confidence == Confidence::High && !price.list.superseded
        };
        reference.prices(name).find(flat).map(|price| price.row.usd)
    })
}

fn against_the_vendor(entry: &mut Entry, reference: &Book) {
    let flat = entry.drafts.iter().find(|draft| draft.is_flat()).map(|draft| draft.usd);
    let (Some(usd), Some(vendors)) = (flat, vendors_price(&entry.model, reference)) else { return };
    let detail = format!("{usd} against the vendor's {vendors}");
    if usd.shifted(1) == Some(vendors) || vendors.shifted(1) == Some(usd) {
        entry.flag(Reason::ScaleOutlier, detail);
    } else if usd != vendors {
        entry.flag(Reason::ContradictsVendor, detail);
    }
}

/// Entries of a provider's edit endpoints that no list confirms, where all the others are refused for their scale.
fn neighbours(read: &mut Read) {
    const ENOUGH: usize = 3;
    let mut of: BTreeMap<String, usize> = BTreeMap::new();
    for entry in
        read.entries.iter().filter(|entry| entry.edits && entry.reasons.iter().any(|(reason, _)| *reason == Reason::ScaleOutlier))
    {
        *of.entry(provider::provider(&entry.model).to_owned()).or_default() += 1;
    }
    for entry in read.entries.iter_mut().filter(|entry| entry.edits && !entry.refused()) {
        let count = of.get(provider::provider(&entry.model)).copied().unwrap_or(0);
        if count >= ENOUGH {
            entry.flag(Reason::ScaleOutlier, format!("no list has it, and {count} neighbours are at a tenth of theirs"));
        }
    }
}

/// The price of one image of an entry of one size, where it is per pixel too.
fn of_one_size(draft: &super::Draft) -> Option<(ImageSize, Exact)> {
    let Some(Sizes::Exact(sizes)) = &draft.size else { return None };
    let [size] = sizes.as_slice() else { return None };
    match draft.unit.base {
        Base::Image => Some((*size, draft.usd)),
        Base::Pixel => draft.usd.times(u64::from(size.width) * u64::from(size.height)).map(|usd| (*size, usd.rounded(5))),
        _ => None,
    }
}

fn regional(entry: &mut Entry, reference: &Book) {
    let found = entry.drafts.iter().filter_map(|draft| Some((draft, of_one_size(draft)?))).find_map(|(draft, (size, usd))| {
        let meters = reference.prices(&entry.model).filter(|price| {
            let fits = price.row.size.as_ref().is_some_and(|sizes| sizes.hold(size)) && price.row.quality == draft.quality;
            fits && price.row.unit.value == Unit::of(Base::Image) && price.row.usd == usd.rounded(4)
        });
        let regions: Vec<&str> = meters.filter_map(|price| price.list.region.as_deref()).collect();
        match regions.as_slice() {
            [region, ..] if !regions.contains(&"global") => Some(format!("{} is the meter of \"{region}\"", usd.rounded(4))),
            _ => None,
        }
    });
    if let Some(detail) = found {
        entry.flag(Reason::RegionalMeter, detail);
    }
}

fn moving(entry: &mut Entry) {
    if entry.model.ends_with("-latest") {
        entry.flag(Reason::MovingAlias, "its name ends in -latest");
    }
    if entry.key.contains("::") || ["-lte-", "-gt-"].iter().any(|part| entry.key.contains(part)) {
        entry.flag(Reason::ConditionalName, entry.key.clone());
    }
}

/// A name without the date at its end: `-2026-04-21` or `-20260403`.
fn undated(model: &str) -> Option<&str> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    [11, 9].iter().find_map(|length| {
        let at = model.len().checked_sub(*length)?;
        let (name, date) = (model.get(..at)?, model.get(at..)?);
        let dashes = date.matches('-').count();
        (date.starts_with("-20") && digits(date) && ((*length == 11 && dashes == 3) || (*length == 9 && dashes == 1)))
            .then_some(name)
    })
}

fn snapshots(read: &mut Read) {
    let known: Vec<(String, Vec<super::Draft>)> =
        read.entries.iter().map(|entry| (entry.model.clone(), entry.drafts.clone())).collect();
    for entry in read.entries.iter_mut().filter(|entry| !entry.refused()) {
        let Some(name) = undated(&entry.model) else { continue };
        let mut same = known.iter().filter(|(model, _)| model == name).peekable();
        if same.peek().is_some() {
            let equal = same.any(|(_, drafts)| *drafts == entry.drafts);
            entry.flag(
                Reason::DatedSnapshot,
                format!("of {name}, {}", if equal { "with its prices" } else { "with other prices" }),
            );
        }
    }
}

/// Keys that mean one model: what is equal is taken once.
fn twice(read: &mut Read) {
    let mut seen: BTreeMap<String, (String, Vec<super::Draft>)> = BTreeMap::new();
    for entry in read.entries.iter_mut().filter(|entry| !entry.refused()) {
        let (first, known) = seen.entry(entry.model.clone()).or_insert_with(|| (entry.key.clone(), Vec::new()));
        let before = entry.drafts.len();
        entry.drafts.retain(|draft| !known.contains(draft));
        known.extend(entry.drafts.iter().cloned());
        if entry.drafts.len() < before {
            let (first, count) = (first.clone(), before - entry.drafts.len());
            entry.flag(Reason::SameModelTwice, format!("{count} of {before} prices are those of {first:?}"));
        }
    }
}

fn between_providers(read: &mut Read) {
    let bare = |model: &str| model.rsplit('/').next().unwrap_or(model).to_owned();
    let mut flat: BTreeMap<String, Vec<(String, Exact)>> = BTreeMap::new();
    for entry in read.entries.iter().filter(|entry| !entry.refused()) {
        if let Some(draft) = entry.drafts.iter().find(|draft| draft.is_flat()) {
            flat.entry(bare(&entry.model)).or_default().push((entry.model.clone(), draft.usd));
        }
    }
    for entry in read.entries.iter_mut().filter(|entry| !entry.refused()) {
        let Some(draft) = entry.drafts.iter().find(|draft| draft.is_flat()) else { continue };
        let others = flat.get(&bare(&entry.model)).into_iter().flatten();
        let mut others =
            others.filter(|(model, usd)| *usd != draft.usd && provider::provider(model) != provider::provider(&entry.model));
        if let Some((model, usd)) = others.next() {
            let detail = format!("{} here, {usd} as {model}", draft.usd);
            entry.flag(Reason::DiffersBetweenProviders, detail);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_at_the_end_are_known() {
        assert_eq!(undated("openai/gpt-image-2-2026-04-21"), Some("openai/gpt-image-2"));
        assert_eq!(undated("xai/grok-imagine-image-quality-20260403"), Some("xai/grok-imagine-image-quality"));
        assert_eq!((undated("openai/gpt-image-2"), undated("a/b-2026"), undated("a/é-2026-04-21")), (None, None, Some("a/é")));
    }
}
