//! Differences of two shares.

use super::{Estimate, share};

/// The share of the first, `(hits, n)`, minus that of the second, where the two have nothing in common: Wilson's intervals put
/// together (Newcombe, *Statistics in Medicine* 17, 1998, p. 873, method 10). Its `n` is that of the smaller sample. `None`
/// where either has none. For pairs use [`Paired`](super::Paired) instead.
///
/// ```
/// let difference = spendcast::stats::difference_of_shares((56, 70), (48, 80), 0.95).unwrap();
/// assert_eq!(format!("{:.4} {:.4}", difference.lo.unwrap(), difference.hi.unwrap()), "0.0524 0.3339");
/// ```
pub fn difference_of_shares(a: (u64, u64), b: (u64, u64), level: f64) -> Option<Estimate> {
    let (a, b) = (share(a.0, a.1, level)?, share(b.0, b.1, level)?);
    Some(Estimate { method: "Newcombe", n: a.n.min(b.n), ..newcombe(&a, &b) })
}

/// The distances to the ends of both intervals, squared and added.
fn newcombe(a: &Estimate, b: &Estimate) -> Estimate {
    let distance = |e: &Estimate, end: Option<f64>| end.map_or(0.0, |end| end - e.value);
    let both = |own: f64, others: f64| (own * own + others * others).sqrt();
    let value = a.value - b.value;
    let (below, above) = (both(distance(a, a.lo), distance(b, b.hi)), both(distance(a, a.hi), distance(b, b.lo)));
    Estimate { value, lo: Some((value - below).max(-1.0)), hi: Some((value + above).min(1.0)), ..*a }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_ends(estimate: Estimate, lo: f64, hi: f64) {
        let off = |end: Option<f64>, known: f64| (end.expect("bounded") - known).abs();
        assert!(off(estimate.lo, lo) < 5e-5 && off(estimate.hi, hi) < 5e-5, "{estimate:?}");
    }

    /// Newcombe, *Statistics in Medicine* 17, 1998, p. 873, table II, example (a).
    #[test]
    fn newcombes_example() {
        let difference = difference_of_shares((56, 70), (48, 80), 0.95).expect("both have values");
        assert_ends(difference, 0.0524, 0.3339);
        assert_eq!((difference.n, difference.method), (70, "Newcombe"));
        assert!((difference.value - 0.2).abs() < 1e-12);
    }

    #[test]
    fn it_turns_round_with_its_sides_and_needs_both() {
        let (one, other) = (difference_of_shares((3, 10), (5, 12), 0.9), difference_of_shares((5, 12), (3, 10), 0.9));
        let (one, other) = (one.expect("both"), other.expect("both"));
        assert_eq!((one.value, one.lo, one.hi), (-other.value, other.hi.map(|x| -x), other.lo.map(|x| -x)));
        assert_eq!(difference_of_shares((0, 0), (1, 2), 0.95), None);
    }

    #[test]
    fn differences_of_shares_at_the_ends() {
        let of = |a, b| difference_of_shares((a, 20), (b, 20), 0.95).expect("both");
        assert_ends(of(0, 0), -0.1611, 0.1611);
        assert_ends(of(20, 20), -0.1611, 0.1611);
        assert_ends(of(0, 20), -1.0, 0.1611_f64.hypot(0.1611) - 1.0);
    }
}
