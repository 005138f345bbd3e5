//! The market: all deployments and everybody else who bills, limits or fails, as a plan has them.

use super::fault::Source;
use super::limit::Limits;
use super::moving::Moving;
use super::terms::Terms;
use super::{Deployment, Doubts};
use crate::model::{DeploymentId, PayeeId};
use crate::units::SimTime;

/// All that does not change during a replication. Shared read-only between threads.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Market {
    /// The deployments, by id.
    pub deployments: Box<[Deployment]>,
    /// The limits that deployments refer to.
    pub limits: Limits,
    /// Sources of incidents, by number.
    pub incidents: Box<[Source]>,
    /// Moving prices, by number.
    pub moving: Box<[Moving]>,
    /// Who has terms, by number.
    pub owners: Box<[Owner]>,
    /// How many payees there are: the deployments and all others who send bills.
    pub payees: usize,
    /// The billing rules that nobody knows.
    pub doubts: Doubts,
    /// The end of the horizon: standing fees fall due before it.
    pub horizon: SimTime,
}

/// Somebody who has terms.
#[derive(Debug, Clone, PartialEq)]
pub struct Owner {
    /// Who is paid.
    pub payee: PayeeId,
    /// The terms.
    pub terms: Terms,
    /// The group of unknown rules on which it depends what they make of charges; they have a state for each of its cases.
    pub group: Option<u16>,
}

impl Market {
    /// The owners whose terms hold for a client that sends attempts to the deployments that `uses` says, in order: also those
    /// of the places that its gateways go on to, of the versions that a name stands for, and of successors where it `moves`.
    pub fn owners_of(&self, uses: impl Fn(DeploymentId) -> bool, moves: bool) -> Box<[bool]> {
        let mut reached: Vec<bool> = self.ids().map(uses).collect();
        let mut open: Vec<DeploymentId> = self.ids().filter(|id| reached[id.index()]).collect();
        let mut owners = vec![false; self.owners.len()];
        while let Some(id) = open.pop() {
            let Some(more) = &self.deployments[id.index()].more else { continue };
            more.owners.iter().for_each(|owner| owners[usize::from(*owner)] = true);
            let failover = more.via.iter().flat_map(|via| via.failover.iter().copied());
            let successor = more.successor.filter(|_| moves);
            for next in failover.chain(more.versions.iter().map(|(_, version)| *version)).chain(successor) {
                if !std::mem::replace(&mut reached[next.index()], true) {
                    open.push(next);
                }
            }
        }
        owners.into()
    }

    /// Whether it depends on the user, the category or the template of a prompt what becomes of an attempt anywhere.
    pub fn looks_closely(&self) -> bool {
        let closely = |deployment: &Deployment| {
            let by_category = deployment.filter.as_ref().is_some_and(super::Filter::tells_categories_apart);
            deployment.more.is_some() || by_category || deployment.failure.persistent > 0
        };
        self.deployments.iter().any(closely)
    }

    /// The ids of all deployments.
    pub fn ids(&self) -> impl Iterator<Item = DeploymentId> + use<> {
        (0..self.deployments.len() as u16).map(DeploymentId)
    }
}
