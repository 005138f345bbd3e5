//! The comparison: a row for each strategy, a column for each figure that a decision may hang on.

use maud::{Markup, html};

use crate::experiment::{Comparison, Distribution, Metric, MetricUnit, StrategySummary};
use crate::report::Report;
use crate::report::number::Show;
use crate::report::period::Period;
use crate::stats::Estimate;

use super::tables::{cell, dot, second_line};

/// A column: its head, what stands below the head, and its cell for a strategy.
struct Column<'a> {
    head: String,
    below: String,
    cell: Box<dyn Fn(usize) -> Markup + 'a>,
}

pub(super) fn table(report: &Report<'_>) -> Markup {
    let summary = report.summary;
    let columns = columns(report);
    html! {
        p.note {
            "Below each figure is its 95 % interval. Point at a figure, or go to it with the tab and arrow keys, to see how it was \
             made. Heads sort."
        }
        div.wide role="group" aria-label="Table: the strategies compared" tabindex="0" {
            table.sorts {
                caption { "Money in USD " (Period::of(summary).rate) }
                thead {
                    tr {
                        th scope="col" { "Strategy" }
                        @for column in &columns { th scope="col" { (column.head) " " small { (column.below) } } }
                    }
                }
                tbody {
                    @for (index, strategy) in summary.strategies.iter().enumerate() {
                        tr {
                            th scope="row" {
                                (dot(index)) (strategy.name)
                                @if index == summary.baseline && summary.strategies.len() > 1 { " " span.tag { "baseline" } }
                            }
                            @for column in &columns { ((column.cell)(index)) }
                        }
                    }
                }
            }
        }
        @if !summary.unknown.is_empty() {
            p.note {
                "Where a cell has two figures, the first holds if nothing unknown is billed, and the second at the other end: see "
                a href="#unknown" { "what nobody knows" } "."
            }
        }
    }
}

fn columns<'a>(report: &'a Report<'_>) -> Vec<Column<'a>> {
    let summary = report.summary;
    let of = |head: &str, below: &str, metric: Metric, figure: fn(&Distribution) -> Estimate| Column {
        head: head.to_owned(),
        below: below.to_owned(),
        cell: Box::new(move |index| {
            let ends = summary.strategies[index].ends(metric).map(|d| d.map(figure));
            both(ends, Show::unit(metric.unit()), metric.label())
        }),
    };
    let mut columns = vec![of("Mean cost", "", Metric::Cost, |d| d.mean)];
    columns.extend((summary.strategies.len() > 1).then(|| against(report)));
    if summary.budget.is_some() {
        let chance = |s: &StrategySummary| s.over_budget_ends().map_or([None; 2], |ends| ends.map(Some));
        let chance = move |index: usize| both(chance(&summary.strategies[index]), Show::unit(MetricUnit::Share), "chance");
        columns.push(Column { head: "Over budget".to_owned(), below: "chance".to_owned(), cell: Box::new(chance) });
    }
    if summary.strategies.iter().any(|s| s.course.budget_passed.is_some()) {
        let day = move |index: usize| {
            let passed = summary.strategies[index].course.budget_passed;
            both([passed; 2], Show::NUMBER, "day by which half of the replications have passed the budget")
        };
        let below = "day, in half of all".to_owned();
        columns.push(Column { head: "Budget reached".to_owned(), below, cell: Box::new(day) });
    }
    let shares = [(Metric::AcceptedShare, "Accepted", "of journeys"), (Metric::DeliveredShare, "Delivered", "of requests")];
    let known = |metric: &Metric| summary.strategies.iter().any(|s| s.metrics.get(*metric).is_some());
    for (metric, head, below) in shares.into_iter().filter(|(metric, ..)| known(metric)) {
        columns.push(of(head, below, metric, |d| d.mean));
    }
    columns.push(of("Time to image", "p95, mean", Metric::TimeToImageP95, |d| d.mean));
    columns.extend([
        of("P10", "", Metric::Cost, |d| d.p10),
        of("P50", "", Metric::Cost, |d| d.p50),
        of("P90", "", Metric::Cost, |d| d.p90),
        of("CVaR95", "dearest 5 %", Metric::Cost, |d| d.cvar95),
    ]);
    columns.push(of("Failed", "of requests", Metric::FailedShare, |d| d.mean));
    columns
}

/// The paired difference in cost against the baseline, with what it is of the baseline's.
fn against<'a>(report: &'a Report<'_>) -> Column<'a> {
    let summary = report.summary;
    let baseline = &summary.strategies[summary.baseline].name;
    let cell = move |index: usize| {
        let with = summary.against_baseline().into_iter().find(|c| c.strategy == index);
        let Some(comparison) = with else { return html! { td { "-" } } };
        let ends = comparison.ends(Metric::Cost).map(|d| d.map(|d| d.mean));
        let [Some(low), Some(high)] = ends else { return html! { td { "-" } } };
        let relative = relative(comparison);
        let more = second_line(&low, &high, Show::NUMBER);
        cell(
            &low,
            Show::NUMBER,
            "mean of paired differences",
            &html! {
                @if let Some(relative) = relative { span.i { (relative) } }
                (more)
            },
        )
    };
    Column { head: "Against the baseline".to_owned(), below: format!("minus {baseline}, paired"), cell: Box::new(cell) }
}

fn relative(comparison: &Comparison) -> Option<String> {
    let relative = comparison.metrics.get(Metric::Cost).as_ref()?.relative?;
    Some(format!("{}{}", if relative.value > 0.0 { "+" } else { "" }, Show::unit(MetricUnit::Share).value(&relative)))
}

/// A cell with one figure, or with both ends where they differ.
fn both([low, high]: [Option<Estimate>; 2], show: Show, what: &str) -> Markup {
    let (Some(low), Some(high)) = (low, high) else { return html! { td { "-" } } };
    cell(&low, show, what, &second_line(&low, &high, show))
}
