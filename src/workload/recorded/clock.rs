//! Times as a recording writes them, to microseconds since 1970 (or since whatever zero it has).
//!
//! Patterns of fixed-width fields, which nearly all recordings use, are read by a few lines of our own; all others by
//! jiff. A test holds the two to the same results. The offset of a time zone is looked up once per hour of local time.

use jiff::civil::{Date, DateTime};
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use jiff::{Timestamp, Zoned};

use super::cells::{decimal_micros, digits_of, shown};
use super::{BadKind, Mapping, ReadError, TimeFormat, TimeUnit, Zero};

/// When a row was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Instant {
    pub(super) micros: i64,
    /// Whether the clock showed that time twice.
    pub(super) twice: bool,
}

/// Reads the times of one recording.
#[derive(Debug)]
pub(super) struct Clock {
    form: Form,
    zone: TimeZone,
    /// A local hour that has one offset from its beginning to its end.
    hour: Option<(Date, i8, Offset)>,
}

#[derive(Debug)]
enum Form {
    Number(TimeUnit, Zero),
    Fields(Vec<Field>),
    Jiff(String),
}

/// One piece of a pattern that has a fixed meaning and width, but for the fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Literal(u8),
    Year,
    /// Month, day, hour, minute, second: an index into the parts, 1 to 5.
    Two(usize),
    /// `%f`: digits.
    Fraction,
    /// `%.f`: a point and digits, or nothing.
    DotFraction,
}

impl Clock {
    /// # Errors
    /// A pattern that is not one, or that does not tell date and time.
    pub(super) fn new(mapping: &Mapping) -> Result<Self, ReadError> {
        let form = match &mapping.time_format {
            TimeFormat::Number { unit, zero } => Form::Number(*unit, *zero),
            TimeFormat::Pattern(pattern) => {
                check_pattern(pattern)?;
                compile(pattern).map_or_else(|| Form::Jiff(pattern.clone()), Form::Fields)
            }
        };
        Ok(Self { form, zone: mapping.time_zone.clone(), hour: None })
    }

    /// Whether the times are counted from 1970.
    pub(super) fn is_civil(&self) -> bool {
        !matches!(self.form, Form::Number(_, Zero::Unknown))
    }

    /// A moment in the recording's time zone.
    pub(super) fn zoned(&self, moment: Timestamp) -> Zoned {
        moment.to_zoned(self.zone.clone())
    }

    /// # Errors
    /// What is wrong with the text.
    pub(super) fn read(&mut self, text: &[u8]) -> Result<Instant, (BadKind, String)> {
        let civil = match &self.form {
            Form::Number(unit, zero) => return number(text, *unit, *zero),
            Form::Fields(fields) => {
                fields_of(text, fields).ok_or_else(|| (BadKind::Time, format!("{} does not fit the pattern", shown(text))))?
            }
            Form::Jiff(pattern) => {
                let broken = BrokenDownTime::parse(pattern, text).map_err(|error| unreadable(text, &error))?;
                let civil = broken.to_datetime().map_err(|error| unreadable(text, &error))?;
                if let Some(offset) = broken.offset() {
                    let at = offset.to_timestamp(civil).map_err(|error| unreadable(text, &error))?;
                    return Ok(Instant { micros: at.as_microsecond(), twice: false });
                }
                civil
            }
        };
        self.in_zone(civil).map_err(|error| match error {
            Some(error) => unreadable(text, &error),
            None => (BadKind::SkippedTime, format!("{} is a time that the clock skipped", shown(text))),
        })
    }

    /// The instant of a local time; `Err(None)` where the clock was put forward past it.
    fn in_zone(&mut self, civil: DateTime) -> Result<Instant, Option<jiff::Error>> {
        if let Some((date, hour, offset)) = self.hour
            && date == civil.date()
            && hour == civil.hour()
        {
            let at = offset.to_timestamp(civil).map_err(Some)?;
            return Ok(Instant { micros: at.as_microsecond(), twice: false });
        }
        let ambiguous = self.zone.to_ambiguous_timestamp(civil);
        let (offset, twice) = match ambiguous.offset() {
            AmbiguousOffset::Unambiguous { offset } => (offset, false),
            AmbiguousOffset::Fold { before, .. } => (before, true),
            AmbiguousOffset::Gap { .. } => return Err(None),
        };
        self.hour = self.steady_hour(civil).map(|offset| (civil.date(), civil.hour(), offset));
        let at = offset.to_timestamp(civil).map_err(Some)?;
        Ok(Instant { micros: at.as_microsecond(), twice })
    }

    /// The offset of a local hour, where it is the same and certain at both of its ends.
    fn steady_hour(&self, civil: DateTime) -> Option<Offset> {
        let at = |minute, second| {
            let time = civil.date().at(civil.hour(), minute, second, 0);
            match self.zone.to_ambiguous_timestamp(time).offset() {
                AmbiguousOffset::Unambiguous { offset } => Some(offset),
                _ => None,
            }
        };
        let offset = at(0, 0)?;
        (at(59, 59)? == offset).then_some(offset)
    }
}

fn unreadable(text: &[u8], error: &jiff::Error) -> (BadKind, String) {
    (BadKind::Time, format!("{} is not a time: {error}", shown(text)))
}

/// A numeric time. Unix times must lie in 1970 to 2199: beyond that, the unit is certainly wrong.
fn number(text: &[u8], unit: TimeUnit, zero: Zero) -> Result<Instant, (BadKind, String)> {
    const LAST: i64 = 7_258_118_400_000_000;
    let Some(micros) = decimal_micros(text, unit.nanos()) else {
        return Err((BadKind::Time, format!("{} is not a number of {}", shown(text), unit.name())));
    };
    if zero == Zero::Epoch && !(0..LAST).contains(&micros) {
        let what = format!("{} is beyond 1970 to 2199 in {}: is that the unit?", shown(text), unit.name());
        return Err((BadKind::Time, what));
    }
    Ok(Instant { micros, twice: false })
}

/// Writes a date and time with the pattern and reads it back.
fn check_pattern(pattern: &str) -> Result<(), ReadError> {
    let sample = jiff::civil::date(2026, 11, 22).at(21, 34, 56, 0);
    let wrong = |what: String| ReadError::Mapping(format!("the time pattern {pattern:?} {what}"));
    let zoned = sample.to_zoned(TimeZone::UTC).map_err(|error| wrong(error.to_string()))?;
    let text = BrokenDownTime::from(&zoned).to_string(pattern).map_err(|error| wrong(format!("is not one: {error}")))?;
    let back = BrokenDownTime::parse(pattern, &text).and_then(|broken| broken.to_datetime());
    match back {
        Ok(back) if back.date() == sample.date() && back.hour() == sample.hour() => Ok(()),
        _ => Err(wrong("does not tell date and time".to_owned())),
    }
}

/// The pattern in fields of fixed width, where it has only such.
fn compile(pattern: &str) -> Option<Vec<Field>> {
    let mut fields = Vec::new();
    let mut bytes = pattern.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            // Blanks match any number of blanks in strptime.
            if !byte.is_ascii_graphic() && byte != b' ' {
                return None;
            }
            fields.push(Field::Literal(byte));
            continue;
        }
        match bytes.next()? {
            b'Y' => fields.push(Field::Year),
            b'm' => fields.push(Field::Two(1)),
            b'd' => fields.push(Field::Two(2)),
            b'H' => fields.push(Field::Two(3)),
            b'M' => fields.push(Field::Two(4)),
            b'S' => fields.push(Field::Two(5)),
            b'F' => fields.extend([Field::Year, Field::Literal(b'-'), Field::Two(1), Field::Literal(b'-'), Field::Two(2)]),
            b'T' => fields.extend([Field::Two(3), Field::Literal(b':'), Field::Two(4), Field::Literal(b':'), Field::Two(5)]),
            b'f' => fields.push(Field::Fraction),
            b'.' if bytes.next() == Some(b'f') => fields.push(Field::DotFraction),
            _ => return None,
        }
    }
    Some(fields)
}

fn fields_of(mut text: &[u8], fields: &[Field]) -> Option<DateTime> {
    let mut parts = [0_i16; 6];
    let mut nanos = 0;
    for field in fields {
        match field {
            Field::Literal(byte) => text = text.strip_prefix(&[*byte])?,
            Field::Year => parts[0] = take(&mut text, 4)?,
            Field::Two(part) => parts[*part] = take(&mut text, 2)?,
            Field::Fraction => nanos = fraction(&mut text)?,
            Field::DotFraction => {
                if let Some(rest) = text.strip_prefix(b".") {
                    text = rest;
                    nanos = fraction(&mut text)?;
                }
            }
        }
    }
    if !text.is_empty() {
        return None;
    }
    let [year, month, day, hour, minute, second] = parts;
    // A leap second is read as the second before it, as jiff reads it.
    let second = if second == 60 { 59 } else { second };
    DateTime::new(year, month as i8, day as i8, hour as i8, minute as i8, second as i8, nanos).ok()
}

fn take(text: &mut &[u8], width: usize) -> Option<i16> {
    let (head, rest) = text.split_at_checked(width)?;
    *text = rest;
    digits_of(head).map(|value| value as i16)
}

/// 1 to 9 digits of a fraction of a second, in nanoseconds.
fn fraction(text: &mut &[u8]) -> Option<i32> {
    let width = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (head, rest) = text.split_at(width);
    *text = rest;
    if width > 9 {
        return None;
    }
    digits_of(head).map(|value| value as i32 * 10_i32.pow(9 - width as u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_fields_and_jiff_read_the_same() {
        let pattern = "%Y-%m-%d %H:%M:%S%.f";
        let fields = compile(pattern).expect("fixed widths only");
        let good = ["2023-11-16 18:17:03.9799600", "2024-02-29 00:00:00", "2016-12-31 23:59:60", "1999-01-01 23:59:59.123456789"];
        let wrong =
            ["2023-02-29 00:00:00", "2024-13-01 00:00:00", "2024-01-01 24:00:00", "2024-01-01", "2024-01-01 00:00:00.", "x", ""];
        for text in good.into_iter().chain(wrong) {
            let jiff = BrokenDownTime::parse(pattern, text).and_then(|broken| broken.to_datetime()).ok();
            assert_eq!(fields_of(text.as_bytes(), &fields), jiff, "{text}");
        }
        assert!(good.iter().all(|text| fields_of(text.as_bytes(), &fields).is_some()));
        assert!(compile("%d/%b/%Y:%H:%M:%S %z").is_none() && compile("%Y\t%m").is_none());
    }

    #[test]
    fn patterns_must_tell_a_date_and_a_time() {
        for good in ["%Y-%m-%dT%H:%M:%S", "%F %T%.f", "%d/%b/%Y:%H:%M:%S %z", "%Y%m%d%H%M%S", "%m/%d/%Y %I:%M:%S %p"] {
            assert!(check_pattern(good).is_ok(), "{good}");
        }
        for wrong in ["%H:%M:%S", "%Y-%m-%d", "%Q", "", "no time", "%Y-%m-%d %"] {
            assert!(check_pattern(wrong).is_err(), "{wrong}");
        }
    }
}
