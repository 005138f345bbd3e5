//! `spendcast run` as a program: what it writes, where, and how it stops.

use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use spendcast::experiment::{self, Batch, Follower, Run, Settings, Step};
use tempfile::TempDir;

use crate::fixture;

const SCENARIO: &str = "tests/cmd/check.in/valid.toml";

const RECORDED: &str = r#"
title = "Recorded"
catalog = "./own.toml"
start = 2026-01-01
horizon = "1d"
replications = 2

[workload.recorded]
file = "traffic.csv"
time = { column = "at", unit = "s" }
status = { column = "status", keep = ["ok"] }

[workload.classes.any]
size = "1024x1024"

[models.own]
latency = "2s"

[strategies.only]
router.single = "own"
"#;

const BOOK: &str = "title = \"Own\"\nretrieved = 2026-01-01\nsource = \"me\"\n[models.own]\nprice.per_image = \"1 USD\"\n";

/// Seven rows: one that is skipped, one out of order, one without a time, one beyond the horizon.
const TRAFFIC: &str = "at,status\n0,ok\n1,ok\n9,lost\n5,ok\n4,ok\nx,ok\n90000,ok\n";

/// A directory with a scenario of recorded traffic in it, and all that it needs.
fn place_of_recording() -> TempDir {
    let place = tempfile::tempdir().expect("a directory");
    for (name, text) in [("valid.toml", RECORDED), ("own.toml", BOOK), ("traffic.csv", TRAFFIC)] {
        std::fs::write(place.path().join(name), text).expect("writable");
    }
    place
}

/// A directory with the scenario in it.
fn place() -> TempDir {
    let place = tempfile::tempdir().expect("a directory");
    std::fs::copy(SCENARIO, place.path().join("valid.toml")).expect("copied");
    place
}

fn command(place: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(snapbox::cmd::cargo_bin!("spendcast"));
    command.current_dir(place).args(["run", "valid.toml"]).args(arguments);
    command
}

fn run(place: &Path, arguments: &[&str]) -> Output {
    let run = command(place, arguments).output().expect("runs");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    run
}

fn read(place: &Path, name: &str) -> Vec<u8> {
    std::fs::read(place.join(name)).unwrap_or_else(|reason| panic!("{name}: {reason}"))
}

fn sha256(text: &str) -> String {
    Sha256::digest(text).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

#[test]
fn json_is_the_summary_and_nothing_else() {
    let place = place();
    let run = run(place.path(), &["--json", "--quiet"]);
    assert_eq!(run.stdout, read(place.path(), "results/valid/summary.json"));
    assert!(run.stderr.is_empty());
    let summary: Value = serde_json::from_slice(&run.stdout).expect("JSON");
    assert_eq!(summary["scenario"]["title"], "One model");
    assert_eq!(summary["manifest"]["catalogues"][0]["name"], "article");
}

#[test]
fn replaced_values_are_recorded_and_change_the_plan() {
    let place = place();
    let summary = |arguments: &[&str]| -> Value {
        let run = run(place.path(), &[&["--json", "--quiet"], arguments].concat());
        serde_json::from_slice(&run.stdout).expect("JSON")
    };
    let (as_is, replaced) =
        (summary(&[]), summary(&["--set", "models.\"google/imagen-3\".price.per_image=1 USD", "--seed", "8"]));
    assert_eq!(replaced["scenario"]["set"][0]["value"], "1 USD");
    assert_eq!((&as_is["manifest"]["seed"], &replaced["manifest"]["seed"]), (&Value::from(7), &Value::from(8)));
    assert_ne!(as_is["manifest"]["plan_hash"], replaced["manifest"]["plan_hash"]);
    assert_eq!(as_is["manifest"]["scenario_sha256"], replaced["manifest"]["scenario_sha256"]);
}

#[test]
fn the_manifest_has_what_was_set_and_every_file_that_was_read() {
    let place = place_of_recording();
    let set = ["--set", "models.own.failure=1%", "--seed", "18446744073709551615", "--replications", "3"];
    run(place.path(), &[&["--quiet"], set.as_slice()].concat());
    let manifest: Value = serde_json::from_slice(&read(place.path(), "results/valid/manifest.json")).expect("JSON");
    let replaced = |path: &str, value: &str| json!({ "path": path, "value": value });
    let expected =
        [replaced("models.own.failure", "1%"), replaced("replications", "3"), replaced("seed", "18446744073709551615")];
    assert_eq!(manifest["set"], Value::from(expected.to_vec()));
    assert_eq!(manifest["scenario_sha256"], sha256(RECORDED));
    let input = |name: &str, text| json!({ "name": name, "sha256": sha256(text) });
    assert_eq!(manifest["inputs"], json!([input("own.toml", BOOK), input("traffic.csv", TRAFFIC)]));
    let report = String::from_utf8(read(place.path(), "results/valid/report.md")).expect("a text");
    assert!(report.contains("models.own.failure = 1%") && report.contains(&sha256(BOOK)), "{report}");
}

#[test]
fn the_account_of_a_recording_is_told_and_kept() {
    let place = place_of_recording();
    let quiet = run(place.path(), &["--json", "--quiet"]);
    let warning = "warning: traffic.csv\n1 rows left out: no readable time\n  line 7: column \"at\": \"x\" is not a number of s\n\
        1 rows were out of order and are sorted in: line 6\n\
        1 of the 5 rows that start a journey come after the horizon and are left out\n";
    assert_eq!(String::from_utf8_lossy(&quiet.stderr), warning);
    let summary: Value = serde_json::from_slice(&quiet.stdout).expect("JSON");
    let expected = json!({
        "read": 7, "kept": 5, "skipped": { "lost": 1 }, "repeated_headers": 0, "bad": { "time": 1 },
        "first_bad": [{ "line": 7, "column": "at", "kind": "time", "what": "\"x\" is not a number of s" }],
        "unsorted": 1, "first_unsorted": [6], "twice": 0, "users": 0, "first": null, "last": null,
        "journeys": 5, "after_horizon": 1,
    });
    assert_eq!(summary["recording"], expected);
    let report = String::from_utf8(read(place.path(), "results/valid/report.md")).expect("a text");
    assert!(report.contains("## Recorded traffic\n\n- 5 of 7 rows kept"), "{report}");
    let loud = String::from_utf8(run(place.path(), &[]).stderr).expect("a text");
    assert!(loud.starts_with("5 of 7 rows kept\n") && !loud.contains("warning"), "{loud}");
}

#[test]
fn threads_and_batches_change_no_byte() {
    let place = place();
    let mut all = Vec::new();
    for (threads, batch) in [("1", "1"), ("2", "7"), ("7", "16")] {
        let out = format!("out-{threads}");
        run(place.path(), &["--quiet", "--replications", "20", "--threads", threads, "--batch", batch, "--out", &out]);
        let files =
            ["summary.json", "replications.csv", "charges.csv", "attempts.csv", "report.md", "report.html", "manifest.json"];
        all.push(files.map(|name| read(place.path(), &format!("{out}/{name}"))));
    }
    assert!(all.iter().all(|files| *files == all[0]));
}

#[test]
fn a_stopped_run_is_the_beginning_of_a_whole_one() {
    let (compiled, settings) = fixture::compile(&std::fs::read_to_string(SCENARIO).expect("readable"));
    for (batch, threads) in [(3, 1), (4, 2)] {
        let settings = Settings { replications: 12, batch, threads, ..settings };
        let whole = fixture::run_with(&compiled, settings);
        let stop = AtomicBool::new(false);
        let enough = |step: Step| stop.store(step.replications > batch, Ordering::Relaxed);
        let begun = experiment::run(&compiled.plan, settings, &stop, enough).expect("there are threads");
        // The first batch, and of the second what stands before the first replication that was abandoned.
        assert!((batch..2 * batch).contains(&begun.replications), "{} replications", begun.replications);
        assert_eq!(begun.rows, whole.rows[..begun.rows.len()]);
        let count = |run: &Run| run.charges[0].iter().map(|cell| cell.count).sum::<u64>();
        assert!(begun.rows.len() == begun.replications as usize && 0 < count(&begun) && count(&begun) < count(&whole));
    }
    let stopped = experiment::run(&compiled.plan, settings, &AtomicBool::new(true), |_| {}).expect("there are threads");
    assert_eq!((stopped.replications, stopped.rows.len()), (0, 0));
}

/// Batches of other sizes, put together again as whoever kept them would, and gone on with.
#[test]
fn a_run_goes_on_where_another_ended() {
    let (compiled, settings) = fixture::compile(&std::fs::read_to_string(SCENARIO).expect("readable"));
    let settings = Settings { replications: 12, batch: 5, ..settings };
    let whole = fixture::run_with(&compiled, settings);
    let resume = |settings, begun, most: usize| {
        let mut kept = Vec::new();
        let keep = |batch: &Batch| {
            kept.push(batch.clone());
            if kept.len() == most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let run = experiment::resume((&compiled.plan).into(), settings, begun, &(), keep).expect("there are threads");
        (run, kept)
    };
    let (begun, kept) = resume(settings, Run::default(), 1);
    assert_eq!((begun.replications, kept.len(), &begun.rows[..]), (5, 1, &whole.rows[..begun.rows.len()]));
    let mut again = Run::default();
    for batch in kept {
        again.extend(batch).expect("the next");
    }
    assert_eq!(again, begun);
    let (run, kept) = resume(Settings { batch: 2, threads: 1, ..settings }, again, 0);
    assert_eq!((run, kept.iter().map(|batch| batch.first).collect::<Vec<_>>()), (whole.clone(), vec![5, 7, 9, 11]));
    let (same, nothing) = resume(Settings { replications: 3, ..settings }, whole.clone(), 0);
    assert!(same == whole && nothing.is_empty());
}

/// All journeys arrive within a second, in one chunk; what they bring about takes days.
#[test]
fn the_end_of_a_replication_hears_a_stop_too() {
    struct Later(AtomicU32);
    impl Follower for Later {
        fn stops(&self) -> bool {
            // Twice while journeys arrive.
            self.0.fetch_add(1, Ordering::Relaxed) >= 2
        }
    }
    let strategy = "[models.\"p/a\"]\nprice.per_image = \"1 USD\"\nlatency = \"1s\"\nfailure.rate = \"100%\"\n[strategies.only]\n\
        router.single = \"p/a\"\nretry = { attempts = 100, backoff.constant = \"1h\", jitter = \"none\" }\n";
    let (compiled, settings) = fixture::compile(&fixture::world("constant.rate = \"100/s\"", "1s", 1, strategy));
    let later = Later(AtomicU32::new(0));
    let run = experiment::resume((&compiled.plan).into(), settings, Run::default(), &later, |_| ControlFlow::Continue(()));
    assert_eq!((run.expect("there are threads").replications, later.0.into_inner()), (0, 3));
    let attempts: u64 = fixture::run_with(&compiled, settings).rows.iter().map(|row| row.attempts).sum();
    assert_eq!(attempts, 10_000);
}

#[test]
fn a_directory_that_cannot_be_made_is_an_error_of_ours() {
    let place = place();
    let run = command(place.path(), &["--out", "valid.toml/results"]).output().expect("runs");
    assert_eq!(run.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&run.stderr).contains("cannot write the results to valid.toml/results"));
    assert!(run.stdout.is_empty());
}

/// Whoever simulates first has something to show.
#[test]
fn a_directory_is_tried_before_anything_is_simulated() {
    let place = place();
    std::fs::write(place.path().join("taken"), "").expect("writable");
    for out in ["taken", "taken/below"] {
        let run = command(place.path(), &["--out", out]).output().expect("runs");
        assert_eq!((run.status.code(), run.stdout.len()), (Some(1), 0));
        assert!(String::from_utf8_lossy(&run.stderr).starts_with(&format!("error: cannot write the results to {out}: ")));
    }
    assert!(!command(place.path(), &["--set", "horizn=1d", "--out", "out"]).output().expect("runs").status.success());
    assert!(!place.path().join("out").exists(), "a mistake leaves no directory");
}

#[test]
fn what_cannot_be_written_is_shown_all_the_same() {
    let place = place();
    let expected = run(place.path(), &["--out", "whole"]);
    for (in_the_way, arguments) in [("summary.json", vec![]), ("charts", vec![]), ("summary.json", vec!["--json"])] {
        let out = tempfile::tempdir().expect("a directory");
        match in_the_way {
            "charts" => std::fs::write(out.path().join(in_the_way), "").expect("writable"),
            file => std::fs::create_dir_all(out.path().join(file).join("below")).expect("writable"),
        }
        let name = out.path().to_str().expect("UTF-8");
        let run = command(place.path(), &[&["--out", name], arguments.as_slice()].concat()).output().expect("runs");
        assert_eq!(run.status.code(), Some(1));
        let said = String::from_utf8_lossy(&run.stderr);
        assert!(said.starts_with(&format!("error: cannot write the results to {name}: ")) && said.lines().count() == 1, "{said}");
        let journal = out.path().join("run.journal");
        let kept = format!("; 2 replications are kept in {}: --resume goes on from there\n", journal.display());
        assert!(said.ends_with(&kept) && journal.exists(), "{said}");
        if arguments.is_empty() {
            assert_eq!(run.stdout, expected.stdout);
        } else {
            assert_eq!(run.stdout, read(place.path(), "whole/summary.json"));
        }
    }
}

/// Starts a run without an end, interrupts it so often after a while, and says how it ended.
#[cfg(unix)]
fn interrupted(place: &Path, after: Duration, signals: usize) -> Output {
    let long = ["--replications", "4000000000", "--out", "out"];
    let child = command(place, &long).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("runs");
    std::thread::sleep(after);
    for _ in 0..signals {
        Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill is there");
    }
    child.wait_with_output().expect("ends")
}

/// Nothing tells from outside when the first replications are finished, so it waits longer until they are. What comes
/// too early has to be right as well: before there is a handler the signal itself ends the process, and with fewer than
/// two replications nothing is written.
#[cfg(unix)]
#[test]
fn an_interrupted_run_keeps_what_was_finished() {
    let place = place();
    let tried = (0..12).map(|doubled| interrupted(place.path(), Duration::from_millis(10 << doubled), 1));
    let run = tried.filter(|run| run.status.code().is_some()).find(|run| {
        assert_eq!(run.status.code(), Some(130), "{run:?}");
        let said = String::from_utf8_lossy(&run.stderr);
        let nothing = said.ends_with("nothing was written\n");
        assert!(!nothing || (run.stdout.is_empty() && !place.path().join("out").exists()), "{run:?}");
        !nothing && !said.contains("too few for a report")
    });
    let run = run.expect("two replications take less than 20 seconds");
    let said = String::from_utf8_lossy(&run.stderr);
    let manifest: Value = serde_json::from_slice(&read(place.path(), "out/manifest.json")).expect("JSON");
    let done = manifest["replications"][1].as_u64().expect("a number");
    let last =
        format!("stopped after {done} of 4000000000 replications; the results are of these {done}; --resume goes on from there");
    assert_eq!((said.lines().last(), &manifest["asked"]), (Some(last.as_str()), &Value::from(4_000_000_000_u64)));
    assert!(done >= 2 && !run.stdout.is_empty());
    let rows = String::from_utf8(read(place.path(), "out/replications.csv")).expect("a text");
    assert_eq!(rows.lines().count() as u64, done + 1);
    let report = String::from_utf8(read(place.path(), "out/report.md")).expect("a text");
    assert!(report.contains("stopped before the 4 000 000 000 asked for"), "{report}");
    let names = std::fs::read_dir(place.path().join("out")).expect("it is there");
    assert!(names.count() == 9, "the complete set, the journal and nothing half-written");
}

#[cfg(unix)]
#[test]
fn whoever_insists_is_obeyed_at_once() {
    let place = place();
    let mut tried = (0..12).map(|doubled| interrupted(place.path(), Duration::from_millis(10 << doubled), 3));
    let code = tried.find_map(|run| run.status.code());
    assert_eq!(code, Some(130));
}
