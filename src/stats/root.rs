//! Roots of a function between two points where its sign differs.

/// Where `f` changes sign between `lo` and `hi`, within `tolerance`, with at most two evaluations more than halving needs:
/// the ITP method (Oliveira and Takahashi, *ACM Transactions on Mathematical Software* 47, 2020, with k1 = 0.2 / width, k2 = 2,
/// n0 = 1). At a jump it is the place of the jump. `None` where the signs at the ends do not differ, or one is NaN.
///
/// ```
/// let root = spendcast::stats::root(|x| x * x - 2.0, 0.0, 2.0, 1e-12).unwrap();
/// assert!((root - 2.0_f64.sqrt()).abs() < 1e-12);
/// ```
pub fn root(mut f: impl FnMut(f64) -> f64, lo: f64, hi: f64, tolerance: f64) -> Option<f64> {
    let ends = (f(lo), f(hi));
    if ends.0 == 0.0 || ends.1 == 0.0 {
        return Some(if ends.0 == 0.0 { lo } else { hi });
    }
    let opposite = (ends.0 < 0.0 && ends.1 > 0.0) || (ends.0 > 0.0 && ends.1 < 0.0);
    (opposite && lo < hi).then(|| Bracket { lo, hi, at_lo: ends.0, at_hi: ends.1 }.narrowed(f, tolerance))
}

/// Two points with values of opposite signs.
struct Bracket {
    lo: f64,
    hi: f64,
    at_lo: f64,
    at_hi: f64,
}

impl Bracket {
    fn narrowed(mut self, mut f: impl FnMut(f64) -> f64, tolerance: f64) -> f64 {
        let width = self.hi - self.lo;
        // Neighbouring doubles cannot be told apart any further.
        let tolerance = tolerance.max(2.0 * f64::EPSILON * self.lo.abs().max(self.hi.abs())).max(f64::MIN_POSITIVE);
        let halvings = (width / (2.0 * tolerance)).log2().ceil().clamp(0.0, 2_100.0) as i32;
        for left in (0..=halvings + 1).rev() {
            if self.hi - self.lo <= 2.0 * tolerance {
                break;
            }
            let x = self.next(0.2 / width, tolerance * 2.0_f64.powi(left));
            let y = f(x);
            if y == 0.0 {
                return x;
            }
            if (y > 0.0) == (self.at_lo > 0.0) {
                (self.lo, self.at_lo) = (x, y);
            } else {
                (self.hi, self.at_hi) = (x, y);
            }
        }
        f64::midpoint(self.lo, self.hi)
    }

    /// Interpolate, truncate towards the middle, and project to where halving would be by now, `reach` from it.
    fn next(&self, k1: f64, reach: f64) -> f64 {
        let (middle, width) = (f64::midpoint(self.lo, self.hi), self.hi - self.lo);
        let chord = self.lo + width * (self.at_lo / (self.at_lo - self.at_hi));
        if !chord.is_finite() {
            return middle;
        }
        let (side, step) = ((middle - chord).signum(), k1 * width * width);
        let truncated = if step <= (middle - chord).abs() { chord + side * step } else { middle };
        let radius = (reach - width / 2.0).max(0.0);
        if (truncated - middle).abs() <= radius { truncated } else { middle - side * radius }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(f: impl Fn(f64) -> f64, lo: f64, hi: f64, tolerance: f64) -> (f64, u32) {
        let mut calls = 0;
        let found = root(
            |x| {
                calls += 1;
                f(x)
            },
            lo,
            hi,
            tolerance,
        );
        (found.expect("a change of sign"), calls)
    }

    /// The test functions of the paper's table 1 on [-1, 1] and their kin.
    #[test]
    fn finds_roots_of_every_kind_within_the_bound() {
        type Case = (&'static dyn Fn(f64) -> f64, f64, f64, f64);
        let cases: [Case; 6] = [
            (&|x| x * libm::exp(x) - 1.0, -1.0, 1.0, 0.567_143_290_409_783_8),
            (&|x| x * x * x, -1.0, 1.0, 0.0),
            (&|x| 4.0 - 0.0001 * x, 0.0, 100_000.0, 40_000.0),
            (&|x| if x < 0.3 { -7.0 } else { 1.0 }, -1.0, 1.0, 0.3),
            (&|x| libm::exp(30.0 * x) - 2.0, -1.0, 1.0, std::f64::consts::LN_2 / 30.0),
            (&|x| -(x - 0.9).powi(9), -1.0, 1.0, 0.9),
        ];
        for (i, (f, lo, hi, known)) in cases.into_iter().enumerate() {
            let (found, calls) = counted(f, lo, hi, 1e-10 * (hi - lo));
            assert!((found - known).abs() <= 1.01e-10 * (hi - lo), "{i}: {found} is not {known}");
            assert!(calls <= 2 + 33 + 2, "{i}: {calls} calls");
        }
    }

    #[test]
    fn smooth_functions_take_few_evaluations() {
        let (_, calls) = counted(|x| libm::exp(x) - 2.0, 0.0, 2.0, 1e-12);
        assert!(calls < 15, "{calls}");
    }

    #[test]
    fn ends_may_be_roots_and_equal_signs_are_none() {
        assert_eq!(root(|x| x, 0.0, 1.0, 1e-9), Some(0.0));
        assert_eq!(root(|x| x - 1.0, 0.0, 1.0, 1e-9), Some(1.0));
        assert_eq!(root(|x| x + 1.0, 0.0, 1.0, 1e-9), None);
        assert_eq!(root(|_| f64::NAN, 0.0, 1.0, 1e-9), None);
    }

    #[test]
    fn no_tolerance_and_infinite_values_still_end() {
        let found = root(|x| if x < 1.0 { f64::NEG_INFINITY } else { f64::INFINITY }, 0.0, 1e9, 0.0).expect("a jump");
        assert!((found - 1.0).abs() < 1e-6, "{found}");
        let found = root(|x| x - 1e-300, 0.0, 1.0, 0.0).expect("a root");
        assert!((found - 1e-300).abs() < 1e-15, "{found}");
    }
}
