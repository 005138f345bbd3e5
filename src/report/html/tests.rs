//! What every page must have, whatever the results. What a browser makes of it is tested in `tests/integration/html.rs`.

use std::collections::BTreeSet;

use super::*;
use crate::experiment::{Results, made_up};
use crate::report::charts::charts;
use crate::report::tests::with_report;
use crate::units::Usd;

const HOSTILE: &str = "<script>alert(1)</script>\"'&";

fn made(results: &Results) -> String {
    with_report(results, |report| page(report, &charts(report).expect("drawn")))
}

/// One of each kind of results that a page must survive.
fn cases() -> Vec<Results> {
    let mut open = made_up::results(&["a", "b", "c"], 30);
    open.budget = None;
    open.rows.iter_mut().for_each(|row| row.accepted = None);
    let mut free = made_up::results(&["a", "b"], 5);
    free.rows.iter_mut().for_each(|row| (row.cost, row.wasted, row.booked) = (Usd::ZERO, Usd::ZERO, Usd::ZERO));
    free.charges.iter_mut().for_each(Vec::clear);
    free.spent.iter_mut().for_each(Vec::clear);
    let doubtful = made_up::in_doubt(made_up::results(&["a", "b"], 40), &["google bills filtered"], |_, s| 9 + s as u64);
    let eight = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let single = made_up::results(&["a", "b"], 1);
    vec![
        open,
        free,
        doubtful,
        made_up::results(&eight, 40),
        single,
        made_up::results(&["a"], 20),
        made_up::results(&["a", "b"], 0),
    ]
}

#[test]
fn names_from_outside_are_texts() {
    let results = made_up::in_doubt(made_up::results(&["plain", HOSTILE], 30), &[HOSTILE], |_, s| 5 + s as u64);
    let text = with_report(&results, |report| {
        let mut manifest = report.manifest.clone();
        manifest.scenario = HOSTILE.to_owned();
        manifest.catalogues[0].name = HOSTILE.to_owned();
        manifest.set[0].value = HOSTILE.to_owned();
        let report = Report { title: HOSTILE, source: HOSTILE, manifest: &manifest, ..*report };
        page(&report, &charts(&report).expect("drawn"))
    });
    assert_eq!((text.matches("<script").count(), text.matches("alert(1)</script>").count()), (1, 0));
    assert!(text.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;'&amp;</h1>"));
}

#[test]
fn nothing_is_loaded_from_anywhere() {
    for results in cases() {
        let text = made(&results);
        for forbidden in [" src=", "url(", "@import", "<link", "<iframe", "<object", "xlink:href", "http://", "https://"] {
            assert!(!text.contains(forbidden), "{forbidden}");
        }
        let targets = text.split(" href=\"").skip(1);
        assert!(targets.into_iter().all(|rest| rest.starts_with('#') || rest.starts_with("data:text/csv")));
    }
}

/// Ids are unique, what is referred to is there, headings go down one by one.
#[test]
fn the_structure_holds() {
    for results in cases() {
        let text = made(&results);
        let values = |attribute: &str| -> Vec<String> {
            let start = format!(" {attribute}=\"");
            text.split(&start).skip(1).filter_map(|rest| rest.split('"').next().map(ToOwned::to_owned)).collect()
        };
        let ids = values("id");
        let unique: BTreeSet<&String> = ids.iter().collect();
        assert_eq!(unique.len(), ids.len(), "{ids:?}");
        let named = [values("aria-labelledby"), values("aria-describedby")].concat();
        let named = named.iter().flat_map(|value| value.split(' ')).map(ToOwned::to_owned);
        let linked = values("href").into_iter().filter_map(|target| target.strip_prefix('#').map(ToOwned::to_owned));
        assert!(named.chain(linked).all(|id| unique.contains(&id)));
        let body = text.split("</style>").nth(1).expect("a body");
        let levels: Vec<u32> =
            body.match_indices("<h").filter_map(|(at, _)| body[at + 2..].chars().next()?.to_digit(10)).collect();
        assert!(levels[0] == 1 && levels.iter().filter(|level| **level == 1).count() == 1, "{levels:?}");
        assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{levels:?}");
        assert!(!body.split("<script>").next().is_none_or(|own| own.contains("NaN")), "a number is none");
        assert_eq!(text.matches("<svg").count(), text.matches("role=\"img\"").count());
    }
}

#[test]
fn the_same_results_give_the_same_bytes() {
    for results in cases() {
        assert_eq!(made(&results), made(&results));
    }
}

#[test]
fn every_part_of_the_contract_is_there() {
    let mut results = made_up::results(&["a", "b"], 300);
    results.budget = "700 USD".parse().ok();
    let text = made(&results);
    for part in [
        "b costs 2",
        "Against the baseline",
        "Budget reached",
        "Student's t",
        "article of 2026-01-01",
        "seed = 7",
        "spendcast run made-up.toml --seed 7",
        "0123456789ab",
        "SHA-256",
        "n = 300",
        "download=\"made-up-cost.csv\"",
        "Skip to the verdict",
        "title = &quot;Does it?&quot;",
        "line 7: it has 2 cells",
    ] {
        assert!(text.contains(part), "{part} is missing");
    }
    let order =
        ["id=\"verdict\"", "id=\"comparison\"", "id=\"charts\"", "id=\"assumptions\"", "id=\"method\"", "id=\"reproduce\""];
    let places = order.map(|id| text.find(id));
    assert!(places.iter().all(Option::is_some) && places.is_sorted());
}

/// Of many strategies the choice comes second, and what is said of each is not between it and the comparison.
#[test]
fn the_verdict_is_short_and_the_rest_is_at_hand() {
    let text = made(&made_up::results(&["a", "b", "c", "d", "e", "f"], 40));
    let verdict = text.split("class=\"verdict\"").nth(1).and_then(|rest| rest.split("</div>").next()).expect("a verdict");
    let (seen, more) = verdict.split_once("<details>").expect("more of it");
    assert_eq!((seen.matches("<li>").count(), seen.matches("all compared at once").count()), (3, 1), "{verdict}");
    assert!(seen.split("<li>").nth(1).is_some_and(|second| second.contains("is the cheapest of all 6")), "{verdict}");
    assert!(more.contains(&format!("More ({})", more.matches("<li>").count())), "{verdict}");
    assert!(!made(&made_up::results(&["a", "b"], 40)).contains("More ("));
}

/// The two ends of what is unknown stand apart from the intervals.
#[test]
fn unknown_billing_has_a_part_of_its_own() {
    let certain = made_up::results(&["a", "b"], 40);
    let doubtful = made_up::in_doubt(certain.clone(), &["google bills filtered"], |_, s| 9 + s as u64);
    let (certain, doubtful) = (made(&certain), made(&doubtful));
    assert!(!certain.contains("id=\"unknown\"") && !certain.contains("class=\"more\""));
    assert!(
        doubtful.contains("id=\"unknown\"") && doubtful.contains("class=\"more\"") && doubtful.contains("google bills filtered")
    );
}
