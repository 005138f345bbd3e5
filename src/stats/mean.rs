//! The mean with Student's t interval.

use super::{Estimate, Moments, student_critical};

/// The mean, plus and minus t times s over the root of n (Law, *Simulation Modeling and Analysis*, ch. 9).
/// `None` without values.
///
/// ```
/// use spendcast::stats::{Moments, mean};
/// let bank: Moments = [1.53, 1.66, 1.24, 2.34, 2.00, 1.69, 2.69, 2.86, 1.70, 2.60].into_iter().collect();
/// let mean = mean(&bank, 0.90).unwrap();
/// assert_eq!(format!("{:.2} {:.2}", mean.value, mean.hi.unwrap() - mean.value), "2.03 0.32");
/// ```
pub fn mean(moments: &Moments, level: f64) -> Option<Estimate> {
    let (value, n) = (moments.mean()?, moments.n());
    let Some(variance) = moments.variance() else {
        return Some(Estimate::bare(value, level, "Student's t, undefined: one replication", n));
    };
    let half = student_critical(n - 1, level) * (variance / n as f64).sqrt();
    Some(Estimate::symmetric(value, half, level, "Student's t", n))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Law and Kelton's bank: 2.03 plus and minus 0.32.
    #[test]
    fn the_bank_of_law_and_kelton() {
        let bank: Moments = [1.53, 1.66, 1.24, 2.34, 2.00, 1.69, 2.69, 2.86, 1.70, 2.60].into_iter().collect();
        let mean = mean(&bank, 0.90).expect("ten values");
        assert!((mean.value - 2.031).abs() < 1e-12);
        assert!((bank.variance().expect("ten values") - 0.309_099).abs() < 1e-6);
        assert!((mean.hi.expect("bounded") - mean.value - 0.3223).abs() < 5e-5);
    }

    #[test]
    fn one_value_has_no_interval() {
        let estimate = mean(&[3.0].into_iter().collect(), 0.95).expect("one value");
        assert_eq!((estimate.value, estimate.lo, estimate.n), (3.0, None, 1));
        assert!(estimate.method.contains("one replication"));
        assert_eq!(mean(&Moments::default(), 0.95), None);
    }
}
