//! Every output of every command: what `docs/outputs.md` says that there is, is there, can be read, and says where it comes from; and
//! nothing else is.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;
use spendcast::report::PARQUET;

use crate::fixture::spendcast;

/// Uncertain inputs, unknown billing, two strategies.
const TEXT: &str = r#"
title = "Everything that is written"
start = 2026-01-01
horizon = "1d"
replications = 400
seed = 4711
budget = "30 USD"
[workload.arrivals.poisson]
rate = "60/h"
[workload.classes.only]
size = "1024x1024"
[models."p/a"]
price.per_image = "0.03 USD to 0.05 USD"
latency.exponential.mean = "4s"
failure = "5%"
billing.failed = "unknown"
[models."q/b"]
price.per_image = "0.02 USD"
latency.exponential.mean = "9s"
failure = "20%"
[strategies.first-choice]
router.single = "p/a"
[strategies.second-choice]
router.fallback = ["q/b", "p/a"]
retry.attempts = 2
"#;

const STRATEGIES: [&str; 2] = ["first-choice", "second-choice"];
const PATH: &str = "models.\"q/b\".price.per_image=0.01..0.06 USD:3";

/// A row of the page: the output, whether each command has it, and how much it says of where it comes from.
struct Row {
    output: String,
    has: BTreeMap<String, bool>,
    from: String,
}

/// The table of the page.
fn page() -> Vec<Row> {
    let text = std::fs::read_to_string("docs/outputs.md").expect("the page is there");
    let section =
        text.split("\n## What each command writes\n").nth(1).and_then(|rest| rest.split("\n## ").next()).expect("a section");
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().replace('`', "")).collect::<Vec<_>>();
    let mut lines = section.lines().filter(|line| line.starts_with("| "));
    let commands = cells(lines.next().expect("a head"));
    let row = |line: &str| {
        let cells = cells(line);
        assert_eq!(cells.len(), commands.len(), "{line}");
        let last = cells.len() - 1;
        let is = |cell: &str| match cell {
            "yes" => true,
            "-" => false,
            other => panic!("{other:?} is neither yes nor -"),
        };
        let has = commands[1..last].iter().zip(&cells[1..last]).map(|(command, cell)| (command.clone(), is(cell))).collect();
        Row { output: cells[0].clone(), has, from: cells[last].clone() }
    };
    lines.map(row).collect()
}

/// What a command left: its two standard outputs, its files, and what these come from.
struct Left {
    shown: String,
    json: String,
    markdown: Option<String>,
    files: BTreeMap<String, Vec<u8>>,
    manifests: Vec<Value>,
}

fn succeeds(place: &Path, arguments: &[&str]) -> String {
    let run = spendcast(place, arguments);
    assert!(run.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8(run.stdout).expect("text")
}

fn files(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let (mut found, mut directories) = (BTreeMap::new(), vec![directory.to_owned()]);
    while let Some(next) = directories.pop() {
        for path in std::fs::read_dir(next).expect("it is there").map(|entry| entry.expect("readable").path()) {
            if path.is_dir() {
                directories.push(path);
                continue;
            }
            let name = path.strip_prefix(directory).expect("below").to_string_lossy().into_owned();
            found.insert(name, std::fs::read(path).expect("readable"));
        }
    }
    found
}

/// Runs a command twice, once for each standard output; `before` is run before each.
fn left(place: &Path, out: &str, arguments: &[&str], before: Option<&[&str]>) -> Left {
    let shown = |json: bool| {
        let out = if json { format!("{out}-json") } else { out.to_owned() };
        if let Some(before) = before {
            // That it was stopped before it had anything is no failure here.
            spendcast(place, &[before, &["--quiet", "--out", &out]].concat());
        }
        let more: &[&str] = if json { &["--json"] } else { &[] };
        succeeds(place, &[arguments, &["--quiet", "--out", &out], more].concat())
    };
    let (shown, json) = (shown(false), shown(true));
    let files = files(&place.join(out));
    let manifest = serde_json::from_slice(&files["manifest.json"]).expect("JSON");
    Left { shown, json, markdown: None, files, manifests: vec![manifest] }
}

/// What every command of the page leaves.
fn all(place: &Path) -> BTreeMap<String, Left> {
    let tables = if PARQUET { "csv,parquet" } else { "csv" };
    let run = ["run", "a.toml", "--tables", tables, "--focus", "1.2,1.4"];
    let few = [&run[..], &["--replications", "30"]].concat();
    let stopped = |limit| [&run[..], &["--time-limit", limit, "--threads", "1", "--batch", "4"]].concat();
    let limited = [&stopped("1s")[..], &["--replications", "1000000"]].concat();
    let what_if = |command: &'static str| vec![command, "a.toml", "--tables", tables, "--replications", "20", "--over", PATH];
    let two = [what_if("sweep"), vec!["--over", "workload.keep=50%,100%"]].concat();
    let gated = [&few[..], &["--gate", "mean(cost) < 1000 USD", "--gate", "P(cost > 0 USD) >= 10%"]].concat();
    let mut all: BTreeMap<String, Left> = [
        ("run", left(place, "run", &few, None)),
        ("run --resume", left(place, "resumed", &[&run[..], &["--resume", "--batch", "4"]].concat(), Some(&stopped("300ms")))),
        ("run --time-limit", left(place, "limited", &limited, None)),
        ("run --gate", left(place, "gated", &gated, None)),
        ("sweep, one path", left(place, "sweep", &what_if("sweep"), None)),
        ("sweep, two paths", left(place, "two", &two, None)),
        ("break-even", left(place, "break-even", &what_if("break-even"), None)),
    ]
    .map(|(command, left)| (command.to_owned(), left))
    .into();
    let dearer = left(place, "dearer", &[&few[..], &["--set", "models.\"q/b\".price.per_image=0.03 USD"]].concat(), None);
    let compare = |more: &[&str]| succeeds(place, &[&["compare", "run", "dearer"], more].concat());
    let manifests = [&all["run"], &dearer].map(|left| left.manifests[0].clone()).to_vec();
    let compared = Left {
        shown: compare(&[]),
        json: compare(&["--json"]),
        markdown: Some(compare(&["--markdown"])),
        files: BTreeMap::new(),
        manifests,
    };
    all.insert("compare".to_owned(), compared);
    all
}

/// The outputs of a command that a row of the page is about.
fn about<'a>(row: &Row, left: &'a Left) -> Vec<(String, &'a [u8])> {
    let pattern = |name: &str| match row.output.split_once('*') {
        Some((start, end)) => name.starts_with(start) && name.ends_with(end),
        None => name == row.output,
    };
    match row.output.as_str() {
        "standard output" => vec![(row.output.clone(), left.shown.as_bytes())],
        "standard output, --markdown" => {
            left.markdown.iter().map(|text| ("standard output.md".to_owned(), text.as_bytes())).collect()
        }
        "standard output, --json" => vec![("standard output.json".to_owned(), left.json.as_bytes())],
        _ => left.files.iter().filter(|(name, _)| pattern(name)).map(|(name, bytes)| (name.clone(), bytes.as_slice())).collect(),
    }
}

fn extension(name: &str) -> &str {
    Path::new(name).extension().and_then(|extension| extension.to_str()).unwrap_or_default()
}

/// Reads an output as what its name says that it is; what it says, where it is text.
fn read(name: &str, bytes: &[u8]) -> Option<String> {
    let text = || String::from_utf8(bytes.to_vec()).expect("text");
    match extension(name) {
        "png" => {
            let header = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().expect("a picture");
            assert!(header.info().width > 100 && header.info().height > 100, "{name}");
            return None;
        }
        "parquet" => return Some(parquet_metadata(name, bytes)),
        "journal" => {
            let text = String::from_utf8_lossy(bytes).into_owned();
            assert!(text.starts_with("spendcast journal "), "{name}");
            return Some(text);
        }
        "json" => {
            let document: Value = serde_json::from_slice(bytes).expect("JSON");
            assert!(document.as_object().is_some_and(|document| !document.is_empty()), "{name}");
        }
        "csv" => {
            let rows: Vec<_> = csv::Reader::from_reader(bytes).records().map(|row| row.expect("well-formed")).collect();
            assert!(!rows.is_empty(), "{name} has no row");
        }
        "svg" => assert!(text().starts_with("<svg ") && text().ends_with("</svg>\n"), "{name}"),
        "html" => assert!(text().starts_with("<!DOCTYPE html>") && text().trim_end().ends_with("</html>"), "{name}"),
        "md" => {
            let title = if name == "report.md" { "# Everything that is written\n" } else { "# What changed\n" };
            assert!(text().starts_with(title), "{name}");
        }
        "xml" => assert!(text().starts_with("<?xml ") && text().ends_with("</testsuites>\n"), "{name}"),
        _ => assert_eq!(name, "standard output"),
    }
    Some(text())
}

/// The metadata of a Parquet file, all in one text.
#[cfg(feature = "parquet")]
fn parquet_metadata(name: &str, bytes: &[u8]) -> String {
    use parquet::file::reader::{FileReader as _, SerializedFileReader};
    let mut file = tempfile::tempfile().expect("a file");
    std::io::Write::write_all(&mut file, bytes).expect("writable");
    let reader = SerializedFileReader::new(file).expect("Parquet");
    assert!(
        reader.get_row_iter(None).expect("rows").all(|row| row.is_ok()) && reader.metadata().file_metadata().num_rows() > 0,
        "{name}"
    );
    let entries = reader.metadata().file_metadata().key_value_metadata().expect("provenance");
    let values: Vec<&str> = entries.iter().filter_map(|entry| entry.value.as_deref()).collect();
    values.join("\n")
}

#[cfg(not(feature = "parquet"))]
fn parquet_metadata(name: &str, _: &[u8]) -> String {
    panic!("{name} in a build without Parquet");
}

/// That an output says of where it comes from what the page says that it does.
fn check_provenance(row: &Row, (name, text): (&str, Option<&str>), left: &Left) {
    for manifest in &left.manifests {
        let said = |key: &str| manifest[key].as_str().map_or_else(|| manifest[key].to_string(), str::to_owned);
        let keys: &[&str] = match row.from.as_str() {
            "whole" => &["version", "seed", "plan_hash"],
            "part" => &["version", "seed"],
            "beside" => &[],
            other => panic!("{other:?} is no provenance"),
        };
        for key in keys {
            assert!(text.is_some_and(|text| text.contains(&said(key))), "{name} does not say its {key}");
        }
    }
}

/// The outputs that name strategies, and what they must say besides.
fn check_content(name: &str, text: &str) {
    if !["inputs.csv", "manifest.json"].contains(&name) && !["svg", "parquet", "journal"].contains(&extension(name)) {
        assert!(STRATEGIES.iter().all(|strategy| text.contains(strategy)), "{name} does not name the strategies");
    }
    let says: &[&str] = match name {
        "summary.json" | "standard output.json" | "replications.csv" | "sweep.csv" | "break-even.csv" => &["cost_usd"],
        "standard output" | "standard output.md" | "report.md" | "report.html" => &["cost"],
        "charges.csv" => &["mean_usd", "delivered"],
        "attempts.csv" => &["delivered"],
        "inputs.csv" => &["models.", "USD"],
        "junit.xml" => &["mean(cost) &lt; 1000 USD"],
        _ => &[],
    };
    assert!(says.iter().all(|word| text.contains(word)), "{name} lacks one of {says:?}");
}

#[test]
fn every_output_is_complete_for_each_command() {
    let place = tempfile::tempdir().expect("a directory");
    std::fs::write(place.path().join("a.toml"), TEXT).expect("writable");
    let (rows, commands) = (page(), all(place.path()));
    assert_eq!(rows[0].has.keys().collect::<BTreeSet<_>>(), commands.keys().collect::<BTreeSet<_>>());
    for (command, left) in &commands {
        let mut told = BTreeSet::new();
        for row in &rows {
            let found = about(row, left);
            let is_built = PARQUET || extension(&row.output) != "parquet";
            assert_eq!(!found.is_empty(), row.has[command] && is_built, "{command}: {}", row.output);
            for (name, bytes) in found {
                assert!(!bytes.is_empty(), "{command}: {name} is empty");
                let text = read(&name, bytes);
                check_provenance(row, (&name, text.as_deref()), left);
                if let Some(text) = &text {
                    check_content(&name, text);
                }
                told.insert(name);
            }
        }
        let untold: Vec<&String> = left.files.keys().filter(|name| !told.contains(*name)).collect();
        assert!(untold.is_empty(), "{command} writes what the page does not tell: {untold:?}");
    }
    tables_have_parquet_twins(&commands);
}

/// Where there is Parquet, every table is there in both forms.
fn tables_have_parquet_twins(commands: &BTreeMap<String, Left>) {
    for (command, left) in commands.iter().filter(|_| PARQUET) {
        let of = |extension: &str| -> BTreeSet<PathBuf> {
            let names = left.files.keys().map(PathBuf::from).filter(|name| !name.starts_with("charts"));
            let of = names.filter(|name| name.extension().is_some_and(|own| own == extension));
            of.map(|name| name.with_extension("")).filter(|name| !name.to_string_lossy().starts_with("focus-")).collect()
        };
        assert_eq!(of("csv"), of("parquet"), "{command}");
    }
}

/// What is asked for is all that is left, also of what an earlier run wrote.
#[test]
fn other_forms_take_the_place_of_those_before() {
    let place = tempfile::tempdir().expect("a directory");
    std::fs::write(place.path().join("a.toml"), TEXT).expect("writable");
    let run = |more: &[&str]| {
        spendcast(place.path(), &[&["run", "a.toml", "--quiet", "--out", "out", "--replications", "4"], more].concat())
    };
    let names = || files(&place.path().join("out")).into_keys().filter(|name| !name.starts_with("charts")).collect::<Vec<_>>();
    assert!(run(&["--focus", "1.2"]).status.success());
    assert!(names().iter().any(|name| name == "focus-1.2.csv") && names().iter().any(|name| name == "charges.csv"));
    let parquet = run(&["--tables", "parquet"]);
    if !PARQUET {
        let told = String::from_utf8_lossy(&parquet.stderr).into_owned();
        assert!(parquet.status.code() == Some(2) && told.contains("--features parquet"), "{told}");
        return;
    }
    assert!(parquet.status.success() && names().iter().all(|name| extension(name) != "csv"), "{:?}", names());
    let compared = spendcast(place.path(), &["compare", "out", "out"]);
    let told = String::from_utf8_lossy(&compared.stderr).into_owned();
    assert!(compared.status.code() == Some(2) && told.contains("run it with --tables csv,parquet"), "{told}");
}
