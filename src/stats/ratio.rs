//! The ratio of two means of the same replications, as a relative difference.

use super::{Estimate, student_critical};

/// The mean of `a` over the mean of `b`, minus one, with Fieller's interval (Fieller, *Journal of the Royal
/// Statistical Society B* 16, 1954; Law, ch. 9.6). Unlike the delta method it says when the denominator may be
/// zero, and is unbounded then. `None` without pairs, or where the mean of `b` is zero.
pub fn relative_difference(pairs: impl IntoIterator<Item = (f64, f64)>, level: f64) -> Option<Estimate> {
    const METHOD: &str = "Fieller";
    let joint: Joint = pairs.into_iter().collect();
    let value = joint.ratio()?;
    if joint.n < 2 {
        return Some(Estimate::bare(value, level, "Fieller, undefined: one replication", joint.n));
    }
    let t = student_critical(joint.n - 1, level);
    Some(match joint.fieller(t) {
        Some((lo, hi)) => Estimate { value, lo: Some(lo), hi: Some(hi), level, method: METHOD, n: joint.n },
        None => Estimate::bare(value, level, "Fieller, unbounded: the denominator may be zero", joint.n),
    })
}

/// Means of the difference and of the denominator, with the variances and the covariance of these means.
#[derive(Debug, Clone, Copy, Default)]
struct Joint {
    n: u64,
    difference: f64,
    base: f64,
    variance_difference: f64,
    variance_base: f64,
    covariance: f64,
}

impl FromIterator<(f64, f64)> for Joint {
    fn from_iter<I: IntoIterator<Item = (f64, f64)>>(pairs: I) -> Self {
        let mut joint = Self::default();
        // Sums of squares and products of deviations, after Welford.
        let (mut dd, mut bb, mut db) = (0.0, 0.0, 0.0);
        for (a, base) in pairs {
            joint.n += 1;
            let n = joint.n as f64;
            let (off_difference, off_base) = (a - base - joint.difference, base - joint.base);
            joint.difference += off_difference / n;
            joint.base += off_base / n;
            dd += off_difference * (a - base - joint.difference);
            bb += off_base * (base - joint.base);
            db += off_difference * (base - joint.base);
        }
        let divisor = joint.n as f64 * joint.n.saturating_sub(1).max(1) as f64;
        Self { variance_difference: dd / divisor, variance_base: bb / divisor, covariance: db / divisor, ..joint }
    }
}

impl Joint {
    fn ratio(&self) -> Option<f64> {
        (self.n > 0 && self.base != 0.0).then(|| self.difference / self.base)
    }

    /// Fieller's limits at this critical value; `None` where they are not a finite interval.
    fn fieller(&self, t: f64) -> Option<(f64, f64)> {
        let ratio = self.ratio()?;
        if ratio == 0.0 && self.variance_difference == 0.0 {
            // Identical sides: no uncertain denominator can change that.
            return Some((0.0, 0.0));
        }
        let (t2, base2) = (t * t, self.base * self.base);
        let g = t2 * self.variance_base / base2;
        if g >= 1.0 {
            return None;
        }
        let centre = (ratio - t2 * self.covariance / base2) / (1.0 - g);
        let inside = self.variance_difference * (1.0 - g) - 2.0 * ratio * self.covariance
            + ratio * ratio * self.variance_base
            + t2 * self.covariance * self.covariance / base2;
        let half = t * inside.max(0.0).sqrt() / (self.base.abs() * (1.0 - g));
        // Rounding must not push the value itself outside.
        Some(((centre - half).min(ratio), (centre + half).max(ratio)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fiellers_known_answer() {
        let joint =
            Joint { n: 21, difference: 12.0, base: 4.0, variance_difference: 0.64, variance_base: 0.09, covariance: 0.12 };
        let (lo, hi) = joint.fieller(student_critical(20, 0.95)).expect("g is 0.024");
        assert_eq!(joint.ratio(), Some(3.0));
        assert!((lo - 2.588_766).abs() < 1e-6 && (hi - 3.494_867).abs() < 1e-6, "{lo} {hi}");
    }

    #[test]
    fn moments_come_from_the_pairs() {
        let joint: Joint = [(3.0, 1.0), (5.0, 2.0), (10.0, 6.0)].into_iter().collect();
        assert!((joint.difference - 3.0).abs() < 1e-12 && (joint.base - 3.0).abs() < 1e-12);
        assert!((joint.variance_difference - 1.0 / 3.0).abs() < 1e-12);
        assert!((joint.variance_base - 7.0 / 3.0).abs() < 1e-12);
        assert!((joint.covariance - 2.5 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn identical_sides_and_empty_ones() {
        let same = relative_difference([(0.1, 0.1), (7.0, 7.0), (0.3, 0.3)], 0.95).expect("base is not zero");
        assert_eq!((same.value, same.lo, same.hi), (0.0, Some(0.0), Some(0.0)));
        assert_eq!(relative_difference([(1.0, 0.0), (2.0, 0.0)], 0.95), None);
        assert_eq!(relative_difference([], 0.95), None);
        let loose = relative_difference([(1.0, -5.0), (2.0, 6.0)], 0.95).expect("base is not zero");
        assert!(loose.lo.is_none() && loose.method.contains("unbounded"));
    }

    #[test]
    fn doubling_money_leaves_the_ratio_alone() {
        let pairs = [(1.1, 2.3), (1.7, 2.9), (0.4, 3.1), (2.2, 2.2)];
        let doubled = pairs.map(|(a, b)| (a * 2.0, b * 2.0));
        assert_eq!(relative_difference(pairs, 0.95), relative_difference(doubled, 0.95));
    }
}
