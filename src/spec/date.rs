//! Dates as TOML writes them, without quotes.

use jiff::civil::{DateTime, Time};
use jiff::fmt::temporal::{Pieces, PiecesOffset};
use jiff::tz::{Offset, TimeZone};
use serde_json::{Value, json};

use super::{Data, Field, Mistake, Node, Place, Reader};

/// A date, or a date and time, with or without an offset from UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Date {
    /// What calendar and clock show; a date alone is its midnight.
    pub civil: DateTime,
    /// The offset from UTC, where one is written.
    pub offset: Option<Offset>,
}

impl Date {
    /// The instant, as a time zone shows it. Without an offset, the clock is the zone's; a time that the
    /// zone's clock skips is taken an hour later.
    ///
    /// # Errors
    /// Dates that are beyond what jiff can represent.
    pub fn in_zone(self, zone: &TimeZone) -> Result<jiff::Zoned, jiff::Error> {
        match self.offset {
            Some(offset) => Ok(offset.to_timestamp(self.civil)?.to_zoned(zone.clone())),
            None => zone.to_zoned(self.civil),
        }
    }

    fn from_toml(text: &str) -> Option<Self> {
        let pieces = Pieces::parse(text).ok()?;
        let offset = match pieces.offset() {
            None => None,
            Some(PiecesOffset::Zulu) => Some(Offset::UTC),
            Some(PiecesOffset::Numeric(offset)) => Some(offset.offset()),
            Some(_) => return None,
        };
        let time = pieces.time().unwrap_or(Time::midnight());
        Some(Self { civil: pieces.date().to_datetime(time), offset })
    }
}

/// Whether a text begins as dates do, `2026-02-30`, but the calendar has no such day.
pub(super) fn is_no_day(text: &str) -> bool {
    let Some(day) = text.get(..10) else { return false };
    let is_like_a_date =
        day.bytes().enumerate().all(|(at, byte)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() });
    is_like_a_date && day.parse::<jiff::civil::Date>().is_err()
}

/// The mistake of writing a day that the calendar has not.
pub(super) fn no_such_day(place: &Place, text: &str) -> Mistake {
    Mistake::error(place, format!("{text} is no date")).label("no such day in the calendar")
}

impl std::fmt::Display for Date {
    /// The date, with the time where it is not midnight, and with the offset where there is one.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.offset {
            Some(offset) => write!(f, "{}{offset}", self.civil),
            None if self.civil.time() == Time::midnight() => write!(f, "{}", self.civil.date()),
            None => write!(f, "{}", self.civil),
        }
    }
}

impl Field for Date {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        match &node.data {
            Data::Date(date) => {
                let read = Self::from_toml(date);
                if read.is_none() {
                    reader.push(Mistake::error(&node.place, "this is not a date").label("expected a date such as 2026-01-31"));
                }
                read
            }
            Data::Text(text) if is_no_day(text) => {
                reader.push(no_such_day(&node.place, text));
                None
            }
            Data::Text(text) => {
                let what = format!("expected a date such as 2026-01-31, found the text {text:?}");
                let label = if Self::from_toml(text).is_some() { "dates are written without quotes" } else { "not a date" };
                reader.push(Mistake::error(&node.place, what).label(label));
                None
            }
            _ => {
                reader.wrong_type(node, "a date such as 2026-01-31");
                None
            }
        }
    }

    fn example() -> Option<String> {
        Some("2026-01-31".to_owned())
    }

    fn schema() -> Value {
        json!({ "type": "string" })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Sources, parse_value};
    use super::*;

    fn read(text: &str) -> Option<Date> {
        let file = Sources::new().add("a.toml", text);
        let node = parse_value(text, file, 0)?;
        Date::read(&node, &mut Reader::new())
    }

    #[test]
    fn reads_dates_with_and_without_a_clock() {
        let zone = TimeZone::get("Europe/Berlin").expect("built in");
        let instant = |text| read(text).and_then(|date| date.in_zone(&zone).ok()).map(|zoned| zoned.timestamp().to_string());
        assert_eq!(instant("2026-01-31").as_deref(), Some("2026-01-30T23:00:00Z"));
        assert_eq!(instant("2026-07-01T12:30:00").as_deref(), Some("2026-07-01T10:30:00Z"));
        assert_eq!(instant("2026-07-01 12:30:00+05:30").as_deref(), Some("2026-07-01T07:00:00Z"));
        assert_eq!(instant("2026-07-01T12:30:00Z").as_deref(), Some("2026-07-01T12:30:00Z"));
        for wrong in ["12:30:00", "\"2026-01-01\"", "2026", "0000-01-01T00:00:00"] {
            let read = read(wrong);
            assert!(read.is_none() || wrong.starts_with("0000"), "{wrong} was read");
        }
    }

    #[test]
    fn a_day_that_the_calendar_has_not_is_said_to_be_none() {
        for none in ["2026-13-01", "2026-02-30", "2026-00-10", "2026-02-30T12:00:00", "2025-02-29"] {
            assert!(is_no_day(none), "{none}");
        }
        for other in ["2026-01-31", "2024-02-29", "2026-1-1", "tomorrow", "", "2026-01-01T25:00:00", "20266-01-01", "äöüäöü"]
        {
            assert!(!is_no_day(other), "{other}");
        }
    }

    #[test]
    fn a_text_is_told_why_it_is_no_date() {
        let told = |text: &str| {
            let mut sources = Sources::new();
            let place = Place { file: sources.add("a.toml", text), span: 0..text.len() };
            let mut reader = Reader::new();
            assert!(Date::read(&Node { place, data: Data::Text(text.to_owned()) }, &mut reader).is_none());
            reader.into_mistakes().into_sorted().remove(0).label
        };
        assert_eq!(told("2026-01-31"), "dates are written without quotes");
        assert_eq!(told("2026-13-01"), "no such day in the calendar");
        assert_eq!((told("2026-1-1").as_str(), told("2026-01-01T25:00:00").as_str()), ("not a date", "not a date"));
    }

    #[test]
    fn prints_what_it_reads() {
        for text in ["2026-01-31", "2026-01-31T12:30:00", "2026-01-31T12:30:00+05:30"] {
            assert_eq!(read(text).map(|date| date.to_string()).as_deref(), Some(text));
        }
    }
}
