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
    /// Whoever is paid for what the client runs itself: caches, checks.
    pub client: PayeeId,
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
    /// Whether it is a gateway, to which the models that it tries for a request are one request.
    pub is_gateway: bool,
}

impl Market {
    /// Marks all deployments to which what is sent to the marked ones may get: those that gateways go on to, and the versions
    /// that a name stands for within the horizon.
    pub(super) fn spread(&self, reached: &mut [bool]) {
        let mut open = true;
        while std::mem::take(&mut open) {
            for deployment in 0..reached.len() {
                let Some(more) = self.deployments[deployment].more.as_ref().filter(|_| reached[deployment]) else { continue };
                let versions = more.versions.iter().enumerate();
                let versions = versions.filter(|(place, (from, _))| *place == 0 || *from < self.horizon).map(|(_, (_, to))| to);
                for next in more.via.iter().flat_map(|via| &via.failover).chain(versions) {
                    open |= !std::mem::replace(&mut reached[next.index()], true);
                }
            }
        }
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
