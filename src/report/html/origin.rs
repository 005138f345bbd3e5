//! Where the figures come from: assumptions, method, and how to make them again.

use std::collections::BTreeMap;

use maud::{Markup, html};
use serde_json::Value;

use crate::experiment::Manifest;
use crate::report::Report;
use crate::report::figures::{FigureRow, difference_rows, strategy_rows};
use crate::report::number::count;

/// Where a page's figures come from.
pub(super) struct Origin<'a> {
    pub(super) manifest: &'a Manifest,
    /// The scenario as `summary.json` repeats it: an object.
    pub(super) scenario: &'a Value,
    /// The scenario's file.
    pub(super) source: &'a str,
    /// Paths of inputs that are not known, with what is said of each.
    pub(super) inputs: &'a [(String, String)],
    /// The command that makes the results again.
    pub(super) command: String,
}

impl Origin<'_> {
    /// What was assumed: the scenario, what the command line replaced in it, and the price books with their dates.
    pub(super) fn assumptions(&self) -> Markup {
        let m = self.manifest;
        let told = [
            ("start", "Starts"),
            ("time_zone", "Time zone"),
            ("horizon", "Length of a replication"),
            ("budget_usd", "Budget, USD"),
            ("baseline", "Baseline"),
        ];
        let text = |key: &str| match self.scenario.get(key) {
            Some(Value::String(text)) => Some(text.clone()),
            _ => None,
        };
        html! {
            p {
                "Every figure follows from the scenario below, the price books that it names, and chance. Whatever is not in them \
                 is not in the figures."
            }
            dl {
                @for (key, label) in told { @if let Some(text) = text(key) { dt { (label) } dd { (text) } } }
                @for book in &m.catalogues {
                    dt { "Prices" }
                    dd {
                        (book.name) ", as read on " (book.date)
                        @for file in &book.imported {
                            br; "made from " (file.form) " file " (file.file)
                            @if let Some(version) = &file.version { ", version " (version) }
                        }
                    }
                }
                @for replaced in &m.set { dt { "Replaced on the command line" } dd { code { (replaced.path) " = " (replaced.value) } } }
            }
            @if !self.inputs.is_empty() {
                h3 { "Not known" }
                p { "Drawn anew in each replication, the same for all strategies; " code { "inputs.csv" } " has the draws." }
                dl { @for (path, said) in self.inputs { dt { code { (path) } } dd { (said) } } }
            }
            details.screen {
                summary { "The scenario's file" }
                pre tabindex="0" aria-label="The scenario's file" { (self.source) }
            }
        }
    }

    /// The command that makes these results again, and everything that it must meet.
    pub(super) fn reproduce(&self) -> Markup {
        let m = self.manifest;
        let [first, end] = m.replications.map(|r| count(u64::from(r)));
        html! {
            p {
                "The same program on the same files makes the same results, bit for bit, on any machine and any number of threads."
                @if m.asked > m.replications[1] { " The run was stopped; the first " (end) " replications of a full run are these." }
            }
            pre tabindex="0" aria-label="Command" { code { (self.command) } }
            dl {
                dt { "Program" } dd { "spendcast " (m.version) ", commit " code { (m.commit) } }
                dt { "Scenario" } dd { (m.scenario) ", SHA-256 " code { (m.scenario_sha256) } }
                dt { "Plan" } dd { code { (m.plan_hash) } }
                dt { "Seed" } dd { (m.seed) }
                dt { "Replications" } dd { "from " (first) " up to " (end) @if m.asked > m.replications[1] { ", of " (count(m.asked.into())) " asked for" } }
                @for book in &m.catalogues {
                    dt { "Price book" }
                    dd {
                        (book.name) " of " (book.date)
                        @for file in &book.imported { br; (file.file) ", SHA-256 " code { (file.sha256) } }
                    }
                }
                @for input in &m.inputs { dt { "Input" } dd { (input.name) ", SHA-256 " code { (input.sha256) } } }
            }
        }
    }
}

/// How figures are to be read, and the methods behind them.
pub(super) fn method(report: &Report<'_>) -> Markup {
    html! {
        ul {
            li {
                "All strategies met the same traffic, prompts and luck in each replication, so differences are taken pair by \
                 pair. A difference whose interval contains zero is no difference shown."
            }
            li {
                "An interval is the error of this simulation; P10 to P90 is how much one replication differs from another. Only \
                 the first shrinks with more replications."
            }
            li { "CVaR95 is the mean of the dearest twentieth. A percentile is a value that was really simulated (rank n p, rounded up)." }
            li {
                "A strategy is called dominated where another one is as good or better in mean cost, p95 time to image and quality, \
                 and surely better in one of them."
            }
            li { code { "summary.json" } " beside this page has every figure with its method and sample size; " code { "replications.csv" }
                ", " code { "charges.csv" } " and " code { "attempts.csv" } " have what they were made from." }
        }
        h3 { "Which method is behind which figure" }
        dl { @for (method, labels) in methods(report) { dt { (method) } dd { (labels.join(", ")) } } }
    }
}

/// The figures by the method of their intervals; those of differences are called so.
fn methods(report: &Report<'_>) -> BTreeMap<&'static str, Vec<String>> {
    let summary = report.summary;
    let mut methods: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    let mut add = |rows: &[FigureRow], behind: &str| {
        for (row, e) in rows.iter().flat_map(|row| row.figures.iter().flatten().map(move |e| (row, e))) {
            let label = format!("{}{behind}", row.label.trim_start());
            let labels = methods.entry(e.method).or_default();
            if !labels.contains(&label) {
                labels.push(label);
            }
        }
    };
    add(&strategy_rows(summary), "");
    add(&difference_rows(summary, &summary.against_baseline()), " (difference)");
    methods
}

/// The command line: the scenario's file by its name, what this command alone takes, and what else was given.
pub(super) fn command(name: &str, m: &Manifest, own: &[String]) -> String {
    let mut command = format!("spendcast {name} {}", quoted(&format!("{}.toml", m.scenario)));
    for word in own {
        command.extend([" ", &quoted(word)]);
    }
    let flags = ["replications", "seed"];
    for replaced in m.set.iter().filter(|replaced| !flags.contains(&replaced.path.as_str())) {
        command.extend([" --set ", &quoted(&format!("{}={}", replaced.path, replaced.value))]);
    }
    for flag in flags {
        // The last word counts.
        if let Some(replaced) = m.set.iter().rfind(|replaced| replaced.path == flag) {
            command.extend([" --", flag, " ", &quoted(replaced.value.trim_matches('"'))]);
        }
    }
    command
}

/// A word of a POSIX shell.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=,:+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Replaced, made_up};
    use crate::report::tests::with_report;

    #[test]
    fn the_command_says_what_was_given() {
        let results = made_up::results(&["a"], 3);
        with_report(&results, |report| {
            let mut manifest = report.manifest.clone();
            let set = |path: &str, value: &str| Replaced { path: path.to_owned(), value: value.to_owned() };
            manifest.set = vec![set("budget", "'5 USD'"), set("seed", "1"), set("replications", "30"), set("seed", "\"7\"")];
            let expected = r"spendcast run made-up.toml --set 'budget='\''5 USD'\''' --replications 30 --seed 7";
            assert_eq!(command("run", &manifest, &[]), expected);
        });
        assert_eq!(quoted("two words.toml"), "'two words.toml'");
    }
}
