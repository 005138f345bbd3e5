//! `threshold`: the strong model where a prompt's score is at least a threshold, otherwise the weak one; decided before the call.
//!
//! A score is the chance that the strong model's answer wins, as a router such as RouteLLM's predicts it. Scores are drawn from a
//! sample given in the scenario, by straight lines between its values, and belong to the prompt: the same prompt has the same score
//! at every attempt and in every request. With `strong_share` the threshold is calibrated: the quantile of the sample (or of
//! another one, `calibrated_on`) at 1 - share, as NumPy and pandas compute quantiles.
//!
//! Source: lm-sys/RouteLLM, `routers/routers.py` (strong where the rate is at least the threshold) and
//! `calibrate_threshold.py` (threshold = quantile(1 - share); 0.11593 for half of the calls under `mf` on its Arena sample, which
//! is not shipped here). It takes exactly two models and retries nothing. It cannot know that traffic differs from the sample that
//! it was calibrated on: then the share of the strong model drifts, as RouteLLM's documentation warns.

use super::among::Among;
use super::client::{Ask, Luck, View};
use super::router::{Find, Manner, Router};
use super::spec::{ModelName, find};
use crate::model::DeploymentId;
use crate::random::{open01, split};
use crate::spec::{self, Located, Mistake};
use crate::units::Share;

spec::table! {
    /// The strong model where a prompt's score is at least a threshold, otherwise the weak one.
    pub struct Spec {
        /// The strong model.
        strong: ModelName,
        /// The weak model.
        weak: ModelName,
        /// A sample of scores from 0 to 1, from the lowest to the highest, at least two: quantiles of it are scores of prompts. By
        /// default every score is alike; assumed.
        scores: Located<Vec<f64>> = [0.0, 1.0],
        /// The sample that the threshold is calibrated on, where it is another.
        calibrated_on: Option<Located<Vec<f64>>>,
        /// The lowest score that goes to the strong model.
        threshold: Option<Share>,
        /// The share of prompts that is to go to the strong model, in place of a threshold.
        strong_share: Option<Share>,
    }
}

pub(super) fn names(spec: &Spec) -> Vec<&Located<String>> {
    vec![&spec.strong.0, &spec.weak.0]
}

pub(super) fn build(spec: &Spec, models: Find<'_>) -> Result<Threshold, Mistake> {
    let scores = sample(&spec.scores)?;
    let calibration = spec.calibrated_on.as_ref().map_or(Ok(scores), sample)?;
    let threshold = match (spec.threshold, spec.strong_share) {
        (Some(threshold), None) => threshold.get(),
        (None, Some(share)) => quantile(calibration, 1.0 - share.get()),
        _ => {
            let what = "a threshold router takes either `threshold` or `strong_share`";
            return Err(Mistake::error(&spec.strong.0.place, what).label("neither or both are given for this one"));
        }
    };
    let targets = [find(&spec.strong.0, models)?, find(&spec.weak.0, models)?];
    if targets[STRONG] == targets[WEAK] {
        let mistake = Mistake::error(&spec.weak.0.place, "the weak model is the strong one");
        return Err(mistake.label("the same model").help("for a single model take `router.single`"));
    }
    Ok(Threshold { targets, scores: scores.into(), least: threshold })
}

/// A sample that is one.
fn sample(scores: &Located<Vec<f64>>) -> Result<&[f64], Mistake> {
    let sound = scores.len() > 1 && scores.is_sorted() && scores.iter().all(|score| (0.0..=1.0).contains(score));
    if sound {
        return Ok(scores);
    }
    let what = "scores are two or more numbers from 0 to 1, from the lowest to the highest";
    Err(Mistake::error(&scores.place, what).label("no sample of scores"))
}

/// The quantile of a sorted sample by straight lines: type 7 of R. J. Hyndman and Y. Fan, "Sample quantiles in statistical
/// packages", The American Statistician 50 (1996), the default of NumPy and pandas.
fn quantile(sample: &[f64], p: f64) -> f64 {
    let place = p * (sample.len() - 1) as f64;
    let below = (place as usize).min(sample.len() - 2);
    sample[below] + (sample[below + 1] - sample[below]) * (place - below as f64)
}

/// A strong and a weak deployment.
#[derive(Debug, Clone, PartialEq)]
pub struct Threshold {
    targets: [DeploymentId; 2],
    scores: Box<[f64]>,
    /// The lowest score that goes to the strong one.
    least: f64,
}

const STRONG: usize = 0;
const WEAK: usize = 1;
/// Who looks at the prompt's bits: no filter has this number.
const LOOK: u64 = 0x7468_7265_7368_6f6c;

impl Router for Threshold {
    type State = ();

    fn state(&self) {}

    fn targets(&self) -> &[DeploymentId] {
        &self.targets
    }

    fn manner(&self) -> Manner {
        Manner { reads_prompts: true, ..Manner::NONE }
    }

    #[inline(never)]
    fn pick(&self, (): &mut (), among: Among, ask: &Ask, _: &View<'_>, _: &mut Luck) -> usize {
        let score = quantile(&self.scores, open01(split(ask.prompt, LOOK)));
        let wanted = if score >= self.least { STRONG } else { WEAK };
        if among.has(wanted) { wanted } else { among.lowest() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::made_up::{ASK, luck, prices, view};

    /// NumPy: `np.quantile([0.02, 0.05, 0.11593, 0.4, 0.9], [0.5, 0.8, 0.25, 0, 1])`.
    #[test]
    fn quantiles_are_those_of_numpy() {
        let sample = [0.02, 0.05, 0.11593, 0.4, 0.9];
        for (p, expected) in [(0.5, 0.11593), (0.8, 0.5), (0.25, 0.05), (0.0, 0.02), (1.0, 0.9)] {
            assert!((quantile(&sample, p) - expected).abs() < 1e-12, "{p}: {}", quantile(&sample, p));
        }
    }

    /// The share of prompts at or above the quantile at 1 - share is that share, whatever the sample.
    #[test]
    fn the_calibrated_share_is_the_share_of_prompts() {
        let scores = [0.02, 0.05, 0.11593, 0.4, 0.9];
        let known = prices(&[1, 1]);
        for share in [0.5, 0.2, 0.0, 1.0] {
            let least = quantile(&scores, 1.0 - share);
            let router = Threshold { targets: [0, 1].map(DeploymentId), scores: scores.into(), least };
            let pick = |prompt: u64, among| {
                let ask = Ask { prompt: crate::random::philox4x32_10([prompt as u32; 4], [1, 2])[0].into(), ..ASK };
                router.pick(&mut (), among, &ask, &view(&known, 0), &mut luck(0))
            };
            let n = 20_000;
            let strong = (0..n).filter(|prompt| pick(*prompt, Among::first(2)) == STRONG).count() as f64;
            let error = libm::sqrt(share * (1.0 - share) * n as f64);
            assert!((strong - share * n as f64).abs() <= 4.5 * error, "{share}: {strong}");
            assert_eq!(pick(1, Among::NONE.with(WEAK)), WEAK);
        }
    }
}
