//! Shares with an interval that never covers less than it says.

use super::Estimate;
use super::binomial::binomial_tails;

/// Halvings of [0, 1] until two neighbouring doubles are left take at most so many steps for shares above 1e-40.
const MOST_STEPS: u32 = 200;

/// The share `hits / n` with the exact interval of Clopper and Pearson (*Biometrika* 26, 1934): the shares at which as many
/// hits or more, or as few or fewer, have half of 1 - `level` as probability. It covers at least `level` whatever the true
/// share, and is wider than Wilson's ([`share`](super::share)) for it. `None` where n is 0; `hits` is at most `n`.
///
/// The ends are beta quantiles, but those of `statrs` lose digits for large n and may fail to return (statrs #435): here they
/// are found by a bounded number of halvings on exact binomial tails. That takes time in proportion to the root of n: 10 ms
/// for a million.
///
/// ```
/// let none = spendcast::stats::clopper_pearson(0, 20, 0.95).unwrap();
/// assert_eq!(none.lo, Some(0.0));
/// assert!((none.hi.unwrap() - (1.0 - 0.025_f64.powf(1.0 / 20.0))).abs() < 1e-12);
/// ```
pub fn clopper_pearson(hits: u64, n: u64, level: f64) -> Option<Estimate> {
    if n == 0 {
        return None;
    }
    let (tail, value) = ((1.0 - level) / 2.0, hits as f64 / n as f64);
    let lo = if hits == 0 { 0.0 } else { halved(0.0, value, |p| binomial_tails(hits, n, p).1 <= tail) };
    let hi = if hits == n { 1.0 } else { halved(value, 1.0, |p| binomial_tails(hits, n, p).0 > tail) };
    Some(Estimate { value, lo: Some(lo), hi: Some(hi), level, method: "Clopper-Pearson", n })
}

/// Where `holds` ends between `lo`, where it holds, and `hi`, where it does not.
fn halved(mut lo: f64, mut hi: f64, holds: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..MOST_STEPS {
        let middle = f64::midpoint(lo, hi);
        if middle <= lo || middle >= hi {
            break;
        }
        if holds(middle) {
            lo = middle;
        } else {
            hi = middle;
        }
    }
    f64::midpoint(lo, hi)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_ends(hits: u64, n: u64, lo: f64, hi: f64, tolerance: f64) {
        let estimate = clopper_pearson(hits, n, 0.95).expect("n is positive");
        let off = |end: Option<f64>, known: f64| (end.expect("bounded") - known).abs();
        assert!(off(estimate.lo, lo) < tolerance && off(estimate.hi, hi) < tolerance, "{hits}/{n}: {estimate:?}");
    }

    /// Newcombe, *Statistics in Medicine* 17, 1998, table I, method 5.
    #[test]
    fn newcombes_table() {
        assert_ends(81, 263, 0.2527, 0.3676, 5e-5);
        assert_ends(15, 148, 0.0578, 0.1617, 5e-5);
        assert_ends(0, 20, 0.0, 0.1684, 5e-5);
        assert_ends(1, 29, 0.0009, 0.1776, 5e-5);
        assert_ends(10, 1_000, 0.004_806, 0.018_313, 5e-7);
        assert_ends(0, 1_000, 0.0, 0.003_682, 5e-7);
    }

    /// No event in a hundred: one-sided at 95 % that is 1 - 0.05^(1/100), the "rule of three".
    #[test]
    fn the_rule_of_three() {
        let hi = clopper_pearson(0, 100, 0.90).and_then(|e| e.hi).expect("bounded");
        assert!((hi - 0.029_513).abs() < 5e-7, "{hi}");
    }

    /// Where `statrs` gives 1.623602e-6.
    #[test]
    fn rare_events_among_a_million() {
        let lo = clopper_pearson(5, 1_000_000, 0.95).and_then(|e| e.lo).expect("bounded");
        assert!((lo - 1.623_488e-6).abs() < 5e-13, "{lo}");
    }

    #[test]
    fn both_ends_mirror_each_other() {
        for (hits, n) in [(0, 7), (3, 7), (499, 1_000), (7, 7)] {
            let (one, other) = (clopper_pearson(hits, n, 0.9).expect("n"), clopper_pearson(n - hits, n, 0.9).expect("n"));
            assert!((one.lo.expect("bounded") + other.hi.expect("bounded") - 1.0).abs() < 1e-12);
        }
        assert_eq!(clopper_pearson(7, 7, 0.95).and_then(|e| e.hi), Some(1.0));
        assert_eq!(clopper_pearson(0, 0, 0.95), None);
    }

    /// Small tails at large counts, where the beta quantile of `statrs` may never return.
    #[test]
    fn it_always_ends() {
        for hits in [0, 1, 2, 50_000, 99_999, 100_000] {
            let exact = clopper_pearson(hits, 100_000, 1.0 - 1e-9).expect("n is positive");
            assert!(exact.lo.expect("bounded") <= exact.value && exact.value <= exact.hi.expect("bounded"), "{exact:?}");
        }
    }
}
