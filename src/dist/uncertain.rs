//! What is not known of a scalar: a distribution of the value that it has throughout a replication.
//!
//! Values are drawn by the quantile function, so that one uniform number gives one value, and a higher one a higher value. It knows
//! numbers and nothing of their units.

use statrs::function::beta::beta_reg;

use super::NotALaw;
use super::normal::quantile as normal;

/// A distribution of an unknown scalar.
#[derive(Debug, Clone, PartialEq)]
pub struct Uncertain(Repr);

#[derive(Debug, Clone, PartialEq)]
enum Repr {
    Lognormal { mu: f64, sigma: f64 },
    LogitNormal { mu: f64, sigma: f64, whole: f64 },
    Uniform { low: f64, high: f64 },
    Triangular { low: f64, mode: f64, high: f64 },
    Pert { low: f64, high: f64, alpha: f64, beta: f64 },
    Cases { upto: Box<[f64]> },
}

impl Uncertain {
    /// Lognormal with these two values at the quantiles `1 - p` and `p`: `p = 0.95` for a 90 % interval, 0.9 for p10 and p90. The
    /// family is that of Guesstimate and Squiggle for `a to b`.
    ///
    /// # Errors
    /// Ends that are not positive or not in order.
    pub fn lognormal(low: f64, high: f64, p: f64) -> Result<Self, NotALaw> {
        if !(low > 0.0 && high > low && high.is_finite()) {
            return Err(NotALaw("an interval goes from more than 0 up to something higher"));
        }
        let (low, high) = (libm::log(low), libm::log(high));
        Ok(Self(Repr::Lognormal { mu: f64::midpoint(low, high), sigma: (high - low) / 2.0 / normal(p) }))
    }

    /// The same for a share of `whole` (1, or 100 for percent): normal on the logit scale, so that it stays between none and all.
    ///
    /// # Errors
    /// Ends that are not inside of nothing and `whole`, or not in order.
    pub fn share(low: f64, high: f64, p: f64, whole: f64) -> Result<Self, NotALaw> {
        if !(low > 0.0 && high > low && high < whole) {
            return Err(NotALaw("an interval of shares lies between 0 and 100 %, both excluded, the lower end first"));
        }
        let logit = |share: f64| libm::log(share / (whole - share));
        let (low, high) = (logit(low), logit(high));
        Ok(Self(Repr::LogitNormal { mu: f64::midpoint(low, high), sigma: (high - low) / 2.0 / normal(p), whole }))
    }

    /// Uniform from `low` to `high`.
    ///
    /// # Errors
    /// Ends that are not in order.
    pub fn uniform(low: f64, high: f64) -> Result<Self, NotALaw> {
        if !(high > low && (high - low).is_finite()) {
            return Err(NotALaw("low is below high"));
        }
        Ok(Self(Repr::Uniform { low, high }))
    }

    /// Triangular: from `low` to `high`, most likely `mode`.
    ///
    /// # Errors
    /// Values that are not in order.
    pub fn triangular(low: f64, mode: f64, high: f64) -> Result<Self, NotALaw> {
        three(low, mode, high)?;
        Ok(Self(Repr::Triangular { low, mode, high }))
    }

    /// PERT: a beta distribution from `low` to `high` with its mean at `(low + 4 mode + high) / 6` (Malcolm, Roseboom, Clark and
    /// Fazar, "Application of a technique for research and development program evaluation", Operations Research 7, 1959).
    ///
    /// # Errors
    /// Values that are not in order.
    pub fn pert(low: f64, mode: f64, high: f64) -> Result<Self, NotALaw> {
        three(low, mode, high)?;
        let part = |of: f64| 1.0 + 4.0 * of / (high - low);
        Ok(Self(Repr::Pert { low, high, alpha: part(mode - low), beta: part(high - mode) }))
    }

    /// One of several cases with these weights; its value is the number of the case, from 0.
    ///
    /// # Errors
    /// No case, a weight that is negative, weights of nothing in all.
    pub fn cases(weights: &[f64]) -> Result<Self, NotALaw> {
        let total: f64 = weights.iter().sum();
        if weights.iter().any(|weight| *weight < 0.0) || !(total > 0.0 && total.is_finite()) {
            return Err(NotALaw("weights are not negative, and one of them is more than 0"));
        }
        let upto = weights.iter().scan(0.0, |sum, weight| {
            *sum += weight;
            Some(*sum / total)
        });
        Ok(Self(Repr::Cases { upto: upto.collect() }))
    }

    /// The value below which a share `u` of draws lies, for `u` in (0, 1).
    pub fn quantile(&self, u: f64) -> f64 {
        match &self.0 {
            Repr::Lognormal { mu, sigma } => libm::exp(mu + sigma * normal(u)),
            Repr::LogitNormal { mu, sigma, whole } => whole / (1.0 + libm::exp(-(mu + sigma * normal(u)))),
            Repr::Uniform { low, high } => low + (high - low) * u,
            Repr::Triangular { low, mode, high } => {
                let (left, right, all) = (mode - low, high - mode, high - low);
                if u * all < left { low + libm::sqrt(u * all * left) } else { high - libm::sqrt((1.0 - u) * all * right) }
            }
            Repr::Pert { low, high, alpha, beta } => low + (high - low) * beta_quantile(*alpha, *beta, u),
            Repr::Cases { upto } => upto.partition_point(|upto| *upto <= u).min(upto.len() - 1) as f64,
        }
    }
}

fn three(low: f64, mode: f64, high: f64) -> Result<(), NotALaw> {
    if low <= mode && mode <= high && low < high && (high - low).is_finite() {
        return Ok(());
    }
    Err(NotALaw("low, mode and high are in this order, and low is below high"))
}

/// The quantile of a beta distribution with parameters from 1 to 5, by halving: 60 times leaves nothing to gain.
fn beta_quantile(alpha: f64, beta: f64, u: f64) -> f64 {
    let (mut below, mut above) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = f64::midpoint(below, above);
        if beta_reg(alpha, beta, middle) < u { below = middle } else { above = middle }
    }
    f64::midpoint(below, above)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(value: f64, expected: f64) {
        assert!((value / expected - 1.0).abs() < 1e-9, "{value} is not {expected}");
    }

    /// The ends of an interval are its quantiles, and its middle is the geometric mean.
    #[test]
    fn ends_are_quantiles() {
        let of = Uncertain::lognormal(80.0, 150.0, 0.95).expect("an interval");
        near(of.quantile(0.05), 80.0);
        near(of.quantile(0.95), 150.0);
        near(of.quantile(0.5), 12_000_f64.sqrt());
        let share = Uncertain::share(60.0, 95.0, 0.9, 100.0).expect("an interval");
        near(share.quantile(0.1), 60.0);
        near(share.quantile(0.9), 95.0);
        assert!(share.quantile(1e-9) > 0.0 && share.quantile(1.0 - 1e-9) < 100.0);
    }

    /// Triangular 0, 1, 4: P(X <= 1) = 1/4, the median at 4 - sqrt(6). PERT 0, 1, 3: beta(7/3, 11/3), whose mean is 7/6 of 3.
    #[test]
    fn three_points_are_those_of_the_formulas() {
        let triangular = Uncertain::triangular(0.0, 1.0, 4.0).expect("in order");
        near(triangular.quantile(0.25), 1.0);
        near(triangular.quantile(0.5), 4.0 - 6_f64.sqrt());
        let pert = Uncertain::pert(0.0, 1.0, 3.0).expect("in order");
        let n = 100_000;
        let mean: f64 = (0..n).map(|i| pert.quantile((f64::from(i) + 0.5) / f64::from(n))).sum::<f64>() / f64::from(n);
        assert!((mean - 7.0 / 6.0).abs() < 1e-6, "{mean}");
        // At the ends a beta of 1 and 5 is one that falls: 1 - (1 - u)^(1/5).
        near(Uncertain::pert(0.0, 0.0, 1.0).expect("in order").quantile(0.3), 1.0 - 0.7_f64.powf(0.2));
    }

    #[test]
    fn cases_come_by_weight() {
        let cases = Uncertain::cases(&[1.0, 0.0, 3.0]).expect("weights");
        assert_eq!([0.1, 0.2499, 0.25, 0.9, 0.999_999].map(|u| cases.quantile(u) as u8), [0, 0, 2, 2, 2]);
    }

    #[test]
    fn nonsense_is_refused() {
        assert!(Uncertain::lognormal(0.0, 1.0, 0.95).is_err() && Uncertain::lognormal(2.0, 1.0, 0.95).is_err());
        assert!(Uncertain::share(5.0, 100.0, 0.95, 100.0).is_err() && Uncertain::uniform(1.0, 1.0).is_err());
        assert!(Uncertain::triangular(1.0, 0.0, 2.0).is_err() && Uncertain::pert(1.0, 1.0, 1.0).is_err());
        assert!(Uncertain::cases(&[]).is_err() && Uncertain::cases(&[0.0]).is_err() && Uncertain::cases(&[-1.0, 2.0]).is_err());
        assert!(Uncertain::cases(&[f64::NAN]).is_err() && Uncertain::lognormal(1.0, f64::INFINITY, 0.95).is_err());
    }
}
