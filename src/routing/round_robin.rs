//! `round_robin`: deployments in turn, in proportion to whole weights, and as evenly as weights allow.
//!
//! The rule is nginx's smooth weighted round robin (`ngx_http_upstream_round_robin.c`, `get_peer`, 1.27): every candidate gains
//! its weight, the one that has most is picked (the first of equals) and loses what all gained. A deployment that is left out
//! neither gains nor loses, and goes on where it was. nginx also lowers the weight of what has failed for a while; here that is
//! left to cooldowns. It knows nothing of prices, failures and speed, and its turns are the same in every replication: like
//! `single`, it draws nothing.

use super::among::Among;
use super::client::{Ask, Luck, View};
use super::models::Models;
use super::router::{Find, Manner, Router};
use crate::model::DeploymentId;
use crate::spec::{self, Located, Mistake};

spec::checked! {
    /// How many turns a model has in each round.
    pub struct Turns(u32): |turns| (1..=1_000_000).contains(turns), "a whole number from 1 to 1000000", 1;
}

impl Default for Turns {
    fn default() -> Self {
        Self(1)
    }
}

/// `round_robin = ["google/imagen-3", "stability/sd-3.5"]`, or a table with turns.
pub type Spec = Models<Turns>;

pub(super) fn names(spec: &Spec) -> Vec<&Located<String>> {
    spec.names()
}

pub(super) fn build(spec: &Spec, models: Find<'_>) -> Result<RoundRobin, Mistake> {
    let targets = spec.find("round_robin", models)?;
    Ok(RoundRobin { targets, weights: spec.values().map(|turns| i64::from(turns.0)).collect() })
}

/// Deployments with whole weights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundRobin {
    targets: Box<[DeploymentId]>,
    weights: Box<[i64]>,
}

impl Router for RoundRobin {
    /// What each has gained and not yet lost.
    type State = Box<[i64]>;

    fn state(&self) -> Self::State {
        vec![0; self.targets.len()].into()
    }

    fn targets(&self) -> &[DeploymentId] {
        &self.targets
    }

    fn manner(&self) -> Manner {
        Manner { spares_the_busy: true, ..Manner::NONE }
    }

    #[inline(never)]
    fn pick(&self, gained: &mut Self::State, among: Among, _: &Ask, _: &View<'_>, _: &mut Luck) -> usize {
        let (mut best, mut total) = (among.lowest(), 0);
        for at in among.iter() {
            gained[at] += self.weights[at];
            total += self.weights[at];
            if gained[at] > gained[best] {
                best = at;
            }
        }
        gained[best] -= total;
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::Known;
    use crate::routing::made_up::{ASK, build_one, luck};
    use crate::units::SimTime;

    fn turns(router: &RoundRobin, gained: &mut Box<[i64]>, among: Among, count: usize) -> Vec<usize> {
        let known = Known::default();
        let view = View { now: SimTime::START, known: &known };
        (0..count).map(|_| router.pick(gained, among, &ASK, &view, &mut luck(0))).collect()
    }

    /// The example of nginx's change "smooth weighted round-robin balancing" (1.3.1): weights 5, 1 and 1 give a a b a c a a.
    #[test]
    fn goes_as_evenly_as_weights_allow() {
        let router = build_one::<Spec, _>(r#"{ "m/0" = 5, "m/1" = 1, "m/2" = 1 }"#, build).expect("valid");
        let mut gained = router.state();
        for _ in 0..2 {
            assert_eq!(turns(&router, &mut gained, Among::first(3), 7), [0, 0, 1, 0, 2, 0, 0]);
        }
        assert_eq!(*gained, [0, 0, 0]);
    }

    #[test]
    fn what_is_left_out_goes_on_where_it_was() {
        let router = build_one::<Spec, _>(r#"["m/0", "m/1", "m/2"]"#, build).expect("valid");
        let mut gained = router.state();
        let without_1 = Among::NONE.with(0).with(2);
        assert_eq!(turns(&router, &mut gained, Among::first(3), 1), [0]);
        assert_eq!(*gained, [-2, 1, 1]);
        assert_eq!(turns(&router, &mut gained, without_1, 4), [2, 2, 0, 2]);
        assert_eq!(*gained, [0, 1, -1]);
        assert_eq!(turns(&router, &mut gained, Among::first(3), 6), [1, 0, 2, 1, 0, 2]);
    }

    #[test]
    fn every_model_has_a_turn() {
        assert!(build_one::<Spec, _>(r#"{ "m/0" = 0 }"#, build).is_err());
    }
}
