//! Paired comparison: two outcomes of each replication, on common random numbers.

use super::{Estimate, Moments, mean, quantile, share, sorted};

/// The differences `a - b` of pairs, in the order of replications.
///
/// Pairs cancel what both sides share. Comparing two means or two percentiles as if they were independent
/// does not: report quantiles of the difference, never differences of quantiles.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Paired {
    differences: Vec<f64>,
}

impl Paired {
    /// The differences of these pairs.
    pub fn new(pairs: impl IntoIterator<Item = (f64, f64)>) -> Self {
        Self { differences: pairs.into_iter().map(|(a, b)| a - b).collect() }
    }

    /// The mean difference with the paired t interval (Law, ch. 10.2.1), whatever its skewness: so it agrees with all else that is
    /// decided on differences, relative ones, break-evens and comparisons with the best. `None` without pairs.
    pub fn mean(&self, level: f64) -> Option<Estimate> {
        mean(&self.differences.iter().copied().collect::<Moments>(), level)
    }

    /// The share of pairs in which the first is strictly lower. `None` without pairs.
    pub fn share_lower(&self, level: f64) -> Option<Estimate> {
        let lower = self.differences.iter().filter(|&&d| d < 0.0).count();
        share(lower as u64, self.differences.len() as u64, level)
    }

    /// Quantiles of the difference, at each of these p. `None` without pairs.
    pub fn quantiles<const N: usize>(&self, ps: [f64; N], level: f64) -> Option<[Estimate; N]> {
        let ascending = sorted(self.differences.iter().copied());
        let estimates: Option<Vec<Estimate>> = ps.iter().map(|&p| quantile(&ascending, p, level)).collect();
        estimates?.try_into().ok()
    }
}

/// The variance of the difference of each two systems, over the same replications of all (divisor n - 1; 0 below two).
pub(super) fn variances(systems: &[&[f64]]) -> Vec<Vec<f64>> {
    let between = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x - y).collect::<Moments>().variance().unwrap_or(0.0);
    systems.iter().map(|a| systems.iter().map(|b| between(a, b)).collect()).collect()
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these answers are exact")]
mod tests {
    use super::*;

    fn paired(a: &[f64], b: &[f64]) -> Paired {
        Paired::new(a.iter().copied().zip(b.iter().copied()))
    }

    fn assert_interval(estimate: Estimate, lo: f64, hi: f64, tolerance: f64) {
        assert!((estimate.lo.expect("bounded") - lo).abs() < tolerance, "{estimate:?}");
        assert!((estimate.hi.expect("bounded") - hi).abs() < tolerance, "{estimate:?}");
    }

    /// Law's inventory model: [1.65, 8.31] at 90 %.
    #[test]
    fn the_inventory_of_law() {
        let a = [126.97, 124.31, 126.68, 122.66, 127.23];
        let b = [118.21, 120.22, 122.45, 122.68, 119.40];
        let mean = paired(&a, &b).mean(0.90).expect("five pairs");
        assert!((mean.value - 4.978).abs() < 1e-9);
        assert_interval(mean, 1.649, 8.307, 1e-3);
    }

    #[test]
    fn a_toy_with_common_demand() {
        let (a, b) = ([100.0, 120.0, 90.0, 110.0, 105.0, 95.0], [92.0, 113.0, 85.0, 101.0, 99.0, 88.0]);
        let variance = |values: [f64; 6]| values.into_iter().collect::<Moments>().variance().expect("six");
        assert!((variance(std::array::from_fn(|i| a[i] - b[i])) - 2.0).abs() < 1e-12);
        assert!((variance(a) + variance(b) - 221.333_333).abs() < 1e-6, "as if they were independent");
        let pairs = paired(&a, &b);
        assert_interval(pairs.mean(0.95).expect("six pairs"), 5.5159, 8.4841, 1e-4);
        assert_eq!(pairs.share_lower(0.95).expect("six pairs").value, 0.0);
        assert_eq!(pairs.quantiles([0.1, 0.5, 0.9], 0.95).expect("six pairs").map(|q| q.value), [5.0, 7.0, 9.0]);
    }

    #[test]
    fn identical_sides_differ_by_exactly_zero() {
        let values = [0.1, 0.2, 0.3, 1e9];
        let pairs = paired(&values, &values);
        assert_interval(pairs.mean(0.95).expect("four pairs"), 0.0, 0.0, f64::MIN_POSITIVE);
        assert_eq!(pairs.share_lower(0.95).expect("four pairs").value, 0.0);
        assert_eq!(Paired::default().mean(0.95), None);
    }
}
