//! The tables of figures in what scenarios say at their end: each is what its run gives. A table begins with a line of metrics as
//! in `summary.json`; `:relative` and `:difference` are those against the baseline. Options of its run stand above it.
//!
//! A test makes fewer replications than the run that the table is of, but they are its first: the mean over K of N replications is
//! off by the standard error over N, times sqrt(N/K - 1), so that with all of them nothing but rounding is left.

use std::collections::BTreeMap;
use std::path::Path;

use spendcast::experiment::{Metric, MetricUnit, Reference, Settings, Summary};
use spendcast::scenario;

use crate::article_scenarios::{SAYS, scenarios};
use crate::fixture::{SIGMAS, results, run_with};

/// How many replications a test makes of the N of a run.
const REPLICATIONS: u32 = 6;
/// How many requests more or fewer a share may be off by beside its error, which says little of what hardly ever happens.
const RARE: f64 = 4.0;

/// What a metric's figure is of.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Of {
    Mean,
    Difference,
    Relative,
}

type Column = (Metric, Of);

/// A figure as it is printed: in percent for shares.
#[derive(Debug, Clone, Copy)]
struct Figure {
    value: f64,
    low: f64,
    high: f64,
    /// Of the last digit.
    unit: f64,
}

/// A table: the options of its run, and the figures by strategy and column.
#[derive(Debug, Default)]
struct Table {
    options: Vec<String>,
    columns: Vec<Column>,
    rows: Vec<(String, Vec<Option<Figure>>)>,
}

/// A column by the name that stands over it.
fn column(word: &str) -> Option<Column> {
    let (key, of) = match word.split_once(':') {
        None => (word, Of::Mean),
        Some((key, "difference")) => (key, Of::Difference),
        Some((key, "relative")) => (key, Of::Relative),
        Some(_) => return None,
    };
    Metric::ALL.into_iter().find(|metric| metric.key() == key).map(|metric| (metric, of))
}

/// "144.1 [144.0, 144.2]" or "95.78 % [95.72, 95.84]"; "-" where there is none.
fn figures(cells: &str) -> Option<Vec<Option<Figure>>> {
    let mut found = Vec::new();
    let mut rest = cells.trim();
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix("- ").or_else(|| rest.strip_suffix('-').filter(|left| left.is_empty())) {
            found.push(None);
            rest = after.trim_start();
            continue;
        }
        let (value, after) = rest.split_once('[')?;
        let (interval, after) = after.split_once(']')?;
        let (low, high) = interval.split_once(", ")?;
        let value = value.trim().trim_end_matches('%').trim();
        let digits = value.split_once('.').map_or(0, |(_, digits)| digits.len());
        found.push(Some(Figure {
            value: value.parse().ok()?,
            low: low.parse().ok()?,
            high: high.parse().ok()?,
            unit: 10_f64.powi(-(digits as i32)),
        }));
        rest = after.trim_start();
    }
    Some(found)
}

/// The words of a command line, without their quotes.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for letter in line.chars() {
        match letter {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            _ => words.last_mut().expect("it begins with one").push(letter),
        }
    }
    words.retain(|word| !word.is_empty() && word != "\\");
    words
}

/// What a line of nothing but options says: each with its value.
fn options_of(line: &str) -> Option<Vec<String>> {
    let words = words(line);
    let only_options = words.len().is_multiple_of(2) && words.iter().step_by(2).all(|word| word.starts_with("--"));
    (only_options && !words.is_empty()).then_some(words)
}

/// The tables of what a scenario says; a table is what follows a line of metrics, up to an empty line.
fn tables(says: &str, strategies: &[String]) -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    let (mut options, mut open) = (Vec::new(), false);
    for line in says.lines().map(|line| line.trim_start_matches('#').trim()) {
        let columns: Option<Vec<Column>> = line.split_whitespace().map(column).collect();
        let row = strategies
            .iter()
            .filter_map(|name| Some((name, line.strip_prefix(name.as_str())?)))
            .find(|(_, cells)| cells.starts_with(' '));
        if line.is_empty() {
            open = false;
        } else if let Some(columns) = columns {
            tables.push(Table { options: std::mem::take(&mut options), columns, rows: Vec::new() });
            open = true;
        } else if let (true, Some((name, cells)), Some(table)) = (open, row, tables.last_mut()) {
            let cells = figures(cells).unwrap_or_else(|| panic!("not figures: {line}"));
            assert_eq!(cells.len(), table.columns.len(), "{line}");
            table.rows.push((name.clone(), cells));
        } else if let Some(more) = options_of(line) {
            options.extend(more);
        } else {
            assert!(!open, "neither a strategy with figures nor the end of a table: {line}");
        }
    }
    assert!(options.is_empty(), "options of no table: {options:?}");
    tables
}

/// The first replications of a table's run.
struct Run {
    summary: Summary,
    /// How many it has in all.
    all: u32,
    /// How many were made.
    made: u32,
    /// Requests of a strategy in these.
    requests: f64,
}

fn run(path: &Path, options: &[String], at_most: u32) -> Run {
    let mut sets = Vec::new();
    let mut most = None;
    for pair in options.chunks(2) {
        match pair {
            [option, set] if option == "--set" => {
                let (key, value) = set.split_once('=').expect("a path and a value");
                sets.push((key.to_owned(), value.to_owned()));
            }
            [option, number] if option == "--replications" => most = number.parse().ok(),
            _ => panic!("options are --set and --replications: {options:?}"),
        }
    }
    let read = |path: &Path| std::fs::read(path);
    let no_recording = |_: &Path| Err(std::io::ErrorKind::NotFound.into());
    let (loaded, compiled) = scenario::load_and_compile(path, &sets, &read, &no_recording)
        .unwrap_or_else(|(sources, mistakes)| panic!("{}", spendcast::spec::render(&sources, &mistakes, false)));
    let all: u32 = most.unwrap_or(loaded.scenario.replications.0);
    let made = all.min(at_most);
    let run = run_with(
        &compiled,
        Settings { seed: loaded.scenario.seed, replications: made, threads: 2, batch: 16, bounds: loaded.scenario.bounds.0 },
    );
    let baseline = loaded.scenario.baseline_index();
    let requests = run.rows.iter().map(|row| row.requests as f64).sum::<f64>() / compiled.strategies.len() as f64;
    let summary = Summary::of(&spendcast::experiment::Results { baseline, ..results(&compiled, run) });
    Run { summary, all, made, requests }
}

/// A figure of a summary, as it would be printed.
fn given(summary: &Summary, strategy: &str, (metric, of): Column) -> Option<f64> {
    let at = summary.strategies.iter().position(|summary| summary.name == strategy)?;
    let difference = || {
        let with = summary.comparisons.iter().find(|c| c.strategy == at && c.reference == Reference::Baseline)?;
        with.metrics.get(metric).as_ref()
    };
    let value = match of {
        Of::Mean => summary.strategies[at].metrics.get(metric).as_ref()?.mean.value,
        Of::Difference => difference()?.mean.value,
        Of::Relative => difference()?.relative?.value,
    };
    let percent = of == Of::Relative || is_share(metric);
    Some(if percent { 100.0 * value } else { value })
}

fn is_share(metric: Metric) -> bool {
    metric.unit() == MetricUnit::Share
}

/// What a table says that its run does not give.
fn wrong(table: &Table, run: &Run) -> Vec<String> {
    let mut wrong = Vec::new();
    for (strategy, cells) in &table.rows {
        for (column, figure) in table.columns.iter().zip(cells) {
            let (figure, given) = match (figure, given(&run.summary, strategy, *column)) {
                (Some(figure), Some(given)) => (figure, given),
                (None, None) => continue,
                (figure, given) => {
                    wrong.push(format!("{strategy}, {column:?}: {figure:?}, and not {given:?}"));
                    continue;
                }
            };
            let error = (figure.high - figure.low) / 2.0 / 1.96 * (f64::from(run.all) / f64::from(run.made) - 1.0).sqrt();
            let rare = if is_share(column.0) { 100.0 * RARE / run.requests } else { 0.0 };
            let most = SIGMAS * error + rare + figure.unit;
            if (figure.value - given).abs() > most || !(figure.low..=figure.high).contains(&figure.value) {
                wrong.push(format!("{strategy}, {column:?}: {figure:?}, and not {given} +- {most}"));
            }
        }
    }
    wrong
}

/// Checks all tables of a folder's scenarios, with so many replications at most.
fn check(folder: &str, least: usize, at_most: u32) {
    let mut seen = 0;
    let mut wrongs: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, text) in scenarios(folder) {
        let (_, says) = text.split_once(SAYS).unwrap_or_else(|| panic!("{name} says nothing"));
        let strategies = strategies(&text);
        let mut before: Option<(Vec<String>, Run)> = None;
        for table in tables(says, &strategies) {
            assert!(!table.rows.is_empty(), "{name}: a table without rows");
            let path = format!("{folder}/{name}.toml");
            let done = before.take().filter(|(options, _)| *options == table.options).map(|(_, run)| run);
            let run = done.unwrap_or_else(|| run(Path::new(&path), &table.options, at_most));
            let of = format!("{name} {}", table.options.join(" "));
            wrongs.entry(of).or_default().extend(wrong(&table, &run));
            before = Some((table.options, run));
            seen += 1;
        }
    }
    wrongs.retain(|_, wrong| !wrong.is_empty());
    assert!(wrongs.is_empty(), "{wrongs:#?}");
    assert!(seen >= least, "{seen} tables");
}

/// The names of a scenario's strategies, the longest first, since one may begin with another.
fn strategies(text: &str) -> Vec<String> {
    let below = |line| str::trim_start_matches(line, '[').strip_prefix("strategies.");
    let mut names: Vec<String> = text
        .lines()
        .filter(|line| line.starts_with('['))
        .filter_map(below)
        .map(|path| path.split([']', '.']).next().unwrap_or_default().to_owned())
        .collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    names.dedup();
    names
}

#[test]
fn tables_of_what_comes_of_the_article_are_what_runs_give() {
    check("scenarios/article", 34, REPLICATIONS);
}

#[test]
fn tables_of_what_comes_of_gateways_questions_are_what_runs_give() {
    check("scenarios/gateways", 14, REPLICATIONS);
}

/// All replications, so that nothing but rounding is left: after anything that changes numbers.
#[test]
#[ignore = "takes minutes"]
fn tables_are_what_full_runs_give() {
    check("scenarios/article", 34, u32::MAX);
    check("scenarios/gateways", 14, u32::MAX);
}
