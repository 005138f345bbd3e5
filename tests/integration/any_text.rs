//! Whatever a scenario file holds, the program reads it or says what is wrong; it never panics.

use std::path::Path;

use proptest::prelude::*;
use spendcast::scenario::{self, STARTER};
use spendcast::spec::render;

/// Loads and compiles a text; every mistake must be fit to be shown.
fn read(text: &[u8], sets: &[(String, String)]) {
    let read_file = |_: &Path| Ok(text.to_vec());
    let missing = |_: &Path| Err(std::io::ErrorKind::NotFound.into());
    if let Err((sources, mistakes)) = scenario::load_and_compile(Path::new("x.toml"), sets, &read_file, &missing) {
        assert!(!mistakes.is_empty());
        render(&sources, &mistakes, false);
    }
}

/// Pieces of values and syntax that turn one valid file into another, or into nearly one.
const PIECES: [&str; 24] = [
    "0",
    "1",
    "-1",
    "99999999999999999999",
    "0.5",
    "1e400",
    "\"",
    "\"0s\"",
    "\"100%\"",
    "\"0 USD\"",
    "\"0/s\"",
    "\"1x1\"",
    "{}",
    "[]",
    "\n",
    "=",
    ".",
    "[",
    "]",
    "é",
    "\u{0}",
    "2026-01-01",
    "true",
    "\"99999999999d\"",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_edited_scenario_never_panics(edits in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..30, 0..PIECES.len()), 1..4)) {
        let mut text: Vec<char> = STARTER.chars().collect();
        for (at, cut, piece) in edits {
            let start = at.index(text.len());
            let end = (start + cut).min(text.len());
            text.splice(start..end, PIECES[piece].chars());
        }
        read(text.into_iter().collect::<String>().as_bytes(), &[]);
    }

    #[test]
    fn a_value_of_another_kind_never_panics(line in any::<prop::sample::Index>(), piece in 0..PIECES.len()) {
        let lines: Vec<&str> = STARTER.lines().collect();
        let values: Vec<usize> = (0..lines.len()).filter(|&at| !lines[at].starts_with('#') && lines[at].contains(" = ")).collect();
        let at = values[line.index(values.len())];
        let key = lines[at].split(" = ").next().unwrap_or_default();
        let changed = format!("{key} = {}", PIECES[piece]);
        let text: Vec<&str> = lines.iter().enumerate().map(|(index, line)| if index == at { changed.as_str() } else { line }).collect();
        read(text.join("\n").as_bytes(), &[]);
    }

    #[test]
    fn bytes_and_settings_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), path in ".{0,20}", value in ".{0,20}") {
        read(&bytes, &[]);
        read(STARTER.as_bytes(), &[(path, value)]);
    }
}
