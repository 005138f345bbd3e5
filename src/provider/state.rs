//! What changes at the providers during a replication, and the fate of each attempt.

use super::billing::{Rule, cause};
use super::fate::{self, Fate};
use super::fault::{Incidents, Warmth};
use super::life::Span;
use super::limit::{Admission, Gauges, Measure};
use super::market::Market;
use super::moving::{Factor, Path};
use super::terms::{Fee, Item, Slowdown, TermsState};
use super::{Cache, Cached, Deployment, More, Usage};
use crate::model::{Accepted, Answer, Cause, Charge, DeploymentId, Outcome, ShapeId};
use crate::random::{Block, Key, Purpose};
use crate::units::{SimDuration, SimTime, Usd};

/// One call to one deployment.
#[derive(Debug, Clone, Copy)]
pub struct Attempt {
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
    pub details: Details,
    /// How long the client waits.
    pub timeout: SimDuration,
}

/// What few markets ask about an attempt.
#[derive(Debug, Clone, Copy, Default)]
pub struct Details {
    /// The category of its prompt; 0 for an ordinary one.
    pub category: u8,
    /// 64 random bits of its user.
    pub user: u64,
    /// Which prompt of the repertoire it is, where a stored image would do.
    pub template: Option<u16>,
}

impl Attempt {
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
    terms: Box<[TermsState]>,
    /// Whose terms hold for this client.
    owners: Box<[bool]>,
    extras: Vec<Extra>,
    releases: Vec<(SimTime, DeploymentId)>,
}

impl Providers {
    /// The state at the start, for a client with these owners' terms; to be [`reset`](Self::reset) to a replication.
    pub fn new(market: &Market, owners: Box<[bool]>) -> Self {
        let key = |purpose| Key::new(0, 0, purpose);
        Self {
            gauges: Gauges::new(&market.limits),
            incidents: Incidents::new(&market.incidents, key(Purpose::Incident)),
            prices: key(Purpose::Price),
            paths: market.moving.iter().map(|moving| moving.begin(key(Purpose::Price))).collect(),
            warmth: vec![Warmth::default(); market.deployments.len()].into(),
            caches: market.deployments.iter().map(|deployment| Some(cache_of(deployment)?.empty())).collect(),
            spans: vec![Span::ALWAYS; market.deployments.len()].into(),
            terms: market.owners.iter().map(|owner| owner.terms.start()).collect(),
            owners,
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
            let life = deployment.more.as_ref().and_then(|more| more.life.as_ref());
            *span = life.map_or(Span::ALWAYS, |life| life.span(key(Purpose::Life)));
        }
        for (state, owner) in self.terms.iter_mut().zip(&market.owners) {
            owner.terms.reset(state);
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
    pub fn submit(&mut self, market: &Market, attempt: &Attempt, now: SimTime, draws: &Block) -> Answer {
        let id = attempt.deployment;
        if market.deployments[id.index()].more.is_none() {
            return self.serve::<false>(market, id, attempt, (now, SimDuration::ZERO), draws);
        }
        self.relay(market, attempt, now, draws)
    }

    /// The same for a deployment that has [more](super::More): a floating name, a gateway that goes on to others.
    #[inline(never)]
    fn relay(&mut self, market: &Market, attempt: &Attempt, now: SimTime, draws: &Block) -> Answer {
        let id = version(market, attempt.deployment, now);
        let mut answer = self.serve::<true>(market, id, attempt, (now, SimDuration::ZERO), draws);
        let failover = market.deployments[id.index()].more.iter().filter_map(|more| more.via.as_ref());
        let mut spent = SimDuration::ZERO;
        for (hop, &next) in failover.flat_map(|via| via.failover.iter()).enumerate() {
            match answer {
                Answer::Rejected { .. } => {}
                Answer::Accepted(fate) if fate.outcome == Outcome::Failed => {
                    spent = fate.ends.since(now);
                    self.leave_behind(&fate, now);
                }
                Answer::Accepted(_) => break,
            }
            let draws = fate::again(draws, hop);
            answer = self.serve::<true>(market, version(market, next, now), attempt, (now, spent), &draws);
        }
        answer
    }

    /// What a gateway leaves behind when it goes on: a charge, and a place that is freed later.
    fn leave_behind(&mut self, fate: &Accepted, now: SimTime) {
        if fate.charge != Usd::ZERO {
            let Accepted { charge: amount, cause, doubt, .. } = *fate;
            self.extras.push(Extra { charge: Charge { payee: fate.by.into(), stage: None, cause, amount, doubt }, at: now });
        }
        self.releases.push((fate.released, fate.by));
    }

    /// An attempt at this very deployment, to which the gateway turns after `spent`. Its limits are asked now.
    #[inline]
    fn serve<const MORE: bool>(
        &mut self,
        market: &Market,
        id: DeploymentId,
        attempt: &Attempt,
        (now, spent): (SimTime, SimDuration),
        draws: &Block,
    ) -> Answer {
        let deployment = &market.deployments[id.index()];
        let more = if MORE { deployment.more.as_deref() } else { None };
        if MORE && !self.spans[id.index()].contains(now) {
            return Answer::Rejected { outcome: Outcome::Gone, retry_after: SimDuration::ZERO };
        }
        let (factor, slowdown) = more.map_or((Factor::ONE, Slowdown::NONE), |more| self.before(market, more, now));
        let amounts = Amounts { deployment, attempt, now, factor };
        let deadline = now + attempt.timeout;
        let applied = &deployment.limits;
        let start = match self.gauges.arrive(&market.limits, applied, now, deadline, |measure| amounts.asked(measure)) {
            Admission::Rejected { retry_after } => {
                if deployment.billing.rate_limited != Rule::No {
                    self.extra(&Bill { market, deployment, id, factor, now, stored: None }, attempt.asked());
                }
                return Answer::rate_limited(retry_after);
            }
            Admission::Abandoned { at } => {
                self.gauges.abandon(&market.limits, applied, now, at, |measure| amounts.taken(measure, Usd::ZERO));
                return self.given_up(&Bill { market, deployment, id, factor, now, stored: None }, attempt.asked(), at);
            }
            Admission::Start { at } => at.max(now + spent),
        };
        let stored = if MORE { self.stored(more, id, attempt, now) } else { None };
        let fate = match (more, stored) {
            (None, _) => fate::plain(deployment, attempt, draws),
            (Some(more), Some(cache)) => fate::stored(deployment, more, cache, draws),
            (Some(more), None) => {
                let effect = self.incidents.effect(&market.incidents, &more.incidents, now, start);
                fate::of(deployment, more, attempt, draws, &mut self.warmth[id.index()], (start, effect, slowdown))
            }
        };
        let released = start + fate.takes;
        // An attempt that ends in the very instant of the timeout has ended.
        let late = released > deadline;
        if MORE && stored.is_none() && fate.outcome == Outcome::Delivered {
            self.store(more, id, attempt, released);
        }
        let rule = if fate.reached { deployment.billing.of(fate.outcome, fate.refused, late) } else { Rule::No };
        let used = || fate::used(attempt, &fate, draws);
        let charge = if MORE {
            self.on_terms(&Bill { market, deployment, id, factor, now, stored }, rule, &used())
        } else {
            list(deployment, rule, (attempt.shape, attempt.images), now, used)
        };
        let (outcome, ends) = if late { (Outcome::TimedOut, deadline) } else { (fate.outcome, released) };
        self.gauges.occupy(&market.limits, applied, now, (start, released), |measure| amounts.taken(measure, charge));
        let Fate { empty, .. } = fate;
        let cause = cause(fate.outcome, late);
        Answer::Accepted(Accepted { outcome, empty, by: id, ends, released, charge, cause, doubt: rule.doubt() })
    }

    /// The cache that has the image stored, where one does.
    fn stored<'m>(&mut self, more: Option<&'m More>, id: DeploymentId, attempt: &Attempt, now: SimTime) -> Option<&'m Cache> {
        let (cache, template) = (more?.cache.as_ref()?, attempt.details.template?);
        let cached = self.caches[id.index()].as_mut()?;
        cache.lookup(cached, usize::from(template), attempt.shape.index(), now).then_some(cache)
    }

    /// Stores an image from the time on at which it is delivered.
    fn store(&mut self, more: Option<&More>, id: DeploymentId, attempt: &Attempt, at: SimTime) {
        let cache = more.and_then(|more| more.cache.as_ref());
        if let (Some(cache), Some(template), Some(cached)) = (cache, attempt.details.template, self.caches[id.index()].as_mut()) {
            cache.store(cached, usize::from(template), attempt.shape.index(), at);
        }
    }

    /// What has to be known before an attempt is let in: the price's factor, and whether it is slowed. Fees fall due.
    fn before(&mut self, market: &Market, more: &More, now: SimTime) -> (Factor, Slowdown) {
        let factor = more.moving.map_or(Factor::ONE, |moving| {
            let moving = usize::from(moving);
            market.moving[moving].factor(&mut self.paths[moving], self.prices, now)
        });
        let mut slowdown = Slowdown::NONE;
        for &owner in &more.owners {
            let (owner, state) = (&market.owners[usize::from(owner)], &mut self.terms[usize::from(owner)]);
            owner.terms.due(state, now, &mut |fee| self.extras.push(fee_of(owner.payee, fee)));
            slowdown = slowdown.max(owner.terms.slowdown(state));
        }
        (factor, slowdown)
    }

    /// What an attempt is charged under this rule, its owners' terms applied.
    fn on_terms(&mut self, bill: &Bill<'_>, rule: Rule, usage: &Usage) -> Usd {
        let list = list(bill.deployment, rule, (usage.shape, usage.images), bill.now, || *usage);
        let Some(more) = &bill.deployment.more else { return list };
        let list = bill.factor.of(bill.stored.map_or(list, |cache| cache.price(list)));
        let billed = rule != Rule::No;
        if let (Some(moving), true) = (more.moving, billed) {
            let moving = usize::from(moving);
            bill.market.moving[moving].bought(&mut self.paths[moving], usage.images);
        }
        if more.owners.is_empty() {
            return list;
        }
        let tokens = bill.deployment.tariff(usage.shape, bill.now).tokens(usage);
        let mut item = Item { images: usage.images, tokens, generation: usage.took, list, at: bill.now, billed };
        for &owner in &more.owners {
            let (owner, state) = (&bill.market.owners[usize::from(owner)], &mut self.terms[usize::from(owner)]);
            item.list = owner.terms.apply(state, item, &mut |fee| self.extras.push(fee_of(owner.payee, fee)));
        }
        item.list
    }

    /// The charge of an attempt that was not let in.
    #[cold]
    fn extra(&mut self, bill: &Bill<'_>, usage: Usage) {
        let rule = bill.deployment.billing.rate_limited;
        let amount = self.on_terms(bill, rule, &usage);
        if amount == Usd::ZERO {
            return;
        }
        let charge = Charge { payee: bill.id.into(), stage: None, cause: Cause::RateLimited, amount, doubt: rule.doubt() };
        self.extras.push(Extra { charge, at: bill.now });
    }

    /// An attempt whose client gave it up in the queue.
    #[cold]
    fn given_up(&mut self, bill: &Bill<'_>, usage: Usage, at: SimTime) -> Answer {
        let rule = bill.deployment.billing.gave_up;
        let charge = self.on_terms(bill, rule, &usage);
        let (outcome, by, doubt) = (Outcome::TimedOut, bill.id, rule.doubt());
        let cause = Cause::GaveUp;
        Answer::Accepted(Accepted { outcome, empty: false, by, ends: at, released: at, charge, cause, doubt })
    }

    /// Brings all terms to the end of the horizon: who lay idle pays too.
    pub fn settle(&mut self, market: &Market) {
        let used = self.owners.iter().zip(&market.owners).zip(&mut self.terms);
        for ((_, owner), state) in used.filter(|((used, _), _)| **used) {
            owner.terms.due(state, market.horizon, &mut |fee| self.extras.push(fee_of(owner.payee, fee)));
        }
    }

    /// Whether there is anything to hear besides the answer to the last attempt.
    #[inline]
    pub const fn has_more(&self) -> bool {
        !self.extras.is_empty() || !self.releases.is_empty()
    }

    /// Money besides the charges of attempts that has come up since the last call.
    #[inline]
    pub fn next_extra(&mut self) -> Option<Extra> {
        self.extras.pop()
    }

    /// A place that is freed at a later time, of an attempt that a gateway has sent on.
    #[inline]
    pub fn next_release(&mut self) -> Option<(SimTime, DeploymentId)> {
        self.releases.pop()
    }

    /// Frees the places that an accepted attempt held.
    #[inline]
    pub fn release(&mut self, market: &Market, deployment: DeploymentId) {
        self.gauges.release(&market.deployments[deployment.index()].limits);
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
        let moving = market.deployments[id.index()].more.as_ref().and_then(|more| more.moving);
        moving.map_or(Factor::ONE, |moving| {
            let moving = usize::from(moving);
            market.moving[moving].factor(&mut self.paths[moving], self.prices, now)
        })
    }
}

/// What the list says of an attempt under this rule. What it used is only worked out where the price depends on it.
#[inline]
fn list(deployment: &Deployment, rule: Rule, (shape, images): (ShapeId, u8), now: SimTime, used: impl FnOnce() -> Usage) -> Usd {
    match rule {
        Rule::No => Usd::ZERO,
        Rule::InputOnly => deployment.tariff(shape, now).input_part(&used()),
        Rule::Yes | Rule::Unknown(_) => {
            let tariff = deployment.tariff(shape, now);
            tariff.of_images(images).unwrap_or_else(|| tariff.of(&used()))
        }
    }
}

/// What is needed to bill an attempt.
struct Bill<'a> {
    market: &'a Market,
    deployment: &'a Deployment,
    id: DeploymentId,
    factor: Factor,
    now: SimTime,
    /// The cache that the image came from.
    stored: Option<&'a Cache>,
}

/// The cache of a deployment, where it has one.
fn cache_of(deployment: &Deployment) -> Option<&Cache> {
    deployment.more.as_ref()?.cache.as_ref()
}

/// The deployment that a name stands for now.
fn version(market: &Market, id: DeploymentId, now: SimTime) -> DeploymentId {
    let versions = market.deployments[id.index()].more.as_ref().map_or([].as_slice(), |more| &more.versions);
    versions.iter().rfind(|(from, _)| *from <= now).or(versions.first()).map_or(id, |(_, version)| *version)
}

fn fee_of(payee: crate::model::PayeeId, Fee { cause, amount, at }: Fee) -> Extra {
    Extra { charge: Charge { payee, stage: None, cause, amount, doubt: None }, at }
}

/// What an attempt asks for and takes of each measure.
#[derive(Clone, Copy)]
struct Amounts<'a> {
    deployment: &'a Deployment,
    attempt: &'a Attempt,
    now: SimTime,
    factor: Factor,
}

impl Amounts<'_> {
    /// What it asks for; of dollars the list price.
    #[inline]
    fn asked(self, measure: Measure) -> u64 {
        match measure {
            Measure::Dollars => {
                let tariff = self.deployment.tariff(self.attempt.shape, self.now);
                picos(self.factor.of(tariff.of(&self.attempt.asked())))
            }
            other => self.taken(other, Usd::ZERO),
        }
    }

    /// What it takes; of dollars what it is charged.
    #[inline]
    fn taken(self, measure: Measure, charge: Usd) -> u64 {
        match measure {
            Measure::Requests | Measure::InFlight => 1,
            Measure::Images => u64::from(self.attempt.images),
            Measure::Tokens => self.deployment.tariff(self.attempt.shape, self.now).tokens(&self.attempt.asked()),
            Measure::Dollars => picos(charge),
        }
    }
}

/// An amount in picodollars: more than 18 million dollars are as good as these to a limit, which is never higher.
fn picos(amount: Usd) -> u64 {
    u64::try_from(amount.picos().max(0)).unwrap_or(u64::MAX)
}
