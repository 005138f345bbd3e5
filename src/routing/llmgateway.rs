//! `llmgateway`: the deployment with the lowest weighted score of LLM Gateway; the one chosen before as long as it is good enough.
//!
//! A score is a weighted mean of ratios to the best candidate less one (price, uptime, throughput, latency), of whether prompts
//! are cached, plus (1 - priority), plus a penalty of (5 x (95 % - uptime) / 95 %)^2 below an uptime of 95 %. One request in
//! hundred goes anywhere; all others stay with the preferred deployment until its uptime falls below 85 %, another is more than
//! 0.15 ahead, or an hour has passed. While nothing has been observed anywhere, price / priority decides.
//!
//! Source: theopenco/llmgateway, `apps/docs/content/features/routing.mdx` and its function that picks the cheapest provider, as of
//! 2026-11. Its docs call the penalty exponential; it is a square. Uptime and speed are means over an hour ([`super::recent`]).
//! Here throughput is images per second, and what has delivered none counts as the fastest (assumed: its own default is in
//! tokens). Latency weighs 0.025 there for streams only, and images are not streamed: 0. Retries go to the next best provider: give
//! the strategy `retry.skip`. It cannot know the hour of other customers, which LLM Gateway does.

use super::among::Among;
use super::client::{Ask, Luck, View};
use super::observed::{OUTAGES, Weight};
use super::recent::{Recent, Tally};
use super::router::{Find, Heed, Manner, Router};
use super::spec::{ModelName, each, find_each};
use crate::model::{DeploymentId, Status};
use crate::spec::{self, Located, Mistake, Named};
use crate::units::{Share, SimDuration, SimTime};

spec::checked! {
    /// A priority.
    pub struct Priority(f64): |priority| *priority > 0.0 && *priority <= 2.0, "more than 0, at most 2", 1;
}

spec::table! {
    /// The model with the lowest weighted score of LLM Gateway. The defaults are its own.
    pub struct Spec {
        /// The models.
        models: Located<Vec<ModelName>>,
        /// The weight of the price. 1.0 is that of models that make images; others have 0.6.
        price: Weight = 1.0,
        /// The weight of the uptime.
        uptime: Weight = 0.5,
        /// The weight of images per second.
        throughput: Weight = 0.05,
        /// The weight of the mean time to images. 0.025 for streams there, nothing for anything else.
        latency: Weight = 0.0,
        /// The weight of caching prompts, for prompts of at least `cache_tokens`.
        cache: Weight = 0.2,
        /// From how many tokens on a prompt is large enough for its caching to matter.
        cache_tokens: u32 = 5000,
        /// The models that cache prompts; none where nothing is said.
        caches: Option<Vec<ModelName>>,
        /// Priorities: what is below 1 is added to the score, what is above 1 taken off. 1 where nothing is said.
        priority: Option<Named<Priority>>,
        /// The uptime below which the penalty begins.
        penalty_below: Share = "95%",
        /// The share of requests that go anywhere.
        exploration: Share = "1%",
        /// How long it prefers what it has chosen.
        prefers_for: SimDuration = "1h",
        /// How far another must be ahead to be chosen instead.
        margin: Weight = 0.15,
        /// The uptime below which it prefers it no more.
        prefers_above: Share = "85%",
    }
}

pub(super) fn names(spec: &Spec) -> Vec<&Located<String>> {
    spec.models.iter().map(|name| &name.0).collect()
}

pub(super) fn build(spec: &Spec, models: Find<'_>) -> Result<Llmgateway, Mistake> {
    let targets = find_each("llmgateway", &spec.models, models)?;
    let listed = |name: &ModelName| spec.models.iter().position(|model| model.as_str() == name.as_str());
    let mut caching = Among::NONE;
    for name in spec.caches.iter().flatten() {
        let at = listed(name).ok_or_else(|| {
            Mistake::error(&name.0.place, format!("\"{}\" is no model of this router", name.as_str())).label("not in its list")
        })?;
        caching = caching.with(at);
    }
    let priorities = each(&spec.models, spec.priority.as_ref(), &Priority(1.0))?.iter().map(|priority| priority.0).collect();
    Ok(Llmgateway {
        targets,
        weights: [spec.price.0, spec.uptime.0, spec.throughput.0, spec.latency.0],
        cache: (spec.cache.0, spec.cache_tokens, caching),
        priorities,
        penalty_below: spec.penalty_below.get(),
        exploration: spec.exploration.get(),
        prefers_for: spec.prefers_for,
        margin: spec.margin.0,
        prefers_above: spec.prefers_above.get(),
    })
}

/// Deployments to choose from by LLM Gateway's score.
#[derive(Debug, Clone, PartialEq)]
pub struct Llmgateway {
    targets: Box<[DeploymentId]>,
    /// Of price, uptime, throughput and latency.
    weights: [f64; 4],
    /// The weight of caching, from how many tokens on, and who does it.
    cache: (f64, u32, Among),
    priorities: Box<[f64]>,
    penalty_below: f64,
    exploration: f64,
    prefers_for: SimDuration,
    margin: f64,
    prefers_above: f64,
}

/// What it remembers.
#[derive(Debug, Clone)]
pub struct Memory {
    recent: Box<[Recent]>,
    /// The preferred target, and until when it is.
    preferred: Option<(usize, SimTime)>,
    /// Whether anything has been observed.
    observed: bool,
}

/// What one target is scored by.
#[derive(Debug, Clone, Copy, Default)]
struct Metrics {
    price: f64,
    uptime: f64,
    /// Images per second; zero where none came.
    throughput: f64,
    /// Mean seconds to images; zero where none came.
    latency: f64,
}

impl Metrics {
    fn of(price: f64, tally: &Tally) -> Self {
        let over = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
        Self {
            price,
            uptime: 1.0 - over(tally.faults, tally.attempts),
            throughput: over(tally.images, tally.seconds),
            latency: over(tally.seconds, tally.delivered),
        }
    }
}

/// How far a value is above the best one, as a share of it; nothing where there is no best.
fn above(own: f64, best: f64) -> f64 {
    if best > 0.0 && best.is_finite() && own > 0.0 { own / best - 1.0 } else { 0.0 }
}

impl Llmgateway {
    fn penalty(&self, uptime: f64) -> f64 {
        if uptime >= self.penalty_below {
            return 0.0;
        }
        let short = 5.0 * (self.penalty_below - uptime) / self.penalty_below;
        short * short
    }

    /// The metrics of those it may go `among`.
    fn metrics(&self, recent: &mut [Recent], among: Among, view: &View<'_>) -> [Metrics; Among::MOST] {
        let mut metrics = [Metrics::default(); Among::MOST];
        for at in among.iter() {
            metrics[at] = Metrics::of(view.sight(self.targets[at]).price.to_f64(), &recent[at].look(view.now));
        }
        metrics
    }

    fn scores(&self, metrics: &[Metrics; Among::MOST], among: Among, tokens: u32) -> [f64; Among::MOST] {
        let [price, uptime, throughput, latency] = self.weights;
        let cache = if tokens >= self.cache.1 { self.cache.0 } else { 0.0 };
        let all = price + uptime + throughput + latency + cache;
        let least = |value: &dyn Fn(&Metrics) -> f64| among.iter().map(|at| value(&metrics[at])).fold(f64::INFINITY, f64::min);
        let cheapest = least(&|m| m.price);
        let highest = -least(&|m| -m.uptime);
        let most = -least(&|m| -m.throughput);
        let fastest = least(&|m| if m.latency > 0.0 { m.latency } else { f64::INFINITY });
        let mut scores = [0.0; Among::MOST];
        for at in among.iter() {
            let own = &metrics[at];
            let down = if own.uptime > 0.0 { highest / own.uptime - 1.0 } else { 1.0 };
            let slow = if own.throughput > 0.0 { most / own.throughput - 1.0 } else { 0.0 };
            let sum = price * above(own.price, cheapest)
                + uptime * down
                + throughput * slow
                + latency * above(own.latency, fastest)
                + if self.cache.2.has(at) { 0.0 } else { cache };
            let base = if all > 0.0 { sum / all } else { 0.0 };
            scores[at] = base + (1.0 - self.priorities[at]) + self.penalty(own.uptime);
        }
        scores
    }

    /// The preferred one, where it is still good enough.
    fn preferred(
        &self,
        state: &Memory,
        (metrics, scores): (&[Metrics; Among::MOST], &[f64; Among::MOST]),
        best: usize,
        now: SimTime,
    ) -> Option<usize> {
        let (at, until) = state.preferred?;
        let stays = now < until && metrics[at].uptime >= self.prefers_above && scores[at] - scores[best] <= self.margin;
        stays.then_some(at)
    }
}

impl Router for Llmgateway {
    type State = Memory;

    fn state(&self) -> Memory {
        Memory { recent: vec![Recent::default(); self.targets.len()].into(), preferred: None, observed: false }
    }

    fn targets(&self) -> &[DeploymentId] {
        &self.targets
    }

    fn manner(&self) -> Manner {
        Manner { goes_by_price: true, heeds: true, ..Manner::NONE }
    }

    #[inline(never)]
    fn pick(&self, state: &mut Memory, among: Among, ask: &Ask, view: &View<'_>, luck: &mut Luck) -> usize {
        let number = f64::from(luck.coin()) / 4_294_967_296.0;
        if number < self.exploration {
            return among.draw(number / self.exploration, |_| 1.0);
        }
        if !state.observed {
            return among.least(|at| view.sight(self.targets[at]).price.to_f64() / self.priorities[at]);
        }
        let metrics = self.metrics(&mut state.recent, among, view);
        let scores = self.scores(&metrics, among, ask.tokens);
        let best = among.least(|at| scores[at]);
        // What this request may not go to stays preferred for the others.
        if state.preferred.is_some_and(|(at, until)| !among.has(at) && view.now < until) {
            return best;
        }
        let chosen = self.preferred(state, (&metrics, &scores), best, view.now);
        if chosen.is_none() {
            state.preferred = Some((best, view.now + self.prefers_for));
        }
        chosen.unwrap_or(best)
    }

    fn ended(&self, state: &mut Memory, attempt: &Heed, ask: &Ask, view: &View<'_>) {
        let fault = OUTAGES.has(attempt.status) || matches!(attempt.status, Status::RateLimited | Status::Forbidden);
        let seen = match attempt.status {
            Status::Delivered => Tally::delivered(ask.images, attempt.took),
            _ => Tally::lost(fault),
        };
        state.recent[attempt.target].add(view.now, &seen);
        state.observed = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::made_up::{ASK, heed, luck, prices, view};

    fn router(targets: u16) -> Llmgateway {
        Llmgateway {
            targets: (0..targets).map(DeploymentId).collect(),
            weights: [1.0, 0.5, 0.05, 0.0],
            cache: (0.2, 5000, Among::NONE),
            priorities: vec![1.0; usize::from(targets)].into(),
            penalty_below: 0.95,
            exploration: 0.01,
            prefers_for: SimDuration::HOUR,
            margin: 0.15,
            prefers_above: 0.85,
        }
    }

    /// The table in LLM Gateway's documentation.
    #[test]
    fn the_penalty_is_that_of_the_documentation() {
        let router = router(1);
        for (uptime, penalty) in [(0.95, 0.0), (0.9, 0.07), (0.8, 0.62), (0.7, 1.73), (0.6, 3.39), (0.5, 5.61)] {
            assert!((router.penalty(uptime) - penalty).abs() < 0.005, "{uptime}: {}", router.penalty(uptime));
        }
    }

    /// Twice the price, the same uptime and a third of the speed: (1.0 x 1 + 0.05 x 2) / 1.55.
    #[test]
    fn a_score_is_a_weighted_mean_of_ratios_to_the_best_less_one() {
        let router = router(2);
        let own = |price, throughput| Metrics { price, uptime: 1.0, throughput, latency: 0.0 };
        let mut metrics = [Metrics::default(); Among::MOST];
        (metrics[0], metrics[1]) = (own(1.0, 0.3), own(2.0, 0.1));
        let scores = router.scores(&metrics, Among::first(2), 50);
        assert!(scores[0].abs() < 1e-12 && (scores[1] - 1.1 / 1.55).abs() < 1e-12, "{scores:?}");
        // A large prompt that nobody caches: both have the whole weight of caching on top.
        let large = router.scores(&metrics, Among::first(2), 5000);
        assert!((large[0] - 0.2 / 1.75).abs() < 1e-12 && (large[1] - 1.3 / 1.75).abs() < 1e-12, "{large:?}");
    }

    #[test]
    fn stays_with_its_choice_until_that_is_much_worse_or_an_hour_old() {
        let (router, known) = (router(2), prices(&[100, 110]));
        let mut state = router.state();
        let pick = |state: &mut Memory, known: &crate::routing::Known, seconds| {
            router.pick(state, Among::first(2), &ASK, &view(known, seconds), &mut luck(u32::MAX))
        };
        router.ended(&mut state, &heed(0, Status::Delivered, 1), &ASK, &view(&known, 0));
        assert_eq!((pick(&mut state, &known, 0), state.preferred.map(|(at, _)| at)), (0, Some(0)));
        // 110 is 10 % above 100, so the other is 1.0 / 1.55 x 0.1 = 0.065 ahead: not enough within the hour.
        let dearer = prices(&[110, 100]);
        assert_eq!((pick(&mut state, &dearer, 3599), pick(&mut state, &dearer, 3600)), (0, 1));
        // Twice the price is enough: 0.65.
        assert_eq!(pick(&mut state, &prices(&[100, 200]), 3601), 0);
        // An uptime of two thirds is below 85 %.
        router.ended(&mut state, &heed(0, Status::Delivered, 1), &ASK, &view(&known, 3602));
        router.ended(&mut state, &heed(0, Status::Failed, 1), &ASK, &view(&known, 3602));
        assert_eq!(pick(&mut state, &known, 3602), 1);
    }

    #[test]
    fn explores_at_its_rate_and_goes_by_price_at_first() {
        let (router, known) = (router(3), prices(&[3, 1, 2]));
        let mut state = router.state();
        let mut pick = |bits| router.pick(&mut state, Among::first(3), &ASK, &view(&known, 0), &mut luck(bits));
        let percent = u32::MAX / 100;
        assert_eq!([0, percent / 2, percent - 1, percent + 2].map(&mut pick), [0, 1, 2, 1]);
    }
}
