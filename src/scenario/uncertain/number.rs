//! A quantity as it is written: a number, and the unit behind it. What the unit means is for its reader to know.

use std::fmt::Write as _;

use crate::units::{Bytes, SimDuration};

/// A number with its unit as it is written, such as 80000 and "/30d" of `80k/30d`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Written {
    pub(super) number: f64,
    pub(super) unit: String,
    /// Whether it was written without a point.
    pub(super) whole: bool,
}

/// How a drawn number is written.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Form {
    pub(super) unit: String,
    /// Whether it is rounded to a whole number: where all it was made of were whole numbers without a unit.
    pub(super) whole: bool,
}

impl Written {
    /// Reads digits with an optional sign, point, `_` and `k`, `M` or `G`, and takes the rest for the unit. `None` where there are no
    /// digits.
    pub(super) fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let is_digit = |c: char| c.is_ascii_digit() || c == '.' || c == '_';
        let sign = usize::from(text.starts_with('-'));
        let digits = text[sign..].find(|c: char| !is_digit(c)).map_or(text.len(), |at| at + sign);
        let number: f64 = text[..digits].replace('_', "").parse().ok()?;
        let rest = &text[digits..];
        let zeros = rest.chars().next().and_then(|c| "kMG".find(c)).filter(|_| !rest[1..].starts_with(char::is_alphabetic));
        let (number, rest) = match zeros {
            Some(place) => (number * [1e3, 1e6, 1e9][place], &rest[1..]),
            None => (number, rest),
        };
        let whole = !text[..digits].contains('.') || (zeros.is_some() && number % 1.0 == 0.0);
        Some(Self { number, unit: rest.to_owned(), whole })
    }
}

impl Form {
    /// The form of what is drawn between these; `None` where their units differ. One without a unit has that of the last.
    pub(super) fn of(all: &mut [Written]) -> Option<Self> {
        let unit = all.last()?.unit.clone();
        for written in &mut *all {
            if written.unit.is_empty() {
                written.unit.clone_from(&unit);
            }
        }
        let whole = unit.is_empty() && all.iter().all(|written| written.whole);
        all.iter().all(|written| written.unit == unit).then_some(Self { unit, whole })
    }

    /// Whether it is a number of percent.
    pub(super) fn is_percent(&self) -> bool {
        self.unit.trim() == "%"
    }

    /// A number in this form, as its reader takes it: times in whole microseconds and sizes in whole bytes, which they are made of.
    pub(super) fn write(&self, number: f64) -> String {
        let one = format!("1{}", self.unit.trim());
        if let Ok(unit) = one.parse::<SimDuration>() {
            return format!("{:.0}us", libm::rint(number * unit.micros() as f64));
        }
        match one.parse::<Bytes>() {
            Ok(unit) => format!("{:.0}B", libm::rint(number * unit.get() as f64)),
            Err(_) => self.say(number),
        }
    }

    /// A number in this form, for people: nine digits that count, and no more than twelve behind the point.
    pub(super) fn say(&self, number: f64) -> String {
        if self.whole {
            return format!("{:.0}{}", libm::rint(number), self.unit);
        }
        let size = if number == 0.0 { 0.0 } else { libm::floor(libm::log10(number.abs())) };
        let places = (8.0 - size).clamp(0.0, 12.0) as usize;
        let mut text = format!("{number:.places$}");
        if text.contains('.') {
            text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
        }
        // Writing to a String cannot fail.
        let _ = write!(text, "{}", self.unit);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_from_units() {
        let read = |text| Written::read(text).map(|w| (w.number, w.unit, w.whole));
        assert_eq!(read("80k/30d"), Some((80_000.0, "/30d".into(), true)));
        assert_eq!(read("0.04 USD"), Some((0.04, " USD".into(), false)));
        assert_eq!(read("10GB"), Some((10.0, "GB".into(), true)));
        assert_eq!(read("1.5M"), Some((1_500_000.0, String::new(), true)));
        assert_eq!(read("-3%"), Some((-3.0, "%".into(), true)));
        assert_eq!((read(""), read("USD"), read("."), read("-")), (None, None, None, None));
    }

    #[test]
    fn a_drawn_number_is_written_like_its_ends() {
        let form = |texts: &[&str]| Form::of(&mut texts.iter().filter_map(|text| Written::read(text)).collect::<Vec<_>>());
        let usd = form(&["0.02", "0.04 USD"]).expect("one unit");
        assert_eq!(usd.write(0.031_234_567_89), "0.0312345679 USD");
        assert_eq!(usd.write(0.000_000_000_000_4), "0 USD");
        assert_eq!(form(&["2", "9"]).expect("none").write(3.7), "4");
        assert_eq!(form(&["2.0", "9"]).expect("none").write(3.75), "3.75");
        assert_eq!(form(&["80k/30d", "150k/30d"]).expect("one unit").write(113_234.567_89), "113234.568/30d");
        assert_eq!(form(&["500ms", "2s"]), None);
        let seconds = form(&["1s", "2s"]).expect("one unit");
        assert_eq!((seconds.write(1.837_340_71), seconds.say(1.837_340_71)), ("1837341us".into(), "1.83734071s".into()));
        assert_eq!(form(&["1GB", "2GB"]).expect("one unit").write(1.000_000_000_7), "1000000001B");
    }
}
