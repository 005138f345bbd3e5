//! Correlated verdicts: a one-factor Gaussian copula.
//!
//! Each prompt has a standard normal number z, how delicate it looks to everyone, and each filter f one of its own for it,
//! e. The filter sees sqrt(rho) z + sqrt(1 - rho) e, and refuses where that is below the normal quantile of its rate. So
//! the rate stays what it is, and two filters with correlations r and s see numbers with correlation sqrt(r s): at 0 they
//! judge independently, at 1 the laxer one refuses nothing that the stricter one passes. (D. X. Li, "On default correlation:
//! a copula function approach", Journal of Fixed Income 9, 2000; one factor as in O. Vasicek, 1987.)

use crate::dist::normal_quantile;
use crate::random::{open01, split};
use crate::units::Share;

/// What a filter has in common with other filters.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Copula {
    /// Weight of what is common: sqrt(rho).
    common: f64,
    /// Weight of the filter's own: sqrt(1 - rho).
    own: f64,
    /// Normal quantiles of the rates, by number of category; infinite for never and always.
    below: Box<[f64]>,
}

/// Who the common draw is for among those who look at a prompt's bits.
const WHO: u64 = 0x6465_6C69_6361_7465;

impl Copula {
    pub(super) fn new(rho: Share, rates: &[Share]) -> Self {
        let quantile = |rate: &Share| match rate.get() {
            rate if rate <= 0.0 => f64::NEG_INFINITY,
            rate if rate >= 1.0 => f64::INFINITY,
            rate => normal_quantile(rate),
        };
        Self { common: libm::sqrt(rho.get()), own: libm::sqrt(1.0 - rho.get()), below: rates.iter().map(quantile).collect() }
    }

    /// Whether a prompt of this category is refused; `own` are the filter's own 32 bits of it.
    #[inline]
    pub(super) fn refuses(&self, prompt: u64, own: u32, category: u8) -> bool {
        let below = self.below[usize::from(category)];
        if below.is_infinite() {
            return below > 0.0;
        }
        let (z, e) = (normal_quantile(open01(split(prompt, WHO))), normal_quantile(open01(own)));
        self.common * z + self.own * e < below
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Key, Purpose};

    fn share(value: f64) -> Share {
        Share::new(value).expect("a share")
    }

    /// Refusals by the first, the second and both of two filters among so many prompts.
    fn refused(rho: [f64; 2], rates: [f64; 2], n: u64) -> [f64; 3] {
        let filters = [0, 1].map(|i| Copula::new(share(rho[i]), &[share(rates[i])]));
        let key = Key::new(1, 0, Purpose::Prompt);
        let mut counts = [0.0; 3];
        for i in 0..n {
            let [low, high, ..] = key.block(i, 0);
            let prompt = u64::from(high) << 32 | u64::from(low);
            let [one, two] = [0, 1].map(|f| filters[f].refuses(prompt, split(prompt, 1000 + f as u64), 0));
            for (count, yes) in counts.iter_mut().zip([one, two, one && two]) {
                *count += f64::from(u8::from(yes));
            }
        }
        counts
    }

    /// P(X < h, Y < k) for standard normals of correlation r: the integral of the density over the correlation from 0 to r
    /// (Plackett, Biometrika 41, 1954) by Simpson's rule.
    fn bivariate(h: f64, k: f64, r: f64, independent: f64) -> f64 {
        let density = |r: f64| {
            let rest = 1.0 - r * r;
            (-(h * h - 2.0 * r * h * k + k * k) / (2.0 * rest)).exp() / (std::f64::consts::TAU * rest.sqrt())
        };
        let n = 1000;
        let weight = |i: u32| if i == 0 || i == n { 1.0 } else { f64::from(2 + 2 * (i % 2)) };
        let sum: f64 = (0..=n).map(|i| weight(i) * density(r * f64::from(i) / f64::from(n))).sum();
        independent + sum * r / f64::from(n) / 3.0
    }

    /// P(X < 0, Y < 0) = 1/4 + asin(r) / (2 pi): Sheppard, 1899.
    #[test]
    fn the_integral_meets_sheppards_formula() {
        for r in [0.1_f64, 0.5, 0.9] {
            let known = 0.25 + r.asin() / std::f64::consts::TAU;
            assert!((bivariate(0.0, 0.0, r, 0.25) - known).abs() < 1e-9, "{r}");
        }
    }

    #[test]
    fn joint_refusal_is_that_of_the_bivariate_normal() {
        let n = 400_000_u32;
        for (rho, rates) in
            [([0.4, 0.4], [0.2, 0.2]), ([0.4, 0.9], [0.2, 0.05]), ([1.0, 0.25], [0.01, 0.5]), ([0.8, 0.8], [0.02, 0.03])]
        {
            let joint =
                bivariate(normal_quantile(rates[0]), normal_quantile(rates[1]), libm::sqrt(rho[0] * rho[1]), rates[0] * rates[1]);
            let counts = refused(rho, rates, u64::from(n));
            for (count, p) in counts.into_iter().zip([rates[0], rates[1], joint]) {
                let error = (f64::from(n) * p * (1.0 - p)).sqrt();
                assert!((count - f64::from(n) * p).abs() < 4.5 * error, "{rho:?} {rates:?}: {counts:?}, not {p}");
            }
        }
    }

    #[test]
    fn at_one_the_laxer_filter_refuses_a_part_of_what_the_stricter_does() {
        let [_, lax, both] = refused([1.0, 1.0], [0.3, 0.1], 50_000);
        assert!((lax - both).abs() < 0.5, "{lax}, {both}");
    }

    #[test]
    fn never_and_always_stay() {
        assert_eq!(refused([0.5, 0.5], [0.0, 1.0], 1000).map(|count| count as u32), [0, 1000, 0]);
    }
}
