//! One metric of one strategy, over the replications.

use crate::stats::{Estimate, LEVEL, Moments, mean, quantile, sorted, standard_deviation, tail_mean};

/// How a metric is distributed over replications.
///
/// The interval of the mean is the error of the simulation and shrinks with more replications; p10 to p90 is
/// how much one horizon differs from another and does not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Distribution {
    /// The mean, with Student's t interval.
    pub mean: Estimate,
    /// The standard deviation; `None` for a single replication.
    pub sd: Option<Estimate>,
    /// Exceeded in nine of ten replications.
    pub p10: Estimate,
    /// The median.
    pub p50: Estimate,
    /// Exceeded in one of ten.
    pub p90: Estimate,
    /// Exceeded in one of twenty.
    pub p95: Estimate,
    /// Exceeded in one of a hundred.
    pub p99: Estimate,
    /// The mean of the highest twentieth.
    pub cvar95: Estimate,
}

impl Distribution {
    /// The distribution of these values, in the order of replications; `None` where there are none.
    pub fn of(values: &[f64]) -> Option<Self> {
        let moments: Moments = values.iter().copied().collect();
        let ascending = sorted(values.iter().copied());
        let at = |p| quantile(&ascending, p, LEVEL);
        Some(Self {
            mean: mean(&moments, LEVEL)?,
            sd: standard_deviation(&moments, LEVEL),
            p10: at(0.10)?,
            p50: at(0.50)?,
            p90: at(0.90)?,
            p95: at(0.95)?,
            p99: at(0.99)?,
            cvar95: tail_mean(&ascending, 0.95, LEVEL)?,
        })
    }

    /// With the intervals of mean and tail cut to what the metric can be: they are symmetric, and it may not be.
    #[must_use]
    pub fn within(mut self, (least, most): (f64, f64)) -> Self {
        for estimate in [&mut self.mean, &mut self.cvar95] {
            estimate.lo = estimate.lo.map(|lo| lo.max(least));
            estimate.hi = estimate.hi.map(|hi| hi.min(most));
        }
        self
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these answers are exact")]
mod tests {
    use super::*;

    #[test]
    fn figures_of_a_count() {
        let counted: Vec<f64> = (1..=100).map(f64::from).collect();
        let d = Distribution::of(&counted).expect("values");
        assert_eq!([d.mean, d.p10, d.p50, d.p90, d.p95, d.p99].map(|e| e.value), [50.5, 10.0, 50.0, 90.0, 95.0, 99.0]);
        assert!((d.cvar95.value - 98.0).abs() < 1e-9);
        assert_eq!((d.p90.lo, d.p90.hi), (Some(84.0), Some(96.0)));
    }

    #[test]
    fn one_replication_has_figures_without_intervals() {
        let d = Distribution::of(&[2.0]).expect("one value");
        assert_eq!(d.sd, None);
        for estimate in [d.mean, d.p10, d.p50, d.cvar95] {
            assert_eq!((estimate.value, estimate.lo, estimate.hi), (2.0, None, None));
            assert!(estimate.method.contains("one replication") || estimate.method.contains("too small"));
        }
        assert_eq!(Distribution::of(&[]), None);
    }
}
