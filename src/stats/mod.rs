//! Estimators, intervals, comparisons and histograms. Knows numbers and nothing of what they mean.
//!
//! Every estimator yields an [`Estimate`]: a value with its interval, level, method and sample size. What is
//! undefined is `None`; no function returns NaN. Sums run in index order, so that equal inputs give equal
//! bits. Everything that scales with the data uses only `+ - * /` and square roots on it: doubling all
//! inputs doubles every figure and every interval exactly.

mod best;
mod binomial;
mod clopper_pearson;
mod control;
mod convergence;
mod critical;
mod curves;
mod density;
mod difference;
mod dunnett;
mod estimate;
mod exceedance;
mod histogram;
mod inversion;
mod kim_nelson;
mod linearised;
mod mean;
mod moments;
mod newcombe;
mod quantile;
mod ranks;
mod ratio;
mod resolution;
mod root;
mod skewed;
mod spread;
mod stopping;
mod tail;
mod welch;
mod wilson;

pub use best::against_best;
pub use clopper_pearson::clopper_pearson;
pub use control::{Control, Controlled, control_variates};
pub use convergence::convergence;
pub use critical::{level_of_each, normal_critical, student_critical};
pub use curves::Curves;
pub use density::Density;
pub use difference::Paired;
pub use dunnett::dunnett_critical;
pub use estimate::{Estimate, LEVEL};
pub use exceedance::exceedance;
pub use histogram::Histogram;
pub use inversion::{Crossing, DifferenceAt, Inversion, Piece, Stretch};
pub use kim_nelson::{Choice, KimNelson};
pub use linearised::RatioOfSums;
pub use mean::mean;
pub use moments::Moments;
pub use newcombe::difference_of_shares;
pub use quantile::{quantile, sorted, type_1};
pub use ratio::relative_difference;
pub use resolution::{coarse_share, coarse_share_lower};
pub use root::root;
pub use skewed::skewed_mean;
pub use spread::standard_deviation;
pub use stopping::{Stopping, Target, Verdict};
pub use tail::tail_mean;
pub use welch::welch;
pub use wilson::share;
