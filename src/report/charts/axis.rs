//! A linear axis: where a value stands, and which round values get a mark.

use crate::report::number::grouped;

/// Values from `low` to `high` laid out from `start` to `end`, in points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Axis {
    low: f64,
    high: f64,
    start: f64,
    end: f64,
    /// Marks show values times this.
    factor: f64,
}

impl Axis {
    /// An axis over these values; one that would have no length is widened around its value.
    pub(super) fn new((low, high): (f64, f64), (start, end): (f64, f64)) -> Self {
        let width = high - low;
        let pad = if width > 0.0 {
            0.0
        } else if low == 0.0 {
            1.0
        } else {
            low.abs() * 0.1
        };
        Self { low: low - pad, high: high + pad, start, end, factor: 1.0 }
    }

    /// The same widened by a share of its length at both ends.
    pub(super) fn padded(self, share: f64) -> Self {
        let pad = (self.high - self.low) * share;
        Self { low: self.low - pad, high: self.high + pad, ..self }
    }

    /// Where a value stands; values beyond the axis stand at its ends.
    pub(super) fn at(&self, value: f64) -> f64 {
        let part = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        self.start + (self.end - self.start) * part
    }

    /// The value that stands at a place.
    pub(super) fn value_at(&self, place: f64) -> f64 {
        self.low + (self.high - self.low) * (place - self.start) / (self.end - self.start)
    }

    /// Where the axis begins.
    pub(super) const fn start(&self) -> f64 {
        self.start
    }

    /// Where it ends.
    pub(super) const fn end(&self) -> f64 {
        self.end
    }

    /// The same axis with its marks in another unit: 100 for percentage points of shares.
    pub(super) const fn in_units_of(self, factor: f64) -> Self {
        Self { factor, ..self }
    }

    /// Whether a value lies on the axis.
    pub(super) fn has(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }

    /// Round values on the axis, at most `most` of them and at least two where `most` is five or more, with their texts.
    pub(super) fn ticks(&self, most: usize) -> Vec<(f64, String)> {
        let (low, high) = (self.low * self.factor, self.high * self.factor);
        let rough = (high - low) / most.max(1) as f64;
        let magnitude = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].map(|m| m * magnitude).into_iter().find(|&s| s >= rough * 0.999).unwrap_or(rough);
        let decimals = (-(step * 1.001).log10().floor()).clamp(0.0, 12.0) as usize;
        let (first, last) = ((low / step - 1e-9).ceil() as i64, (high / step + 1e-9).floor() as i64);
        (first..=last).map(|i| i as f64 * step).map(|value| (self.at(value / self.factor), grouped(value, decimals))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(low: f64, high: f64) -> Vec<String> {
        Axis::new((low, high), (0.0, 100.0)).ticks(5).into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn marks_are_round() {
        assert_eq!(texts(0.0, 1_234.0), ["0", "500", "1 000"]);
        assert_eq!(texts(-0.03, 0.02), ["-0.03", "-0.02", "-0.01", "0.00", "0.01", "0.02"]);
        assert_eq!(texts(980.0, 1_120.0), ["1 000", "1 050", "1 100"]);
    }

    #[test]
    fn an_axis_always_has_a_length() {
        for value in [0.0, 7.0, -3.0] {
            let axis = Axis::new((value, value), (0.0, 100.0));
            assert!((axis.at(value) - 50.0).abs() < 1e-9 && axis.ticks(5).len() >= 2);
        }
    }
}
