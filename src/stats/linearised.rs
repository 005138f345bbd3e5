//! The ratio of two sums over replications, and differences of such ratios.

use super::{Estimate, Moments, student_critical};

const METHOD: &str = "ratio of sums, delta method";
const UNDEFINED: &str = "ratio of sums, delta method, undefined: one replication";

/// R, the sum of y over the sum of x, with each replication's part in it.
///
/// The mean of the replications' own ratios answers another question, and leaves out those in which x is zero: they
/// cost too. The interval is that of the delta method, as Student's t interval of the linearised values
/// v = R + (y - R x) / mean x, whose mean is R (Cochran, *Sampling Techniques*, 3rd ed., section 2.11; Law, ch. 9.6).
/// With few replications and an x that is seldom more than zero it is approximate.
///
/// ```
/// use spendcast::stats::RatioOfSums;
/// // One dollar in each of four months, an accepted image in two of them.
/// let ratio = RatioOfSums::new([(1.0, 1.0), (1.0, 0.0), (1.0, 1.0), (1.0, 0.0)]).unwrap();
/// assert_eq!(ratio.estimate(0.95).value, 2.0);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct RatioOfSums {
    ratio: f64,
    linearised: Vec<f64>,
}

impl RatioOfSums {
    /// The ratio of these pairs of y and x, in the order of replications; `None` where the sum of x is zero.
    pub fn new(pairs: impl IntoIterator<Item = (f64, f64)>) -> Option<Self> {
        let pairs: Vec<(f64, f64)> = pairs.into_iter().collect();
        let (above, below) = pairs.iter().fold((0.0, 0.0), |(above, below), (y, x)| (above + y, below + x));
        if below == 0.0 {
            return None;
        }
        let (ratio, mean) = (above / below, below / pairs.len() as f64);
        Some(Self { ratio, linearised: pairs.iter().map(|(y, x)| ratio + (y - ratio * x) / mean).collect() })
    }

    /// The ratio with its interval.
    pub fn estimate(&self, level: f64) -> Estimate {
        around(self.ratio, self.linearised.iter().copied(), level)
    }

    /// This ratio minus another of the same replications, pair by pair.
    pub fn minus(&self, other: &Self, level: f64) -> Estimate {
        around(self.ratio - other.ratio, self.pairs(other).map(|(own, others)| own - others), level)
    }

    /// The linearised values of this and another ratio of the same replications.
    pub fn pairs(&self, other: &Self) -> impl Iterator<Item = (f64, f64)> {
        self.linearised.iter().copied().zip(other.linearised.iter().copied())
    }
}

/// The value with Student's t interval of the values that it is the mean of, but for rounding.
fn around(value: f64, linearised: impl Iterator<Item = f64>, level: f64) -> Estimate {
    let moments: Moments = linearised.collect();
    let n = moments.n();
    let Some(variance) = moments.variance() else {
        return Estimate::bare(value, level, UNDEFINED, n);
    };
    let half = student_critical(n - 1, level) * (variance / n as f64).sqrt();
    Estimate::symmetric(value, half, level, METHOD, n)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// v is 0, 4, 0, 4: their standard deviation is 4 / sqrt 3, and t with 3 degrees of freedom is 3.182 446.
    #[test]
    fn a_known_answer() {
        let ratio = RatioOfSums::new([(1.0, 1.0), (1.0, 0.0), (1.0, 1.0), (1.0, 0.0)]).expect("two accepted");
        let estimate = ratio.estimate(0.95);
        assert_eq!((estimate.value, estimate.n, estimate.method), (2.0, 4, METHOD));
        let half = estimate.hi.expect("bounded") - 2.0;
        assert!((half - 3.182_446 * 2.0 / 3.0_f64.sqrt()).abs() < 1e-5, "{half}");
    }

    /// The ratio of two correlated means: the variance of the delta method, written out.
    #[test]
    fn the_variance_of_the_delta_method() {
        let pairs: Vec<(f64, f64)> = (0..50).map(|i| (3.0 + f64::from(i * 7 % 11), 2.0 + f64::from(i * 5 % 13))).collect();
        let n = pairs.len() as f64;
        let (y, x) = pairs.iter().fold((0.0, 0.0), |(a, b), (y, x)| (a + y / n, b + x / n));
        let sum = |f: &dyn Fn(f64, f64) -> f64| pairs.iter().map(|&(a, b)| f(a - y, b - x)).sum::<f64>() / (n - 1.0);
        let (yy, xx, xy) = (sum(&|a, _| a * a), sum(&|_, b| b * b), sum(&|a, b| a * b));
        let r = y / x;
        let half = student_critical(49, 0.95) * ((yy - 2.0 * r * xy + r * r * xx) / n).sqrt() / x;
        let estimate = RatioOfSums::new(pairs).expect("x is positive").estimate(0.95);
        assert!((estimate.value - r).abs() < 1e-12 && (estimate.hi.expect("bounded") - r - half).abs() < 1e-12);
    }

    #[test]
    fn differences_are_paired_and_nothing_minus_itself_is_nothing() {
        let of = |shift: f64| RatioOfSums::new((1..30).map(|i| (f64::from(i % 7) + shift, f64::from(i)))).expect("positive");
        let (one, same, other) = (of(0.3), of(0.3), of(0.4));
        let none = one.minus(&same, 0.95);
        assert_eq!((none.value, none.lo, none.hi), (0.0, Some(0.0), Some(0.0)));
        let paired = other.minus(&one, 0.95);
        assert!(paired.excludes_zero(), "{paired:?}");
        assert!((paired.value - 0.1 / 15.0).abs() < 1e-12, "the mean of x is 15: {paired:?}");
    }

    #[test]
    fn the_undefined_and_the_single() {
        assert_eq!(RatioOfSums::new([(1.0, 0.0)]), None);
        assert_eq!(RatioOfSums::new([]), None);
        let one = RatioOfSums::new([(1.0, 4.0)]).expect("x is positive").estimate(0.95);
        assert_eq!((one.value, one.lo, one.method), (0.25, None, UNDEFINED));
    }
}
