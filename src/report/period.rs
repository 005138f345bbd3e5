//! What one replication is called: a month where it is as long as one.

use crate::experiment::Summary;
use crate::units::SimDuration;

/// The length of a replication in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Period {
    /// After an amount: `a month`, `per 7d`.
    pub(super) rate: String,
    /// Many of them: `months`, `replications`; of recorded traffic, `replays`.
    pub(super) many: &'static str,
    /// The length itself: `a month`, `7d`.
    pub(super) length: String,
}

impl Period {
    /// The period of one replication.
    pub(super) fn of(summary: &Summary) -> Self {
        Self::new(summary.horizon, summary.same_arrivals)
    }

    /// The period of replications of drawn traffic of this length.
    pub(super) fn of_length(horizon: SimDuration) -> Self {
        Self::new(horizon, false)
    }

    fn new(horizon: SimDuration, same_arrivals: bool) -> Self {
        let month = (28 * SimDuration::DAY.micros()..=31 * SimDuration::DAY.micros()).contains(&horizon.micros());
        let many = match (same_arrivals, month) {
            (true, _) => "replays",
            (false, true) => "months",
            (false, false) => "replications",
        };
        if month {
            return Self { rate: "a month".to_owned(), many, length: "a month".to_owned() };
        }
        Self { rate: format!("per {horizon}"), many, length: horizon.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_called_a_month_and_all_else_by_its_length() {
        let period = |text: &str, recorded| Period::new(text.parse().expect("a duration"), recorded);
        let rates = ["30d", "31d", "7d", "12h", "100h", "90min"].map(|text| period(text, false).rate);
        assert_eq!(rates, ["a month", "a month", "per 7d", "per 12h", "per 100h", "per 90min"]);
        assert_eq!(["30d", "7d"].map(|text| period(text, false).many), ["months", "replications"]);
        assert_eq!(period("30d", true).many, "replays");
    }
}
