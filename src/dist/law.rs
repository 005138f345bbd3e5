//! Continuous laws of positive quantities (latency, think time, prompt length), given by their quantile function.

use super::{gamma, normal};

/// A distribution of a positive quantity, in whatever unit its parameters have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Law(Repr);

#[derive(Debug, Clone, Copy, PartialEq)]
enum Repr {
    Constant(f64),
    Exponential { mean: f64 },
    Lognormal { mu: f64, sigma: f64 },
    Uniform { low: f64, high: f64 },
    Weibull { shape: f64, scale: f64 },
    Gamma { shape: f64, scale: f64 },
}

/// Why parameters make no law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotALaw(pub &'static str);

/// The standard normal quantile at 95 %.
const Z95: f64 = 1.644_853_626_951_472_7;

/// Shapes that Weibull and gamma take. Below, nearly everything is zero and the rest astronomic; above, it is a constant.
const SHAPES: std::ops::RangeInclusive<f64> = 0.1..=1000.0;

impl Law {
    /// Always this value.
    ///
    /// # Errors
    /// A negative or infinite value.
    pub fn constant(value: f64) -> Result<Self, NotALaw> {
        if !(value >= 0.0 && value.is_finite()) {
            return Err(NotALaw("the value must not be negative"));
        }
        Ok(Self(Repr::Constant(value)))
    }

    /// Exponential with this mean.
    ///
    /// # Errors
    /// A mean that is not positive.
    pub fn exponential(mean: f64) -> Result<Self, NotALaw> {
        if !(mean > 0.0 && mean.is_finite()) {
            return Err(NotALaw("the mean must be more than zero"));
        }
        Ok(Self(Repr::Exponential { mean }))
    }

    /// Lognormal with this median and standard deviation of the logarithm.
    ///
    /// # Errors
    /// A median that is not positive, a negative sigma.
    pub fn lognormal(median: f64, sigma: f64) -> Result<Self, NotALaw> {
        if !(median > 0.0 && median.is_finite()) {
            return Err(NotALaw("the median must be more than zero"));
        }
        if !(0.0..=10.0).contains(&sigma) {
            return Err(NotALaw("sigma must be from 0 to 10"));
        }
        Ok(Self(Repr::Lognormal { mu: libm::log(median), sigma }))
    }

    /// Lognormal with this median and 95th percentile: sigma = ln(p95/p50) / 1.645.
    ///
    /// # Errors
    /// A median that is not positive, a p95 below the median.
    pub fn lognormal_p50_p95(p50: f64, p95: f64) -> Result<Self, NotALaw> {
        if !(p50 > 0.0 && p95 >= p50) {
            return Err(NotALaw("p95 must not be below p50, and both more than zero"));
        }
        Self::lognormal(p50, libm::log(p95 / p50) / Z95)
    }

    /// Uniform between two values.
    ///
    /// # Errors
    /// Values that are negative or in the wrong order.
    pub fn uniform(low: f64, high: f64) -> Result<Self, NotALaw> {
        if !(low >= 0.0 && high >= low && high.is_finite()) {
            return Err(NotALaw("low must not be negative or above high"));
        }
        Ok(Self(Repr::Uniform { low, high }))
    }

    /// Weibull with this shape and scale (its quantile at 1 - 1/e): more short and more long values than the exponential
    /// where the shape is below 1.
    ///
    /// # Errors
    /// A shape beyond 0.1 to 1000, a scale that is not positive.
    pub fn weibull(shape: f64, scale: f64) -> Result<Self, NotALaw> {
        Self::shaped(shape, scale, |shape, scale| Repr::Weibull { shape, scale })
    }

    /// Weibull with this shape and mean.
    ///
    /// # Errors
    /// A shape beyond 0.1 to 1000, a mean that is not positive.
    pub fn weibull_mean(shape: f64, mean: f64) -> Result<Self, NotALaw> {
        Self::shaped(shape, mean, |shape, mean| Repr::Weibull { shape, scale: mean / libm::tgamma(1.0 + 1.0 / shape) })
    }

    /// Gamma with this shape and mean.
    ///
    /// # Errors
    /// A shape beyond 0.1 to 1000, a mean that is not positive.
    pub fn gamma(shape: f64, mean: f64) -> Result<Self, NotALaw> {
        Self::shaped(shape, mean, |shape, mean| Repr::Gamma { shape, scale: mean / shape })
    }

    fn shaped(shape: f64, size: f64, law: impl Fn(f64, f64) -> Repr) -> Result<Self, NotALaw> {
        if !SHAPES.contains(&shape) {
            return Err(NotALaw("the shape must be from 0.1 to 1000"));
        }
        if !(size > 0.0 && size.is_finite()) {
            return Err(NotALaw("the scale or mean must be more than zero"));
        }
        Ok(Self(law(shape, size)))
    }

    /// The quantile at `p` in (0, 1).
    pub fn quantile(&self, p: f64) -> f64 {
        match self.0 {
            Repr::Constant(value) => value,
            Repr::Exponential { mean } => -mean * libm::log1p(-p),
            Repr::Lognormal { mu, sigma } => libm::exp(mu + sigma * normal::quantile(p)),
            Repr::Uniform { low, high } => low + (high - low) * p,
            Repr::Weibull { shape, scale } => scale * libm::pow(-libm::log1p(-p), 1.0 / shape),
            Repr::Gamma { shape, scale } => scale * gamma::quantile(shape, p),
        }
    }

    /// The quantile at `p` in (0, 1) of the length-biased law, whose density is x f(x) / mean: the law of the interval that
    /// an instant picked at random falls into (D. R. Cox, "Renewal Theory", 1962, chapter 5). What is left of that
    /// interval is a uniform part of it.
    pub fn length_biased_quantile(&self, p: f64) -> f64 {
        match self.0 {
            Repr::Constant(value) => value,
            Repr::Exponential { mean } => mean * gamma::quantile(2.0, p),
            Repr::Lognormal { mu, sigma } => libm::exp(mu + sigma * (normal::quantile(p) + sigma)),
            Repr::Uniform { low, high } => libm::sqrt(low * low + (high * high - low * low) * p),
            // (x / scale)^shape, exponential in the law itself, is gamma with shape 1 + 1/shape here.
            Repr::Weibull { shape, scale } => scale * libm::pow(gamma::quantile(1.0 + 1.0 / shape, p), 1.0 / shape),
            Repr::Gamma { shape, scale } => scale * gamma::quantile(shape + 1.0, p),
        }
    }

    /// The mean.
    pub fn mean(&self) -> f64 {
        match self.0 {
            Repr::Constant(value) => value,
            Repr::Exponential { mean } => mean,
            Repr::Lognormal { mu, sigma } => libm::exp(mu + sigma * sigma / 2.0),
            Repr::Uniform { low, high } => low.midpoint(high),
            Repr::Weibull { shape, scale } => scale * libm::tgamma(1.0 + 1.0 / shape),
            Repr::Gamma { shape, scale } => shape * scale,
        }
    }

    /// The same law in a unit `factor` times as fine: a law in seconds times 1e6 is one in microseconds.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        Self(match self.0 {
            Repr::Constant(value) => Repr::Constant(value * factor),
            Repr::Exponential { mean } => Repr::Exponential { mean: mean * factor },
            Repr::Lognormal { mu, sigma } => Repr::Lognormal { mu: mu + libm::log(factor), sigma },
            Repr::Uniform { low, high } => Repr::Uniform { low: low * factor, high: high * factor },
            Repr::Weibull { shape, scale } => Repr::Weibull { shape, scale: scale * factor },
            Repr::Gamma { shape, scale } => Repr::Gamma { shape, scale: scale * factor },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lognormal_meets_both_percentiles() {
        let law = Law::lognormal_p50_p95(8.0, 18.0).expect("valid");
        assert!((law.quantile(0.5) - 8.0).abs() < 1e-12);
        assert!((law.quantile(0.95) - 18.0).abs() < 1e-11);
    }

    #[test]
    fn exponential_median_is_ln_two() {
        let law = Law::exponential(3.0).expect("valid");
        assert!((law.quantile(0.5) - 3.0 * std::f64::consts::LN_2).abs() < 1e-14);
    }

    #[test]
    fn refuses_what_is_no_law() {
        assert!(Law::lognormal_p50_p95(8.0, 7.0).is_err());
        assert!(Law::exponential(0.0).is_err());
        assert!(Law::constant(f64::NAN).is_err());
        assert!(Law::uniform(2.0, 1.0).is_err());
        assert!(Law::weibull(0.0, 1.0).is_err() && Law::weibull_mean(0.5, 0.0).is_err() && Law::gamma(f64::NAN, 1.0).is_err());
    }

    /// Weibull with shape 1/2 and scale 1: quantile (ln(1/(1-p)))^2, mean 2.
    #[test]
    fn weibull_is_a_power_of_the_exponential() {
        let law = Law::weibull(0.5, 1.0).expect("valid");
        assert!((law.quantile(0.5) - std::f64::consts::LN_2.powi(2)).abs() < 1e-14);
        assert!(
            (law.mean() - 2.0).abs() < 1e-13
                && (Law::weibull_mean(0.5, 2.0).expect("valid").quantile(0.5) / law.quantile(0.5) - 1.0).abs() < 1e-13
        );
    }

    #[test]
    fn gamma_with_shape_one_is_exponential() {
        let (gamma, exponential) = (Law::gamma(1.0, 3.0).expect("valid"), Law::exponential(3.0).expect("valid"));
        for p in [1e-9, 0.01, 0.5, 0.99, 1.0 - 1e-9] {
            assert!((gamma.quantile(p) / exponential.quantile(p) - 1.0).abs() < 1e-9, "{p}");
        }
    }

    /// The mean of the length-biased law is E[X^2] / E[X], both integrated over the quantile function by midpoints.
    #[test]
    fn length_biased_laws_have_the_mean_of_the_inspection_paradox() {
        let laws = [
            Law::constant(3.0),
            Law::exponential(3.0),
            Law::lognormal(2.0, 0.5),
            Law::uniform(1.0, 4.0),
            Law::weibull(1.5, 3.0),
            Law::gamma(0.7, 3.0),
        ];
        for law in laws.map(|law| law.expect("valid")) {
            let n = 200_000;
            let mean =
                |of: &dyn Fn(f64) -> f64| (0..n).map(|i| of((f64::from(i) + 0.5) / f64::from(n))).sum::<f64>() / f64::from(n);
            let expected = mean(&|p| law.quantile(p).powi(2)) / law.mean();
            let found = mean(&|p| law.length_biased_quantile(p));
            assert!((found / expected - 1.0).abs() < 2e-4, "{law:?}: {found} and not {expected}");
        }
    }
}
