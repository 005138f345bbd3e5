//! What something costs by the time that it runs.

use super::{NotAQuantity, SimDuration, Usd};

/// An amount for every so long: `"15 USD/month"`, `"0.034 USD/h"`.
///
/// A month is 730 hours and a year 8760, as clouds reckon (AWS Pricing Calculator, "hours in a month"): for what is billed by
/// the hour and quoted by the month.
///
/// ```
/// use spendcast::units::{SimDuration, Upkeep};
/// let node: Upkeep = "14.60 USD/month".parse().unwrap();
/// assert_eq!(node.over(SimDuration::DAY).to_string(), "0.48");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Upkeep {
    /// How much.
    pub amount: Usd,
    /// For how long; more than zero.
    pub per: SimDuration,
}

const EXPECTED: &str = r#"an amount by time such as "15 USD/month" or "0.034 USD/h""#;

impl Upkeep {
    /// What so long costs, rounded half to even to the picodollar.
    #[must_use]
    pub fn over(self, length: SimDuration) -> Usd {
        self.amount.times_ratio(length.micros() as u64, self.per.micros() as u64)
    }
}

impl std::fmt::Display for Upkeep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} USD/{}", self.amount, self.per)
    }
}

impl std::str::FromStr for Upkeep {
    type Err = NotAQuantity;

    /// Reads an amount, a slash and `month`, `year` or a duration whose number may be left out.
    ///
    /// # Errors
    /// A missing slash, an invalid amount or duration, a duration of zero.
    fn from_str(text: &str) -> Result<Self, NotAQuantity> {
        let wrong = |e: NotAQuantity| NotAQuantity::new(e.what, EXPECTED);
        let Some((amount, per)) = text.split_once('/') else {
            return Err(NotAQuantity::new(format!("{text:?} has no \"/\""), EXPECTED));
        };
        let hours = |count: i64| SimDuration::from_micros(count * SimDuration::HOUR.micros());
        let per = match per.trim() {
            "month" => hours(730),
            "year" => hours(8760),
            other => other.parse().map_err(wrong)?,
        };
        if per == SimDuration::ZERO {
            return Err(NotAQuantity::new(format!("{text:?} is an amount per no time"), EXPECTED));
        }
        Ok(Self { amount: amount.parse().map_err(wrong)?, per })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_730_hours() {
        let read = |text: &str| text.parse::<Upkeep>();
        let month = SimDuration::from_micros(730 * SimDuration::HOUR.micros());
        assert_eq!(read("15 USD/month").expect("valid").over(month).to_string(), "15");
        assert_eq!(read("0.034 USD/h").expect("valid").over(SimDuration::DAY).to_string(), "0.816");
        assert_eq!(read("8760 USD/year").expect("valid").over(SimDuration::HOUR).to_string(), "1");
        assert_eq!(read("1 USD/30d").map(|upkeep| upkeep.to_string()), Ok("1 USD/30d".to_owned()));
        for wrong in ["15 USD", "15 USD/", "15/month", "15 USD/0s", "15 USD/fortnight"] {
            assert!(read(wrong).is_err(), "{wrong} was read");
        }
    }
}
