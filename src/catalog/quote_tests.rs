//! Quotes from the built-in book, computed by hand from the vendors' price lists as of 2026-11-22, and from a small book.

use super::*;
use crate::spec::{Mistakes, Sources};

fn list() -> Book {
    Book::builtin("2026-11").expect("built in")
}

fn asked<'a>(date: &str, size: &str, quality: &'a str) -> Asked<'a> {
    let date = date.parse().expect("a date");
    Asked { size: size.parse().ok(), quality: Some(quality).filter(|quality| !quality.is_empty()), ..Asked::on(date) }
}

fn price(book: &Book, model: &str, asked: &Asked<'_>) -> Result<String, String> {
    quote(book, model, asked).map(|quote| quote.image.to_string()).map_err(|miss| miss.to_string())
}

#[test]
fn one_of_each_kind() {
    let book = list();
    let cases = [
        // A table, until the day of the shutdown.
        ("openai/dall-e-3", "2026-05-11", "1792x1024", "hd", "0.12"),
        ("openai/dall-e-2", "2026-01-01", "512x512", "", "0.018"),
        // Flat.
        ("google-gemini-api/imagen-4.0-fast-generate-001", "2026-08-16", "1024x1024", "standard", "0.02"),
        // Tokens: 4160 at 40 USD, 7024 at 30 USD per million; the same quality of the next version has a quarter of them.
        ("openai/gpt-image-1", "2026-10-22", "1024x1024", "high", "0.1664"),
        ("openai/gpt-image-2", "2026-11-22", "1024x1024", "high", "0.21072"),
        ("openai/gpt-image-2.5-flare", "2026-11-22", "1024x1024", "high", "0.05268"),
        ("openai/gpt-image-2.5-flare", "2026-11-22", "1024x1024", "max", "0.21072"),
        // A class of sizes: 2000 tokens at 120 USD.
        ("google-gemini-api/gemini-3-pro-image", "2026-11-22", "3840x2160", "", "0.24"),
        // Megapixels, begun ones whole: 2560x1440 has 3.5.
        ("fal/flux/dev", "2026-11-22", "2560x1440", "", "0.1"),
        // The first megapixel and three more.
        ("black-forest-labs/flux-2-pro", "2026-11-22", "2048x2048", "", "0.075"),
        // Pixels: 1.3e-9 times 1024 x 1024.
        ("nscale/black-forest-labs/FLUX.1-schnell", "2026-11-22", "1024x1024", "", "0.0013631488"),
        // By quality only.
        ("ideogram/ideogram-4.5", "2026-11-22", "1024x1024", "medium", "0.06"),
    ];
    for (model, date, size, quality, expected) in cases {
        assert_eq!(price(&book, model, &asked(date, size, quality)).as_deref(), Ok(expected), "{model} {size} {quality}");
    }
}

#[test]
fn steps_regions_services_and_operations_are_asked_for() {
    let book = list();
    let on = asked("2026-11-22", "1024x1024", "");
    let cases = [
        ("dezgo/sdxl", Asked { steps: Some(30), ..on }, "0.0075"),
        ("fireworks/SSD-1B", Asked { steps: Some(30), ..on }, "0.0039"),
        ("azure/dall-e-3", Asked { quality: Some("standard"), ..on }, "0.04"),
        ("azure/dall-e-3", Asked { quality: Some("standard"), region: Some("regional +10%"), ..on }, "0.044"),
        ("google-gemini-api/gemini-3-pro-image", Asked { service: Service::Batch, ..on }, "0.067"),
        ("black-forest-labs/flux-2-pro", Asked { operation: Some("edit"), ..on }, "0.045"),
    ];
    for (model, asked, expected) in cases {
        assert_eq!(price(&book, model, &asked).as_deref(), Ok(expected), "{model} {asked:?}");
    }
}

/// gpt-image-1-mini's published prices exceed what its tokens make, whose counts are not confirmed: both are kept.
#[test]
fn published_prices_and_tokens_are_both_kept() {
    let book = list();
    let quotes = quotes(&book, "openai/gpt-image-1-mini", &asked("2026-11-22", "1024x1024", "high"));
    let all: Vec<_> = quotes.iter().map(|quote| (quote.by, quote.image.to_string())).collect();
    assert_eq!(all, [(Base::Image, "0.036".to_owned()), (Base::OutImage, "0.03328".to_owned())]);
    let tokens = &quotes[1];
    assert_eq!(tokens.tokens.map(|(count, _)| count), Some(4160));
    let per_million = [tokens.input_per_million, tokens.input_image_per_million, tokens.output_per_million];
    assert_eq!(per_million.map(|usd| usd.map(|usd| usd.to_string())), ["2", "2.5", "8"].map(|usd| Some(usd.to_owned())));
}

/// 1536x1024 has more pixels than 1024x1024 and fewer tokens: what lies between is not for guessing.
#[test]
fn token_tables_are_not_monotone_in_area() {
    let book = list();
    let tokens = |size| {
        let quote = quote(&book, "openai/gpt-image-2", &asked("2026-11-22", size, "high")).expect("in the table");
        quote.tokens.map(|(count, _)| count)
    };
    assert_eq!((tokens("1024x1024"), tokens("1536x1024")), (Some(7024), Some(5488)));
    let miss = price(&book, "openai/gpt-image-2", &asked("2026-11-22", "1280x1024", "high")).expect_err("between them");
    assert!(miss.starts_with("openai/gpt-image-2 has no price per image at 1280x1024 in quality \"high\""), "{miss}");
}

#[test]
fn a_miss_says_what_there_is() {
    let book = list();
    let miss = |model, asked: &Asked<'_>| price(&book, model, asked).expect_err("a miss");
    let shut = miss("openai/dall-e-2", &asked("2026-11-22", "2048x2048", ""));
    assert_eq!(
        shut.split(" (page").next(),
        Some("openai/dall-e-2 was shut down on 2026-05-12; its successor: gpt-image-1 / gpt-image-1-mini")
    );
    let early = miss("openai/gpt-image-2", &asked("2020-01-01", "1024x1024", "high"));
    assert_eq!(early, "openai/gpt-image-2 was launched on 2026-04-21");
    let typing = miss("openai/gpt-imag-2", &asked("2026-11-22", "", ""));
    assert_eq!(typing, "2026-11 knows no model \"openai/gpt-imag-2\"; did you mean \"openai/gpt-image-2\"?");
    let seconds = miss("replicate/(hardware H100)", &asked("2026-11-22", "1024x1024", ""));
    assert_eq!(seconds, "replicate/(hardware H100) has no price per image; it is priced per_second");
    let quality = miss("ideogram/ideogram-4.5", &asked("2026-11-22", "1024x1024", "hd"));
    assert_eq!(
        quality,
        "ideogram/ideogram-4.5 has no price per image at 1024x1024 in quality \"hd\" on 2026-11-22; it has: high; low; medium"
    );
}

const BOOK: &str = r#"
title = "a test"
retrieved = 2026-01-01
[models."a/b"]
price.per_image = "0.10 USD"
price_changes = [{ from = 2026-06-01, price.table.hd = { "512x512" = "0.20 USD" } }]
[models."a/tokens"]
price.tokens = { input_per_million = "5 USD", output_per_million = "40 USD", image_tokens.high = { "512x512" = 1000 } }
[[rates]]
model = "a/c"
source = "a blog"
date = "2026-05-01"
confidence = "low"
rows = [{ unit = "per_image", usd = "0.5" }, { unit = "per_image", quality = "hd", usd = "0.9" }]
[[rates]]
model = "a/c"
source = "the vendor"
date = "unknown"
confidence = "high"
to = 2026-07-01
rows = [{ unit = "per_image", usd = "0.4" }]
[[rates]]
model = "a/c"
superseded = true
source = "an old file"
date = "2025-01-01"
confidence = "high"
rows = [{ unit = "per_image", quality = "old", usd = "0.3" }]
"#;

#[test]
fn preference_is_by_date_then_confidence_and_named_rows_win() {
    let (mut sources, mut mistakes) = (Sources::new(), Mistakes::new());
    let book = Book::read("test", [("test.toml", BOOK)], &mut sources, &mut mistakes);
    assert_eq!(mistakes.into_sorted(), []);
    let of = |model, date, quality| price(&book, model, &asked(date, "512x512", quality)).ok();
    assert_eq!(of("a/c", "2026-01-01", "").as_deref(), Some("0.4"));
    assert_eq!(of("a/c", "2026-08-01", "").as_deref(), Some("0.5"));
    assert_eq!((of("a/c", "2026-01-01", "hd").as_deref(), of("a/c", "2026-01-01", "sd")), (Some("0.9"), None));
    assert_eq!(of("a/c", "2026-01-01", "old"), None);
    assert_eq!((of("a/b", "2026-05-31", "hd").as_deref(), of("a/b", "2026-06-01", "hd").as_deref()), (Some("0.1"), Some("0.2")));
    assert_eq!((of("a/tokens", "2026-06-01", "high").as_deref(), of("a/tokens", "2026-06-01", "low")), (Some("0.04"), None));
}
