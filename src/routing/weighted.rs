//! `weighted`: a deployment at random, in proportion to weights, among those that are not asking to be left alone.

use super::among::Among;
use super::client::{Ask, Luck, View};
use super::router::{Find, Manner, Router};
use super::spec::distinct;
use crate::model::DeploymentId;
use crate::spec::{Located, Mistake, Named};

/// `weighted = { "google/imagen-3" = 3, "stability/sd-3.5" = 1 }`.
pub type Spec = Located<Named<f64>>;

pub(super) fn names(spec: &Spec) -> Vec<&Located<String>> {
    spec.iter().map(|(name, _)| name).collect()
}

pub(super) fn build(spec: &Spec, models: Find<'_>) -> Result<Weighted, Mistake> {
    if spec.len() > Among::MOST {
        return Err(Mistake::error(&spec.place, "weighted takes 1 to 64 models").label("to share requests"));
    }
    let targets = distinct("weighted", spec.iter().map(|(name, _)| name), models)?;
    let entries: Vec<_> = targets.into_iter().zip(spec.iter().map(|(_, weight)| *weight)).collect();
    Weighted::new(&entries).ok_or_else(|| {
        let what = "weights must not be negative, and not all zero";
        Mistake::error(&spec.place, what).label("one weight per model")
    })
}

/// Deployments with weights.
///
/// Those without any weight are never picked while another is left that has one; where none has, all are equally likely.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weighted {
    targets: Box<[DeploymentId]>,
    /// Weights in billionths of their sum.
    weights: Box<[u64]>,
}

impl Weighted {
    /// These deployments with these weights; `None` where there is none or all weights are zero.
    pub fn new(entries: &[(DeploymentId, f64)]) -> Option<Self> {
        let total: f64 = entries.iter().map(|(_, weight)| weight).sum();
        if !(total > 0.0 && total.is_finite()) || entries.iter().any(|(_, weight)| *weight < 0.0) {
            return None;
        }
        let targets = entries.iter().map(|(deployment, _)| *deployment).collect();
        let weights = entries.iter().map(|(_, weight)| (weight / total * 1e9).round_ties_even() as u64).collect();
        Some(Self { targets, weights })
    }
}

/// One of those it may be `among` at random, in proportion to these weights; at equal chances where all weigh nothing.
pub(super) fn draw(weights: &[u64], among: Among, bits: u32) -> usize {
    let total: u64 = among.iter().map(|at| weights[at]).sum();
    if total == 0 {
        return among.any(bits);
    }
    let mut left = ((u128::from(bits) * u128::from(total)) >> 32) as u64;
    for at in among.iter() {
        if left < weights[at] {
            return at;
        }
        left -= weights[at];
    }
    unreachable!("what is left is below the sum of all weights")
}

impl Router for Weighted {
    type State = ();

    fn state(&self) {}

    fn targets(&self) -> &[DeploymentId] {
        &self.targets
    }

    fn manner(&self) -> Manner {
        Manner { spares_the_busy: true, ..Manner::NONE }
    }

    #[inline(never)]
    fn pick(&self, (): &mut (), among: Among, _: &Ask, _: &View<'_>, luck: &mut Luck) -> usize {
        draw(&self.weights, among, luck.coin())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_in_proportion_to_weights_among_those_that_are_left() {
        let router = Weighted::new(&[(DeploymentId(0), 3.0), (DeploymentId(1), 1.0), (DeploymentId(2), 0.0)]).expect("valid");
        let of = |among: &[usize], bits| draw(&router.weights, Among::first(3).only(|at| among.contains(&at)), bits);
        assert_eq!((of(&[0, 1, 2], (3 << 30) - 1), of(&[0, 1, 2], 3 << 30), of(&[0, 1, 2], u32::MAX)), (0, 1, 1));
        assert_eq!((of(&[1, 2], 0), of(&[2], u32::MAX)), (1, 2));
        assert!(Weighted::new(&[(DeploymentId(0), 0.0)]).is_none() && Weighted::new(&[]).is_none());
    }
}
