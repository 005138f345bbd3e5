//! `openrouter_shares`: a deployment at random, the likelier the cheaper, more reliable and faster it has been of late, with a
//! small share for everyone.
//!
//! This is what OpenRouter says that it does (documentation, `guides/providers/traffic-routing.mdx`, as of 2026-11): shares go by
//! an adjusted price and by speed, every endpoint keeps an exploration share, and a breaker takes out what does far worse than its
//! peers. The formulae are not published. Here they are assumed:
//!
//! - adjusted price = price x (1 + `faults` x share of attempts with a provider's own error + `limits` x share of 429)
//! - weight = adjusted price^-`price_power` x (mean time to images)^-`speed_power`
//! - a deployment whose share of errors is more than `breaker` above that of its best peer has no weight
//! - share = `exploration` + (1 - n x `exploration`) x weight / sum of weights
//!
//! Shares of errors and mean times are this client's own, halved in every half-life; what has not been asked yet counts as
//! faultless and as fast as the fastest. Retries draw anew; where they must not meet the same endpoint again, `retry.skip` says
//! so. It cannot know what OpenRouter's other customers meet, which OpenRouter does; nor does it learn a cap from 429s beyond
//! their share.

use super::among::Among;
use super::client::{Ask, Luck, View};
use super::observed::{Fading, HalfLife, OUTAGES, Weight, one};
use super::router::{Find, Heed, Manner, Router};
use super::spec::{ModelName, find_each};
use crate::model::{DeploymentId, Status};
use crate::spec::{self, Located, Mistake};
use crate::units::Share;

spec::table! {
    /// A model at random, the likelier the cheaper, more reliable and faster, with a small share for everyone.
    pub struct Spec {
        /// The models.
        models: Located<Vec<ModelName>>,
        /// How much the adjusted price counts: at half of it a model is asked 2^power times as often. 2 was the published power
        /// until 2026-08.
        price_power: Weight = 2.0,
        /// How much the mean time to images counts, likewise; assumed.
        speed_power: Weight = 1.0,
        /// By how much the share of errors raises the price: with 5, a share of 20 % doubles it; assumed.
        faults: Weight = 5.0,
        /// By how much the share of 429 raises the price; assumed.
        limits: Weight = 1.0,
        /// The share that every model has, whatever it does; at least 1 % at OpenRouter.
        exploration: Located<Share> = "1%",
        /// How far above the lowest share of errors a model must be to have no more than that; assumed.
        breaker: Share = "40%",
        /// Attempts that must have been seen, as far as they are remembered, before the breaker acts; assumed.
        breaker_after: Weight = 10.0,
        /// After how long an observation counts for half. OpenRouter looks at 30 minutes; assumed to be about this.
        half_life: HalfLife = "15min",
    }
}

pub(super) fn names(spec: &Spec) -> Vec<&Located<String>> {
    spec.models.iter().map(|name| &name.0).collect()
}

pub(super) fn build(spec: &Spec, models: Find<'_>) -> Result<OpenrouterShares, Mistake> {
    let targets = find_each("openrouter_shares", &spec.models, models)?;
    let exploration = spec.exploration.get();
    if exploration * targets.len() as f64 > 1.0 {
        let what = format!("{} models cannot have {} each", targets.len(), *spec.exploration);
        return Err(Mistake::error(&spec.exploration.place, what).label("more than all requests"));
    }
    Ok(OpenrouterShares {
        targets,
        powers: [spec.price_power.0, spec.speed_power.0],
        dearer: [spec.faults.0, spec.limits.0],
        exploration,
        breaker: (spec.breaker.get(), spec.breaker_after.0),
        life: spec.half_life,
    })
}

/// Deployments that share requests by adjusted price and speed.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenrouterShares {
    targets: Box<[DeploymentId]>,
    /// Of the price and of the speed.
    powers: [f64; 2],
    /// How much errors and 429 raise the price.
    dearer: [f64; 2],
    exploration: f64,
    /// How much worse than the best, and after how many attempts.
    breaker: (f64, f64),
    life: HalfLife,
}

/// What is known of one target.
#[derive(Debug, Clone, Copy, Default)]
struct Record {
    attempts: f64,
    faults: f64,
    limited: f64,
    /// Mean seconds to images; zero where none came yet.
    seconds: f64,
}

impl Record {
    fn of([attempts, faults, limited, delivered, seconds]: [f64; 5]) -> Self {
        let share = |part: f64| if attempts > 0.0 { part / attempts } else { 0.0 };
        let seconds = if delivered > 0.0 { seconds / delivered } else { 0.0 };
        Self { attempts, faults: share(faults), limited: share(limited), seconds }
    }
}

impl OpenrouterShares {
    /// The weights of those it may go `among`, at most 1 each.
    fn weights(&self, state: &[Fading<5>], among: Among, view: &View<'_>) -> [f64; Among::MOST] {
        let (mut records, mut adjusted) = ([Record::default(); Among::MOST], [0.0; Among::MOST]);
        for at in among.iter() {
            let record = Record::of(state[at].now(Some(self.life), view.now));
            let price = view.sight(self.targets[at]).price.to_f64();
            adjusted[at] = price * (1.0 + self.dearer[0] * record.faults + self.dearer[1] * record.limited);
            records[at] = record;
        }
        let least = |value: &dyn Fn(usize) -> f64| among.iter().map(value).fold(f64::INFINITY, f64::min);
        let cheapest = least(&|at| adjusted[at]);
        let most_reliable = least(&|at| records[at].faults);
        let fastest = least(&|at| if records[at].seconds > 0.0 { records[at].seconds } else { f64::INFINITY });
        let mut weights = [0.0; Among::MOST];
        for at in among.iter() {
            let Record { attempts, faults, seconds, .. } = records[at];
            if attempts >= self.breaker.1 && faults > most_reliable + self.breaker.0 {
                continue;
            }
            let ratio = |best: f64, own: f64| if own > best { best / own } else { 1.0 };
            let speed = if seconds > 0.0 { ratio(fastest, seconds) } else { 1.0 };
            weights[at] = libm::pow(ratio(cheapest, adjusted[at]), self.powers[0]) * libm::pow(speed, self.powers[1]);
        }
        weights
    }
}

impl Router for OpenrouterShares {
    /// Attempts, errors, 429s, images, and the seconds that these took.
    type State = Box<[Fading<5>]>;

    fn state(&self) -> Self::State {
        vec![Fading::NONE; self.targets.len()].into()
    }

    fn targets(&self) -> &[DeploymentId] {
        &self.targets
    }

    fn manner(&self) -> Manner {
        Manner { spares_the_busy: true, goes_by_price: true, heeds: true, ..Manner::NONE }
    }

    #[inline(never)]
    fn pick(&self, state: &mut Self::State, among: Among, _: &Ask, view: &View<'_>, luck: &mut Luck) -> usize {
        let number = f64::from(luck.coin()) / 4_294_967_296.0;
        let explored = self.exploration * among.len() as f64;
        if number < explored {
            return among.draw(number / explored, |_| 1.0);
        }
        let weights = self.weights(state, among, view);
        among.draw((number - explored) / (1.0 - explored), |at| weights[at])
    }

    fn ended(&self, state: &mut Self::State, attempt: &Heed, _: &Ask, view: &View<'_>) {
        let delivered = one(attempt.status == Status::Delivered);
        let (fault, limited) = (one(OUTAGES.has(attempt.status)), one(attempt.status == Status::RateLimited));
        let seen = [1.0, fault, limited, delivered, delivered * attempt.took.as_secs_f64()];
        state[attempt.target].add(Some(self.life), view.now, seen);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::made_up::{ASK, heed, luck, prices, view};
    use crate::units::SimDuration;

    fn router(targets: usize) -> OpenrouterShares {
        OpenrouterShares {
            targets: (0..targets as u16).map(DeploymentId).collect(),
            powers: [2.0, 1.0],
            dearer: [5.0, 1.0],
            exploration: 0.01,
            breaker: (0.4, 10.0),
            life: HalfLife(SimDuration::HOUR),
        }
    }

    /// The shares on a grid of draws after these attempts, each with its count.
    fn shares(picos: &[i128], attempts: &[(usize, Status, i64, usize)]) -> Vec<f64> {
        let router = router(picos.len());
        let (known, mut state) = (prices(picos), router.state());
        for &(target, status, seconds, count) in attempts {
            (0..count).for_each(|_| router.ended(&mut state, &heed(target, status, seconds), &ASK, &view(&known, 0)));
        }
        let mut shares = vec![0.0; picos.len()];
        for draw in 0..100_000_u64 {
            let bits = ((draw << 32) / 100_000) as u32;
            shares[router.pick(&mut state, Among::first(picos.len()), &ASK, &view(&known, 0), &mut luck(bits))] += 1e-5;
        }
        shares
    }

    fn assert_near(found: &[f64], expected: &[f64]) {
        assert!(found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-4), "{found:?} {expected:?}");
    }

    /// Prices of 1 and 2 at first weigh 4 to 1: shares of 1 % + 98 % x 4/5 and x 1/5.
    #[test]
    fn begins_with_inverse_squares_of_prices_and_a_share_for_all() {
        assert_near(&shares(&[1, 2], &[]), &[0.01 + 0.98 * 0.8, 0.01 + 0.98 * 0.2]);
    }

    /// A fifth of errors doubles the adjusted price; twice the time halves the weight.
    #[test]
    fn errors_and_slowness_cost_shares() {
        let attempts = [(0, Status::Delivered, 4, 8), (0, Status::Failed, 4, 2), (1, Status::Delivered, 2, 10)];
        assert_near(&shares(&[1, 2], &attempts), &[0.01 + 0.98 / 3.0, 0.01 + 0.98 * 2.0 / 3.0]);
    }

    #[test]
    fn what_does_far_worse_than_its_peers_keeps_the_exploration_share() {
        assert_near(&shares(&[1, 2], &[(0, Status::Failed, 1, 10), (1, Status::Delivered, 1, 1)]), &[0.01, 0.99]);
        // Refusals are not the provider's fault.
        let refused = shares(&[1, 2], &[(0, Status::Filtered, 1, 10), (1, Status::Delivered, 1, 1)]);
        assert_near(&refused, &[0.01 + 0.98 * 0.8, 0.01 + 0.98 * 0.2]);
    }
}
