//! `report.html`: one page from which somebody can decide, and somebody else can doubt. The verdict comes first, then the
//! comparison, the charts, what nobody knows, and where all of it comes from.
//!
//! The page loads nothing: style, script, drawings and data are within, and its content security policy refuses everything
//! else. It works without its script. All texts from outside are escaped; nothing but our own drawings, style and script is
//! put in as it is. It computes no estimate.

mod colours;
mod comparison;
mod document;
mod encoding;
mod figure;
mod gates;
mod origin;
mod tables;
mod what_if;

use document::{Page, Part};
use encoding::unbroken;
use maud::{Markup, html};
use origin::Origin;

use super::Report;
use super::best;
use super::charts::Chart;
use super::number::count;
use super::period::Period;
use super::precision::{self, controlled};
use super::terminal::legend;
use super::verdict::{money, verdict};

pub(super) use what_if::page as page_of_findings;

/// The text of `report.html` with these charts.
pub(super) fn page(report: &Report<'_>, charts: &[Chart]) -> String {
    let parts = parts(report, charts);
    Page { title: report.title, head: head(report), parts, manifest: report.manifest, charts }.text()
}

fn head(report: &Report<'_>) -> Markup {
    let (summary, m) = (report.summary, report.manifest);
    let text = |key: &str| report.scenario.get(key).and_then(serde_json::Value::as_str).filter(|text| !text.is_empty());
    let question = text("question").filter(|question| *question != report.title);
    let period = Period::of(summary);
    html! {
        p.eyebrow { "Cost forecast of image traffic, scenario " (m.scenario) }
        h1 { (report.title) }
        @if let Some(question) = question { p.question { (question) } }
        ul.facts {
            li {
                b { (count(summary.replications.into())) } " simulated " (period.many)
                @if period.many != "months" { " of " (period.length) }
            }
            li { b { (summary.strategies.len()) } @if summary.strategies.len() == 1 { " strategy" } @else { " strategies" } }
            @if let Some(budget) = summary.budget { li { "budget " b { (unbroken(&money(budget.to_f64()))) } } }
            (document::given(m))
        }
    }
}

/// What the page has, in order.
fn parts(report: &Report<'_>, charts: &[Chart]) -> Vec<Part> {
    let origin = Origin {
        manifest: report.manifest,
        scenario: report.scenario,
        source: report.source,
        inputs: &report.summary.inputs,
        command: origin::command("run", report.manifest, &[]),
    };
    let unknown = !report.summary.unknown.is_empty();
    let mut parts = vec![
        Part::new("verdict", "Verdict", told(report)),
        Part::new("comparison", "Comparison", compared(report)).headed("The strategies compared"),
        Part::new("charts", "Charts", figure::all(report.manifest, charts)),
    ];
    parts.extend(unknown.then(|| Part::new("unknown", "What nobody knows", tables::unknown(report))));
    parts.push(Part::new("figures", "Every figure", tables::all(report)));
    parts.extend(report.recording.map(|recording| Part::new("recorded", "Recorded traffic", html! { pre { (recording) } })));
    parts.extend([
        Part::new("assumptions", "Assumptions", origin.assumptions()),
        Part::new("method", "Method", origin::method(report)).headed("How to read the figures, and how they were made"),
        Part::new("reproduce", "How to reproduce", origin.reproduce()),
    ]);
    parts
}

/// The comparison, and what its mean costs are with less of chance in them.
fn compared(report: &Report<'_>) -> Markup {
    html! {
        (comparison::table(report))
        @if let Some(line) = controlled(report.summary) { p.note { (unbroken(&line)) } }
    }
}

/// The verdict, with the gates, and what the figures are.
/// So many points of the verdict are shown at once beside the first.
const SHOWN: usize = 3;

fn told(report: &Report<'_>) -> Markup {
    let stopped = report.manifest.asked > report.manifest.replications[1];
    html! {
        (sentences(&choice_second(verdict(report.summary), best::sentence(report.summary)), SHOWN))
        @for line in precision::sentences(report) { p.note { (unbroken(&line)) } }
        (gates::table(report.gates))
        @if stopped {
            p.warning {
                "The run was stopped: " (count(report.manifest.replications[1].into())) " of "
                (count(report.manifest.asked.into())) " replications are in here."
            }
        }
        p.note { (unbroken(&legend(report.summary))) }
    }
}

/// The sentence on which of many may be the cheapest before what is said of each of them.
fn choice_second(mut lines: Vec<String>, choice: Option<String>) -> Vec<String> {
    if let Some(at) = choice.and_then(|choice| lines.iter().position(|line| *line == choice)).filter(|at| *at > 0) {
        lines[1..=at].rotate_right(1);
    }
    lines
}

/// A verdict: its first sentence large, so many of the next ones as a list, and the rest where it does not push down what comes after.
fn sentences(lines: &[String], most: usize) -> Markup {
    let (first, rest) = lines.split_first().map_or(("", &[][..]), |(first, rest)| (first.as_str(), rest));
    let (shown, more) = rest.split_at(rest.len().min(most));
    html! {
        div.verdict {
            p.lead { (unbroken(first)) }
            @if !shown.is_empty() { (list(shown)) }
            @if !more.is_empty() { details { summary { "More (" (more.len()) ")" } (list(more)) } }
        }
    }
}

fn list(lines: &[String]) -> Markup {
    html! { ul { @for line in lines { li { (unbroken(line)) } } } }
}

#[cfg(test)]
mod tests;
