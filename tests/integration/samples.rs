//! Samples of known distributions at a fixed seed, and how often intervals hold what they should.

use spendcast::random::{Key, Purpose, open01_wide};
use spendcast::stats::{Curves, Estimate};

/// How many experiments a coverage is measured with.
pub(crate) const EXPERIMENTS: u32 = 2_000;

/// The draws of one experiment; each has a number of its own, and does not depend on the others.
#[derive(Clone, Copy)]
pub(crate) struct Draws {
    key: Key,
}

impl Draws {
    /// Uniform in (0, 1): draw `i` of series `series`.
    pub(crate) fn uniform(self, series: u64, i: u64) -> f64 {
        let block = self.key.block(series, i / 2);
        let pair = 2 * (i % 2) as usize;
        open01_wide(block[pair], block[pair + 1])
    }

    /// Standard normal, by the method of Box and Muller: two of the draws of a series belong together.
    pub(crate) fn normal(self, series: u64, i: u64) -> f64 {
        let (radius, angle) = (self.uniform(series, i & !1), self.uniform(series, i | 1));
        let (sin, cos) = (std::f64::consts::TAU * angle).sin_cos();
        (-2.0 * radius.ln()).sqrt() * if i.is_multiple_of(2) { cos } else { sin }
    }

    /// Lognormal with mean 1 and this sigma.
    pub(crate) fn lognormal(self, series: u64, i: u64, sigma: f64) -> f64 {
        (sigma * self.normal(series, i) - sigma * sigma / 2.0).exp()
    }
}

/// The draws of one experiment.
pub(crate) fn draws(seed: u64, experiment: u32) -> Draws {
    Draws { key: Key::new(seed, experiment, Purpose::Noise) }
}

/// The share of experiments in which something holds.
pub(crate) fn share_of(experiments: u32, seed: u64, mut holds: impl FnMut(Draws) -> bool) -> f64 {
    let held = (0..experiments).filter(|&e| holds(draws(seed, e))).count();
    held as f64 / f64::from(experiments)
}

/// Within three standard errors of what is known, for a share of [`EXPERIMENTS`].
pub(crate) fn assert_share(share: f64, known: f64, what: &str) {
    assert_share_of(EXPERIMENTS, share, known, what);
}

/// The same for a share of this many experiments.
pub(crate) fn assert_share_of(experiments: u32, share: f64, known: f64, what: &str) {
    let error = (known * (1.0 - known) / f64::from(experiments)).sqrt();
    assert!((share - known).abs() <= 3.0 * error, "{what}: {share}, not {known} +- {:.4}", 3.0 * error);
}

/// Whether the interval holds a value.
pub(crate) fn holds(estimate: &Estimate, truth: f64) -> bool {
    estimate.lo.is_none_or(|lo| lo <= truth) && estimate.hi.is_none_or(|hi| truth <= hi)
}

/// The probability, summed exactly, that an interval for a share of `n` holds the true share.
pub(crate) fn exact_coverage(n: u64, truth: f64, holds: impl Fn(u64) -> bool) -> f64 {
    let mut weight = (1.0 - truth).powi(n as i32);
    let mut covered = 0.0;
    for hits in 0..=n {
        if holds(hits) {
            covered += weight;
        }
        weight *= (n - hits) as f64 / (hits + 1) as f64 * truth / (1.0 - truth);
    }
    covered
}

/// The costs of two sides with the same demand and noise of their own; the first is dearer by this share.
pub(crate) fn pair(d: Draws, i: u64, dearer: f64) -> (f64, f64) {
    let demand = d.lognormal(0, i, 0.3);
    (demand * (1.0 + dearer) + 0.05 * d.normal(1, i), demand + 0.05 * d.normal(2, i))
}

/// The difference of a fee of 300 and what it saves, at volumes up to 200 000: 0.4 cents an image on average, but another saving in
/// each replication.
pub(crate) fn curves(d: Draws, n: u64) -> Curves {
    let grid: Vec<f64> = (0..=8).map(|i| f64::from(i) * 25_000.0).collect();
    let row = |i: u64| {
        let (slope, noise) = (0.004 * d.lognormal(0, i, 0.3), 5.0 * d.normal(1, i));
        grid.iter().map(|v| 300.0 + noise - slope * v).collect::<Vec<f64>>()
    };
    Curves::new(grid.clone(), (0..n).map(row).collect()).expect("a grid")
}
