//! The pages as Markdown: one for each question, and the one with all verdicts.

use std::fmt::Write;

use serde_json::Value;

use super::claims::{Case, Claims, Command, Page, Place};
use super::judge::{Outcome, Verdict, limits, outcome, verdict};
use super::results::{FOLDER, Results, break_even, figure};

/// What stands on top of each generated page.
const GENERATED: &str = "<!-- Written by tests/integration/verdicts.rs from claims.toml and results/article: change those. -->\n";

/// A page's cases with what became of them.
pub(super) fn cases<'a>(results: &Results, page: &'a Page) -> Vec<(&'a Case, Outcome)> {
    page.case.iter().map(|case| (case, outcome(results, page, case))).collect()
}

/// The text with every `{reference}` replaced by its figure.
pub(super) fn filled(results: &Results, text: &str) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (reference, after) = after.split_once('}').unwrap_or_else(|| panic!("a brace is not closed: {after}"));
        filled.push_str(before);
        filled.push_str(&figure(results, reference).text());
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// All results that a page refers to, in the order of the file.
pub(super) fn used<'a>(claims: &'a Claims, page: &Page) -> Vec<&'a str> {
    let mut texts = vec![page.text.clone(), page.figure.clone(), format!("{{{}/", page.chart.result)];
    for case in &page.case {
        texts.extend(case.figure.iter().map(|reference| format!("{{{reference}}}")));
        texts.extend(case.place.iter().map(|place| format!("{{{}#", place.result)));
    }
    let texts = texts.concat();
    let refers = |name: &&String| texts.contains(&format!("{{{name}/")) || texts.contains(&format!("{{{name}#"));
    claims.results.keys().filter(refers).map(String::as_str).collect()
}

/// What a case's row says of it.
fn row(results: &Results, page: &Page, case: &Case, outcome: &Outcome) -> String {
    let figures = match &case.figure {
        Some(reference) => figure(results, reference).text(),
        None => case
            .place
            .iter()
            .map(|place| places(results, &place.result, place.times, &place.unit))
            .collect::<Vec<_>>()
            .join("<br>"),
    };
    let said = match outcome {
        Outcome::Holds => "holds".to_owned(),
        Outcome::Fails => "does not hold".to_owned(),
        Outcome::Undecided => "undecided".to_owned(),
        Outcome::Where(part) => format!("holds {}", part.side),
    };
    let said = if case.aside { format!("for comparison: {said}") } else { said };
    format!("| {} | {figures} | {} | {said} |\n", case.when, condition(results, page, case))
}

/// What a case is decided by.
fn condition(results: &Results, page: &Page, case: &Case) -> String {
    let Some(reference) = &case.figure else {
        let lower = |place: &Place| {
            let pair = break_even(results, &place.result).pair;
            let other = pair.iter().find(|name| **name != place.lower).expect("two different ones");
            format!("`{}` costs less than `{other}`", place.lower)
        };
        return case.place.iter().map(lower).collect::<Vec<_>>().join("<br>");
    };
    let unit = figure(results, reference).unit;
    match limits(page, case) {
        (Some(from), Some(to)) => format!("{from} to {to}{unit}"),
        (Some(from), None) => format!("at least {from}{unit}"),
        (None, Some(to)) => format!("at most {to}{unit}"),
        (None, None) => panic!("{}: no condition", page.name),
    }
}

/// Where a break-even's pair is alike.
fn places(results: &Results, name: &str, times: f64, unit: &str) -> String {
    let count = break_even(results, name).crossings.len();
    let at = |at| figure(results, &format!("{name}#{at} | times {times}")).text();
    match count {
        0 => "nowhere".to_owned(),
        _ => format!("{}\u{a0}{unit}", (0..count).map(at).collect::<Vec<_>>().join(", ")),
    }
}

/// A page.
pub(super) fn page(claims: &Claims, results: &Results, page: &Page) -> String {
    let cases = cases(results, page);
    let verdict = verdict(&cases);
    let mut text = format!("{GENERATED}\n# {}\n\n> **The article**: {}\n\n", page.question, page.claim);
    let _ = writeln!(text, "<div class=\"verdict {}\">\n\n{}\n</div>\n", class(verdict.word), told(&verdict));
    let chart = &page.chart;
    let _ = writeln!(
        text,
        "![{caption}](../../{FOLDER}/{}/charts/{}.svg)\n\n*{caption}*\n",
        chart.result,
        chart.name,
        caption = chart.caption
    );
    let _ = writeln!(text, "## How it was decided\n\n{}\n", page.rule);
    let _ = writeln!(text, "| when | {} | holds if | the claim |\n| --- | --- | --- | --- |", page.measure);
    for (case, outcome) in &cases {
        text.push_str(&row(results, page, case, outcome));
    }
    let _ = writeln!(text, "\n## What it depends on\n\n{}\n", filled(results, page.text.trim()));
    let _ = writeln!(
        text,
        "## Where the numbers are from\n\n`[a, b]` is the 95 % interval of our simulation error, not of what months differ by or of what \
         the inputs lack. A case is decided by all of its interval; one that holds the limit is undecided.\n"
    );
    for name in used(claims, page) {
        text.push_str(&origin(claims, results, name));
    }
    text
}

/// A verdict's class in book.css.
fn class(word: &str) -> String {
    word.replace(' ', "-")
}

/// A verdict as a page tells it.
fn told(verdict: &Verdict) -> String {
    let list = |cases: &[String]| cases.iter().fold(String::new(), |text, case| text + "- " + case + "\n");
    let mut text = match verdict.word {
        "holds" => "**Holds** in all cases.\n".to_owned(),
        "does not hold" => "**Does not hold.**\n".to_owned(),
        "undecided" => String::new(),
        _ => format!("**Holds only when**\n\n{}", list(&verdict.when)),
    };
    if !verdict.undecided.is_empty() {
        let _ = write!(text, "\n**Undecided when**\n\n{}", list(&verdict.undecided));
    }
    text
}

/// How a result is made, and from what it was.
fn origin(claims: &Claims, results: &Results, name: &str) -> String {
    let wanted = &claims.results[name];
    let manifest = &results[name]["manifest"];
    let replications = manifest["replications"].as_array().and_then(|range| range.last()).map_or(&Value::Null, |last| last);
    let books: Vec<String> = manifest["catalogues"]
        .as_array()
        .map_or(&[][..], Vec::as_slice)
        .iter()
        .map(|book| format!("`{}` of {}", book["name"].as_str().unwrap_or_default(), book["date"].as_str().unwrap_or_default()))
        .collect();
    let text = |key: &str| manifest[key].as_str().unwrap_or_default().to_owned();
    format!(
        "- [`{name}`](../../{FOLDER}/{name}/manifest.json): {replications} replications, seed {}, price book {}, spendcast {} at `{}`; scenario \
         [`{scenario}.toml`](../../scenarios/{scenario}.toml), SHA-256 `{}`.\n\n  ```console\n  $ {}\n  ```\n",
        manifest["seed"],
        books.join(", "),
        text("version"),
        text("commit"),
        text("scenario_sha256").get(..12).unwrap_or_default(),
        command_line(wanted.command, &wanted.scenario, &wanted.arguments),
        scenario = wanted.scenario,
    )
}

/// As it is typed in a shell.
pub(super) fn command_line(command: Command, scenario: &str, arguments: &[String]) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:%+,".contains(c);
    let quoted = |argument: &String| if argument.chars().all(plain) { argument.clone() } else { format!("'{argument}'") };
    let mut line = format!("spendcast {} scenarios/{scenario}.toml", command.name());
    for argument in arguments {
        let separator =
            if argument.starts_with("--") && line.len() - line.rfind('\n').unwrap_or(0) > 60 { " \\\n      " } else { " " };
        let _ = write!(line, "{separator}{}", quoted(argument));
    }
    line
}

/// What stands above the table of all verdicts.
const ABOUT: &str = "A verdict is about the claim *within the model*, with the article's prices: it is computed from the figures and their 95 % \
    intervals, by a rule that each page states. Where the article says \"dramatically\" or \"slightly\", the rule puts a number to it, and \
    says so. Inputs that no source gives are marked *assumed* in the scenario; another input may give another verdict, and each page \
    says which ones matter.";

/// What stands above what is not true.
const UNTRUE: &str = "No simulation is needed for these. Public sources as of 2026-11-22 say otherwise; the simulations above use the article's \
    numbers all the same, unless a page says that it does not.";

/// What stands last.
const MADE: &str = "[`claims.toml`](claims.toml) has the questions, the rules and the commands; `results/article` has what the commands gave \
    (`results/README.md` says how to make it again). A test writes the pages from the two, and fails where a page, a result or a scenario has \
    changed without the others.";

/// The page with all verdicts, what could not be tested, and what is not true.
pub(super) fn overview(claims: &Claims, results: &Results) -> String {
    let verdicts: Vec<Verdict> = claims.page.iter().map(|page| verdict(&cases(results, page))).collect();
    let mut text = format!(
        "{GENERATED}\n# An article on image prices, put to the test\n\nAn article of 2026 on the prices of image-generation APIs says what drives \
         their cost and what saves it. Its prices are the price book `article`; here each of its claims that can be simulated is, by a scenario \
         that you can run and change. Of {} claims {}.\n\n{}\n\n## Verdicts\n\n{ABOUT}\n\n",
        verdicts.len(),
        tally(&verdicts),
        filled(results, claims.takeaways.trim()),
    );
    text.push_str("| claim | verdict | figure |\n| --- | --- | --- |\n");
    for (page, Verdict { word, .. }) in claims.page.iter().zip(&verdicts) {
        let class = class(word);
        let figure = filled(results, &page.figure);
        let _ = writeln!(text, "| [{}]({}.md) | <span class=\"{class}\">{word}</span> | {figure} |", page.title, page.name);
    }
    text.push_str("\n## Only when\n\n");
    for (page, verdict) in claims.page.iter().zip(&verdicts).filter(|(_, verdict)| verdict.word == "holds only when") {
        let _ = writeln!(text, "- [{}]({}.md): {}.", page.title, page.name, verdict.when.join("; *or* "));
    }
    let _ = write!(
        text,
        "\n## What is not true today\n\n{UNTRUE}\n\n| the article | public sources | where |\n| --- | --- | --- |\n"
    );
    for fact in &claims.fact {
        let _ = writeln!(text, "| {} | {} | {} |", fact.says, fact.sources_say, fact.source);
    }
    text.push_str("\n## What was not tested\n\n");
    for one in &claims.untested {
        let _ = writeln!(text, "- {}: {}", one.says, one.why);
    }
    let _ = writeln!(text, "\n## How these pages are made\n\n{MADE}");
    text
}

/// How many there are of each verdict.
fn tally(verdicts: &[Verdict]) -> String {
    let told = |(word, one, many): (&str, &str, &str)| match verdicts.iter().filter(|verdict| verdict.word == word).count() {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{count} {many}")),
    };
    let words = [
        ("holds", "holds", "hold"),
        ("holds only when", "holds under conditions only", "hold under conditions only"),
        ("does not hold", "does not hold", "do not hold"),
        ("undecided", "is undecided", "are undecided"),
    ];
    words.into_iter().filter_map(told).collect::<Vec<_>>().join(", ")
}
