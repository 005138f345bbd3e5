//! What the pages under `docs/` show as TOML can be written so in a scenario.

use std::fs;
use std::path::Path;

use spendcast::model::{DeploymentId, Stage};
use spendcast::scenario::{Scenario, unknown_inputs};
use spendcast::spec::{Field, Mistakes, Reader, Sources, parse, render};

use crate::fixture;

/// What every scenario needs besides what a page shows.
const BASE: &str = "title = \"documented\"\nstart = 2026-01-01\nhorizon = \"30d\"\n\
                    [workload.arrivals.poisson]\nrate = \"1/min\"\n[workload.classes.image]\nsize = \"1024x1024\"\n";
const STRATEGY: &str = "[strategies.base]\nrouter.single = \"acme/pixels\"\n";

fn check(page: &str, block: &str) {
    let models = if block.contains("[models.") { "" } else { "[models.\"acme/pixels\"]\n" };
    let text = format!("{BASE}{models}{STRATEGY}{block}");
    let mut sources = Sources::new();
    let file = sources.add(page, &text);
    let (mut mistakes, mut reader) = (Mistakes::new(), Reader::new());
    let mut node = parse(&text, file, &mut mistakes);
    unknown_inputs(&mut node, &mut mistakes);
    let scenario = Scenario::read(&node, &mut reader);
    mistakes.extend(reader.into_mistakes().into_sorted());
    for (name, strategy) in scenario.iter().flat_map(|scenario| scenario.strategies.0.iter()) {
        mistakes.extend(
            strategy
                .build(name, &["image".to_owned()], &[Stage::Final], &|name| Some(deployment(name)))
                .err()
                .unwrap_or_default(),
        );
    }
    let found = mistakes.into_sorted();
    assert!(found.is_empty(), "{page}:\n{}", render(&sources, &found, false));
}

/// A number for every name, the same for the same.
fn deployment(name: &str) -> DeploymentId {
    DeploymentId(name.bytes().fold(0, |sum: u16, byte| sum.wrapping_mul(31).wrapping_add(byte.into()) % 61))
}

#[test]
fn what_the_pages_show_can_be_written() {
    let mut blocks = 0;
    let pages = ["providers", "limits", "strategies", "client", "caches", "uncertain", "gates"];
    for page in pages.map(|page| format!("docs/{page}.md")) {
        let text = fs::read_to_string(&page).expect("the page is there");
        for block in text.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()) {
            check(&page, block);
            blocks += 1;
        }
    }
    assert!(blocks > 8, "{blocks}");
}

/// `docs/data-dictionary.md` is made from the definitions that tables are written with.
#[test]
fn the_data_dictionary_is_that_of_the_tables() {
    let (path, page) = ("docs/data-dictionary.md", spendcast::report::dictionary());
    fixture::committed(Path::new(path), &page);
}

/// `docs/statistics.md` names everything that `stats` offers, and every method that figures carry.
#[test]
fn every_estimator_has_its_place_on_the_page() {
    let page = fs::read_to_string("docs/statistics.md").expect("the page is there");
    let module = fs::read_to_string("src/stats/mod.rs").expect("the module is there");
    let offered = module.split("pub use ").skip(1).filter_map(|rest| rest.split(';').next()?.split("::").nth(1));
    let names: Vec<&str> = offered.flat_map(|names| names.trim_matches(['{', '}']).split(',').map(str::trim)).collect();
    assert!(names.len() > 30 && names.contains(&"KimNelson"), "{names:?}");
    let methods =
        ["Student's t", "skewness-adjusted t", "order statistics", "Manistre-Hancock", "Wilson", "Clopper-Pearson", "Welch"];
    let more = ["Newcombe", "Nelson-Matejcik MCB", "Fieller", "control variates, Student's t"];
    let missing: Vec<&str> = names.into_iter().chain(methods).chain(more).filter(|name| !page.contains(*name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
