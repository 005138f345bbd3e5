//! Cuts a line into dashes.

use super::canvas::Point;

/// The dashes of a line through these points: drawn and left out in turn, in these lengths, over and over.
pub(super) fn dashes(points: &[Point], lengths: &[f64]) -> Vec<Vec<Point>> {
    let mut made: Vec<Vec<Point>> = Vec::new();
    let mut lengths = lengths.iter().copied().cycle();
    let (mut left, mut drawn) = (lengths.next().unwrap_or(f64::INFINITY), true);
    if let Some(&first) = points.first() {
        made.push(vec![first]);
    }
    for pair in points.windows(2) {
        let (mut from, to) = (pair[0], pair[1]);
        let mut rest = (to.0 - from.0).hypot(to.1 - from.1);
        while rest > left {
            let part = left / rest;
            from = (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part);
            rest -= left;
            if drawn {
                made.last_mut().into_iter().for_each(|dash| dash.push(from));
            } else {
                made.push(vec![from]);
            }
            drawn = !drawn;
            // A length of zero would never end.
            left = lengths.next().unwrap_or(f64::INFINITY).max(0.5);
        }
        left -= rest;
        if drawn {
            made.last_mut().into_iter().for_each(|dash| dash.push(to));
        }
    }
    made.retain(|dash| dash.len() > 1);
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_go_around_corners() {
        let made = dashes(&[(0.0, 0.0), (10.0, 0.0), (10.0, 10.0)], &[4.0, 4.0]);
        let lengths: Vec<f64> =
            made.iter().map(|dash| dash.windows(2).map(|p| (p[1].0 - p[0].0).hypot(p[1].1 - p[0].1)).sum()).collect();
        assert_eq!(lengths, [4.0, 4.0, 4.0]);
        assert_eq!(made[1], [(8.0, 0.0), (10.0, 0.0), (10.0, 2.0)]);
        assert!(dashes(&[], &[1.0]).is_empty());
    }
}
