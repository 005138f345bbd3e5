//! Recorded behaviour of LiteLLM's Router is what a strategy with its profile does, call by call.

use std::io::Write as _;
use std::process::{Command, Output};

fn conformance(file: &std::path::Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_spendcast")).args(["conformance", "litellm"]).arg(file).output().expect("it runs")
}

fn recorded(name: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/litellm").join(name)
}

#[test]
fn all_recorded_cases_match() {
    for name in ["litellm-1.106.2-httpx.jsonl.gz", "litellm-1.106.2-openai-sdk.jsonl.gz"] {
        let output = conformance(&recorded(name));
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success() && text.contains("125 of 125 cases matched"), "{text}");
    }
}

/// A recording with one answer changed: what was recorded after it is no longer what happens.
#[test]
fn a_difference_is_shown_in_full_and_is_a_failure() {
    let mut text = String::new();
    let file = std::fs::File::open(recorded("litellm-1.106.2-httpx.jsonl.gz")).expect("it is there");
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(file), &mut text).expect("gzip");
    let first = text.lines().next().expect("a case");
    let changed = first.replacen(r#""hits": [["img0", 400]"#, r#""hits": [["img0", 503]"#, 1);
    assert_ne!(first, changed);
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    writeln!(file, "{changed}\n\n{first}").expect("written");
    let output = conformance(file.path());
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("1 of 2 cases matched") && text.contains("case 0, request 0"), "{text}");
    assert!(text.contains("recorded   calls: img0 503") && text.contains("simulated  calls: img0 400"), "{text}");
}

#[test]
fn what_is_no_recording_is_a_mistake_with_its_line() {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    write!(file, "\n{{\"case\": 1}}\n").expect("written");
    let output = conformance(file.path());
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains("line 2: missing field"), "{text}");
}
