//! A group: a router over deployments, and what is left out before it picks.

use super::among::Among;
use super::client::{Ask, Luck, View};
use super::cooldown::{AllCooling, Cooldown, Health};
use super::health::AllFailing;
use super::router::{Manner, Router};
use crate::model::DeploymentId;
use crate::units::{SimDuration, SimTime};

/// A router and what the strategy knows of its targets.
#[derive(Debug, Clone, PartialEq)]
pub struct Group<R> {
    /// Who picks.
    pub router: R,
    /// Its targets, kept beside it: asking any router for them is a jump.
    targets: Box<[DeploymentId]>,
    /// All of their positions.
    pub all: Among,
    /// The order of each target, from 0: only the lowest that is there may be picked. `None` for a target without one, which is
    /// left out while one with an order is there. Empty where no target has one.
    pub orders: Box<[Option<u8>]>,
    /// How long each target cools, where it has a length of its own; empty where none has.
    pub cools: Box<[Option<SimDuration>]>,
    /// The most attempts under way at each target; empty where there is no most.
    pub most: Box<[u32]>,
    /// Whether a target that is full is left out, and does not refuse.
    pub spills: bool,
    /// What happens where the last health checks of all have failed; `None` where none are made.
    pub checked: Option<AllFailing>,
    /// Whether anything may be left out.
    pub filters: bool,
    /// Whether what has asked to be left alone is left out while another is free: not where cooldowns say what is left out.
    pub spares: bool,
    /// How the router goes about it beside picking.
    pub manner: Manner,
}

/// What an attempt may go among.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// These.
    Among(Among),
    /// None.
    None,
    /// None before this time, which is worth waiting for.
    Later(SimTime),
}

impl<R: Router> Group<R> {
    /// A group of a router's targets. Both lists are by position, or empty.
    pub fn new(router: R, orders: Box<[Option<u8>]>, cools: Box<[Option<SimDuration>]>, cooldown: bool) -> Self {
        let targets: Box<[DeploymentId]> = router.targets().into();
        let all = Among::first(targets.len());
        let manner = router.manner();
        let spares = manner.spares_the_busy && !cooldown;
        let filters = cooldown || !orders.is_empty() || spares;
        let (most, spills, checked) = (Box::default(), false, None);
        Self { router, targets, all, orders, cools, most, spills, checked, filters, spares, manner }
    }

    /// The deployment at this position.
    #[inline]
    pub fn target(&self, position: usize) -> DeploymentId {
        self.targets[position]
    }

    /// The position of the target that the router picks.
    #[inline]
    pub fn pick(&self, state: &mut R::State, among: Among, ask: &Ask, view: &View<'_>, luck: &mut Luck) -> usize {
        if self.manner.in_order { among.lowest() } else { self.router.pick(state, among, ask, view, luck) }
    }

    /// How many orders its targets have.
    pub fn order_count(&self) -> u8 {
        self.orders.iter().flatten().max().map_or(0, |highest| highest + 1)
    }

    /// The targets that are not cooling.
    pub fn healthy(&self, cooldown: Option<&Cooldown>, health: &[Health], view: &View<'_>) -> Among {
        let Some(cooldown) = cooldown else { return self.all };
        self.all.only(|at| {
            let target = self.target(at);
            health[target.index()].is_open(cooldown, view.now, view.in_flight(target))
        })
    }

    /// The same with a most of attempts under way at each target.
    #[must_use]
    pub fn with_most(self, most: Box<[u32]>, spills: bool) -> Self {
        let filters = self.filters || (spills && !most.is_empty());
        Self { most, spills, filters, ..self }
    }

    /// The same with health checks.
    #[must_use]
    pub fn with_checks(self, checked: Option<AllFailing>) -> Self {
        Self { checked, filters: self.filters || checked.is_some(), ..self }
    }

    /// Whether as many attempts are under way at a target as may be. `between` counts those that wait for another call, by
    /// deployment.
    #[inline]
    pub fn is_full(&self, position: usize, between: &[u32], view: &View<'_>) -> bool {
        let target = self.target(position);
        let under_way = || view.in_flight(target) + between.get(target.index()).copied().unwrap_or(0);
        self.most.get(position).is_some_and(|most| under_way() >= *most)
    }

    /// What of `left` an attempt may go among, aiming at this order if any. Those that were `skipped` are left out while another
    /// is there.
    #[inline(never)]
    pub fn choice(
        &self,
        left: Among,
        skipped: Among,
        order: Option<u8>,
        (cooldown, health, between): (Option<&Cooldown>, &[Health], &[u32]),
        view: &View<'_>,
        luck: &Luck,
    ) -> Choice {
        let left = self.passing(left, view);
        let healthy = self.healthy(cooldown, health, view);
        let room = |at: usize| !self.spills || !self.is_full(at, between, view);
        let mut among = left.only(|at| healthy.has(at) && room(at));
        // Where nothing is cooling, what is full or failing its checks is none to wait for here.
        let cooling = left.without(healthy);
        if among.is_empty() && !cooling.is_empty() {
            match cooldown.map(|cooldown| cooldown.all_cooling) {
                Some(AllCooling::Bypass) => among = cooling.only(room),
                Some(AllCooling::Wait) => return Choice::Later(self.back(cooling, health, view.now)),
                Some(AllCooling::Fail) | None => {}
            }
        }
        among = among.without(self.ramping(among, cooldown, health, view, luck)).or(among);
        among = self.of_order(among, order);
        among = among.without(skipped).or(among);
        if self.spares {
            among = among.only(|at| !view.is_busy(self.target(at))).or(among);
        }
        if among.is_empty() { Choice::None } else { Choice::Among(among) }
    }

    /// Those of the order aimed at, or of the lowest there is.
    fn of_order(&self, among: Among, aim: Option<u8>) -> Among {
        if self.orders.is_empty() {
            return among;
        }
        match aim.or_else(|| among.iter().filter_map(|at| self.orders[at]).min()) {
            Some(order) => among.only(|at| self.orders[at] == Some(order)),
            None => among,
        }
    }

    /// When the first of them is back. One that is only on probation is worth asking a second later.
    fn back(&self, left: Among, health: &[Health], now: SimTime) -> SimTime {
        let until = |at: usize| health[self.target(at).index()].until();
        let soon = now + SimDuration::from_micros(1_000_000);
        left.iter().map(until).map(|until| if until > now { until } else { soon }).min().unwrap_or(soon)
    }

    /// Whether a target has not asked to be left alone: then the retry-after of the one that refused need not be waited for.
    pub fn has_free(&self, view: &View<'_>) -> bool {
        self.spares && self.all.iter().any(|at| !view.is_busy(self.target(at)))
    }
}
