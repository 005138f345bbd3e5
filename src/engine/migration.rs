//! Where a client's attempts go after it has moved to the successors of models that were shut down.

use crate::dist::QuantileTable;
use crate::model::DeploymentId;
use crate::provider::{Market, Providers};
use crate::random::{Key, Purpose};
use crate::routing::Migration;
use crate::units::{SimDuration, SimTime};

/// When the client moves from each deployment to its successor, in one replication.
#[derive(Debug, Clone, Default)]
pub(super) struct Moves {
    /// By deployment; empty for a client that never moves.
    when: Box<[SimTime]>,
}

const NEVER: SimTime = SimTime::from_micros(i64::MAX);

impl Moves {
    pub(super) fn new(market: &Market, migration: Option<&Migration>) -> Self {
        let moves = migration.is_some() && market.ids().any(|id| successor(market, id).is_some());
        Self { when: if moves { vec![NEVER; market.deployments.len()].into() } else { Box::default() } }
    }

    /// Goes to the start of a replication. `providers` are in it already.
    pub(super) fn reset(&mut self, market: &Market, migration: Option<&Migration>, providers: &Providers, key: (u64, u32)) {
        let Some(migration) = migration.filter(|_| !self.when.is_empty()) else { return };
        let key = Key::new(key.0, key.1, Purpose::Migration);
        for (id, when) in market.ids().zip(&mut self.when) {
            *when = match migration {
                _ if successor(market, id).is_none() => NEVER,
                Migration::Ahead(ahead) => {
                    announced(market, id).map_or(NEVER, |end| end + SimDuration::from_micros(-ahead.micros()))
                }
                Migration::After(lag) => late(providers.span(id).until, lag, key, market, id),
            };
        }
    }

    /// Where an attempt goes that the router sends to this deployment.
    #[inline]
    pub(super) fn of(&self, market: &Market, mut id: DeploymentId, now: SimTime) -> DeploymentId {
        if self.when.is_empty() {
            return id;
        }
        // Successors are checked to lead nowhere back.
        while self.when[id.index()] <= now {
            id = successor(market, id).expect("only what has a successor is left");
        }
        id
    }
}

/// So long after the model is gone.
fn late(gone: SimTime, lag: &QuantileTable, key: Key, market: &Market, id: DeploymentId) -> SimTime {
    if gone == NEVER {
        return NEVER;
    }
    let life = market.deployments[id.index()].more.as_ref().and_then(|more| more.life.as_ref());
    let identity = life.map_or(0, crate::provider::Life::id);
    gone + SimDuration::from_micros(lag.draw(key.block(identity, 0)[0]))
}

fn successor(market: &Market, id: DeploymentId) -> Option<DeploymentId> {
    market.deployments[id.index()].more.as_ref().and_then(|more| more.successor)
}

fn announced(market: &Market, id: DeploymentId) -> Option<SimTime> {
    market.deployments[id.index()].more.as_ref()?.life.as_ref()?.announced
}
