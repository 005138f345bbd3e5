//! A client's health check, as far as its answer goes: what an image would have met that was asked for then.
//!
//! It meets what fails for everybody: the end of a model, incidents, independent failures, hung requests, slowness, a gateway's own
//! failures and its failover. It takes no place at a limit, warms no model up, and its prompt is one that no filter refuses.

use super::{Providers, version, via_of};
use crate::model::DeploymentId;
use crate::provider::{Market, Span, Usage, fate};
use crate::random::{Block, Key};
use crate::units::{SimDuration, SimTime, Usd};

/// What became of a health check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Probed {
    /// Whether it failed, or took longer than its client waited.
    pub fails: bool,
    /// How long it took, or its client waited.
    pub takes: SimDuration,
}

impl Providers {
    /// What becomes of a health check that is sent now, which must not be before any attempt or check. `number` tells the checks of a
    /// deployment apart; `key` is that of [`crate::random::Purpose::Check`].
    pub fn probe(
        &mut self,
        market: &Market,
        to: DeploymentId,
        (number, key): (u64, Key),
        now: SimTime,
        timeout: SimDuration,
    ) -> Probed {
        let draws = key.block(market.deployments[to.index()].failure.id(), number);
        let id = version(market, to, now);
        let via = via_of(&market.deployments[id.index()]);
        let (mut answers, mut fails) = (now, false);
        if let Some(via) = via {
            let effect = self.incidents.effect(&market.incidents, &via.incidents, now, now);
            let (takes, failed) = fate::relayed(via, effect, &draws);
            (answers, fails) = (now + takes, failed);
        }
        if !fails {
            (answers, fails) = self.probe_here(market, id, (now, answers), &draws);
            for (hop, &next) in via.iter().flat_map(|via| &via.failover).enumerate() {
                if !fails {
                    break;
                }
                let next = version(market, next, now);
                (answers, fails) = self.probe_here(market, next, (now, answers), &fate::again(&draws, hop));
            }
        }
        let takes = answers.since(now);
        Probed { fails: fails || takes > timeout, takes: takes.min(timeout) }
    }

    /// The list price of one image of the cheapest shape that there is a price for, and until when it is that: before the next
    /// dated change of the price, or of what the name stands for. Prices that move are taken as listed.
    pub fn cheapest_image(market: &Market, to: DeploymentId, tokens: u32, at: SimTime) -> (Usd, SimTime) {
        let deployment = &market.deployments[version(market, to, at).index()];
        let [(_, first), changes @ ..] = &*deployment.prices else { unreachable!("a deployment has a price from the start") };
        let price = changes.iter().rfind(|(from, _)| *from <= at).map_or(first, |(_, price)| price);
        let of = |shape| price.tariff(shape).of(&Usage::of(shape, 1, tokens));
        let versions = market.deployments[to.index()].versions().iter().map(|(from, _)| *from);
        let later = versions.chain(changes.iter().map(|(from, _)| *from)).filter(|from| *from > at);
        (price.shapes().map(of).min().unwrap_or(Usd::ZERO), later.min().unwrap_or(Span::ALWAYS.until))
    }

    /// What becomes of one at this very deployment, from `start` on: when the answer comes, and whether it fails.
    fn probe_here(
        &mut self,
        market: &Market,
        id: DeploymentId,
        (now, start): (SimTime, SimTime),
        draws: &Block,
    ) -> (SimTime, bool) {
        if !self.spans[id.index()].contains(now) {
            return (start, true);
        }
        let deployment = &market.deployments[id.index()];
        let incidents = deployment.more.as_ref().map_or([].as_slice(), |more| &more.incidents);
        let effect = self.incidents.effect(&market.incidents, incidents, now, start);
        let (takes, fails) = fate::probed(deployment, effect, draws);
        (start + takes, fails)
    }
}
