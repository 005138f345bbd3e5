//! Where a difference that is known with error may be zero.

use std::cmp::Ordering;

use super::{Estimate, Moments, root, student_critical};

const METHOD: &str = "test inversion";

/// A mean difference at one place, with the standard error of that mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DifferenceAt {
    /// The mean.
    pub mean: f64,
    /// Its standard error, s / sqrt(n); 0 where it is known for sure.
    pub error: f64,
}

impl From<&Moments> for DifferenceAt {
    /// Of no values it is zero; of one it has no known error, which is taken for infinite.
    fn from(moments: &Moments) -> Self {
        let error = moments.variance().map_or(f64::INFINITY, |variance| (variance / moments.n() as f64).sqrt());
        Self { mean: moments.mean().unwrap_or_default(), error }
    }
}

/// A place where the mean difference changes sign.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Crossing {
    /// Where.
    pub at: f64,
    /// Whether it goes from negative to positive.
    pub upward: bool,
}

/// A stretch of the range in which the sign of the difference is the same, or not known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stretch {
    /// Where it begins.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// `Less` where the difference is below zero, `Greater` where it is above; `None` where zero is within its interval.
    pub sign: Option<Ordering>,
}

/// Where a difference is zero, and where it may be.
///
/// For each x of a range a t test says whether the difference there may be zero: the x that are not refuted are the confidence
/// set for the root, which covers a true root with probability `level` (Fieller, *Journal of the Royal Statistical Society B* 16,
/// 1954, for a straight line). The set may be empty, may have several pieces, and a piece may go on beyond the range: none
/// of that is hidden. Nothing finer than the grid can be seen, except around changes of sign.
#[derive(Debug, Clone, PartialEq)]
pub struct Inversion {
    /// All changes of sign of the mean difference, from left to right.
    pub crossings: Vec<Crossing>,
    /// The whole range, cut where the answer changes, from left to right.
    pub stretches: Vec<Stretch>,
    /// The confidence level of each answer, in (0, 1).
    pub level: f64,
    /// The number of replications behind each difference.
    pub n: u64,
}

/// A piece of the confidence set; an end that is `None` lies beyond the range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Piece {
    /// Its lower end.
    pub lo: Option<f64>,
    /// Its upper end.
    pub hi: Option<f64>,
}

impl Inversion {
    /// Looks at the difference on an ascending `grid`, each the mean of `n` replications, and closer where the answer changes,
    /// to within `tolerance` (in the unit of x). `None` where the grid has fewer than two places or does not ascend, or n is
    /// below two.
    pub fn of(grid: &[f64], n: u64, level: f64, tolerance: f64, mut at: impl FnMut(f64) -> DifferenceAt) -> Option<Self> {
        if grid.len() < 2 || n < 2 || !grid.is_sorted_by(|a, b| a < b) {
            return None;
        }
        let mut points: Vec<(f64, DifferenceAt)> = grid.iter().map(|&x| (x, at(x))).collect();
        let crossings = crossings(&points, tolerance, &mut at);
        // A change of sign may lie in a piece that is narrower than the grid.
        points.extend(crossings.iter().map(|crossing| (crossing.at, at(crossing.at))));
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        let test = Test { critical: student_critical(n - 1, level) };
        Some(Self { crossings, stretches: test.stretches(&points, tolerance, &mut at), level, n })
    }

    /// The confidence set, from left to right.
    pub fn pieces(&self) -> impl Iterator<Item = Piece> {
        let (first, last) = (self.stretches.first().map(|s| s.from), self.stretches.last().map(|s| s.to));
        let unknown = self.stretches.iter().filter(|stretch| stretch.sign.is_none());
        unknown.map(move |stretch| Piece {
            lo: Some(stretch.from).filter(|_| Some(stretch.from) != first),
            hi: Some(stretch.to).filter(|_| Some(stretch.to) != last),
        })
    }

    /// Each change of sign with the piece of the confidence set that it lies in; where the signs on both sides are certain, as
    /// at a jump, it is known to itself.
    pub fn estimates(&self) -> Vec<Estimate> {
        self.crossings.iter().map(|crossing| self.estimate(crossing.at)).collect()
    }

    fn estimate(&self, value: f64) -> Estimate {
        let within = |piece: &Piece| piece.lo.is_none_or(|lo| lo <= value) && piece.hi.is_none_or(|hi| value <= hi);
        let Piece { lo, hi } = self.pieces().find(within).unwrap_or(Piece { lo: Some(value), hi: Some(value) });
        let method = match (lo, hi) {
            (Some(_), Some(_)) => METHOD,
            (None, Some(_)) => "test inversion, unbounded below within the range",
            (Some(_), None) => "test inversion, unbounded above within the range",
            (None, None) => "test inversion, unbounded within the range",
        };
        Estimate { value, lo, hi, level: self.level, method, n: self.n }
    }
}

/// All changes of sign between neighbours; zeros between two signs are one change, in their middle.
fn crossings(points: &[(f64, DifferenceAt)], tolerance: f64, at: &mut impl FnMut(f64) -> DifferenceAt) -> Vec<Crossing> {
    let signed: Vec<(usize, f64)> =
        points.iter().enumerate().filter(|(_, point)| point.1.mean != 0.0).map(|(i, point)| (i, point.1.mean)).collect();
    let changes = signed.windows(2).filter(|pair| (pair[0].1 > 0.0) != (pair[1].1 > 0.0));
    let place = |left: usize, right: usize, at: &mut dyn FnMut(f64) -> DifferenceAt| {
        if right - left > 1 {
            return Some(f64::midpoint(points[left + 1].0, points[right - 1].0));
        }
        root(|x| at(x).mean, points[left].0, points[right].0, tolerance)
    };
    changes.filter_map(|pair| Some(Crossing { at: place(pair[0].0, pair[1].0, at)?, upward: pair[1].1 > 0.0 })).collect()
}

/// The t test at each place.
struct Test {
    critical: f64,
}

impl Test {
    /// How far zero is outside the interval of the difference; not above 0 where it is inside.
    fn margin(&self, difference: DifferenceAt) -> f64 {
        difference.mean.abs() - self.critical * difference.error
    }

    fn sign(&self, difference: DifferenceAt) -> Option<Ordering> {
        let certain = self.margin(difference) > 0.0;
        certain.then_some(if difference.mean < 0.0 { Ordering::Less } else { Ordering::Greater })
    }

    fn stretches(
        &self,
        points: &[(f64, DifferenceAt)],
        tolerance: f64,
        at: &mut impl FnMut(f64) -> DifferenceAt,
    ) -> Vec<Stretch> {
        let mut stretches: Vec<Stretch> = Vec::new();
        let (mut from, mut sign) = (points[0].0, self.sign(points[0].1));
        for pair in points.windows(2) {
            let next = self.sign(pair[1].1);
            if next == sign {
                continue;
            }
            let (left, right) = (pair[0].0, pair[1].0);
            let edge = if sign.is_none() || next.is_none() {
                root(|x| self.margin(at(x)), left, right, tolerance)
            } else {
                root(|x| at(x).mean, left, right, tolerance)
            };
            // The two ends differ by what is looked for, or one lies on the edge itself.
            let edge = edge.unwrap_or(if sign.is_none() { left } else { right });
            stretches.push(Stretch { from, to: edge, sign });
            (from, sign) = (edge, next);
        }
        stretches.push(Stretch { from, to: points[points.len() - 1].0, sign });
        stretches
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(from: f64, to: f64, steps: u32) -> Vec<f64> {
        (0..=steps).map(|i| from + (to - from) * f64::from(i) / f64::from(steps)).collect()
    }

    fn exact(mean: f64) -> DifferenceAt {
        DifferenceAt { mean, error: 0.0 }
    }

    fn assert_ends(piece: Piece, lo: f64, hi: f64) {
        let off = |end: Option<f64>, known: f64| (end.expect("bounded") - known).abs();
        assert!(off(piece.lo, lo) < 1e-6 && off(piece.hi, hi) < 1e-6, "{piece:?}");
    }

    /// Fieller: means 12 and 4 with variances 0.64 and 0.09 and covariance 0.12, 20 degrees of freedom.
    #[test]
    fn fiellers_known_answer() {
        let line = |x: f64| DifferenceAt { mean: 12.0 - 4.0 * x, error: (0.64 - 2.0 * x * 0.12 + x * x * 0.09).sqrt() };
        let found = Inversion::of(&grid(0.0, 10.0, 40), 21, 0.95, 1e-9, line).expect("a grid");
        let pieces: Vec<Piece> = found.pieces().collect();
        assert_eq!(pieces.len(), 1);
        assert_ends(pieces[0], 2.588_766, 3.494_867);
        let root = found.estimates()[0];
        assert!((root.value - 3.0).abs() < 1e-8 && root.method == METHOD && root.n == 21, "{root:?}");
        let signs: Vec<Option<Ordering>> = found.stretches.iter().map(|stretch| stretch.sign).collect();
        assert_eq!(signs, [Some(Ordering::Greater), None, Some(Ordering::Less)]);
        assert!(!found.crossings[0].upward);
    }

    /// A fee of 300 against 0.4 cents an image: 75 000 images.
    #[test]
    fn a_fixed_fee_against_a_price() {
        let found = Inversion::of(&grid(0.0, 200_000.0, 10), 50, 0.95, 1e-3, |v| exact(300.0 + 0.012 * v - 0.016 * v));
        let root = found.expect("a grid").estimates()[0];
        assert!((root.value - 75_000.0).abs() < 1e-3, "{root:?}");
        assert_eq!((root.lo, root.hi), (Some(root.value), Some(root.value)));
    }

    #[test]
    fn several_crossings_have_several_pieces_even_between_grid_points() {
        let wave = |x: f64| DifferenceAt { mean: libm::sin(x), error: 0.01 };
        let found = Inversion::of(&grid(1.0, 10.0, 9), 1_000, 0.95, 1e-9, wave).expect("a grid");
        let upward: Vec<bool> = found.crossings.iter().map(|crossing| crossing.upward).collect();
        assert_eq!(upward, [false, true, false]);
        for (i, piece) in found.pieces().enumerate() {
            let (pi, half) = (std::f64::consts::PI * (i + 1) as f64, (0.01 * student_critical(999, 0.95)).asin());
            assert_ends(piece, pi - half, pi + half);
        }
        assert_eq!((found.pieces().count(), found.stretches.len()), (3, 7));
    }

    #[test]
    fn the_set_may_be_empty_or_unbounded() {
        let of = |mean: f64, error: f64| {
            Inversion::of(&grid(0.0, 1.0, 4), 100, 0.95, 1e-9, move |x| DifferenceAt { mean: mean - x, error }).expect("a grid")
        };
        assert_eq!((of(5.0, 0.1).pieces().count(), of(5.0, 0.1).crossings.len()), (0, 0));
        assert_eq!(of(0.5, 9.0).pieces().collect::<Vec<_>>(), [Piece { lo: None, hi: None }]);
        assert!(of(0.5, 9.0).estimates()[0].method.ends_with("unbounded within the range"));
        let above: Vec<Piece> = of(1.1, 0.1).pieces().collect();
        assert!(above.len() == 1 && above[0].lo.is_some() && above[0].hi.is_none(), "{above:?}");
        assert!(of(1.1, 0.1).crossings.is_empty());
    }

    /// A minimum commitment that ends: the difference jumps over zero, and is certain on either side.
    #[test]
    fn a_jump_is_a_crossing_without_a_piece() {
        let jump = |x: f64| DifferenceAt { mean: if x < 0.37 { -1.0 } else { 1.0 }, error: 0.01 };
        let found = Inversion::of(&grid(0.0, 1.0, 10), 100, 0.95, 1e-9, jump).expect("a grid");
        assert_eq!((found.pieces().count(), found.crossings.len(), found.stretches.len()), (0, 1, 2));
        assert!((found.crossings[0].at - 0.37).abs() < 1e-8 && found.crossings[0].upward);
        assert!((found.stretches[0].to - 0.37).abs() < 1e-8);
    }

    #[test]
    fn zeros_touch_or_cross() {
        let of = |values: [f64; 5]| {
            Inversion::of(&grid(0.0, 4.0, 4), 9, 0.95, 1e-9, move |x| exact(values[x.round() as usize])).expect("a grid")
        };
        assert!(of([-1.0, 0.0, -1.0, -1.0, -1.0]).crossings.is_empty());
        assert_eq!(of([-1.0, 0.0, 0.0, 0.0, 1.0]).crossings, [Crossing { at: 2.0, upward: true }]);
        let same = of([0.0; 5]);
        assert!(same.crossings.is_empty() && same.pieces().eq([Piece { lo: None, hi: None }]));
    }

    #[test]
    fn what_is_no_grid_is_refused() {
        for grid in [&[][..], &[1.0], &[1.0, 1.0], &[2.0, 1.0], &[1.0, f64::NAN]] {
            assert_eq!(Inversion::of(grid, 9, 0.95, 1e-9, exact), None);
        }
        assert_eq!(Inversion::of(&[0.0, 1.0], 1, 0.95, 1e-9, exact), None);
    }
}
