//! A strategy: rules that choose a group, the group's router, and what follows an attempt that did not deliver.
//!
//! Here is what it is made of and what it remembers; how it decides is in [`turn`](super::turn).

use super::among::Among;
use super::budget::{Accounts, Budgets};
use super::cache::{Cache, CacheState};
use super::calls::Calls;
use super::client::{Action, Ask, Client, Heard, Luck, View};
use super::cooldown::{Cooldown, Health};
use super::defer::{Batch, Deadline, Defer};
use super::fallbacks::{Fallbacks, Run, Walk};
use super::group::Group;
use super::health::Checks;
use super::hedge::{Hedge, Races, Took};
use super::note::Note;
use super::parallel::{Line, Requests};
use super::retry::Retry;
use super::retry_budget::{Counted, Counts};
use super::router::Router;
use super::turn::Turn;
use crate::dist::QuantileTable;
use crate::model::{Cause, ClassId, DeploymentId, Guarded, Stage, Status, Statuses};
use crate::units::{SimDuration, SimTime, Usd};

/// Everything the client decides.
#[expect(clippy::struct_excessive_bools, reason = "worked out beforehand, each asked on its own in the hot loop")]
#[derive(Debug, Clone, PartialEq)]
pub struct Strategy<R> {
    pub(super) groups: Box<[Group<R>]>,
    /// The group of each class and stage: the rules, applied beforehand.
    pub(super) table: Box<[u8]>,
    /// By class and stage, every deployment that its requests may be sent to.
    pub(super) reached: Box<[Box<[DeploymentId]>]>,
    pub(super) fallbacks: Fallbacks,
    /// Whether anything comes after a group.
    pub(super) falls_back: bool,
    pub(super) retry: Retry,
    pub(super) calls: Option<Calls>,
    pub(super) cooldown: Option<Cooldown>,
    pub(super) hedge: Option<Hedge>,
    pub(super) cache: Option<Cache>,
    pub(super) requests: Option<Requests>,
    pub(super) budgets: Option<Budgets>,
    pub(super) timeout: SimDuration,
    pub(super) defer: Option<Defer>,
    pub(super) deadline: Option<Deadline>,
    /// Whether it reads a retry-after in whole seconds, as the header of HTTP has it.
    pub(super) whole_seconds: bool,
    /// Whether it takes a success without an image for the refusal that it is.
    pub(super) counts_images: bool,
    /// Whether it can tell a refusal by the content filter from other bad requests.
    pub(super) tells_refusals: bool,
    pub(super) migration: Option<Migration>,
    pub(super) quotes: Option<Quotes>,
    pub(super) checks: Option<Checks>,
    /// Whether it leaves nothing out, remembers nothing and goes nowhere after a group: see [`is_plain`](Self::is_plain).
    pub(super) plain: bool,
    /// Whether it notes the rules that fire.
    pub(super) notes: bool,
}

/// How a client moves to the successor of a model that is shut down.
#[derive(Debug, Clone, PartialEq)]
pub enum Migration {
    /// Prepared: so long before the announced date, or when it is announced.
    Ahead(SimDuration),
    /// Unprepared: so long after the model is gone, in microseconds; drawn once for each model and replication.
    After(QuantileTable),
}

/// Polls of prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quotes {
    /// How often.
    pub every: SimDuration,
    /// What a poll of one model costs.
    pub price: Usd,
}

/// What a strategy remembers beyond requests.
#[derive(Debug, Clone)]
pub struct State<S> {
    pub(super) routers: Box<[S]>,
    /// By deployment; empty without cooldowns.
    pub(super) health: Box<[Health]>,
    /// By the number of the request; empty for a plain strategy.
    pub(super) more: Vec<More>,
    /// How long answers took, for a strategy that hedges.
    pub(super) took: Took,
    /// What is under way of each request, for the same.
    pub(super) races: Races,
    /// The rules that have fired, where they are noted.
    pub(super) notes: Vec<Note>,
    /// Requests under way and waiting, where there is a most.
    pub(super) line: Line,
    /// Attempts that wait for their SDK's next call, by deployment; empty where there is no most under way or no SDK.
    pub(super) between: Box<[u32]>,
    /// What is held against budgets; empty without them.
    pub(super) accounts: Accounts,
    /// What counts for a budget of retries; nothing without one.
    pub(super) counted: Counted,
    /// What caches hold; empty without them.
    pub(super) cache: CacheState,
}

impl<S> State<S> {
    /// Whether no budget has anything reserved: so it must be where nothing is under way.
    pub fn reserves_nothing(&self) -> bool {
        self.accounts.holds_nothing()
    }

    /// When this deployment is no longer cooling: in the past where it is not. `None` without cooldowns.
    pub fn cools_until(&self, deployment: DeploymentId) -> Option<SimTime> {
        self.health.get(deployment.index()).map(Health::until)
    }
}

/// What a strategy that is not plain remembers of a request beside its memo, which is kept small.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct More {
    /// When the request arrived, and when the attempt under way was sent.
    pub(super) arrived: SimTime,
    pub(super) sent: SimTime,
    /// Targets that are left out while there is another.
    pub(super) skipped: Among,
    /// Whether it is under way, and not waiting to be let in.
    pub(super) let_in: bool,
    /// What the attempt under way would be booked with.
    pub(super) price: Usd,
    /// How far its batch is, where it is deferred.
    pub(super) batch: Batch,
    /// The way through groups; begun when the request leaves its first.
    pub(super) walk: Walk,
    /// What of it counts for a budget of retries.
    pub(super) counts: Counts,
}

/// What a strategy remembers of a request.
#[derive(Debug, Clone, Copy, Default)]
pub struct Memo {
    pub(super) run: Run,
    /// Attempts ended at this level of the group.
    pub(super) tries: u8,
    /// Attempts allowed by the first answer there; 0 where it has no number of its own.
    pub(super) allowed: u8,
    /// Calls made of the attempt under way.
    pub(super) calls: u8,
    /// The position of the target of the attempt under way.
    pub(super) target: u8,
    /// What a wait was for.
    pub(super) then: Then,
    /// Whether it has left its first group.
    pub(super) walks: bool,
    /// How often the client has refused it an attempt by itself.
    pub(super) refused: u16,
    /// Targets whose attempts are used up.
    pub(super) used: Among,
}

/// What comes after a wait.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Then {
    /// An attempt.
    #[default]
    Attempt,
    /// The same call once more.
    Call,
    /// Another attempt beside those under way.
    Copy,
    /// The first attempt, once it is let in.
    LetIn,
    /// Whatever comes after this level, since it ended so.
    Leave(Status),
}

/// The position of a class and stage in lists by both.
#[inline]
pub(super) const fn kind(class: ClassId, stage: Stage) -> usize {
    class.index() * 2 + stage as usize
}

impl<R: Router> Strategy<R> {
    /// Whether nothing but routers and retries is asked of it.
    pub(super) fn is_plain(&self) -> bool {
        let more_than_picks = |group: &Group<R>| {
            let manner = &group.manner;
            group.filters || !group.most.is_empty() || manner.has_limits || manner.heeds || manner.checks_images
        };
        !(self.groups.iter().any(more_than_picks)
            || self.falls_back
            || self.retry.skips != Statuses::NONE
            || self.retry.budget.is_some()
            || self.deadline.is_some()
            || self.cooldown.is_some()
            || self.hedge.is_some()
            || self.cache.is_some()
            || self.requests.is_some()
            || self.defer.is_some()
            || self.budgets.is_some())
    }

    /// The same, that notes the rules that fire; what it does is the same.
    #[must_use]
    pub fn noting(self) -> Self {
        Self { plain: false, notes: true, ..self }
    }

    /// What an answer is to a client that may not tell refusals.
    pub(super) const fn read(&self, status: Status) -> Status {
        if matches!(status, Status::Filtered) && !self.tells_refusals { Status::BadRequest } else { status }
    }

    /// The deployment at a position of a group's router.
    pub fn deployment(&self, group: u8, position: u8) -> DeploymentId {
        self.groups[usize::from(group)].target(usize::from(position))
    }

    /// Every deployment that requests of this class and stage may be sent to, by the client's own names for them.
    #[inline]
    pub fn targets(&self, class: ClassId, stage: Stage) -> &[DeploymentId] {
        &self.reached[kind(class, stage)]
    }

    /// Whether a cache of its own could serve a request if only it held enough: one for which an image made before would do
    /// (`repeats`), or the `first` of its journey, which has this luck.
    pub fn may_serve(&self, repeats: bool, first: Option<&Luck>) -> bool {
        self.cache.as_ref().is_some_and(|cache| cache.may_serve(repeats, first))
    }

    /// How many levels the router has that requests of this class and stage begin at: each has attempts of its own.
    pub fn levels(&self, class: ClassId, stage: Stage) -> usize {
        let group = &self.groups[usize::from(self.table[kind(class, stage)])];
        if group.manner.moves_on { group.all.len() } else { 1 }
    }
}

impl<R: Router> Client for Strategy<R> {
    type Memo = Memo;
    type State = State<R::State>;

    fn state(&self, deployments: usize) -> Self::State {
        let health = if self.cooldown.is_some() { deployments } else { 0 };
        let limited = self.groups.iter().any(|group| !group.most.is_empty());
        State {
            routers: self.groups.iter().map(|group| group.router.state()).collect(),
            health: vec![Health::default(); health].into(),
            more: Vec::new(),
            took: Took::default(),
            races: Races::default(),
            notes: Vec::new(),
            line: Line::default(),
            between: vec![0; if self.calls.is_some() && limited { deployments } else { 0 }].into(),
            accounts: self.budgets.as_ref().map(Accounts::new).unwrap_or_default(),
            counted: Counted::default(),
            cache: CacheState::default(),
        }
    }

    fn reset(&self, state: &mut Self::State) {
        for (group, router) in self.groups.iter().zip(&mut state.routers) {
            *router = group.router.state();
        }
        state.health.fill(Health::default());
        state.took = Took::default();
        state.line.clear();
        state.between.fill(0);
        if let Some(budgets) = &self.budgets {
            state.accounts.clear(budgets);
        }
        state.counted = Counted::default();
        state.cache.clear();
    }

    #[expect(clippy::inline_always, reason = "measured, with how a request is asked: 30 instructions a request")]
    #[inline(always)]
    fn next(
        &self,
        heard: &Heard,
        ask: &Ask,
        memo: &mut Memo,
        state: &mut Self::State,
        view: &View<'_>,
        luck: &mut Luck,
    ) -> Action {
        match heard {
            Heard::Arrived => {
                let run = self.table[kind(ask.class, ask.stage)];
                memo.run.group = run;
                if !self.plain {
                    return Turn { strategy: self, ask, memo, state, view, luck }.later(heard);
                }
                // Nothing is left out, and nothing remembered: the shortest way to what most requests need.
                let group = &self.groups[usize::from(run)];
                let target = group.pick(&mut state.routers[usize::from(run)], group.all, ask, view, luck);
                memo.target = target as u8;
                Action::Attempt { deployment: group.target(target), timeout: self.timeout }
            }
            later => Turn { strategy: self, ask, memo, state, view, luck }.later(later),
        }
    }

    fn hands_on(&self) -> bool {
        self.plain
    }

    fn notes<'s>(&self, state: &'s mut Self::State) -> Option<&'s mut Vec<Note>> {
        self.notes.then_some(&mut state.notes)
    }

    fn wakes(&self) -> bool {
        self.requests.is_some() || self.cache.as_ref().is_some_and(Cache::coalesces)
    }

    fn woken(&self, state: &mut Self::State) -> Option<u32> {
        if let Some(number) = state.cache.woken() {
            return Some(number);
        }
        let number = state.line.next(self.requests.as_ref()?)?;
        state.more[number as usize].let_in = true;
        Some(number)
    }

    fn own_costs(&self, state: &Self::State, horizon: SimDuration, tell: &mut dyn FnMut(Cause, Usd)) {
        if let Some(cache) = &self.cache {
            cache.costs(&state.cache, horizon, tell);
        }
    }

    fn saw_late(&self, state: &Self::State, ask: &Ask, deployment: DeploymentId, sent: Option<SimTime>, now: SimTime) -> bool {
        let Some(budgets) = &self.budgets else { return false };
        let sent = sent.unwrap_or_else(|| state.more[ask.number as usize].sent);
        state.accounts.saw_late(budgets, ask, deployment, [sent, now])
    }

    fn guarded(&self, state: &Self::State) -> Option<Guarded> {
        self.budgets.is_some().then(|| state.accounts.guarded())
    }

    fn finals(&self, class: ClassId) -> &[DeploymentId] {
        self.targets(class, Stage::Final)
    }

    fn may_use(&self, deployment: DeploymentId) -> bool {
        self.reached.iter().any(|reached| reached.contains(&deployment))
    }

    fn migration(&self) -> Option<&Migration> {
        self.migration.as_ref()
    }

    fn quotes(&self) -> Option<Quotes> {
        self.quotes
    }

    fn checks(&self) -> Option<Checks> {
        self.checks
    }

    fn reads_prompts(&self) -> bool {
        self.cache.is_some() || self.groups.iter().any(|group| group.manner.reads_prompts)
    }

    fn checks_images(&self) -> bool {
        self.groups.iter().any(|group| group.manner.checks_images)
    }

    fn goes_by_price(&self) -> bool {
        self.budgets.is_some() || self.groups.iter().any(|group| group.manner.goes_by_price)
    }
}
