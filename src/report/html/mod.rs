//! `report.html`: one page from which somebody can decide, and somebody else can doubt. The verdict comes first, then the
//! comparison, the charts, what nobody knows, and where all of it comes from.
//!
//! The page loads nothing: style, script, drawings and data are within, and its content security policy refuses everything
//! else. It works without its script. All texts from outside are escaped; nothing but our own drawings, style and script is
//! put in as it is. It computes no estimate.

mod colours;
mod comparison;
mod encoding;
mod figure;
mod origin;
mod tables;

use encoding::unbroken;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use super::Report;
use super::charts::Chart;
use super::number::count;
use super::period::Period;
use super::terminal::legend;
use super::verdict::{money, verdict};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The text of `report.html` with these charts.
pub(super) fn page(report: &Report<'_>, charts: &[Chart]) -> String {
    let style = format!("{STYLE}{}", colours::by_night(charts));
    // Our script and no other, should anything ever slip through.
    let script = encoding::base64(&Sha256::digest(SCRIPT.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{script}'; base-uri 'none'; form-action 'none'"
    );
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="generator" content={ "spendcast " (report.manifest.version) };
                title { (report.title) " - spendcast" }
                style { (PreEscaped(&style)) }
            }
            body {
                a.skip href="#verdict" { "Skip to the verdict" }
                (head(report))
                (contents(report))
                main {
                    (sections(report, charts))
                }
                footer {
                    p {
                        "Simulated by spendcast " (report.manifest.version) " (" (report.manifest.commit) "), "
                        (count(report.summary.replications.into())) " replications, seed " (report.manifest.seed)
                        ". A model's answer, no invoice and no offer."
                    }
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    markup.into_string() + "\n"
}

fn head(report: &Report<'_>) -> Markup {
    let (summary, m) = (report.summary, report.manifest);
    let text = |key: &str| report.scenario.get(key).and_then(serde_json::Value::as_str).filter(|text| !text.is_empty());
    let question = text("question").filter(|question| *question != report.title);
    let period = Period::of(summary);
    html! {
        header {
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
                @for book in &m.catalogues { li { "prices " b { (book.name) } " of " b { (book.date) } } }
                li { "seed " b { (m.seed) } }
            }
        }
    }
}

/// The parts of the page that it has, for the list of contents.
fn contents(report: &Report<'_>) -> Markup {
    let unknown = !report.summary.unknown.is_empty();
    let parts = [
        ("verdict", "Verdict", true),
        ("comparison", "Comparison", true),
        ("charts", "Charts", true),
        ("unknown", "What nobody knows", unknown),
        ("figures", "Every figure", true),
        ("recorded", "Recorded traffic", report.recording.is_some()),
        ("assumptions", "Assumptions", true),
        ("method", "Method", true),
        ("reproduce", "How to reproduce", true),
    ];
    html! {
        nav aria-label="On this page" {
            ul {
                @for (id, title, _) in parts.iter().filter(|(.., has)| *has) {
                    li { a href={ "#" (id) } { (title) } }
                }
            }
        }
    }
}

fn sections(report: &Report<'_>, charts: &[Chart]) -> Markup {
    html! {
        (section("verdict", "Verdict", &told(report)))
        (section("comparison", "The strategies compared", &comparison::table(report)))
        (section("charts", "Charts", &html! { @for chart in charts { (figure::figure(report, chart)) } }))
        @if !report.summary.unknown.is_empty() {
            (section("unknown", "What nobody knows", &tables::unknown(report)))
        }
        (section("figures", "Every figure", &tables::all(report)))
        @if let Some(recording) = report.recording {
            (section("recorded", "Recorded traffic", &html! { pre { (recording) } }))
        }
        (section("assumptions", "Assumptions", &origin::assumptions(report)))
        (section("method", "How to read the figures, and how they were made", &origin::method(report)))
        (section("reproduce", "How to reproduce", &origin::reproduce(report)))
    }
}

fn section(id: &str, title: &str, inner: &Markup) -> Markup {
    let heading = format!("{id}-heading");
    html! {
        section id=(id) aria-labelledby=(heading) tabindex="-1" {
            h2 id=(heading) { (title) }
            (inner)
        }
    }
}

/// The verdict: its first sentence large, the rest as a list.
fn told(report: &Report<'_>) -> Markup {
    let lines = verdict(report.summary);
    let (first, rest) = lines.split_first().map_or(("", &[][..]), |(first, rest)| (first.as_str(), rest));
    let stopped = report.manifest.asked > report.manifest.replications[1];
    html! {
        div.verdict {
            p.lead { (unbroken(first)) }
            @if !rest.is_empty() { ul { @for line in rest { li { (unbroken(line)) } } } }
        }
        @if stopped {
            p.warning {
                "The run was stopped: " (count(report.manifest.replications[1].into())) " of "
                (count(report.manifest.asked.into())) " replications are in here."
            }
        }
        p.note { (unbroken(&legend(report.summary))) }
    }
}

#[cfg(test)]
mod tests;
