//! Shares and probabilities.

use super::{Decimal, NotAQuantity};

/// A share or probability from 0 to 1.
///
/// ```
/// use spendcast::units::Share;
/// let share: Share = "20%".parse().unwrap();
/// assert_eq!(share.get(), 0.2);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, PartialOrd)]
pub struct Share(f64);

const EXPECTED: &str = r#"a share such as "20%", from 0% to 100%"#;

impl Share {
    /// Nothing; never.
    pub const NONE: Self = Self(0.0);
    /// All; always.
    pub const ALL: Self = Self(1.0);

    /// A share, where `value` is one.
    pub fn new(value: f64) -> Option<Self> {
        (0.0..=1.0).contains(&value).then_some(Self(value))
    }

    /// The share, from 0 to 1.
    pub const fn get(self) -> f64 {
        self.0
    }

    /// The threshold `t` for which a uniform 32-bit draw `u` satisfies `u64::from(u) < t` with this
    /// probability, to within 2^-33; 0 never and 1 always.
    pub fn threshold(self) -> u64 {
        (self.0 * 4_294_967_296.0).round_ties_even() as u64
    }
}

impl std::fmt::Display for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}%", self.0 * 100.0)
    }
}

impl std::str::FromStr for Share {
    type Err = NotAQuantity;

    /// Reads `"20%"` or `"0.2"`.
    ///
    /// # Errors
    /// Anything else, and shares beyond 0 to 1.
    fn from_str(text: &str) -> Result<Self, NotAQuantity> {
        let text = text.trim();
        let (number, places) = text.strip_suffix('%').map_or((text, 0), |number| (number.trim_end(), 2));
        let mut number: Decimal = number.parse().map_err(|e: NotAQuantity| NotAQuantity::new(e.what, EXPECTED))?;
        number.scale += places;
        Self::new(number.to_f64()).ok_or_else(|| NotAQuantity::new(format!("{text:?} is more than 100%"), EXPECTED))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_and_fraction_are_the_same_number() {
        assert_eq!("7.5%".parse::<Share>(), "0.075".parse::<Share>());
        assert_eq!("100%".parse::<Share>(), Ok(Share::ALL));
        assert!("101%".parse::<Share>().is_err());
        assert!("-1%".parse::<Share>().is_err());
    }

    #[test]
    fn thresholds_reach_never_and_always() {
        assert_eq!((Share::NONE.threshold(), Share::ALL.threshold()), (0, 1 << 32));
    }
}
