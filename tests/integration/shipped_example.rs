//! The results that are shipped are those of the current code, bit for bit.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

const SHIPPED: &str = "results/tiered-vs-single";

/// All files below a directory by relative name; in texts, the commit that made them stands as such: it is an earlier one
/// than the commit that holds them.
fn files(directory: &Path, commit: &str) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(directory).expect("readable").map(|entry| entry.expect("readable").path()) {
        let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if entry.is_dir() {
            found.extend(files(&entry, commit).into_iter().map(|(inner, bytes)| (format!("{name}/{inner}"), bytes)));
        } else {
            let bytes = fs::read(&entry).expect("readable");
            let text = String::from_utf8(bytes.clone()).ok();
            found.insert(name, text.map_or(bytes, |text| text.replace(commit, "COMMIT").into_bytes()));
        }
    }
    found
}

/// The commit that the manifest in this directory names.
fn commit(directory: &Path) -> String {
    let manifest = fs::read_to_string(directory.join("manifest.json")).expect("there is a manifest");
    let manifest: serde_json::Value = serde_json::from_str(&manifest).expect("it is JSON");
    manifest["commit"].as_str().expect("it names a commit").to_owned()
}

#[test]
fn the_shipped_results_are_reproduced_bit_for_bit() {
    let scratch = tempfile::tempdir().expect("a directory");
    let out = scratch.path().join("out");
    let run = Command::new(env!("CARGO_BIN_EXE_spendcast"))
        .args(["run", "scenarios/tiered-vs-single.toml", "--quiet", "--out"])
        .arg(&out)
        .output()
        .expect("the program starts");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let of = |directory: &Path| files(directory, &commit(directory));
    let (shipped, made) = (of(Path::new(SHIPPED)), of(&out));
    assert_eq!(shipped.keys().collect::<Vec<_>>(), made.keys().collect::<Vec<_>>());
    let differ: Vec<&String> = shipped.iter().filter(|(name, bytes)| made[*name] != **bytes).map(|(name, _)| name).collect();
    assert!(differ.is_empty(), "{differ:?} differ: run the scenario again, and say why in CHANGELOG.md under Numbers changed");
}
