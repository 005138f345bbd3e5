//! The tables of `docs/fidelity.md`.

use std::fmt::Write as _;

use super::figures::{Over, z};
use super::recording::Recording;
use super::{Compared, Reason};

const BEGIN: &str = "<!-- tables: written by the test -->\n";
const END: &str = "<!-- end of tables -->\n";

/// How much is compared, and how much of it lies outside.
pub(super) fn summary(compared: &[(&Recording, Vec<Compared>)]) -> String {
    let figures: usize = compared.iter().map(|(_, figures)| figures.len()).sum();
    let outside = |figures: &&Compared| figures.reason != Reason::Within;
    let out: usize = compared.iter().map(|(_, figures)| figures.iter().filter(outside).count()).sum();
    let cases = compared.iter().filter(|(_, figures)| figures.iter().any(|one| outside(&one))).count();
    let all = compared.len();
    format!("{all} cases, {figures} figures; outside: {out} figures of {cases} case{}.\n\n", if cases == 1 { "" } else { "s" })
}

/// The table of a case.
pub(super) fn table(recording: &Recording, compared: &[Compared]) -> String {
    let case = &recording.case;
    let mut text = format!("### {}\n\n{} ({} runs)\n\n", case.name, case.question, recording.runs.len());
    text.push_str("| | recorded | simulated | z |\n|---|---:|---:|---:|\n");
    for Compared { name, recorded, simulated, reason } in compared {
        let z = z(*recorded, *simulated);
        let z = if z.is_infinite() { if z > 0.0 { "+∞" } else { "-∞" }.to_owned() } else { format!("{:+.1}", z + 0.0) };
        let mark = match reason {
            Reason::Within => String::new(),
            Reason::Explained(number) => format!(" ({number})"),
            Reason::None => " **?**".to_owned(),
        };
        let _ = writeln!(text, "| {name} | {} | {} | {z}{mark} |", shown(*recorded), shown(*simulated));
    }
    text.push('\n');
    text
}

/// Mean and spread, to a digit that the spread leaves any meaning.
fn shown(over: Over) -> String {
    let digits = if over.mean.abs() >= 100.0 { 1 } else { 2 };
    format!("{:.digits$} ± {:.digits$}", over.mean, over.spread)
}

/// The page with these tables in place of its own.
pub(super) fn with(page: &str, tables: &str) -> String {
    let (before, rest) = page.split_once(BEGIN).expect("the page has a place for tables");
    let (_, after) = rest.split_once(END).expect("the tables end");
    format!("{before}{BEGIN}\n{tables}{END}{after}")
}
