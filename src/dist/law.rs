//! Continuous laws of positive quantities (latency, think time, prompt length), given by their quantile function.

use super::normal;

/// A distribution of a positive quantity, in whatever unit its parameters have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Law(Repr);

#[derive(Debug, Clone, Copy, PartialEq)]
enum Repr {
    Constant(f64),
    Exponential { mean: f64 },
    Lognormal { mu: f64, sigma: f64 },
    Uniform { low: f64, high: f64 },
}

/// Why parameters make no law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotALaw(pub &'static str);

/// The standard normal quantile at 95 %.
const Z95: f64 = 1.644_853_626_951_472_7;

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

    /// The quantile at `p` in (0, 1).
    pub fn quantile(&self, p: f64) -> f64 {
        match self.0 {
            Repr::Constant(value) => value,
            Repr::Exponential { mean } => -mean * libm::log1p(-p),
            Repr::Lognormal { mu, sigma } => libm::exp(mu + sigma * normal::quantile(p)),
            Repr::Uniform { low, high } => low + (high - low) * p,
        }
    }

    /// The mean.
    pub fn mean(&self) -> f64 {
        match self.0 {
            Repr::Constant(value) => value,
            Repr::Exponential { mean } => mean,
            Repr::Lognormal { mu, sigma } => libm::exp(mu + sigma * sigma / 2.0),
            Repr::Uniform { low, high } => low.midpoint(high),
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
    }
}
