//! Costs that are known precisely enough.
//!
//! What has to be precise is the mean cost of every strategy, to within a share of the true mean, and every paired difference
//! in cost from the baseline, to within the same share of what the baseline costs: a difference may be about zero, and a share of
//! it would never be reached. Each at its own 95 %, of what is billed for certain.

use crate::stats::{Estimate, LEVEL, Moments, Paired, Target, skewed_mean};

use super::Row;

/// How precise costs should be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Precision {
    /// As a share, in (0, 1).
    pub share: f64,
    /// The strategy that the others are compared with.
    pub baseline: usize,
    /// How many strategies there are.
    pub strategies: usize,
}

/// How precise costs have become.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reached {
    /// What was asked for.
    pub asked: f64,
    /// Whether that was reached before the replications were used up.
    pub enough: bool,
    /// The most replications that there may be.
    pub most: u32,
    /// What is known least precisely.
    pub worst: Option<Worst>,
}

/// The cost, or difference in cost, that is furthest from being precise enough.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Worst {
    /// Of which strategy.
    pub strategy: usize,
    /// Whether it is its difference from the baseline.
    pub is_difference: bool,
    /// How precisely it is known, as that was asked for.
    pub share: f64,
    /// With how many replications it would be precise enough, about; `None` where that cannot be told.
    pub needed: Option<u64>,
}

/// A figure that has to be precise.
struct Wanted {
    strategy: usize,
    is_difference: bool,
    estimate: Estimate,
    target: Target,
    /// What it is a share of.
    whole: f64,
}

impl Precision {
    /// What has to be precise, from the rows of whole replications.
    fn wanted(&self, rows: &[Row]) -> Vec<Wanted> {
        let costs = |strategy: usize| rows.iter().skip(strategy).step_by(self.strategies.max(1)).map(|row| row.cost.to_f64());
        let of = |strategy: usize| skewed_mean(&costs(strategy).collect::<Moments>(), LEVEL);
        let whole = of(self.baseline).map_or(0.0, |estimate| estimate.value.abs());
        let means = (0..self.strategies).filter_map(|strategy| {
            let (estimate, target) = (of(strategy)?, Target::Relative(self.share));
            Some(Wanted { strategy, is_difference: false, estimate, target, whole: estimate.value.abs() })
        });
        let others = (0..self.strategies).filter(|strategy| *strategy != self.baseline);
        let differences = others.filter_map(|strategy| {
            let estimate = Paired::new(costs(strategy).zip(costs(self.baseline))).mean(LEVEL)?;
            let target = Target::Absolute(self.share / (1.0 + self.share) * whole);
            Some(Wanted { strategy, is_difference: true, estimate, target, whole })
        });
        means.chain(differences).collect()
    }

    /// The same as estimates with what each of them has to reach.
    pub(super) fn figures(&self, rows: &[Row]) -> Vec<(Estimate, Target)> {
        self.wanted(rows).into_iter().map(|wanted| (wanted.estimate, wanted.target)).collect()
    }

    /// How precise the costs of these rows are.
    pub fn reached(&self, rows: &[Row], most: u32, enough: bool) -> Reached {
        let worst = self.wanted(rows).into_iter().map(|wanted| {
            let half = wanted.estimate.reach().unwrap_or(f64::INFINITY);
            // An estimate that is off by r of itself is off by r / (1 - r) of the true value.
            let share = if half == 0.0 { 0.0 } else { half / (wanted.whole - half).max(0.0) };
            let needed = wanted.target.replications(&wanted.estimate);
            Worst { strategy: wanted.strategy, is_difference: wanted.is_difference, share, needed }
        });
        let worst = worst.reduce(|worst, next| if next.share > worst.share { next } else { worst });
        Reached { asked: self.share, enough, most, worst }
    }
}

#[cfg(test)]
mod tests {
    use super::super::made_up;
    use super::*;

    fn precision(share: f64) -> Precision {
        Precision { share, baseline: 0, strategies: 2 }
    }

    #[test]
    fn every_mean_and_every_difference_is_wanted() {
        let rows = made_up::results(&["a", "b"], 200).rows;
        let wanted = precision(0.01).wanted(&rows);
        let kinds: Vec<_> = wanted.iter().map(|wanted| (wanted.strategy, wanted.is_difference)).collect();
        assert_eq!(kinds, [(0, false), (1, false), (1, true)]);
        // A difference is measured by what the baseline costs.
        assert_eq!(wanted[2].whole.to_bits(), wanted[0].whole.to_bits());
        assert!(matches!(wanted[2].target, Target::Absolute(reach) if (reach - 0.01 / 1.01 * wanted[0].whole).abs() < 1e-9));
    }

    /// Demand varies by about 8 % from replication to replication: with 1 000 it is known to within 0.5 %.
    #[test]
    fn tells_what_is_known_least() {
        let rows = made_up::results(&["a", "b"], 1_000).rows;
        let reached = precision(0.001).reached(&rows, 1_000, false);
        let worst = reached.worst.expect("two strategies");
        assert!(!worst.is_difference && (0.004..0.006).contains(&worst.share), "{worst:?}");
        assert!(worst.needed.is_some_and(|n| (20_000..40_000).contains(&n)), "{worst:?}");
        assert!(precision(0.01).reached(&[], 10, false).worst.is_none());
    }

    #[test]
    fn what_costs_nothing_for_certain_is_precise() {
        let mut rows = made_up::results(&["a", "b"], 200).rows;
        for row in &mut rows {
            row.cost = crate::units::Usd::ZERO;
        }
        let worst = precision(0.01).reached(&rows, 200, true).worst.expect("two strategies");
        assert_eq!((worst.share.to_bits(), worst.needed), (0, Some(200)));
    }
}
