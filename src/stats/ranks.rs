//! Which order statistics bound a quantile: exact binomial ranks.

use super::binomial::binomial_weights;

/// The ranks (from 1) of the order statistics that bound the p-quantile of `n` values with at least this
/// confidence: the largest r with P(B <= r-1) <= a/2 and the smallest s with P(B >= s) <= a/2, for B
/// binomial(n, p) and a = 1 - level (Conover, *Practical Nonparametric Statistics*, 3rd ed., section 3.2;
/// Hahn and Meeker, *Statistical Intervals*, section 5.2). `None` where no value bounds it.
///
/// Uses no special functions, so that every platform agrees.
pub(super) fn quantile_ranks(n: u64, p: f64, level: f64) -> (Option<u64>, Option<u64>) {
    let (first, weights) = binomial_weights(n, p);
    let allowed = (1.0 - level) / 2.0 * weights.iter().sum::<f64>();
    let below = counted_within(weights.iter(), allowed);
    let above = counted_within(weights.iter().rev(), allowed);
    let last = first + weights.len() as u64 - 1;
    // Of the outcomes, first..first+below lie wholly in the lower tail: r is one more than the last of them.
    let r = first + below;
    let s = last + 1 - above;
    ((r >= 1).then_some(r), (s <= n).then_some(s))
}

/// How many leading weights sum to no more than what is allowed.
fn counted_within<'a>(weights: impl Iterator<Item = &'a f64>, allowed: f64) -> u64 {
    let mut sum = 0.0;
    weights
        .take_while(|&&w| {
            sum += w;
            sum <= allowed
        })
        .count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_and_coverage_of_the_tables() {
        let known = [
            (20, 0.5, (6, 15), 0.958_611),
            (100, 0.5, (40, 61), 0.964_800),
            (100, 0.9, (84, 96), 0.955_690),
            (1_000, 0.9, (881, 919), 0.954_907),
            (1_000, 0.95, (936, 964), 0.958_095),
            (10_000, 0.99, (9_880, 9_920), 0.955_755),
            (16, 0.5, (4, 13), 0.978_729),
        ];
        for (n, p, (r, s), coverage) in known {
            assert_eq!(quantile_ranks(n, p, 0.95), (Some(r), Some(s)), "n {n}, p {p}");
            let (first, weights) = binomial_weights(n, p);
            let inside: f64 = weights[(r - first) as usize..(s - first) as usize].iter().sum();
            let achieved = inside / weights.iter().sum::<f64>();
            assert!((achieved - coverage).abs() < 1e-6, "n {n}, p {p}: {achieved}");
        }
        assert_eq!(quantile_ranks(1_000, 0.1, 0.95), (Some(82), Some(120)));
    }

    /// Wilks: 59 values are needed before the largest bounds the 95 % quantile with 95 % confidence, one-sided.
    #[test]
    fn wilks() {
        assert_eq!(quantile_ranks(58, 0.95, 0.90).1, None);
        assert_eq!(quantile_ranks(59, 0.95, 0.90).1, Some(59));
    }

    #[test]
    fn too_few_values_bound_nothing() {
        assert_eq!(quantile_ranks(1, 0.5, 0.95), (None, None));
        assert_eq!(quantile_ranks(10, 0.9, 0.95), (Some(7), None));
        assert_eq!(quantile_ranks(10, 0.1, 0.95).0, None);
    }
}
