//! A chart within the page: drawing, how to read it, what it says in words, its figures.

use maud::{Markup, PreEscaped, html};

use crate::experiment::Manifest;
use crate::report::charts::{Cell, Chart, Data, Drawing, Hint};
use crate::report::number::{Show, count};

use super::encoding::{csv_uri, unbroken};

/// So many rows of a chart's figures are shown as a table; all are in the file.
const SHOWN: usize = 60;

/// All charts, in order.
pub(super) fn all(manifest: &Manifest, charts: &[Chart]) -> Markup {
    html! { @for chart in charts { (figure(manifest, chart)) } }
}

fn figure(manifest: &Manifest, chart: &Chart) -> Markup {
    let id = |part: &str| format!("{}-{part}", chart.name);
    let file = format!("{}-{}.csv", manifest.scenario, chart.name);
    let (heading, reading, words) = (id("heading"), id("reading"), id("words"));
    html! {
        figure id={ "chart-" (chart.name) } {
            h3 id=(heading) { (chart.title) }
            p id=(reading) { (chart.reading) @if !chart.notes.is_empty() { " Here: " (chart.notes) "." } }
            div.plot role="group" aria-label={ "Chart, scrolls sideways: " (chart.title) } tabindex="0" {
                (drawing(&chart.drawing, &chart.hints, &heading, &[&reading, &words]))
            }
            div.after {
                details.screen {
                    summary { "In words" }
                    ul id=(words) { @for line in &chart.spoken { li { (unbroken(line)) } } }
                }
                details.screen {
                    summary { "Figures" }
                    (table(&chart.data, &chart.title))
                }
                a.download href=(csv_uri(&chart.data.csv())) download=(file) {
                    "Download the figures (CSV, " (count(chart.data.rows.len() as u64)) " rows)"
                }
            }
        }
    }
}

fn drawing(drawing: &Drawing, hints: &[Hint], heading: &str, described: &[&str]) -> Markup {
    let [left, top, width, height] = drawing.view;
    let grid = f64::from(drawing.grid);
    let on_grid = |points: f64| (points * grid).round() as i64;
    let view = format!("{left} {top} {width} {height}");
    html! {
        svg viewBox=(view) role="img" aria-labelledby=(heading) aria-describedby=(described.join(" ")) {
            // The program's own SVG, in which plotters has escaped all texts.
            (PreEscaped(&drawing.elements))
            @for Hint { corners: [(x0, y0), (x1, y1)], text } in hints {
                rect.h x=(on_grid(*x0)) y=(on_grid(*y0)) width=(on_grid(x1 - x0).max(1)) height=(on_grid(y1 - y0).max(1)) {
                    title { (unbroken(text)) }
                }
            }
        }
    }
}

fn table(data: &Data, title: &str) -> Markup {
    let rows = &data.rows[..data.rows.len().min(SHOWN)];
    let of_numbers = |column: usize| rows.iter().any(|row| matches!(row.get(column), Some(Cell::Number(_))));
    html! {
        div.wide role="group" aria-label={ "Figures: " (title) } tabindex="0" {
            table.sorts {
                caption {
                    "The figures of “" (title) "”"
                    @if rows.len() < data.rows.len() {
                        ": the first " (SHOWN) " of " (count(data.rows.len() as u64)) " rows; the file has all"
                    }
                }
                thead { tr { @for column in &data.columns { th scope="col" { (column) } } } }
                tbody {
                    @for row in rows {
                        tr {
                            @for (column, cell) in row.iter().enumerate() {
                                @if column == 0 { th scope="row" { (shown(cell)) } }
                                @else if let Cell::Number(number) = cell { td data-sort=(number) { (shown(cell)) } }
                                @else if of_numbers(column) { td { (shown(cell)) } }
                                @else { td.text { (shown(cell)) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Nothing => "-".to_owned(),
        Cell::Text(text) => text.clone(),
        Cell::Number(number) if number.fract() == 0.0 && number.abs() < 1e9 => Show::digits(*number, 1),
        Cell::Number(number) => Show::digits(*number, 6),
    }
}
