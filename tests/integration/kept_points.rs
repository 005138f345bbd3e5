//! A sweep or a break-even that is killed goes on from where it was, and ends as if nobody had disturbed it.

#![expect(clippy::disallowed_methods, reason = "how long to wait before a kill is told by the clock")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use spendcast::random::{Key, Purpose};

use crate::fixture;
use crate::resume::{files, kill, same};

const PRICE: &str = "models.\"p/a\".price.per_image";

/// Four batches at each point.
fn scenario() -> String {
    let model = |name: &str, price: &str| {
        format!("[models.\"{name}\"]\nprice.per_image = \"{price} USD\"\nlatency = \"1s\"\nfailure = \"5%\"\n")
    };
    let strategies = "[strategies.one]\nrouter.single = \"p/a\"\n[strategies.other]\nrouter.fallback = [\"q/b\", \"p/a\"]\n";
    let rest = format!("{}{}{strategies}", model("p/a", "0.02"), model("q/b", "0.03"));
    fixture::world("poisson.rate = \"2000/d\"", "1d", 256, &rest)
}

fn arguments(command: &str, out: &str, resume: bool) -> Vec<String> {
    let over = format!("{PRICE}=0.01..0.05 USD:3");
    let all = [command, "long.toml", "--quiet", "--over", &over, "--out", out];
    all.iter().chain(resume.then_some(&"--resume")).map(ToString::to_string).collect()
}

fn whole(place: &Path, command: &str, out: &str, resume: bool) -> BTreeMap<PathBuf, Vec<u8>> {
    let arguments = arguments(command, out, resume);
    let run = fixture::spendcast(place, &arguments.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(run.status.success() && run.stderr.is_empty(), "{}", String::from_utf8_lossy(&run.stderr));
    files(&place.join(out))
}

/// The bytes of all journals of points.
fn kept(place: &Path) -> u64 {
    let points = place.join("out/points");
    if points.exists() { files(&points).values().map(|bytes| bytes.len() as u64).sum() } else { 0 }
}

/// More than a batch has, of which a kill may leave a part that is no use.
const BATCH: u64 = 200_000;

#[test]
fn kills_at_any_moment_lose_nothing() {
    for command in ["sweep", "break-even"] {
        let place = tempfile::tempdir().expect("a directory");
        std::fs::write(place.path().join("long.toml"), scenario()).expect("writable");
        let started = Instant::now();
        let expected = whole(place.path(), command, "whole", false);
        let undisturbed = started.elapsed();
        let moments = Key::new(51, 0, Purpose::Attempt);
        let (mut kills, mut before, mut most) = (0, 0, 0);
        for moment in 0..200 {
            if kills == 12 {
                break;
            }
            let draw = f64::from(moments.block(moment, 0)[0]) / f64::from(u32::MAX);
            let mut program = Command::new(snapbox::cmd::cargo_bin!("spendcast"));
            program.current_dir(place.path()).args(arguments(command, "out", true));
            let child = program.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("starts");
            std::thread::sleep(undisturbed.mul_f64(0.5 * draw));
            let finished = kill(child);
            kills += u32::from(!finished);
            let now = kept(place.path());
            if finished {
                same(&files(&place.path().join("out")), &expected);
                std::fs::remove_dir_all(place.path().join("out")).expect("removable");
            } else if !place.path().join("out/manifest.json").exists() {
                // Once the report is written, journals go one after the other.
                assert!(now + BATCH > before, "{now} bytes after {before}");
                most = now.max(most);
            }
            before = if finished { 0 } else { now };
        }
        assert!(kills == 12 && most > BATCH, "{most} bytes were kept at most, of {kills} kills");
        same(&whole(place.path(), command, "out", true), &expected);
    }
}

/// Points of another question are not taken for this one's.
#[test]
fn what_was_asked_otherwise_is_refused_or_put_aside() {
    let place = tempfile::tempdir().expect("a directory");
    std::fs::write(place.path().join("long.toml"), scenario()).expect("writable");
    let expected = whole(place.path(), "sweep", "whole", false);
    let stopped = |more: &[&str]| {
        let all = arguments("sweep", "out", false);
        let mut program = Command::new(snapbox::cmd::cargo_bin!("spendcast"));
        let child = program.current_dir(place.path()).args(all).args(more).stderr(Stdio::piped()).spawn().expect("starts");
        let deadline = Instant::now() + Duration::from_mins(1);
        while !place.path().join("out/points/1/run.journal").exists() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(2));
        }
        assert!(!kill(child));
    };
    stopped(&["--seed", "9", "--replications", "2000"]);
    let all = arguments("sweep", "out", true);
    let run = fixture::spendcast(place.path(), &all.iter().map(String::as_str).collect::<Vec<_>>());
    let told = String::from_utf8_lossy(&run.stderr).into_owned();
    assert!(run.status.code() == Some(2) && told.contains("the seed was 9, and is 20260101"), "{told}");
    assert!(told.contains("which puts all points aside as points.old"), "{told}");
    let all = arguments("sweep", "out", false);
    let run = fixture::spendcast(place.path(), &all.iter().map(String::as_str).collect::<Vec<_>>());
    let told = String::from_utf8_lossy(&run.stderr).into_owned();
    assert!(run.status.success() && told.contains("out/points is put aside as out/points.old"), "{told}");
    std::fs::remove_dir_all(place.path().join("out/points.old")).expect("it is there");
    same(&files(&place.path().join("out")), &expected);
}
