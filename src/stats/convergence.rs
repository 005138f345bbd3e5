//! How a mean settles as replications come in, for charts.

use super::{Estimate, Moments, skewed_mean};

/// More points than this cannot be told apart on a chart.
const MOST_POINTS: usize = 200;

/// The mean of the first 2, .. n values with its interval, at about 200 places spread evenly; the last is that of all values,
/// and equal to [`skewed_mean`] of them. Empty below two values, of which there is no interval.
///
/// The intervals are those of their own n: a band made of them is no bound for the whole path.
pub fn convergence(values: &[f64], level: f64) -> Vec<Estimate> {
    let steps = values.len().min(MOST_POINTS);
    let mut moments = Moments::default();
    let mut points = Vec::with_capacity(steps);
    let mut taken = 0;
    for step in 1..=steps {
        let upto = step * values.len() / steps;
        values[taken..upto].iter().for_each(|&x| moments.push(x));
        taken = upto;
        points.extend(skewed_mean(&moments, level).filter(|_| upto > 1));
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_of_a_short_sequence() {
        let points = convergence(&[1.0, 3.0, 5.0], 0.95);
        let seen: Vec<(u64, f64)> = points.iter().map(|point| (point.n, point.value)).collect();
        assert_eq!(seen, [(2, 2.0), (3, 3.0)]);
        assert!(convergence(&[1.0], 0.95).is_empty() && convergence(&[], 0.95).is_empty());
    }

    #[test]
    fn long_sequences_are_thinned_evenly_and_end_with_all() {
        let values: Vec<f64> = (0..9_999).map(|i| f64::from(i * 37 % 101)).collect();
        let points = convergence(&values, 0.95);
        assert_eq!(points.len(), 200);
        assert_eq!(points.last().copied(), skewed_mean(&values.iter().copied().collect(), 0.95));
        let skewed: Vec<f64> = (0..30).map(|i| f64::from(i / 29)).collect();
        let last = convergence(&skewed, 0.95).last().copied();
        assert!(
            last.is_some_and(|last| last.method == "skewness-adjusted t")
                && last == skewed_mean(&skewed.into_iter().collect(), 0.95)
        );
        assert!(points.windows(2).all(|pair| (49..=50).contains(&(pair[1].n - pair[0].n))));
        let half = |e: &Estimate| e.hi.expect("bounded") - e.value;
        assert!(half(&points[49]) / half(&points[199]) > 1.9, "the width shrinks with the root of n");
    }
}
