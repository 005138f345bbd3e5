//! Choosing the best of several systems with few replications.

use super::difference::variances;

/// The procedure KN of Kim and Nelson (*ACM Transactions on Modeling and Computer Simulation* 11, 2001, with c = 1): after each round
/// it drops every system that is clearly worse than another, until one is left. With probability `level` that is the one with
/// the lowest mean, if it is lower than all others by `indifference` or more; among systems closer than that, any may be chosen.
/// It allows common random numbers, which make it faster, and unequal variances.
///
/// Pure: it is told the running means, after any fixed rounds. The paper looks after every replication; looking less often
/// drops the best system no more often (Jennison, Johnstone and Turnbull 1982, on which its proof rests), and takes at most a round longer.
/// For normal values the guarantee is exact; means of a month's many requests are close to it.
#[derive(Debug, Clone, PartialEq)]
pub struct KimNelson {
    indifference: f64,
    /// h squared.
    reach: f64,
    /// The variance of the difference of each two systems, in the first stage.
    variances: Vec<Vec<f64>>,
    kept: Vec<bool>,
}

impl KimNelson {
    /// Set up with the values of each system in a first stage of replications, the same for all. `indifference` is the least
    /// difference worth telling apart, in the unit of the values.
    ///
    /// `None` with fewer than two systems or two replications, where the systems do not have equally many, where `indifference`
    /// is not positive, or `level` not above that of a blind choice, 1 / k (for k systems), and below 1.
    pub fn new(first: &[&[f64]], indifference: f64, level: f64) -> Option<Self> {
        let (k, n) = (first.len(), first.first()?.len());
        let worth = indifference > 0.0 && indifference.is_finite() && level < 1.0 && level * k as f64 > 1.0;
        if k < 2 || n < 2 || !worth || first.iter().any(|system| system.len() != n) {
            return None;
        }
        let reach = reach(k, n, level).filter(|&reach| reach > 0.0)?;
        Some(Self { indifference, reach, variances: variances(first), kept: vec![true; k] })
    }

    /// Looks at the mean of each system over the first `n` replications, n not falling from one call to the next and at least
    /// that of the first stage. Means of systems that are out do not matter.
    ///
    /// # Panics
    /// If there are not as many means as systems.
    pub fn round(&mut self, n: u64, means: &[f64]) -> Choice {
        assert_eq!(means.len(), self.kept.len(), "one mean for each system");
        let beaten = |i: usize| (0..means.len()).any(|l| l != i && self.kept[l] && means[i] > means[l] + self.slack(i, l, n));
        let kept: Vec<bool> = (0..means.len()).map(|i| self.kept[i] && !beaten(i)).collect();
        self.kept = kept;
        let left = || (0..means.len()).filter(|&i| self.kept[i]);
        let best = left().min_by(|&a, &b| means[a].total_cmp(&means[b])).expect("the lowest mean is never beaten");
        if left().count() == 1 || n > self.most() { Choice::Best(best) } else { Choice::Among(left().collect()) }
    }

    /// By how much a mean may be above another after `n` replications and its system stay in.
    fn slack(&self, i: usize, l: usize, n: u64) -> f64 {
        let (delta, n) = (self.indifference, n as f64);
        (delta / (2.0 * n) * (self.reach * self.variances[i][l] / (delta * delta) - n)).max(0.0)
    }

    /// After more replications than this, one system has been chosen: among those still in.
    pub fn most(&self) -> u64 {
        let kept = |i: &usize| self.kept[*i];
        let pairs = (0..self.kept.len()).filter(kept).flat_map(|i| (0..i).filter(kept).map(move |l| self.variances[i][l]));
        (self.reach * pairs.fold(0.0, f64::max) / (self.indifference * self.indifference)) as u64
    }
}

/// What a round of [`KimNelson`] led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// This system is chosen, by its place; of equals the first.
    Best(usize),
    /// These are still in, in order; they need further replications.
    Among(Vec<usize>),
}

/// h squared for k systems with n values each in the first stage: 2 eta (n - 1), with eta the half of
/// (2 a / (k - 1))^(-2 / (n - 1)) - 1 for a = 1 - level. `None` where it is not positive.
fn reach(k: usize, n: usize, level: f64) -> Option<f64> {
    let (df, each) = ((n - 1) as f64, 2.0 * (1.0 - level) / (k - 1) as f64);
    let reach = (libm::pow(each, -2.0 / df) - 1.0) * df;
    (reach > 0.0).then_some(reach)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_constants_of_the_paper() {
        let known = [(2, 10, 6.012_905), (5, 10, 11.429_411), (10, 10, 15.463_502), (10, 20, 11.511_485)];
        for (k, n, h2) in known {
            assert!((reach(k, n, 0.95).expect("positive") - h2).abs() < 1e-6, "{k} {n}");
        }
    }

    /// By hand: differences 1, -1, 1, -1 have a variance of 4/3; for k = 2, n = 4, level 0.95: h^2 = 3 (0.1^(-2/3) - 1).
    #[test]
    fn a_case_by_hand() {
        let (a, b) = ([1.0, 0.0, 1.0, 0.0], [0.0, 1.0, 0.0, 1.0]);
        let mut kn = KimNelson::new(&[&a, &b], 0.5, 0.95).expect("two systems");
        let h2 = 3.0 * (0.1_f64.powf(-2.0 / 3.0) - 1.0);
        let most = h2 * (4.0 / 3.0) / 0.25;
        assert_eq!(kn.most(), most as u64);
        let slack = 0.5 / 20.0 * (most - 10.0);
        assert_eq!(kn.round(10, &[slack - 1e-9, 0.0]), Choice::Among(vec![0, 1]));
        assert_eq!(kn.clone().round(10, &[slack + 1e-9, 0.0]), Choice::Best(1));
        assert_eq!(kn.round(most as u64 + 1, &[0.0, 1e-9]), Choice::Best(0));
    }

    #[test]
    fn what_is_out_stays_out_and_beats_no_one() {
        let first: Vec<Vec<f64>> = (0..3).map(|s| (0..20).map(|i| f64::from((i * (s + 2)) % 7)).collect()).collect();
        let first: Vec<&[f64]> = first.iter().map(Vec::as_slice).collect();
        let mut kn = KimNelson::new(&first, 1.0, 0.95).expect("three systems");
        assert_eq!(kn.round(20, &[0.0, 100.0, 0.1]), Choice::Among(vec![0, 2]));
        assert_eq!(kn.round(21, &[0.0, -100.0, 0.1]), Choice::Among(vec![0, 2]));
        assert_eq!(kn.round(100_000, &[0.0, -100.0, 0.1]), Choice::Best(0));
    }

    #[test]
    fn identical_systems_end_at_once_with_the_first() {
        let mut kn = KimNelson::new(&[&[1.0, 2.0], &[1.0, 2.0]], 1.0, 0.95).expect("two systems");
        assert_eq!(kn.round(2, &[1.5, 1.5]), Choice::Best(0));
    }

    #[test]
    fn what_cannot_be_chosen_from_is_refused() {
        let (a, b): (&[f64], &[f64]) = (&[1.0, 2.0, 3.0], &[2.0, 1.0, 5.0]);
        assert!(KimNelson::new(&[a, b], 1.0, 0.95).is_some());
        for (first, delta, level) in [
            (vec![a], 1.0, 0.95),
            (vec![a, &b[..2]], 1.0, 0.95),
            (vec![&a[..1], &b[..1]], 1.0, 0.95),
            (vec![a, b], 0.0, 0.95),
            (vec![a, b], f64::NAN, 0.95),
            (vec![a, b], 1.0, 0.5),
            (vec![a, b], 1.0, 1.0),
        ] {
            assert_eq!(KimNelson::new(&first, delta, level), None);
        }
    }
}
