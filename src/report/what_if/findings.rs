//! What came out of an experiment at several points, in the form that every output is made of.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use super::WhatIf;
use super::wording::{paragraphs, wrapped};
use crate::report::charts::Chart;
use crate::report::figures::FigureRow;
use crate::report::html::page_of_findings;
use crate::report::markdown::{self, escaped};
use crate::report::number::count;
use crate::report::table::tables;
use crate::report::tables::{Format, Provenance, Table};
use crate::report::write::{put_charts, put_table, together};

/// What came out of a sweep or a break-even.
#[derive(Debug)]
pub struct Findings<'a> {
    pub(in crate::report) asked: WhatIf<'a>,
    /// The answer, in sentences and items of lists.
    pub(in crate::report) verdict: Vec<String>,
    /// What it has to be read with.
    pub(in crate::report) caveats: Vec<String>,
    pub(in crate::report) listings: Vec<Listing>,
    /// What the figures are.
    pub(in crate::report) legend: &'static str,
    pub(in crate::report) charts: Vec<Chart>,
    /// The table of all figures, and what is in it.
    pub(in crate::report) table: (Table<'a>, &'static str),
    /// The text of `summary.json`.
    pub(super) summary: String,
    /// Charts that other findings of this kind may have left.
    pub(super) of_kind: &'static [&'static str],
}

/// A table of figures.
#[derive(Debug)]
pub(in crate::report) struct Listing {
    pub(in crate::report) heading: String,
    /// What is in the columns; with the strategy that it is, where it is one.
    pub(in crate::report) names: Vec<(Option<usize>, String)>,
    pub(in crate::report) rows: Vec<FigureRow>,
    /// What stands before the value in every row of a text, and once above them on a page; empty where the heading says it.
    pub(in crate::report) path: String,
}

impl Listing {
    fn names(&self) -> Vec<&str> {
        self.names.iter().map(|(_, name)| name.as_str()).collect()
    }

    /// The rows of a text, in which each says what it is the figures of, a step to the right.
    fn told(&self) -> Vec<FigureRow> {
        let of = if self.path.is_empty() { String::new() } else { format!("{} = ", self.path) };
        self.rows.iter().map(|row| FigureRow { label: format!(" {of}{}", row.label), ..row.clone() }).collect()
    }
}

impl Findings<'_> {
    /// The text for a terminal of this width.
    pub fn terminal(&self, width: u16) -> String {
        let width = usize::from(width).max(60);
        let mut blocks = vec![wrapped(&self.answer(), width)];
        for listing in &self.listings {
            blocks.push(wrapped(std::slice::from_ref(&listing.heading), width));
            blocks.extend(tables(&listing.names(), &listing.told(), width));
        }
        blocks.push(wrapped(&[self.legend.to_owned()], width));
        blocks.join("\n\n") + "\n"
    }

    fn answer(&self) -> Vec<String> {
        [&self.verdict[..], &self.caveats].concat()
    }

    /// The text of `summary.json`.
    pub fn json(&self) -> &str {
        &self.summary
    }

    /// Writes all files, the table in these forms, and returns their paths.
    ///
    /// # Errors
    /// What the file system refuses, with the path.
    pub fn write(&self, directory: &Path, formats: &[Format]) -> io::Result<Vec<PathBuf>> {
        let table = &self.table.0;
        let provenance = Provenance::of(&self.asked.manifest.of_all, self.asked.manifest)?;
        together(directory, self.of_kind, &Format::ALL.map(|format| format.file(table.about)), |put| {
            put_table(table, formats, &provenance, put)?;
            put_charts(&self.charts, put)?;
            put("report.md", self.markdown(formats).as_bytes())?;
            put("report.html", page_of_findings(self).as_bytes())?;
            put("summary.json", self.summary.as_bytes())?;
            let manifest = serde_json::to_string_pretty(self.asked.manifest)? + "\n";
            put("manifest.json", manifest.as_bytes())
        })
    }

    fn markdown(&self, formats: &[Format]) -> String {
        let mut page = format!("# {}\n", escaped(self.asked.title)) + &paragraphs(&self.answer());
        // Writing to a String cannot fail.
        for listing in &self.listings {
            let table = markdown::table(&listing.names(), &listing.told());
            let _ = write!(page, "\n## {}\n\n{table}", escaped(&listing.heading));
        }
        page += "\n## Charts\n";
        for chart in &self.charts {
            let _ = writeln!(page, "\n![{}](charts/{}.svg)", escaped(&chart.title), chart.name);
        }
        let (table, holds) = &self.table;
        let files: Vec<String> = formats.iter().map(|format| format!("`{}`", format.file(table.about))).collect();
        let (files, have) = (files.join(" and "), if files.len() > 1 { "have" } else { "has" });
        let _ = writeln!(page, "\n## How to read this\n\n- {}\n- {files} {have} {holds}.", self.legend);
        page + &self.provenance()
    }

    fn provenance(&self) -> String {
        let (design, m) = (self.asked.manifest, &self.asked.manifest.of_all);
        let mut own: Vec<(&str, String)> =
            design.over.iter().map(|over| ("varied", format!("{} = {}", over.path, over.value))).collect();
        own.push(("all plans", m.plan_hash.clone()));
        let n = count(m.replications[1].into());
        own.push(("seed and replications", format!("{}, {n} at each of {} points", m.seed, design.points)));
        own.extend(self.asked.inputs.iter().map(|(path, said)| (markdown::DRAWN, format!("{path}: {said}"))));
        markdown::provenance(m, &own)
    }
}

impl WhatIf<'_> {
    /// What stands below a chart.
    pub(super) fn basis(&self) -> String {
        let m = &self.manifest.of_all;
        let (n, points) = (count(m.replications[1].into()), self.manifest.points);
        format!(
            "n = {n} replications at each of {points} points, seed {}, scenario {}, spendcast {}",
            m.seed, m.scenario, m.version
        )
    }
}
