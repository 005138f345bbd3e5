//! Less variance for a mean through quantities whose true mean is known.

use super::{Estimate, Moments, mean, student_critical};

/// A control keeps its place if the part of it that earlier controls do not explain has more than this share of its sum of
/// squares: below, what is left is rounding. *Assumed*.
const EXPLAINED: f64 = 1e-10;
/// Deviations of a constant that come from rounding, relative to its size. *Assumed*.
const CONSTANT: f64 = 1e-12;

/// A quantity that was observed next to the values, and whose true mean is known.
#[derive(Debug, Clone, Copy)]
pub struct Control<'a> {
    /// What was observed, in the order of the values.
    pub values: &'a [f64],
    /// Its true mean.
    pub mean: f64,
}

/// A mean that controls made more precise.
#[derive(Debug, Clone, PartialEq)]
pub struct Controlled {
    /// The mean.
    pub estimate: Estimate,
    /// The share of the variance of the plain mean that the controls took away: 0.9 saves nine of ten replications. Below
    /// zero where they are of no use. `None` where there is no variance to take away.
    pub reduction: Option<f64>,
    /// The slope of each control, in their order; `None` for one that was dropped: constant, explained by those before it, or
    /// one too many for so few values.
    pub slopes: Vec<Option<f64>>,
}

/// The mean of `values` at the known means of the controls: the regression of the values on the controls, taken there. Its
/// interval is Student's t with n - q - 1 degrees of freedom for q controls, from the residuals and the distance of the
/// controls' means from the known ones (Lavenberg and Welch, *Management Science* 27, 1981; Law, ch. 11.4). It is exact
/// for jointly normal values; otherwise the mean has a bias of order 1/n.
///
/// Without a control that is of use it is the plain mean. `None` without values, or where a control has another number of them.
///
/// ```
/// use spendcast::stats::{Control, control_variates};
/// let control = Control { values: &[1.0, 2.0, 3.0, 4.0, 6.0], mean: 3.0 };
/// let found = control_variates(&[2.0, 4.0, 6.0, 8.0, 10.0], &[control], 0.95).unwrap();
/// assert_eq!(format!("{:.4} {:.4}", found.slopes[0].unwrap(), found.estimate.value), "1.6216 5.6757");
/// ```
pub fn control_variates(values: &[f64], controls: &[Control<'_>], level: f64) -> Option<Controlled> {
    let moments: Moments = values.iter().copied().collect();
    let plain = mean(&moments, level)?;
    if controls.iter().any(|control| control.values.len() != values.len()) {
        return None;
    }
    let basis = Basis::of(controls, values.len());
    if basis.columns.is_empty() {
        return Some(Controlled {
            estimate: plain,
            reduction: Some(0.0).filter(|_| spread(&moments)),
            slopes: vec![None; controls.len()],
        });
    }
    Some(basis.regression(values, &moments, plain, controls.len()))
}

fn spread(moments: &Moments) -> bool {
    moments.variance().is_some_and(|variance| variance > 0.0)
}

/// A control that is in use, made orthogonal to those before it.
struct Column {
    /// Its place among the controls.
    place: usize,
    /// What those before it leave of its deviations from its mean.
    left: Vec<f64>,
    /// The sum of squares of that.
    squares: f64,
    /// What they leave of the distance of its mean from the known one.
    off: f64,
    /// How much of each column before it went away.
    parts: Vec<f64>,
}

/// The controls that are of use, by modified Gram-Schmidt.
struct Basis {
    columns: Vec<Column>,
}

impl Basis {
    fn of(controls: &[Control<'_>], n: usize) -> Self {
        let mut columns: Vec<Column> = Vec::new();
        for (place, control) in controls.iter().enumerate() {
            // One degree of freedom has to be left.
            if columns.len() + 2 >= n {
                break;
            }
            columns.extend(Column::new(place, control, &columns));
        }
        Self { columns }
    }

    fn regression(&self, values: &[f64], moments: &Moments, plain: Estimate, controls: usize) -> Controlled {
        let mut left: Vec<f64> = values.iter().map(|y| y - plain.value).collect();
        let slopes: Vec<f64> = self.columns.iter().map(|column| take_out(&mut left, column)).collect();
        let df = values.len() - self.columns.len() - 1;
        let residual = left.iter().map(|e| e * e).sum::<f64>() / df as f64;
        let distance: f64 = self.columns.iter().map(|column| column.off * column.off / column.squares).sum();
        let variance = residual * (1.0 / values.len() as f64 + distance);
        let value = plain.value - slopes.iter().zip(&self.columns).map(|(slope, column)| slope * column.off).sum::<f64>();
        let half = student_critical(df as u64, plain.level) * variance.sqrt();
        let of_plain = moments.variance().map(|variance| variance / values.len() as f64).filter(|_| spread(moments));
        Controlled {
            estimate: Estimate::symmetric(value, half, plain.level, "control variates, Student's t", plain.n),
            reduction: of_plain.map(|of_plain| 1.0 - variance / of_plain),
            slopes: self.own_slopes(slopes, controls),
        }
    }

    /// The slopes of the controls themselves, from those of the columns: backwards, as a triangular system is solved.
    fn own_slopes(&self, mut slopes: Vec<f64>, controls: usize) -> Vec<Option<f64>> {
        let mut own = vec![None; controls];
        for (i, column) in self.columns.iter().enumerate().rev() {
            own[column.place] = Some(slopes[i]);
            for (j, part) in column.parts.iter().enumerate() {
                slopes[j] -= slopes[i] * part;
            }
        }
        own
    }
}

impl Column {
    /// `None` where nothing is left of the control.
    fn new(place: usize, control: &Control<'_>, before: &[Self]) -> Option<Self> {
        let average = control.values.iter().copied().collect::<Moments>().mean()?;
        let mut left: Vec<f64> = control.values.iter().map(|c| c - average).collect();
        let squares = |left: &[f64]| left.iter().map(|c| c * c).sum::<f64>();
        let own = squares(&left);
        let rounding = (CONSTANT * average).powi(2) * left.len() as f64;
        let parts: Vec<f64> = before.iter().map(|column| take_out(&mut left, column)).collect();
        let off = average - control.mean - parts.iter().zip(before).map(|(part, column)| part * column.off).sum::<f64>();
        let squares = squares(&left);
        (own > rounding && squares > EXPLAINED * own).then_some(Self { place, left, squares, off, parts })
    }
}

/// Takes the part of a column out of `left` and tells its slope.
fn take_out(left: &mut [f64], column: &Column) -> f64 {
    let slope = left.iter().zip(&column.left).map(|(y, c)| y * c).sum::<f64>() / column.squares;
    left.iter_mut().zip(&column.left).for_each(|(y, c)| *y -= slope * c);
    slope
}

#[cfg(test)]
mod tests {
    use super::*;

    const Y: [f64; 5] = [2.0, 4.0, 6.0, 8.0, 10.0];
    const C: Control<'_> = Control { values: &[1.0, 2.0, 3.0, 4.0, 6.0], mean: 3.0 };

    #[test]
    fn a_known_answer() {
        let found = control_variates(&Y, &[C], 0.95).expect("five values");
        let half = found.estimate.hi.expect("bounded") - found.estimate.value;
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-6, "{a} is not {b}");
        close(found.slopes[0].expect("in use"), 1.621_622);
        close(found.estimate.value, 5.675_676);
        close((half / student_critical(3, 0.95)).powi(2), 0.073_046);
        close(half, 0.860_121);
        // The plain mean has a variance of 10 / 5.
        close(found.reduction.expect("variance"), 1.0 - 0.073_046 / 2.0);
        assert_eq!((found.estimate.n, found.estimate.method), (5, "control variates, Student's t"));
    }

    /// E e^U = e - 1 with U: slope 1.690 309, and 98.372 % of the variance explained.
    #[test]
    fn the_exponential_of_a_uniform() {
        let uniforms: Vec<f64> = (0..100_000).map(|i| (f64::from(i) + 0.5) / 100_000.0).collect();
        let values: Vec<f64> = uniforms.iter().map(|&u| libm::exp(u)).collect();
        let found = control_variates(&values, &[Control { values: &uniforms, mean: 0.5 }], 0.95).expect("values");
        assert!((found.slopes[0].expect("in use") - 1.690_309).abs() < 1e-5);
        assert!((found.reduction.expect("variance") - 0.983_720).abs() < 1e-5);
        assert!((found.estimate.value - (std::f64::consts::E - 1.0)).abs() < 1e-8);
        let residual = values.iter().copied().collect::<Moments>().variance().expect("many") * (1.0 - 0.983_720);
        assert!((residual - 0.003_940).abs() < 1e-5, "{residual}");
    }

    /// y = 3 + 2 a - 5 b without error: known exactly at the controls' means, whatever the sample.
    #[test]
    fn several_controls_are_one_regression() {
        let a: Vec<f64> = (0..20).map(|i| f64::from(i * 7 % 11)).collect();
        let b: Vec<f64> = (0..20).map(|i| f64::from(i * 5 % 13) + 0.5 * f64::from(i * 7 % 11)).collect();
        let y: Vec<f64> = a.iter().zip(&b).map(|(a, b)| 3.0 + 2.0 * a - 5.0 * b).collect();
        let controls = [Control { values: &a, mean: 4.0 }, Control { values: &b, mean: 9.0 }];
        let found = control_variates(&y, &controls, 0.95).expect("values");
        assert!((found.estimate.value - (3.0 + 8.0 - 45.0)).abs() < 1e-9, "{found:?}");
        let slopes: Vec<f64> = found.slopes.iter().map(|slope| slope.expect("in use")).collect();
        assert!((slopes[0] - 2.0).abs() < 1e-9 && (slopes[1] + 5.0).abs() < 1e-9, "{slopes:?}");
        assert!(found.reduction.expect("variance") > 1.0 - 1e-12);
    }

    #[test]
    fn useless_controls_are_dropped_and_said() {
        let twice: Vec<f64> = C.values.iter().map(|c| 0.1 + 2.0 * c).collect();
        let controls = [Control { values: &[0.1; 5], mean: 0.1 }, C, Control { values: &twice, mean: 6.1 }];
        let found = control_variates(&Y, &controls, 0.95).expect("five values");
        let alone = control_variates(&Y, &[C], 0.95).expect("five values");
        assert_eq!((found.slopes, found.estimate), (vec![None, alone.slopes[0], None], alone.estimate));
        let none = control_variates(&Y, &controls[..1], 0.95).expect("five values");
        assert_eq!((none.estimate.method, none.reduction, none.slopes), ("Student's t", Some(0.0), vec![None]));
    }

    #[test]
    fn small_samples_take_no_more_controls_than_they_bear() {
        let other = Control { values: &[1.0, 5.0, 2.0], mean: 3.0 };
        let found = control_variates(&[1.0, 2.0, 4.0], &[Control { values: &[1.0, 2.0, 3.0], mean: 2.0 }, other], 0.95);
        assert!(found.as_ref().is_some_and(|found| found.slopes[0].is_some() && found.slopes[1].is_none()), "{found:?}");
        assert_eq!(control_variates(&[], &[], 0.95), None);
        assert_eq!(control_variates(&Y, &[other], 0.95), None);
        let one = control_variates(&[1.0], &[Control { values: &[1.0], mean: 1.0 }], 0.95).expect("one value");
        assert!(one.estimate.is_open() && one.reduction.is_none());
    }

    #[test]
    fn constant_values_have_nothing_to_reduce() {
        let found = control_variates(&[7.0; 5], &[C], 0.95).expect("five values");
        assert_eq!((found.estimate.value, found.estimate.lo, found.reduction), (7.0, Some(7.0), None));
    }
}
