//! `ucb`: the deployment with the highest upper confidence bound of its mean reward; a retry asks anew.
//!
//! The bound is mean + sqrt(`width` x ln t / n), where n attempts went to the deployment and t to all; what has not been asked comes
//! first, in the order of the list. The reward of an attempt is 1 if it delivers and 0 otherwise; with `worth`, less price / worth.
//! An attempt counts in n when it is sent and in the mean when it ends, so that many at once do not all go the same way.
//!
//! Source: P. Auer, N. Cesa-Bianchi and P. Fischer, "Finite-time analysis of the multiarmed bandit problem", Machine Learning 47
//! (2002): UCB1, with `width` = 2. It forgets nothing: it cannot know that a deployment has changed.

use super::among::Among;
use super::bandit::toll;
use super::client::{Ask, Luck, View};
use super::observed::{Weight, Worth, one};
use super::router::{Find, Heed, Manner, Router};
use super::spec::{ModelName, find_each};
use crate::model::{DeploymentId, Status};
use crate::spec::{self, Located, Mistake};
use crate::units::Usd;

spec::table! {
    /// The model with the highest upper confidence bound of its mean reward.
    pub struct Spec {
        /// The models.
        models: Located<Vec<ModelName>>,
        /// What a delivered image is worth: then the price counts as well, as a share of it. Without it, only deliveries do.
        worth: Option<Worth>,
        /// How wide bounds are. 2 is that of UCB1; less explores less.
        width: Weight = 2.0,
    }
}

pub(super) fn names(spec: &Spec) -> Vec<&Located<String>> {
    spec.models.iter().map(|name| &name.0).collect()
}

pub(super) fn build(spec: &Spec, models: Find<'_>) -> Result<Ucb, Mistake> {
    let targets = find_each("ucb", &spec.models, models)?;
    Ok(Ucb { targets, worth: spec.worth.map(|worth| worth.0), width: spec.width.0 })
}

/// Deployments with bounds of their rewards.
#[derive(Debug, Clone, PartialEq)]
pub struct Ucb {
    targets: Box<[DeploymentId]>,
    worth: Option<Usd>,
    width: f64,
}

/// Attempts at one target.
#[derive(Debug, Clone, Copy, Default)]
pub struct Arm {
    sent: u64,
    ended: u64,
    delivered: f64,
}

impl Router for Ucb {
    type State = Box<[Arm]>;

    fn state(&self) -> Self::State {
        vec![Arm::default(); self.targets.len()].into()
    }

    fn targets(&self) -> &[DeploymentId] {
        &self.targets
    }

    fn manner(&self) -> Manner {
        Manner { goes_by_price: self.worth.is_some(), heeds: true, ..Manner::NONE }
    }

    #[inline(never)]
    fn pick(&self, state: &mut Self::State, among: Among, _: &Ask, view: &View<'_>, _: &mut Luck) -> usize {
        let untried = among.only(|at| state[at].sent == 0);
        if !untried.is_empty() {
            return untried.lowest();
        }
        let all = self.width * libm::log(state.iter().map(|arm| arm.sent).sum::<u64>() as f64);
        among.least(|at| {
            let Arm { sent, ended, delivered } = state[at];
            // What has not ended yet may still deliver.
            let mean = if ended > 0 { delivered / ended as f64 } else { 1.0 };
            toll(view.sight(self.targets[at]).price, self.worth) - mean - libm::sqrt(all / sent as f64)
        })
    }

    fn sent(&self, state: &mut Self::State, target: usize, _: &Ask, _: &View<'_>) {
        state[target].sent += 1;
    }

    fn ended(&self, state: &mut Self::State, attempt: &Heed, _: &Ask, _: &View<'_>) {
        let arm = &mut state[attempt.target];
        arm.ended += 1;
        arm.delivered += one(attempt.status == Status::Delivered);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::made_up::{ASK, heed, luck, prices, view};

    /// After t = 10 with n = 8 and 2: bounds 6/8 + sqrt(2 ln 10 / 8) = 1.509 and 0 + sqrt(2 ln 10 / 2) = 1.517; with 7 of 8
    /// delivered, 1.634 is the highest.
    #[test]
    fn the_bound_is_the_mean_and_the_width() {
        let router = Ucb { targets: [0, 1].map(DeploymentId).into(), worth: None, width: 2.0 };
        let known = prices(&[1, 1]);
        let of = |delivered: i32, worth: Option<Usd>, known: &crate::routing::Known| {
            let (mut state, seen) = (router.state(), view(known, 0));
            let pick = |state: &mut _| {
                Ucb { worth, ..router.clone() }.pick(state, Among::first(2), &ASK, &seen, &mut luck(0))
            };
            assert_eq!(pick(&mut state), 0);
            for n in 0..8 {
                router.sent(&mut state, 0, &ASK, &seen);
                let status = if n < delivered { Status::Delivered } else { Status::Failed };
                router.ended(&mut state, &heed(0, status, 1), &ASK, &seen);
            }
            assert_eq!(pick(&mut state), 1);
            for _ in 0..2 {
                router.sent(&mut state, 1, &ASK, &seen);
                router.ended(&mut state, &heed(1, Status::Failed, 1), &ASK, &seen);
            }
            pick(&mut state)
        };
        assert_eq!((of(6, None, &known), of(7, None, &known)), (1, 0));
        // A tenth of its worth more makes the other the better choice.
        assert_eq!(of(7, Some(Usd::from_picos(10)), &prices(&[3, 1])), 1);
    }
}
