//! `usage_based`: the deployment that this minute's traffic has used least, among those whose own limits it has not used up.
//!
//! `version = "v2"` and `"v1"` are LiteLLM's `usage-based-routing-v2` and `usage-based-routing`
//! (`router_strategy/lowest_tpm_rpm_v2.py` and `lowest_tpm_rpm.py`, 1.106.2): the fewest tokens per minute among those that
//! have not reached their limits. v2 counts requests when it sends them, draws among equals, and answers 429 with a
//! retry-after of 60 s by itself where none is left; v1 counts successes only, so that a burst passes any limit, takes the
//! first of equals, and has none left then. Both compare `rpm + 1 >= limit`, so that a limit of 60 lets 59 through
//! (`off_by_one`; a deployment that was not used in this minute is always let through, so a limit of 1 lets 1 through). Answers
//! about images mostly report no usage, and then tokens stay 0 and v2 is a uniform draw below the limits.
//!
//! `version = "headroom"` is this program's own, with no such quirk: the deployment of whose images and requests per minute
//! the smallest share is used, and the request fits into what is left.
//!
//! Minutes are those of the clock. It knows its own traffic alone, and nothing of prices, failures and speed.

use super::among::Among;
use super::client::{Ask, Luck, View};
use super::minute::{Counts, Minute, Order};
use super::models::Models;
use super::rates::Rates;
use super::router::{Find, Heed, Manner, Refusal, Router};
use crate::model::{DeploymentId, Status};
use crate::spec::{self, Located, Mistake};
use crate::units::SimDuration;

spec::words! {
    /// By which rule the least used model is found.
    pub enum Version {
        /// LiteLLM's second: counts when it sends, draws among equals, refuses with a retry-after of 60 s.
        "v2" => V2,
        /// LiteLLM's first: counts successes, takes the first of equals.
        "v1" => V1,
        /// The most of the images and requests of this minute left, in proportion to their limits.
        "headroom" => Headroom,
    }
}

spec::table! {
    /// What may be sent to a model in a minute, as the client believes.
    #[derive(Default)]
    pub struct Limits {
        /// Requests per minute; without it, any number.
        rpm: Option<Located<u32>>,
        /// Tokens per minute; without it, any number. Not for "headroom".
        tpm: Option<Located<u32>>,
        /// Images per minute; without it, any number. For "headroom" only: LiteLLM counts none.
        ipm: Option<Located<u32>>,
    }
}

spec::table! {
    /// The model that has been used least in this minute.
    pub struct Spec {
        /// The models, and their limits.
        models: Models<Limits>,
        /// By which rule.
        version: Version = "v2",
        /// Whether a limit of requests is taken for one less, as LiteLLM does; not for "headroom".
        off_by_one: bool = true,
        /// How many tokens answers report for each image, beside those of the prompt; 0 where they report no usage at all.
        image_tokens: u32 = 0,
    }
}

pub(super) fn names(spec: &Spec) -> Vec<&Located<String>> {
    spec.models.names()
}

/// What it says may be sent to each model in a minute.
pub(super) fn rates(spec: &Spec) -> Vec<Rates> {
    let rate = |limit: &Option<Located<u32>>| limit.as_ref().map(|limit| f64::from(**limit));
    spec.models.values().map(|limits| Rates { rpm: rate(&limits.rpm), tpm: rate(&limits.tpm) }).collect()
}

pub(super) fn build(spec: &Spec, models: Find<'_>) -> Result<UsageBased, Mistake> {
    let targets = spec.models.find("usage_based", models)?;
    let headroom = spec.version == Version::Headroom;
    for limits in spec.models.values() {
        let mut given = [&limits.rpm, &limits.tpm, &limits.ipm].into_iter().flatten();
        if let Some(limit) = given.find(|limit| ***limit == 0) {
            return Err(Mistake::error(&limit.place, "a limit of 0 lets nothing through").label("at least 1"));
        }
        if let Some(limit) = if headroom { &limits.tpm } else { &limits.ipm } {
            let (what, help) = if headroom {
                ("version \"headroom\" counts no tokens", "limit rpm or ipm, or take another version")
            } else {
                ("LiteLLM counts no images", "limit rpm or tpm, or take version = \"headroom\"")
            };
            return Err(Mistake::error(&limit.place, what).label("without effect").help(help));
        }
    }
    let of = |limit: &Option<Located<u32>>| limit.as_ref().map_or(u64::MAX, |limit| u64::from(**limit));
    let bounds = |limits: &Limits| Bounds { requests: of(&limits.rpm), tokens: of(&limits.tpm), images: of(&limits.ipm) };
    Ok(UsageBased {
        targets,
        bounds: spec.models.values().map(bounds).collect(),
        version: spec.version,
        one_less: u64::from(spec.off_by_one),
        image_tokens: u64::from(spec.image_tokens),
    })
}

/// Deployments with limits per minute, and how the least used is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageBased {
    targets: Box<[DeploymentId]>,
    bounds: Box<[Bounds]>,
    version: Version,
    one_less: u64,
    image_tokens: u64,
}

/// Limits per minute; the largest number is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Bounds {
    requests: u64,
    tokens: u64,
    images: u64,
}

/// What has been used in this minute, and in which order v1's dictionary has it.
#[derive(Debug, Clone)]
pub struct Usage {
    minute: Minute,
    order: Order,
}

/// LiteLLM counts the tokens of the same constant message for every image request: `token_counter` of "prompt" by "user" (1.106.2).
pub(super) const PROMPT_TOKENS: u64 = 8;

/// What v2 answers where no deployment is left.
const V2_REFUSES: Refusal =
    Refusal { status: Status::RateLimited, retry_after: Some(SimDuration::from_micros(60_000_000)) };

impl UsageBased {
    /// Whether LiteLLM thinks that a deployment may be asked.
    fn litellm_lets(&self, at: usize, used: Counts) -> bool {
        let bounds = self.bounds[at];
        used.tokens + PROMPT_TOKENS <= bounds.tokens && (!used.seen || used.requests + self.one_less < bounds.requests)
    }

    /// Whether a request fits into what is left of this minute.
    fn fits(&self, at: usize, used: Counts, ask: &Ask) -> bool {
        used.requests < self.bounds[at].requests && used.images + u64::from(ask.images) <= self.bounds[at].images
    }

    /// The share of its limits that is used, from 0 to 1.
    fn used(&self, at: usize, used: Counts) -> f64 {
        let share = |used: u64, bound: u64| if bound == u64::MAX { 0.0 } else { used as f64 / bound as f64 };
        f64::max(share(used.requests, self.bounds[at].requests), share(used.images, self.bounds[at].images))
    }
}

impl Router for UsageBased {
    type State = Usage;

    fn state(&self) -> Usage {
        Usage { minute: Minute::of(self.targets.len()), order: Order::of(self.targets.len()) }
    }

    fn targets(&self) -> &[DeploymentId] {
        &self.targets
    }

    fn manner(&self) -> Manner {
        Manner { has_limits: true, spares_the_busy: true, heeds: true, ..Manner::NONE }
    }

    #[inline(never)]
    fn admits(&self, state: &mut Usage, among: Among, ask: &Ask, view: &View<'_>) -> Result<Among, Refusal> {
        let (counts, new) = state.minute.at(view.now);
        if new {
            state.order.clear();
        }
        let (admitted, refusal) = match self.version {
            Version::V2 => (among.only(|at| self.litellm_lets(at, counts[at])), V2_REFUSES),
            Version::V1 => {
                state.order.look_up(among);
                let none_left = Refusal { status: Status::NoneLeft, retry_after: None };
                (among.only(|at| self.litellm_lets(at, counts[at])), none_left)
            }
            Version::Headroom => {
                let next_minute = Refusal { status: Status::RateLimited, retry_after: Some(Minute::left(view.now)) };
                (among.only(|at| self.fits(at, counts[at], ask)), next_minute)
            }
        };
        if admitted.is_empty() { Err(refusal) } else { Ok(admitted) }
    }

    #[inline(never)]
    fn pick(&self, state: &mut Usage, among: Among, _: &Ask, view: &View<'_>, luck: &mut Luck) -> usize {
        let counts = &*state.minute.at(view.now).0;
        if self.version == Version::V1 {
            let first = among.iter().min_by_key(|at| (counts[*at].tokens, state.order.rank(*at)));
            return first.expect("there is at least one");
        }
        let used = |at: usize| match self.version {
            Version::Headroom => self.used(at, counts[at]),
            _ => counts[at].tokens as f64,
        };
        let least = among.iter().map(used).fold(f64::INFINITY, f64::min);
        among.only(|at| used(at) <= least).any(luck.coin())
    }

    fn sent(&self, state: &mut Usage, target: usize, ask: &Ask, view: &View<'_>) {
        if self.version != Version::V1 {
            let count = &mut state.minute.at(view.now).0[target];
            count.seen = true;
            count.requests += 1;
            count.images += u64::from(ask.images);
        }
    }

    fn ended(&self, state: &mut Usage, attempt: &Heed, ask: &Ask, view: &View<'_>) {
        if attempt.status != Status::Delivered || self.version == Version::Headroom {
            return;
        }
        let (counts, new) = state.minute.at(view.now);
        if new {
            state.order.clear();
        }
        let count = &mut counts[attempt.target];
        if self.image_tokens > 0 {
            count.tokens += u64::from(ask.tokens) + self.image_tokens * u64::from(ask.images);
        }
        if self.version == Version::V1 {
            count.seen = true;
            count.requests += 1;
            state.order.put(attempt.target);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::Known;
    use crate::routing::made_up::{ASK, build_one, luck};
    use crate::units::SimTime;

    struct Client {
        router: UsageBased,
        state: Usage,
        known: Known,
    }

    impl Client {
        fn new(text: &str) -> Self {
            let router = build_one::<Spec, _>(text, build).expect("valid");
            Self { state: router.state(), router, known: Known::default() }
        }

        /// Sends a request of so many images at a second, and has it delivered at once if it `succeeds`.
        fn send(&mut self, second: i64, images: u8, bits: u32, succeeds: bool) -> Result<usize, Refusal> {
            let view = View { now: SimTime::from_micros(second * 1_000_000), known: &self.known };
            let ask = Ask { images, ..ASK };
            let among = Among::first(self.router.targets.len());
            let among = self.router.admits(&mut self.state, among, &ask, &view)?;
            let target = self.router.pick(&mut self.state, among, &ask, &view, &mut luck(bits));
            self.router.sent(&mut self.state, target, &ask, &view);
            if succeeds {
                let heed = Heed { target, status: Status::Delivered, took: SimDuration::ZERO };
                self.router.ended(&mut self.state, &heed, &ask, &view);
            }
            Ok(target)
        }

        fn many(&mut self, second: i64, count: usize, succeed: bool) -> Vec<usize> {
            (0..count).map_while(|_| self.send(second, 1, 0, succeed).ok()).collect()
        }
    }

    /// Limits of 5 and 3 serve 4 and 2 (issue 33032 of LiteLLM; seen in a run of 1.106.2), and one that is used from its
    /// first request on.
    #[test]
    fn v2_serves_one_less_than_its_limits_and_refuses_for_a_minute() {
        let models = r#"models = { "m/0" = { rpm = 5 }, "m/1" = { rpm = 3 } }"#;
        let mut client = Client::new(&format!("{{ {models} }}"));
        assert_eq!(client.many(59, 9, false), [0, 0, 0, 0, 1, 1]);
        assert_eq!(client.send(59, 1, 0, false), Err(V2_REFUSES));
        assert_eq!(client.many(60, 9, false).len(), 6, "a minute of the clock later");
        let mut client = Client::new(&format!("{{ {models}, off_by_one = false }}"));
        assert_eq!(client.many(0, 9, false), [0, 0, 0, 0, 0, 1, 1, 1]);
        let mut client = Client::new(r#"{ models = { "m/0" = { rpm = 1 } } }"#);
        assert_eq!(client.many(0, 9, false), [0], "what was not used is let through");
    }

    #[test]
    fn v2_takes_the_fewest_tokens_and_draws_among_equals() {
        let mut client = Client::new(r#"{ models = ["m/0", "m/1"], image_tokens = 100 }"#);
        assert_eq!(client.send(0, 1, u32::MAX, true), Ok(1));
        assert_eq!(client.many(0, 3, true), [0, 0, 1], "150 tokens each; the coin shows 0 where they are equal");
        let mut client = Client::new(r#"{ models = ["m/0", "m/1"] }"#);
        assert_eq!([0, u32::MAX, u32::MAX].map(|bits| client.send(0, 1, bits, true)), [Ok(0), Ok(1), Ok(1)]);
        let mut client = Client::new(r#"{ models = { "m/0" = { tpm = 158 } }, image_tokens = 100 }"#);
        assert_eq!(client.many(0, 9, true), [0, 0], "150 and the 8 of a constant prompt are not above 158");
    }

    #[test]
    fn v1_counts_successes_and_takes_the_first() {
        let mut client = Client::new(r#"{ models = { "m/0" = { rpm = 3 }, "m/1" = { rpm = 3 } }, version = "v1" }"#);
        assert_eq!(client.many(0, 20, false), [0; 20], "what is under way is not counted");
        assert_eq!(client.many(0, 9, true), [0, 0, 1, 1]);
        assert_eq!(client.send(0, 1, 0, true), Err(Refusal { status: Status::NoneLeft, retry_after: None }));
    }

    #[test]
    fn headroom_is_that_of_images() {
        let mut client = Client::new(r#"{ models = { "m/0" = { ipm = 4 }, "m/1" = { ipm = 8, rpm = 3 } }, version = "headroom" }"#);
        // Used 0 and 0, 1/4 and 0, 1/4 and 1/3 (of requests), 2/4 and 1/3, 2/4 and 2/3, 3/4 and 2/3, 3/4 and 1, 1 and 1.
        assert_eq!(client.many(10, 9, false), [0, 1, 0, 1, 0, 1, 0]);
        let rest = SimDuration::from_micros(50_000_000);
        assert_eq!(client.send(10, 1, 0, false), Err(Refusal { status: Status::RateLimited, retry_after: Some(rest) }));
        assert_eq!([5, 4, 4, 1, 3].map(|images| client.send(70, images, 0, false).ok()), [Some(1), Some(0), None, Some(1), None]);
    }

    #[test]
    fn what_would_be_without_effect_is_a_mistake() {
        for text in [
            r#"{ models = { "m/0" = { ipm = 4 } } }"#,
            r#"{ models = { "m/0" = { tpm = 4 } }, version = "headroom" }"#,
            r#"{ models = { "m/0" = { rpm = 0 } } }"#,
        ] {
            assert!(build_one::<Spec, _>(text, build).is_err(), "{text}");
        }
    }
}
