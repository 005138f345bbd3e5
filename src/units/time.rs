//! Simulated time: integer microseconds since the scenario's start.

use std::ops::{Add, AddAssign, Sub};

use serde::{Deserialize, Serialize};

use super::{Decimal, NotAQuantity};

/// An instant, in microseconds since the scenario's start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SimTime(i64);

/// A length of time, in microseconds.
///
/// ```
/// use spendcast::units::SimDuration;
/// let wait: SimDuration = "1.5s".parse().unwrap();
/// assert_eq!(wait.micros(), 1_500_000);
/// assert_eq!("30d".parse::<SimDuration>().unwrap().to_string(), "30d");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SimDuration(i64);

const EXPECTED: &str = r#"a duration such as "500ms", "2s", "5min", "12h" or "30d""#;

/// Units from the longest to the shortest; the first spelling is the one printed.
const UNITS: [(&str, i64); 7] = [
    ("d", 86_400_000_000),
    ("h", 3_600_000_000),
    ("min", 60_000_000),
    ("m", 60_000_000),
    ("s", 1_000_000),
    ("ms", 1_000),
    ("us", 1),
];

/// No duration that is read is longer: a thousand years. So an instant of a simulation and a few durations can be added
/// without a thought of overflow.
const LONGEST: i64 = 365_250 * UNITS[0].1;

impl SimTime {
    /// The scenario's start.
    pub const START: Self = Self(0);

    /// An instant, in microseconds since the start.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the start.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The time since an earlier instant.
    pub const fn since(self, earlier: Self) -> SimDuration {
        SimDuration(self.0 - earlier.0)
    }
}

impl SimDuration {
    /// No time at all.
    pub const ZERO: Self = Self(0);
    /// One hour.
    pub const HOUR: Self = Self(3_600_000_000);
    /// One day of 24 hours.
    pub const DAY: Self = Self(86_400_000_000);

    /// A length in microseconds.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// A length in seconds, rounded to the microsecond; lengths beyond 292 000 years are cut there.
    pub fn from_secs_f64(seconds: f64) -> Self {
        // `as` saturates and maps NaN to zero, so that no input can wrap.
        Self((seconds * 1e6).round_ties_even() as i64)
    }

    /// The length in microseconds.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The length in seconds.
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / 1e6
    }
}

impl Add<SimDuration> for SimTime {
    type Output = Self;
    fn add(self, length: SimDuration) -> Self {
        Self(self.0 + length.0)
    }
}

impl Sub<SimDuration> for SimTime {
    type Output = Self;
    fn sub(self, length: SimDuration) -> Self {
        Self(self.0 - length.0)
    }
}

impl Add for SimDuration {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for SimDuration {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl std::fmt::Display for SimDuration {
    /// The longest unit in which the length is a whole number: `90s`, `30d`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (unit, length) = UNITS.into_iter().find(|(_, length)| self.0 % length == 0).unwrap_or(("us", 1));
        match self.0 {
            0 => f.write_str("0s"),
            micros => write!(f, "{}{unit}", micros / length),
        }
    }
}

impl std::str::FromStr for SimDuration {
    type Err = NotAQuantity;

    /// Reads a number and a unit: `"500ms"`, `"1.5s"`, `"5min"`, `"12h"`, `"30d"`. A bare unit is one of it.
    ///
    /// # Errors
    /// No or an unknown unit, a sign, and lengths that are no whole number of microseconds or beyond 1000 years.
    fn from_str(text: &str) -> Result<Self, NotAQuantity> {
        let text = text.trim();
        let split = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
        let (number, unit) = (text[..split].trim_end(), &text[split..]);
        let Some((_, length)) = UNITS.into_iter().find(|(name, _)| *name == unit) else {
            let what = if unit.is_empty() { format!("{text:?} has no unit") } else { format!("{unit:?} is not a unit of time") };
            return Err(NotAQuantity::new(what, EXPECTED));
        };
        if number.is_empty() {
            return Ok(Self(length));
        }
        let number: Decimal = number.parse().map_err(|e: NotAQuantity| NotAQuantity::new(e.what, EXPECTED))?;
        let too_fine = || NotAQuantity::new(format!("{text:?} is not a whole number of microseconds"), EXPECTED);
        let total = i128::from(number.digits) * i128::from(length);
        let unit = 10_i128.pow(number.scale);
        if total % unit != 0 {
            return Err(too_fine());
        }
        let micros = i64::try_from(total / unit).ok().filter(|micros| *micros <= LONGEST);
        micros.map(Self).ok_or_else(|| NotAQuantity::new(format!("{text:?} is longer than 1000 years"), EXPECTED))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_unit() {
        let micros = |text: &str| text.parse::<SimDuration>().map(SimDuration::micros);
        assert_eq!(micros("500ms"), Ok(500_000));
        assert_eq!(micros("5min"), micros("5m"));
        assert!(micros("day").is_err());
        assert_eq!(micros("d"), Ok(86_400_000_000));
        assert_eq!(micros("0.5h"), micros("30min"));
        assert_eq!(micros("365250d"), Ok(LONGEST));
        for wrong in ["365250.1d", "9223372036854775807us", "2", "2 weeks", "-2s", "0.0000001s", "99999999999d", ""] {
            assert!(micros(wrong).is_err(), "{wrong} was read");
        }
    }
}
