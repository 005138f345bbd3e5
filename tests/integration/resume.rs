//! A run that is killed, cut off, damaged or stopped goes on where it was, and its files are those of a run that nobody disturbed.

#![expect(clippy::disallowed_methods, reason = "how long to wait before a kill is told by the clock")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use spendcast::random::{Key, Purpose};
use tempfile::TempDir;

use crate::fixture;

/// Everything that a row may hold: journeys, outcomes of every kind, unknown billing, bounds, budgets.
fn scenario() -> String {
    let model = |name: &str, price: &str| {
        format!(
            "[models.\"{name}\"]\nprice.per_image = \"{price} USD\"\nlatency.exponential.mean = \"9s\"\nfailure.rate = \"10%\"\n\
             filter.rate = \"6%\"\nbilling = {{ failed = \"unknown\", timed_out = \"unknown\" }}\nlimits.in_flight = 5\nacceptance = \"60%\"\n"
        )
    };
    let journey = "[workload.journey]\nrounds = 3\nfinal = \"30%\"\nthink_time.exponential.mean = \"20s\"\n";
    let strategies = "[strategies.one]\nrouter.fallback = [\"p/a\", \"q/b\"]\nretry = { attempts = 3 }\ntimeout = \"20s\"\n\
        budget = { limit = \"20 USD\", every = \"1d\" }\n\
        [strategies.other]\nrouter.weighted = { \"p/a\" = 1, \"q/b\" = 2 }\ntimeout = \"30s\"\n";
    let rest = format!("{journey}{}{}{strategies}", model("p/a", "0.0423"), model("q/b", "0.01"));
    format!("bounds = true\nbudget = \"30 USD\"\n{}", fixture::world("poisson.rate = \"10/min\"", "4h", 120, &rest))
}

fn place() -> TempDir {
    let place = tempfile::tempdir().expect("a directory");
    std::fs::write(place.path().join("long.toml"), scenario()).expect("writable");
    place
}

fn command(place: &Path, out: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(snapbox::cmd::cargo_bin!("spendcast"));
    command.current_dir(place).args(["run", "long.toml", "--quiet", "--batch", "4", "--out", out]).args(arguments);
    command
}

fn run(place: &Path, out: &str, arguments: &[&str]) -> Output {
    command(place, out, arguments).output().expect("runs")
}

fn whole(place: &Path, out: &str, arguments: &[&str]) -> BTreeMap<PathBuf, Vec<u8>> {
    let run = run(place, out, arguments);
    assert!(run.status.success(), "{}", said(&run));
    files(&place.join(out))
}

fn said(run: &Output) -> String {
    String::from_utf8_lossy(&run.stderr).into_owned()
}

/// Every file below a directory with what it holds.
pub(crate) fn files(directory: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut directories = vec![directory.to_owned()];
    while let Some(next) = directories.pop() {
        for path in std::fs::read_dir(next).expect("it is there").map(|entry| entry.expect("readable").path()) {
            if path.is_dir() {
                directories.push(path);
            } else {
                let name = path.strip_prefix(directory).expect("it is below").to_owned();
                found.insert(name, std::fs::read(path).expect("readable"));
            }
        }
    }
    found
}

pub(crate) fn same(found: &BTreeMap<PathBuf, Vec<u8>>, expected: &BTreeMap<PathBuf, Vec<u8>>) {
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    let other: Vec<_> = found.iter().filter(|(name, bytes)| expected[*name] != **bytes).map(|(name, _)| name).collect();
    assert!(other.is_empty(), "{other:?} differ");
}

fn start(place: &Path, out: &str, arguments: &[&str]) -> Child {
    command(place, out, arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("starts")
}

/// Kills a process, as `kill -9` does; whether it had finished before.
pub(crate) fn kill(mut child: Child) -> bool {
    child.kill().expect("it may be killed");
    let end = child.wait_with_output().expect("ends");
    assert!(end.status.success() || end.status.code().is_none(), "{}", said(&end));
    end.status.success()
}

/// So many replications as there was time for, in a journal; how many.
fn begun(place: &Path, out: &str) -> u32 {
    let run = run(place, out, &["--replications", "4000000000", "--time-limit", "800ms"]);
    assert!(run.status.success(), "{}", said(&run));
    let manifest = std::fs::read(place.join(out).join("manifest.json")).expect("written");
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).expect("JSON");
    manifest["replications"][1].as_u64().expect("a number") as u32
}

#[test]
fn fifty_kills_at_any_moment_lose_nothing() {
    let place = place();
    let started = Instant::now();
    let expected = whole(place.path(), "whole", &[]);
    let undisturbed = started.elapsed();
    let moments = Key::new(50, 0, Purpose::Attempt);
    let mut kills = 0;
    for moment in 0.. {
        let draw = moments.block(moment, 0)[0];
        // From before there is a journal to while the report is written.
        let child = start(place.path(), "out", &["--resume", "--threads", if draw.is_multiple_of(2) { "1" } else { "2" }]);
        std::thread::sleep(undisturbed.mul_f64(0.7 * f64::from(draw) / f64::from(u32::MAX)));
        let finished = kill(child);
        kills += u32::from(!finished);
        // After ten kills it may go on to its end.
        if finished || kills.is_multiple_of(10) {
            if !finished {
                whole(place.path(), "out", &["--resume"]);
            }
            same(&files(&place.path().join("out")), &expected);
            std::fs::remove_dir_all(place.path().join("out")).expect("removable");
        }
        if kills == 50 {
            return;
        }
    }
}

/// The moments after the first file of the report appears, over results of another run.
#[test]
fn a_kill_while_the_report_is_written_loses_nothing() {
    let place = place();
    let few = ["--replications", "8"];
    let expected = whole(place.path(), "whole", &few);
    let mut kills = 0;
    for delay in 0..16 {
        whole(place.path(), "out", &["--replications", "2"]);
        let child = start(place.path(), "out", &few);
        let begins = |entry: &Path| entry.to_string_lossy().ends_with(".spendcast-tmp");
        let deadline = Instant::now() + Duration::from_secs(20);
        while !files_named(&place.path().join("out")).iter().any(|path| begins(path)) && Instant::now() < deadline {
            std::thread::sleep(Duration::from_micros(100));
        }
        std::thread::sleep(Duration::from_millis(delay / 2 * 3));
        kills += u32::from(!kill(child));
        same(&whole(place.path(), "out", &[&few[..], &["--resume"]].concat()), &expected);
    }
    assert!(kills > 3, "{kills} came in time");
}

/// The names in a directory while somebody else writes there.
fn files_named(directory: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(directory).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())).collect()
}

/// Wherever the journal is cut off or a bit of it flips, what comes before is kept, and the rest simulated again.
#[test]
fn torn_and_damaged_journals_keep_what_is_whole() {
    let place = place();
    let done = begun(place.path(), "begun").to_string();
    let all = ["--replications", &done];
    let expected = whole(place.path(), "whole", &all);
    let journal = std::fs::read(place.path().join("begun/run.journal")).expect("left");
    let resumed = |bytes: &[u8]| {
        let out = place.path().join("out");
        std::fs::remove_dir_all(&out).ok();
        std::fs::create_dir(&out).expect("writable");
        std::fs::write(out.join("run.journal"), bytes).expect("writable");
        let run = run(place.path(), "out", &[&all[..], &["--resume"]].concat());
        assert!(run.status.success(), "{}", said(&run));
        same(&files(&out), &expected);
        said(&run)
    };
    assert_eq!(resumed(&journal), "");
    assert!(
        resumed(&[]).starts_with("nothing to go on with in out/run.journal") && resumed(&journal[..10]).starts_with("nothing")
    );
    let torn = resumed(&journal[..journal.len() - 1]);
    assert!(
        torn.starts_with("warning: out/run.journal: the ") && torn.ends_with("are no whole batch and are left out\n"),
        "{torn}"
    );
    let mut damaged = journal.clone();
    damaged[journal.len() / 2] ^= 0x10;
    let told = resumed(&damaged);
    let (_, kept) = told.split_once("after replication ").expect("it is told");
    let kept: u32 = kept.split(' ').next().and_then(|n| n.parse().ok()).expect("a number");
    assert!(0 < kept && kept < done.parse().expect("a number") && kept.is_multiple_of(4), "{told}");
    // Without its header nobody knows what it is of, and nobody throws it away.
    let mut headless = journal.clone();
    headless[30] ^= 0x01;
    std::fs::write(place.path().join("out/run.journal"), &headless).expect("writable");
    let refused = run(place.path(), "out", &["--resume"]);
    assert!(refused.status.code() == Some(2) && said(&refused).contains("its beginning is damaged"), "{}", said(&refused));
    assert_eq!(std::fs::read(place.path().join("out/run.journal")).expect("still there"), headless);
    // A run of zeros, as after a power cut.
    assert!(resumed(&[&journal[..], &[0; 4096]].concat()).contains("the 4096 bytes after replication"));
}

#[test]
fn more_and_fewer_replications_than_before() {
    let place = place();
    let done = begun(place.path(), "out");
    let (fewer, more) = ((done - 1).to_string(), (done + 5).to_string());
    let left = run(place.path(), "out", &["--replications", &fewer, "--resume"]);
    assert!(said(&left).starts_with(&format!("out/run.journal is left: it holds {done} replications")), "{}", said(&left));
    let mut found = files(&place.path().join("out"));
    assert!(found.remove(Path::new("run.journal")).is_some());
    same(&found, &whole(place.path(), "fewer", &["--replications", &fewer]));
    // Nothing is simulated, and the time is over at once: what there is has been there.
    let stopped = run(place.path(), "out", &["--replications", &more, "--resume", "--time-limit", "0s"]);
    let manifest = std::fs::read_to_string(place.path().join("out/manifest.json")).expect("written");
    assert!(stopped.status.success() && manifest.contains(&format!("{done}\n  ],\n  \"asked\": {more}")), "{manifest}");
    let resumed = whole(place.path(), "out", &["--replications", &more, "--resume"]);
    same(&resumed, &whole(place.path(), "more", &["--replications", &more]));
}

#[test]
fn a_journal_of_another_run_is_refused_and_put_aside() {
    let place = place();
    let done = begun(place.path(), "out").to_string();
    let all = ["--replications", &done];
    let journal = place.path().join("out/run.journal");
    let bytes = std::fs::read(&journal).expect("left");
    let refused = |arguments: &[&str], why: &str| {
        let run = run(place.path(), "out", &[arguments, &["--resume"]].concat());
        let expected = format!(
            "error: cannot go on with out/run.journal: {why}\nrun without --resume to start over, which puts it aside as \
             run.journal.old, or write elsewhere with --out\n"
        );
        assert_eq!((run.status.code(), said(&run)), (Some(2), expected));
    };
    refused(&["--seed", "5"], "it is of another run\n  the seed was 20260101, and is 5");
    refused(&["--set", "horizon=2h"], "it is of another run\n  it ran without --set, and now with --set horizon=2h");
    refused(&["--set", "bounds=false"], "it is of another run\n  other bounds were asked for");
    // A comment is no other plan.
    std::fs::write(place.path().join("long.toml"), format!("# Why?\n{}", scenario())).expect("writable");
    let commented = whole(place.path(), "commented", &all);
    assert_eq!(std::fs::read(&journal).expect("still there"), bytes);
    // Started over, by mistake or not: it is not lost before the results are there.
    let stopped = run(place.path(), "out", &["--time-limit", "0s"]);
    let told =
        format!("run.journal of {done} replications is put aside as out/run.journal.old; --resume would have gone on with it");
    assert!(stopped.status.code() == Some(1) && said(&stopped).contains(&told), "{}", said(&stopped));
    let old = place.path().join("out/run.journal.old");
    assert_eq!(std::fs::read(&old).expect("put aside"), bytes);
    assert!(!journal.exists(), "an empty one is not left");
    std::fs::rename(&old, &journal).expect("renamed");
    same(&whole(place.path(), "out", &all), &commented);
    for (text, why) in [
        ("spendcast journal 9\n", "it is written in format 9, which this version does not read"),
        ("Dear diary,", "it is no journal of spendcast"),
    ] {
        std::fs::write(&journal, text).expect("writable");
        refused(&[], why);
        assert_eq!(std::fs::read_to_string(&journal).expect("still there"), text);
    }
}

#[test]
fn only_one_run_writes_into_a_directory() {
    let place = place();
    let first = start(place.path(), "out", &["--replications", "4000000000"]);
    let deadline = Instant::now() + Duration::from_secs(20);
    // It is locked before anything is written to it.
    while std::fs::metadata(place.path().join("out/run.journal")).map_or(0, |file| file.len()) == 0 && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(1));
    }
    for arguments in [&[][..], &["--resume"]] {
        let second = run(place.path(), "out", arguments);
        let why = "error: cannot write the results to out: out/run.journal: another run is writing there: wait for it, or write \
            elsewhere with --out\n";
        assert_eq!((second.status.code(), said(&second).as_str()), (Some(1), why));
    }
    assert!(!kill(first));
    assert!(run(place.path(), "out", &["--resume", "--replications", "4"]).status.success(), "its lock ended with it");
}

#[test]
fn the_time_limit_is_no_failure() {
    let place = place();
    let long = ["run", "long.toml", "--replications", "4000000000", "--out", "out", "--time-limit"];
    let started = Instant::now();
    let run = |limit: &str| fixture::spendcast(place.path(), &[&long[..], &[limit]].concat());
    let stopped = run("1s");
    assert!(started.elapsed() < Duration::from_secs(20));
    let last = said(&stopped).lines().last().map(str::to_owned).unwrap_or_default();
    assert!(stopped.status.success() && last.starts_with("stopped at the time limit of 1s after "), "{}", said(&stopped));
    assert!(last.ends_with("; --resume goes on from there") && !stopped.stdout.is_empty());
    std::fs::remove_dir_all(place.path().join("out")).expect("removable");
    let too_short = run("1us");
    assert_eq!(too_short.status.code(), Some(1));
    assert!(said(&too_short).ends_with("after 0 of 4000000000 replications; nothing was written\n"), "{}", said(&too_short));
    assert!(too_short.stdout.is_empty() && !place.path().join("out").exists());
}

/// A limit on the size of files stands for a full disk: it needs no rights, and the kernel refuses in the same place.
#[cfg(unix)]
#[test]
fn a_full_disk_is_told_and_corrupts_nothing() {
    let place = place();
    let expected = whole(place.path(), "out", &["--replications", "2"]);
    let limited = |blocks: u32, arguments: &[&str]| {
        let own = command(place.path(), "out", arguments);
        let mut sh = Command::new("sh");
        sh.current_dir(place.path()).args(["-c", &format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"")]);
        sh.arg(own.get_program()).args(own.get_args()).output().expect("there is a shell")
    };
    let many = ["--replications", "4000000000"];
    // No room for the first line.
    let refused = limited(0, &many);
    assert_eq!(refused.status.code(), Some(1));
    assert!(said(&refused).starts_with("error: cannot write the results to out: out/run.journal: "), "{}", said(&refused));
    same(&files(&place.path().join("out")), &expected);
    // Room for some batches, and not for all charts.
    let stopped = limited(40, &many);
    assert_eq!(stopped.status.code(), Some(1));
    let told = said(&stopped);
    assert!(
        told.contains("error: cannot write the results to out: out/") && told.contains("; --resume goes on from there"),
        "{told}"
    );
    assert!(!stopped.stdout.is_empty(), "what was simulated is shown");
    let mut found = files(&place.path().join("out"));
    let journal = found.remove(Path::new("run.journal")).expect("left");
    assert!(!journal.is_empty() && journal.len() <= 40 * 1024);
    same(&found, &expected);
    // There is room again.
    let resumed = whole(place.path(), "out", &["--replications", "60", "--resume"]);
    same(&resumed, &whole(place.path(), "whole", &["--replications", "60"]));
}

#[test]
fn a_dry_run_writes_nothing() {
    let place = place();
    let dry = run(place.path(), "out", &["--dry-run", "--json"]);
    assert!(dry.status.success() && !place.path().join("out").exists(), "{}", said(&dry));
    let effort: serde_json::Value = serde_json::from_slice(&dry.stdout).expect("JSON");
    assert_eq!((&effort["replications"], &effort["strategies"]), (&120.into(), &2.into()));
    let mut real = start(place.path(), "out", &["--time-limit", "10min"]);
    let peak = peak_of(&mut real);
    let written: u64 = files(&place.path().join("out")).values().map(|bytes| bytes.len() as u64).sum();
    let within = |estimate: &serde_json::Value, real: u64| {
        let estimate = estimate.as_u64().expect("a number") as f64;
        assert!((0.5..2.0).contains(&(estimate / real as f64)), "{estimate} for {real}");
    };
    within(&effort["results_bytes"], written);
    if let Some(peak) = peak {
        within(&effort["memory_bytes"], peak);
    }
    let words = run(place.path(), "out", &["--dry-run", "--replications", "5000000"]);
    let words = String::from_utf8(words.stdout).expect("a text");
    assert!(
        words.starts_with("replications  5 000 000 of 2 strategies, on ") && words.contains("\nmemory        about "),
        "{words}"
    );
    let mistake = run(place.path(), "out", &["--dry-run", "--set", "horizn=1d"]);
    assert_eq!(mistake.status.code(), Some(2));
}

/// The most memory that a process has until it ends, in bytes, where the system tells.
fn peak_of(child: &mut Child) -> Option<u64> {
    let status = format!("/proc/{}/status", child.id());
    let mut peak = None;
    while child.try_wait().expect("it is ours").is_none() {
        let status = std::fs::read_to_string(&status).unwrap_or_default();
        let now = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        peak = now.map(|kilobytes| kilobytes * 1024).max(peak);
        std::thread::sleep(Duration::from_millis(2));
    }
    peak
}
