//! Mistakes as rustc prints them: the line, carets under the place, and what to do.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{Mistake, Severity, Sources};

/// All mistakes as text, with an empty line between two and a line feed at the end.
pub fn render(sources: &Sources, mistakes: &[Mistake], colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let reports: Vec<String> = mistakes.iter().map(|mistake| renderer.render(&[group(sources, mistake)]) + "\n").collect();
    reports.join("\n")
}

fn group<'a>(sources: &'a Sources, mistake: &'a Mistake) -> Group<'a> {
    let level = match mistake.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let (name, text) = (sources.name(mistake.place.file), sources.text(mistake.place.file));
    let title = level.primary_title(mistake.what.as_str());
    let group = if mistake.place.is_whole() {
        title.element(Origin::path(name))
    } else {
        let end = mistake.place.span.end.min(text.len());
        let carets = AnnotationKind::Primary.span(mistake.place.span.start.min(end)..end);
        let label = (!mistake.label.is_empty()).then_some(mistake.label.as_str());
        title.element(Snippet::source(text).path(name).annotation(carets.label(label)))
    };
    match &mistake.help {
        Some(help) => group.element(Level::HELP.message(help.as_str())),
        None => group,
    }
}
