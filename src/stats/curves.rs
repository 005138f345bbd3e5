//! Differences that were sampled at a few places, one curve for each replication.

use super::{DifferenceAt, Inversion, Moments};

/// The difference of two sides at each place of a grid, in each replication: a piecewise straight curve each.
///
/// Two questions are kept apart. *Where are the two sides equal on average?* is answered by the mean curve, with an interval that
/// shrinks as replications are added ([`equal_on_average`](Self::equal_on_average)). *Where are they equal in one month?* has a
/// different answer each month ([`own_crossings`](Self::own_crossings)), whose spread does not shrink, and whose mean and
/// median are not the answer to the first.
#[derive(Debug, Clone, PartialEq)]
pub struct Curves {
    grid: Vec<f64>,
    rows: Vec<Vec<f64>>,
}

impl Curves {
    /// The curves through these differences, a row for each replication. `None` where the grid has fewer than two places or does
    /// not ascend, or a row has another number of values.
    pub fn new(grid: Vec<f64>, rows: Vec<Vec<f64>>) -> Option<Self> {
        let sound = grid.len() > 1 && grid.is_sorted_by(|a, b| a < b) && rows.iter().all(|row| row.len() == grid.len());
        sound.then_some(Self { grid, rows })
    }

    /// The differences at `x`, on the straight lines between the places of the grid; beyond it, on those at its ends.
    pub fn at(&self, x: f64) -> Moments {
        let right = self.grid.partition_point(|&place| place <= x).clamp(1, self.grid.len() - 1);
        let share = (x - self.grid[right - 1]) / (self.grid[right] - self.grid[right - 1]);
        self.rows.iter().map(|row| row[right - 1] * (1.0 - share) + row[right] * share).collect()
    }

    /// Where the mean difference is zero, and where it may be, to within `tolerance`. `None` below two replications.
    pub fn equal_on_average(&self, level: f64, tolerance: f64) -> Option<Inversion> {
        Inversion::of(&self.grid, self.rows.len() as u64, level, tolerance, |x| DifferenceAt::from(&self.at(x)))
    }

    /// The first place where each replication's own curve comes to zero; `None` where it does not within the range.
    pub fn own_crossings(&self) -> impl Iterator<Item = Option<f64>> {
        self.rows.iter().map(|row| first_crossing(&self.grid, row))
    }
}

fn first_crossing(grid: &[f64], row: &[f64]) -> Option<f64> {
    let place = |i: usize| {
        let (before, after) = (row[i], row[i + 1]);
        let crosses = (before < 0.0 && after >= 0.0) || (before > 0.0 && after <= 0.0);
        crosses.then(|| grid[i] + (grid[i + 1] - grid[i]) * (before / (before - after)))
    };
    (0..row.len() - 1).find_map(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fees of 240, 300 and 360 against slopes of 0.4 cents: 60 000, 75 000 and 90 000.
    fn curves() -> Curves {
        let grid = vec![0.0, 50_000.0, 100_000.0, 200_000.0];
        let row = |fee: f64| grid.iter().map(|v| fee - 0.004 * v).collect::<Vec<f64>>();
        Curves::new(grid.clone(), vec![row(240.0), row(300.0), row(360.0)]).expect("a grid")
    }

    #[test]
    fn straight_lines_between_places() {
        let moments = curves().at(25_000.0);
        assert!((moments.mean().expect("three") - 200.0).abs() < 1e-9);
        assert!((moments.variance().expect("three") - 3_600.0).abs() < 1e-6);
        assert!((curves().at(100_000.0).mean().expect("three") + 100.0).abs() < 1e-9);
    }

    #[test]
    fn the_two_questions() {
        let own: Vec<f64> = curves().own_crossings().map(|at| at.expect("within the range").round()).collect();
        assert_eq!(own, [60_000.0, 75_000.0, 90_000.0]);
        let found = curves().equal_on_average(0.90, 1e-3).expect("three replications");
        let root = found.estimates()[0];
        // t with 2 degrees of freedom is 2.919 986, the standard error of the fee 60 / sqrt(3).
        let half = 2.919_986 * 60.0 / 3.0_f64.sqrt() / 0.004;
        assert!((root.value - 75_000.0).abs() < 1e-2 && (root.hi.expect("bounded") - 75_000.0 - half).abs() < 0.1, "{root:?}");
    }

    #[test]
    fn curves_that_do_not_cross_and_no_curves() {
        let flat = Curves::new(vec![0.0, 1.0], vec![vec![1.0, 2.0]]).expect("a grid");
        assert_eq!((flat.own_crossings().collect::<Vec<_>>(), flat.equal_on_average(0.95, 1e-9)), (vec![None], None));
        assert_eq!(Curves::new(vec![0.0], vec![]), None);
        assert_eq!(Curves::new(vec![0.0, 1.0], vec![vec![1.0]]), None);
    }
}
