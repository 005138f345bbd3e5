//! Tables of figures: every figure of every strategy, all paired differences, and what unknown billing is worth.

use maud::{Markup, html};

use crate::report::Report;
use crate::report::figures::{FigureRow, difference_rows, strategy_rows};
use crate::report::number::{Show, count};
use crate::report::period::Period;
use crate::stats::Estimate;

use super::encoding::unbroken;

/// How an estimate was made, in words.
pub(super) fn made(e: &Estimate, what: &str) -> String {
    let ends = [e.lo, e.hi].map(|end| end.map_or_else(|| "not known".to_owned(), |x| x.to_string()));
    format!(
        "{what}: {}\n{:.0} % interval from {} to {}\n{}, n = {}",
        e.value,
        e.level * 100.0,
        ends[0],
        ends[1],
        e.method,
        count(e.n)
    )
}

/// A cell with a figure, its interval, and more below them.
pub(super) fn cell(e: &Estimate, show: Show, what: &str, more: &Markup) -> Markup {
    html! {
        td data-sort=(e.value) title=(made(e, what)) { (unbroken(&show.value(e))) " " span.i { (unbroken(&show.interval(e))) } (more) }
    }
}

/// The figure at the other end of unknown billing, where it is another.
pub(super) fn second_line(low: &Estimate, high: &Estimate, show: Show) -> Markup {
    html! {
        @if show.both(low) != show.both(high) { span.more { "to " (unbroken(&show.value(high))) " " span.i { (unbroken(&show.interval(high))) } } }
    }
}

/// A strategy's colour in the charts.
pub(super) fn dot(strategy: usize) -> Markup {
    html! { span.dot.{ "s" (strategy % 8) } aria-hidden="true" {} }
}

/// Every figure of every strategy, and every paired difference.
pub(super) fn all(report: &Report<'_>) -> Markup {
    let summary = report.summary;
    let against = summary.against_baseline();
    let named = |strategy: usize| (Some(strategy), summary.strategies[strategy].name.clone());
    let compared: Vec<_> = against.iter().map(|comparison| named(comparison.strategy)).collect();
    let strategies: Vec<_> = (0..summary.strategies.len()).map(named).collect();
    let caption =
        format!("Each strategy, {}, money in USD (n = {})", Period::of(summary).rate, count(summary.replications.into()));
    let differences = format!("Paired differences: each strategy minus {}", summary.strategies[summary.baseline].name);
    html! {
        (figures(&caption, "Figure", &strategies, &strategy_rows(summary)))
        @if !against.is_empty() { (figures(&differences, "Figure", &compared, &difference_rows(summary, &against))) }
    }
}

/// A table of figures: what the rows are, and a column for each name, with the colour of the strategy that it is.
pub(super) fn figures(caption: &str, rows_are: &str, names: &[(Option<usize>, String)], rows: &[FigureRow]) -> Markup {
    html! {
        div.wide role="group" aria-label={ "Table: " (caption) } tabindex="0" {
            table.figures {
                caption { (caption) }
                thead {
                    tr {
                        th scope="col" { (rows_are) }
                        @for (strategy, name) in names {
                            th scope="col" { @if let Some(strategy) = strategy { (dot(*strategy)) } (name) }
                        }
                    }
                }
                tbody { @for row in rows { (figure_row(row)) } }
            }
        }
    }
}

fn figure_row(row: &FigureRow) -> Markup {
    let label = row.label.trim_start();
    let sub = label.len() < row.label.len();
    html! {
        tr {
            th.sub[sub] scope="row" { (label) }
            @for figure in &row.figures {
                @if let Some(e) = figure { (cell(e, row.show, label, &html! {})) } @else { td { "-" } }
            }
        }
    }
}

/// What each unknown billing rule is worth to each strategy.
pub(super) fn unknown(report: &Report<'_>) -> Markup {
    let summary = report.summary;
    html! {
        p {
            "No provider says whether it bills what follows. The figures hold both answers: the low end if nothing of it is \
             billed, the high end if all of it is. That is no error of the simulation, is in none of the intervals, and more \
             replications do not narrow it; asking the provider, or an invoice, does."
        }
        div.wide role="group" aria-label="Table: what unknown billing is worth" tabindex="0" {
            table.sorts {
                caption { "What it adds if it is billed, USD " (Period::of(summary).rate) ", mean" }
                thead {
                    tr {
                        th scope="col" { "Nobody knows whether" }
                        @for (index, strategy) in summary.strategies.iter().enumerate() {
                            th scope="col" { (dot(index)) (strategy.name) }
                        }
                    }
                }
                tbody {
                    @for rule in &summary.unknown {
                        tr {
                            th scope="row" { (rule.rule) @if rule.meets_others { " " span.tag { "if nothing else unknown is billed" } } }
                            @for worth in &rule.worth { (cell(worth, Show::NUMBER, "worth", &html! {})) }
                        }
                    }
                }
            }
        }
    }
}
