//! Prices as they are written, to the last digit: no `f64`, no rounding until an amount of money is made.

use std::str::FromStr;

use serde_json::{Value, json};

use crate::spec::{Data, Field, Mistake, Node, Reader};
use crate::units::Usd;

/// A non-negative decimal number `digits * 10^-scale`, without trailing zeros. Price files go down to 2.384185791015625e-08 per
/// pixel, which neither a picodollar nor [`Decimal`](crate::units::Decimal) holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Exact {
    digits: u128,
    scale: u32,
}

/// More digits, or more places behind the point, than any price needs; products with pixels and shares still fit.
const MOST_DIGITS: usize = 24;
const MOST_PLACES: u32 = 30;
/// Decimal places of a picodollar.
const PICOS: u32 = 12;

impl Exact {
    /// Zero.
    pub const ZERO: Self = Self { digits: 0, scale: 0 };

    /// Whether it is zero.
    pub const fn is_zero(self) -> bool {
        self.digits == 0
    }

    /// The number times ten to the power `by`, which may be negative. `None` where it has too many places.
    #[must_use]
    pub fn shifted(self, by: i32) -> Option<Self> {
        if self.is_zero() {
            return Some(Self::ZERO);
        }
        let scale = i64::from(self.scale) - i64::from(by);
        if scale >= 0 {
            let scale = u32::try_from(scale).ok().filter(|scale| *scale <= MOST_PLACES)?;
            return Some(Self { digits: self.digits, scale }.trimmed());
        }
        let zeros = 10_u128.checked_pow(u32::try_from(-scale).ok()?)?;
        Some(Self { digits: self.digits.checked_mul(zeros)?, scale: 0 })
    }

    /// The number times a count. `None` where it does not fit.
    #[must_use]
    pub fn times(self, count: u64) -> Option<Self> {
        Some(Self { digits: self.digits.checked_mul(u128::from(count))?, scale: self.scale }.trimmed())
    }

    /// The sum. `None` where it does not fit.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        let digits = self.at(scale)?.checked_add(other.at(scale)?)?;
        Some(Self { digits, scale }.trimmed())
    }

    /// Rounded half to even to so many places behind the point.
    #[must_use]
    pub fn rounded(self, places: u32) -> Self {
        if self.scale <= places {
            return self;
        }
        let by = 10_u128.pow(self.scale - places);
        let (whole, rest) = (self.digits / by, self.digits % by);
        let up = rest * 2 > by || (rest * 2 == by && whole % 2 == 1);
        Self { digits: whole + u128::from(up), scale: places }.trimmed()
    }

    /// As an amount of dollars, rounded half to even to the picodollar. `None` where it is more money than exists.
    pub fn usd(self) -> Option<Usd> {
        let picos = i128::try_from(self.rounded(PICOS).at(PICOS)?).ok()?;
        (picos <= 10_i128.pow(24)).then(|| Usd::from_picos(picos))
    }

    /// An amount of dollars, where it is not negative.
    pub fn of_usd(amount: Usd) -> Option<Self> {
        Some(Self { digits: u128::try_from(amount.picos()).ok()?, scale: PICOS }.trimmed())
    }

    /// Which of two is larger.
    pub fn compare(self, other: Self) -> std::cmp::Ordering {
        let scale = self.scale.max(other.scale);
        match (self.at(scale), other.at(scale)) {
            (Some(own), Some(other)) => own.cmp(&other),
            // Only a number with few places can be too large for the other's places.
            _ => other.scale.cmp(&self.scale),
        }
    }

    /// The share of the difference from `before` to this in percent, to one place behind the point, for people to read.
    pub fn percent_over(self, before: Self) -> Option<String> {
        let scale = self.scale.max(before.scale);
        let (new, old) = (i128::try_from(self.at(scale)?).ok()?, i128::try_from(before.at(scale)?).ok()?);
        let tenths = (new - old).checked_mul(1000)?.checked_div(old)?;
        let sign = if tenths < 0 { '-' } else { '+' };
        Some(format!("{sign}{}.{} %", tenths.abs() / 10, tenths.abs() % 10))
    }

    fn at(self, scale: u32) -> Option<u128> {
        self.digits.checked_mul(10_u128.checked_pow(scale - self.scale)?)
    }

    fn trimmed(mut self) -> Self {
        while self.scale > 0 && self.digits.is_multiple_of(10) {
            self = Self { digits: self.digits / 10, scale: self.scale - 1 };
        }
        self
    }
}

impl FromStr for Exact {
    type Err = String;

    /// Reads `0.04`, `12` and `3.81469e-08`, digit by digit.
    ///
    /// # Errors
    /// A sign, anything that is no number, and more digits than a price has.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is not a price");
        let (body, exponent) = match text.split_once(['e', 'E']) {
            Some((body, exponent)) => (body, exponent.parse::<i32>().map_err(|_| wrong())?),
            None => (text, 0),
        };
        let (whole, fraction) = body.split_once('.').unwrap_or((body, ""));
        let digits: String = [whole, fraction].concat();
        let plain = !whole.is_empty() && !body.ends_with('.') && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !plain || digits.trim_start_matches('0').len() > MOST_DIGITS || fraction.len() > MOST_PLACES as usize {
            return Err(wrong());
        }
        let digits = digits.trim_start_matches('0').parse().unwrap_or(0);
        let scale = fraction.len() as u32;
        Self { digits, scale }.trimmed().shifted(exponent).ok_or_else(wrong)
    }
}

impl std::fmt::Display for Exact {
    /// All digits, without an exponent.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.scale == 0 {
            return write!(f, "{}", self.digits);
        }
        let digits = format!("{:0>1$}", self.digits, self.scale as usize + 1);
        let (whole, fraction) = digits.split_at(digits.len() - self.scale as usize);
        write!(f, "{whole}.{fraction}")
    }
}

impl Field for Exact {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let Data::Text(text) = &node.data else {
            reader.wrong_type(node, "a price as text, such as \"0.04\"");
            return None;
        };
        text.parse()
            .map_err(|what: String| reader.push(Mistake::error(&node.place, what).label("expected a number such as \"0.04\"")))
            .ok()
    }

    fn schema() -> Value {
        json!({ "type": "string", "examples": ["0.04"] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Exact {
        text.parse().expect("a number")
    }

    #[test]
    fn every_digit_is_kept() {
        for (written, plain) in
            [("2.384185791015625e-08", "0.00000002384185791015625"), ("1.3e-9", "0.0000000013"), ("1e3", "1000")]
        {
            assert_eq!(exact(written).to_string(), plain);
            assert_eq!(exact(plain), exact(written));
        }
        assert_eq!((exact("0.040").to_string(), exact("0e-9"), exact("0.0")), ("0.04".into(), Exact::ZERO, Exact::ZERO));
        for wrong in ["", "-1", ".5", "1.", "1e", "1e99", "NaN", "0x1", "1_0", "9e-40", "1e9999999999"] {
            assert!(wrong.parse::<Exact>().is_err(), "{wrong} was read");
        }
    }

    /// The prices per pixel of LiteLLM are prices per image divided by the pixels, and cut off (facts as of 2026-11-22).
    #[test]
    fn a_price_per_pixel_makes_a_price_per_image() {
        let image = exact("3.81469e-08").times(1024 * 1024).expect("fits");
        assert_eq!((image.to_string().as_str(), image.rounded(6).to_string().as_str()), ("0.0399999238144", "0.04"));
        let fal = exact("2.384185791015625e-08").times(1024 * 1024).expect("fits");
        assert_eq!(fal.usd().map(|usd| usd.to_string()).as_deref(), Some("0.025"));
    }

    #[test]
    fn rounds_half_to_even() {
        let rounded = |text| exact(text).rounded(2).to_string();
        assert_eq!((rounded("0.125"), rounded("0.135"), rounded("0.1251")), ("0.12".into(), "0.14".into(), "0.13".into()));
    }

    #[test]
    fn sums_shares_and_order_are_exact() {
        assert_eq!(exact("0.03").plus(exact("0.015")), Some(exact("0.045")));
        assert_eq!(exact("0.044").percent_over(exact("0.04")).as_deref(), Some("+10.0 %"));
        assert_eq!(exact("19.5").percent_over(exact("33")).as_deref(), Some("-40.9 %"));
        assert_eq!(exact("1").percent_over(Exact::ZERO), None);
        assert_eq!(exact("10").compare(exact("9.99999999999999999999999")), std::cmp::Ordering::Greater);
        assert_eq!(exact("1e28").compare(exact("1e-28")), std::cmp::Ordering::Greater);
    }
}
