//! The history of 2025 and 2026 as shipped: who loses requests between a shutdown and the move, and when the bill changes.

use std::collections::BTreeMap;
use std::fs;

use crate::fixture::{compile, run_with, unnumbered};

/// Days from 2025-10-01 to the shutdown of DALL-E 3 on 2026-05-12 and to that of gpt-image-1 on 2026-10-23.
const SHUTDOWNS: [u32; 2] = [223, 387];
/// How long before a shutdown prepared clients move, in days.
const AHEAD: u32 = 14;

/// What became of one replication under one strategy.
#[derive(Debug, Clone, PartialEq)]
struct Fate {
    requests: u64,
    gone: u64,
    cost: f64,
    /// The models that were sent anything.
    models: Vec<String>,
}

/// The fates of three replications by strategy, over so many days of the shipped scenario.
fn over(days: u32) -> BTreeMap<String, Vec<Fate>> {
    let text = fs::read_to_string("scenarios/history-2025-2026.toml").expect("it is shipped");
    let (compiled, settings) = compile(&text.replacen("horizon = \"457d\"", &format!("horizon = \"{days}d\""), 1));
    let run = run_with(&compiled, spendcast::experiment::Settings { replications: 3, ..settings });
    let mut fates: BTreeMap<String, Vec<Fate>> = BTreeMap::new();
    for row in &run.rows {
        let models = unnumbered(row, &compiled.deployments).1.into_keys().collect();
        let fate = Fate { requests: row.requests, gone: row.gone, cost: row.cost.to_f64(), models };
        fates.entry(compiled.strategies[usize::from(row.strategy)].clone()).or_default().push(fate);
    }
    fates
}

#[test]
fn only_clients_that_wait_lose_requests() {
    let fates = over(457);
    for prepared in ["prepared", "prepared-to-mini", "prepared-to-2", "pinned-with-fallback", "newest"] {
        assert!(fates[prepared].iter().all(|fate| fate.gone == 0), "{prepared}: {:?}", fates[prepared]);
    }
    for (unprepared, pinned) in fates["unprepared"].iter().zip(&fates["pinned"]) {
        assert!(0 < unprepared.gone && unprepared.gone < pinned.gone, "{unprepared:?}, {pinned:?}");
        // From the shutdown on, 234 days of 457.
        let share = pinned.gone as f64 / pinned.requests as f64;
        assert!((share - 234.0 / 457.0).abs() < 0.02, "{share}");
    }
}

/// Nothing is lost up to the day of a shutdown; from then on everything is, until the client has moved.
#[test]
fn the_unprepared_one_breaks_on_the_day() {
    let [before, after] = [SHUTDOWNS[0], SHUTDOWNS[0] + 1].map(over);
    assert_eq!(before["unprepared"], before["pinned"]);
    assert!(before["pinned"].iter().all(|fate| fate.gone == 0));
    assert!(after["unprepared"].iter().all(|fate| fate.gone > 0));
}

/// The bills of who prepares and who does not are the same up to the day of the move, and those of successors come after it.
#[test]
fn costs_move_on_the_day_of_the_move() {
    let day = SHUTDOWNS[0] - AHEAD;
    let [before, after] = [day, day + 1].map(over);
    assert_eq!(before["prepared"], before["pinned"]);
    for (prepared, pinned) in after["prepared"].iter().zip(&after["pinned"]) {
        assert_eq!(prepared.models, ["openai/dall-e-3", "openai/gpt-image-1"]);
        assert!(prepared.cost > pinned.cost, "gpt-image-1 costs more than DALL-E 3: {prepared:?}, {pinned:?}");
    }
    let day = SHUTDOWNS[1] - AHEAD;
    let [before, after] = [day, day + 1].map(over);
    assert!(before["prepared"].iter().all(|fate| fate.models == ["openai/dall-e-3", "openai/gpt-image-1"]));
    assert!(after["prepared"].iter().all(|fate| fate.models.last().is_some_and(|last| last == "openai/gpt-image-2.5-sunburst")));
}
