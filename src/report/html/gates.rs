//! The gates on the page: what was asked of the results, and whether they keep to it.

use maud::{Markup, html};

use super::encoding::unbroken;
use crate::gate::{Judgements, Verdict};
use crate::report::gates::{condition, figure, tally, whose, why};

/// A table of all gates; nothing without any.
pub(super) fn table(judgements: &Judgements) -> Markup {
    let Some(tally) = tally(judgements) else { return Markup::default() };
    html! {
        div.wide tabindex="0" role="group" aria-label="Gates" {
            table.gates {
                caption { (tally) }
                thead { tr { th scope="col" { "Gate" } th scope="col" { "Strategy" } th scope="col" { "Figure" } th scope="col" { "Verdict" } } }
                tbody {
                    @for judgement in &judgements.all {
                        tr {
                            th scope="row" { (unbroken(&condition(judgement))) }
                            td { (whose(judgement)) }
                            td { (unbroken(&figure(judgement))) }
                            td { (word(judgement.verdict)) @if !why(judgement).is_empty() { " " span.i { (why(judgement)) } } }
                        }
                    }
                }
            }
        }
    }
}

fn word(verdict: Verdict) -> Markup {
    match verdict {
        Verdict::Passed => html! { "passed" },
        Verdict::Failed => html! { strong { "failed" } },
        Verdict::Undecided(_) => html! { em { "undecided" } },
    }
}
