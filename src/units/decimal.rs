//! Exact decimal numbers, as far as a price or a rate needs them.

use super::NotAQuantity;

/// A non-negative decimal number `digits * 10^-scale`, read from its literal text.
///
/// ```
/// use spendcast::units::Decimal;
/// let price: Decimal = "0.040".parse().unwrap();
/// assert_eq!((price.digits, price.scale), (40, 3));
/// assert_eq!("20k".parse::<Decimal>().unwrap().to_integer(), Some(20_000));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimal {
    /// All digits, without the point.
    pub digits: u64,
    /// How many of the digits stand behind the point, 0 to 18.
    pub scale: u32,
}

const EXPECTED: &str = r#"a number such as "12", "0.04" or "20k""#;

impl Decimal {
    /// The number as an integer, where it is one and fits.
    pub fn to_integer(self) -> Option<u64> {
        let unit = 10_u64.checked_pow(self.scale)?;
        (self.digits.is_multiple_of(unit)).then_some(self.digits / unit)
    }

    /// The number times `10^exponent` as an integer, rounded half to even where digits are lost.
    /// `None` where it does not fit.
    pub fn scaled(self, exponent: u32) -> Option<i128> {
        let digits = i128::from(self.digits);
        if exponent >= self.scale {
            return digits.checked_mul(10_i128.checked_pow(exponent - self.scale)?);
        }
        Some(divide_half_even(digits, 10_i128.checked_pow(self.scale - exponent)?))
    }

    /// The nearest `f64`.
    pub fn to_f64(self) -> f64 {
        // Both parts are exact below 2^53, so that one division rounds once.
        self.digits as f64 / 10_f64.powi(self.scale as i32)
    }
}

impl std::str::FromStr for Decimal {
    type Err = NotAQuantity;

    /// Reads digits with an optional point, `_` between digits, and an optional `k`, `M` or `G`.
    ///
    /// # Errors
    /// Anything else, a sign, an exponent, and more digits than fit.
    fn from_str(text: &str) -> Result<Self, NotAQuantity> {
        // The minus of a keyboard and the minus of typography.
        match text.strip_prefix(['-', '\u{2212}']) {
            Some(number) if unsigned(number).is_ok() => {
                Err(NotAQuantity::new(format!("{text:?} must not be negative"), EXPECTED))
            }
            _ => unsigned(text),
        }
    }
}

/// Reads a number without a sign.
fn unsigned(text: &str) -> Result<Decimal, NotAQuantity> {
    let (body, zeros) = match text.char_indices().next_back() {
        Some((at, 'k')) => (&text[..at], 3),
        Some((at, 'M')) => (&text[..at], 6),
        Some((at, 'G')) => (&text[..at], 9),
        _ => (text, 0),
    };
    let (whole, fraction) = body.split_once('.').unwrap_or((body, ""));
    let is_number = |part: &str| part.chars().all(|c| c.is_ascii_digit() || c == '_');
    if whole.is_empty() || !is_number(whole) || !is_number(fraction) || body.ends_with('.') || whole.starts_with('_') {
        let how = if body.contains(',') { ": numbers are written without commas" } else { "" };
        return Err(NotAQuantity::new(format!("{text:?} is not a number{how}"), EXPECTED));
    }
    let too_long = || NotAQuantity::new(format!("{text:?} has too many digits"), EXPECTED);
    let mut digits = 0_u64;
    for c in whole.chars().chain(fraction.chars()).filter(char::is_ascii_digit) {
        let digit = u64::from(c.to_digit(10).unwrap_or(0));
        digits = digits.checked_mul(10).and_then(|d| d.checked_add(digit)).ok_or_else(too_long)?;
    }
    let scale = fraction.chars().filter(char::is_ascii_digit).count() as u32;
    if scale > 18 {
        return Err(too_long());
    }
    if zeros <= scale {
        return Ok(Decimal { digits, scale: scale - zeros });
    }
    let digits = digits.checked_mul(10_u64.pow(zeros - scale)).ok_or_else(too_long)?;
    Ok(Decimal { digits, scale: 0 })
}

/// Reads a whole number as people write it: `"20000"`, `"20_000"`, `"20k"`, `"1.5M"`.
///
/// # Errors
/// Anything that is not a whole number, or does not fit into 64 bits.
pub fn parse_count(text: &str) -> Result<u64, NotAQuantity> {
    let number: Decimal = text.trim().parse()?;
    number.to_integer().ok_or_else(|| NotAQuantity::new(format!("{text:?} is not a whole number"), EXPECTED))
}

/// Divides, rounding half to even. `by` must be positive.
pub(super) fn divide_half_even(value: i128, by: i128) -> i128 {
    let (floor, rest) = (value.div_euclid(by), value.rem_euclid(by));
    let up = match (rest * 2).cmp(&by) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => floor % 2 != 0,
        std::cmp::Ordering::Greater => true,
    };
    floor + i128::from(up)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_half_to_even() {
        let halves: Vec<i128> = [-3, -1, 1, 3, 5].iter().map(|&v| divide_half_even(v, 2)).collect();
        assert_eq!(halves, [-2, 0, 0, 2, 2]);
    }

    #[test]
    fn reads_what_people_write_and_refuses_the_rest() {
        assert_eq!(parse_count("1.5M"), Ok(1_500_000));
        assert_eq!(parse_count("20_000"), Ok(20_000));
        for wrong in ["", "-1", "1e6", "1.", ".5", "1.5", "k", "_1", "99999999999999999999999", "1,000"] {
            assert!(parse_count(wrong).is_err(), "{wrong} was read");
        }
    }

    #[test]
    fn a_negative_number_is_said_to_be_one() {
        let what = |text: &str| text.parse::<Decimal>().expect_err("refused").what;
        for negative in ["-1", "-0.5", "-20k", "\u{2212}1"] {
            assert_eq!(what(negative), format!("{negative:?} must not be negative"));
        }
        for none in ["-", "--1", "-x", "1-", "- 1"] {
            assert_eq!(what(none), format!("{none:?} is not a number"));
        }
        assert_eq!(what("1,000"), "\"1,000\" is not a number: numbers are written without commas");
    }
}
