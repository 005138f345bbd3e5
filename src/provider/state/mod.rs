//! What changes at the providers during a replication, and the fate of each attempt.

mod amounts;
mod charging;
mod probe;
mod relay;
mod serve;

pub use probe::Probed;

use super::fault::{Incidents, Warmth};
use super::life::Span;
use super::limit::Gauges;
use super::market::Market;
use super::moving::{Factor, Path};
use super::terms::TermsState;
use super::{Cache, Cached, Deployment, Group, Usage, Via};
use crate::model::{Answer, Charge, DeploymentId, Holds, Place, ShapeId};
use crate::random::{Block, Key, Purpose};
use crate::units::{SimDuration, SimTime, Usd};

/// One call to one deployment.
#[derive(Debug, Clone, Copy)]
pub struct Attempt<'a> {
    /// Where it goes.
    pub deployment: DeploymentId,
    /// What the images are like.
    pub shape: ShapeId,
    /// How many images.
    pub images: u8,
    /// Tokens of the prompt.
    pub tokens: u32,
    /// 64 random bits of its prompt.
    pub prompt: u64,
    /// What few markets ask about: see [`Market::looks_closely`].
    pub details: &'a Details,
    /// How long the client waits.
    pub timeout: SimDuration,
}

/// What few markets ask about an attempt. It is referred to, and not copied with the attempt: reading again as a whole what was
/// just written in pieces stalls a processor (measured: 8 % of a plain month, with the like of it in the engine).
#[derive(Debug, Clone, Copy, Default)]
pub struct Details {
    /// The category of its prompt; 0 for an ordinary one.
    pub category: u8,
    /// 64 random bits of its user.
    pub user: u64,
    /// Which prompt of the repertoire it is, where a stored image would do.
    pub template: Option<u16>,
}

impl Details {
    /// Those of an attempt of which nobody asks.
    pub const NONE: Self = Self { category: 0, user: 0, template: None };
}

impl Attempt<'_> {
    /// What it asks for; how it goes is not known yet.
    #[inline]
    pub(super) const fn asked(&self) -> Usage {
        Usage::of(self.shape, self.images, self.tokens)
    }
}

/// Money besides the charge of an attempt: a fee, or the charge of an attempt that a gateway sent on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extra {
    /// The charge; its stage is left to those who know it.
    pub charge: Charge,
    /// When it falls due.
    pub at: SimTime,
}

/// The changing state of all deployments.
#[derive(Debug)]
pub struct Providers {
    gauges: Gauges,
    incidents: Incidents,
    prices: Key,
    paths: Box<[Path]>,
    /// By deployment.
    warmth: Box<[Warmth]>,
    /// By deployment.
    caches: Box<[Option<Cached>]>,
    /// When each deployment is to be had.
    spans: Box<[Span]>,
    /// By owner: one state, or one for each set of the unknown rules of its group.
    terms: Box<[Box<[TermsState]>]>,
    /// By owner, room for two states more.
    spare: Box<[[TermsState; 2]]>,
    /// What each set of unknown rules has made of a charge; used while one is settled.
    lists: Vec<Usd>,
    /// What attempts of this client may reach within the horizon.
    reached: Box<[bool]>,
    /// What the last attempt, or all that a gateway made of it, is billed if everything unknown bills.
    most: Usd,
    /// The list price of the last attempt at a deployment that has [more](crate::provider::More).
    listed: Usd,
    extras: Vec<Extra>,
    releases: Vec<(SimTime, Place)>,
}

impl Providers {
    /// The state at the start; to be [`reset`](Self::reset) to a replication.
    pub fn new(market: &Market) -> Self {
        let key = |purpose| Key::new(0, 0, purpose);
        Self {
            gauges: Gauges::new(&market.limits),
            incidents: Incidents::new(&market.incidents, key(Purpose::Incident)),
            prices: key(Purpose::Price),
            paths: market.moving.iter().map(|moving| moving.begin(key(Purpose::Price))).collect(),
            warmth: vec![Warmth::default(); market.deployments.len()].into(),
            caches: market.deployments.iter().map(|deployment| Some(cache_of(deployment)?.empty())).collect(),
            spans: vec![Span::ALWAYS; market.deployments.len()].into(),
            terms: market.owners.iter().map(|owner| vec![owner.terms.start(); states(market, owner.group)].into()).collect(),
            spare: market.owners.iter().map(|owner| [owner.terms.start(), owner.terms.start()]).collect(),
            lists: Vec::with_capacity(1 << Group::MOST),
            reached: vec![false; market.deployments.len()].into(),
            most: Usd::ZERO,
            listed: Usd::ZERO,
            extras: Vec::with_capacity(16),
            releases: Vec::with_capacity(16),
        }
    }

    /// Goes to the start of a replication.
    pub fn reset(&mut self, market: &Market, seed: u64, replication: u32) {
        let key = |purpose| Key::new(seed, replication, purpose);
        self.gauges.reset(&market.limits);
        self.incidents.reset(&market.incidents, key(Purpose::Incident));
        self.prices = key(Purpose::Price);
        for (path, moving) in self.paths.iter_mut().zip(&market.moving) {
            *path = moving.begin(self.prices);
        }
        self.warmth.fill(Warmth::default());
        self.caches.iter_mut().flatten().for_each(Cached::reset);
        for (span, deployment) in self.spans.iter_mut().zip(&market.deployments) {
            *span = deployment.life().map_or(Span::ALWAYS, |life| life.span(key(Purpose::Life)));
        }
        for (states, owner) in self.terms.iter_mut().zip(&market.owners) {
            states.iter_mut().for_each(|state| owner.terms.reset(state));
        }
        self.extras.clear();
        self.releases.clear();
    }

    /// When this deployment is to be had in this replication.
    pub const fn span(&self, deployment: DeploymentId) -> Span {
        self.spans[deployment.index()]
    }

    /// Decides the fate of an attempt sent now. `draws` is the block of the attempt.
    #[inline]
    pub fn submit(&mut self, market: &Market, attempt: &Attempt<'_>, now: SimTime, draws: &Block) -> Answer {
        let id = attempt.deployment;
        if market.deployments[id.index()].more.is_none() {
            return self.serve::<false>(market, id, attempt, (now, SimDuration::ZERO, false), draws);
        }
        self.relay(market, attempt, now, draws)
    }

    /// The same by the way of deployments that have [more](crate::provider::More), which is right for all and longer. Rare callers take it:
    /// a second caller of the short way moves all of it out of line (measured: 50 instructions a request).
    pub fn submit_apart(&mut self, market: &Market, attempt: &Attempt<'_>, now: SimTime, draws: &Block) -> Answer {
        self.relay(market, attempt, now, draws)
    }

    /// Brings all terms to the end of the horizon: who lay idle pays too. Asked for are the terms of the deployments that the
    /// client `uses` within it, and of all to which what is sent there may get.
    pub fn settle(&mut self, market: &Market, uses: impl Fn(DeploymentId) -> bool) {
        market.ids().zip(&mut self.reached).for_each(|(id, reached)| *reached = uses(id));
        market.spread(&mut self.reached);
        for owner in 0..market.owners.len() {
            let owns = |deployment: &Deployment| {
                deployment.more.as_ref().is_some_and(|more| more.owners.iter().any(|other| usize::from(*other) == owner))
            };
            if self.reached.iter().zip(&market.deployments).any(|(reached, deployment)| *reached && owns(deployment)) {
                self.fall_due(market, owner, market.horizon);
            }
        }
    }

    /// Which model answers at this time to what is sent there, by number.
    #[inline]
    pub fn model(market: &Market, deployment: DeploymentId, now: SimTime) -> u16 {
        market.deployments[version(market, deployment, now).index()].model
    }

    /// Whether there is anything to hear besides the answer to the last attempt.
    #[inline]
    pub const fn has_more(&self) -> bool {
        !self.extras.is_empty() || !self.releases.is_empty()
    }

    /// The list price of the last attempt, where it went to a deployment that has [more](crate::provider::More).
    #[inline]
    pub const fn listed(&self) -> Usd {
        self.listed
    }

    /// Money besides the charges of attempts that has come up since the last call.
    #[inline]
    pub fn next_extra(&mut self) -> Option<Extra> {
        self.extras.pop()
    }

    /// A place that is freed at a later time, of an attempt that a gateway has sent on.
    #[inline]
    pub fn next_release(&mut self) -> Option<(SimTime, Place)> {
        self.releases.pop()
    }

    /// Frees what an accepted attempt held.
    #[inline]
    pub fn release(&mut self, market: &Market, place: Place) {
        let deployment = &market.deployments[place.by.index()];
        if deployment.more.is_some() {
            return self.release_both(deployment, place);
        }
        self.gauges.release(&deployment.limits);
    }

    /// The same where a gateway may have places too.
    #[inline(never)]
    fn release_both(&mut self, deployment: &Deployment, place: Place) {
        if place.holds != Holds::Gateway {
            self.gauges.release(&deployment.limits);
        }
        if let Some(via) = via_of(deployment).filter(|_| place.holds != Holds::Deployment) {
            self.gauges.release(&via.limits);
        }
    }

    /// Whether there is anything to be freed there.
    pub fn holds(market: &Market, place: Place) -> bool {
        let deployment = &market.deployments[place.by.index()];
        let own = place.holds != Holds::Gateway && !deployment.limits.places().is_empty();
        own || via_of(deployment).is_some_and(|via| place.holds != Holds::Deployment && !via.limits.places().is_empty())
    }

    /// Whether a request of this usage has a price at a deployment, whatever its name stands for now.
    pub fn covers(market: &Market, deployment: DeploymentId, usage: &Usage, now: SimTime) -> bool {
        market.deployments[version(market, deployment, now).index()].covers(usage.shape)
    }

    /// What a request of this usage costs at a deployment, by the list price of a time and a factor that a client knows of.
    pub fn list_price(market: &Market, deployment: DeploymentId, usage: &Usage, at: SimTime, factor: Factor) -> Usd {
        let id = version(market, deployment, at);
        factor.of(market.deployments[id.index()].tariff(usage.shape, at).of(usage))
    }

    /// The factor of a deployment's price at this time, which must not be before any other that was asked for.
    pub fn factor(&mut self, market: &Market, deployment: DeploymentId, now: SimTime) -> Factor {
        let id = version(market, deployment, now);
        self.factor_of(market, &market.deployments[id.index()], now)
    }

    /// The same of what a name stands for by then.
    fn factor_of(&mut self, market: &Market, deployment: &Deployment, now: SimTime) -> Factor {
        let moving = deployment.moving().map(usize::from);
        moving.map_or(Factor::ONE, |moving| market.moving[moving].factor(&mut self.paths[moving], self.prices, now))
    }
}

/// How many states terms have: one for each set of the unknown rules of their group.
fn states(market: &Market, group: Option<u16>) -> usize {
    group.map_or(1, |group| market.doubts.groups()[usize::from(group)].sets().end)
}

/// The gateway before a deployment, where there is one.
#[inline]
fn via_of(deployment: &Deployment) -> Option<&Via> {
    deployment.more.as_ref()?.via.as_ref()
}

/// The cache of a deployment, where it has one.
fn cache_of(deployment: &Deployment) -> Option<&Cache> {
    deployment.more.as_ref()?.cache.as_ref()
}

/// The deployment that a name stands for now.
fn version(market: &Market, id: DeploymentId, now: SimTime) -> DeploymentId {
    let versions = market.deployments[id.index()].versions();
    versions.iter().rfind(|(from, _)| *from <= now).or(versions.first()).map_or(id, |(_, version)| *version)
}
