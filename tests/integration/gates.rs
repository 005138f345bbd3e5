//! Gates through the program: exit codes, files, and that none passes by mistake.

use std::path::Path;
use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

use crate::fixture;

/// 100 requests at 4 cents on average, against the same at 2; a filter of which nobody knows whether it is billed.
fn scenario(gates: &str) -> String {
    let model = |name: &str, price: &str, more: &str| {
        format!("[models.\"{name}\"]\nprice.per_image = \"{price} USD\"\nlatency = \"2s\"\n{more}")
    };
    let models = [
        model("a/dear", "0.04", ""),
        model("a/cheap", "0.02", ""),
        model("b/doubtful", "0.04", "filter.rate = \"20%\"\nbilling = { filtered = \"unknown\" }\n"),
    ];
    let strategies = "[strategies.dear]\nrouter.single = \"a/dear\"\n[strategies.cheap]\nrouter.single = \"a/cheap\"\n\
                      [strategies.doubtful]\nrouter.single = \"b/doubtful\"\n";
    let rest = format!("{}{strategies}[gates]\n{gates}", models.concat());
    format!("budget = \"3 USD\"\n{}", fixture::world("poisson.rate = \"100/d\"", "1d", 200, &rest))
}

fn place(gates: &str) -> TempDir {
    let place = tempfile::tempdir().expect("a directory");
    std::fs::write(place.path().join("x.toml"), scenario(gates)).expect("writable");
    place
}

fn run(place: &Path, arguments: &[&str]) -> Output {
    fixture::spendcast(place, &[&["run", "x.toml", "--quiet"], arguments].concat())
}

/// The exit code with these gates on the command line.
fn code(gates: &[&str]) -> i32 {
    let place = place("");
    let arguments: Vec<&str> = gates.iter().flat_map(|gate| ["--gate", gate]).collect();
    run(place.path(), &arguments).status.code().expect("it ended by itself")
}

#[test]
fn exit_codes_tell_passed_failed_and_undecided() {
    let (passed, failed, undecided) = ("dear: mean(cost) < 5 USD", "dear: mean(cost) > 5 USD", "dear: mean(cost) < 4 USD");
    assert_eq!([code(&[]), code(&[passed]), code(&[failed]), code(&[undecided])], [0, 0, 3, 4]);
    // A failed one wins over an undecided one, in any order.
    assert_eq!([code(&[undecided, failed, passed]), code(&[failed, undecided]), code(&[passed, undecided])], [3, 3, 4]);
}

#[test]
fn every_relation_both_ways() {
    for (relation, low, high) in [("<", 0, 3), ("<=", 0, 3), (">", 3, 0), (">=", 3, 0)] {
        let gate = |limit: &str| format!("cheap: mean(cost) {relation} {limit}");
        assert_eq!([code(&[&gate("100 USD")]), code(&[&gate("0.01 USD")])], [low, high], "{relation}");
        // Exactly at the limit: 2 cents for each, in every replication.
        let at = if relation.ends_with('=') { 0 } else { 3 };
        assert_eq!(code(&[&format!("cheap: p50(cost_per_delivered) {relation} 0.02 USD")]), at, "{relation}");
    }
}

#[test]
fn kinds_of_figures() {
    let passed = [
        "P(cost > 5000 USD) <= 10%",
        "cheap: P(cost > budget) < 5%",
        "p95(time_to_image) < 40 s",
        "mean(delivered_share) >= 75%",
        "cheap: mean(cost - baseline) < 0 USD",
        "cheap: mean(cost / dear) <= 60%",
        "cheap: P(cost - baseline < 0 USD) > 90%",
        "doubtful: mean(delivered_share - baseline) <= -15 pp",
        "mean(attempts_per_request) <= 1.2",
        "cheap: cvar50(cost_usd) < 4 USD",
        "cheap: sd(cost) < 1 USD",
    ];
    assert_eq!(code(&passed), 0);
    // The other way round none does.
    let turned = passed.map(|gate| {
        let at = gate.rfind(['<', '>']).expect("a relation");
        let sign = if gate[at..].starts_with('<') { ">" } else { "<" };
        format!("{}{sign}{}", &gate[..at], &gate[at + 1..])
    });
    assert_eq!(turned.each_ref().map(|gate| code(&[gate])), [3; 11]);
}

/// 80 cents hang on whether refusals are billed.
#[test]
fn unknown_billing_has_to_agree() {
    let codes = ["3.00 USD", "3.60 USD", "4.50 USD"].map(|limit| code(&[&format!("doubtful: mean(cost) < {limit}")]));
    assert_eq!(codes, [3, 4, 0]);
    let place = place("");
    let run = run(place.path(), &["--gate", "doubtful: mean(cost) < 3.6 USD"]);
    let said = String::from_utf8_lossy(&run.stdout).replace("\n          ", "");
    assert!(said.contains("no replications tell"), "{said}");
}

#[test]
fn what_is_undefined_or_too_few_never_passes() {
    assert_eq!(code(&["mean(cost_per_accepted) < 5 USD"]), 4);
    assert_eq!(code(&["mean(cost_per_accepted) > 5 USD"]), 4);
    assert_eq!(code(&["cvar95(cost) < 500 USD"]), 4);
    let place = place("");
    let few = ["--gate", "mean(cost) < 5000 USD", "--replications", "1"];
    assert_eq!(run(place.path(), &few).status.code(), Some(4));
    let point = [few.as_slice(), &["--gate-mode", "point"]].concat();
    assert_eq!(run(place.path(), &point).status.code(), Some(0));
}

#[test]
fn a_wrong_gate_is_a_mistake_and_runs_nothing() {
    let place = place("a = \"mean(csot) < 5 USD\"\nb = \"mean(cost) < 5 s\"\n");
    let run = run(place.path(), &["--gate", "men(cost) < 5 USD", "--gate", "cheep: mean(cost) < 5 USD"]);
    assert_eq!(run.status.code(), Some(2));
    let said = String::from_utf8_lossy(&run.stderr);
    for part in ["unknown metric \"csot\"", "does not fit: this is counted in US dollars", "unknown figure \"men\"", "--gate:1:1"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!place.path().join("results").exists() && run.stdout.is_empty());
}

#[test]
fn files_have_the_gates() {
    let place = place("low = \"mean(cost) < 5 USD\"\nlower = \"mean(cost) < 3 USD\"\n");
    let json = run(place.path(), &["--json"]);
    assert_eq!(json.status.code(), Some(3));
    assert_eq!(String::from_utf8_lossy(&json.stderr), "Gates: 4 passed, 2 failed\n");
    let summary: Value = serde_json::from_slice(&json.stdout).expect("JSON");
    let gates = &summary["gates"];
    assert_eq!(
        [&gates["passed"], &gates["failed"], &gates["undecided"], &gates["mode"]],
        ["4", "2", "0", "\"interval\""].map(|text| serde_json::from_str::<Value>(text).expect("JSON")).each_ref()
    );
    let first = &gates["all"][0];
    assert_eq!((&first["name"], &first["strategy"], &first["verdict"]), (&"low".into(), &"dear".into(), &"passed".into()));
    assert_eq!(first["figure"], summary["strategies"]["dear"]["cost_usd"]["mean"]);
    assert_eq!(gates["all"][2]["if_billed"], summary["strategies"]["doubtful"]["if_billed"]["cost_usd"]["mean"]);
    let read = |name: &str| std::fs::read_to_string(place.path().join("results/x").join(name)).expect("written");
    assert!(read("junit.xml").contains("<testsuites tests=\"6\" failures=\"2\" errors=\"0\" skipped=\"0\">"));
    assert!(read("report.md").contains("\n**Gates: 4 passed, 2 failed.**\n\n| verdict | gate | strategy | figure |\n"));
    // Without gates there is no such file, and what an earlier run left is gone.
    std::fs::write(place.path().join("x.toml"), scenario("")).expect("writable");
    assert_eq!(run(place.path(), &[]).status.code(), Some(0));
    assert!(!place.path().join("results/x/junit.xml").exists());
}

/// The time limit is no failure, and its few replications are judged as any others.
#[test]
fn a_time_limit_leaves_the_gates_to_what_is_finished() {
    let place = place("");
    let judged = |gate: &str| {
        let limit = ["--time-limit", "700ms", "--replications", "4000000000", "--gate", gate];
        run(place.path(), &limit).status.code()
    };
    assert_eq!([judged("mean(cost) < 50 USD"), judged("mean(cost) > 50 USD")], [Some(0), Some(3)]);
}
