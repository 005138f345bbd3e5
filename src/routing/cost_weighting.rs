//! `cost_weighting`: the deployment with the lowest weighted sum of price, latency, failures and strictness; then the next.
//!
//! Source: the project's article, which asks for "cost-weighting functions that consider not just per-image price but also latency,
//! success rate, and content policy strictness" and for "the cheapest model that meets quality thresholds". It gives no formula;
//! this one is assumed: price and latency as ratios to the best candidate less one, as in LLM Gateway's score, success as what is
//! missing to the best candidate's, strictness as it stands:
//!
//! score = wP (price / lowest - 1) + wL (latency / lowest - 1) + wS (highest success - success) + wR strictness
//!
//! Latency and success are what this client has seen, halved in every half-life; a refusal counts as no success. Strictness, the
//! share of prompts that a filter is believed to refuse, and quality are given. It cannot know how strict a filter is in truth,
//! nor what others met.

use super::among::Among;
use super::client::{Ask, Luck, View};
use super::observed::{Fading, HalfLife, Prior, Weight, one};
use super::router::{Find, Heed, Manner, Router};
use super::spec::{ModelName, each, find_each};
use crate::model::{DeploymentId, Status};
use crate::spec::{self, Located, Mistake, Named};
use crate::units::Share;

spec::table! {
    /// The model with the lowest weighted sum of price, latency, failures and strictness. All defaults are assumed.
    pub struct Spec {
        /// The models.
        models: Located<Vec<ModelName>>,
        /// The weight of the price: twice the lowest price adds this to the score.
        price: Weight = 1.0,
        /// The weight of the mean time to images: twice the shortest adds this.
        latency: Weight = 0.1,
        /// The weight of success: no success at all, where another always succeeds, adds this.
        success: Weight = 2.0,
        /// The weight of strictness: a filter that is believed to refuse everything adds this.
        strictness_weight: Weight = 1.0,
        /// The share of prompts that each model's filter is believed to refuse; none where nothing is said.
        strictness: Option<Named<Share>>,
        /// The quality of each model, on any scale on which more is better; needed where there is a `min_quality`.
        quality: Option<Named<f64>>,
        /// The least quality. Where no model left has it, all are asked.
        min_quality: Option<f64>,
        /// After how long an observation counts for half.
        half_life: HalfLife = "1h",
        /// Successful attempts that each model is taken to have had before.
        prior_delivered: Prior = 10.0,
    }
}

pub(super) fn names(spec: &Spec) -> Vec<&Located<String>> {
    spec.models.iter().map(|name| &name.0).collect()
}

pub(super) fn build(spec: &Spec, models: Find<'_>) -> Result<CostWeighting, Mistake> {
    let targets = find_each("cost_weighting", &spec.models, models)?;
    let strictness = each(&spec.models, spec.strictness.as_ref(), &Share::NONE)?;
    let quality = each(&spec.models, spec.quality.as_ref(), &f64::NAN)?;
    if spec.min_quality.is_some() && quality.iter().any(|quality| quality.is_nan()) {
        let what = "where there is a `min_quality`, every model needs a quality";
        return Err(Mistake::error(&spec.models.place, what).label("not all of these have one"));
    }
    let good = spec.min_quality.map(|least| Among::first(targets.len()).only(|at| quality[at] >= least));
    Ok(CostWeighting {
        good: good.unwrap_or(Among::first(targets.len())),
        targets,
        weights: [spec.price.0, spec.latency.0, spec.success.0],
        strict: strictness.iter().map(|share| share.get() * spec.strictness_weight.0).collect(),
        life: spec.half_life,
        prior: spec.prior_delivered.0,
    })
}

/// Deployments to choose from by a weighted sum.
#[derive(Debug, Clone, PartialEq)]
pub struct CostWeighting {
    targets: Box<[DeploymentId]>,
    /// Those of the least quality or more.
    good: Among,
    /// Of price, latency and success.
    weights: [f64; 3],
    /// What strictness adds.
    strict: Box<[f64]>,
    life: HalfLife,
    /// Successful attempts to begin with.
    prior: f64,
}

/// What one target is scored by.
#[derive(Debug, Clone, Copy, Default)]
struct Record {
    price: f64,
    /// Mean seconds to images; zero where none came yet.
    seconds: f64,
    success: f64,
}

/// How far a value is above the least, as a share of that; nothing for a zero, which stands for no value.
fn above(own: f64, least: f64) -> f64 {
    if own > least && least > 0.0 { own / least - 1.0 } else { 0.0 }
}

impl CostWeighting {
    fn scores(&self, state: &[Fading<3>], among: Among, view: &View<'_>) -> [f64; Among::MOST] {
        let mut records = [Record::default(); Among::MOST];
        for at in among.iter() {
            let [attempts, delivered, seconds] = state[at].now(Some(self.life), view.now);
            records[at] = Record {
                price: view.sight(self.targets[at]).price.to_f64(),
                seconds: if delivered > 0.0 { seconds / delivered } else { 0.0 },
                success: (delivered + self.prior) / (attempts + self.prior),
            };
        }
        let least = |value: &dyn Fn(&Record) -> f64| among.iter().map(|at| value(&records[at])).fold(f64::INFINITY, f64::min);
        let cheapest = least(&|record| record.price);
        let fastest = least(&|record| if record.seconds > 0.0 { record.seconds } else { f64::INFINITY });
        let best = -least(&|record| -record.success);
        let [price, latency, success] = self.weights;
        let mut scores = [0.0; Among::MOST];
        for at in among.iter() {
            let own = &records[at];
            let seen = latency * above(own.seconds, fastest) + success * (best - own.success);
            scores[at] = price * above(own.price, cheapest) + seen + self.strict[at];
        }
        scores
    }
}

impl Router for CostWeighting {
    /// Attempts, those that brought images, and the seconds that these took.
    type State = Box<[Fading<3>]>;

    fn state(&self) -> Self::State {
        vec![Fading::NONE; self.targets.len()].into()
    }

    fn targets(&self) -> &[DeploymentId] {
        &self.targets
    }

    fn manner(&self) -> Manner {
        Manner { moves_on: true, goes_by_price: true, heeds: true, ..Manner::NONE }
    }

    #[inline(never)]
    fn pick(&self, state: &mut Self::State, among: Among, _: &Ask, view: &View<'_>, _: &mut Luck) -> usize {
        let among = among.only(|at| self.good.has(at)).or(among);
        let scores = self.scores(state, among, view);
        among.least(|at| scores[at])
    }

    fn ended(&self, state: &mut Self::State, attempt: &Heed, _: &Ask, view: &View<'_>) {
        let delivered = one(attempt.status == Status::Delivered);
        let seen = [1.0, delivered, delivered * attempt.took.as_secs_f64()];
        state[attempt.target].add(Some(self.life), view.now, seen);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::made_up::{ASK, heed, luck, prices, view};
    use crate::units::SimDuration;

    fn router() -> CostWeighting {
        CostWeighting {
            targets: (0..3).map(DeploymentId).collect(),
            good: Among::first(3),
            weights: [1.0, 0.1, 2.0],
            strict: [0.0, 0.5, 0.0].into(),
            life: HalfLife(SimDuration::HOUR),
            prior: 10.0,
        }
    }

    /// Prices 10, 11, 20; of ten attempts each, 5 fail at the first, and the third takes three times as long as the others.
    /// Success: 15/20, 1, 1. Scores: 2 x 0.25; 0.1 + 0.5; 1 + 0.1 x 2.
    #[test]
    fn the_score_is_the_sum_of_four_weighted_terms() {
        let (router, known) = (router(), prices(&[10, 11, 20]));
        let mut state = router.state();
        for n in 0..10 {
            for (target, seconds) in [(0, 2), (1, 2), (2, 6)] {
                let status = if target == 0 && n < 5 { Status::Filtered } else { Status::Delivered };
                router.ended(&mut state, &heed(target, status, seconds), &ASK, &view(&known, 0));
            }
        }
        let scores = router.scores(&state, Among::first(3), &view(&known, 0));
        for (found, expected) in scores.iter().zip([0.5, 0.6, 1.2]) {
            assert!((found - expected).abs() < 1e-9, "{scores:?}");
        }
        let pick = |router: &CostWeighting, state: &mut _, among| router.pick(state, among, &ASK, &view(&known, 0), &mut luck(0));
        assert_eq!(pick(&router, &mut state, Among::first(3)), 0);
        assert_eq!(pick(&router, &mut state, Among::NONE.with(1).with(2)), 1);
        // Only the third is good enough; where it is not left, quality does not count.
        let picky = CostWeighting { good: Among::NONE.with(2), ..router };
        assert_eq!((pick(&picky, &mut state, Among::first(3)), pick(&picky, &mut state, Among::first(2))), (2, 0));
    }
}
