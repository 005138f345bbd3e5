//! Money: integer picodollars.

use std::iter::Sum;
use std::ops::{Add, AddAssign, Mul, Neg, Sub};

use serde::{Deserialize, Serialize};

use super::decimal::divide_half_even;
use super::{Decimal, NotAQuantity};

/// An amount of US dollars, exact to the picodollar (10^-12 USD).
///
/// Sums are exact in any order. A picodollar is fine enough for prices per pixel (1.3e-9 USD) and per
/// token; 128 bits hold more money than exists, and no amount of more than 10^12 USD is read.
///
/// ```
/// use spendcast::units::Usd;
/// let price: Usd = "0.04 USD".parse().unwrap();
/// assert_eq!(price.picos(), 40_000_000_000);
/// assert_eq!((price * 25).to_string(), "1");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Usd(i128);

const PICOS: u32 = 12;
const EXPECTED: &str = r#"an amount such as "0.04 USD""#;
/// No amount that is read is larger: 10^12 USD. As the price of a million tokens, for the most tokens that an attempt can
/// have (10^12) and 10^8 attempts, it still makes a sum that 128 bits hold.
const LARGEST: i128 = 1_000_000_000_000 * 10_i128.pow(PICOS);

impl Usd {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// An amount in picodollars.
    pub const fn from_picos(picos: i128) -> Self {
        Self(picos)
    }

    /// The amount in picodollars.
    pub const fn picos(self) -> i128 {
        self.0
    }

    /// The nearest `f64` in dollars: for statistics and charts, never for sums.
    pub fn to_f64(self) -> f64 {
        self.0 as f64 / 1e12
    }

    /// `digits * 10^-scale / per` dollars, rounded half to even to the picodollar once, however fine the digits are. `None`
    /// where it is more than 10^12 USD or cannot be computed.
    ///
    /// ```
    /// use spendcast::units::Usd;
    /// let of_a_square_image = Usd::from_fraction(13 * 1024 * 1024, 10, 1).unwrap(); // 1.3e-9 USD per pixel
    /// assert_eq!(of_a_square_image.to_string(), "0.0013631488");
    /// ```
    pub fn from_fraction(digits: i128, scale: u32, per: u64) -> Option<Self> {
        let unit = |exponent: u32| 10_i128.checked_pow(exponent);
        let (digits, per) = if scale <= PICOS {
            (digits.checked_mul(unit(PICOS - scale)?)?, i128::from(per))
        } else {
            (digits, i128::from(per).checked_mul(unit(scale - PICOS)?)?)
        };
        // Twice the rest of the division must fit too.
        let picos = (per > 0 && per < i128::MAX / 4).then(|| divide_half_even(digits, per))?;
        (picos.abs() <= LARGEST).then_some(Self(picos))
    }

    /// This amount times `digits * 10^-scale`, rounded half to even to the picodollar; `None` where it is more than
    /// 10^12 USD.
    pub fn times_decimal(self, factor: Decimal) -> Option<Self> {
        Self::from_fraction(self.0.checked_mul(i128::from(factor.digits))?, PICOS + factor.scale, 1)
    }

    /// The next multiple of `unit` that is not less.
    ///
    /// # Panics
    /// If `unit` is zero.
    #[must_use]
    pub const fn rounded_up_to(self, unit: Self) -> Self {
        let rest = self.0.rem_euclid(unit.0);
        Self(if rest == 0 { self.0 } else { self.0 + unit.0 - rest })
    }

    /// This amount times `count / per`, rounded half to even to the picodollar; for example a price per
    /// million tokens times 60 tokens.
    ///
    /// # Panics
    /// If `per` is zero.
    #[must_use]
    pub fn times_ratio(self, count: u64, per: u64) -> Self {
        Self(divide_half_even(self.0 * i128::from(count), i128::from(per)))
    }
}

impl Add for Usd {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Usd {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sub for Usd {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Usd {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Mul<u64> for Usd {
    type Output = Self;
    fn mul(self, count: u64) -> Self {
        Self(self.0 * i128::from(count))
    }
}

impl Sum for Usd {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl std::fmt::Display for Usd {
    /// The exact decimal amount in dollars, without a unit and without trailing zeros.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let unit = 10_u128.pow(PICOS);
        let (whole, part) = (self.0.unsigned_abs() / unit, self.0.unsigned_abs() % unit);
        let sign = if self.0 < 0 { "-" } else { "" };
        if part == 0 {
            return write!(f, "{sign}{whole}");
        }
        let digits = format!("{part:012}");
        write!(f, "{sign}{whole}.{}", digits.trim_end_matches('0'))
    }
}

impl std::str::FromStr for Usd {
    type Err = NotAQuantity;

    /// Reads `"0.04 USD"`.
    ///
    /// # Errors
    /// A missing or other currency, a sign, more than twelve decimal places, and more than 10^12 USD.
    fn from_str(text: &str) -> Result<Self, NotAQuantity> {
        let Some(number) = text.trim().strip_suffix("USD") else {
            return Err(NotAQuantity::new(format!("{text:?} does not end in USD"), EXPECTED));
        };
        let number: Decimal = number.trim_end().parse().map_err(|e: NotAQuantity| NotAQuantity::new(e.what, EXPECTED))?;
        if number.scale > PICOS {
            return Err(NotAQuantity::new(format!("{text:?} is finer than a picodollar"), EXPECTED));
        }
        let picos = number.scaled(PICOS).filter(|picos| *picos <= LARGEST);
        picos.map(Self).ok_or_else(|| NotAQuantity::new(format!("{text:?} is too much money"), EXPECTED))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_what_it_reads() {
        for text in ["0.04", "1000", "0.0000000013", "12.345678901234"] {
            let read: Usd = format!("{text} USD").parse().expect("valid");
            assert_eq!(read.to_string(), text);
        }
        assert_eq!((-Usd::from_picos(1_500_000_000_000)).to_string(), "-1.5");
    }

    #[test]
    fn more_money_than_exists_is_refused() {
        assert_eq!("1_000_000M USD".parse::<Usd>(), Ok(Usd(LARGEST)));
        assert!("1_000_000.000001M USD".parse::<Usd>().is_err() && "18446744073709551615 USD".parse::<Usd>().is_err());
        let all = Usd(LARGEST).times_ratio(u64::from(u32::MAX) * 256, 1_000_000) * 100_000_000;
        assert!(all > Usd(LARGEST));
    }

    #[test]
    fn fractions_are_rounded_once() {
        assert_eq!(Usd::from_fraction(1, 13, 1), Some(Usd(0)));
        assert_eq!(Usd::from_fraction(381_469 * 1_048_576, 13, 1), Some(Usd(39_999_923_814)));
        assert_eq!(Usd::from_fraction(i128::MAX, 0, 1).or(Usd::from_fraction(1, 60, 1)), None);
        let quarter = Decimal { digits: 25, scale: 2 };
        assert_eq!((Usd(6).times_decimal(quarter), Usd(10).times_decimal(quarter)), (Some(Usd(2)), Some(Usd(2))));
        assert_eq!([0, 1, 10, 11].map(|picos| Usd(picos).rounded_up_to(Usd(10))), [Usd(0), Usd(10), Usd(10), Usd(20)]);
    }

    #[test]
    fn a_price_per_million_tokens_is_exact() {
        let per_million: Usd = "5 USD".parse().expect("valid");
        assert_eq!(per_million.times_ratio(60, 1_000_000).to_string(), "0.0003");
    }
}
