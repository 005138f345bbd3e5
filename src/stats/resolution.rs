//! Figures made of values that are known only to within a relative error, such as quantiles of a [`Histogram`].
//!
//! The error is a bound and not luck: it is added to the ends of intervals, and more data does not shrink it.

use super::{Estimate, Histogram, share};

/// The largest relative error of a value; that of a histogram's quantiles.
const ERROR: f64 = Histogram::RELATIVE_ERROR;

impl Estimate {
    /// The interval of a mean or quantile of positive coarse values, with their error.
    #[must_use]
    pub fn coarse(self) -> Self {
        self.widened(ERROR * self.value, ERROR * self.hi.unwrap_or(self.value).max(self.value))
    }

    /// The interval of a standard deviation of coarse values with this mean: it is off by their error's root mean square
    /// (with divisor n - 1, as its own) at most.
    #[must_use]
    pub fn coarse_sd(self, mean: f64) -> Self {
        let n = self.n.max(2) as f64;
        let by = ERROR * (self.value * self.value + mean * mean * n / (n - 1.0)).sqrt();
        let widened = self.widened(by, by);
        Self { lo: widened.lo.map(|lo| lo.max(0.0)), ..widened }
    }

    /// The interval of a difference of coarse values whose sum is this at most, with the errors of both.
    #[must_use]
    pub fn coarse_difference(self, sum: f64) -> Self {
        self.widened(ERROR * sum, ERROR * sum)
    }

    /// The interval of a relative difference of coarse values, a / b - 1.
    #[must_use]
    pub fn coarse_relative(self) -> Self {
        let factor = (1.0 + ERROR) / (1.0 - ERROR);
        let (lo, hi) = (self.lo.unwrap_or(self.value), self.hi.unwrap_or(self.value));
        self.widened((1.0 + lo).abs() * (1.0 - 1.0 / factor).max(0.0), (1.0 + hi).abs() * (factor - 1.0))
    }

    fn widened(self, below: f64, above: f64) -> Self {
        if self.lo.is_none() && self.hi.is_none() {
            return self;
        }
        let method = named(self.method);
        Self { lo: self.lo.map(|lo| lo - below), hi: self.hi.map(|hi| hi + above), method, ..self }
    }
}

/// The share of pairs of coarse values in which the first is lower: at least where it is lower by more than both errors,
/// at most where it may be. `observed` is the share as seen.
pub fn coarse_share_lower(observed: Estimate, pairs: &[(f64, f64)]) -> Estimate {
    let lower_by = |errors: f64| pairs.iter().filter(|(a, b)| a - b < errors * ERROR * (a + b)).count() as u64;
    let end = |hits: u64| share(hits, pairs.len() as u64, observed.level);
    let (surely, possibly) = (end(lower_by(-1.0)), end(lower_by(1.0)));
    let (lo, hi) = (surely.and_then(|share| share.lo), possibly.and_then(|share| share.hi));
    Estimate { lo, hi, method: named(observed.method), ..observed }
}

/// The share of coarse values for which something holds: at least where it holds whatever their error, at most where it may.
/// Each value comes with the size that its error is a share of: its own, or for a difference the sum of both. `holds` holds
/// on one side of some limit. `None` without values.
pub fn coarse_share(values: &[(f64, f64)], holds: impl Fn(f64) -> bool, level: f64) -> Option<Estimate> {
    let count = |keep: &dyn Fn(f64, f64) -> bool| values.iter().filter(|(x, size)| keep(*x, ERROR * size)).count() as u64;
    let of = |hits: u64| share(hits, values.len() as u64, level);
    let observed = of(count(&|x, _| holds(x)))?;
    let (surely, possibly) = (count(&|x, e| holds(x - e) && holds(x + e)), count(&|x, e| holds(x - e) || holds(x + e)));
    Some(Estimate { lo: of(surely)?.lo, hi: of(possibly)?.hi, method: named(observed.method), ..observed })
}

/// The name of a method whose interval was widened.
fn named(method: &'static str) -> &'static str {
    match method {
        "Student's t" => "Student's t, and 0.4 % resolution of the histogram",
        "skewness-adjusted t" => "skewness-adjusted t, and 0.4 % resolution of the histogram",
        "delta method, fourth moment" => "delta method, fourth moment, and 0.4 % resolution of the histogram",
        "order statistics" => "order statistics, and 0.4 % resolution of the histogram",
        "order statistics, unbounded below: n is too small" => {
            "order statistics, and 0.4 % resolution of the histogram, unbounded below: n is too small"
        }
        "order statistics, unbounded above: n is too small" => {
            "order statistics, and 0.4 % resolution of the histogram, unbounded above: n is too small"
        }
        "Manistre-Hancock" => "Manistre-Hancock, and 0.4 % resolution of the histogram",
        "Fieller" => "Fieller, and 0.4 % resolution of the histogram",
        "Wilson" => "Wilson, and 0.4 % resolution of the histogram",
        _ => "and 0.4 % resolution of the histogram",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::{Moments, Paired, mean, quantile, relative_difference, standard_deviation, tail_mean};

    /// Values, and what a histogram makes of each.
    fn coarse(value: f64) -> f64 {
        let mut histogram = Histogram::new();
        histogram.record(value as u64);
        histogram.quantile(0.5).expect("one value") as f64
    }

    fn holds(estimate: Estimate, exact: f64) {
        let (lo, hi) = (estimate.lo.expect("bounded"), estimate.hi.expect("bounded"));
        assert!(lo <= exact && exact <= hi && lo <= estimate.value && estimate.value <= hi, "{exact}: {estimate:?}");
        assert!(estimate.method.contains(", and 0.4 % resolution of the histogram"), "{}", estimate.method);
    }

    /// Constants at the edges and in the middle of buckets: no luck at all, so that only the resolution is left.
    #[test]
    fn a_share_at_the_edge_of_what_can_be_told() {
        let values = [(10.0, 10.0), (9.99, 9.99), (8.0, 8.0), (12.0, 12.0)];
        let found = coarse_share(&values, |x| x > 10.0, 0.95).expect("four values");
        let (lo, hi) = (share(1, 4, 0.95).and_then(|e| e.lo), share(3, 4, 0.95).and_then(|e| e.hi));
        assert_eq!((found.value, found.lo, found.hi), (0.25, lo, hi));
        assert!(found.method.contains("resolution") && coarse_share(&[], |_| true, 0.95).is_none());
    }

    #[test]
    fn intervals_of_a_constant_hold_it() {
        for constant in [6_000_000.0, 257.0, 300.0, 65_536.0, 65_535.0, 5_996_544.0, 6_029_311.0] {
            let values = vec![coarse(constant); 1_000];
            let moments: Moments = values.iter().copied().collect();
            let mean = mean(&moments, 0.95).expect("values");
            holds(mean.coarse(), constant);
            holds(quantile(&values, 0.9, 0.95).expect("values").coarse(), constant);
            holds(tail_mean(&values, 0.95, 0.95).expect("values").coarse(), constant);
            holds(standard_deviation(&moments, 0.95).expect("values").coarse_sd(mean.value), 0.0);
        }
    }

    #[test]
    fn intervals_of_a_difference_hold_it() {
        for (a, b) in [(6_000_000.0, 6_010_000.0), (6_029_311.0, 6_029_312.0), (500.0, 65_535.0)] {
            let pairs = vec![(coarse(a), coarse(b)); 1_000];
            let (paired, sum) = (Paired::new(pairs.iter().copied()), coarse(a) + coarse(b));
            holds(paired.mean(0.95).expect("pairs").coarse_difference(sum), a - b);
            holds(relative_difference(pairs.iter().copied(), 0.95).expect("pairs").coarse_relative(), a / b - 1.0);
            holds(coarse_share_lower(paired.share_lower(0.95).expect("pairs"), &pairs), 1.0);
        }
    }

    #[test]
    fn the_spread_of_values_within_a_bucket_is_held() {
        let values: Vec<f64> = (0..400).map(|i| if i % 2 == 0 { 5_996_544.0 } else { 6_029_311.0 }).collect();
        let exact = values.iter().copied().collect::<Moments>().variance().expect("many").sqrt();
        let moments: Moments = values.iter().map(|&x| coarse(x)).collect();
        let mean = moments.mean().expect("many");
        holds(standard_deviation(&moments, 0.95).expect("many").coarse_sd(mean), exact);
    }

    #[test]
    fn what_has_no_interval_gets_none() {
        let single = quantile(&[7.0], 0.5, 0.95).expect("one value");
        assert_eq!(single.coarse(), single);
    }
}
