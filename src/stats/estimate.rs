//! The one form in which figures leave this module.

use serde::Serialize;

/// The confidence level of every reported interval.
pub const LEVEL: f64 = 0.95;

/// A figure with what is needed to judge it. Never NaN: what is undefined is no estimate at all.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// The point estimate.
    pub value: f64,
    /// The lower end of the interval; `None` where it is unbounded or undefined, and then `method` says why.
    pub lo: Option<f64>,
    /// The upper end of the interval, likewise.
    pub hi: Option<f64>,
    /// The confidence level of the interval, in (0, 1).
    pub level: f64,
    /// How the interval was made.
    pub method: &'static str,
    /// The number of replications (or pairs) behind it.
    pub n: u64,
}

impl Estimate {
    /// An estimate with an interval of `value` plus and minus `half`.
    pub(super) fn symmetric(value: f64, half: f64, level: f64, method: &'static str, n: u64) -> Self {
        Self { value, lo: Some(value - half), hi: Some(value + half), level, method, n }
    }

    /// An estimate that has no interval, for the reason that `method` gives.
    pub(super) fn bare(value: f64, level: f64, method: &'static str, n: u64) -> Self {
        Self { value, lo: None, hi: None, level, method, n }
    }

    /// Whether an end of the interval is not known.
    pub const fn is_open(&self) -> bool {
        self.lo.is_none() || self.hi.is_none()
    }

    /// How far the interval reaches from the value, on its longer side; `None` where an end is not known.
    pub fn reach(&self) -> Option<f64> {
        Some((self.value - self.lo?).max(self.hi? - self.value))
    }

    /// Whether the interval is known and lies wholly on one side of zero.
    pub fn excludes_zero(&self) -> bool {
        self.lo.is_some_and(|lo| lo > 0.0) || self.hi.is_some_and(|hi| hi < 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serializes_in_the_order_of_the_contract() {
        let text = serde_json::to_string(&Estimate::bare(1.5, LEVEL, "none", 1)).expect("plain numbers");
        assert_eq!(text, r#"{"value":1.5,"lo":null,"hi":null,"level":0.95,"method":"none","n":1}"#);
    }

    #[test]
    fn an_interval_that_touches_zero_does_not_exclude_it() {
        assert!(!Estimate::symmetric(1.0, 1.0, LEVEL, "", 2).excludes_zero());
        assert!(Estimate::symmetric(-2.0, 1.0, LEVEL, "", 2).excludes_zero());
        assert!(!Estimate::bare(-2.0, LEVEL, "", 1).excludes_zero());
    }

    #[test]
    fn one_unknown_end_is_enough_to_be_open() {
        let whole = Estimate::symmetric(1.0, 1.0, LEVEL, "", 2);
        assert!(!whole.is_open() && Estimate { hi: None, ..whole }.is_open() && Estimate { lo: None, ..whole }.is_open());
    }
}
