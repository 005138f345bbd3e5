//! Makes all files of a report, and writes them into a directory.

use std::io;
use std::path::{Path, PathBuf};

use super::Report;
use super::charts::{Chart, charts};
use super::focus::{Focus, table as focus_table};
use super::html::page;
use super::json::summary_json;
use super::junit::junit;
use super::markdown::markdown;
use super::stage::Staged;
use super::tables::{Format, OF_RUNS, Provenance, Table, of_run};

/// The gates as test cases; only where there are any.
const JUNIT: &str = "junit.xml";

/// Which files are wanted, of those that a report may do without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// In which forms there are tables.
    pub tables: Vec<Format>,
    /// In which versions there are cost and usage rows, and when the first day of them begins; none if nothing is said.
    pub focus: Option<(jiff::Zoned, Vec<Focus>)>,
}

impl Default for Wanted {
    /// What there is if nothing is said.
    fn default() -> Self {
        Self { tables: vec![Format::Csv], focus: None }
    }
}

/// Writes all files of a report and returns their paths, in the order in which they were written. Charts, tables and gates that an
/// earlier report left and this one does not have are removed.
///
/// A reader sees each file whole or not at all, and `manifest.json` last. Where one of them cannot be written, all that was
/// there before stays as it was.
///
/// # Errors
/// What the file system refuses, with the path.
pub fn write(directory: &Path, report: &Report<'_>, wanted: &Wanted) -> io::Result<Vec<PathBuf>> {
    let tables = OF_RUNS.iter().flat_map(|about| Format::ALL.map(|format| format.file(about)));
    let focus = Focus::ALL.map(|version| Format::Csv.file(version.about()));
    let perhaps: Vec<String> = tables.chain(focus).chain([JUNIT.to_owned()]).collect();
    together(directory, &super::charts::NAMES, &perhaps, |put| files(report, wanted, put))
}

/// What takes a file, with its name within the directory.
pub(super) type Put<'p> = &'p mut dyn FnMut(&str, &[u8]) -> io::Result<()>;

/// Writes files that appear together and returns their paths; the last of them is the sign that all are there. Of the charts and
/// files that may be there or not, those that an earlier report left and this one does not have are removed.
pub(super) fn together(
    directory: &Path,
    charts: &[&str],
    files: &[String],
    make: impl FnOnce(Put<'_>) -> io::Result<()>,
) -> io::Result<Vec<PathBuf>> {
    let of_charts = directory.join("charts");
    let mut staged = Staged::new(&[&of_charts, directory])?;
    make(&mut |name, bytes| staged.put(directory.join(name), bytes))?;
    let written = staged.publish()?;
    let charts = charts.iter().flat_map(|name| ["svg", "png"].map(|extension| of_charts.join(format!("{name}.{extension}"))));
    let stale = charts.chain(files.iter().map(|name| directory.join(name)));
    for path in stale.filter(|path| !written.contains(path) && path.exists()) {
        std::fs::remove_file(path)?;
    }
    Ok(written)
}

/// Hands over a table in these forms.
pub(super) fn put_table(table: &Table<'_>, formats: &[Format], provenance: &Provenance, put: Put<'_>) -> io::Result<()> {
    formats.iter().try_for_each(|format| put(&format.file(table.about), &table.write(*format, provenance)?))
}

/// Hands over the files of charts.
pub(super) fn put_charts(charts: &[Chart], put: Put<'_>) -> io::Result<()> {
    for chart in charts {
        put(&format!("charts/{}.svg", chart.name), chart.svg.as_bytes())?;
        put(&format!("charts/{}.png", chart.name), &chart.png)?;
    }
    Ok(())
}

/// Makes all files of a report, one after the other, and hands over each with its path within the directory;
/// `manifest.json` comes last.
///
/// # Errors
/// The first that is met on the way.
pub fn files(report: &Report<'_>, wanted: &Wanted, put: Put<'_>) -> io::Result<()> {
    let drawn = charts(report)?;
    let provenance = Provenance::of(report.manifest, report.manifest)?;
    for table in of_run(report) {
        put_table(&table, &wanted.tables, &provenance, put)?;
    }
    if let Some((start, versions)) = &wanted.focus {
        for version in versions {
            put_table(&focus_table(report, start, *version), &[Format::Csv], &provenance, put)?;
        }
    }
    put_charts(&drawn, put)?;
    let shown: Vec<(&str, String)> = drawn.iter().map(|chart| (chart.name, chart.title.clone())).collect();
    if !report.gates.all.is_empty() {
        put(JUNIT, junit(report.manifest, report.gates).as_bytes())?;
    }
    put("report.md", markdown(report, &shown).as_bytes())?;
    put("report.html", page(report, &drawn).as_bytes())?;
    put("summary.json", summary_json(report)?.as_bytes())?;
    let manifest = serde_json::to_string_pretty(report.manifest)? + "\n";
    put("manifest.json", manifest.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::made_up;
    use crate::gate::{Judgements, Mode};
    use crate::report::tests::with_report;

    fn files(directory: &Path) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(directory)
            .expect("it is there")
            .map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn leaves_the_files_of_the_contract_and_nothing_else() {
        let place = tempfile::tempdir().expect("a directory");
        let results = made_up::results(&["a", "b"], 30);
        let written = with_report(&results, |report| write(place.path(), report, &Wanted::default()).expect("writable"));
        let expected = [
            "attempts.csv",
            "charges.csv",
            "charts",
            "junit.xml",
            "manifest.json",
            "replications.csv",
            "report.html",
            "report.md",
            "summary.json",
        ];
        assert_eq!(files(place.path()), expected);
        assert_eq!(files(&place.path().join("charts")).len(), 18);
        assert!(written.len() == 26 && written.iter().all(|path| path.exists()));

        let alone = made_up::results(&["a"], 30);
        with_report(&alone, |report| write(place.path(), report, &Wanted::default()).expect("writable"));
        assert!(!files(&place.path().join("charts")).contains(&"differences.svg".to_owned()));
        let none = Judgements { mode: Mode::Interval, all: Vec::new() };
        with_report(&alone, |report| {
            write(place.path(), &Report { gates: &none, ..*report }, &Wanted::default()).expect("writable")
        });
        assert!(!files(place.path()).contains(&JUNIT.to_owned()));
    }

    #[test]
    fn the_same_report_gives_the_same_bytes() {
        let results = made_up::results(&["a", "b", "c"], 50);
        let read = || {
            let place = tempfile::tempdir().expect("a directory");
            let written = with_report(&results, |report| write(place.path(), report, &Wanted::default()).expect("writable"));
            written.iter().map(|path| std::fs::read(path).expect("written")).collect::<Vec<_>>()
        };
        assert_eq!(read(), read());
    }

    #[test]
    fn a_refused_directory_is_an_error() {
        let place = tempfile::tempdir().expect("a directory");
        let file = place.path().join("taken");
        std::fs::write(&file, "").expect("writable");
        let results = made_up::results(&["a"], 2);
        assert!(with_report(&results, |report| write(&file, report, &Wanted::default())).is_err());
    }
}
