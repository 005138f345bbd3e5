//! Quantiles of a sample: one definition, with exact intervals.

use super::Estimate;
use super::ranks::quantile_ranks;

/// The values in ascending order. None of them may be NaN.
pub fn sorted(values: impl IntoIterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values
}

/// The p-quantile of ascending values as the inverse of their distribution function: the value of rank
/// ceil(n p), which was really observed (type 1 of Hyndman and Fan, *The American Statistician* 50, 1996;
/// spreadsheets, numpy and R interpolate by default, type 7). `None` without values.
///
/// ```
/// let ten: Vec<f64> = (1..=10).map(f64::from).collect();
/// assert_eq!(spendcast::stats::type_1(&ten, 0.9), Some(9.0));
/// ```
pub fn type_1(ascending: &[f64], p: f64) -> Option<f64> {
    let rank = rank(ascending.len() as u64, p);
    ascending.get(rank.saturating_sub(1) as usize).copied()
}

/// The type 1 rank: the smallest k with k/n >= p, not led astray by p having no exact double.
pub(super) fn rank(n: u64, p: f64) -> u64 {
    ((n as f64 * p - 1e-9).ceil() as u64).clamp(1, n.max(1))
}

/// The p-quantile of ascending values with the order statistics that bound it, whatever their distribution.
/// `None` without values.
pub fn quantile(ascending: &[f64], p: f64, level: f64) -> Option<Estimate> {
    let n = ascending.len() as u64;
    let value = type_1(ascending, p)?;
    let (lower, upper) = quantile_ranks(n, p, level);
    let at = |rank: Option<u64>| rank.and_then(|r| ascending.get(r as usize - 1).copied());
    let method = match (lower, upper) {
        (Some(_), Some(_)) => "order statistics",
        (None, Some(_)) => "order statistics, unbounded below: n is too small",
        (Some(_), None) => "order statistics, unbounded above: n is too small",
        (None, None) => "order statistics, unbounded: n is too small",
    };
    Some(Estimate { value, lo: at(lower), hi: at(upper), level, method, n })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Conover's hours to failure is a sample of 16: its median lies between the 4th and the 13th value.
    #[test]
    fn the_interval_is_made_of_observed_values() {
        let values = sorted((1..=16).rev().map(f64::from));
        let median = quantile(&values, 0.5, 0.95).expect("16 values");
        assert_eq!((median.value, median.lo, median.hi), (8.0, Some(4.0), Some(13.0)));
    }

    #[test]
    fn small_samples_say_that_they_are_small() {
        let p90 = quantile(&[1.0, 2.0], 0.9, 0.95).expect("two values");
        assert_eq!((p90.value, p90.lo, p90.hi), (2.0, Some(1.0), None));
        assert!(p90.method.contains("unbounded above: n is too small"));
        assert_eq!(quantile(&[], 0.9, 0.95), None);
    }

    #[test]
    fn ranks_do_not_suffer_from_doubles() {
        assert_eq!([rank(100, 0.07), rank(1_000, 0.9), rank(1, 0.5), rank(20, 0.95), rank(10, 0.91)], [7, 900, 1, 19, 10]);
    }
}
