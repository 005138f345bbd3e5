//! Sizes of stored data.

use super::{Decimal, NotAQuantity};

/// A number of bytes.
///
/// ```
/// use spendcast::units::Bytes;
/// assert_eq!("1.5MB".parse::<Bytes>().unwrap().get(), 1_500_000);
/// assert_eq!("2 GiB".parse::<Bytes>().unwrap().get(), 2 * 1024 * 1024 * 1024);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bytes(u64);

/// Decimal units (SI), then binary ones (IEC 80000-13).
const UNITS: [(&str, u64); 9] = [
    ("B", 1),
    ("kB", 1000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
];

const EXPECTED: &str = r#"a size such as "1.5MB", "10GB" or "8GiB""#;

impl Bytes {
    /// A billion bytes, by which storage is sold.
    pub const GB: u64 = 1_000_000_000;

    /// So many bytes.
    pub const fn new(bytes: u64) -> Self {
        Self(bytes)
    }

    /// How many.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl std::fmt::Display for Bytes {
    /// The longest decimal unit in which it is a whole number.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let whole = UNITS[..5].iter().rev().find(|(_, unit)| self.0.is_multiple_of(*unit));
        let (name, unit) = whole.copied().unwrap_or(("B", 1));
        write!(f, "{}{name}", self.0 / unit)
    }
}

impl std::str::FromStr for Bytes {
    type Err = NotAQuantity;

    /// Reads a number and a unit: `"1.5MB"`, `"10GB"`, `"8GiB"`.
    ///
    /// # Errors
    /// No or an unknown unit, a sign, parts of a byte, and more bytes than 64 bits hold.
    fn from_str(text: &str) -> Result<Self, NotAQuantity> {
        let text = text.trim();
        let split = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
        let (number, unit) = (text[..split].trim_end(), &text[split..]);
        let Some((_, unit)) = UNITS.into_iter().find(|(name, _)| *name == unit) else {
            let what = if unit.is_empty() { format!("{text:?} has no unit") } else { format!("{unit:?} is not a unit of size") };
            return Err(NotAQuantity::new(what, EXPECTED));
        };
        let number: Decimal = number.parse().map_err(|e: NotAQuantity| NotAQuantity::new(e.what, EXPECTED))?;
        let (total, parts) = (u128::from(number.digits) * u128::from(unit), 10_u128.pow(number.scale));
        if total % parts != 0 {
            return Err(NotAQuantity::new(format!("{text:?} is not a whole number of bytes"), EXPECTED));
        }
        let bytes = u64::try_from(total / parts);
        bytes.map(Self).map_err(|_| NotAQuantity::new(format!("{text:?} is too much"), EXPECTED))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_kinds_of_unit_exactly() {
        let read = |text: &str| text.parse::<Bytes>().map(Bytes::get).map_err(|wrong| wrong.what);
        assert_eq!([read("10GB"), read("1.5MB"), read("1KiB")], [Ok(10_000_000_000), Ok(1_500_000), Ok(1024)]);
        assert_eq!("1500 kB".parse::<Bytes>().map(|bytes| bytes.to_string()), Ok("1500kB".to_owned()));
        assert_eq!(read("10"), Err("\"10\" has no unit".to_owned()));
        assert_eq!(read("10Gb"), Err("\"Gb\" is not a unit of size".to_owned()));
        assert_eq!(read("0.1B"), Err("\"0.1B\" is not a whole number of bytes".to_owned()));
        assert!(read("99999999TB").is_err() && read("-1GB").is_err() && read("GB").is_err());
    }
}
