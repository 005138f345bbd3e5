//! Limits: an amount in the unit of the figure that it is a limit of.

use crate::experiment::{Metric, MetricUnit};
use crate::units::{Decimal, NotAQuantity, Share, SimDuration, Usd};

use super::{Against, Told};

/// What a figure is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// US dollars.
    Usd,
    /// A share of a whole, 0 to 1.
    Share,
    /// A difference of shares, 1 being a hundred percentage points.
    Points,
    /// A ratio of two figures.
    Ratio,
    /// A plain number.
    Number,
    /// Seconds.
    Seconds,
    /// Days.
    Days,
}

impl Kind {
    /// What this is told in, of a metric or a comparison of it.
    pub(super) const fn of(metric: Metric, against: Option<&Against>, told: Told) -> Self {
        if matches!(against, Some(Against::Over(_))) {
            return Self::Ratio;
        }
        match metric.unit() {
            MetricUnit::Usd => Self::Usd,
            MetricUnit::Share if against.is_some() || matches!(told, Told::Sd) => Self::Points,
            MetricUnit::Share => Self::Share,
            MetricUnit::Number => Self::Number,
            MetricUnit::Seconds => Self::Seconds,
            MetricUnit::Days => Self::Days,
        }
    }

    const fn counted_in(self) -> &'static str {
        match self {
            Self::Usd => "US dollars",
            Self::Share => "shares of a whole",
            Self::Points => "percentage points",
            Self::Ratio => "percent of the other",
            Self::Number => "a plain number",
            Self::Seconds | Self::Days => "units of time",
        }
    }

    /// What is expected, with an example.
    pub(super) const fn expected(self) -> &'static str {
        match self {
            Self::Usd => "an amount such as 5000 USD, 1k USD or 0.04 USD",
            Self::Share => "a share such as 10%",
            Self::Points => "percentage points such as 1 pp",
            Self::Ratio => "a ratio such as 80%",
            Self::Number => "a number such as 1.2",
            Self::Seconds => "a time such as 40 s or 500ms",
            Self::Days => "a time such as 20d",
        }
    }

    /// Reads an amount. A bare zero needs no unit.
    ///
    /// # Errors
    /// What is wrong with it: another unit, no unit, or a sign where there is nothing below zero.
    pub(super) fn read(self, text: &str, signed: bool) -> Result<f64, String> {
        let (text, negative) = match text.strip_prefix(['-', '\u{2212}']) {
            Some(rest) => (rest.trim_start(), true),
            None => (text, false),
        };
        if text.is_empty() {
            return Err("the limit is missing".to_owned());
        }
        let size = if text == "0" { 0.0 } else { self.size(text).map_err(|wrong| self.refuse(text, wrong))? };
        match (negative, signed) {
            (true, false) => Err("this is never less than zero".to_owned()),
            (true, true) => Ok(-size),
            (false, _) => Ok(size),
        }
    }

    fn size(self, text: &str) -> Result<f64, String> {
        let decimal = |text: &str| text.trim_end().parse::<Decimal>().map(Decimal::to_f64);
        let size = match self {
            Self::Usd => text.parse::<Usd>().map(Usd::to_f64),
            Self::Share => text.parse::<Share>().map(Share::get),
            Self::Points => match text.strip_suffix("pp") {
                Some(points) => decimal(points).map(|points| points / 100.0),
                None => return Err(format!("{text:?} has no unit of a difference of shares")),
            },
            Self::Ratio => match text.strip_suffix('%') {
                Some(percent) => decimal(percent).map(|percent| percent / 100.0),
                None => decimal(text),
            },
            Self::Number => decimal(text),
            Self::Seconds => text.parse().map(SimDuration::as_secs_f64),
            Self::Days => text.parse().map(|time: SimDuration| time.as_secs_f64() / 86_400.0),
        };
        size.map_err(|wrong: NotAQuantity| wrong.what)
    }

    /// Why it is no such amount: above all, because it is one of another unit.
    fn refuse(self, text: &str, wrong: String) -> String {
        let others = [Self::Usd, Self::Seconds, Self::Points, Self::Ratio];
        let other = others.into_iter().find(|other| *other != self && other.size(text).is_ok());
        match other {
            // A bare number is no amount of another unit.
            Some(Self::Ratio) if !text.ends_with('%') => wrong,
            Some(_) => format!("{text:?} does not fit: this is counted in {}", self.counted_in()),
            None => wrong,
        }
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these answers are exact")]
mod tests {
    use super::*;

    #[test]
    fn amounts_of_every_kind() {
        let read = |kind: Kind, text| kind.read(text, true).expect("fits");
        assert_eq!([read(Kind::Usd, "1k USD"), read(Kind::Usd, "-0.04 USD"), read(Kind::Usd, "0")], [1_000.0, -0.04, 0.0]);
        assert_eq!([read(Kind::Share, "10%"), read(Kind::Share, "0.1"), read(Kind::Points, "-1 pp")], [0.1, 0.1, -0.01]);
        assert_eq!([read(Kind::Ratio, "120 %"), read(Kind::Ratio, "1.2"), read(Kind::Number, "1.5")], [1.2, 1.2, 1.5]);
        assert_eq!([read(Kind::Seconds, "40 s"), read(Kind::Seconds, "500ms"), read(Kind::Days, "12h")], [40.0, 0.5, 0.5]);
    }

    #[test]
    fn what_does_not_fit_is_told() {
        let refused = |kind: Kind, text| kind.read(text, false).expect_err("refused");
        assert_eq!(refused(Kind::Usd, "40 s"), "\"40 s\" does not fit: this is counted in US dollars");
        assert_eq!(refused(Kind::Usd, "10%"), "\"10%\" does not fit: this is counted in US dollars");
        assert_eq!(refused(Kind::Points, "1%"), "\"1%\" does not fit: this is counted in percentage points");
        assert_eq!(refused(Kind::Share, "5 USD"), "\"5 USD\" does not fit: this is counted in shares of a whole");
        assert_eq!(
            (refused(Kind::Share, ""), refused(Kind::Usd, "-5 USD")),
            ("the limit is missing".into(), "this is never less than zero".into())
        );
        for (kind, text) in
            [(Kind::Usd, "5000"), (Kind::Usd, "5 EUR"), (Kind::Seconds, "40"), (Kind::Share, "99"), (Kind::Number, "x")]
        {
            assert!(kind.read(text, true).is_err(), "{text} was read");
        }
    }
}
