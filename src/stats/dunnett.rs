//! Critical values for several comparisons with one of them.

use super::critical::{LARGEST_DF, student_critical};
use super::root;

/// Beyond so many standard deviations a normal variable has no weight that matters here (1e-15).
const REACH: f64 = 8.0;
/// Steps of the sum over a normal variable: the trapezoid rule of a smooth function that vanishes at both ends is exact to
/// rounding at such steps (Trefethen and Weideman, *SIAM Review* 56, 2014).
const STEP: f64 = 0.25;

/// The one-sided critical value of Dunnett (*Journal of the American Statistical Association* 50, 1955) for comparisons with
/// `others` means of the same size: with probability `level`, none of `others` Student variables with `df` degrees of freedom
/// that are correlated by 1/2 passes it. With one it is Student's own. Both are at least 1.
///
/// It is the root of P(t) = E[E[Phi(sqrt(2) t S + Z)^others | S]], S a chi variable over the root of its degrees of freedom, by
/// quadrature. Beyond 5000 degrees of freedom S is taken to be 1.
///
/// # Panics
/// If `level` is not in (0.5, 1).
pub fn dunnett_critical(others: u64, df: u64, level: f64) -> f64 {
    assert!(level > 0.5 && level < 1.0, "a one-sided confidence level lies between 0.5 and 1");
    let (df, others) = (df.max(1), others.max(1));
    // It lies between Student's own value and that of Bonferroni; a little beyond both for rounding.
    let student = |level: f64| student_critical(df, 2.0 * level - 1.0);
    let (least, most) = (student(level), student(1.0 - (1.0 - level) / others as f64));
    let (scales, normal) = (scales(df), normal());
    let missing = |t: f64| scales.iter().map(|(s, weight)| weight * none_above(&normal, t * s, others)).sum::<f64>() - level;
    root(missing, least * (1.0 - 1e-3), most * (1.0 + 1e-3), 1e-9 * most).unwrap_or(most)
}

/// P(max of (Z_i - Z_0) / sqrt(2) <= t) for `others` normal Z_i and one Z_0.
fn none_above(normal: &[(f64, f64)], t: f64, others: u64) -> f64 {
    let below = |z: f64| 0.5 * libm::erfc(-(std::f64::consts::SQRT_2 * t + z) * std::f64::consts::FRAC_1_SQRT_2);
    normal.iter().map(|&(z, weight)| weight * power(below(z), others)).sum()
}

/// By squaring, so that it is the same everywhere.
fn power(mut base: f64, mut exponent: u64) -> f64 {
    let mut result = 1.0;
    while exponent > 0 {
        if exponent % 2 == 1 {
            result *= base;
        }
        base *= base;
        exponent /= 2;
    }
    result
}

/// Values of a normal variable with weights that sum to one.
fn normal() -> Vec<(f64, f64)> {
    let steps = (REACH / STEP) as i32;
    let density = |z: f64| libm::exp(-0.5 * z * z) * STEP / (2.0 * std::f64::consts::PI).sqrt();
    (-steps..=steps).map(|i| f64::from(i) * STEP).map(|z| (z, density(z))).collect()
}

/// Values of S with weights that sum to one: the trapezoid rule in u = ln S, whose density goes with
/// exp(df (u - (exp(2u) - 1) / 2)).
fn scales(df: u64) -> Vec<(f64, f64)> {
    if df > LARGEST_DF {
        return vec![(1.0, 1.0)];
    }
    let df = df as f64;
    let (step, spread) = ((0.35 / df.sqrt()).min(0.2), (36.0 / df).sqrt());
    let (first, last) = (-(36.0 / df + spread) / step, spread / step);
    let at = |i: i32| {
        let u = f64::from(i) * step;
        (libm::exp(u), libm::exp(df * (u - libm::expm1(2.0 * u) / 2.0)))
    };
    let points: Vec<(f64, f64)> = (first.floor() as i32..=last.ceil() as i32).map(at).collect();
    let all: f64 = points.iter().map(|(_, weight)| weight).sum();
    points.into_iter().map(|(s, weight)| (s, weight / all)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::{normal_critical, student_critical};

    /// Dunnett's table, one-sided at 95 %.
    #[test]
    fn agrees_with_the_table() {
        let known = [(1, 27, 1.703), (2, 27, 1.997), (3, 27, 2.157), (3, 57, 2.106), (4, 36, 2.238)];
        for (others, df, t) in known {
            let found = dunnett_critical(others, df, 0.95);
            assert!((found - t).abs() < 6e-4, "{others} {df}: {found}");
        }
    }

    #[test]
    fn one_comparison_is_students() {
        for df in [1, 2, 5, 27, 1_000, 5_000] {
            let (found, known) = (dunnett_critical(1, df, 0.95), student_critical(df, 0.90));
            assert!((found / known - 1.0).abs() < 1e-6, "{df}: {found} is not {known}");
        }
        assert!((dunnett_critical(1, 1_000_000, 0.95) - normal_critical(0.90)).abs() < 1e-8);
    }

    /// All orders of three are equally likely, and so are all of five.
    #[test]
    fn the_chance_to_be_first() {
        assert!((none_above(&normal(), 0.0, 2) - 1.0 / 3.0).abs() < 1e-12, "{}", none_above(&normal(), 0.0, 2));
        assert!((none_above(&normal(), 0.0, 4) - 0.2).abs() < 1e-12, "{}", none_above(&normal(), 0.0, 4));
    }

    #[test]
    fn it_lies_between_student_and_bonferroni() {
        for (others, df) in [(1, 1), (2, 1), (5, 2), (50, 10), (200, 1_000), (1_000, 100_000)] {
            let found = dunnett_critical(others, df, 0.95);
            let (least, most) = (student_critical(df, 0.90), student_critical(df, 1.0 - 0.10 / others as f64));
            assert!(least - 1e-6 * least <= found && found <= most * (1.0 + 1e-6), "{others} {df}: {least} {found} {most}");
        }
    }
}
