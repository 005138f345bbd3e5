//! What hindsight knows of a market in one replication: who could have delivered a request, at what least price, in what least time.
//!
//! It leaves out all that luck or patience can avoid (limits, queues, incidents, cold starts, failures that do not stick, a gateway's
//! own failures) and all that only makes dearer (fees, what a client's own load adds to a moving price). What it says is a bound: no
//! attempt within the same time is delivered by another deployment, for less, or sooner. Where that is not known it says nothing:
//! a price of zero under terms that include, discount or give back, and where it is unknown whether a delivery is billed; a time of
//! zero where incidents may make attempts faster.

use super::billing::Part;
use super::fate;
use super::life::Span;
use super::moving::{Course, Factor};
use super::{Deployment, Details, Market, More, Usage};
use crate::model::{DeploymentId, ShapeId};
use crate::random::{Block, Key, Purpose};
use crate::units::{SimDuration, SimTime, Usd};

/// The lane of an attempt's block that its latency is drawn from.
const LATENCY: usize = fate::LATENCY;

/// A request with hindsight.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// What the images are like.
    pub shape: ShapeId,
    /// How many images.
    pub images: u8,
    /// Tokens of the prompt.
    pub tokens: u32,
    /// 64 random bits of its prompt.
    pub prompt: u64,
    /// Category, user and template, where the market [looks at them](Market::looks_closely).
    pub details: Details,
    /// From when to when attempts may be sent for it.
    pub within: (SimTime, SimTime),
}

/// What is known of a replication afterwards.
#[derive(Debug, Clone)]
pub struct Hindsight {
    /// By deployment, when it is to be had.
    spans: Box<[Span]>,
    /// By number of the moving price.
    courses: Box<[Course]>,
}

impl Hindsight {
    /// Of nothing yet; to be [`reset`](Self::reset) to a replication.
    pub fn new(market: &Market) -> Self {
        let spans = vec![Span::ALWAYS; market.deployments.len()].into();
        let key = Key::new(0, 0, Purpose::Price);
        Self { spans, courses: market.moving.iter().map(|moving| Course::begin(moving, key)).collect() }
    }

    /// Goes to the start of a replication.
    pub fn reset(&mut self, market: &Market, seed: u64, replication: u32) {
        let key = |purpose| Key::new(seed, replication, purpose);
        for (span, deployment) in self.spans.iter_mut().zip(&market.deployments) {
            *span = deployment.life().map_or(Span::ALWAYS, |life| life.span(key(Purpose::Life)));
        }
        for (course, moving) in self.courses.iter_mut().zip(&market.moving) {
            *course = Course::begin(moving, key(Purpose::Price));
        }
    }

    /// Learns what has happened up to this time, which is not before that of the last call. What is asked about lies before it.
    pub fn up_to(&mut self, market: &Market, now: SimTime) {
        self.courses.iter_mut().zip(&market.moving).for_each(|(course, moving)| course.up_to(moving, now));
    }

    /// Whether this very deployment could have delivered it: it has a price for it, is to be had, and neither its filter nor a failure
    /// that sticks stands in the way. A name that stands for others delivers nothing by itself.
    pub fn could_deliver(&self, market: &Market, id: DeploymentId, wanted: &Wanted) -> bool {
        let deployment = &market.deployments[id.index()];
        let Details { category, user, .. } = wanted.details;
        let (Span { from, until }, (begins, ends)) = (self.spans[id.index()], wanted.within);
        deployment.versions().is_empty()
            && deployment.tariffs(wanted.shape, wanted.within).next().is_some()
            && (from <= ends && until > begins)
            && !deployment.filter.as_ref().is_some_and(|filter| filter.refuses(wanted.prompt, category))
            && (may_be_stored(deployment, wanted) || !deployment.failure.fails(wanted.prompt, user, u32::MAX))
    }

    /// The least that it could have charged for a delivery, fees aside.
    pub fn least_price(&self, market: &Market, id: DeploymentId, wanted: &Wanted) -> Usd {
        let deployment = &market.deployments[id.index()];
        let rule = deployment.billing.delivered;
        if rule.doubt.is_some() || rule.part == Part::Nothing {
            return Usd::ZERO;
        }
        let stored = may_be_stored(deployment, wanted);
        let took = if stored || hastens(market, deployment) { SimDuration::ZERO } else { taking(deployment, 0) };
        let usage = Usage { took, ..Usage::of(wanted.shape, wanted.images, wanted.tokens) };
        let tariffs = deployment.tariffs(wanted.shape, wanted.within);
        let list = tariffs.map(|tariff| if rule.part == Part::All { tariff.least(&usage) } else { tariff.least_input(&usage) });
        let list = list.min().unwrap_or(Usd::ZERO);
        let Some(more) = deployment.more.as_ref() else { return list };
        let list = more.cache.as_ref().filter(|_| stored).map_or(list, |cache| list.min(cache.price(list)));
        let course = more.moving.map(|moving| self.courses[usize::from(moving)].least_since(wanted.within.0));
        let price = course.unwrap_or(Factor::ONE).of(list);
        more.owners.iter().fold(price, |price, owner| market.owners[usize::from(*owner)].terms.least(price))
    }

    /// The least time that an attempt with these draws could have taken anywhere, and where gateways go on to; `None` where it could
    /// not have been delivered.
    pub fn least_time(&self, market: &Market, wanted: &Wanted, draws: &Block) -> Option<SimDuration> {
        let at = |id: DeploymentId, draws: &Block| {
            self.could_deliver(market, id, wanted).then(|| least_time_at(market, id, wanted, draws))
        };
        let own = market.ids().filter_map(|id| at(id, draws)).min();
        let via = market.deployments.iter().filter_map(|deployment| deployment.more.as_ref()?.via.as_ref());
        // Also where one was gone or had failed before.
        let hops = via.flat_map(|via| via.failover.iter().enumerate());
        let hops = hops.flat_map(|(hop, &next)| {
            let draws = fate::again(draws, hop);
            itself_or_versions(market, next).filter_map(move |next| at(next, &draws))
        });
        hops.chain(own).min()
    }
}

/// The deployments that a name may stand for: itself, where it has no versions.
fn itself_or_versions(market: &Market, id: DeploymentId) -> impl Iterator<Item = DeploymentId> {
    let versions = market.deployments[id.index()].versions();
    versions.iter().map(|(_, version)| *version).chain(versions.is_empty().then_some(id))
}

fn least_time_at(market: &Market, id: DeploymentId, wanted: &Wanted, draws: &Block) -> SimDuration {
    let deployment = &market.deployments[id.index()];
    if hastens(market, deployment) {
        return SimDuration::ZERO;
    }
    let takes = taking(deployment, draws[LATENCY]);
    let cache = deployment.more.as_ref().and_then(|more| more.cache.as_ref());
    cache.filter(|_| may_be_stored(deployment, wanted)).map_or(takes, |cache| takes.min(cache.takes(takes)))
}

fn taking(deployment: &Deployment, draw: u32) -> SimDuration {
    SimDuration::from_micros(deployment.latency.draw(draw))
}

/// Whether the provider may have had an image of the prompt already.
fn may_be_stored(deployment: &Deployment, wanted: &Wanted) -> bool {
    wanted.details.template.is_some() && deployment.more.as_ref().is_some_and(|more| more.cache.is_some())
}

/// Whether attempts may be faster there in an incident.
fn hastens(market: &Market, deployment: &Deployment) -> bool {
    let sources = |more: &More| more.incidents.iter().any(|source| market.incidents[usize::from(*source)].may_hasten());
    deployment.more.as_ref().is_some_and(|more| sources(more))
}
