//! `least_busy`: the deployment with the fewest attempts of this client under way.
//!
//! This is LiteLLM's `least-busy` (`router_strategy/least_busy.py`, 1.106.2): the first of the list where several have as few,
//! so that light traffic goes to the first alone; `ties = "random"` spreads it. LiteLLM counts for each group by itself, here
//! all attempts of the strategy count. Its counts move when a call is made, a moment after the choice, and so requests that
//! arrive at the same time meet the same counts there; here one after the other is sent. It knows its own attempts only, and
//! nothing of prices and failures: what fails fast is never busy.

use super::among::Among;
use super::client::{Ask, Luck, View};
use super::router::{Find, Router};
use super::spec::{ModelName, find_all};
use crate::model::DeploymentId;
use crate::spec::{self, Located, Mistake};

spec::words! {
    /// Which of several equals is picked.
    pub enum Ties {
        /// The first of the list.
        "first" => First,
        /// Each with the same chance.
        "random" => Random,
    }
}

spec::table! {
    /// The model with the fewest attempts under way.
    pub struct Spec {
        /// The models.
        models: Located<Vec<ModelName>>,
        /// Which of several with as few is picked.
        ties: Ties = "first",
    }
}

pub(super) fn names(spec: &Spec) -> Vec<&Located<String>> {
    spec.models.iter().map(|name| &name.0).collect()
}

pub(super) fn build(spec: &Spec, models: Find<'_>) -> Result<LeastBusy, Mistake> {
    let targets = find_all("least_busy", "to choose from", &spec.models, models)?;
    Ok(LeastBusy { targets, ties: spec.ties })
}

/// Deployments to choose from, and which of equals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeastBusy {
    targets: Box<[DeploymentId]>,
    ties: Ties,
}

impl Router for LeastBusy {
    type State = ();

    fn state(&self) {}

    fn targets(&self) -> &[DeploymentId] {
        &self.targets
    }

    #[inline(never)]
    fn pick(&self, (): &mut (), among: Among, _: &Ask, view: &View<'_>, luck: &mut Luck) -> usize {
        let busy = |at: usize| view.in_flight(self.targets[at]);
        let least = among.iter().map(busy).min().unwrap_or(0);
        let ties = among.only(|at| busy(at) == least);
        match self.ties {
            Ties::First => ties.lowest(),
            Ties::Random => ties.any(luck.coin()),
        }
    }

    fn spares_the_busy(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::Known;
    use crate::routing::made_up::{ASK, build_one, luck};
    use crate::units::SimTime;

    #[test]
    fn the_fewest_under_way_are_asked() {
        let pick = |ties: &str, in_flight: [u32; 4], among: Among, bits| {
            let text = format!(r#"{{ models = ["m/0", "m/1", "m/2", "m/3"], ties = "{ties}" }}"#);
            let known = Known { in_flight: in_flight.into(), ..Known::default() };
            let view = View { now: SimTime::START, known: &known };
            build_one::<Spec, _>(&text, build).expect("valid").pick(&mut (), among, &ASK, &view, &mut luck(bits))
        };
        let all = Among::first(4);
        assert_eq!(pick("first", [3, 1, 2, 1], all, u32::MAX), 1);
        assert_eq!(pick("first", [3, 1, 2, 1], all.without(Among::NONE.with(1)), 0), 3);
        assert_eq!([0, 1 << 31, u32::MAX].map(|bits| pick("random", [3, 1, 2, 1], all, bits)), [1, 3, 3]);
    }
}
