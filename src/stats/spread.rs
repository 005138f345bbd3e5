//! The standard deviation with an interval that does not assume a normal distribution.

use super::{Estimate, Moments, normal_critical};

/// The sample standard deviation s. Its interval follows from the variance of s squared,
/// (m4 - s^4 (n-3)/(n-1)) / n, by the delta method (Casella and Berger, *Statistical Inference*, 2nd ed.,
/// exercise 5.8 and section 5.5.4); its lower end is cut at zero. `None` below two values.
pub fn standard_deviation(moments: &Moments, level: f64) -> Option<Estimate> {
    const METHOD: &str = "delta method, fourth moment";
    let (variance, fourth) = (moments.variance()?, moments.fourth()?);
    let (value, n) = (variance.sqrt(), moments.n());
    if value == 0.0 {
        return Some(Estimate::symmetric(0.0, 0.0, level, METHOD, n));
    }
    let count = n as f64;
    let of_variance = (fourth - variance * variance * (count - 3.0) / (count - 1.0)) / count;
    let half = normal_critical(level) * of_variance.max(0.0).sqrt() / (2.0 * value);
    Some(Estimate { lo: Some((value - half).max(0.0)), ..Estimate::symmetric(value, half, level, METHOD, n) })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A normal sample in quantiles: s has a standard error of s / sqrt(2 (n-1)) for normal data.
    #[test]
    fn the_interval_of_normal_data_is_the_textbook_one() {
        use statrs::distribution::{ContinuousCDF, Normal};
        let n = 20_000_u32;
        let normal = Normal::standard();
        let sample: Moments = (0..n).map(|i| normal.inverse_cdf((f64::from(i) + 0.5) / f64::from(n))).collect();
        let sd = standard_deviation(&sample, 0.95).expect("many values");
        let half = sd.hi.expect("bounded") - sd.value;
        let textbook = 1.96 * sd.value / (2.0 * f64::from(n - 1)).sqrt();
        assert!((half / textbook - 1.0).abs() < 0.01, "{half} {textbook}");
    }

    #[test]
    fn no_variance_is_zero_for_sure() {
        let sd = standard_deviation(&[4.2; 9].into_iter().collect(), 0.95).expect("nine values");
        assert_eq!((sd.value, sd.lo, sd.hi), (0.0, Some(0.0), Some(0.0)));
        assert_eq!(standard_deviation(&[1.0].into_iter().collect(), 0.95), None);
    }
}
