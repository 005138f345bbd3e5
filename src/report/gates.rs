//! Gates in words: a line or a table row for each, the verdict first.

use std::fmt::Write as _;

use crate::experiment::MetricUnit;
use crate::gate::{Judgement, Judgements, Kind, Mode, Verdict};
use crate::stats::Estimate;

use super::number::Show;
use super::terminal::wrap;

/// How figures of a kind are shown.
const fn show(kind: Kind) -> Show {
    match kind {
        Kind::Usd => Show::in_words(MetricUnit::Usd),
        Kind::Share | Kind::Ratio => Show::unit(MetricUnit::Share),
        Kind::Points => Show::PP,
        Kind::Number => Show::unit(MetricUnit::Number),
        Kind::Seconds => Show::unit(MetricUnit::Seconds),
        Kind::Days => Show::unit(MetricUnit::Days),
    }
}

/// The figure that was judged, at both ends where unknown billing moves it.
pub(super) fn figure(judgement: &Judgement) -> String {
    let show = show(judgement.gate.kind());
    let one = |end: Option<Estimate>| end.map_or_else(|| "-".to_owned(), |e| show.both(&e));
    match judgement.ends {
        [low, high] if low == high => one(low),
        [low, high] => format!("{} to {}, by what is unknown", one(low), one(high)),
    }
}

/// Whose it is: a strategy, or two.
pub(super) fn whose(judgement: &Judgement) -> String {
    match &judgement.other {
        Some(other) => format!("{} and {other}", judgement.strategy),
        None => judgement.strategy.clone(),
    }
}

/// Why it is undecided, or nothing.
pub(super) fn why(judgement: &Judgement) -> String {
    if let Verdict::Undecided(why) = judgement.verdict { why.to_string() } else { String::new() }
}

/// The condition as it was written, behind the name where it has one.
pub(super) fn condition(judgement: &Judgement) -> String {
    let gate = &judgement.gate;
    gate.name.as_ref().map_or_else(|| gate.text.clone(), |name| format!("{name}, {}", gate.text))
}

/// How many passed, failed and are undecided; `None` without gates.
pub fn tally(judgements: &Judgements) -> Option<String> {
    let counts = judgements.counts().into_iter().zip(["passed", "failed", "undecided"]);
    let told: Vec<String> = counts.filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    let as_points = if judgements.mode == Mode::Point { " (judged as points, without their intervals)" } else { "" };
    (!told.is_empty()).then(|| format!("Gates: {}{as_points}", told.join(", ")))
}

/// All gates on a terminal, a line each, wrapped to this many columns; nothing without gates.
pub fn gates(judgements: &Judgements, columns: u16) -> String {
    let Some(tally) = tally(judgements) else { return String::new() };
    let width = usize::from(columns.max(40));
    judgements.all.iter().fold(format!("\n{tally}\n"), |mut text, judgement| {
        let reason = why(judgement);
        let reason = if reason.is_empty() { reason } else { format!("; {reason}") };
        // A gate that names its strategy has said it.
        let whose = if judgement.gate.strategy.is_some() { String::new() } else { format!(": {}", whose(judgement)) };
        let line = format!("{}{whose}: {}{reason}", condition(judgement), figure(judgement));
        let wrapped = wrap(&line, width - 11).replace('\n', "\n           ");
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{:<11}{wrapped}", judgement.verdict.word());
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::made_up;
    use crate::report::tests::judged;

    #[test]
    fn the_verdict_comes_first() {
        let text = gates(&judged(&made_up::results(&["only"], 100)), 100);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[1], "Gates: 2 passed, 1 failed, 1 undecided");
        assert!(lines[2].starts_with("passed     a|b <c> \"d\" & 'e', mean(cost) < 1M USD: only: 1 0"), "{text}");
        assert!(
            lines[3].starts_with("passed     mean(cost) < 1M USD: only: ")
                && lines[3].contains("] USD") | lines[3].ends_with(']'),
            "{text}"
        );
        assert!(lines[4].starts_with("failed     P(cost > 1 USD) <= 10%: only: 100 % [9"), "{text}");
        assert!(
            lines[5].starts_with("undecided  cvar99.9(cost) < 1k USD: only: ") && text.contains("no bound is known at so few"),
            "{text}"
        );
        assert!(lines.iter().all(|line| line.chars().count() <= 100), "{text}");
        assert_eq!(gates(&Judgements { mode: Mode::Interval, all: Vec::new() }, 100), "");
    }
}
