//! `least_busy`: the deployment with the fewest attempts of this client under way.
//!
//! This is LiteLLM's `least-busy` (`router_strategy/least_busy.py`, 1.106.2): the first of the list where several have as few,
//! so that light traffic goes to the first alone; `ties = "random"` spreads it. LiteLLM counts for each group by itself, here
//! all attempts of the strategy count. Its counts move when a call is made (`log_pre_api_call`), a moment after the choice, so
//! that requests of one instant all meet the same counts and go to the same deployment; so they do here, and `counted =
//! "at_once"` is how it would be without that. It knows its own attempts only, and nothing of prices and failures: what fails
//! fast is never busy.

use super::among::Among;
use super::client::{Ask, Luck, View};
use super::router::{Find, Heed, Manner, Router};
use super::spec::{ModelName, find_each};
use crate::model::DeploymentId;
use crate::spec::{self, Located, Mistake};
use crate::units::{SimDuration, SimTime};

spec::words! {
    /// Which of several equals is picked.
    pub enum Ties {
        /// The first of the list.
        "first" => First,
        /// Each with the same chance.
        "random" => Random,
    }
}

spec::words! {
    /// When an attempt begins to count.
    pub enum Counted {
        /// A moment after it is sent: what is sent in the same instant does not see it.
        "later" => Later,
        /// As it is sent.
        "at_once" => AtOnce,
    }
}

spec::table! {
    /// The model with the fewest attempts under way.
    pub struct Spec {
        /// The models.
        models: Located<Vec<ModelName>>,
        /// Which of several with as few is picked.
        ties: Ties = "first",
        /// When an attempt begins to count: "later" as in LiteLLM.
        counted: Counted = "later",
    }
}

pub(super) fn names(spec: &Spec) -> Vec<&Located<String>> {
    spec.models.iter().map(|name| &name.0).collect()
}

pub(super) fn build(spec: &Spec, models: Find<'_>) -> Result<LeastBusy, Mistake> {
    let targets = find_each("least_busy", &spec.models, models)?;
    Ok(LeastBusy { targets, ties: spec.ties, counted: spec.counted })
}

/// Deployments to choose from, which of equals, and what counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeastBusy {
    targets: Box<[DeploymentId]>,
    ties: Ties,
    counted: Counted,
}

/// Attempts at a deployment that do not count yet.
#[derive(Debug, Clone, Copy, Default)]
pub struct Fresh {
    /// The instant in which they were sent.
    at: SimTime,
    count: u32,
}

impl Fresh {
    /// How many do not count now.
    fn now(&self, now: SimTime) -> u32 {
        if self.at == now { self.count } else { 0 }
    }
}

impl Router for LeastBusy {
    /// By target.
    type State = Box<[Fresh]>;

    fn state(&self) -> Box<[Fresh]> {
        vec![Fresh::default(); self.targets.len()].into()
    }

    fn targets(&self) -> &[DeploymentId] {
        &self.targets
    }

    fn manner(&self) -> Manner {
        Manner { spares_the_busy: true, heeds: self.counted == Counted::Later, ..Manner::NONE }
    }

    #[inline(never)]
    fn pick(&self, fresh: &mut Box<[Fresh]>, among: Among, _: &Ask, view: &View<'_>, luck: &mut Luck) -> usize {
        let busy = |at: usize| view.in_flight(self.targets[at]).saturating_sub(fresh[at].now(view.now));
        let least = among.iter().map(busy).min().unwrap_or(0);
        let ties = among.only(|at| busy(at) == least);
        match self.ties {
            Ties::First => ties.lowest(),
            Ties::Random => ties.any(luck.coin()),
        }
    }

    fn sent(&self, fresh: &mut Box<[Fresh]>, target: usize, _: &Ask, view: &View<'_>) {
        fresh[target] = Fresh { at: view.now, count: fresh[target].now(view.now) + 1 };
    }

    fn ended(&self, fresh: &mut Box<[Fresh]>, attempt: &Heed, _: &Ask, view: &View<'_>) {
        // What was refused in the instant in which it was sent is no longer under way.
        if attempt.took == SimDuration::ZERO {
            let count = fresh[attempt.target].now(view.now).saturating_sub(1);
            fresh[attempt.target] = Fresh { at: view.now, count };
        }
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
            let router = build_one::<Spec, _>(&text, build).expect("valid");
            router.pick(&mut router.state(), among, &ASK, &view, &mut luck(bits))
        };
        let all = Among::first(4);
        assert_eq!(pick("first", [3, 1, 2, 1], all, u32::MAX), 1);
        assert_eq!(pick("first", [3, 1, 2, 1], all.without(Among::NONE.with(1)), 0), 3);
        assert_eq!([0, 1 << 31, u32::MAX].map(|bits| pick("random", [3, 1, 2, 1], all, bits)), [1, 3, 3]);
    }

    /// Twelve requests of one instant went to the first alone through LiteLLM's adapter for OpenAI (tests/fidelity,
    /// least-busy-bursts-openai); a moment later the others are asked.
    #[test]
    fn what_is_sent_in_the_same_instant_does_not_count_yet() {
        let picks = |counted: &str| {
            let text = format!(r#"{{ models = ["m/0", "m/1"], counted = "{counted}" }}"#);
            let router = build_one::<Spec, _>(&text, build).expect("valid");
            let (mut state, mut known) = (router.state(), Known { in_flight: [0, 0].into(), ..Known::default() });
            let mut pick = |micros: i64, refused: bool| {
                let view = View { now: SimTime::from_micros(micros), known: &known };
                let target = router.pick(&mut state, Among::first(2), &ASK, &view, &mut luck(0));
                if router.manner().heeds {
                    router.sent(&mut state, target, &ASK, &view);
                }
                if refused && router.manner().heeds {
                    let heed = Heed { target, status: crate::model::Status::RateLimited, took: SimDuration::ZERO };
                    router.ended(&mut state, &heed, &ASK, &view);
                } else if !refused {
                    known.in_flight[target] += 1;
                }
                target
            };
            [(5, false), (5, true), (5, false), (6, false), (6, false)].map(|(micros, refused)| pick(micros, refused))
        };
        assert_eq!(picks("later"), [0, 0, 0, 1, 1]);
        assert_eq!(picks("at_once"), [0, 1, 1, 0, 1]);
    }
}
