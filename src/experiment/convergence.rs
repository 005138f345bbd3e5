//! How the mean cost settled as replications came in: whether there were enough of them.

use crate::stats::{Estimate, LEVEL, Moments, mean};

use super::Results;

/// About so many sizes are kept.
const SIZES: u32 = 48;

/// The mean cost of the first replications and its interval, at sizes that grow by a constant factor from two to all. Each
/// estimate says its size. What was certain counts; it is no rule for stopping, which would have to correct for looking often.
pub(super) fn convergence(results: &Results, strategy: usize) -> Vec<Estimate> {
    let mut sizes = sizes(results.replications).into_iter().peekable();
    let (mut moments, mut course) = (Moments::default(), Vec::new());
    for row in results.of(strategy) {
        moments.push(row.cost.to_f64());
        if sizes.next_if(|&size| u64::from(size) == moments.n()).is_some() {
            course.extend(mean(&moments, LEVEL));
        }
    }
    course
}

/// From two to all, in equal ratios as far as whole numbers go.
fn sizes(all: u32) -> Vec<u32> {
    let ratio = f64::from(all.max(2)) / 2.0;
    let at = |step: u32| (2.0 * libm::pow(ratio, f64::from(step) / f64::from(SIZES))).round() as u32;
    let mut sizes: Vec<u32> = (0..SIZES).map(at).chain(std::iter::once(all)).filter(|&size| size <= all && size > 0).collect();
    sizes.dedup();
    sizes
}

#[cfg(test)]
mod tests {
    use super::super::{Distribution, Metric, made_up};
    use super::*;

    #[test]
    fn sizes_grow_to_all() {
        assert_eq!((sizes(0), sizes(1), sizes(2), sizes(5)), (vec![], vec![1], vec![2], vec![2, 3, 4, 5]));
        let many = sizes(10_000);
        assert!(many[0] == 2 && many.last() == Some(&10_000) && many.is_sorted() && many.len() > 40, "{many:?}");
    }

    #[test]
    fn the_last_is_the_mean_of_all() {
        let results = made_up::results(&["a", "b"], 300);
        let course = convergence(&results, 1);
        let mean = Distribution::of_metric(Metric::Cost, results.of(1)).expect("300 rows").mean;
        assert_eq!(course.last(), Some(&mean));
        assert_eq!(course.iter().map(|e| e.n as u32).collect::<Vec<_>>(), sizes(300));
    }
}
