//! What a strategy may do with a request, known beforehand: where it may send it, and whether anything but routers and retries
//! is asked of it.

use super::group::Group;
use super::router::Router;
use super::strategy::Strategy;
use crate::model::{ClassId, DeploymentId, Stage, Statuses};

impl<R: Router> Strategy<R> {
    /// Whether nothing but routers and retries is asked of it.
    pub(super) fn is_plain(&self) -> bool {
        let groups = |group: &Group<R>| !group.filters && !group.parts.limits && !group.parts.heeds && !group.parts.checks;
        let skips = self.retry.skips != Statuses::NONE;
        let parts = self.falls_back
            || skips
            || self.deadline.is_some()
            || self.cooldown.is_some()
            || self.hedge.is_some()
            || self.cache.is_some();
        self.groups.iter().all(groups) && !parts
    }

    /// Every deployment that requests of this class and stage may be sent to, by the client's own names for them.
    #[inline]
    pub fn targets(&self, class: ClassId, stage: Stage) -> &[DeploymentId] {
        &self.reached[usize::from(self.table[class.index() * 2 + stage as usize])]
    }

    /// How many levels the router has that requests of this class and stage begin at: each has attempts of its own.
    pub fn levels(&self, class: ClassId, stage: Stage) -> usize {
        let group = &self.groups[usize::from(self.table[class.index() * 2 + stage as usize])];
        if group.router.moves_on() { group.all.len() } else { 1 }
    }
}
