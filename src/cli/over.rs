//! `--over PATH=VALUES`: a list, or a grid between two numbers of one unit.
//!
//! `0.01,0.02,0.05 USD` and `"a","b"` are lists; `10%..50%:5` is a grid of five places, `10k..1M:9log` one at equal ratios. A unit
//! need only stand behind the last number.

use crate::experiment::{Axis, Spacing};

/// So many places has a grid that does not say how many.
const STEPS: usize = 9;
/// More are no grid but a mistake.
const MOST: usize = 1_000;

/// Reads one `--over`.
///
/// # Errors
/// What is wrong with it.
pub(super) fn axis(path: &str, values: &str) -> Result<Axis, String> {
    let wrong = |what: &str| format!("--over {path}={values}: {what}");
    if let Some((low, rest)) = values.split_once("..").filter(|(low, _)| !low.contains(['"', '\'', '['])) {
        let (high, (steps, spacing)) = match rest.rsplit_once(':') {
            None => (rest, (STEPS, Spacing::Linear)),
            Some((high, steps)) => (
                high,
                how_many(steps).ok_or_else(|| {
                    wrong(&format!(
                        "{steps:?} is no number of places; expected 2 to {MOST}, such as :9, or :9log for equal ratios"
                    ))
                })?,
            ),
        };
        let ends = number(low).zip(number(high));
        let ((low, unit), (high, of_both)) = ends.ok_or_else(|| wrong("expected two numbers, such as 10%..50%:5"))?;
        if !unit.trim().is_empty() && unit.trim() != of_both.trim() {
            return Err(wrong(&format!("the ends have different units, {:?} and {:?}", unit.trim(), of_both.trim())));
        }
        let grid = Axis::grid(path.to_owned(), (low, high), steps, spacing, of_both.to_owned());
        return grid.ok_or_else(|| wrong("the lower end must stand first, and be more than nothing for equal ratios"));
    }
    let texts: Vec<String> = list(values).into_iter().map(|text| text.trim().to_owned()).collect();
    if texts.iter().any(String::is_empty) {
        return Err(wrong("expected values, such as 1,2,5, or a grid, such as 10%..50%:5"));
    }
    if let Some(twice) = texts.iter().enumerate().find(|(at, text)| texts[..*at].contains(text)) {
        return Err(wrong(&format!("{} stands there twice", twice.1)));
    }
    Ok(numbers(path, &texts).unwrap_or_else(|| Axis::named(path.to_owned(), texts)))
}

fn how_many(text: &str) -> Option<(usize, Spacing)> {
    let (count, spacing) = text.strip_suffix("log").map_or((text, Spacing::Linear), |count| (count, Spacing::Logarithmic));
    let count = count.trim().parse().ok().filter(|count| (2..=MOST).contains(count))?;
    Some((count, spacing))
}

/// The list as numbers of one unit, where it is one. A unit behind the last alone holds for all.
fn numbers(path: &str, texts: &[String]) -> Option<Axis> {
    let read: Vec<(f64, &str)> = texts.iter().map(|text| number(text)).collect::<Option<_>>()?;
    let unit = read.last()?.1;
    let alike = read.iter().all(|(_, own)| own.trim() == unit.trim());
    let last_alone = read[..read.len() - 1].iter().all(|(_, own)| own.is_empty());
    let numbers: Vec<f64> = read.iter().map(|(number, _)| *number).collect();
    (alike || last_alone).then(|| Axis::numbers(path.to_owned(), &numbers, unit.to_owned()))
}

/// A number with what stands behind it; `None` where it is none, or what follows is no unit.
pub(super) fn number(text: &str) -> Option<(f64, &str)> {
    let text = text.trim();
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '_' | '-'))).unwrap_or(text.len());
    let number: f64 = text[..end].replace('_', "").parse().ok()?;
    let behind = &text[end..];
    let zeros = |sign| match sign {
        Some('k') => 1e3,
        Some('M') => 1e6,
        Some('G') => 1e9,
        _ => 1.0,
    };
    let factor =
        if behind.chars().nth(1).is_none_or(|next| !next.is_ascii_alphanumeric()) { zeros(behind.chars().next()) } else { 1.0 };
    let unit = if factor > 1.0 { &behind[1..] } else { behind };
    let first = unit.trim_start().chars().next();
    // 1024x1024 and dates are names and no numbers.
    let is_size = unit.starts_with('x') && unit[1..].starts_with(|c: char| c.is_ascii_digit());
    (first.is_none_or(|c| c.is_alphabetic() || matches!(c, '%' | '/')) && !is_size).then_some((number * factor, unit))
}

/// The parts between commas that stand in no quotes and no brackets.
fn list(text: &str) -> Vec<&str> {
    let (mut parts, mut from, mut depth, mut quote) = (Vec::new(), 0, 0_i32, None);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), _) if open == c => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, '[' | '{') => depth += 1,
            (None, ']' | '}') => depth -= 1,
            (None, ',') if depth == 0 => {
                parts.push(&text[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[from..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(values: &str) -> Result<Vec<String>, String> {
        axis("a", values).map(|axis| axis.values.into_iter().map(|value| value.text).collect())
    }

    #[test]
    fn lists_and_grids_keep_their_units() {
        let expected = |values: &str, expected: &[&str]| assert_eq!(texts(values).expect("an axis"), expected, "{values}");
        expected("1,2, 5", &["1", "2", "5"]);
        expected("0.01..0.05 USD:3", &["0.01 USD", "0.03 USD", "0.05 USD"]);
        expected("10%..50%:3", &["10%", "30%", "50%"]);
        expected("10k..200k:2", &["10000", "200000"]);
        expected("1..1M:3log", &["1", "1000", "1000000"]);
        expected("20k/30d..40k/30d:3", &["20000/30d", "30000/30d", "40000/30d"]);
        expected("5,10min", &["5min", "10min"]);
        expected("512x512,1024x1024", &["512x512", "1024x1024"]);
        expected("2026-01-01,2026-02-01", &["2026-01-01", "2026-02-01"]);
        expected("[1,2],[3]", &["[1,2]", "[3]"]);
        expected("\"a,b\",'c'", &["\"a,b\"", "'c'"]);
        expected("true,false", &["true", "false"]);
        assert_eq!(axis("a", "5,1024x1024").expect("names").range(), None);
        assert_eq!(axis("a", "1M,2M").expect("numbers").range(), Some((1e6, 2e6)));
        assert_eq!(axis("a", "1..2").expect("a grid").values.len(), STEPS);
    }

    #[test]
    fn nonsense_is_told() {
        for wrong in [
            "",
            "1,,2",
            "1..",
            "..2",
            "2..1",
            "1..1",
            "0..1:9log",
            "1..2:1",
            "1..2:x",
            "1 USD..2 EUR",
            "1,1",
            "a..b",
            "1..2:9999",
        ] {
            let told = texts(wrong).expect_err(wrong);
            assert!(told.starts_with("--over a="), "{told}");
        }
    }
}
