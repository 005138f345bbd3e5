//! The pages below `docs/article`: verdicts on an article's claims, computed from the results that are committed.
//!
//! `docs/article/claims.toml` has the claims, the rules and the commands; `results/article` what the commands gave. With
//! `SPENDCAST_WRITE=1` in the environment the pages are written anew; without it they must be the committed ones. So a page cannot
//! say what its results do not, and a result cannot be of another scenario or command than the page names.

mod claims;
mod figure;
mod judge;
mod page;
mod regenerate;
mod results;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::fixture;
use claims::{Case, Claims, Command, Page, Place, Wanted};
use figure::{Estimate, Figure};
use judge::{Outcome, along, meets, verdict};
use results::{BreakEven, FOLDER, Stretch, directory, kept, unzipped};

const ARTICLE: &str = "docs/article";

/// What the article claims and a simulation can judge: each has its page.
const CLAIMED: [&str; 21] = [
    "true-cost-by-size",
    "failures-billed",
    "verbose-prompts",
    "base-fee",
    "growth-into-the-limit",
    "sdxl-to-sd35",
    "version-pinning",
    "mistral-beta-to-release",
    "quarterly-reviews",
    "subscription-against-pay-as-you-go",
    "tiered-saves-60-to-80",
    "cached-generations",
    "local-cache",
    "aggregator-overhead",
    "aggregator-for-a-small-team",
    "direct-for-a-large-team",
    "integration-against-fees",
    "failover-under-outage",
    "live-prices",
    "cost-weighting",
    "refusals-against-success",
];

/// Results that are made again by every run of the tests; the others by `-- --ignored`.
const QUICK: [&str; 3] = ["verbose-prompts-gemini", "refusals-unbilled", "integration-of-a-large-team"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read() -> Claims {
    claims::read(&std::fs::read_to_string(root().join(ARTICLE).join("claims.toml")).expect("the claims are there"))
}

/// Names within a directory.
fn names(directory: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    entries.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn verdicts_are_what_the_committed_results_say() {
    let claims = read();
    let results = results::load(root(), &claims);
    let mut pages: BTreeMap<String, String> =
        claims.page.iter().map(|page| (format!("{}.md", page.name), page::page(&claims, &results, page))).collect();
    pages.insert("verdicts.md".to_owned(), page::overview(&claims, &results));
    for (name, text) in &pages {
        fixture::committed(&root().join(ARTICLE).join(name), text);
    }
    let committed =
        names(&root().join(ARTICLE)).into_iter().filter(|name| !["claims.toml"].contains(&name.as_str())).collect::<Vec<_>>();
    assert_eq!(committed, pages.into_keys().collect::<Vec<_>>());
}

#[test]
fn verdicts_cover_every_claim_and_every_scenario_of_the_article() {
    let claims = read();
    let pages: Vec<&str> = claims.page.iter().map(|page| page.name.as_str()).collect();
    assert_eq!(pages, CLAIMED);
    let contents = std::fs::read_to_string(root().join("docs/SUMMARY.md")).expect("the contents are there");
    let listed = |page: &&Page| contents.contains(&format!("[{}](article/{}.md)\n", page.title, page.name));
    let unlisted: Vec<&Page> = claims.page.iter().filter(|page| !listed(page)).collect();
    assert!(unlisted.is_empty(), "not in docs/SUMMARY.md under their titles: {unlisted:#?}");
    let used: BTreeSet<&str> = claims.results.values().filter_map(|one| one.scenario.strip_prefix("article/")).collect();
    let files = names(&root().join("scenarios/article"));
    let scenarios: BTreeSet<&str> = files.iter().filter_map(|name| name.strip_suffix(".toml")).collect();
    assert_eq!(used, scenarios);
    let cited: BTreeSet<&str> = claims.page.iter().flat_map(|page| page::used(&claims, page)).collect();
    assert_eq!(cited, claims.results.keys().map(String::as_str).collect::<BTreeSet<_>>(), "results that no page needs");
}

/// A command's arguments as a manifest has them: what was set, varied and compared.
fn asked(wanted: &Wanted) -> BTreeSet<(String, String)> {
    let mut asked = BTreeSet::new();
    let mut left = wanted.arguments.iter();
    while let Some(option) = left.next() {
        let mut next = || left.next().unwrap_or_else(|| panic!("{option} has no value")).clone();
        let (path, value) = match option.as_str() {
            "--set" | "--over" => {
                next().split_once('=').map(|(path, value)| (path.to_owned(), value.to_owned())).expect("a value")
            }
            "--between" => ("between".to_owned(), format!("{} {}", next(), next())),
            option => (option.trim_start_matches("--").to_owned(), next()),
        };
        asked.insert((path, value));
    }
    asked
}

/// The same from the manifest.
fn told(manifest: &Value) -> BTreeSet<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let all = |key: &str| manifest[key].as_array().cloned().unwrap_or_default();
    let mut told: BTreeSet<(String, String)> =
        ["set", "over"].iter().flat_map(|key| all(key)).map(|one| (text(&one["path"]), text(&one["value"]))).collect();
    if let [a, b] = &all("between")[..] {
        told.insert(("between".to_owned(), format!("{} {}", text(a), text(b))));
    }
    if let Some(metric) = manifest["metric"].as_str().filter(|metric| *metric != "cost_usd") {
        told.insert(("metric".to_owned(), metric.to_owned()));
    }
    told
}

/// A scenario or a command that has changed makes its results stale.
#[test]
fn verdicts_rest_on_results_of_their_scenarios_and_commands() {
    let claims = read();
    let results = results::load(root(), &claims);
    let stale = |(name, wanted): (&String, &Wanted)| {
        let manifest = &results[name]["manifest"];
        let text = std::fs::read(root().join(format!("scenarios/{}.toml", wanted.scenario))).expect("the scenario is there");
        let hash = Sha256::digest(&text).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        let same = manifest["scenario_sha256"] == hash.as_str() && told(manifest) == asked(wanted);
        let own = std::fs::read_to_string(directory(root(), name).join("manifest.json")).expect("there is a manifest");
        let own: Value = serde_json::from_str(&own).expect("JSON");
        (!same || own != *manifest)
            .then(|| format!("{name}: {:?} is not {:?}, or the scenario is another", told(manifest), asked(wanted)))
    };
    let stale: Vec<String> = claims.results.iter().filter_map(stale).collect();
    assert!(stale.is_empty(), "see results/README.md for how to make them again:\n{}", stale.join("\n"));
    assert_eq!(names(&root().join(FOLDER)), claims.results.keys().cloned().collect::<BTreeSet<_>>(), "{FOLDER}");
    for (name, wanted) in &claims.results {
        let at = directory(root(), name);
        let charts = if wanted.charts.is_empty() { BTreeSet::new() } else { names(&at.join("charts")) };
        let all: BTreeSet<String> = charts.into_iter().map(|chart| format!("charts/{chart}")).chain(names(&at)).collect();
        let folder = (!wanted.charts.is_empty()).then(|| "charts".to_owned());
        assert_eq!(all, kept(&wanted.charts).into_iter().chain(folder).collect::<BTreeSet<_>>(), "{name}");
    }
}

/// Makes results again, and compares them.
fn made_again(wanted: impl Fn(&str) -> bool) {
    let claims = read();
    let scratch = tempfile::tempdir().expect("a directory");
    let mut differ = Vec::new();
    for (name, one) in claims.results.iter().filter(|(name, _)| wanted(name)) {
        let (made, committed) = (scratch.path().join(name), directory(root(), name));
        regenerate::make(snapbox::cmd::cargo_bin!("spendcast"), one, root(), &made);
        let same = |file: &String| text(&made.join(file)) == text(&committed.join(file));
        differ.extend(kept(&one.charts).into_iter().filter(|file| !same(file)).map(|file| format!("{name}/{file}")));
    }
    assert!(differ.is_empty(), "make them again (results/README.md), and say why under Numbers changed: {differ:#?}");
}

/// A file's text, with the commit that its manifest names as such: it is an earlier one than the commit that holds them.
fn text(path: &Path) -> String {
    let zipped = path.extension().is_some_and(|extension| extension == "gz");
    let text = if zipped { unzipped(path) } else { std::fs::read_to_string(path) };
    let text = text.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let folder = path.ancestors().find(|folder| folder.join("manifest.json").exists()).expect("a result's directory");
    let manifest: Value =
        serde_json::from_slice(&std::fs::read(folder.join("manifest.json")).expect("readable")).expect("a manifest");
    text.replace(manifest["commit"].as_str().expect("a commit"), "COMMIT")
}

#[test]
fn verdicts_results_of_a_sample_are_made_again_bit_for_bit() {
    made_again(|name| QUICK.contains(&name));
}

/// With `SPENDCAST_WRITE=1` they are made and kept, for the pages to be written from.
#[test]
#[ignore = "takes minutes"]
fn verdicts_results_are_made_again_bit_for_bit() {
    if !fixture::writes() {
        return made_again(|_| true);
    }
    let claims = read();
    for (name, one) in &claims.results {
        regenerate::make(snapbox::cmd::cargo_bin!("spendcast"), one, root(), &directory(root(), name));
    }
    for gone in names(&root().join(FOLDER)).into_iter().filter(|name| !claims.results.contains_key(name)) {
        std::fs::remove_dir_all(directory(root(), &gone)).expect("ours");
    }
}

fn estimate(value: f64, lo: f64, hi: f64) -> Estimate {
    Estimate { value, lo: Some(lo), hi: Some(hi) }
}

#[test]
fn verdicts_need_the_whole_interval() {
    let judged = |lo, hi| meets(Figure::of("cost_usd", estimate(f64::midpoint(lo, hi), lo, hi)), Some(60.0), Some(80.0));
    assert_eq!(judged(60.0, 80.0), Outcome::Holds);
    assert_eq!(judged(59.9, 61.0), Outcome::Undecided);
    assert_eq!(judged(79.0, 80.1), Outcome::Undecided);
    assert_eq!(judged(50.0, 90.0), Outcome::Undecided);
    assert_eq!(judged(10.0, 59.9), Outcome::Fails);
    assert_eq!(judged(80.1, 90.0), Outcome::Fails);
    let open = Figure::of("cost_usd", Estimate { value: 70.0, lo: Some(65.0), hi: None });
    assert_eq!(meets(open, Some(60.0), None), Outcome::Holds);
    assert_eq!(meets(open, Some(60.0), Some(80.0)), Outcome::Undecided);
}

fn case(when: &str, aside: bool) -> Case {
    Case { when: when.to_owned(), figure: None, aside, from: None, to: None, place: Vec::new() }
}

#[test]
fn verdicts_follow_from_the_cases_that_count() {
    let [a, b, beside] = [case("a", false), case("b", false), case("c", true)];
    let of = |first: Outcome, second: Outcome| verdict(&[(&a, first), (&b, second), (&beside, Outcome::Undecided)]);
    assert_eq!(of(Outcome::Holds, Outcome::Holds).word, "holds");
    assert_eq!(of(Outcome::Fails, Outcome::Fails).word, "does not hold");
    assert_eq!(of(Outcome::Fails, Outcome::Undecided).word, "undecided");
    let some = of(Outcome::Undecided, Outcome::Holds);
    assert_eq!((some.word, some.when, some.undecided), ("holds only when", vec!["b".to_owned()], vec!["a".to_owned()]));
}

fn stretch(from: f64, to: f64, lower: Option<&str>) -> Stretch {
    Stretch { from, to, lower: lower.map(str::to_owned) }
}

#[test]
fn verdicts_along_a_break_even_name_the_place_with_its_interval() {
    let place = |lower: &str| Place {
        result: "r".to_owned(),
        lower: lower.to_owned(),
        what: "the volume".to_owned(),
        unit: "images".to_owned(),
        times: 2.0,
    };
    let stretches = vec![stretch(0.0, 490.0, Some("a")), stretch(490.0, 510.0, None), stretch(510.0, 1000.0, Some("b"))];
    let pair = ["a", "b"].map(str::to_owned);
    let found = BreakEven { pair: pair.clone(), crossings: vec![estimate(500.0, 490.0, 510.0)], stretches };
    let sentence =
        |outcome| if let Outcome::Where(part) = outcome { part.sentence.replace('\u{a0}', " ") } else { panic!("{outcome:?}") };
    assert_eq!(sentence(along(&found, &place("a"))), "the volume is below 1 000 [980, 1 020] images");
    assert_eq!(sentence(along(&found, &place("b"))), "the volume is above 1 000 [980, 1 020] images");
    assert_eq!(along(&found, &place("c")), Outcome::Undecided);
    let never = BreakEven { pair, crossings: Vec::new(), stretches: vec![stretch(0.0, 1000.0, Some("a"))] };
    assert_eq!((along(&never, &place("a")), along(&never, &place("b"))), (Outcome::Holds, Outcome::Fails));
    let thrice = BreakEven { crossings: [495.0, 500.0, 505.0].map(|at| estimate(at, 490.0, 510.0)).to_vec(), ..found };
    assert_eq!(sentence(along(&thrice, &place("b"))), "the volume is above [980, 1 020] images");
}

#[test]
fn verdicts_print_no_digit_that_the_interval_makes_meaningless() {
    let text = |value, lo, hi| Figure::of("cost_usd", estimate(value, lo, hi)).text().replace('\u{a0}', " ");
    assert_eq!(text(74_035.0, 73_187.0, 74_896.0), "74 000 USD [73 200, 74 900]");
    assert_eq!(text(-0.5, -0.56, -0.50), "-0.50 USD [-0.56, -0.50]");
    assert_eq!(text(0.0, 0.0, 0.0), "0 USD [0, 0]");
    let share = Figure::of("delivered_share", estimate(0.999_995, 0.999_991, 1.0)).text().replace('\u{a0}', " ");
    assert_eq!(share, "99.9995 % [99.9991, 100.0000]");
    let less = Figure::percent(estimate(-0.68, -0.69, -0.66)).map(|at| -at).text().replace('\u{a0}', " ");
    assert_eq!(less, "68 % [66, 69]");
}

/// The kinds of command that there are, by the names that the program has for them.
#[test]
fn verdicts_show_commands_as_a_shell_takes_them() {
    let arguments = ["--set", "horizon=1d", "--set", "models.\"a/b\".failure=5%"].map(str::to_owned);
    let line = page::command_line(Command::Run, "article/x", &arguments);
    assert_eq!(line, "spendcast run scenarios/article/x.toml --set horizon=1d --set 'models.\"a/b\".failure=5%'");
    let page: Vec<Page> = read().page;
    assert!(page.iter().all(|page| !page.claim.contains("**")), "claims are plain text");
}
