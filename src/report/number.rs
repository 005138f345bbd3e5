//! Numbers as people read them: thousands apart, and no digit that the interval makes meaningless.

use crate::experiment::MetricUnit;
use crate::stats::Estimate;

/// A number with this many decimals and a space between thousands: `-1 043.50`.
pub(super) fn grouped(value: f64, decimals: usize) -> String {
    let plain = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let mut text = String::new();
    if value < 0.0 && plain.chars().any(|c| c.is_ascii_digit() && c != '0') {
        text.push('-');
    }
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

/// A whole number with a space between thousands.
pub(super) fn count(n: u64) -> String {
    grouped(n as f64, 0)
}

/// How the numbers of a unit are shown: factor and sign behind the number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Show {
    factor: f64,
    /// Whether it is a share of a whole: then digits count from the nearer of 0 and 1.
    share: bool,
    suffix: &'static str,
}

impl Show {
    /// As this unit is shown in tables: shares in percent, seconds with their sign, money bare (its column or row says USD).
    pub(super) const fn unit(unit: MetricUnit) -> Self {
        match unit {
            MetricUnit::Usd | MetricUnit::Number => Self { factor: 1.0, share: false, suffix: "" },
            MetricUnit::Share => Self { factor: 100.0, share: true, suffix: " %" },
            MetricUnit::Seconds => Self { factor: 1.0, share: false, suffix: " s" },
            MetricUnit::Days => Self { factor: 1.0, share: false, suffix: " d" },
        }
    }

    /// The same with the unit named within a sentence.
    pub(super) const fn in_words(unit: MetricUnit) -> Self {
        match unit {
            MetricUnit::Usd => Self { factor: 1.0, share: false, suffix: " USD" },
            other => Self::unit(other),
        }
    }

    /// Differences of shares, in percentage points.
    pub(super) const POINTS: Self = Self { factor: 100.0, share: false, suffix: " percentage points" };

    /// Any number bare, where an axis or a heading says its unit.
    pub(super) const NUMBER: Self = Self { factor: 1.0, share: false, suffix: "" };

    /// The same in tables.
    pub(super) const PP: Self = Self { factor: 100.0, share: false, suffix: " pp" };
    /// The same where a heading already says so.
    pub(super) const BARE_POINTS: Self = Self { factor: 100.0, share: false, suffix: "" };

    /// A number without an interval, with four digits where it has a fraction.
    pub(super) fn near(value: f64) -> String {
        if value == 0.0 {
            return "0".to_owned();
        }
        Self::digits(value, 4)
    }

    /// A number with so many digits in all, and no fraction where it has as many without.
    pub(super) fn digits(value: f64, digits: u8) -> String {
        let first = if value == 0.0 { 0.0 } else { value.abs().log10().floor() };
        grouped(value, (f64::from(digits) - 1.0 - first).clamp(0.0, 9.0) as usize)
    }

    /// The value alone, with the decimals that its interval supports.
    pub(super) fn value(self, e: &Estimate) -> String {
        format!("{}{}", grouped(e.value * self.factor, self.decimals(e)), self.suffix)
    }

    /// The interval alone, `[1 040, 1 046]`; `?` stands for an end that is not known.
    pub(super) fn interval(self, e: &Estimate) -> String {
        let decimals = self.decimals(e);
        let [lo, hi] = [e.lo, e.hi].map(|end| end.map_or_else(|| "?".to_owned(), |x| grouped(x * self.factor, decimals)));
        format!("[{lo}, {hi}]")
    }

    /// Both: `1 043 [1 040, 1 046]`.
    pub(super) fn both(self, e: &Estimate) -> String {
        format!("{} {}", self.value(e), self.interval(e))
    }

    /// As many decimals as show the first digit of the interval's half-width, but no more than four digits in all, and two
    /// where nothing of that width is known; of a share near one, digits of what it lacks.
    fn decimals(self, e: &Estimate) -> usize {
        let half = match (e.lo, e.hi) {
            (Some(lo), Some(hi)) => (hi - lo) / 2.0,
            (Some(end), None) | (None, Some(end)) => (end - e.value).abs(),
            (None, None) => 0.0,
        };
        let size = |x: f64| if self.share { x.abs().min((1.0 - x).abs()) } else { x.abs() };
        let largest = [Some(e.value), e.lo, e.hi].into_iter().flatten().fold(0.0, |most: f64, x| most.max(size(x)));
        if largest == 0.0 {
            return 0;
        }
        let known = half > 0.0 || (e.lo.is_some() && e.hi.is_some());
        let for_digits = if known { 3.0 } else { 1.0 } - (largest * self.factor).log10().floor();
        let for_interval = if half > 0.0 { (-(half * self.factor).log10()).ceil() } else { for_digits };
        for_interval.min(for_digits).clamp(0.0, 9.0) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimate(value: f64, interval: Option<(f64, f64)>) -> Estimate {
        let (lo, hi) = interval.unzip();
        Estimate { value, lo, hi, level: 0.95, method: "", n: 100 }
    }

    #[test]
    fn thousands_stand_apart() {
        let shown = [(0.0, 0), (-0.001, 2), (999.0, 0), (-1_043.5, 2), (1_234_567.0, 0)].map(|(x, d)| grouped(x, d));
        assert_eq!(shown, ["0", "0.00", "999", "-1 043.50", "1 234 567"]);
    }

    #[test]
    fn digits_follow_the_interval() {
        let usd = Show::unit(MetricUnit::Usd);
        assert_eq!(usd.both(&estimate(1_043.271, Some((1_040.1, 1_046.4)))), "1 043 [1 040, 1 046]");
        assert_eq!(usd.both(&estimate(0.040_123, Some((0.040_1, 0.040_2)))), "0.04012 [0.04010, 0.04020]");
        assert_eq!(Show::unit(MetricUnit::Share).both(&estimate(0.072, Some((0.061, 0.084)))), "7 % [6, 8]");
        assert_eq!(usd.both(&estimate(0.0, Some((0.0, 0.0)))), "0 [0, 0]");
        let share = Show::unit(MetricUnit::Share);
        assert_eq!(share.both(&estimate(1.0, Some((0.999_96, 1.0)))), "100.000 % [99.996, 100.000]");
        assert_eq!(share.both(&estimate(0.0, Some((0.0, 0.000_04)))), "0.000 % [0.000, 0.004]");
        let open = Estimate { hi: None, ..estimate(5.0, Some((4.0, 0.0))) };
        assert_eq!(usd.both(&open), "5 [4, ?]");
    }

    #[test]
    fn unknown_intervals_are_shown_and_give_few_digits() {
        let usd = Show::unit(MetricUnit::Usd);
        let shown = [753.261, 12.512, 2.3, 0.025_84, 0.0].map(|value| usd.both(&estimate(value, None)));
        assert_eq!(shown, ["753 [?, ?]", "13 [?, ?]", "2.3 [?, ?]", "0.026 [?, ?]", "0 [?, ?]"]);
        let half_open = Estimate { lo: None, ..estimate(2.3, Some((0.0, 2.3))) };
        assert_eq!(usd.both(&half_open), "2.3 [?, 2.3]");
        assert_eq!(Show::unit(MetricUnit::Share).both(&estimate(0.999_81, None)), "99.981 % [?, ?]");
    }
}
