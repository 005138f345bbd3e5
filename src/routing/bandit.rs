//! What bandits have in common: what an attempt is worth, and a draw from the beta distribution.

use crate::dist::normal_quantile;
use crate::random::open01;
use crate::units::Usd;

/// The most trials of a gamma draw. A trial succeeds with a probability above 95 %, so that all fail once in 10^10 draws; then the
/// draw is the middle of its distribution.
const TRIALS: u32 = 8;

/// How many numbers a beta draw may look at.
pub(super) const NUMBERS: u32 = 2 * TRIALS;

/// What is taken off the reward of an image for what an attempt costs: its price as a share of what the image is worth.
pub(super) fn toll(price: Usd, worth: Option<Usd>) -> f64 {
    worth.map_or(0.0, |worth| price.to_f64() / worth.to_f64())
}

/// A draw from the gamma distribution with this shape, at least 1, and scale 1, from numbers of 64 uniform bits.
///
/// Source: G. Marsaglia and W. W. Tsang, "A simple method for generating gamma variables", ACM Transactions on Mathematical
/// Software 26 (2000). The normal variable is a quantile of half of a number, the other half decides.
fn gamma(shape: f64, number: impl Fn(u32) -> u64) -> f64 {
    let scale = shape - 1.0 / 3.0;
    let width = 1.0 / libm::sqrt(9.0 * scale);
    for trial in 0..TRIALS {
        let bits = number(trial);
        let (normal, uniform) = (normal_quantile(open01(bits as u32)), open01((bits >> 32) as u32));
        let root = 1.0 + width * normal;
        let cube = root * root * root;
        if cube > 0.0 && libm::log(uniform) < 0.5 * normal * normal + scale * (1.0 - cube + libm::log(cube)) {
            return scale * cube;
        }
    }
    scale
}

/// A draw from the beta distribution with these parameters, at least 1 each, from numbers of 64 uniform bits.
pub(super) fn beta(a: f64, b: f64, number: impl Fn(u32) -> u64) -> f64 {
    let (x, y) = (gamma(a, &number), gamma(b, |trial| number(TRIALS + trial)));
    x / (x + y)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Key, Purpose};

    /// Mean and variance of draws against a / (a + b) and ab / (a + b)^2 / (a + b + 1), within 4.5 standard errors.
    #[test]
    fn beta_has_its_mean_and_variance() {
        let key = Key::new(11, 0, Purpose::Attempt);
        let n = 40_000_u32;
        for (case, (a, b)) in [(1.0, 1.0), (2.0, 5.0), (300.0, 20.0), (1.0, 9.5)].into_iter().enumerate() {
            let draw = |i: u32| {
                let number = |number: u32| {
                    let [low, high, ..] = key.block(u64::from(i), u64::from(number) + 100 * case as u64);
                    u64::from(high) << 32 | u64::from(low)
                };
                beta(a, b, number)
            };
            let (mean, sum) = (a / (a + b), a + b);
            let variance = a * b / (sum * sum * (sum + 1.0));
            let draws: Vec<f64> = (0..n).map(draw).collect();
            let moment = |value: &dyn Fn(f64) -> f64| draws.iter().map(|x| value(*x)).sum::<f64>() / f64::from(n);
            let error = libm::sqrt(variance / f64::from(n));
            assert!((moment(&|x| x) - mean).abs() < 4.5 * error, "{a}, {b}: mean");
            let square = |x: f64| (x - mean) * (x - mean);
            let error = libm::sqrt((moment(&|x| square(x) * square(x)) - variance * variance) / f64::from(n));
            assert!((moment(&square) - variance).abs() < 4.5 * error, "{a}, {b}: variance");
        }
    }

    #[test]
    fn an_attempt_costs_its_share_of_what_an_image_is_worth() {
        let cent = Usd::from_picos(10_000_000_000);
        assert_eq!((toll(cent, Some(cent * 4)), toll(cent, None)), (0.25, 0.0));
    }
}
