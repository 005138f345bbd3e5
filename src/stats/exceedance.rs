//! How often a value is exceeded, for charts.

/// More points than this cannot be told apart on a chart.
const MOST_POINTS: usize = 400;

/// The share of values above x as a step function: points (x, share), from (lowest, 1) down to (highest, 0).
///
/// Samples beyond 400 values keep every k-th step, and always the first and the last; the points kept are exact.
pub fn exceedance(ascending: &[f64]) -> Vec<(f64, f64)> {
    let Some(&lowest) = ascending.first() else {
        return Vec::new();
    };
    let n = ascending.len();
    let steps = n.min(MOST_POINTS);
    let mut points = vec![(lowest, 1.0)];
    points.extend((1..=steps).map(|i| {
        let rank = i * n / steps;
        let x = ascending[rank - 1];
        let above = n - ascending.partition_point(|&y| y <= x);
        (x, above as f64 / n as f64)
    }));
    points.dedup();
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_lies_strictly_above() {
        assert_eq!(exceedance(&[1.0, 2.0, 2.0, 4.0]), [(1.0, 1.0), (1.0, 0.75), (2.0, 0.25), (4.0, 0.0)]);
        assert_eq!(exceedance(&[5.0]), [(5.0, 1.0), (5.0, 0.0)]);
        assert!(exceedance(&[]).is_empty());
    }

    #[test]
    fn thins_large_samples_and_keeps_the_ends() {
        let many: Vec<f64> = (1..=9_999).map(f64::from).collect();
        let points = exceedance(&many);
        assert_eq!((points.len(), points[0], points[points.len() - 1]), (401, (1.0, 1.0), (9_999.0, 0.0)));
        for (x, share) in &points[1..] {
            assert!((share - (9_999.0 - x) / 9_999.0).abs() < 1e-12);
        }
    }
}
