//! Estimators, intervals, comparisons and histograms. Knows numbers and nothing of what they mean.
//!
//! Every estimator yields an [`Estimate`]: a value with its interval, level, method and sample size. What is
//! undefined is `None`; no function returns NaN. Sums run in index order, so that equal inputs give equal
//! bits. Everything that scales with the data uses only `+ - * /` and square roots on it: doubling all
//! inputs doubles every figure and every interval exactly.

mod critical;
mod density;
mod difference;
mod estimate;
mod exceedance;
mod histogram;
mod linearised;
mod mean;
mod moments;
mod quantile;
mod ranks;
mod ratio;
mod resolution;
mod spread;
mod tail;
mod wilson;

pub use critical::{normal_critical, student_critical};
pub use density::Density;
pub use difference::Paired;
pub use estimate::{Estimate, LEVEL};
pub use exceedance::exceedance;
pub use histogram::Histogram;
pub use linearised::RatioOfSums;
pub use mean::mean;
pub use moments::Moments;
pub use quantile::{quantile, sorted, type_1};
pub use ratio::relative_difference;
pub use resolution::coarse_share_lower;
pub use spread::standard_deviation;
pub use tail::tail_mean;
pub use wilson::{pooled_difference, pooled_share, share};
