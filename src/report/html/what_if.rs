//! The page of a sweep or a break-even: the answer first, then charts and figures, and where all of it comes from.

use maud::{Markup, html};

use super::document::{self, Page, Part};
use super::encoding::unbroken;
use super::origin::{self, Origin};
use super::{figure, sentences, tables};
use crate::report::number::count;
use crate::report::what_if::{Findings, unmarked};

/// So many items of an answer are shown at once.
const SHOWN: usize = 8;

/// The text of `report.html`.
pub(in crate::report) fn page(found: &Findings<'_>) -> String {
    let asked = found.asked;
    let design = asked.manifest;
    let origin = Origin {
        manifest: &design.of_all,
        scenario: asked.scenario,
        source: asked.source,
        inputs: asked.inputs,
        command: command(found),
    };
    let parts = vec![
        Part::new("verdict", "Verdict", verdict(found)),
        Part::new("charts", "Charts", figure::all(&design.of_all, &found.charts)),
        Part::new("figures", "Figures", figures(found)),
        Part::new("assumptions", "Assumptions", origin.assumptions()),
        Part::new("method", "Method", method(found)).headed("How to read the figures"),
        Part::new("reproduce", "How to reproduce", origin.reproduce()),
    ];
    Page { title: asked.title, head: head(found), parts, manifest: &design.of_all, charts: &found.charts }.text()
}

fn verdict(found: &Findings<'_>) -> Markup {
    let lines: Vec<String> = found.verdict.iter().map(|line| unmarked(line).to_owned()).collect();
    html! {
        (sentences(&lines, SHOWN))
        @for line in &found.caveats { p.note { (unbroken(line)) } }
    }
}

fn head(found: &Findings<'_>) -> Markup {
    let (design, m) = (found.asked.manifest, &found.asked.manifest.of_all);
    html! {
        p.eyebrow { (design.command) " of scenario " (m.scenario) }
        h1 { (found.asked.title) }
        ul.facts {
            @for over in &design.over { li { code { (over.path) } " = " b { (over.value) } } }
            li { b { (count(m.replications[1].into())) } " replications at each of " b { (design.points) } " points" }
            (document::given(m))
        }
    }
}

fn figures(found: &Findings<'_>) -> Markup {
    html! {
        @for listing in &found.listings {
            @let by = if listing.path.is_empty() { String::new() } else { format!(", by {}", listing.path) };
            (tables::figures(&format!("{}{by}", listing.heading), "At", &listing.names, &listing.rows))
        }
        p.note { "The table " code { (found.table.0.about.name) } " beside this page has " (found.table.1.replace('`', "")) "." }
    }
}

fn method(found: &Findings<'_>) -> Markup {
    let mut methods: Vec<&str> = Vec::new();
    for e in found.listings.iter().flat_map(|listing| &listing.rows).flat_map(|row| row.figures.iter().flatten()) {
        if !methods.contains(&e.method) {
            methods.push(e.method);
        }
    }
    html! {
        p { (found.legend) }
        @if !methods.is_empty() { p { "Intervals in the tables: " (methods.join("; ")) "." } }
    }
}

/// The command that makes these results again.
fn command(found: &Findings<'_>) -> String {
    let design = found.asked.manifest;
    let mut own: Vec<String> = Vec::new();
    for over in &design.over {
        own.extend(["--over".to_owned(), format!("{}={}", over.path, over.value)]);
    }
    own.extend(["--metric".to_owned(), design.metric.clone()]);
    if let Some(between) = &design.between {
        own.push("--between".to_owned());
        own.extend_from_slice(between);
    }
    own.extend(design.tolerance.into_iter().flat_map(|width| ["--tolerance".to_owned(), width.to_string()]));
    origin::command(&design.command, &design.of_all, &own)
}
