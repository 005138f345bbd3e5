//! The difference of two means whose samples have nothing in common.

use super::critical::fractional_critical;
use super::{Estimate, Moments};

/// The mean of the first sample minus that of the second, with the interval of Welch (*Biometrika* 29, 1938) at the degrees of
/// freedom of Satterthwaite (*Biometrics Bulletin* 2, 1946; Law, ch. 10.2.2). The sizes may differ; its `n` is that of the
/// smaller sample. `None` where either is empty.
///
/// It is for runs with different seeds. Samples of the same replications share their luck, and are compared in pairs
/// ([`Paired`](super::Paired)), which needs far fewer of them.
pub fn welch(a: &Moments, b: &Moments, level: f64) -> Option<Estimate> {
    const METHOD: &str = "Welch";
    let (value, n) = (a.mean()? - b.mean()?, a.n().min(b.n()));
    let (Some(of_a), Some(of_b)) = (a.variance(), b.variance()) else {
        return Some(Estimate::bare(value, level, "Welch, undefined: one replication", n));
    };
    let (of_a, of_b) = (of_a / a.n() as f64, of_b / b.n() as f64);
    if of_a + of_b == 0.0 {
        return Some(Estimate::symmetric(value, 0.0, level, METHOD, n));
    }
    let half = fractional_critical(degrees(of_a, a.n(), of_b, b.n()), level) * (of_a + of_b).sqrt();
    Some(Estimate::symmetric(value, half, level, METHOD, n))
}

/// Satterthwaite's degrees of freedom, from the variances of both means.
fn degrees(of_a: f64, a: u64, of_b: f64, b: u64) -> f64 {
    let share = of_a / (of_a + of_b);
    1.0 / (share * share / (a - 1) as f64 + (1.0 - share) * (1.0 - share) / (b - 1) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Law's inventory model: 7.99 degrees of freedom, [2.66, 7.30] at 90 %.
    #[test]
    fn the_inventory_of_law() {
        let a: Moments = [126.97, 124.31, 126.68, 122.66, 127.23].into_iter().collect();
        let b: Moments = [118.21, 120.22, 122.45, 122.68, 119.40].into_iter().collect();
        let difference = welch(&a, &b, 0.90).expect("five each");
        assert!((difference.value - 4.978).abs() < 1e-9);
        assert!((difference.lo.expect("bounded") - 2.661).abs() < 5e-4, "{difference:?}");
        assert!((difference.hi.expect("bounded") - 7.295).abs() < 5e-4, "{difference:?}");
        let of = |m: &Moments| m.variance().expect("five") / 5.0;
        assert!((degrees(of(&a), 5, of(&b), 5) - 7.9924).abs() < 5e-5);
    }

    #[test]
    fn constants_differ_for_sure_and_single_values_tell_nothing() {
        let of = |values: &[f64]| values.iter().copied().collect::<Moments>();
        let constants = welch(&of(&[3.0; 4]), &of(&[1.0; 9]), 0.95).expect("values");
        assert_eq!((constants.value, constants.lo, constants.hi, constants.n), (2.0, Some(2.0), Some(2.0), 4));
        let single = welch(&of(&[3.0]), &of(&[1.0, 2.0]), 0.95).expect("values");
        assert!(single.is_open() && single.method.contains("one replication"));
        assert_eq!(welch(&of(&[]), &of(&[1.0]), 0.95), None);
    }

    /// A side without luck leaves the degrees of freedom of the other.
    #[test]
    fn one_constant_side_is_the_interval_of_one_mean() {
        let a: Moments = [1.0, 2.0, 4.0, 8.0].into_iter().collect();
        let known = super::super::mean(&a, 0.95).expect("values");
        let difference = welch(&a, &[0.0; 50].into_iter().collect(), 0.95).expect("values");
        assert!((difference.hi.expect("bounded") - known.hi.expect("bounded")).abs() < 1e-12);
    }
}
