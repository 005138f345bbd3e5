//! The quantile of the standard gamma distribution, through `libm` alone.

use super::normal;

/// The quantile at `p` in (0, 1) of the gamma distribution with this shape (at least 0.1) and scale 1, to a relative
/// error of about 1e-10 wherever it is above 1e-300.
///
/// Newton steps on the logarithm of x from the start of Wilson and Hilferty (PNAS 17, 1931), kept inside a bracket that
/// every step narrows. About 5 us: for tables and rare draws.
pub(super) fn quantile(shape: f64, p: f64) -> f64 {
    let log_gamma = libm::lgamma(shape);
    let (mut low, mut high) = (-745.0, libm::log(shape + 40.0 * libm::sqrt(shape) + 800.0));
    let mut log = start(shape, p, log_gamma).clamp(low, high);
    for _ in 0..200 {
        let x = libm::exp(log);
        let (below, above) = tails(shape, x, log_gamma);
        // The smaller tail decides, so that neither end loses digits.
        let excess = if p < 0.5 { below - p } else { (1.0 - p) - above };
        if excess > 0.0 {
            high = log;
        } else {
            low = log;
        }
        // The density of ln x.
        let slope = libm::exp(shape * log - x - log_gamma);
        let newton = log - excess / slope;
        let next = if newton > low && newton < high { newton } else { low.midpoint(high) };
        if (next - log).abs() < 1e-12 {
            return libm::exp(next);
        }
        log = next;
    }
    libm::exp(log)
}

/// The logarithm of a first guess.
fn start(shape: f64, p: f64, log_gamma: f64) -> f64 {
    let ninth = 1.0 / (9.0 * shape);
    let root = 1.0 - ninth + normal::quantile(p) * libm::sqrt(ninth);
    // Far below, P(x) is nearly x^shape / (shape Gamma(shape)).
    let small = (libm::log(p * shape) + log_gamma) / shape;
    if root > 0.2 { libm::log(shape) + 3.0 * libm::log(root) } else { small }
}

/// P(a, x) and Q(a, x) = 1 - P(a, x): the series of DLMF 8.11.4 below a + 1, the continued fraction of DLMF 8.9.2 above,
/// evaluated by Lentz's method.
fn tails(a: f64, x: f64, log_gamma: f64) -> (f64, f64) {
    let weight = libm::exp(a * libm::log(x) - x - log_gamma);
    if x < a + 1.0 {
        let below = weight * series(a, x);
        (below, 1.0 - below)
    } else {
        let above = weight * fraction(a, x);
        (1.0 - above, above)
    }
}

fn series(a: f64, x: f64) -> f64 {
    let (mut term, mut sum, mut n) = (1.0 / a, 1.0 / a, a);
    while term > sum * 1e-16 {
        n += 1.0;
        term *= x / n;
        sum += term;
    }
    sum
}

#[expect(clippy::many_single_char_names, reason = "the names of the published algorithm")]
fn fraction(a: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let mut b = x + 1.0 - a;
    let (mut c, mut d) = (1.0 / TINY, 1.0 / b);
    let mut value = d;
    for i in 1..10_000 {
        let n = -f64::from(i) * (f64::from(i) - a);
        b += 2.0;
        let tiny = |value: f64| if value.abs() < TINY { TINY } else { value };
        d = 1.0 / tiny(n * d + b);
        c = tiny(b + n / c);
        let step = c * d;
        value *= step;
        if (step - 1.0).abs() < 1e-15 {
            break;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Chi-squared percentage points (NIST/SEMATECH e-Handbook, 1.3.6.7.4): gamma with half the degrees of freedom, doubled.
    #[test]
    fn known_percentage_points() {
        for (freedom, p, point) in
            [(1.0, 0.95, 3.841), (2.0, 0.90, 4.605), (10.0, 0.99, 23.209), (10.0, 0.05, 3.940), (100.0, 0.95, 124.342)]
        {
            let found = 2.0 * quantile(freedom / 2.0, p);
            assert!((found - point).abs() < 6e-4, "{freedom}, {p}: {found}");
        }
    }

    #[test]
    fn undoes_the_distribution_function_of_statrs() {
        for shape in [0.1, 0.5, 1.0, 1.89, 2.89, 11.0, 300.0, 1000.0] {
            for p in [1e-9, 1e-4, 0.03, 0.3, 0.5, 0.7, 0.97, 1.0 - 1e-4, 1.0 - 1e-9] {
                let x = quantile(shape, p);
                let (known, other) = (statrs::function::gamma::gamma_lr(shape, x), statrs::function::gamma::gamma_ur(shape, x));
                let error = if p < 0.5 { known / p - 1.0 } else { other / (1.0 - p) - 1.0 };
                assert!(error.abs() < 1e-9, "shape {shape}, p {p}: x {x}, off by {error}");
            }
        }
    }

    #[test]
    fn never_decreases() {
        for shape in [0.1, 2.89, 50.0] {
            let points: Vec<f64> = (1..5000).map(|i| quantile(shape, f64::from(i) / 5000.0)).collect();
            assert!(points.is_sorted(), "shape {shape}");
        }
    }
}
