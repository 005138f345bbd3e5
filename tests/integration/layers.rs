//! Modules use only what the table in `src/lib.rs` lets them use.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The table of `src/lib.rs`: each module and what it may use.
fn table() -> BTreeMap<String, BTreeSet<String>> {
    let text = fs::read_to_string("src/lib.rs").expect("the library is there");
    let rows = text.lines().filter_map(|line| line.strip_prefix("//! | `"));
    let names = |cell: &str| cell.split(',').map(|name| name.trim().to_owned()).collect::<BTreeSet<_>>();
    rows.map(|row| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        (cells[0].trim_end_matches('`').to_owned(), names(cells[2]))
    })
    .collect()
}

fn sources(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("readable").map(|entry| entry.expect("readable").path()) {
        if entry.is_dir() {
            sources(&entry, found);
        } else if entry.extension().is_some_and(|kind| kind == "rs") {
            found.push(entry);
        }
    }
}

/// The top-level modules that a source names, its tests and docs left out.
fn used(text: &str) -> BTreeSet<String> {
    // Tests stand at the end of a file; a test module in a file of its own is only named here.
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let lines = code.lines().map(str::trim_start).filter(|line| !line.starts_with("//"));
    let name = |text: &str| text.trim_start().chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>();
    let mut modules = BTreeSet::new();
    for rest in lines.flat_map(|line| line.split("crate::").skip(1)) {
        match rest.strip_prefix('{') {
            Some(list) => modules.extend(list.split(',').map(name)),
            None => {
                modules.insert(name(rest));
            }
        }
    }
    modules
}

#[test]
fn no_module_reaches_where_it_may_not() {
    let table = table();
    assert!(table.len() >= 14, "the table has {} rows", table.len());
    let mut wrong = Vec::new();
    for (module, may) in table.iter().filter(|(_, may)| !may.contains("everything")) {
        let mut files = Vec::new();
        sources(&Path::new("src").join(module), &mut files);
        for file in files {
            let uses = used(&fs::read_to_string(&file).expect("readable"));
            for other in uses.iter().filter(|other| table.contains_key(*other) && *other != module && !may.contains(*other)) {
                wrong.push(format!("{} uses {other}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn imports_are_found_in_every_form() {
    let text =
        "use crate::stats::Estimate;\nuse crate::{units, model::Usd};\n// crate::report\n#[cfg(test)]\nmod tests {\n crate::cli";
    assert_eq!(used(text).into_iter().collect::<Vec<_>>(), ["model", "stats", "units"]);
}

#[test]
fn every_module_stands_in_the_table() {
    let table = table();
    for entry in fs::read_dir("src").expect("readable").map(|entry| entry.expect("readable").path()) {
        let name = entry.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        assert!(!entry.is_dir() || table.contains_key(&name), "{name} is not in the table");
    }
}

/// Only `experiment` starts threads, and nothing that computes looks at a clock.
#[test]
fn threads_and_clocks_stay_where_they_belong() {
    let mut files = Vec::new();
    sources(Path::new("src"), &mut files);
    for file in files {
        let text = fs::read_to_string(&file).expect("readable");
        let path = file.to_string_lossy();
        assert!(!text.contains("rayon::") || path.contains("experiment"), "{path} starts threads");
        assert!(!text.contains("Instant::now") || path.contains("cli"), "{path} looks at a clock");
    }
}

#[test]
fn no_file_is_longer_than_600_lines() {
    let mut files = Vec::new();
    for directory in ["src", "tests", "benches"] {
        sources(Path::new(directory), &mut files);
    }
    for file in files {
        let lines = fs::read_to_string(&file).expect("readable").lines().count();
        assert!(lines <= 600, "{} has {lines} lines", file.display());
    }
}
