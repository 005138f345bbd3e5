//! Whether a dry run tells the truth: its estimates next to the same run for real, in time, memory and disk. It fails where one
//! is off by more than a factor of 2.
//!
//! Memory and disk are tested as well (`tests/integration/resume.rs`); time is only looked at here, because machines are noisy.

#![expect(clippy::disallowed_macros, reason = "a benchmark prints what it measured")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// Scenarios and replications: much to simulate, and much to report on.
const RUNS: [(&str, &str); 2] = [("scenarios/tiered-vs-single.toml", "300"), ("benches/dry_run.toml", "10000")];

fn command(scenario: &str, replications: &str, out: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spendcast"));
    command.args(["run", scenario, "--quiet", "--replications", replications, "--out"]).arg(out).stderr(Stdio::inherit());
    command
}

/// The most memory of a process until it ends, in bytes; 0 where the system does not tell.
fn peak(child: &mut std::process::Child) -> f64 {
    let (status, mut peak) = (format!("/proc/{}/status", child.id()), 0.0_f64);
    while child.try_wait().expect("it is ours").is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let now = text.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<f64>().ok());
        peak = peak.max(now.unwrap_or_default() * 1024.0);
        std::thread::sleep(Duration::from_millis(2));
    }
    peak
}

fn bytes(directory: &Path) -> f64 {
    let entries = std::fs::read_dir(directory).expect("it is there").map(|entry| entry.expect("readable").path());
    entries.map(|path| if path.is_dir() { bytes(&path) } else { path.metadata().expect("readable").len() as f64 }).sum()
}

fn main() -> ExitCode {
    let place = tempfile::tempdir().expect("a directory");
    let mut wrong = 0;
    for (scenario, replications) in RUNS {
        let dry = command(scenario, replications, place.path()).args(["--dry-run", "--json"]).output().expect("runs");
        let effort: serde_json::Value = serde_json::from_slice(&dry.stdout).expect("JSON");
        let told = |key: &str| effort[key].as_f64().unwrap_or_default();
        let out = place.path().join("out");
        let started = Instant::now();
        let mut child = command(scenario, replications, &out).stdout(Stdio::null()).spawn().expect("runs");
        let memory = peak(&mut child);
        let seconds = started.elapsed().as_secs_f64();
        println!("{scenario}, {replications} replications: told, real, ratio");
        let measured = [
            ("seconds", told("simulating_seconds") + told("reporting_seconds"), seconds),
            ("MB of memory", told("memory_bytes") / 1e6, memory / 1e6),
            ("MB on disk", told("results_bytes") / 1e6, bytes(&out) / 1e6),
        ];
        for (name, told, real) in measured {
            println!("  {name:<14} {told:>8.1} {real:>8.1} {:>6.2}", told / real);
            wrong += u32::from(real > 0.0 && !(0.5..2.0).contains(&(told / real)));
        }
        std::fs::remove_dir_all(&out).expect("removable");
    }
    ExitCode::from(u8::from(wrong > 0))
}
