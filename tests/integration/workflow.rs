//! The scripts of the example workflow do what they say, step by step, with the program as it is.

#![cfg(target_os = "linux")]

use std::path::Path;
use std::process::{Command, Output};

const WORKFLOW: &str = "docs/github-workflow.yml";
const TEXT: &str = "title = \"Ours\"\nstart = 2026-01-01\nhorizon = \"1d\"\nseed = 4\nreplications = 200\n\
    workload.arrivals.poisson.rate = \"400/d\"\nworkload.classes.a.size = \"1024x1024\"\n\
    models.\"p/a\" = { price.per_image = \"0.02 USD\", latency = \"2s\" }\nstrategies.one.router.single = \"p/a\"\n";

/// The script of a step.
fn script(step: &str) -> String {
    let text = std::fs::read_to_string(WORKFLOW).expect("the workflow is there");
    let (_, rest) = text.split_once(&format!("- name: {step}\n")).unwrap_or_else(|| panic!("no step {step}"));
    let (_, rest) = rest.split_once("run: |\n").unwrap_or_else(|| panic!("{step} has no script"));
    let lines = rest.lines().take_while(|line| line.is_empty() || line.starts_with("          "));
    lines.map(|line| line.trim_start_matches("          ")).collect::<Vec<_>>().join("\n")
}

/// Runs a step as a runner does, where `gh` keeps what it is to say.
fn run(place: &Path, step: &str) -> Output {
    let program = Path::new(snapbox::cmd::cargo_bin!("spendcast")).parent().expect("a directory");
    let path = format!("{}:{}:{}", place.join("bin").display(), program.display(), std::env::var("PATH").expect("there is one"));
    let mut shell = Command::new("bash");
    shell.args(["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", &script(step)]).current_dir(place).env("PATH", path);
    shell.env("SCENARIO", "scenarios/mine.toml").env("NUMBER", "7");
    shell.env("GITHUB_OUTPUT", place.join("output")).env("GITHUB_STEP_SUMMARY", place.join("shown"));
    shell.output().expect("bash is there")
}

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().expect("not the root")).expect("writable");
    std::fs::write(path, text).expect("writable");
}

fn place(gate: &str) -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt;
    let place = tempfile::tempdir().expect("a directory");
    let dearer = TEXT.replace("0.02 USD", "0.03 USD");
    write(&place.path().join("scenarios/mine.toml"), &format!("{dearer}gates.limit = \"{gate}\"\n"));
    write(&place.path().join("before/scenarios/mine.toml"), TEXT);
    let gh = place.path().join("bin/gh");
    write(&gh, "#!/bin/sh\necho \"$@\" > asked\ncat \"$5\" > said\n");
    std::fs::set_permissions(&gh, std::fs::Permissions::from_mode(0o755)).expect("it is ours");
    place
}

#[test]
fn the_example_workflow_works() {
    for (gate, code) in [("mean(cost) < 100 USD", 0), ("mean(cost) < 10 USD", 3), ("mean(cost) < 12 USD", 0)] {
        let place = place(gate);
        let read =
            |name: &str| std::fs::read_to_string(place.path().join(name)).unwrap_or_else(|reason| panic!("{name}: {reason}"));
        let simulated = run(place.path(), "Simulate");
        assert_eq!(simulated.status.code(), Some(code), "{gate}: {}", String::from_utf8_lossy(&simulated.stderr));
        let told = String::from_utf8_lossy(&simulated.stdout).into_owned();
        let expected = match gate {
            "mean(cost) < 100 USD" => ("::notice::all gates passed", "code=0\n"),
            "mean(cost) < 10 USD" => ("::error::a gate failed", "code=3\n"),
            _ => ("::warning::a gate is undecided", "code=4\n"),
        };
        assert!(told.contains(expected.0) && read("output") == expected.1, "{gate}: {told}");
        for step in ["Show the report", "Compare", "Comment"] {
            let done = run(place.path(), step);
            assert!(done.status.success() && done.stderr.is_empty(), "{step}: {}", String::from_utf8_lossy(&done.stderr));
        }
        let shown = read("shown");
        assert!(shown.starts_with("# Ours\n") && shown.contains("| verdict | gate |") && !shown.contains("!["), "{shown}");
        assert!(read("asked").starts_with("pr comment 7 --body-file comment.md "));
        let said = read("said");
        assert!(said.starts_with("# What changed\n\none surely changed: cost 4.0") && said.contains("<details>"), "{said}");
    }
}

/// A scenario that is new is simulated and shown, and there is nothing to say of what changed.
#[test]
fn a_new_scenario_has_nothing_to_be_compared_with() {
    let place = place("mean(cost) < 100 USD");
    std::fs::remove_dir_all(place.path().join("before")).expect("it is there");
    for step in ["Simulate", "Show the report", "Compare", "Comment"] {
        assert!(run(place.path(), step).status.success(), "{step}");
    }
    assert!(place.path().join("shown").exists() && !place.path().join("asked").exists());
}
