//! Every mean against the best of the others, at once.

use super::{Estimate, Moments, dunnett_critical};

const METHOD: &str = "Nelson-Matejcik MCB";

/// The mean of each system minus the lowest mean of the others, lower being better, over the same replications of all: multiple
/// comparisons with the best (Hsu, *Annals of Statistics* 12, 1984) under common random numbers (Nelson and Matejcik, *Management
/// Science* 41, 1995). All intervals hold at once at `level`.
///
/// Each holds zero or ends there: a system whose interval ends at zero (`hi` is 0) is the best; one whose interval begins at
/// zero (`lo` is 0) is not the best; `lo` is how much better it can be at most, `hi` how much worse. The width is that of
/// Dunnett's one-sided point for (k - 1) (n - 1) degrees of freedom with the pooled variance of what is left of the values
/// without their system's and their replication's mean: it takes the covariances for spherical (all differences equally
/// variable), to which the paper finds it robust.
///
/// `None` with fewer than two systems or two replications, or where the systems do not have equally many.
///
/// ```
/// let systems: [&[f64]; 3] = [&[5.0, 4.0, 6.0, 5.0], &[6.0, 6.0, 7.0, 7.0], &[7.0, 6.0, 9.0, 8.0]];
/// let best = spendcast::stats::against_best(&systems, 0.95).unwrap();
/// assert_eq!((best[0].value, best[0].hi), (-1.5, Some(0.0)));
/// ```
pub fn against_best(systems: &[&[f64]], level: f64) -> Option<Vec<Estimate>> {
    let (first, k) = (systems.first()?, systems.len());
    let n = first.len();
    if k < 2 || n < 2 || systems.iter().any(|system| system.len() != n) {
        return None;
    }
    let differences: Vec<Vec<f64>> = systems.iter().map(|s| s.iter().zip(*first).map(|(y, base)| y - base).collect()).collect();
    let means: Vec<f64> = differences.iter().filter_map(|d| d.iter().copied().collect::<Moments>().mean()).collect();
    let df = (k as u64 - 1) * (n as u64 - 1);
    let width = dunnett_critical(k as u64 - 1, df, level) * (pooled(&differences, &means, df) / n as f64).sqrt();
    let others = |i: usize| means.iter().enumerate().filter(move |&(j, _)| j != i).map(|(_, &mean)| mean);
    let estimate = |i: usize| {
        let value = means[i] - others(i).fold(f64::INFINITY, f64::min);
        let (lo, hi) = (Some((value - width).min(0.0)), Some((value + width).max(0.0)));
        Estimate { value, lo, hi, level, method: METHOD, n: n as u64 }
    };
    Some((0..k).map(estimate).collect())
}

/// Twice the mean square of the differences without their system's and their replication's mean: the variance of a difference
/// of two systems. What all systems share in a replication is gone from it, so that identical systems have none.
fn pooled(differences: &[Vec<f64>], means: &[f64], df: u64) -> f64 {
    let (k, n) = (differences.len() as f64, differences[0].len());
    let overall = means.iter().sum::<f64>() / k;
    let squares = (0..n).map(|j| {
        let of_row = differences.iter().map(|d| d[j]).sum::<f64>() / k;
        differences.iter().zip(means).map(|(d, mean)| (d[j] - mean - of_row + overall).powi(2)).sum::<f64>()
    });
    2.0 * squares.sum::<f64>() / df as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    const SYSTEMS: [&[f64]; 3] = [&[5.0, 4.0, 6.0, 5.0], &[6.0, 6.0, 7.0, 7.0], &[7.0, 6.0, 9.0, 8.0]];

    #[test]
    fn the_variance_of_the_known_answer() {
        let differences = SYSTEMS.map(|s| s.iter().zip(SYSTEMS[0]).map(|(y, base)| y - base).collect::<Vec<f64>>());
        assert!((pooled(&differences, &[0.0, 1.5, 2.5], 6) - 4.0 / 9.0).abs() < 1e-12);
    }

    /// The half-width is Dunnett's point for two others and 6 degrees of freedom, 2.34, times sqrt(4/9 / 4) = 1/3.
    #[test]
    fn the_best_is_told_from_the_rest() {
        let found = against_best(&SYSTEMS, 0.95).expect("three systems");
        let (a, b, c) = (found[0], found[1], found[2]);
        assert_eq!((a.value, b.value, c.value), (-1.5, 1.5, 2.5));
        let width = b.hi.expect("bounded") - b.value;
        assert!((width - 2.34 / 3.0).abs() < 2e-3, "{width}");
        assert_eq!((a.hi, b.lo, c.lo), (Some(0.0), Some(0.0), Some(0.0)));
        assert!((a.lo.expect("bounded") + 1.5 + width).abs() < 1e-12 && (c.hi.expect("bounded") - 2.5 - width).abs() < 1e-12);
    }

    #[test]
    fn identical_systems_differ_by_exactly_zero() {
        let values: Vec<f64> = (0..30).map(|i| f64::from(i) * 0.1 + 0.3).collect();
        for estimate in against_best(&[&values, &values, &values], 0.95).expect("three systems") {
            assert_eq!((estimate.value, estimate.lo, estimate.hi), (0.0, Some(0.0), Some(0.0)));
        }
    }

    #[test]
    fn what_cannot_be_compared_is_not() {
        assert_eq!(against_best(&[], 0.95), None);
        assert_eq!(against_best(&[&[1.0, 2.0]], 0.95), None);
        assert_eq!(against_best(&[&[1.0], &[2.0]], 0.95), None);
        assert_eq!(against_best(&[&[1.0, 2.0], &[2.0]], 0.95), None);
    }
}
