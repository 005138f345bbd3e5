//! What a scenario says and what would change nothing, or leads nowhere, is told at its own place: slips are mistakes, and what
//! may be there for another `--set` is a warning.

use std::path::Path;

use crate::fixture::world;
use spendcast::scenario;
use spendcast::spec::render;

const A: &str = "[models.\"p/a\"]\nprice.per_image = \"0.04 USD\"\nlatency = \"1s\"\n";
const B: &str = "[models.\"p/b\"]\nprice.per_image = \"0.05 USD\"\nlatency = \"1s\"\n";
const ONLY: &str = "[strategies.only]\nrouter.single = \"p/a\"\n";

/// All that is said of a scenario, and whether it can be run; `own.toml` is a price book.
fn said_with(text: &str, book: &str) -> (String, bool) {
    let read = |path: &Path| Ok(if path.ends_with("own.toml") { book } else { text }.as_bytes().to_vec());
    let none = |_: &Path| Err(std::io::ErrorKind::NotFound.into());
    match scenario::load_and_compile(Path::new("scenario.toml"), &[], &read, &none) {
        Ok((loaded, _)) => (render(&loaded.sources, &loaded.warnings, false), true),
        Err((sources, mistakes)) => (render(&sources, &mistakes, false), false),
    }
}

fn said(rest: &str) -> (String, bool) {
    said_with(&world("constant.rate = \"24/d\"", "2d", 1, rest), "")
}

/// The same where models are those of the built-in price book, from a day on, by these tiers.
fn said_by_book(start: &str, tiers: &str, rest: &str) -> (String, bool) {
    let text = world("constant.rate = \"24/d\"", "2d", 1, rest).replace("2026-01-01", start);
    said_with(&format!("catalog = \"2026-11\"\n{tiers}\n{text}"), "")
}

/// The same of a scenario that takes a price book of its own.
fn said_with_own(book: &str) -> (String, bool) {
    let text = format!("catalog = \"./own.toml\"\n{}", world("constant.rate = \"24/d\"", "2d", 1, ONLY));
    said_with(&text, &format!("title = \"Own\"\nretrieved = 2026-01-01\nsource = \"me\"\n{book}"))
}

/// The scenario is refused for this alone, shown at this text, with this help.
fn refused(rest: &str, what: &str, at: &str, help: &str) {
    check_refused(&said(rest), what, at, help);
}

fn check_refused((shown, runs): &(String, bool), what: &str, at: &str, help: &str) {
    check(shown, "error", what, at, help);
    assert!(!runs && shown.matches("error:").count() == 1, "{shown}");
}

/// The scenario can be run, and this alone is said of it.
fn warned(rest: &str, what: &str, at: &str, help: &str) {
    let (shown, runs) = said(rest);
    check(&shown, "warning", what, at, help);
    assert!(runs && shown.matches("warning:").count() == 1, "{shown}");
}

fn check(shown: &str, kind: &str, what: &str, at: &str, help: &str) {
    let start = shown.find(&format!("{kind}: {what}\n")).unwrap_or_else(|| panic!("no {kind} {what:?} in\n{shown}"));
    let lines: Vec<&str> = shown[start..].lines().take(7).collect();
    let (source, carets) = (lines[3], lines[4]);
    let begin = carets.find('^').expect("carets");
    assert!(source[begin..].starts_with(at) && carets.matches('^').count() == at.len(), "not at {at:?}:\n{shown}");
    assert!(lines.iter().any(|line| line.contains("= help: ") && line.contains(help)), "no help {help:?}:\n{shown}");
}

#[test]
fn a_name_that_floats_stands_for_something() {
    let floating = "[models.\"p/latest\"]\nversions = []\n[strategies.other]\nrouter.single = \"p/latest\"\n";
    let what = "\"p/latest\" is a name that floats, and stands for no model";
    refused(&format!("{A}{floating}{ONLY}"), what, "[]", "name at least one");
}

#[test]
fn tiers_are_of_providers_that_there_are_and_of_their_tiers() {
    let rest = "[models.\"openai/gpt-image-2\"]\nlatency = \"20s\"\nquality.standard = \"low\"\n\
         [models.\"me/own\"]\nprice.per_image = \"1 USD\"\nlatency = \"1s\"\n\
         [strategies.only]\nrouter.fallback = [\"openai/gpt-image-2\", \"me/own\"]\n";
    let said = |tiers: &str| said_by_book("2026-11-01", tiers, rest);
    let refused = |tiers: &str, what: &str, at: &str, help: &str| check_refused(&said(tiers), what, at, help);
    assert!(said("tiers.openai = \"tier 1\"").1);
    assert!(said("tiers = { openai = \"none\", me = \"none\" }").1);
    refused("tiers.opnai = \"tier 1\"", "no model is of provider \"opnai\"", "opnai", "did you mean \"openai\"?");
    let one = "openai has no tier \"tier one\"";
    refused("tiers.openai = \"tier one\"", one, "\"tier one\"", "\"tier 1\", \"tier 1 (historic)\", \"tier 2\"");
    refused("tiers.openai = \"teir 1\"", "openai has no tier \"teir 1\"", "\"teir 1\"", "did you mean \"tier 1\"?");
    let own = "tiers = { openai = \"none\", me = \"gold\" }";
    refused(own, "no catalogue lists limits of me by tier", "\"gold\"", "or write \"none\"");
    // Without a catalogue there is nobody to have tiers.
    let alone = format!("tiers.q = \"gold\"\n{}", world("constant.rate = \"24/d\"", "2d", 1, &format!("{A}{ONLY}")));
    assert!(said_with(&alone, "").0.contains("no model is of provider \"q\""));
}

#[test]
fn a_tier_that_a_model_lacks_is_a_warning_at_the_tier() {
    let rest = "[models.\"openai/gpt-image-1\"]\nlatency = \"20s\"\nquality.standard = \"low\"\n\
         [strategies.only]\nrouter.single = \"openai/gpt-image-1\"\n";
    let (shown, runs) = said_by_book("2026-06-01", "tiers.openai = \"Grow\"", rest);
    check(&shown, "warning", "no limits of openai/gpt-image-1 are known in tier \"Grow\"", "\"Grow\"", "its tiers: \"tier 1\"");
    assert!(runs, "{shown}");
}

#[test]
fn words_for_quality_are_asked_for() {
    let table = A.replace("per_image = ", "table.hd.\"1024x1024\" = ");
    let help = "did you mean \"standard\"? asked for: standard";
    let slip = format!("{table}quality = {{ standard = \"hd\", standrad = \"hd\" }}\n{ONLY}");
    refused(&slip, "no class asks for quality \"standrad\"", "standrad", help);
    // What a price book says is meant for others too.
    let book = format!("{table}quality = {{ standard = \"hd\", high = \"hd\" }}\n");
    assert_eq!(said_with_own(&book), (String::new(), true));
    let journey = "[workload.journey]\nrounds = 2\nthink_time = \"1s\"\ndraft_quality = \"low\"\n";
    let drafts = format!("{journey}{table}acceptance = \"50%\"\nquality = {{ standard = \"hd\", low = \"hd\" }}\n{ONLY}");
    assert_eq!(said(&drafts), (String::new(), true));
}

#[test]
fn words_for_quality_change_a_price() {
    let what = "the price of \"p/a\" is the same in any quality";
    warned(&format!("{A}quality.standard = \"hd\"\n{ONLY}"), what, "standard", "price.table");
    for by_quality in [
        "price.per_call = { price = \"1 USD\", first_party.hd.\"1024x1024\" = \"2 USD\" }",
        "price.per_image = \"1 USD\"\nadjust.surcharges.x.per_image.by_quality = { hd = \"1 USD\" }",
        "price.per_image = \"1 USD\"\nprice_changes = [{ from = 2026-01-02, price.table.hd.\"1024x1024\" = \"2 USD\" }]",
    ] {
        let model = A.replace("price.per_image = \"0.04 USD\"", by_quality);
        assert_eq!(said(&format!("{model}quality.standard = \"hd\"\n{ONLY}")), (String::new(), true));
    }
}

#[test]
fn a_word_that_a_book_does_not_know_is_shown_where_it_stands() {
    let rest = "[models.\"openai/gpt-image-2\"]\nlatency = \"20s\"\nquality.standard = \"hihg\"\n\
         [strategies.only]\nrouter.single = \"openai/gpt-image-2\"\n";
    let said = |rest: &str| said_by_book("2026-11-01", "tiers.openai = \"none\"", rest);
    let what = "openai/gpt-image-2 has no price per image at 1024x1024 in quality \"hihg\" on 2026-11-01";
    check_refused(&said(rest), what, "\"hihg\"", "did you mean \"high\"? it has: ");
    // What else is missing is said as well.
    let (shown, _) = said(&rest.replace("latency = \"20s\"\n", ""));
    assert!(shown.contains("model \"openai/gpt-image-2\" has no latency") && shown.matches("error:").count() == 2, "{shown}");
}

#[test]
fn one_gateway_is_all_there_can_be() {
    let two = "[gateways.mix]\n[gateways.mux]\n";
    let what = |model: &str, first: &str, last: &str| {
        format!("\"{model}\" cannot be reached through gateway \"{first}\" and gateway \"{last}\" at once")
    };
    let latest = "[models.\"p/latest\"]\nversions = [{ model = \"p/a via mix\" }]\n[strategies.only]\nrouter.single = \"p/latest via mux\"\n";
    refused(&format!("{A}{two}{latest}"), &what("p/a", "mix", "mux"), "\"p/a via mix\"", "write \"p/a\": it is reached");
    let moving = "life = { shutdown = 2026-01-02, successor = \"p/b via mix\" }\n[strategies.only]\nrouter.single = \"p/a via mux\"\nmigrate.ahead = \"1d\"\n";
    let moving = format!("{B}{two}{A}{moving}");
    refused(&moving, &what("p/b", "mix", "mux"), "\"p/b via mix\"", "write \"p/b\": it is reached");
    let direct = "[strategies.only]\nrouter.single = \"p/a via mix via mux\"\n";
    let help = "write \"p/a via mix\" or \"p/a via mux\"";
    refused(&format!("{A}{two}{direct}"), &what("p/a", "mix", "mux"), "\"p/a via mix via mux\"", help);
    // A version may be reached through a gateway where its name is not.
    assert_eq!(said(&format!("{A}{two}{}", latest.replace("latest via mux", "latest"))), (String::new(), true));
}

#[test]
fn a_gateway_goes_on_by_itself() {
    let through = "[strategies.only]\nrouter.single = \"p/a via mix\"\n";
    let what = |name: &str| format!("\"{name} via mix\" is a way to a model, and no model");
    let to = format!("{A}{B}[gateways.mix]\nfailover.\"p/a\" = [\"p/b via mix\"]\n{through}");
    refused(&to, &what("p/b"), "\"p/b via mix\"", "write \"p/b\": a gateway goes on by itself");
    let from = format!("{A}{B}[gateways.mix]\nfailover.\"p/a via mix\" = [\"p/b\"]\n{through}");
    refused(&from, &what("p/a"), "\"p/a via mix\"", "write \"p/a\"");
    let twice = format!("{A}{B}[gateways.mix]\nfailover.\"p/a\" = [\"p/b\", \"p/b\"]\n{through}");
    refused(&twice, "\"p/a\" fails over to \"p/b\" twice", "\"p/b\"", "leave it out");
    let idle = format!("{A}{B}[gateways.mix]\nfailover.\"p/b\" = [\"p/a\"]\n{through}");
    warned(&idle, "nothing is sent to \"p/b via mix\"", "\"p/b\"", "through this gateway are reached: p/a");
    // Where it goes on to, it may go on from; and a gateway that nothing uses is there for another run.
    let both =
        "[gateways.mix]\nfailover = { \"p/a\" = [\"p/b\"], \"p/b\" = [\"p/a\"] }\n[gateways.mux]\nfailover.\"p/b\" = [\"p/a\"]\n";
    assert_eq!(said(&format!("{A}{B}{both}{through}")), (String::new(), true));
}

#[test]
fn a_gateway_has_a_name() {
    for name in ["\"\"", "\"mix via mux\""] {
        let (shown, _) = said(&format!("{A}[gateways.{name}]\n{ONLY}"));
        assert!(shown.contains(&format!("error: {name} is no name for a gateway")), "{shown}");
    }
}

#[test]
fn who_moves_has_somewhere_to_go() {
    let what = "strategy \"only\" never moves: none of its models has a successor";
    let moving = format!("{ONLY}migrate.ahead = \"1d\"\n");
    warned(&format!("{A}{moving}"), what, "migrate", "name one in the `life` of a model");
    // Its own models decide, and not those of others.
    let other = "life = { shutdown = 2026-01-02, successor = \"p/a\" }\n[strategies.other]\nrouter.single = \"p/b\"\nmigrate.lag = \"1h\"\n";
    warned(&format!("{A}{B}{other}{moving}"), what, "migrate", "or leave out `migrate`");
    let floating = "[models.\"p/latest\"]\nversions = [{ model = \"p/a\" }]\n[strategies.only]\nrouter.single = \"p/latest\"\nmigrate.ahead = \"1d\"\n";
    let old = format!("{A}life = {{ shutdown = 2026-01-02, successor = \"p/b\" }}\n{B}");
    warned(&format!("{old}{floating}"), what, "migrate", "a name that floats moves by its versions alone");
    assert_eq!(said(&format!("{old}{moving}")), (String::new(), true));
}

#[test]
fn a_cache_serves_what_repeats() {
    let cache = "cache = { price = \"50%\", ttl = \"1h\" }\n";
    let what = "nothing is ever served from the cache of \"p/a\": no request could be";
    for prompts in ["", "[workload.prompts]\nrepeats = \"0%\"\n", "[workload.prompts]\nrepeats = \"5%\"\ncacheable = \"0%\"\n"] {
        warned(&format!("{prompts}{A}{cache}{ONLY}"), what, "cache", "workload.prompts");
    }
    assert_eq!(said(&format!("[workload.prompts]\nrepeats = \"5%\"\n{A}{cache}{ONLY}")), (String::new(), true));
    assert_eq!(said_with_own(&format!("{A}{cache}")), (String::new(), true));
}

/// Unknown billing has two ends in money alone: where it sways traffic too, the user is told that both are of one traffic.
#[test]
fn unknown_billing_that_sways_traffic_is_told() {
    let unknown = "billing.failed = \"unknown\"\n";
    let (counts, help) =
        ("what is unknown of the billing of \"p/a\" counts as billed for", "answer the unknown rules in its `billing`");
    let money = "its limits on money or tiers by spend";
    for (conditions, by) in [
        ("limits.usd = { most = \"3 USD\", every = \"day\" }\n", money),
        ("limits = { requests = \"9/min\", tiers = [{ name = \"two\", spent = \"5 USD\", requests = \"90/min\" }] }\n", money),
        ("terms.subscription = { fee = \"9 USD\", quota.images = 9, beyond.slow = 3 }\n", "the slow lane after its quota"),
        (
            "moves.spot = { sd = 0.3, half_life = \"6h\", load = { capacity = \"9/h\", rise = 0.2 } }\n",
            "its price, which answers to what is bought",
        ),
    ] {
        warned(&format!("{A}{unknown}{conditions}{ONLY}"), &format!("{counts} {by}"), "\"p/a\"", help);
        let (shown, runs) = said(&format!("{A}{conditions}{ONLY}"));
        assert!(runs && shown.is_empty(), "all is known: {shown}");
    }
    let (shown, runs) = said(&format!("{A}{unknown}limits.requests = \"9/min\"\n{ONLY}"));
    assert!(runs && shown.is_empty(), "nothing of this counts money: {shown}");
}
