//! One metric of one strategy, over the replications.

use crate::stats::{
    Estimate, LEVEL, Moments, RatioOfSums, clopper_pearson, quantile, skewed_mean, sorted, standard_deviation, tail_mean,
};

use super::{Metric, Row};

/// How a metric is distributed over replications.
///
/// The interval of the mean is the error of the simulation and shrinks with more replications; p10 to p90 is
/// how much one horizon differs from another and does not. The mean of a ratio, such as a share or a unit cost, is the
/// ratio of the sums over all replications; everything else is of the ratios of single replications, and leaves out
/// those in which it is undefined.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Distribution {
    /// The mean, with Student's t interval, adjusted where it is too skewed for it ([`skewed_mean`]); of a ratio, the ratio of sums with
    /// that of the delta method.
    pub mean: Estimate,
    /// The standard deviation; `None` for a single replication.
    pub sd: Option<Estimate>,
    /// Exceeded in nine of ten replications.
    pub p10: Estimate,
    /// The median.
    pub p50: Estimate,
    /// Exceeded in one of ten.
    pub p90: Estimate,
    /// Exceeded in one of twenty.
    pub p95: Estimate,
    /// Exceeded in one of a hundred.
    pub p99: Estimate,
    /// The mean of the highest twentieth.
    pub cvar95: Estimate,
}

impl Distribution {
    /// The distribution of these values, in the order of replications; `None` where there are none.
    pub fn of(values: &[f64]) -> Option<Self> {
        let moments: Moments = values.iter().copied().collect();
        let ascending = sorted(values.iter().copied());
        let at = |p| quantile(&ascending, p, LEVEL);
        Some(Self {
            mean: skewed_mean(&moments, LEVEL)?,
            sd: standard_deviation(&moments, LEVEL),
            p10: at(0.10)?,
            p50: at(0.50)?,
            p90: at(0.90)?,
            p95: at(0.95)?,
            p99: at(0.99)?,
            cvar95: tail_mean(&ascending, 0.95, LEVEL)?,
        })
    }

    /// The distribution of a metric over these replications; `None` where it is undefined in all of them.
    pub(super) fn of_metric<'a>(metric: Metric, rows: impl Iterator<Item = &'a Row> + Clone) -> Option<Self> {
        let values: Vec<f64> = rows.clone().filter_map(|row| metric.of(row)).collect();
        let mut distribution = Self::of(&values)?;
        if let Some(ratio) = RatioOfSums::new(rows.clone().filter_map(|row| metric.parts(row))) {
            distribution.mean = never_or_always(metric, rows).unwrap_or_else(|| ratio.estimate(LEVEL));
        }
        if metric.is_coarse() {
            distribution = distribution.coarse();
        }
        Some(distribution.within(metric.range()))
    }

    /// With the resolution of the times it is made of in all intervals.
    fn coarse(mut self) -> Self {
        self.sd = self.sd.map(|sd| sd.coarse_sd(self.mean.value));
        for e in [&mut self.mean, &mut self.p10, &mut self.p50, &mut self.p90, &mut self.p95, &mut self.p99, &mut self.cvar95] {
            *e = e.coarse();
        }
        self
    }

    /// With the intervals of mean and tail cut to what the metric can be: they may reach further.
    fn within(mut self, (least, most): (f64, f64)) -> Self {
        for estimate in [&mut self.mean, &mut self.cvar95] {
            estimate.lo = estimate.lo.map(|lo| lo.max(least));
            estimate.hi = estimate.hi.map(|hi| hi.min(most));
        }
        self
    }
}

/// A share that is 0 in all of these replications, or 1 in all of them: nothing varies, and yet it is not known for sure. What no
/// replication has is in at most so many that the exact bound of a count tells, and no mean share is above that.
pub(super) fn never_or_always<'a>(metric: Metric, rows: impl Iterator<Item = &'a Row> + Clone) -> Option<Estimate> {
    let (hits, n) = constant(metric, rows)?;
    clopper_pearson(hits, n, LEVEL)
}

/// How many of these replications have all of a share, where they are all or none, and how many there are. Replications are
/// what is counted, and not their requests, since these share their luck: an outage loses many at once. A share that no
/// replication has is at most the share of replications that have any of it.
pub(super) fn constant<'a>(metric: Metric, rows: impl Iterator<Item = &'a Row> + Clone) -> Option<(u64, u64)> {
    let replications = rows.clone().count() as u64;
    let counted: u64 = rows.clone().map(|row| metric.counted(row)).sum::<Option<u64>>()?;
    let mut parts = rows.filter_map(|row| metric.parts(row));
    let (never, always) = parts.try_fold((true, true), |(never, always), (part, whole)| {
        let so_far = (never && part == 0.0, always && whole - part == 0.0);
        (so_far != (false, false)).then_some(so_far)
    })?;
    (counted > 0).then_some((if always && !never { replications } else { 0 }, replications))
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these answers are exact")]
mod tests {
    use super::super::made_up;
    use super::*;

    #[test]
    fn figures_of_a_count() {
        let counted: Vec<f64> = (1..=100).map(f64::from).collect();
        let d = Distribution::of(&counted).expect("values");
        assert_eq!([d.mean, d.p10, d.p50, d.p90, d.p95, d.p99].map(|e| e.value), [50.5, 10.0, 50.0, 90.0, 95.0, 99.0]);
        assert!((d.cvar95.value - 98.0).abs() < 1e-9);
        assert_eq!((d.p90.lo, d.p90.hi), (Some(84.0), Some(96.0)));
    }

    /// One journey a month, one dollar each, an accepted image in 49 of 100 months: 2.04 dollars an image, not one.
    #[test]
    fn months_without_an_accepted_image_cost_too() {
        let mut rows = made_up::results(&["a"], 100).rows;
        for (at, row) in rows.iter_mut().enumerate() {
            row.cost = crate::units::Usd::from_picos(1_000_000_000_000);
            (row.journeys, row.accepted) = (1, Some(u64::from(at * 49 % 100 < 49)));
        }
        let of = |metric| Distribution::of_metric(metric, rows.iter()).expect("defined");
        let (cost, share) = (of(Metric::CostPerAccepted), of(Metric::AcceptedShare));
        assert_eq!((cost.mean.value, cost.mean.n, cost.p50.value, cost.p50.n), (100.0 / 49.0, 100, 1.0, 49));
        assert_eq!((share.mean.value, share.mean.method), (0.49, "ratio of sums, delta method"));
        assert!(cost.mean.lo.is_some_and(|lo| lo > 1.5) && cost.mean.hi.is_some_and(|hi| hi < 2.6), "{:?}", cost.mean);
    }

    #[test]
    fn what_was_never_or_always_seen_is_not_sure() {
        let mut rows = made_up::results(&["a"], 10).rows;
        for row in &mut rows {
            (row.requests, row.delivered, row.filtered, row.failed) = (100, 100, 0, 0);
            (row.timed_out, row.rate_limited) = (0, 0);
            row.wasted = crate::units::Usd::ZERO;
        }
        let mean = |metric, rows: &[Row]| Distribution::of_metric(metric, rows.iter()).expect("defined").mean;
        // Of 10 replications, whatever each of them holds.
        let (never, always) = (Some(0.308_497), Some(1.0 - 0.308_497));
        let close = |a: Option<f64>, b: Option<f64>| (a.expect("bounded") - b.expect("bounded")).abs() < 1e-6;
        for metric in
            [Metric::FilteredShare, Metric::FailedShare, Metric::TimedOutShare, Metric::RateLimitedShare, Metric::WastedShare]
        {
            let share = mean(metric, &rows);
            assert!((share.value, share.lo) == (0.0, Some(0.0)) && close(share.hi, never), "{metric:?}: {share:?}");
            assert_eq!((share.method, share.n), ("Clopper-Pearson", 10));
        }
        let share = mean(Metric::DeliveredShare, &rows);
        assert!((share.value, share.hi) == (1.0, Some(1.0)) && close(share.lo, always), "{share:?}");
        for row in &mut rows {
            (row.delivered, row.failed, row.wasted) = (0, 100, row.cost);
        }
        assert!(close(mean(Metric::WastedShare, &rows).lo, always));
        (rows[3].delivered, rows[3].failed) = (1, 99);
        assert_eq!(mean(Metric::FailedShare, &rows).method, "ratio of sums, delta method");
    }

    /// Six seconds each time: the histogram knows them to within 0.4 %, and every interval says so.
    #[test]
    fn a_constant_time_lies_within_all_its_intervals() {
        let mut rows = made_up::results(&["a"], 1_000).rows;
        let mut histogram = crate::stats::Histogram::new();
        histogram.record(6_000_000);
        let seen = crate::units::SimDuration::from_micros(histogram.quantile(0.5).expect("one value") as i64);
        for row in &mut rows {
            row.time_to_image = Some([seen; 3]);
        }
        let d = Distribution::of_metric(Metric::TimeToImageP95, rows.iter()).expect("defined");
        for e in [d.mean, d.p10, d.p50, d.p90, d.p95, d.p99, d.cvar95] {
            assert!(e.lo.is_some_and(|lo| lo < 6.0) && e.hi.is_some_and(|hi| hi > 6.0 && hi < 6.05), "{e:?}");
            assert!(e.method.contains("resolution"));
        }
        assert_eq!(d.sd.and_then(|sd| sd.lo), Some(0.0));
    }

    #[test]
    fn one_replication_has_figures_without_intervals() {
        let d = Distribution::of(&[2.0]).expect("one value");
        assert_eq!(d.sd, None);
        for estimate in [d.mean, d.p10, d.p50, d.cvar95] {
            assert_eq!((estimate.value, estimate.lo, estimate.hi), (2.0, None, None));
            assert!(estimate.method.contains("one replication") || estimate.method.contains("too small"));
        }
        assert_eq!(Distribution::of(&[]), None);
    }
}
