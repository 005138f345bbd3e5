//! Mean and central moments in one pass, without cancellation.

/// Running mean and central moments (Welford 1962; third and fourth: Pébay 2008, SAND2008-6212, eq. 1.5 and 1.6).
///
/// Equal values have a variance of exactly zero.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Moments {
    n: u64,
    mean: f64,
    /// Sums of the second, third and fourth powers of the deviations from the mean.
    m2: f64,
    m3: f64,
    m4: f64,
}

impl Moments {
    /// Takes in one value.
    pub fn push(&mut self, x: f64) {
        let before = self.n as f64;
        self.n += 1;
        let n = self.n as f64;
        let delta = x - self.mean;
        let step = delta / n;
        let square = step * step;
        let term = delta * step * before;
        self.mean += step;
        self.m4 += term * square * (n * n - 3.0 * n + 3.0) + 6.0 * square * self.m2 - 4.0 * step * self.m3;
        self.m3 += term * step * (n - 2.0) - 3.0 * step * self.m2;
        self.m2 += term;
    }

    /// How many values.
    pub const fn n(&self) -> u64 {
        self.n
    }

    /// Their mean; `None` without values.
    pub fn mean(&self) -> Option<f64> {
        (self.n > 0).then_some(self.mean)
    }

    /// Their sample variance (divisor n - 1); `None` below two values.
    pub fn variance(&self) -> Option<f64> {
        (self.n > 1).then(|| self.m2 / (self.n - 1) as f64)
    }

    /// Their skewness, the third central moment over the cube of the standard deviation, both without bias for their
    /// squares and cubes (n / ((n-1) (n-2)) times the sum of cubed deviations over s cubed; the G1 of Joanes and Gill,
    /// *The Statistician* 47, 1998). `None` below three values and where all are equal.
    pub fn skewness(&self) -> Option<f64> {
        let variance = self.variance().filter(|&variance| self.n > 2 && variance > 0.0)?;
        let n = self.n as f64;
        Some(n / ((n - 1.0) * (n - 2.0)) * self.m3 / (variance * variance.sqrt()))
    }

    /// The fourth central moment (divisor n); `None` without values.
    pub fn fourth(&self) -> Option<f64> {
        (self.n > 0).then(|| self.m4 / self.n as f64)
    }
}

impl FromIterator<f64> for Moments {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        let mut moments = Self::default();
        values.into_iter().for_each(|x| moments.push(x));
        moments
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// NIST StRD NumAcc3 and NumAcc4: the certified standard deviation is 0.1 exactly; the sum-of-squares
    /// formula gives 0.09937 for the first.
    #[test]
    fn nist_certified_standard_deviations() {
        for (first, tolerance) in [(1_000_000.0, 1e-9), (10_000_000.0, 1e-8)] {
            let values = std::iter::once(first + 0.2).chain([first + 0.1, first + 0.3].into_iter().cycle().take(1_000));
            let moments: Moments = values.collect();
            let sd = moments.variance().expect("1001 values").sqrt();
            assert!((sd - 0.1).abs() < tolerance, "{sd}");
        }
    }

    #[test]
    fn moments_of_a_small_sample() {
        let moments: Moments = [1.0, 2.0, 3.0, 4.0, 6.0].into_iter().collect();
        let close = |a: Option<f64>, b: f64| assert!((a.expect("defined") - b).abs() < 1e-12, "{a:?} is not {b}");
        close(moments.mean(), 3.2);
        close(moments.variance(), 14.8 / 4.0);
        close(moments.fourth(), (2.2_f64.powi(4) + 1.2_f64.powi(4) + 0.2_f64.powi(4) + 0.8_f64.powi(4) + 2.8_f64.powi(4)) / 5.0);
    }

    /// 1, 2, 3, 4, 10: deviations -3, -2, -1, 0, 6 with cubes that sum to 180 and squares that sum to 50.
    #[test]
    fn skewness_of_a_small_sample() {
        let moments: Moments = [1.0, 2.0, 3.0, 4.0, 10.0].into_iter().collect();
        let known = 5.0 / 12.0 * 180.0 / 12.5_f64.powf(1.5);
        assert!((moments.skewness().expect("five values") - known).abs() < 1e-12);
        assert_eq!([1.0, 2.0].into_iter().collect::<Moments>().skewness(), None);
        assert_eq!([1.0; 9].into_iter().collect::<Moments>().skewness(), None);
    }

    #[test]
    fn equal_values_have_no_variance_and_too_few_have_none() {
        let moments: Moments = [0.1; 7].into_iter().collect();
        assert_eq!((moments.mean(), moments.variance()), (Some(0.1), Some(0.0)));
        assert_eq!(Moments::default().mean(), None);
        assert_eq!([1.0].into_iter().collect::<Moments>().variance(), None);
    }
}
