//! Models of the built-in book, by hand from its rows, and of a small book.

use super::*;
use crate::provider::ModelSpec;
use crate::spec::{Data, Field, Mistakes, Reader, Sources};

fn shape(size: &str, quality: &str) -> Shape {
    Shape::new(size.parse().expect("a size"), quality.to_owned())
}

struct Made {
    tree: Derived,
    spec: ModelSpec,
}

impl Made {
    /// What stands at a path, as text.
    fn at(&self, path: &[&str]) -> Option<String> {
        let node = path.iter().try_fold(&self.tree.model, |node, key| match &node.data {
            Data::Array(items) => items.get(key.parse::<usize>().ok()?),
            _ => node.get(key),
        })?;
        match &node.data {
            Data::Text(text) | Data::Date(text) => Some(text.clone()),
            Data::Integer(number) => Some(number.to_string()),
            other => Some(format!("{other:?}")),
        }
    }

    fn warnings(&self) -> Vec<&str> {
        self.tree.warnings.iter().map(|warning| warning.what.as_str()).collect()
    }
}

fn made(book: &Book, model: &str, shapes: &[Shape], (first, last): (&str, &str), tier: Option<&str>) -> Made {
    let place = Place::whole(Sources::new().add("", ""));
    let shapes = shapes.to_vec();
    let tier = tier.map(|tier| Located { value: tier.to_owned(), place: place.clone() });
    let wanted = Wanted {
        shapes: &&shapes,
        words: &[],
        first: first.parse().expect("a day"),
        last: last.parse().expect("a day"),
        tier: tier.as_ref(),
        place: &place,
    };
    let tree = derive(book, model, &table::<String>(&place, Vec::new()), &wanted);
    let mut reader = Reader::new();
    let spec = ModelSpec::read(&tree.model, &mut reader);
    assert_eq!(reader.into_mistakes().into_sorted(), [], "{model}");
    Made { spec: spec.expect("no mistakes"), tree }
}

fn list() -> Book {
    Book::builtin("2026-11").expect("built in")
}

#[test]
fn tokens_come_with_their_table_and_a_table_with_its_cells() {
    let shapes = [shape("1024x1024", "high"), shape("1536x1024", "high")];
    let tokens = made(&list(), "openai/gpt-image-2", &shapes, ("2026-11-01", "2026-11-30"), Some("tier 1"));
    let rate = |key| tokens.at(&["price", "tokens", key]);
    assert_eq!(
        ["input_per_million", "cached_per_million", "input_image_per_million", "cached_image_per_million", "output_per_million"]
            .map(|key| rate(key).unwrap_or_default()),
        ["5 USD", "1.25 USD", "8 USD", "2 USD", "30 USD"]
    );
    let count = |size| tokens.at(&["price", "tokens", "image_tokens", "high", size]);
    assert_eq!((count("1024x1024").as_deref(), count("1536x1024").as_deref()), (Some("7024"), Some("5488")));
    assert_eq!((tokens.tree.misses.len(), tokens.spec.price_changes.is_none()), (0, true));
    let flat = made(&list(), "openai/dall-e-3", &[shape("1024x1024", "hd")], ("2026-01-01", "2026-01-30"), Some("none"));
    assert_eq!(flat.at(&["price", "table", "hd", "1024x1024"]).as_deref(), Some("0.08 USD"));
    assert!(flat.warnings().is_empty(), "{:?}", flat.warnings());
}

/// Gemini's batch is half of its price per image and per token. OpenAI's list has batch prices of what goes in alone.
#[test]
fn classes_of_service_are_parts_of_the_price_where_the_book_has_both() {
    let of = |model, shapes: &[Shape]| made(&list(), model, shapes, ("2026-11-01", "2026-11-30"), Some("none"));
    let standard = shape("1024x1024", "high");
    let batch = Shape { service: crate::model::Service::Batch, ..standard.clone() };
    let gemini = of("google-gemini-api/gemini-3-pro-image", &[standard.clone(), batch.clone()]);
    assert_eq!((gemini.at(&["adjust", "service", "batch"]).as_deref(), gemini.tree.misses.len()), (Some("0.500000"), 0));
    let openai = of("openai/gpt-image-2", &[standard, batch.clone()]);
    assert_eq!((openai.at(&["adjust", "service", "batch"]), openai.tree.misses.len()), (None, 1));
    assert_eq!(openai.tree.misses[0].0, batch);
}

/// Tier 1 of gpt-image-2 is 5 images and 100 000 tokens a minute; all of OpenAI's models together 100 USD a month.
#[test]
fn limits_are_those_of_the_tier_that_is_chosen() {
    let of = |tier| made(&list(), "openai/gpt-image-2", &[shape("1024x1024", "high")], ("2026-11-01", "2026-11-02"), tier);
    let first = of(Some("tier 1"));
    assert_eq!(
        (first.at(&["limits", "images"]).as_deref(), first.at(&["limits", "tokens"]).as_deref()),
        (Some("5/min"), Some("100000/min"))
    );
    let shared = first.tree.provider_limits.as_ref().and_then(|limits| limits.get("usd")?.get("most"));
    assert!(matches!(shared.map(|node| &node.data), Some(Data::Text(most)) if most == "100 USD"));
    let none = of(None);
    assert_eq!((none.at(&["limits"]), none.warnings()), (None, vec!["the limits of openai are left out: no tier is chosen"]));
    assert_eq!(of(Some("none")).warnings(), [""; 0]);
    assert_eq!(of(Some("tier 9")).warnings(), ["no limits of openai/gpt-image-2 are known in tier \"tier 9\""]);
}

/// gpt-image-2 (limits.csv of the facts of 2026-11-22): 5, 20, 50, 150, 250 images a minute after 0, 50, 100, 250, 1000 USD and
/// 0, 7, 7, 14, 30 days; who is in tier 3 has paid 100 USD and is 7 days old.
#[test]
fn tiers_above_the_one_that_is_chosen_are_earned() {
    let of = |model, tier| made(&list(), model, &[shape("1024x1024", "high")], ("2026-11-01", "2026-11-02"), Some(tier));
    let rungs = |made: &Made| -> Vec<String> {
        let rung = |at: usize| {
            let field = |key| made.at(&["limits", "tiers", &at.to_string(), key]);
            let told = ["name", "spent", "age", "images"].map(|key| field(key).unwrap_or_default());
            field("name").map(|_| told.join(" ").trim().to_owned())
        };
        (0..9).map_while(rung).collect()
    };
    let third = of("openai/gpt-image-2", "tier 3");
    assert_eq!(rungs(&third), ["tier 3 100 USD 7d", "tier 4 250 USD 14d 150/min", "tier 5 1000 USD 30d 250/min"]);
    assert_eq!(third.at(&["limits", "tiers", "2", "tokens"]).as_deref(), Some("8000000/min"));
    let standing = |made: &Made, key| match &made.tree.standing.as_ref()?.get(key)?.data {
        Data::Text(text) => Some(text.clone()),
        _ => None,
    };
    assert_eq!((standing(&third, "spent").as_deref(), standing(&third, "age").as_deref()), (Some("100 USD"), Some("7d")));
    let shared = third.tree.provider_limits.as_ref().and_then(|limits| limits.get("tiers")).map(|tiers| &tiers.data);
    assert!(matches!(shared, Some(Data::Array(tiers)) if tiers.len() == 3), "{shared:?}");
    // The highest has none above it; tiers of 2024 are no rungs of today's.
    assert_eq!((rungs(&of("openai/gpt-image-2", "tier 5")).len(), rungs(&of("openai/dall-e-3", "tier 1")).len()), (0, 5));
    assert_eq!(
        rungs(&of("openai/dall-e-3", "tier 1 (historic)"))[1..],
        ["tier 3 (historic) 100 USD 7d 7/min", "tier 4 (historic) 250 USD 14d 15/min", "tier 5 (historic) 1000 USD 30d 50/min"]
    );
    // Where nobody says what a tier takes, it is had by contract only; of tier 3 no cap per month is known, and it is no rung.
    let google = of("google-gemini-api/gemini-3-pro-image", "tier 1").tree.provider_limits.expect("limits");
    let Some(Data::Array(tiers)) = google.get("tiers").map(|tiers| &tiers.data) else { panic!("no higher ones") };
    assert_eq!((tiers.len(), tiers.iter().filter(|tier| tier.get("spent").is_some()).count()), (2, 0));
}

/// OpenAI: failed and refused at once are free, refused after the image was made nobody knows, what is finished too late is
/// billed. Black Forest Labs says nothing of refusals.
#[test]
fn rules_of_billing_are_unknown_where_no_source_speaks() {
    let rules = |model| {
        let made = made(&list(), model, &[], ("2026-11-01", "2026-11-02"), Some("none"));
        ["failed", "blocked_before", "blocked_after", "timed_out"].map(|key| made.at(&["billing", key]).unwrap_or_default())
    };
    assert_eq!(rules("openai/gpt-image-2"), ["no", "no", "unknown", "yes"]);
    assert_eq!(rules("black-forest-labs/flux-2-pro")[1..], ["unknown", "unknown", "unknown"]);
}

#[test]
fn a_life_has_the_events_and_the_successor_at_the_same_provider() {
    let shapes = [shape("1024x1024", "high")];
    let life = made(&list(), "openai/gpt-image-1", &shapes, ("2026-10-01", "2026-10-30"), None);
    assert_eq!(life.at(&["life", "shutdown"]).as_deref(), Some("2026-10-23"));
    assert_eq!(life.at(&["life", "successor"]).as_deref(), Some("openai/gpt-image-2.5-sunburst"));
    // Its price stays after the end, when nothing is to be had any more.
    assert!(life.spec.price_changes.is_none());
    let gone = made(&list(), "openai/dall-e-3", &[shape("1024x1024", "standard")], ("2026-11-01", "2026-11-30"), Some("none"));
    assert_eq!(gone.at(&["price", "table", "standard", "1024x1024"]).as_deref(), Some("0.04 USD"));
    assert_eq!(gone.warnings(), ["openai/dall-e-3 was shut down on 2026-05-12"]);
    let young = made(&list(), "openai/gpt-image-2", &shapes, ("2026-01-01", "2026-12-30"), Some("none"));
    assert_eq!(young.at(&["life", "launch"]).as_deref(), Some("2026-04-21"));
    assert_eq!(young.at(&["price", "tokens", "output_per_million"]).as_deref(), Some("30 USD"));
}

#[test]
fn a_latency_needs_both_figures_for_all_that_is_asked() {
    let of = |model| made(&list(), model, &[], ("2026-11-01", "2026-11-02"), Some("none")).at(&["latency", "lognormal", "p95"]);
    assert_eq!(of("ideogram/ideogram-3").as_deref(), Some("9.6s"));
    // Only for one quality.
    assert_eq!(of("openai/gpt-image-2"), None);
}

const SMALL: &str = r#"
title = "t"
retrieved = 2026-01-01
[models]
"a/x" = {}
[[rates]]
model = "a/x"
to = 2026-03-01
source = "list"
date = "2025"
confidence = "high"
rows = [{ unit = "per_megapixel", usd = "0.01" }]
[[rates]]
model = "a/x"
from = 2026-03-01
source = "letter"
date = "2026"
confidence = "low"
rows = [{ unit = "per_image", size = "1024x1024", usd = "0.03" }]
[[rates]]
model = "a/x"
from = 2026-04-01
source = "later"
date = "2026"
confidence = "high"
rows = [{ unit = "per_image", size = "1024x1024", usd = "0.03" }]
"#;

#[test]
fn prices_change_on_their_days_and_only_then() {
    let book = Book::read("small", [("small.toml", SMALL)], &mut Sources::new(), &mut Mistakes::new());
    let course = made(&book, "a/x", &[shape("1024x1024", "any")], ("2026-02-15", "2026-12-31"), None);
    assert_eq!(course.at(&["price", "table", "any", "1024x1024"]).as_deref(), Some("0.01 USD"));
    assert_eq!(course.at(&["price_changes", "0", "from"]).as_deref(), Some("2026-03-01"));
    assert_eq!(course.at(&["price_changes", "0", "price", "table", "any", "1024x1024"]).as_deref(), Some("0.03 USD"));
    // The same price from another source is no change.
    assert_eq!(course.spec.price_changes.as_ref().map(Vec::len), Some(1));
    assert_eq!(course.warnings(), ["a price of a/x is of low confidence, or no longer in its source"]);
    let early = made(&book, "a/x", &[shape("1024x1024", "any")], ("2026-02-15", "2026-02-28"), None);
    assert!(early.spec.price_changes.is_none() && early.warnings().is_empty());
    // A book without rules of billing says nothing of them.
    assert_eq!(early.at(&["billing"]), None);
    let large = made(&book, "a/x", &[shape("2048x2048", "any")], ("2026-02-15", "2026-12-31"), None);
    assert_eq!(large.tree.misses.len(), 1, "it has no price in March");
    assert_eq!(
        large.warnings(),
        [
            "a/x has no price from 2026-03-01 on: the one before is kept",
            "a/x has no price from 2026-04-01 on: the one before is kept"
        ]
    );
}
