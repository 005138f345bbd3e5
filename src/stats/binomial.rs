//! Binomial probabilities without special functions, for ranks and exact intervals.

/// Weights below this share of the largest add nothing to a sum of doubles.
const NEGLIGIBLE: f64 = 1e-25;

/// Binomial probabilities up to a common factor, and the outcome of the first; outcomes without weight are left out.
///
/// They come from the ratio of neighbouring weights, from the mode outwards: about 21 standard deviations of them, each with
/// a relative error of a few units in the last place for each step from the mode.
pub(super) fn binomial_weights(n: u64, p: f64) -> (u64, Vec<f64>) {
    let mode = (((n + 1) as f64 * p) as u64).min(n);
    let odds = p / (1.0 - p);
    let mut lower = Vec::new();
    let mut weight = 1.0;
    for k in (1..=mode).rev() {
        weight *= k as f64 / ((n - k + 1) as f64 * odds);
        if weight < NEGLIGIBLE {
            break;
        }
        lower.push(weight);
    }
    let first = mode - lower.len() as u64;
    let mut weights: Vec<f64> = lower.into_iter().rev().chain([1.0]).collect();
    weight = 1.0;
    for k in mode + 1..=n {
        weight *= (n - k + 1) as f64 * odds / k as f64;
        if weight < NEGLIGIBLE {
            break;
        }
        weights.push(weight);
    }
    (first, weights)
}

/// P(B <= k) and P(B >= k) for B binomial(n, p) with p in (0, 1). They are the incomplete beta function at whole shapes:
/// P(B >= k) is that of k and n - k + 1 at p.
pub(super) fn binomial_tails(k: u64, n: u64, p: f64) -> (f64, f64) {
    let (first, weights) = binomial_weights(n, p);
    let all: f64 = weights.iter().sum();
    let up_to = |outcomes: u64| outcomes.saturating_sub(first).min(weights.len() as u64) as usize;
    let below: f64 = weights[..up_to(k + 1)].iter().sum();
    let above: f64 = weights[up_to(k)..].iter().sum();
    (below / all, above / all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_of_a_fair_coin() {
        for (k, below, above) in [(0, 1.0, 16.0), (1, 5.0, 15.0), (2, 11.0, 11.0), (4, 16.0, 1.0)] {
            let (lower, upper) = binomial_tails(k, 4, 0.5);
            assert!((lower - below / 16.0).abs() < 1e-15 && (upper - above / 16.0).abs() < 1e-15, "{k}: {lower} {upper}");
        }
    }

    #[test]
    fn outcomes_without_weight_are_impossible_or_certain() {
        assert_eq!(binomial_tails(0, 1_000_000, 0.5), (0.0, 1.0));
        assert_eq!(binomial_tails(999_999, 1_000_000, 0.5), (1.0, 0.0));
    }

    /// (1 - 2e-6)^1000000, to more digits than a difference of two logarithms of the gamma function keeps.
    #[test]
    fn rare_events_keep_their_digits() {
        let (none, _) = binomial_tails(0, 1_000_000, 2e-6);
        assert!((none / (1e6 * (-2e-6_f64).ln_1p()).exp() - 1.0).abs() < 1e-12, "{none}");
    }
}
