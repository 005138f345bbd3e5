//! `weighted`: a deployment at random, in proportion to weights, among those that are not asking to be left alone.

use super::client::{Ask, View};
use super::router::{Find, Router};
use super::spec::find;
use crate::model::DeploymentId;
use crate::spec::{Located, Mistake, Named};

/// `weighted = { "google/imagen-3" = 3, "stability/sd-3.5" = 1 }`.
pub type Spec = Located<Named<f64>>;

pub(super) fn names(spec: &Spec) -> Vec<&Located<String>> {
    spec.iter().map(|(name, _)| name).collect()
}

pub(super) fn build(spec: &Spec, models: Find<'_>) -> Result<Weighted, Mistake> {
    let entries = spec.iter().map(|(name, weight)| Ok((find(name, models)?, *weight))).collect::<Result<Vec<_>, _>>()?;
    Weighted::new(&entries).ok_or_else(|| {
        let what = "weights must not be negative, and not all zero";
        Mistake::error(&spec.place, what).label("one weight per model")
    })
}

/// Deployments with weights.
///
/// A deployment whose retry-afters have not all passed is left out while another is free; when none is free, all count.
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

    fn sum(&self, free: impl Fn(DeploymentId) -> bool) -> u64 {
        self.targets.iter().zip(&self.weights).filter(|(target, _)| free(**target)).map(|(_, weight)| weight).sum()
    }

    fn draw(&self, total: u64, bits: u32, free: impl Fn(DeploymentId) -> bool) -> DeploymentId {
        let mut left = (u64::from(bits) * total) >> 32;
        let mut last = self.targets[0];
        for (&target, &weight) in self.targets.iter().zip(&self.weights) {
            if weight == 0 || !free(target) {
                continue;
            }
            if left < weight {
                return target;
            }
            left -= weight;
            last = target;
        }
        last
    }
}

/// Whether all retry-afters of the deployment have passed.
fn is_free(target: DeploymentId, view: &View<'_>) -> bool {
    view.sight(target).retry_after_until <= view.now
}

impl Router for Weighted {
    fn levels(&self) -> usize {
        1
    }

    #[inline(never)]
    fn pick(&self, _: usize, _: &Ask, view: &View<'_>, mut coin: impl FnMut() -> u32) -> DeploymentId {
        match self.sum(|target| is_free(target, view)) {
            0 => self.draw(self.sum(|_| true), coin(), |_| true),
            total => self.draw(total, coin(), |target| is_free(target, view)),
        }
    }

    fn has_free(&self, _: usize, view: &View<'_>) -> bool {
        self.sum(|target| is_free(target, view)) > 0
    }

    fn targets(&self) -> &[DeploymentId] {
        &self.targets
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ClassId, Stage};
    use crate::routing::{Known, Sight};
    use crate::units::SimTime;

    const ASK: Ask = Ask { class: ClassId(0), stage: Stage::Final, images: 1, tokens: 50 };

    #[test]
    fn keeps_away_from_who_asked_for_it_while_another_is_free() {
        let router = Weighted::new(&[(DeploymentId(0), 3.0), (DeploymentId(1), 1.0)]).expect("valid");
        let busy = Sight { retry_after_until: SimTime::from_micros(10), ..Sight::default() };
        let known = |sights: &[Sight]| Known { sights: sights.into(), ..Known::default() };
        let pick = |sights: &[Sight], bits: u32| router.pick(0, &ASK, &View { now: SimTime::START, known: &known(sights) }, || bits);
        let free = Sight::default();
        assert_eq!(pick(&[free, free], (3 << 30) - 1), DeploymentId(0));
        assert_eq!(pick(&[free, free], 3 << 30), DeploymentId(1));
        assert_eq!(pick(&[busy, free], 0), DeploymentId(1));
        assert_eq!(pick(&[busy, busy], 0), DeploymentId(0));
        let has_free = |sights: &[Sight]| router.has_free(0, &View { now: SimTime::START, known: &known(sights) });
        assert!(has_free(&[busy, free]) && !has_free(&[busy, busy]));
    }
}
