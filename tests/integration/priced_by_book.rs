//! Scenarios whose models are priced by the rows of a price book: a built-in one, an imported one, and gateways of a book.

use std::path::Path;

use spendcast::catalog::import::{Form, Origin, import};
use spendcast::provider::Usage;
use spendcast::scenario::{self, Compiled, Loaded};
use spendcast::spec::Severity;

/// What a scenario becomes, or its mistakes; `own.toml` is a book of its own.
fn compile(text: &str, own: &str, sets: &[(&str, &str)]) -> Result<(Loaded, Compiled), Vec<String>> {
    let sets: Vec<(String, String)> = sets.iter().map(|(path, value)| ((*path).into(), (*value).into())).collect();
    let read = |path: &Path| match path.to_str() {
        Some("scenario.toml") => Ok(text.into()),
        Some("own.toml") => Ok(own.into()),
        _ => Err(std::io::ErrorKind::NotFound.into()),
    };
    let none = |_: &Path| Err(std::io::ErrorKind::NotFound.into());
    let compiled = scenario::load_and_compile(Path::new("scenario.toml"), &sets, &read, &none);
    compiled.map_err(|(_, mistakes)| {
        mistakes.into_iter().filter(|mistake| mistake.severity == Severity::Error).map(|mistake| mistake.what).collect()
    })
}

fn with_book(catalog: &str, size: &str, model: &str, rest: &str) -> String {
    format!(
        "title = \"t\"\ncatalog = \"{catalog}\"\nstart = 2026-11-01\nhorizon = \"2d\"\nreplications = 2\n\
         [workload.arrivals.poisson]\nrate = \"10/h\"\n[workload.classes.any]\nsize = \"{size}\"\nquality = \"high\"\n\
         prompt_tokens = 100\n[strategies.only]\nrouter.single = \"{model}\"\n{rest}"
    )
}

/// What one image costs, without its prompt.
fn list_price(compiled: &Compiled) -> String {
    let (_, price) = &compiled.plan.market.deployments[0].prices[0];
    let shape = spendcast::model::ShapeId(0);
    price.tariff(shape).of(&Usage::of(shape, 1, 0)).to_string()
}

/// 7024 tokens at 30 USD per million.
#[test]
fn a_model_of_the_list_costs_what_its_rows_say() {
    let text = with_book("2026-11", "1024x1024", "openai/gpt-image-2", "[models.\"openai/gpt-image-2\"]\nlatency = \"20s\"\n");
    let (loaded, compiled) = compile(&text, "", &[("tiers.openai", "tier 5")]).expect("no errors");
    assert_eq!(list_price(&compiled), "0.21072");
    // A dollar limit a month, and a billing rule that nobody knows.
    let warnings: Vec<bool> =
        loaded.warnings.iter().map(|warning| warning.what.ends_with("its limits on money or tiers by spend")).collect();
    assert_eq!(warnings, [true]);
    assert_eq!(loaded.catalogues[0].name, "2026-11");
    assert_eq!(compiled.doubts, ["openai bills blocked after"]);
    let price = ("models.\"openai/gpt-image-2\".price", "{ per_image = \"0.5 USD\" }");
    let (_, compiled) = compile(&text, "", &[price]).expect("no errors");
    assert_eq!(list_price(&compiled), "0.5", "the scenario's own price stands for the book's");
    let copy = [("models.\"me/copy\".like", "openai/gpt-image-2"), ("strategies.only.router.single", "me/copy")];
    let (loaded, compiled) = compile(&text, "", &copy).expect("no errors");
    assert_eq!(list_price(&compiled), "0.21072");
    assert_eq!(loaded.scenario.models.get("me/copy").map(|model| model.latency.is_some()), Some(true));
}

/// Until the shutdown of dall-e-3 on 2026-05-12 all is delivered, and nothing after it; the manifest names the book.
#[test]
fn a_run_on_the_list_names_it_in_its_manifest() {
    let scratch = tempfile::tempdir().expect("a directory");
    let run = std::process::Command::new(env!("CARGO_BIN_EXE_spendcast"))
        .args(["run", "tests/cmd/check.in/book.toml", "--quiet", "--out"])
        .arg(scratch.path())
        .output()
        .expect("the program starts");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let read = |name: &str| std::fs::read_to_string(scratch.path().join(name)).expect("written");
    let manifest: serde_json::Value = serde_json::from_str(&read("manifest.json")).expect("it is JSON");
    assert_eq!(manifest["catalogues"][0]["name"], "2026-11");
    let attempts = read("attempts.csv");
    let count = |outcome: &str| {
        let row = attempts.lines().find(|line| line.starts_with(&format!("gateway,openai/dall-e-3 via openrouter,{outcome},")));
        row.and_then(|row| row.split(',').nth(3)?.parse::<f64>().ok()).expect("a row")
    };
    let share = count("delivered") / (count("delivered") + count("gone"));
    assert!((share - 41.0 / 60.0).abs() < 0.02, "41 of 60 days: {share}");
}

#[test]
fn what_the_book_lacks_is_said_by_name() {
    let text = with_book("2026-11", "1024x1024", "openai/gpt-image-2", "");
    assert_eq!(compile(&text, "", &[]).err(), Some(vec!["model \"openai/gpt-image-2\" has no latency".to_owned()]));
    let text = with_book("2026-11", "1280x1024", "openai/gpt-image-2", "[models.\"openai/gpt-image-2\"]\nlatency = \"20s\"\n");
    let mistakes = compile(&text, "", &[]).expect_err("no such size");
    assert!(mistakes.iter().any(|what| what.contains("has no price per image at 1280x1024 in quality \"high\"")), "{mistakes:?}");
}

#[test]
fn an_imported_book_prices_models_too() {
    let json = std::fs::read_to_string("tests/data/prices/together-ai.json").expect("test data");
    let date = "2026-11-22".parse().expect("a date");
    let origin = Origin { form: Form::Portkey, file: "together-ai.json", version: None, date, provider: "together-ai" };
    let book = import(&json, &origin).expect("of this form").book;
    let model =
        book.lines().find_map(|line| line.strip_prefix("model = \"")?.strip_suffix('"')).expect("it has a model").to_owned();
    let text = with_book("./own.toml", "1024x1024", &model, &format!("[models.\"{model}\"]\nlatency = \"3s\"\n"));
    let (loaded, compiled) = compile(&text, &book, &[]).map_err(|mistakes| format!("{model}: {mistakes:?}")).expect("no errors");
    assert_ne!(list_price(&compiled), "0");
    assert!(loaded.catalogues[0].files[0].imported.is_some());
}

#[test]
fn gateways_of_a_book_are_reached_and_set() {
    for (book, model) in [("article", "google/imagen-3"), ("2026-11", "openai/gpt-image-2")] {
        for gateway in ["tokenmix", "openrouter", "litellm", "portkey"] {
            let latency = format!("[models.\"{model}\"]\nlatency = \"20s\"\nprice.per_image = \"1 USD\"\n");
            let text = with_book(book, "1024x1024", &format!("{model} via {gateway}"), &latency);
            let (_, compiled) =
                compile(&text, "", &[("tiers.openai", "none")]).map_err(|found| format!("{found:?}")).expect(book);
            let via = compiled.plan.market.deployments[0].more.as_ref().and_then(|more| more.via.as_ref());
            assert!(via.is_some(), "{model} via {gateway}");
        }
    }
    let text =
        with_book("article", "1024x1024", "google/imagen-3 via tokenmix", "[models.\"google/imagen-3\"]\nlatency = \"2s\"\n");
    let (loaded, _) = compile(&text, "", &[("gateways.tokenmix.failure", "3%")]).expect("no errors");
    let gateway = loaded.scenario.gateways.as_ref().and_then(|all| all.get("tokenmix")).expect("of the book");
    assert!(gateway.terms.is_some() && (gateway.failure.get() - 0.03).abs() < 1e-12);
    let unknown =
        with_book("article", "1024x1024", "google/imagen-3 via tokenmixx", "[models.\"google/imagen-3\"]\nlatency = \"2s\"\n");
    assert_eq!(compile(&unknown, "", &[]).err(), Some(vec!["unknown gateway \"tokenmixx\"".to_owned()]));
}

/// Tier 1 of gpt-image-2 is 5 images a minute and 100 USD a month at OpenAI, tier 3 50 and 1000 after 100 USD and 7 days, tier 5
/// 250 and 10 000. An image is 0.21072 USD and its prompt 0.0005, so these are 473, 4734 and 47 344 images.
#[test]
fn tiers_of_the_list_rise_while_money_is_spent() {
    let text = with_book("2026-11", "1024x1024", "openai/gpt-image-2", "[models.\"openai/gpt-image-2\"]\nlatency = \"20s\"\n")
        .replace("horizon = \"2d\"", "horizon = \"6d\"")
        .replace("poisson]\nrate = \"10/h\"", "constant]\nrate = \"10/min\"");
    let delivered = |sets: &[(&str, &str)]| {
        let sets = [&[("tiers.openai", "tier 1"), ("replications", "1")], sets].concat();
        let (_, compiled) = compile(&text, "", &sets).expect("no errors");
        let settings = spendcast::experiment::Settings {
            seed: 1,
            replications: 1,
            threads: 1,
            batch: 1,
            bounds: spendcast::experiment::Objectives::NONE,
        };
        crate::fixture::run_with(&compiled, settings).rows[0].delivered
    };
    assert_eq!(delivered(&[]), 473);
    assert_eq!(delivered(&[("accounts.openai.age", "7d")]), 4734);
    assert_eq!(delivered(&[("accounts.openai.tier", "tier 5")]), 47_344);
    assert_eq!(
        compile(&text, "", &[("tiers.openai", "tier 1"), ("accounts.openai.tier", "tier 6")]).err(),
        Some(vec!["no limit of account \"openai\" has a tier \"tier 6\"".to_owned()])
    );
}

/// A class asks for "high", which is "hd" at dall-e-3: 0.08 USD; the book is asked for it in these words, wherever they are said.
#[test]
fn a_model_has_words_of_its_own_for_quality() {
    let text = with_book("2026-11", "1024x1024", "openai/dall-e-3", "[models.\"openai/dall-e-3\"]\nlatency = \"20s\"\n");
    let priced = |sets: &[(&str, &str)]| {
        let sets = [&[("start", "2026-04-01"), ("tiers.openai", "none")], sets].concat();
        compile(&text, "", &sets).map(|(_, compiled)| list_price(&compiled))
    };
    assert!(priced(&[]).expect_err("no such quality").iter().any(|what| what.contains("in quality \"high\"")));
    assert_eq!(priced(&[("models.\"openai/dall-e-3\".quality.high", "hd")]).as_deref(), Ok("0.08"));
    let copy = [("models.\"me/copy\".like", "openai/dall-e-3"), ("strategies.only.router.single", "me/copy")];
    let words = [("models.\"me/copy\".quality.high", "hd")];
    assert_eq!(priced(&[&copy[..], &words[..]].concat()).as_deref(), Ok("0.08"));
    let unpriced = priced(&[("models.\"openai/dall-e-3\".quality.high", "hdd")]).expect_err("no such word");
    assert!(unpriced.iter().any(|what| what.contains("in quality \"hdd\"")), "{unpriced:?}");
}
