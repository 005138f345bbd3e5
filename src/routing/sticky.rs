//! `sticky`: always the same deployment for the same user, or for the same prompt, as long as it is there.
//!
//! The rule is rendezvous hashing (Thaler and Ravishankar, "Using name-based mappings to increase hit rates", IEEE/ACM Trans. Netw.
//! 6(1), 1998) with weights (the logarithmic method of Schindelhauer and Schomaker, "Weighted distributed hash tables", SPAA 2005):
//! each user gets a number from each model's name, and goes to the one with the lowest -ln(number) / weight. Users are shared out in proportion to weights; those of a
//! model that is left out are shared out over the others in the same proportion, and nobody else moves; so it is where a model is
//! added. It draws nothing.
//!
//! `bound` is that of consistent hashing with bounded loads (Mirrokni, Thorup and Zadimoghaddam, SODA 2018): a model has no more
//! under way than `bound` times its share of all attempts under way, rounded up; what is beyond goes to the user's next choice.
//!
//! By prompt, equal prompts meet the same provider's cache. It knows nothing of prices, failures and speed.

use super::among::Among;
use super::client::{Ask, Luck, View};
use super::models::{Models, Weight};
use super::router::{Find, Manner, Router};
use crate::model::DeploymentId;
use crate::random::{open01, split};
use crate::spec::{self, Located, Mistake};

spec::words! {
    /// What is always sent to the same model.
    pub enum By {
        /// The requests of a user, which all those of a journey are.
        "user" => User,
        /// Requests with the same prompt.
        "prompt" => Prompt,
    }
}

spec::table! {
    /// Always the same model for the same user or prompt.
    pub struct Spec {
        /// The models, and their weights.
        models: Models<Weight>,
        /// What is always sent to the same model.
        by: By = "user",
        /// How many times its share of all attempts under way a model may have; without it, any number.
        bound: Option<Located<f64>>,
    }
}

pub(super) fn names(spec: &Spec) -> Vec<&Located<String>> {
    spec.models.names()
}

pub(super) fn build(spec: &Spec, models: Find<'_>) -> Result<Sticky, Mistake> {
    let targets = spec.models.find("sticky", models)?;
    if let Some(bound) = spec.bound.as_ref().filter(|bound| !(1.0..=1000.0).contains(&***bound)) {
        return Err(Mistake::error(&bound.place, "a bound is from 1 to 1000").label("out of range"));
    }
    let weights: Box<[f64]> = spec.models.values().map(|weight| weight.0).collect();
    if let Some(at) = weights.iter().position(|weight| *weight == 0.0) {
        let name = spec.models.names()[at];
        return Err(Mistake::error(&name.place, format!("\"{}\" has no weight", &**name)).label("never picked"));
    }
    let salts = spec.models.names().iter().map(|name| salt(name)).collect();
    Ok(Sticky { targets, salts, weights, by: spec.by, bound: spec.bound.as_ref().map(|bound| **bound) })
}

/// 64 bits of a name (FNV-1a), which do not depend on where the name stands.
fn salt(name: &str) -> u64 {
    name.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
}

/// Deployments with weights, and what sticks to them.
#[derive(Debug, Clone, PartialEq)]
pub struct Sticky {
    targets: Box<[DeploymentId]>,
    salts: Box<[u64]>,
    weights: Box<[f64]>,
    by: By,
    bound: Option<f64>,
}

impl Sticky {
    /// Those that have not reached their bound, of which there is always one: bounds add up to more than there is under way.
    fn below_bound(&self, among: Among, bound: f64, view: &View<'_>) -> Among {
        let in_flight = |at: usize| f64::from(view.in_flight(self.targets[at]));
        let (weights, all) =
            among.iter().fold((0.0, 1.0), |(weights, all), at| (weights + self.weights[at], all + in_flight(at)));
        among.only(|at| in_flight(at) < libm::ceil(bound * all * self.weights[at] / weights)).or(among)
    }
}

impl Router for Sticky {
    type State = ();

    fn state(&self) {}

    fn targets(&self) -> &[DeploymentId] {
        &self.targets
    }

    fn manner(&self) -> Manner {
        Manner { spares_the_busy: true, reads_prompts: self.by == By::Prompt, ..Manner::NONE }
    }

    #[inline(never)]
    fn pick(&self, (): &mut (), among: Among, ask: &Ask, view: &View<'_>, _: &mut Luck) -> usize {
        let among = self.bound.map_or(among, |bound| self.below_bound(among, bound, view));
        let key = match self.by {
            By::User => ask.user,
            By::Prompt => ask.prompt,
        };
        // The first of independent exponential times at these rates is each one's in proportion to its rate.
        let time = |at: usize| -libm::log(open01(split(key, self.salts[at]))) / self.weights[at];
        let mut first = (f64::INFINITY, among.lowest());
        for at in among.iter() {
            let time = time(at);
            if time < first.0 {
                first = (time, at);
            }
        }
        first.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Key, Purpose};
    use crate::routing::Known;
    use crate::routing::made_up::{ASK, build_one, luck};
    use crate::units::SimTime;

    const USERS: u64 = 20_000;

    fn user(number: u64) -> u64 {
        let [high, low, ..] = Key::new(7, 0, Purpose::Attempt).block(number, 0);
        u64::from(high) << 32 | u64::from(low)
    }

    fn pick(router: &Sticky, user: u64, among: Among, in_flight: &[u32]) -> usize {
        let known = Known { in_flight: in_flight.into(), ..Known::default() };
        let view = View { now: SimTime::START, known: &known };
        router.pick(&mut (), among, &Ask { user, ..ASK }, &view, &mut luck(0))
    }

    /// Checks the shares of users by theory, to 4.5 standard errors.
    fn assert_shares(of: impl Fn(u64) -> usize, shares: &[f64]) {
        let mut counts = vec![0.0; shares.len()];
        (0..USERS).for_each(|number| counts[of(user(number))] += 1.0);
        for (count, share) in counts.iter().zip(shares) {
            let error = (share * (1.0 - share) * USERS as f64).sqrt();
            assert!((count - share * USERS as f64).abs() <= 4.5 * error, "{counts:?}, {shares:?}");
        }
    }

    #[test]
    fn users_are_shared_out_by_weight_and_stay() {
        let router = build_one::<Spec, _>(r#"{ models = { "m/0" = 3, "m/1" = 2, "m/2" = 1 } }"#, build).expect("valid");
        let all = Among::first(3);
        assert_shares(|user| pick(&router, user, all, &[]), &[0.5, 1.0 / 3.0, 1.0 / 6.0]);
        let without_1 = Among::NONE.with(0).with(2);
        assert_shares(|user| pick(&router, user, without_1, &[]), &[0.75, 0.0, 0.25]);
        let moved = (0..USERS).filter(|number| {
            let [before, after] = [all, without_1].map(|among| pick(&router, user(*number), among, &[]));
            before != 1 && before != after
        });
        assert_eq!(moved.count(), 0);
    }

    #[test]
    fn the_order_of_the_list_does_not_matter() {
        let models = |list: &str| build_one::<Spec, _>(&format!("{{ models = [{list}] }}"), build).expect("valid");
        let (one, other) = (models(r#""m/0", "m/1", "m/2""#), models(r#""m/2", "m/0", "m/1""#));
        for number in 0..1000 {
            let of = |router: &Sticky| router.targets[pick(router, user(number), Among::first(3), &[])];
            assert_eq!(of(&one), of(&other));
        }
    }

    /// 9 under way and one more: with a bound of 1.2 no one may have more than 4 of 10 x 1.2 / 3.
    #[test]
    fn what_is_beyond_the_bound_goes_elsewhere() {
        let router = build_one::<Spec, _>(r#"{ models = ["m/0", "m/1", "m/2"], bound = 1.2 }"#, build).expect("valid");
        assert_shares(|user| pick(&router, user, Among::first(3), &[4, 3, 2]), &[0.0, 0.5, 0.5]);
        assert_shares(|user| pick(&router, user, Among::first(3), &[3, 3, 3]), &[1.0 / 3.0; 3]);
    }

    #[test]
    fn what_can_never_be_picked_is_a_mistake() {
        for text in [r#"{ models = { "m/0" = 0 } }"#, r#"{ models = ["m/0"], bound = 0.9 }"#] {
            assert!(build_one::<Spec, _>(text, build).is_err(), "{text}");
        }
    }
}
