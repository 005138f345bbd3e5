//! `cascade`: the models in order, from the cheapest; a checker looks at the images and sends the bad ones back to the next model.
//!
//! A model whose images are sent back has been paid all the same. The checker errs: it passes `false_accept` of the images that the
//! user would not accept, and sends back `false_reject` of those that the user would. The last model's images are not checked. An
//! attempt that brings no images goes on to the next model too.
//!
//! Source: the looper `confidence` of vLLM semantic-router (`website/docs/tutorials/algorithm/looper`, as of 2026-11) and AutoMix (P.
//! Aggarwal et al., NeurIPS 2024). What a check costs is not charged: it would be a charge that no provider makes. A request whose
//! next model fails has no images, although it had some that were sent back. It cannot know what the user thinks, only guess
//! it at its error rates.

use super::among::Among;
use super::client::{Ask, Luck, View};
use super::router::{Find, Manner, Router};
use super::spec::{ModelName, find_all};
use crate::model::DeploymentId;
use crate::spec::{self, Located, Mistake};
use crate::units::Share;

spec::table! {
    /// The models in order, from the cheapest: a checker sends bad images back to the next one.
    pub struct Spec {
        /// The models.
        models: Located<Vec<ModelName>>,
        /// The share that the checker passes of the images that the user would not accept; assumed.
        false_accept: Share = "10%",
        /// The share that the checker sends back of the images that the user would accept; assumed.
        false_reject: Share = "10%",
    }
}

pub(super) fn names(spec: &Spec) -> Vec<&Located<String>> {
    spec.models.iter().map(|name| &name.0).collect()
}

pub(super) fn build(spec: &Spec, models: Find<'_>) -> Result<Cascade, Mistake> {
    Ok(Cascade {
        targets: find_all("cascade", "from the cheapest", &spec.models, models)?,
        accepts: spec.false_accept.threshold(),
        rejects: spec.false_reject.threshold(),
    })
}

/// Deployments in order, with a checker between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cascade {
    targets: Box<[DeploymentId]>,
    /// Below which of 32 bits bad images pass.
    accepts: u64,
    /// Below which of 32 bits good images are sent back.
    rejects: u64,
}

/// The number of the checker's draw: beyond those of routers that draw for each of their targets.
const CHECK: u32 = 1 << 30;

impl Router for Cascade {
    type State = ();

    fn state(&self) {}

    fn targets(&self) -> &[DeploymentId] {
        &self.targets
    }

    fn manner(&self) -> Manner {
        Manner { moves_on: true, checks_images: true, ..Manner::NONE }
    }

    #[inline]
    fn pick(&self, (): &mut (), among: Among, _: &Ask, _: &View<'_>, _: &mut Luck) -> usize {
        among.lowest()
    }

    fn sends_back(&self, (): &mut (), target: usize, pleases: bool, luck: &mut Luck) -> bool {
        if target + 1 == self.targets.len() {
            return false;
        }
        let bits = luck.more(CHECK) >> 32;
        if pleases { bits < self.rejects } else { bits >= self.accepts }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Key, Purpose};

    #[test]
    fn the_checker_errs_at_its_rates_and_never_looks_at_the_last() {
        let share = |share: f64| Share::new(share).expect("a share").threshold();
        let router = Cascade { targets: [0, 1].map(DeploymentId).into(), accepts: share(0.2), rejects: share(0.05) };
        let key = Key::new(3, 0, Purpose::Attempt);
        let n = 20_000;
        let sent_back = |target, pleases| {
            (0..n).filter(|request| router.sends_back(&mut (), target, pleases, &mut Luck::new(key, *request, 1))).count() as f64
        };
        for (pleases, rate) in [(true, 0.05), (false, 0.8)] {
            let error = libm::sqrt(rate * (1.0 - rate) * n as f64);
            assert!((sent_back(0, pleases) - rate * n as f64).abs() < 4.5 * error, "{pleases}");
        }
        assert_eq!((sent_back(1, false), sent_back(1, true)), (0.0, 0.0));
    }
}
