//! Factors of prices, in millionths.

use crate::spec::{Located, Mistake};
use crate::units::Usd;

/// What a price is multiplied by: an integer number of millionths, from 0 to 1000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Factor(u64);

const MILLION: u64 = 1_000_000;
const LARGEST: f64 = 1000.0;

impl Factor {
    /// No change.
    pub const ONE: Self = Self(MILLION);

    /// The nearest factor: half to even to the millionth, and 1000 at most.
    pub fn from_f64(factor: f64) -> Self {
        Self((factor.clamp(0.0, LARGEST) * 1e6).round_ties_even() as u64)
    }

    /// The factor in millionths.
    pub const fn millionths(self) -> u64 {
        self.0
    }

    /// The price times the factor, rounded half to even to the picodollar.
    #[inline]
    #[must_use]
    pub fn of(self, price: Usd) -> Usd {
        if self == Self::ONE { price } else { price.times_ratio(self.0, MILLION) }
    }
}

/// The factor that is written there.
pub(super) fn read(factor: &Located<f64>) -> Result<f64, Mistake> {
    in_range(factor, 1e-6, LARGEST)
}

/// A number of the file that must lie from `low` to `high`.
pub(super) fn in_range(number: &Located<f64>, low: f64, high: f64) -> Result<f64, Mistake> {
    if (low..=high).contains(&**number) {
        return Ok(**number);
    }
    Err(Mistake::error(&number.place, format!("{} is out of range", **number)).label(format!("expected {low} to {high}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_rounded_half_to_even() {
        let price = |picos| Usd::from_picos(picos);
        assert_eq!(Factor::from_f64(1.25).of(price(40_000_000_000)), price(50_000_000_000));
        assert_eq!([1, 3, 5].map(|picos| Factor::from_f64(0.5).of(price(picos))), [price(0), price(2), price(2)]);
        assert_eq!(Factor::ONE.of(price(7)), price(7));
        assert_eq!((Factor::from_f64(1e9).millionths(), Factor::from_f64(-1.0).millionths()), (1_000_000_000, 0));
    }
}
