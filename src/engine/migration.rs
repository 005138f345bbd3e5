//! Where a client's attempts go after it has moved to the successors of models that are shut down.
//!
//! A client moves by replacing a name: all that it knew under the old one it then reads of the successor (see [`View`]), and
//! its routers go on naming the old one. It never moves to a model that is not launched yet, nor, prepared, before the notice.
//!
//! [`View`]: crate::routing::View

use crate::dist::QuantileTable;
use crate::model::DeploymentId;
use crate::provider::{Deployment, Life, Market, Providers, Span};
use crate::random::{Key, Purpose};
use crate::routing::{Known, Migration, Sight};
use crate::units::{SimDuration, SimTime};

/// When the client moves from each deployment to its successor, in one replication, and where that has brought it.
#[derive(Debug, Clone)]
pub(super) struct Moves {
    /// When it moves, by deployment; empty for a client that never does.
    when: Box<[SimTime]>,
    /// When it moves the next time.
    next: SimTime,
}

const NEVER: SimTime = SimTime::from_micros(i64::MAX);

impl Moves {
    pub(super) fn new(market: &Market, migration: Option<&Migration>) -> Self {
        let moves = migration.is_some() && market.deployments.iter().any(|deployment| deployment.successor().is_some());
        let count = if moves { market.deployments.len() } else { 0 };
        Self { when: vec![NEVER; count].into(), next: NEVER }
    }

    /// What the client knows at first.
    pub(super) fn known(&self, market: &Market) -> Known {
        let sights = vec![Sight::default(); market.deployments.len()].into();
        let in_flight = vec![0; market.deployments.len()].into();
        Known { sights, leads: market.ids().take(self.when.len()).collect(), in_flight, failing: Box::default() }
    }

    /// Goes to the start of a replication. `providers` are in it already.
    pub(super) fn reset(
        &mut self,
        market: &Market,
        migration: Option<&Migration>,
        providers: &Providers,
        key: (u64, u32),
        known: &mut Known,
    ) {
        let Some(migration) = migration.filter(|_| !self.when.is_empty()) else { return };
        let key = Key::new(key.0, key.1, Purpose::Migration);
        for ((id, deployment), when) in market.ids().zip(&market.deployments).zip(&mut self.when) {
            let Some(successor) = deployment.successor() else { continue };
            let planned = match migration {
                Migration::Ahead(ahead) => deployment.life().and_then(|life| life.prepared(*ahead)).unwrap_or(NEVER),
                Migration::After(lag) => late(providers.span(id).until, lag, key, deployment),
            };
            let launch = market.deployments[successor.index()].life().map(Life::launch);
            *when = launch.map_or(planned, |launch| planned.max(launch));
        }
        self.go(market, SimTime::START, known);
    }

    /// Moves where it is time to. The time must not be before any other.
    pub(super) fn up_to(&mut self, market: &Market, now: SimTime, known: &mut Known) {
        if self.next <= now {
            self.go(market, now, known);
        }
    }

    /// When it is time again.
    pub(super) const fn next(&self) -> SimTime {
        self.next
    }

    #[cold]
    fn go(&mut self, market: &Market, now: SimTime, known: &mut Known) {
        for (id, leads) in market.ids().zip(&mut known.leads) {
            *leads = id;
            // Successors are checked to lead nowhere back.
            while self.when[leads.index()] <= now {
                *leads = market.deployments[leads.index()].successor().expect("only what has a successor is left");
            }
        }
        self.next = self.when.iter().copied().filter(|when| *when > now).min().unwrap_or(NEVER);
    }

    /// From when until when what the client `uses` leads to this deployment; `None` where it never does.
    pub(super) fn span(&self, market: &Market, here: DeploymentId, uses: impl Fn(DeploymentId) -> bool) -> Option<Span> {
        let from = market.ids().filter(|id| uses(*id)).filter_map(|used| self.reaches(market, used, here)).min()?;
        let until = self.leaves(here);
        (from < until).then_some(Span { from, until })
    }

    /// From when on what is sent to `at` comes by `here`.
    fn reaches(&self, market: &Market, mut at: DeploymentId, here: DeploymentId) -> Option<SimTime> {
        let mut from = SimTime::START;
        while at != here {
            from = from.max(self.leaves(at));
            at = market.deployments[at.index()].successor()?;
        }
        Some(from)
    }

    /// When the client moves away from here.
    fn leaves(&self, here: DeploymentId) -> SimTime {
        self.when.get(here.index()).copied().unwrap_or(NEVER)
    }
}

/// So long after the model is gone.
fn late(gone: SimTime, lag: &QuantileTable, key: Key, deployment: &Deployment) -> SimTime {
    if gone == NEVER {
        return NEVER;
    }
    let identity = deployment.life().map_or(0, Life::id);
    gone + SimDuration::from_micros(lag.draw(key.block(identity, 0)[0]))
}
