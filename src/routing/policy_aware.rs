//! `policy_aware`: prompts that look risky to a lenient list of models first; all others to the normal router.
//!
//! A classifier looks at the prompt. It finds `hit_rate` of the prompts of any category but the ordinary, and takes
//! `false_alarm_rate` of the ordinary ones for risky; its verdict belongs to the prompt and is the same every time. Risky prompts go
//! through the lenient models in order, then to the normal router; the others the other way round, once the normal router is used
//! up.
//!
//! Source: OpenRouter's moderation flags and Bifrost's and vLLM semantic-router's routing by classified prompts are of this kind;
//! the two error rates are the project's own. It cannot know a filter's verdict beforehand, and tells no category from another: all
//! but the ordinary are risky.

use super::AnyRouter;
use super::among::Among;
use super::client::{Ask, Luck};
use super::fallback;
use super::router::Find;
use super::spec::ModelName;
use super::tree::{Branch, Branches, Tree};
use crate::random::split;
use crate::spec::{self, Located, Mistake};
use crate::units::Share;

spec::table! {
    /// Risky prompts to a lenient list of models first.
    pub struct Spec {
        /// The lenient models, in order.
        lenient: Located<Vec<ModelName>>,
        /// The normal router.
        router: Branch,
        /// The share of risky prompts that the classifier finds; assumed.
        hit_rate: Share = "90%",
        /// The share of ordinary prompts that it takes for risky; assumed.
        false_alarm_rate: Share = "5%",
    }
}

pub(super) fn names(spec: &Spec) -> Vec<&Located<String>> {
    spec.lenient.iter().map(|name| &name.0).chain(spec.router.0.names()).collect()
}

pub(super) fn build(spec: &Spec, models: Find<'_>) -> Result<PolicyAware, Mistake> {
    let lenient = AnyRouter::Fallback(fallback::build(&spec.lenient, models)?);
    let branches = Branches::new(vec![lenient, spec.router.0.build(models)?], &spec.lenient.place)?;
    Ok(PolicyAware { branches, hits: spec.hit_rate.threshold(), alarms: spec.false_alarm_rate.threshold() })
}

/// A lenient branch, a normal one, and a classifier.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyAware {
    branches: Branches,
    /// Below which of 32 bits a risky prompt is found.
    hits: u64,
    /// Below which of 32 bits an ordinary prompt is taken for risky.
    alarms: u64,
}

const LENIENT: usize = 0;
const NORMAL: usize = 1;
/// Who looks at the prompt's bits: no filter has this number.
const LOOK: u64 = 0x706f_6c69_6379_0000;

impl Tree for PolicyAware {
    fn branches(&self) -> &Branches {
        &self.branches
    }

    fn branch(&self, left: Among, ask: &Ask, _: &Luck) -> usize {
        let bound = if ask.category == 0 { self.alarms } else { self.hits };
        let wanted = if u64::from(split(ask.prompt, LOOK)) < bound { LENIENT } else { NORMAL };
        if left.has(wanted) { wanted } else { left.lowest() }
    }

    fn reads(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::DeploymentId;
    use crate::routing::made_up::{ASK, luck, prices, view};
    use crate::routing::{Fallback, Router};
    use crate::spec::{Place, Sources};

    #[test]
    fn the_classifier_errs_at_its_rates() {
        let list = |ids: [u16; 2]| AnyRouter::Fallback(Fallback::new(ids.map(DeploymentId).into()));
        let place = Place::whole(Sources::new().add("", ""));
        let share = |share: f64| Share::new(share).expect("a share").threshold();
        let branches = Branches::new(vec![list([0, 1]), list([2, 3])], &place).expect("few");
        let router = PolicyAware { branches, hits: share(0.9), alarms: share(0.05) };
        let known = prices(&[1; 4]);
        let pick = |prompt: u64, category, among| {
            let prompt = u64::from(crate::random::philox4x32_10([prompt as u32; 4], [5, 6])[0]);
            router.pick(&mut router.state(), among, &Ask { prompt, category, ..ASK }, &view(&known, 0), &mut luck(0))
        };
        for (category, rate) in [(1, 0.9), (0, 0.05)] {
            let n = 20_000;
            let lenient = (0..n).filter(|prompt| pick(*prompt, category, Among::first(4)) == 0).count() as f64;
            let error = libm::sqrt(rate * (1.0 - rate) * n as f64);
            assert!((lenient - rate * n as f64).abs() < 4.5 * error, "{category}: {lenient}");
        }
        // What is left decides where the branch is used up.
        let end = Among::NONE.with(3);
        assert_eq!((pick(0, 1, end), pick(1, 1, end), pick(2, 0, Among::NONE.with(1))), (3, 3, 1));
        assert_eq!(router.used_up(3, Among::NONE.with(2), &ASK), Among::NONE.with(2).with(3));
    }
}
