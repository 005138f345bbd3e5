//! Every mean against the best of the others, at once.

use super::difference::variances;
use super::{Estimate, Moments, dunnett_critical, level_of_each, student_critical};

const METHOD: &str = "Nelson-Matejcik MCB";
/// Where differences are not equally variable.
const PAIRWISE: &str = "MCB from paired t, Bonferroni";

/// Differences are taken for equally variable up to this ratio of their variances. *Assumed*: at a hundred replications chance alone
/// reaches about 1.5.
const ALIKE: f64 = 2.5;

/// The mean of each system minus the lowest mean of the others, lower being better, over the same replications of all: multiple
/// comparisons with the best (Hsu, *Annals of Statistics* 12, 1984) under common random numbers (Nelson and Matejcik, *Management
/// Science* 41, 1995). All intervals hold at once at `level`.
///
/// Each holds zero or ends there: a system whose interval ends at zero (`hi` is 0) is the best; one whose interval begins at
/// zero (`lo` is 0) is not the best; `lo` is how much better it can be at most, `hi` how much worse. The width is that of
/// Dunnett's one-sided point for (k - 1) (n - 1) degrees of freedom with the pooled variance of what is left of the values
/// without their system's and their replication's mean: it takes the covariances for spherical, all differences equally
/// variable.
///
/// Where the variances of the differences are more than a factor of 2.5 apart, that is too wide for some and too narrow for others. Then
/// each difference has its own width, Student's t with n - 1 degrees of freedom at Bonferroni's level for all k (k - 1) / 2 pairs,
/// which holds whatever the variances.
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
    let variances = variances(systems);
    if !alike(&variances) {
        return Some(pairwise(&means, &variances, n, level));
    }
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

fn alike(variances: &[Vec<f64>]) -> bool {
    let pairs = || (0..variances.len()).flat_map(|i| variances[i][..i].iter().copied());
    pairs().fold(0.0, f64::max) <= ALIKE * pairs().fold(f64::INFINITY, f64::min)
}

/// A mean minus the lowest of the others is the largest of its differences from them, which all lie within their intervals.
fn pairwise(means: &[f64], variances: &[Vec<f64>], n: usize, level: f64) -> Vec<Estimate> {
    let k = means.len();
    let critical = student_critical(n as u64 - 1, level_of_each((k * (k - 1) / 2) as u64, level));
    let estimate = |i: usize| {
        let largest = |sign: f64| {
            let ends =
                (0..k).filter(|&j| j != i).map(|j| means[i] - means[j] + sign * critical * (variances[i][j] / n as f64).sqrt());
            ends.fold(f64::NEG_INFINITY, f64::max)
        };
        let (lo, hi) = (Some(largest(-1.0).min(0.0)), Some(largest(1.0).max(0.0)));
        Estimate { value: largest(0.0), lo, hi, level, method: PAIRWISE, n: n as u64 }
    };
    (0..k).map(estimate).collect()
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

    /// By hand: a - b is -1 or -3, with a variance of 4/3; c is 100 or 140 above a, with 1600/3. Student's point at 1 - 0.05/3 for 3
    /// degrees of freedom is 4.857.
    #[test]
    fn differences_of_their_own_variability_have_their_own_widths() {
        let (a, b) = ([1.0, 2.0, 1.0, 2.0], [2.0, 5.0, 2.0, 5.0]);
        let c = [101.0, 102.0, 141.0, 142.0];
        let found = against_best(&[&a, &b, &c], 0.95).expect("three systems");
        assert_eq!(found[0].method, PAIRWISE);
        assert_eq!(found.iter().map(|e| e.value).collect::<Vec<_>>(), [-2.0, 2.0, 120.0]);
        let width = 4.857 * (4.0_f64 / 3.0 / 4.0).sqrt();
        assert!((found[1].hi.expect("bounded") - (2.0 + width)).abs() < 2e-3, "{found:?}");
        assert!(found[2].lo == Some(0.0) && found[0].hi.is_some_and(|hi| (hi - (width - 2.0)).abs() < 2e-3), "{found:?}");
    }

    #[test]
    fn what_cannot_be_compared_is_not() {
        assert_eq!(against_best(&[], 0.95), None);
        assert_eq!(against_best(&[&[1.0, 2.0]], 0.95), None);
        assert_eq!(against_best(&[&[1.0], &[2.0]], 0.95), None);
        assert_eq!(against_best(&[&[1.0, 2.0], &[2.0]], 0.95), None);
    }
}
