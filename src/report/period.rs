//! What one replication is called: a month where it is as long as one.

/// The length of a replication in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Period {
    /// After an amount: `a month`, `per 7 days`.
    pub(super) rate: String,
    /// Many of them: `months`, `replications`.
    pub(super) many: &'static str,
    /// The length itself: `a month`, `7 days`.
    pub(super) length: String,
}

impl Period {
    /// The period of this many days.
    pub(super) fn of(days: f64) -> Self {
        if (28.0..=31.0).contains(&days) {
            return Self { rate: "a month".to_owned(), many: "months", length: "a month".to_owned() };
        }
        let length = if days < 2.0 { format!("{} h", days * 24.0) } else { format!("{days} days") };
        Self { rate: format!("per {length}"), many: "replications", length }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_called_a_month() {
        let rates = [30.0, 31.0, 7.0, 0.5].map(|days| Period::of(days).rate);
        assert_eq!(rates, ["a month", "a month", "per 7 days", "per 12 h"]);
    }
}
