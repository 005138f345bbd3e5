//! A semantic cache: an image for another prompt that is close enough, some of them wrong.
//!
//! Whether prompts are close is not simulated: of the first requests of journeys that no exact repeat serves, a given share finds a
//! neighbour above the threshold, independently, and of these a given share is wrong. The neighbour's image is of the last model that
//! delivered the same shape and number; until one has, nothing is found. What the user has rejected, and finals that follow a
//! draft, are not looked up: another image is wanted.

use crate::dist::{LawSpec, QuantileTable};
use crate::model::{Cause, DeploymentId, ShapeId};
use crate::routing::{Ask, Luck};
use crate::spec::{self, Located, Mistake};
use crate::units::{Share, SimDuration, Upkeep, Usd};

spec::table! {
    /// A cache that takes close prompts for equal.
    pub struct SemanticSpec {
        /// Of the lookups, the share that finds a neighbour above the threshold.
        share: Share,
        /// Of what is found, the share that is wrong: delivered, and not accepted by its user.
        false_hits: Share,
        /// What a lookup costs: embedding and search.
        lookup_price: Usd = "0 USD",
        /// How long a lookup takes, whether it finds anything or not; assumed.
        latency: Located<LawSpec<SimDuration>> = "100ms",
        /// What it costs by the time that it runs, such as "70 USD/month"; a month is 730 h.
        price: Option<Upkeep>,
    }
}

/// A semantic cache: what does not change during a replication.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Semantic {
    /// Below which of 32 bits a neighbour is found, and below which it is wrong.
    found: u64,
    wrong: u64,
    lookup_price: Usd,
    latency: QuantileTable,
    price: Option<Upkeep>,
}

/// What a semantic cache knows.
#[derive(Debug, Clone, Default)]
pub(super) struct Neighbours {
    /// Who delivered last, by shape and number of images.
    makers: Vec<(ShapeId, u8, DeploymentId)>,
    lookups: u64,
}

/// Numbers of the draws of a request.
const NEIGHBOUR: u32 = 0x6e65_6172;
const LATENCY: u32 = 0x6e65_616c;

impl SemanticSpec {
    pub(super) fn build(&self) -> Result<Semantic, Mistake> {
        let law = self.latency.law();
        let law = law.map_err(|what| Mistake::error(&self.latency.place, what).label("no such distribution"))?;
        Ok(Semantic {
            found: self.share.threshold(),
            wrong: self.false_hits.threshold(),
            lookup_price: self.lookup_price,
            latency: QuantileTable::new(law),
            price: self.price,
        })
    }
}

impl Neighbours {
    /// Forgets everything and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.makers.clear();
        self.lookups = 0;
    }

    fn maker(&mut self, ask: &Ask) -> Option<&mut DeploymentId> {
        let like = |(shape, images, _): &&mut (ShapeId, u8, DeploymentId)| (*shape, *images) == (ask.shape, ask.images);
        self.makers.iter_mut().find(like).map(|(.., by)| by)
    }
}

impl Semantic {
    /// What is found for a request: whose image, and whether it is wrong.
    pub(super) fn lookup(&self, known: &mut Neighbours, ask: &Ask, luck: &Luck) -> Option<(DeploymentId, bool)> {
        known.lookups += 1;
        let bits = luck.of_request(NEIGHBOUR);
        let by = *known.maker(ask).filter(|_| self.finds(luck))?;
        Some((by, bits & u64::from(u32::MAX) < self.wrong))
    }

    /// Whether this request has a neighbour, where there is anything to be found.
    pub(super) fn finds(&self, luck: &Luck) -> bool {
        luck.of_request(NEIGHBOUR) >> 32 < self.found
    }

    /// How long this request's lookup takes.
    pub(super) fn takes(&self, luck: &Luck) -> SimDuration {
        SimDuration::from_micros(self.latency.draw((luck.of_request(LATENCY) >> 32) as u32))
    }

    /// Something was delivered.
    pub(super) fn note(known: &mut Neighbours, ask: &Ask, by: DeploymentId) {
        match known.maker(ask) {
            Some(maker) => *maker = by,
            None => known.makers.push((ask.shape, ask.images, by)),
        }
    }

    /// What it costs over so long, with all its lookups.
    pub(super) fn costs(&self, known: &Neighbours, horizon: SimDuration, tell: &mut dyn FnMut(Cause, Usd)) {
        if let Some(price) = self.price {
            tell(Cause::Standing, price.over(horizon));
        }
        if self.lookup_price > Usd::ZERO {
            tell(Cause::Fee, self.lookup_price * known.lookups);
        }
    }
}
