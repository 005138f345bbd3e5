//! Rates: so many per so long, kept exact.

use super::{Decimal, NotAQuantity, SimDuration};

/// `count` per `per`, both integers: `"100k/30d"`, `"5/min"`, `"1.5/s"` (kept as 15 per 10 s).
///
/// ```
/// use spendcast::units::Rate;
/// let limit: Rate = "5/min".parse().unwrap();
/// assert_eq!((limit.count, limit.per.to_string().as_str()), (5, "1min"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many.
    pub count: u64,
    /// In how long; more than zero.
    pub per: SimDuration,
}

const EXPECTED: &str = r#"a rate such as "5/min", "20/s" or "100k/30d""#;

impl Rate {
    /// Events per second.
    pub fn per_second(self) -> f64 {
        self.count as f64 / self.per.as_secs_f64()
    }
}

impl std::fmt::Display for Rate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.count, self.per)
    }
}

impl std::str::FromStr for Rate {
    type Err = NotAQuantity;

    /// Reads a number, a slash and a duration whose number may be left out: `"5/min"`.
    ///
    /// # Errors
    /// A missing slash, an invalid number or duration, a duration of zero.
    fn from_str(text: &str) -> Result<Self, NotAQuantity> {
        let wrong = |e: NotAQuantity| NotAQuantity::new(e.what, EXPECTED);
        let Some((count, per)) = text.split_once('/') else {
            return Err(NotAQuantity::new(format!("{text:?} has no \"/\""), EXPECTED));
        };
        let count: Decimal = count.trim().parse().map_err(wrong)?;
        let per: SimDuration = per.parse().map_err(wrong)?;
        if per == SimDuration::ZERO {
            return Err(NotAQuantity::new(format!("{text:?} is a rate per no time"), EXPECTED));
        }
        let stretched = 10_i64.checked_pow(count.scale).and_then(|unit| per.micros().checked_mul(unit));
        let per = stretched.ok_or_else(|| NotAQuantity::new(format!("{text:?} has too many digits"), EXPECTED))?;
        Ok(Self { count: count.digits, per: SimDuration::from_micros(per) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_exact() {
        let rate: Rate = "1.5/s".parse().expect("valid");
        assert_eq!((rate.count, rate.per.micros()), (15, 10_000_000));
        let month: Rate = "100k/30d".parse().expect("valid");
        assert_eq!((month.count, month.per.to_string().as_str()), (100_000, "30d"));
        assert!((month.per_second() - 100_000.0 / 2_592_000.0).abs() < 1e-15);
        for wrong in ["5", "5/", "/s", "5/0s", "5/s/s", "x/s"] {
            assert!(wrong.parse::<Rate>().is_err(), "{wrong} was read");
        }
    }
}
