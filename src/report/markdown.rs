//! `report.md`: the answer for people who read repositories and pull requests.

use std::fmt::Write as _;

use crate::experiment::Manifest;
use crate::gate::{Judgement, Judgements, Verdict};

use super::Report;
use super::figures::{FigureRow, difference_rows, strategy_rows};
use super::gates::{condition, figure, tally, whose, why};
use super::number::count;
use super::period::Period;
use super::precision::{controlled, sentences};
use super::terminal::legend;
use super::verdict::verdict;

/// The text of `report.md`. `charts` are the charts to show: file name without extension, and title.
pub(super) fn markdown(report: &Report<'_>, charts: &[(&str, String)]) -> String {
    let summary = report.summary;
    let mut text = format!("# {}\n{}", escaped(report.title), gates(report.gates));
    for line in verdict(summary) {
        // Writing to a String cannot fail.
        let _ = write!(text, "\n{}\n", escaped(&line));
    }
    let names: Vec<&str> = summary.strategies.iter().map(|s| s.name.as_str()).collect();
    let _ = write!(text, "\n## Each strategy, {}, money in USD\n\n", Period::of(summary).rate);
    text += &table(&names, &strategy_rows(summary));
    let against = summary.against_baseline();
    if !against.is_empty() {
        let names: Vec<&str> = against.iter().map(|c| summary.strategies[c.strategy].name.as_str()).collect();
        let baseline = escaped(&summary.strategies[summary.baseline].name);
        let _ = write!(text, "\n## Paired differences: each strategy minus {baseline}\n\n");
        text += &table(&names, &difference_rows(summary, &against));
    }
    for line in controlled(summary).into_iter().chain(sentences(report)) {
        let _ = write!(text, "\n{}\n", escaped(&line));
    }
    text += "\n## Charts\n";
    for (name, title) in charts {
        let title = escaped(title);
        let _ = write!(text, "\n![{title}](charts/{name}.svg)\n");
    }
    text += &recorded(report);
    text += &how_to_read(report);
    text + &of_run(report)
}

/// The gates as a table, what needs attention first; nothing without gates.
fn gates(judgements: &Judgements) -> String {
    let Some(tally) = tally(judgements) else { return String::new() };
    let mut text = format!("\n**{tally}.**\n\n| verdict | gate | strategy | figure |\n|---|---|---|---|\n");
    let mut all: Vec<&Judgement> = judgements.all.iter().collect();
    all.sort_by_key(|judgement| match judgement.verdict {
        Verdict::Failed => 0,
        Verdict::Undecided(_) => 1,
        Verdict::Passed => 2,
    });
    for judgement in all {
        let reason = why(judgement);
        let figure = if reason.is_empty() { figure(judgement) } else { format!("{}; {reason}", figure(judgement)) };
        let verdict = match judgement.verdict {
            Verdict::Passed => "passed",
            Verdict::Failed => "**failed**",
            Verdict::Undecided(_) => "*undecided*",
        };
        let [gate, whose, figure] = [condition(judgement), whose(judgement), figure].map(|text| escaped(&text));
        let _ = writeln!(text, "| {verdict} | {gate} | {whose} | {figure} |");
    }
    text
}

/// What became of recorded traffic; nothing where there was none.
fn recorded(report: &Report<'_>) -> String {
    let Some(recording) = report.recording else { return String::new() };
    let mut text = String::from("\n## Recorded traffic\n\n");
    for line in recording.to_string().lines() {
        let what = line.trim_start();
        let _ = writeln!(text, "{}- {}", &line[..line.len() - what.len()], escaped(what));
    }
    text
}

fn how_to_read(report: &Report<'_>) -> String {
    format!(
        "\n## How to read this\n\n- {}\n- All strategies met the same traffic, prompts and luck in each replication, so \
         differences are taken pair by pair. A difference whose interval contains zero is no difference shown.\n\
         - CVaR95 is the mean of the dearest twentieth. A percentile is a value that was really simulated (rank n p, rounded up).\n\
         - `summary.json` has every figure with its method and sample size; `replications.csv`, `charges.csv` and \
         `attempts.csv` have what they were made from.\n",
        escaped(&legend(report.summary)),
    )
}

fn of_run(report: &Report<'_>) -> String {
    let m = report.manifest;
    let [first, end] = m.replications.map(|r| count(u64::from(r)));
    let asked = if m.asked > m.replications[1] {
        format!(", stopped before the {} asked for", count(m.asked.into()))
    } else {
        String::new()
    };
    let replications = format!("{}, from {first} up to {end}{asked}", m.seed);
    let mut own = vec![("plan", m.plan_hash.clone()), ("seed and replications", replications)];
    own.extend(report.summary.inputs.iter().map(|(path, said)| (DRAWN, format!("{path}: {said}"))));
    provenance(m, &own)
}

/// What an input is whose value is not known.
pub(super) const DRAWN: &str = "not known, and drawn in each replication";

/// Where figures come from, with what only this report has to tell of that.
pub(super) fn provenance(m: &Manifest, own: &[(&str, String)]) -> String {
    let mut text = String::from("\n## Provenance\n\n");
    let mut line = |what: &str, value: &str| {
        let _ = writeln!(text, "- {what}: {}", escaped(value));
    };
    line("program", &format!("spendcast {} ({})", m.version, m.commit));
    line("scenario", &format!("{}, SHA-256 {}", m.scenario, m.scenario_sha256));
    for replaced in &m.set {
        line("set in place of the scenario's", &format!("{} = {}", replaced.path, replaced.value));
    }
    for (what, value) in own {
        line(what, value);
    }
    for catalogue in &m.catalogues {
        line("prices", &format!("{} of {}", catalogue.name, catalogue.date));
    }
    for input in &m.inputs {
        line("input", &format!("{}, SHA-256 {}", input.name, input.sha256));
    }
    text
}

pub(super) fn table(names: &[&str], rows: &[FigureRow]) -> String {
    let names: Vec<String> = names.iter().map(|name| escaped(name)).collect();
    let mut text = format!("| | {} |\n|---|{}\n", names.join(" | "), "--:|".repeat(names.len()));
    for row in rows {
        let label = row.label.trim_start();
        let indent = if label.len() < row.label.len() { "&emsp;" } else { "" };
        let cells: Vec<String> =
            row.figures.iter().map(|e| e.as_ref().map_or_else(|| "-".to_owned(), |e| row.show.both(e))).collect();
        let _ = writeln!(text, "| {indent}{} | {} |", escaped(label), cells.join(" | "));
    }
    text
}

/// Text from outside, with what Markdown or HTML would take as markup made harmless.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::new();
    for c in text.chars() {
        match c {
            '<' => safe += "&lt;",
            '>' => safe += "&gt;",
            '&' => safe += "&amp;",
            '\n' | '\r' => safe.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '!' | '~' | '$' => {
                safe.push('\\');
                safe.push(c);
            }
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::made_up;
    use crate::report::tests::with_report;

    #[test]
    fn names_cannot_break_the_page() {
        let results = made_up::results(&["a|b", "<script>alert(1)</script> [x](y) `z`"], 20);
        with_report(&results, |report| {
            let text = markdown(report, &[("cost", "What?".to_owned())]);
            assert!(!text.contains("<script") && text.contains("a\\|b") && text.contains("\\[x\\](y)"));
            assert!(text.contains("![What?](charts/cost.svg)"));
        });
    }

    /// What needs attention stands first, and names cannot break the table.
    #[test]
    fn gates_stand_at_the_top() {
        with_report(&made_up::results(&["a"], 100), |report| {
            let text = markdown(report, &[]);
            let lines: Vec<&str> = text.lines().collect();
            assert_eq!(&lines[..3], ["# Does it?", "", "**Gates: 2 passed, 1 failed, 1 undecided.**"]);
            let rows: Vec<&str> = lines[6..10].iter().filter_map(|line| line.split(" | ").next()).collect();
            assert_eq!(rows, ["| **failed**", "| *undecided*", "| passed", "| passed"]);
            assert!(text.contains("| passed | a\\|b &lt;c&gt; \"d\" &amp; 'e', mean(cost) &lt; 1M USD | a | 1 0"), "{text}");
        });
    }

    #[test]
    fn says_where_it_comes_from() {
        let results = made_up::results(&["a", "b"], 20);
        with_report(&results, |report| {
            let text = markdown(report, &[]);
            for part in [
                "# Does it?",
                "## Paired differences",
                "seed and replications: 7, from 0 up to 20",
                "article of 2026",
                "  - line 7: it has 2 cells",
                "scenario's: seed = 7",
                "? = no bound known",
            ] {
                assert!(text.contains(part), "{part} is missing:\n{text}");
            }
        });
    }
}
