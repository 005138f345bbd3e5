//! The report on a terminal: verdict, tables, how to read them. Returns text; the caller prints it.

use crate::experiment::{Metric, Summary};

use super::bounds::has_bounds;
use super::figures::{absent, difference_rows, has_open_intervals, strategy_rows};
use super::period::Period;
use super::table::tables;
use super::verdict::verdict;

/// What intervals and percentiles are, in every report, and the ends of what is unknown.
pub(super) fn legend(summary: &Summary) -> String {
    const ENDS: &str = " low end, high end = nothing unknown is billed, or all of it; in a difference, the answers to what \
                        is unknown that make it lowest or highest. That is no simulation error, is in no [..], and more \
                        replications do not narrow it.";
    const BOUNDS: &str = " bound = what no way of routing could have beaten, knowing all beforehand, for just the requests and \
                          users that the strategy has served; over its bound = how many times that, 1 is the best possible.";
    let ends = if summary.unknown.is_empty() { "" } else { ENDS };
    let bounds = if has_bounds(summary) { BOUNDS } else { "" };
    let absent: Vec<&str> = absent(summary).map(Metric::label).collect();
    let zero =
        if absent.is_empty() { String::new() } else { format!(" Zero everywhere, so without a row: {}.", absent.join("; ")) };
    let inputs = uncertain(summary);
    let open = if has_open_intervals(summary) { " ? = no bound known at so few replications." } else { "" };
    if summary.replications < 2 {
        return format!("One replication has no spread and no interval: ask for more to see both.{ends}{bounds}{open}{zero}");
    }
    let period = Period::of(summary);
    let range = match period.many {
        "replays" if !summary.inputs.is_empty() => {
            "luck and what is not known, eight times of ten: all replications replay the same arrivals".to_owned()
        }
        "replays" => "luck alone, eight times of ten: all replications replay the same arrivals".to_owned(),
        "months" => "your months, eight times of ten; that stays".to_owned(),
        _ => format!("your {}, eight times of ten; that stays", period.length),
    };
    format!(
        "[..] = 95 % interval of our simulation error; more replications narrow it. p10 to p90 = {range}. \
         Intervals of times hold their resolution of 0.4 %. pp = percentage points.{inputs}{ends}{bounds}{open}{zero}"
    )
}

/// What is not known of the inputs; nothing where everything is.
fn uncertain(summary: &Summary) -> String {
    if summary.inputs.is_empty() {
        return String::new();
    }
    let each: Vec<String> = summary.inputs.iter().map(|(path, said)| format!("{path} is {said}")).collect();
    format!(" Not known, and drawn anew in each replication, the same for all strategies: {}.", each.join("; "))
}

/// The whole report, wrapped to this many columns. `bold` says whether headings may be set off by escape sequences.
pub fn terminal(summary: &Summary, columns: u16, bold: bool) -> String {
    let width = usize::from(columns.max(40));
    let heading = |text: &str| if bold { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() };
    let mut blocks: Vec<String> = Vec::new();
    for (at, line) in verdict(summary).iter().enumerate() {
        let text = wrap(line, width);
        blocks.push(if at == 0 { heading(&text) } else { text });
    }
    let names: Vec<&str> = summary.strategies.iter().map(|s| s.name.as_str()).collect();
    let n = super::number::count(u64::from(summary.replications));
    let rate = Period::of(summary).rate;
    blocks.push(heading(&wrap(&format!("Each strategy, {rate}, money in USD (n = {n})"), width)));
    blocks.extend(tables(&names, &strategy_rows(summary), width));
    let against = summary.against_baseline();
    if !against.is_empty() {
        let names: Vec<&str> = against.iter().map(|c| summary.strategies[c.strategy].name.as_str()).collect();
        let baseline = &summary.strategies[summary.baseline].name;
        blocks.push(heading(&wrap(&format!("Paired differences: each strategy minus {baseline}"), width)));
        blocks.extend(tables(&names, &difference_rows(summary, &against), width));
    }
    blocks.push(wrap(&legend(summary), width));
    blocks.join("\n\n") + "\n"
}

/// Text wrapped at spaces, except those between digits and before a percent sign.
pub(super) fn wrap(text: &str, width: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in words(text) {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(word),
        }
    }
    lines.join("\n")
}

/// The words of a text; a number with its thousands apart is one word, and so is one with its percent sign.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for part in text.split(' ') {
        match words.last_mut() {
            Some(last)
                if last.ends_with(|c: char| c.is_ascii_digit()) && part.starts_with(|c: char| c.is_ascii_digit() || c == '%') =>
            {
                last.push(' ');
                last.push_str(part);
            }
            _ => words.push(part.to_owned()),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::made_up;

    #[test]
    fn fits_the_width_with_any_number_of_strategies() {
        let names = ["premium-only", "tiered", "a-strategy-with-quite-a-long-name-indeed", "d", "e", "f", "g", "h"];
        for (count, width) in [(1, 80), (2, 80), (3, 80), (8, 80), (8, 120), (3, 40)] {
            let summary = Summary::of(&made_up::results(&names[..count], 30));
            let text = terminal(&summary, width, false);
            let longest = text.lines().map(|line| line.chars().count()).max();
            assert!(longest <= Some(usize::from(width.max(60))), "{count} strategies at {width}: {longest:?}\n{text}");
            assert!(!text.contains('\u{1b}') && !text.contains("NaN"), "{text}");
        }
    }

    #[test]
    fn one_replication_and_no_budget_are_reported() {
        let mut results = made_up::results(&["a", "b"], 1);
        results.budget = None;
        let text = terminal(&Summary::of(&results), 80, true);
        assert!(text.contains("\u{1b}[1m") && !text.contains("over budget") && !text.contains("NaN"), "{text}");
    }

    /// Recorded traffic is one month and not many: what differs between replications is luck.
    #[test]
    fn the_legend_says_what_differs() {
        let mut results = made_up::results(&["a", "b"], 100);
        assert!(legend(&Summary::of(&results)).contains("p10 to p90 = your months, eight times of ten; that stays."));
        results.same_arrivals = true;
        let summary = Summary::of(&results);
        assert!(legend(&summary).contains("p10 to p90 = luck alone") && legend(&summary).contains("the same arrivals"));
        assert!(terminal(&summary, 100, false).contains("was cheaper in 100 of 100 replays"));
    }

    /// At 100 replications only the tail's mean has no interval; at 1 000 everything has.
    #[test]
    fn a_question_mark_is_always_explained() {
        for replications in [1, 2, 10, 36, 100, 1_000] {
            let summary = Summary::of(&made_up::results(&["a", "b"], replications));
            let text = terminal(&summary, 100, false);
            assert_eq!(text.contains(", ?]"), replications < 1_000, "{replications}");
            assert_eq!(text.contains("? = no bound known"), replications < 1_000, "{replications}");
        }
    }

    /// Each money figure has two rows, which the legend explains; all else has one.
    #[test]
    fn unknown_billing_has_rows_for_both_ends() {
        let results = made_up::in_doubt(made_up::results(&["a", "b"], 40), &["google bills filtered"], |_, s| 4 + s as u64);
        let text = terminal(&Summary::of(&results), 100, false);
        let both = |label: &str| ["low", "high"].map(|end| text.matches(&format!(" {label}, {end} end ")).count());
        assert_eq!(both("mean cost"), [1, 1], "{text}");
        assert_eq!(["cost per delivered", "cost per accepted", "wasted", "wasted share"].map(both), [[2, 2]; 4], "{text}");
        assert_eq!((both("over budget"), both("requests delivered")), ([1, 1], [0, 0]), "{text}");
        let flat = text.replace('\n', " ");
        assert!(flat.contains("low end, high end = nothing unknown is billed, or all of it;"), "{text}");
        assert!(!terminal(&Summary::of(&made_up::results(&["a", "b"], 40)), 100, false).contains(" end"));
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    }

    /// A loss that no strategy has is named once and has no row; any loss that one of them has in one replication has a row.
    #[test]
    fn rows_of_zeros_are_left_out() {
        let mut results = made_up::results(&["a", "b"], 40);
        for row in &mut results.rows {
            (row.timed_out, row.rate_limited, row.wasted) = (0, 0, crate::units::Usd::ZERO);
        }
        let rows = |results: &crate::experiment::Results| {
            let text = terminal(&Summary::of(results), 100, false);
            let starts = |line: &str, label: &str| ["  ", ", "].iter().any(|next| line.starts_with(&format!(" {label}{next}")));
            let counts = ["requests failed", "requests timed out", "requests gone", "wasted", "wasted share"]
                .map(|label| text.lines().filter(|line| starts(line, label)).count());
            (counts, text.replace('\n', " "))
        };
        let note = |labels: &str| format!("Zero everywhere, so without a row: {labels}.");
        let (counts, text) = rows(&results);
        assert_eq!(counts, [2, 0, 0, 2, 0], "{text}");
        assert!(
            text.contains(&note("requests timed out; requests rate-limited; requests gone; requests refused; wasted share")),
            "{text}"
        );
        results.rows[7].timed_out = 1;
        let (counts, text) = rows(&results);
        assert!(
            counts == [2, 2, 0, 2, 0]
                && text.contains(&note("requests rate-limited; requests gone; requests refused; wasted share")),
            "{text}"
        );
        // What may be wasted, if somebody bills it, is not zero everywhere.
        let (counts, text) = rows(&made_up::in_doubt(results, &["google bills filtered"], |_, s| 4 * s as u64));
        assert!(
            counts[3..] == [4, 4] && text.contains(&note("requests rate-limited; requests gone; requests refused")),
            "{text}"
        );
    }

    #[test]
    fn words_are_kept_whole() {
        assert_eq!(wrap("one two three", 7), "one two\nthree");
        assert_eq!(wrap("for 1 050 USD", 7), "for\n1 050\nUSD");
        assert_eq!(wrap("from 99.981 %, now", 11), "from\n99.981 %,\nnow");
        assert_eq!(wrap("incomprehensible a", 5), "incomprehensible\na");
    }
}
