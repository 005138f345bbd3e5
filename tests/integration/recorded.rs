//! Recorded traffic through the whole path, on a composed file of twelve rows whose cost can be computed by hand.

use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use spendcast::experiment::{Row, Settings};
use spendcast::scenario::{self, Compiled};
use spendcast::spec::render;
use spendcast::units::{SimTime, Usd};
use spendcast::workload::Journey;

use crate::fixture::{first_arrivals, run_with};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data");

/// A token of the prompt costs 4 microdollars and one of an image 10; an image has 100, 300 or 500 of them.
const SCENARIO: &str = r#"
title = "Recorded"
start = 2026-02-01
horizon = "1d"
replications = 3

[workload.recorded]
file = "traffic.csv"
each = "row"
user = "who"
n = "images"
size = "size"
time = { column = "created_at", format = "%Y-%m-%d %H:%M:%S" }
tokens = { column = "chars", chars_per_token = 4 }
status = { column = "status", keep = ["ok"] }
class = { column = "kind", of = { avatar = "avatar", banner = "banner" } }

[workload.classes.avatar]
size = "1024x1024"
prompt_tokens = 50
[workload.classes.banner]
size = "512x512"

[models.only]
price.tokens.input_per_million = "4 USD"
price.tokens.output_per_million = "10 USD"
price.tokens.image_tokens.standard = { "512x512" = 100, "1024x1024" = 300, "1792x1024" = 500 }
latency = "2s"
acceptance = "100%"

[strategies.only]
router.single = "only"
"#;

/// Compiles with files of this directory; or all mistakes as they are shown.
fn compile(text: &str, directory: &Path) -> Result<Compiled, String> {
    let loaded = scenario::load(Path::new("scenario.toml"), &[], &|_| Ok(text.as_bytes().to_vec()))
        .unwrap_or_else(|(sources, mistakes)| panic!("{}", render(&sources, &mistakes, false)));
    let open = |path: &Path| Ok(Box::new(std::fs::File::open(path)?) as Box<dyn std::io::Read>);
    scenario::compile(&loaded.scenario, directory, &open).map_err(|mistakes| render(&loaded.sources, &mistakes, false))
}

fn compiled(text: &str) -> Compiled {
    compile(text, Path::new(DATA)).unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

/// The one row that all replications have in common: nothing is drawn but latencies that are all the same.
fn row(compiled: &Compiled) -> Row {
    let bounds = spendcast::experiment::Objectives::NONE;
    let rows = run_with(compiled, Settings { seed: 1, replications: 3, threads: 1, batch: 3, bounds }).rows;
    assert!(rows.iter().all(|row| Row { replication: 0, ..row.clone() } == rows[0]), "{rows:?}");
    rows[0].clone()
}

fn journeys(compiled: &Compiled) -> Vec<Journey> {
    first_arrivals(&compiled.plan, 1, 0, 100).into_iter().map(|arrival| arrival.journey).collect()
}

fn seconds(journeys: &[Journey]) -> Vec<i64> {
    journeys.iter().map(|journey| journey.arrival.since(SimTime::START).micros() / 1_000_000).collect()
}

fn microdollars(amounts: &[i128]) -> Usd {
    Usd::from_picos(amounts.iter().sum::<i128>() * 1_000_000)
}

/// Per row: tokens of the prompt (characters / 4, rounded up) x 4 + images x tokens of the image x 10, in file order.
const COSTS: [i128; 8] = [
    60 * 4 + 300 * 10,
    25 * 4 + 4 * 100 * 10,
    20 * 4 + 2 * 300 * 10,
    50 * 4 + 300 * 10,
    101 * 4 + 500 * 10,
    11 * 4 + 3 * 300 * 10,
    4 + 100 * 10,
    2 * 4 + 300 * 10,
];

#[test]
fn every_row_is_replayed_as_it_was_asked_for() {
    let compiled = compiled(SCENARIO);
    // From the first row on, in order; the row of the next day is beyond the horizon.
    assert_eq!(seconds(&journeys(&compiled)), [0, 60, 300, 600, 5400, 7200, 7200, 7800]);
    let row = row(&compiled);
    assert_eq!((row.journeys, row.requests, row.delivered, row.images), (8, 8, 8, 14));
    assert_eq!((row.cost, row.cost.to_string().as_str()), (microdollars(&COSTS), "0.03508"));
}

#[test]
fn what_lies_beyond_the_horizon_does_not_happen() {
    // Two hours: the two rows at 11:00 are the first that are not simulated any more.
    let short = compiled(&SCENARIO.replace("horizon = \"1d\"", "horizon = \"2h\""));
    assert_eq!((row(&short).journeys, row(&short).cost), (5, microdollars(&COSTS[..5])));
    assert_eq!(short.recording.map(|recording| (recording.journeys, recording.after_horizon)), Some((9, 4)));
    let all = compiled(&SCENARIO.replace("horizon = \"1d\"", "horizon = \"26h\""));
    assert_eq!(journeys(&all).last().map(|last| (last.arrival.micros(), last.tokens)), Some((88_200_000_000, 10)));
}

/// Ann and Ben come twice, Cid once, and nobody known once; the rows within a session are not replayed, since the
/// simulated user goes on instead. Every draft is accepted, and good enough to be the final.
#[test]
fn every_session_starts_a_journey() {
    let journey = "[workload.journey]\nrounds = 4\nfinal = \"100%\"\nthink_time = \"60s\"\n";
    for each in ["each = \"session\"", ""] {
        let compiled = compiled(&(SCENARIO.replace("each = \"row\"", each) + journey));
        assert_eq!(seconds(&journeys(&compiled)), [0, 60, 300, 5400, 7200, 7200]);
        let row = row(&compiled);
        assert_eq!((row.journeys, row.accepted, row.requests, row.images), (6, Some(6), 6, 11));
        assert_eq!(row.cost, microdollars(&[COSTS[0], COSTS[1], COSTS[3], COSTS[4], COSTS[5], COSTS[6]]));
    }
    // With a longer pause allowed, Ann's second visit still belongs to her first, and so does Ben's.
    let patient = SCENARIO.replace("each = \"row\"", "each = \"session\"\nsession_gap = \"2h\"") + journey;
    assert_eq!(seconds(&journeys(&compiled(&patient))), [0, 60, 300, 7200]);
}

#[test]
fn every_row_is_accounted_for() {
    let account = compiled(SCENARIO).recording.expect("it is recorded").account;
    assert!(account.adds_up());
    let expected = r#"9 of 12 rows kept, 3 users, from 2026-01-05 09:00:00 +0000 to 2026-01-06 09:30:00 +0000
1 rows skipped: their status is "cancelled"
1 rows left out: no number of images from 1 to 255
1 rows left out: an unknown class
  line 6: column "images": "many" is not a number of images from 1 to 255
  line 13: column "kind": "poster" is not a class that the mapping knows
1 rows were out of order and are sorted in: line 5"#;
    assert_eq!(account.to_string(), expected);
    let with_others = SCENARIO.replace("of = { avatar", "otherwise = \"banner\", of = { avatar");
    let account = compiled(&with_others).recording.expect("it is recorded").account;
    assert_eq!((account.kept, account.bad_rows(), account.first_unsorted), (10, 1, vec![5, 13]));
}

#[test]
fn classes_are_those_of_the_column() {
    let classes: Vec<u16> = journeys(&compiled(SCENARIO)).iter().map(|journey| journey.class.0).collect();
    assert_eq!(classes, [0, 0, 1, 0, 1, 0, 1, 0]);
    let split = "[[strategies.only.rules]]\nwhen.class = \"banner\"\nrouter.single = \"free\"\n\
                 [models.free]\nprice.per_image = \"0 USD\"\nlatency = \"2s\"\n";
    let avatars = [COSTS[0], COSTS[2], COSTS[3], COSTS[5], COSTS[7]];
    assert_eq!(row(&compiled(&format!("{SCENARIO}\n{split}"))).cost, microdollars(&avatars));
}

/// A row that has a size but no quality is of its own class's quality.
#[test]
fn what_a_row_does_not_say_its_class_decides() {
    let text = SCENARIO.replace("size = \"512x512\"\n", "size = \"512x512\"\nquality = \"hd\"\n");
    let text = text
        .replace("[models.only]", "[models.only]\nprice.tokens.image_tokens.hd = { \"512x512\" = 1000, \"1792x1024\" = 5000 }");
    // The banners are ten times as dear now: lines 3, 7 and 10.
    let dearer = 9 * 10 * (4 * 100 + 500 + 100);
    assert_eq!(row(&compiled(&text)).cost, microdollars(&COSTS) + microdollars(&[dearer]));
}

/// What a row asks for is the final; its drafts are as small and as plain as the journey says.
#[test]
fn drafts_are_the_journeys_and_finals_the_rows() {
    let low = "[models.only]\nprice.tokens.image_tokens.low = { \"512x512\" = 10, \"1024x1024\" = 30, \"1792x1024\" = 50 }";
    let text = SCENARIO.replace("each = \"row\"", "each = \"session\"").replace("[models.only]", low);
    let journey = "[workload.journey]\nrounds = 4\nfinal = \"100%\"\nthink_time = \"60s\"\n";
    let finals = microdollars(&[COSTS[0], COSTS[1], COSTS[3], COSTS[4], COSTS[5], COSTS[6]]);
    let prompts = 4 * (60 + 25 + 50 + 101 + 11 + 1);
    let plain = row(&compiled(&format!("{text}{journey}draft_quality = \"low\"\n")));
    let drafts = prompts + 10 * (30 + 4 * 10 + 30 + 50 + 3 * 30 + 10);
    assert_eq!((plain.requests, plain.cost), (12, finals + microdollars(&[drafts])));
    let small = row(&compiled(&format!("{text}{journey}draft_quality = \"low\"\ndraft_size = \"512x512\"\n")));
    let drafts = prompts + 10 * 10 * 11;
    assert_eq!((small.requests, small.cost), (12, finals + microdollars(&[drafts])));
}

#[test]
fn rows_of_one_tick_are_spread_over_it() {
    let coarse = SCENARIO.replace("time = {", "time = { quantum = \"60s\",");
    let times: Vec<i64> = journeys(&compiled(&coarse)).iter().map(|journey| journey.arrival.micros()).collect();
    let exact = [0, 60, 300, 600, 5400, 7200, 7200, 7800];
    assert!(times.is_sorted());
    for (index, (time, exact)) in times.iter().zip(exact).enumerate() {
        // The two rows at 11:00 have half of the minute each.
        let (from, to) = [(0, 60), (0, 30), (30, 60)][if index == 5 || index == 6 { index - 4 } else { 0 }];
        assert!((exact + from..exact + to).contains(&(time / 1_000_000)), "{time} for {exact}");
    }
}

#[test]
fn gzipped_files_are_read_as_they_are() {
    let directory = tempfile::tempdir().expect("a directory of its own");
    let plain = std::fs::read(Path::new(DATA).join("traffic.csv")).expect("the fixture is there");
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(&plain).expect("memory has room");
    let packed = gzip.finish().expect("memory has room");
    std::fs::write(directory.path().join("traffic.csv.gz"), &packed).expect("the directory can be written");
    std::fs::write(directory.path().join("cut.csv.gz"), &packed[..packed.len() - 20]).expect("the directory can be written");
    let named = |name: &str| SCENARIO.replace("traffic.csv", name);
    let (packed, plain) = (compile(&named("traffic.csv.gz"), directory.path()).expect("readable"), compiled(SCENARIO));
    assert_eq!((packed.plan, packed.recording), (plain.plan, plain.recording));
    let cut = compile(&named("cut.csv.gz"), directory.path()).expect_err("its end is missing");
    assert!(cut.contains("cut.csv.gz cannot be read"), "{cut}");
}

#[test]
fn what_is_wrong_with_a_recording_is_said_at_its_name() {
    let refused = |from: &str, to: &str| compile(&SCENARIO.replace(from, to), Path::new(DATA)).expect_err(to);
    let cases = [
        ("n = \"images\"", "n = \"image\"", "traffic.csv has no column \"image\"; the nearest name is \"images\""),
        ("user = \"who\"", "user = \"xyz\"", "has no column \"xyz\"; its columns are created_at, who, images, size, chars"),
        ("keep = [\"ok\"]", "keep = [\"done\"]", "traffic.csv holds no request to simulate"),
        ("traffic.csv", "no.csv", "no.csv cannot be opened"),
        ("%H:%M:%S", "%H:%M", "traffic.csv holds no request to simulate"),
        ("format = \"%Y-%m-%d %H:%M:%S\"", "unit = \"s\"", "traffic.csv holds no request to simulate"),
    ];
    for (from, to, expected) in cases {
        let shown = refused(from, to);
        assert!(shown.contains(expected) && shown.contains("file = \""), "{shown}");
    }
    let several = refused("class = { column = \"kind\", of = { avatar = \"avatar\", banner = \"banner\" } }\n", "");
    assert!(several.contains("recorded traffic of several classes needs the column of the class"), "{several}");
    let unsold = refused(", \"1792x1024\" = 500", "");
    assert!(unsold.contains("model \"only\" has no price for images of 1792x1024 standard"), "{unsold}");
}

/// What would quietly give wrong numbers is refused.
#[test]
fn a_recording_that_does_not_fit_is_refused() {
    let refused = |from: &str, to: &str| {
        let text = SCENARIO.replace(from, to);
        assert_ne!(text, SCENARIO, "{from} is not there");
        compile(&text, Path::new(DATA)).expect_err(to)
    };
    let short = refused("horizon = \"1d\"", "horizon = \"30d\"");
    assert!(short.contains("covers 1.0d, and the horizon is 30d"), "{short}");
    let nobody = refused("each = \"row\"\nuser = \"who\"", "each = \"session\"");
    assert!(nobody.contains("sessions cannot be told without the column of the user"), "{nobody}");
}

/// Sizes are looked for in a recording only where a catalogue is asked for prices of them: the article's are its own.
#[test]
fn a_recording_with_sizes_is_opened_once() {
    let file = Path::new("scenarios/tiered-vs-single-recorded.toml");
    let opened = std::cell::Cell::new(0);
    let open = |path: &Path| {
        opened.set(opened.get() + 1);
        Ok(Box::new(std::fs::File::open(path)?) as Box<dyn std::io::Read>)
    };
    scenario::load_and_compile(file, &[], &|path| std::fs::read(path), &open).expect("it is shipped");
    assert_eq!(opened.get(), 1);
}
