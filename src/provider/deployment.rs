//! A deployment as modelled: everything about it that does not change during a replication.

use super::billing::Billing;
use super::cache::Cache;
use super::fault::{ColdStart, Failure, Hang};
use super::filter::Filter;
use super::life::Life;
use super::party::Via;
use super::{Applied, Price, Tariff};
use crate::dist::QuantileTable;
use crate::model::{DeploymentId, ShapeId};
use crate::units::SimTime;

/// A model at a provider, reached through one account.
#[derive(Debug, Clone, PartialEq)]
pub struct Deployment {
    /// The model, by number: the same for all ways to it.
    pub model: u16,
    /// Prices with the time from which each holds, in order; the first holds from the start.
    pub prices: Box<[(SimTime, Price)]>,
    /// The limits that apply to it.
    pub limits: Applied,
    /// Time to generate, in microseconds.
    pub latency: QuantileTable,
    /// When attempts fail.
    pub failure: Failure,
    /// The content filter, where there is one.
    pub filter: Option<Filter>,
    /// Which outcomes are billed.
    pub billing: Billing,
    /// Probability that a user accepts a draft made here, as a threshold.
    pub acceptance: u64,
    /// All that most deployments have none of; where there is none of it, it costs nothing.
    pub more: Option<Box<More>>,
}

/// What few deployments have.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct More {
    /// Hung requests.
    pub hang: Option<Hang>,
    /// Cold starts.
    pub cold: Option<ColdStart>,
    /// A cache of what was made before.
    pub cache: Option<Cache>,
    /// The sources of incidents that it is subject to, by number.
    pub incidents: Box<[u16]>,
    /// The process that its price follows, by number.
    pub moving: Option<u16>,
    /// When it is to be had, where not always.
    pub life: Option<Life>,
    /// Who takes over after its shutdown, where that is a deployment of the plan.
    pub successor: Option<DeploymentId>,
    /// What the name stands for, with the time from which each holds; empty for a deployment of its own.
    pub versions: Box<[(SimTime, DeploymentId)]>,
    /// Whose terms hold for its charges, by number, in the order in which they are applied.
    pub owners: Box<[u16]>,
    /// The group of unknown rules on which it depends what these terms make of its charges.
    pub group: Option<u16>,
    /// The gateway between.
    pub via: Option<Via>,
}

impl Deployment {
    /// Whether images of this shape have a price at all times. What a floating name stands for has prices of its own.
    pub fn covers(&self, shape: ShapeId) -> bool {
        self.prices.iter().all(|(_, price)| price.covers(shape))
    }

    /// All limits that it is subject to, those of its gateway included.
    pub(super) fn all_limits(&mut self) -> impl Iterator<Item = &mut Applied> {
        let via = self.more.iter_mut().filter_map(|more| more.via.as_mut());
        std::iter::once(&mut self.limits).chain(via.map(|via| &mut via.limits))
    }

    /// When it is to be had, where not always.
    pub fn life(&self) -> Option<&Life> {
        self.more.as_ref()?.life.as_ref()
    }

    /// Who takes over after its shutdown, where that is a deployment of the plan.
    pub fn successor(&self) -> Option<DeploymentId> {
        self.more.as_ref()?.successor
    }

    /// The process that its price follows, by number, where it follows one.
    pub fn moving(&self) -> Option<u16> {
        self.more.as_ref()?.moving
    }

    /// What the name stands for, with the time from which each holds; empty for a deployment of its own.
    pub fn versions(&self) -> &[(SimTime, DeploymentId)] {
        self.more.as_ref().map_or(&[], |more| &more.versions)
    }

    /// What this shape costs at any time from the first to the second, as far as it has a price.
    pub(super) fn tariffs(&self, shape: ShapeId, (from, until): (SimTime, SimTime)) -> impl Iterator<Item = &Tariff> {
        let last = self.prices.iter().rposition(|(begins, _)| *begins <= until).unwrap_or(0);
        let first = self.prices.iter().rposition(|(begins, _)| *begins <= from).unwrap_or(0);
        let holds = self.prices[first..=last].iter().map(|(_, price)| price);
        holds.filter(move |price| price.covers(shape)).map(move |price| price.tariff(shape))
    }

    /// What this shape costs at this time.
    #[inline]
    pub(super) fn tariff(&self, shape: ShapeId, now: SimTime) -> &Tariff {
        let [(_, first), changes @ ..] = &*self.prices else { unreachable!("a deployment has a price from the start") };
        changes.iter().rfind(|(from, _)| *from <= now).map_or(first, |(_, price)| price).tariff(shape)
    }
}

impl More {
    /// Whether there is none of it.
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
