//! What is varied: one path of the scenario, and the values that it takes.
//!
//! A value is a text, as the scenario would have it, and a number where it is one. Whether the scenario takes it is not known here.

use serde::Serialize;

use crate::units::SimDuration;

/// A path of the scenario and its values, in the order in which they were asked for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Axis {
    /// The keys that lead to it, parted by points; or `volume`, the journeys expected over the horizon.
    pub path: String,
    /// What stands behind each number, such as " USD" or "%"; empty where nothing does or the values are no numbers.
    pub unit: String,
    /// Its values.
    pub values: Vec<Value>,
}

/// A value on an axis.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Value {
    /// As the scenario has it.
    pub text: String,
    /// The number in it, in the unit of the axis; `None` where the values are no numbers of one unit.
    pub number: Option<f64>,
}

/// How the places of a grid are spaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spacing {
    /// At equal differences.
    Linear,
    /// At equal ratios.
    Logarithmic,
}

/// The volume: a path that no scenario has.
pub const VOLUME: &str = "volume";

impl Axis {
    /// These texts, which are no numbers of one unit.
    pub fn named(path: String, texts: Vec<String>) -> Self {
        let values = texts.into_iter().map(|text| Value { text, number: None }).collect();
        Self { path, unit: String::new(), values }
    }

    /// These numbers, each with the unit behind it.
    pub fn numbers(path: String, numbers: &[f64], unit: String) -> Self {
        let mut axis = Self { path, unit, values: Vec::new() };
        axis.values = numbers.iter().map(|&number| axis.value(number)).collect();
        axis
    }

    /// So many numbers from `low` to `high`, both included; at least two. Those between have six digits, so that they can be read, or as
    /// many more as it takes to be a thousandth of a step from where they belong; times are whole microseconds. `None` where there is no
    /// such grid.
    pub fn grid(path: String, (low, high): (f64, f64), steps: usize, spacing: Spacing, unit: String) -> Option<Self> {
        let sound = steps >= 2 && low < high && low.is_finite() && high.is_finite();
        if !sound || (spacing == Spacing::Logarithmic && low <= 0.0) {
            return None;
        }
        let place = |step: usize| {
            let share = step as f64 / (steps - 1) as f64;
            match spacing {
                _ if step == 0 => low,
                _ if step == steps - 1 => high,
                Spacing::Linear => low + (high - low) * share,
                Spacing::Logarithmic => low * libm::pow(high / low, share),
            }
        };
        let mut places: Vec<f64> = (0..steps).map(place).collect();
        for at in 1..steps - 1 {
            // The one before is rounded already, and by little.
            let step = (places[at + 1] - places[at]).min(places[at] - places[at - 1]);
            places[at] = readable(places[at], step / 1e3, &unit);
        }
        Some(Self::numbers(path, &places, unit))
    }

    /// A number as a value of this axis.
    pub fn value(&self, number: f64) -> Value {
        // What arithmetic left behind the twelfth digit is dropped.
        let number = rounded(number, 12);
        Value { text: format!("{number}{}", self.unit), number: Some(number) }
    }

    /// The smallest and the largest of its numbers; `None` where its values are no numbers.
    pub fn range(&self) -> Option<(f64, f64)> {
        let numbers: Option<Vec<f64>> = self.values.iter().map(|value| value.number).collect();
        let numbers = numbers.filter(|numbers| !numbers.is_empty())?;
        Some((numbers.iter().copied().fold(f64::INFINITY, f64::min), numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max)))
    }
}

/// All points of a product: the last axis varies fastest.
pub fn product(axes: &[Axis]) -> Vec<Vec<Value>> {
    axes.iter().fold(vec![Vec::new()], |points, axis| {
        let longer = |point: &Vec<Value>| {
            let point = point.clone();
            axis.values.iter().map(move |value| point.iter().chain([value]).cloned().collect()).collect::<Vec<_>>()
        };
        points.iter().flat_map(longer).collect()
    })
}

/// A number with six digits or as many more as it takes to be off by no more than that; of time, a whole number of microseconds.
fn readable(number: f64, off: f64, unit: &str) -> f64 {
    let digits = (6..12).find(|&digits| (rounded(number, digits) - number).abs() <= off).unwrap_or(12);
    let is_time = |text: String| text.parse::<SimDuration>().is_ok();
    if !is_time(format!("1{unit}")) {
        return rounded(number, digits);
    }
    let whole = (1..=digits).rev().map(|digits| rounded(number, digits)).find(|number| is_time(format!("{number}{unit}")));
    whole.unwrap_or(number)
}

/// A number with so many digits, as a person would write it.
fn rounded(number: f64, digits: usize) -> f64 {
    format!("{number:.*e}", digits - 1).parse().unwrap_or(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(axis: &Axis) -> Vec<&str> {
        axis.values.iter().map(|value| value.text.as_str()).collect()
    }

    #[test]
    fn grids_hold_both_ends_and_round_numbers() {
        let grid = |range, steps, spacing, unit: &str| Axis::grid("a".to_owned(), range, steps, spacing, unit.to_owned());
        let usd = grid((0.01, 0.05), 5, Spacing::Linear, " USD").expect("a grid");
        assert_eq!(texts(&usd), ["0.01 USD", "0.02 USD", "0.03 USD", "0.04 USD", "0.05 USD"]);
        let volume = grid((10.0, 100_000.0), 5, Spacing::Logarithmic, "").expect("a grid");
        assert_eq!(texts(&volume), ["10", "100", "1000", "10000", "100000"]);
        let times = grid((1.0, 168.0), 8, Spacing::Logarithmic, "h").expect("a grid");
        assert_eq!(texts(&times)[..3], ["1h", "2.07922h", "4.32317h"]);
        let short = grid((1.0, 10.0), 8, Spacing::Logarithmic, "ms").expect("a grid");
        assert_eq!(texts(&short)[..3], ["1ms", "1.389ms", "1.931ms"]);
        let close = grid((1_000_000.0, 1_000_004.0), 5, Spacing::Linear, "").expect("a grid");
        assert_eq!(texts(&close), ["1000000", "1000001", "1000002", "1000003", "1000004"]);
        let thirds = grid((1_234_567.0, 1_234_600.0), 4, Spacing::Linear, "").expect("a grid");
        assert_eq!(texts(&thirds), ["1234567", "1234578", "1234589", "1234600"]);
        assert_eq!(volume.range(), Some((10.0, 100_000.0)));
        assert!(grid((1.0, 1.0), 5, Spacing::Linear, "").is_none() && grid((0.0, 1.0), 5, Spacing::Logarithmic, "").is_none());
        assert!(
            grid((0.0, 1.0), 1, Spacing::Linear, "").is_none() && grid((0.0, f64::INFINITY), 2, Spacing::Linear, "").is_none()
        );
    }

    #[test]
    fn a_product_has_every_pair_once() {
        let axis = |path: &str, texts: &[&str]| Axis::named(path.to_owned(), texts.iter().map(ToString::to_string).collect());
        let points = product(&[axis("a", &["1", "2"]), axis("b", &["x", "y", "z"])]);
        let shown: Vec<String> = points.iter().map(|point| point.iter().map(|value| value.text.as_str()).collect()).collect();
        assert_eq!(shown, ["1x", "1y", "1z", "2x", "2y", "2z"]);
    }
}
