//! An estimate with its unit, as pages print it: `68.0 % [67.9, 68.1]`, with no-break spaces.

use serde::Deserialize;

/// An estimate as results have it. An end is `None` where so few replications cannot tell it.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct Estimate {
    pub(super) value: f64,
    pub(super) lo: Option<f64>,
    pub(super) hi: Option<f64>,
}

/// An estimate in the unit that it is shown in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Figure {
    pub(super) at: Estimate,
    pub(super) unit: &'static str,
}

impl Figure {
    /// The estimate of a metric, by the unit at the end of its name; shares become percent.
    pub(super) fn of(metric: &str, at: Estimate) -> Self {
        let percent = |at: Estimate| Self { at, unit: "\u{a0}%" }.times(100.0);
        match metric.rsplit('_').next() {
            Some("usd") => Self { at, unit: "\u{a0}USD" },
            Some("share" | "budget") => percent(at),
            Some("s") => Self { at, unit: "\u{a0}s" },
            _ => Self { at, unit: "" },
        }
    }

    pub(super) fn percent(at: Estimate) -> Self {
        Self { at, unit: "\u{a0}%" }.times(100.0)
    }

    pub(super) fn points(at: Estimate) -> Self {
        Self { at, unit: "\u{a0}points" }.times(100.0)
    }

    pub(super) fn times(self, factor: f64) -> Self {
        self.map(|x| factor * x)
    }

    /// Every number through an increasing or a decreasing function.
    pub(super) fn map(self, f: impl Fn(f64) -> f64) -> Self {
        let [lo, hi] = [self.at.lo, self.at.hi].map(|end| end.map(&f));
        let value = f(self.at.value);
        let turned = lo.is_some_and(|lo| lo > value) || hi.is_some_and(|hi| hi < value);
        let (lo, hi) = if turned { (hi, lo) } else { (lo, hi) };
        Self { at: Estimate { value, lo, hi }, ..self }
    }

    /// `68.0 % [67.9, 68.1]`; `?` for an end that is not known.
    pub(super) fn text(self) -> String {
        let decimals = self.decimals();
        let end = |end: Option<f64>| end.map_or_else(|| "?".to_owned(), |x| number(x, decimals));
        format!("{}{} [{},\u{a0}{}]", number(self.at.value, decimals), self.unit, end(self.at.lo), end(self.at.hi))
    }

    /// As many decimals as show the first digit of half of the interval, and no more than four digits where there are any; of a
    /// share near one, of what it lacks.
    fn decimals(self) -> i32 {
        let Estimate { value, lo, hi } = self.at;
        let half = lo.zip(hi).map_or(0.0, |(lo, hi)| (hi - lo) / 2.0);
        let size = |x: f64| if self.unit == "\u{a0}%" && x >= 0.0 { x.min((100.0 - x).abs()) } else { x.abs() };
        let largest = [Some(value), lo, hi].into_iter().flatten().fold(0.0, |most: f64, x| most.max(size(x)));
        if largest == 0.0 {
            return 0;
        }
        let for_digits = 3.0 - largest.log10().floor();
        let for_interval = if half > 0.0 { (-half.log10()).ceil() } else { for_digits };
        for_interval.min(for_digits.max(0.0)).min(9.0) as i32
    }
}

/// A number with no-break spaces between thousands; with fewer than no decimals it is rounded to tens, hundreds and so on.
pub(super) fn number(value: f64, decimals: i32) -> String {
    let (step, decimals) = (10_f64.powi(-decimals.min(0)), decimals.max(0) as usize);
    let plain = format!("{:.decimals$}", (value.abs() / step).round_ties_even() * step);
    let plain = if step > 1.0 { plain } else { format!("{:.decimals$}", value.abs()) };
    if !plain.contains(|c| ('1'..='9').contains(&c)) {
        return "0".to_owned();
    }
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let minus = if value < 0.0 { "-" } else { "" };
    let groups = whole.as_bytes().rchunks(3).rev().map(|group| String::from_utf8_lossy(group)).collect::<Vec<_>>().join("\u{a0}");
    if fraction.is_empty() { format!("{minus}{groups}") } else { format!("{minus}{groups}.{fraction}") }
}
