//! Price books from public price files: every trap by its name, every price to its digit, and the book can be read.

use std::path::Path;

use spendcast::catalog::import::{Form, Import, Origin, import};
use spendcast::catalog::{Asked, Book, check, quote};
use spendcast::spec::{Mistakes, Sources};

fn imported(form: Form, file: &str) -> Import {
    let path = Path::new("tests/data/prices").join(file);
    let text = std::fs::read_to_string(&path).expect("test data");
    let provider = file.trim_end_matches(".json");
    let date = "2026-11-22".parse().expect("a date");
    import(&text, &Origin { form, file, version: Some("1.0"), date, provider }).expect("of this form")
}

/// The verdict on an entry and the names of its reasons.
fn verdict(import: &Import, key: &str) -> String {
    let entry = import.entries.iter().find(|entry| entry.key == key).unwrap_or_else(|| panic!("no entry {key}"));
    let reasons: Vec<&str> = entry.reasons.iter().map(|(reason, _)| reason.name()).collect();
    [vec![entry.verdict()], reasons].concat().join(" ")
}

/// The prices of an entry: unit, size, quality, steps and dollars.
fn prices(import: &Import, key: &str) -> Vec<String> {
    let entry = import.entries.iter().find(|entry| entry.key == key).unwrap_or_else(|| panic!("no entry {key}"));
    let price = |draft: &spendcast::catalog::import::Draft| {
        let size = draft.size.as_ref().map(ToString::to_string);
        let steps = draft.steps.map(|steps| format!("{steps} steps"));
        let term = [draft.from.map(|day| format!("from {day}")), draft.to.map(|day| format!("to {day}"))];
        let parts = [Some(draft.unit.to_string()), size, draft.quality.clone(), steps].into_iter().chain(term);
        parts.flatten().chain([draft.usd.to_string()]).collect::<Vec<_>>().join(" ")
    };
    entry.drafts.iter().map(price).collect()
}

fn read_back(import: &Import) -> Book {
    let (mut sources, mut mistakes) = (Sources::new(), Mistakes::new());
    let book = Book::read("imported", [("imported.toml", import.book.as_str())], &mut sources, &mut mistakes);
    check(&book, &mut mistakes);
    assert_eq!(mistakes.into_sorted(), []);
    book
}

#[test]
fn every_trap_of_litellm_has_its_name() {
    let import = imported(Form::Litellm, "litellm.json");
    let verdicts = [
        ("sample_spec", "refused sample_spec"),
        ("fireworks_ai/accounts/fireworks/models/SSD-1B", "refused unit_outlier"),
        ("stability/inpaint", "refused scale_outlier"),
        ("stability/creative", "refused scale_outlier"),
        ("stability/sketch", "refused scale_outlier"),
        ("stability/outpaint", "refused scale_outlier"),
        ("azure/standard/1024-x-1024/dall-e-2", "refused zero_price"),
        ("gemini-3.1-flash-image", "flagged differs_between_providers"),
        ("gemini/gemini-3.1-flash-image", "flagged differs_between_providers"),
        ("dashscope/qwen-image-3.0-pro", "refused no_price"),
        ("1024-x-1024/dall-e-3", "flagged past_deprecation"),
        ("chatgpt-image-latest", "flagged moving_alias"),
        ("deep-research-pro", "refused text_prices_only"),
        ("gpt-image-2-2026-04-21", "flagged dated_snapshot"),
        ("vertex_ai/gemini-3.1-flash-image", "flagged unknown_field same_model_twice"),
        ("azure/standard/1024-x-1024/dall-e-3", "flagged regional_meter"),
        ("runwayml/gen4_image", "flagged equal_input_price"),
        ("xai/grok-imagine-image", "flagged lone_input_price"),
        ("aiml/broken", "refused bad_number"),
        ("nscale/black-forest-labs/FLUX.1-schnell", "flagged unknown_field"),
        ("gpt-image-2", "taken"),
        ("low/1024-x-1024/gpt-image-1.5", "taken"),
    ];
    for (key, expected) in verdicts {
        assert_eq!(verdict(&import, key), expected, "{key}");
    }
    assert_eq!((import.entries.len(), import.others), (25, 1));
}

#[test]
fn the_fields_of_litellm_become_units_to_the_digit() {
    let import = imported(Form::Litellm, "litellm.json");
    let expected: [(&str, &[&str]); 8] = [
        (
            "gpt-image-2",
            &[
                "per_mtok_in_text 5",
                "per_mtok_in_text_cached 1.25",
                "per_mtok_in_image 8",
                "per_mtok_out_image 30",
                "per_mtok_in_text_batch 2.5",
            ],
        ),
        ("low/1024-x-1024/gpt-image-1.5", &["per_image 1024x1024 low 0.009"]),
        ("1024-x-1024/dall-e-3", &["per_pixel 1024x1024 0.0000000381469"]),
        ("1024-x-1024/50-steps/bedrock/amazon.nova-canvas-v1:0", &["per_image 1024x1024 50 steps 0.06"]),
        ("max-x-max/max-steps/bedrock/stability.stable-diffusion-xl-v0", &["per_image max size, max steps 0.072"]),
        (
            "gemini-3.1-flash-image",
            &[
                "per_input_image 0.00056",
                "per_image 0.0672",
                "per_mtok_out_image 60",
                "per_image 4K 0.151",
                "per_mtok_in_text_above_200k_prompt_priority 7.2",
                "per_search_query 0.014",
            ],
        ),
        ("fal_ai/fal-ai/flux/dev", &["per_image 0.025", "per_pixel 0.00000002384185791015625"]),
        ("nscale/black-forest-labs/FLUX.1-schnell", &["per_pixel 0.0000000013"]),
    ];
    for (key, expected) in expected {
        assert_eq!(prices(&import, key), expected, "{key}");
    }
}

#[test]
fn the_book_can_be_read_and_names_its_file() {
    let import = imported(Form::Litellm, "litellm.json");
    let book = read_back(&import);
    let origin = book.files[0].imported.as_ref().expect("said");
    assert_eq!((origin.form.as_str(), origin.file.as_str(), origin.version.as_deref()), ("litellm", "litellm.json", Some("1.0")));
    assert_eq!(origin.sha256.value, import.sha256);
    let taken: usize = import.taken().map(|entry| entry.drafts.len()).sum();
    assert_eq!(book.rates.iter().map(|list| list.rows.len()).sum::<usize>(), taken);
    let asked = Asked { size: "1024x1024".parse().ok(), ..Asked::on("2026-01-01".parse().expect("a date")) };
    let dall_e = quote(&book, "openai/dall-e-3", &asked).map(|quote| quote.image.to_string());
    assert_eq!(dall_e.as_deref(), Ok("0.04"));
    let gone = quote(&book, "openai/dall-e-3", &Asked { date: "2026-11-22".parse().expect("a date"), ..asked });
    assert_eq!(gone.err().map(|miss| miss.what).as_deref(), Some("openai/dall-e-3 was shut down on 2026-05-12"));
    assert_eq!(book.limits("openai/gpt-image-2").map(|list| list.rows.len()).collect::<Vec<_>>(), [2]);
}

#[test]
fn portkeys_cents_and_their_exceptions() {
    let fal = imported(Form::Portkey, "fal-ai.json");
    let expected = ["per_image 0.211", "per_image high 0.211", "per_image 1024x768 high 0.145", "per_image 1024x768 low 0.005"];
    assert_eq!(prices(&fal, "openai/gpt-image-2"), expected);
    assert_eq!(verdict(&fal, "openai/gpt-image-2"), "flagged unknown_size");
    assert_eq!(verdict(&fal, "fal-ai/recraft-v3::premium"), "flagged conditional_name");
    assert_eq!(
        (verdict(&fal, "some/zero"), verdict(&fal, "some/yuan")),
        ("refused zero_price".into(), "refused other_currency".into())
    );
    assert_eq!(verdict(&fal, "some/tiny"), "refused unknown_unit");
    assert_eq!(prices(&fal, "some/megapixels"), ["per_megapixel 0.025"]);
    let tokens = ["per_mtok_in_text 5", "per_mtok_out_image 30", "per_mtok_in_text_cached 1.25", "per_image 1K 0.134"];
    assert_eq!((prices(&fal, "some/tokens"), fal.others), (tokens.map(str::to_owned).to_vec(), 1));

    let together = imported(Form::Portkey, "together-ai.json");
    assert_eq!(prices(&together, "Qwen/Qwen-Image"), ["per_image 0.0058"]);
    assert_eq!(verdict(&together, "Qwen/Qwen-Image"), "flagged stored_in_dollars");
    assert_eq!(prices(&together, "black-forest-labs/FLUX.1-schnell"), ["per_megapixel 0.0027"]);

    let stability = imported(Form::Portkey, "stability-ai.json");
    assert_eq!(verdict(&stability, "stable-image-ultra"), "flagged contradicts_vendor");
    assert_eq!(verdict(&stability, "inpaint"), "refused scale_outlier");
    let google = imported(Form::Portkey, "google.json");
    assert_eq!(verdict(&google, "gemini-3-pro-image"), "flagged stored_in_dollars");
    assert_eq!(prices(&google, "gemini-3-pro-image"), ["per_mtok_out_image 120", "per_input_image 0.0011", "per_image 4K 0.24"]);
    assert_eq!(verdict(&imported(Form::Portkey, "openrouter.json"), "some/image"), "refused unknown_unit");
    for import in [fal, together, stability, google] {
        read_back(&import);
    }
}

#[test]
fn the_last_active_price_of_genai_prices_wins() {
    let import = imported(Form::GenaiPrices, "genai-prices.json");
    assert_eq!(verdict(&import, "openai/gpt-image-1.5"), "taken");
    let dated = [
        "per_mtok_out_image to 2026-03-01 40.5",
        "per_mtok_out_image from 2026-03-01 to 2026-06-01 35",
        "per_mtok_out_image from 2026-06-01 30",
    ];
    assert_eq!(prices(&import, "google/dated"), dated);
    assert_eq!(verdict(&import, "google/covered"), "flagged never_active");
    assert_eq!(prices(&import, "google/covered"), ["per_mtok_out_image from 2026-03-01 35"]);
    assert_eq!((verdict(&import, "google/hourly").as_str(), prices(&import, "google/hourly").len()), ("flagged time_of_day", 1));
    assert_eq!(verdict(&import, "google/tiered"), "flagged cliff_tier unknown_field variants_left_out");
    let tiered =
        ["per_mtok_in_text 2", "per_mtok_in_text_above_200k_prompt 4", "per_mtok_out_image 120.25", "per_100k_requests 3500"];
    assert_eq!((prices(&import, "google/tiered"), import.others), (tiered.map(str::to_owned).to_vec(), 1));
    read_back(&import);
}

#[test]
fn a_file_of_another_form_is_refused() {
    let origin =
        |form| Origin { form, file: "x.json", version: None, date: "2026-11-22".parse().expect("a date"), provider: "x" };
    for (form, text) in [
        (Form::Litellm, "[]"),
        (Form::Litellm, "{}"),
        (Form::Portkey, "{\"a\": {\"b\": 1}}"),
        (Form::GenaiPrices, "{}"),
        (Form::GenaiPrices, "not JSON"),
        (Form::Litellm, ""),
    ] {
        assert!(import(text, &origin(form)).is_err(), "{text} was read as {form:?}");
    }
}
