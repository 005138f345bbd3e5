//! The page around its parts: head, list of contents, sections, and what keeps it from loading anything.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use super::{colours, encoding};
use crate::experiment::Manifest;
use crate::report::charts::Chart;
use crate::report::number::count;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// A part of a page.
pub(super) struct Part {
    /// Its name in addresses.
    id: &'static str,
    /// What the list of contents calls it.
    short: &'static str,
    /// Its heading.
    title: &'static str,
    inner: Markup,
}

impl Part {
    /// A part whose heading is what the list of contents calls it.
    pub(super) fn new(id: &'static str, title: &'static str, inner: Markup) -> Self {
        Self { id, short: title, title, inner }
    }

    /// The same with a longer heading.
    pub(super) fn headed(self, title: &'static str) -> Self {
        Self { title, ..self }
    }
}

/// A page.
pub(super) struct Page<'a> {
    /// What was asked.
    pub(super) title: &'a str,
    /// Its first lines.
    pub(super) head: Markup,
    /// The first of which is the verdict.
    pub(super) parts: Vec<Part>,
    /// Where all of it comes from.
    pub(super) manifest: &'a Manifest,
    /// Those that are on it.
    pub(super) charts: &'a [Chart],
}

impl Page<'_> {
    /// Its text.
    pub(super) fn text(&self) -> String {
        let style = format!("{STYLE}{}", colours::by_night(self.charts));
        // Our script and no other, should anything ever slip through.
        let script = encoding::base64(&Sha256::digest(SCRIPT.as_bytes()));
        let policy = format!(
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{script}'; base-uri 'none'; form-action 'none'"
        );
        let m = self.manifest;
        let markup = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta http-equiv="Content-Security-Policy" content=(policy);
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta name="generator" content={ "spendcast " (m.version) };
                    title { (self.title) " - spendcast" }
                    style { (PreEscaped(&style)) }
                }
                body {
                    a.skip href="#verdict" { "Skip to the verdict" }
                    header { (self.head) }
                    (self.contents())
                    main { @for part in &self.parts { (section(part)) } }
                    footer {
                        p {
                            "Simulated by spendcast " (m.version) " (" (m.commit) "), "
                            (count(m.replications[1].into())) " replications, seed " (m.seed)
                            ". A model's answer, no invoice and no offer."
                        }
                    }
                    script { (PreEscaped(SCRIPT)) }
                }
            }
        };
        markup.into_string() + "\n"
    }

    fn contents(&self) -> Markup {
        html! {
            nav aria-label="On this page" {
                ul {
                    @for part in &self.parts { li { a href={ "#" (part.id) } { (part.short) } } }
                }
            }
        }
    }
}

/// The last of the facts at the head of every page: the prices and the seed it goes by.
pub(super) fn given(manifest: &Manifest) -> Markup {
    html! {
        @for book in &manifest.catalogues { li { "prices " b { (book.name) } " of " b { (book.date) } } }
        li { "seed " b { (manifest.seed) } }
    }
}

fn section(part: &Part) -> Markup {
    let heading = format!("{}-heading", part.id);
    html! {
        section id=(part.id) aria-labelledby=(heading) tabindex="-1" {
            h2 id=(heading) { (part.title) }
            (part.inner)
        }
    }
}
