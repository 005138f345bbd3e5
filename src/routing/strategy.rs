//! A strategy: rules that choose a group, the group's router, and what follows an attempt that did not deliver.
//!
//! The order in which things are asked is that of LiteLLM's Router: what is cooling is left out, then all but the lowest order,
//! then what has refused this request; then the router picks. After an error come retries inside the attempt, then retries in
//! the group, then the next order or group. Each of these is a part of its own; this file puts them in order.

use super::among::Among;
use super::calls::Calls;
use super::client::{Action, Ask, Client, Ended, Heard, Luck, View};
use super::cooldown::{Cooldown, Health};
use super::fallbacks::{Fallbacks, Run, Walk};
use super::group::{Choice, Group};
use super::retry::Retry;
use super::router::{Heed, Router};
use crate::dist::QuantileTable;
use crate::model::{ClassId, DeploymentId, Stage, Status};
use crate::units::{SimDuration, SimTime, Usd};

/// Everything the client decides.
#[derive(Debug, Clone, PartialEq)]
pub struct Strategy<R> {
    pub(super) groups: Box<[Group<R>]>,
    /// The group of each class and stage: the rules, applied beforehand.
    pub(super) table: Box<[u8]>,
    /// By group, every deployment that a request for it may be sent to.
    pub(super) reached: Box<[Box<[DeploymentId]>]>,
    pub(super) fallbacks: Fallbacks,
    /// Whether anything comes after a group.
    pub(super) falls_back: bool,
    pub(super) retry: Retry,
    pub(super) calls: Option<Calls>,
    pub(super) cooldown: Option<Cooldown>,
    pub(super) timeout: SimDuration,
    pub(super) deadline: Option<SimDuration>,
    /// Whether it reads a retry-after in whole seconds, as the header of HTTP has it.
    pub(super) whole_seconds: bool,
    /// Whether it takes a success without an image for the refusal that it is.
    pub(super) counts_images: bool,
    pub(super) migration: Option<Migration>,
    pub(super) quotes: Option<Quotes>,
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
    routers: Box<[S]>,
    /// By deployment; empty without cooldowns.
    health: Box<[Health]>,
    /// By the number of the request, where it has left its first group.
    walks: Vec<Walk>,
}

/// What a strategy remembers of a request.
#[derive(Debug, Clone, Copy, Default)]
pub struct Memo {
    run: Run,
    /// Attempts ended at this level of the group.
    tries: u8,
    /// Attempts allowed by the first answer there; 0 where it has no number of its own.
    allowed: u8,
    /// Calls made of the attempt under way.
    calls: u8,
    /// The position of the target of the attempt under way.
    target: u8,
    /// What a wait was for.
    then: Then,
    /// Whether it has left its first group.
    walks: bool,
    /// Targets whose attempts are used up, and those that are left out while there is another.
    used: Among,
    skipped: Among,
    /// When the request arrived, and when the attempt under way was sent.
    arrived: SimTime,
    sent: SimTime,
}

/// What comes after a wait.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Then {
    /// An attempt.
    #[default]
    Attempt,
    /// The same call once more.
    Call,
    /// Whatever comes after this level, since it ended so.
    Leave(Status),
}

/// What to do next: go round once more, or act.
enum Step {
    Attempt,
    Do(Action),
}

/// One turn of a client: what it decides on, and what it may look at.
struct Turn<'a, R: Router> {
    strategy: &'a Strategy<R>,
    ask: &'a Ask,
    memo: &'a mut Memo,
    state: &'a mut State<R::State>,
    view: &'a View<'a>,
    luck: &'a mut Luck,
}

impl<R: Router> Turn<'_, R> {
    #[inline]
    fn group(&self) -> &Group<R> {
        &self.strategy.groups[usize::from(self.memo.run.group)]
    }

    /// Attempts to send something, until there is something to do.
    #[inline]
    fn attempt(&mut self) -> Action {
        loop {
            match self.try_once() {
                Step::Do(action) => return action,
                Step::Attempt => {}
            }
        }
    }

    #[inline]
    fn try_once(&mut self) -> Step {
        let strategy = self.strategy;
        let group = &strategy.groups[usize::from(self.memo.run.group)];
        let left = group.all.without(self.memo.used);
        let mut among = left;
        if group.filters || !self.memo.skipped.is_empty() {
            let health = (strategy.cooldown.as_ref(), &*self.state.health);
            match group.choice(left, self.memo.skipped, self.memo.run.order, health, self.view) {
                Choice::Among(some) => among = some,
                Choice::None => return self.failed(Status::NoneLeft, None, None),
                Choice::Later(time) => return Step::Do(self.wait(time.since(self.view.now), Then::Attempt)),
            }
        }
        let router = &mut self.state.routers[usize::from(self.memo.run.group)];
        if group.parts.limits {
            match group.router.admits(router, among, self.ask, self.view) {
                Ok(admitted) => among = admitted,
                Err(refusal) => return self.failed(refusal.status, refusal.retry_after, None),
            }
        }
        let target = group.router.pick(router, among, self.ask, self.view, self.luck);
        self.memo.target = target as u8;
        let action = self.send();
        if group.parts.heeds && matches!(action, Action::Attempt { .. }) {
            self.memo.sent = self.view.now;
            let router = &mut self.state.routers[usize::from(self.memo.run.group)];
            group.router.sent(router, target, self.ask, self.view);
        }
        Step::Do(action)
    }

    /// Sends a call to the target that was picked.
    #[inline]
    fn send(&mut self) -> Action {
        let (strategy, now) = (self.strategy, self.view.now);
        let mut timeout = strategy.timeout;
        if let Some(deadline) = strategy.deadline {
            let left = (self.memo.arrived + deadline).since(now);
            if left <= SimDuration::ZERO {
                return Action::GiveUp(Status::TimedOut);
            }
            timeout = timeout.min(left);
        }
        let deployment = self.group().target(usize::from(self.memo.target));
        Action::Attempt { deployment, timeout }
    }

    /// Waits, but not beyond the deadline of the whole request.
    fn wait(&mut self, wait: SimDuration, then: Then) -> Action {
        self.memo.then = then;
        let Some(deadline) = self.strategy.deadline else { return Action::Wait(wait) };
        let left = (self.memo.arrived + deadline).since(self.view.now);
        if left <= SimDuration::ZERO { Action::GiveUp(Status::TimedOut) } else { Action::Wait(wait.min(left)) }
    }

    fn after_wait(&mut self) -> Action {
        match std::mem::take(&mut self.memo.then) {
            Then::Attempt => self.attempt(),
            Then::Call => {
                let action = self.send();
                if matches!(action, Action::GiveUp(_)) {
                    self.tell_router(Status::TimedOut);
                }
                action
            }
            Then::Leave(status) => match self.leave(status) {
                Step::Attempt => self.attempt(),
                Step::Do(action) => action,
            },
        }
    }

    fn delivered(&mut self, pleases: bool) -> Action {
        self.tell_router(Status::Delivered);
        if let Some(cooldown) = &self.strategy.cooldown {
            let target = self.group().target(usize::from(self.memo.target));
            self.state.health[target.index()].succeeded(cooldown, self.view.now);
        }
        if self.group().parts.checks && self.sends_back(pleases) {
            return self.attempt();
        }
        Action::Deliver
    }

    /// Whether the router's checker sends the images back, and another target is left to try.
    fn sends_back(&mut self, pleases: bool) -> bool {
        let (run, target) = (usize::from(self.memo.run.group), usize::from(self.memo.target));
        let group = &self.strategy.groups[run];
        let used = self.memo.used.with(target);
        if group.all.without(used).is_empty()
            || !group.router.sends_back(&mut self.state.routers[run], target, pleases, self.luck)
        {
            return false;
        }
        (self.memo.used, self.memo.tries, self.memo.allowed) = (used, 0, 0);
        true
    }

    fn tell_router(&mut self, status: Status) {
        let group = &self.strategy.groups[usize::from(self.memo.run.group)];
        if group.parts.heeds {
            let took = self.view.now.since(self.memo.sent);
            let router = &mut self.state.routers[usize::from(self.memo.run.group)];
            let attempt = Heed { target: usize::from(self.memo.target), status, took };
            group.router.ended(router, &attempt, self.ask, self.view);
        }
    }

    /// After an attempt that did not deliver.
    fn ended(&mut self, ended: &Ended) -> Action {
        let strategy = self.strategy;
        if ended.empty && !strategy.counts_images {
            self.tell_router(ended.status);
            return Action::GiveUp(ended.status);
        }
        let asked = ended.retry_after.map(|asked| if strategy.whole_seconds { whole_seconds(asked) } else { asked });
        if let Some(action) = self.call_again(ended.status, asked) {
            if matches!(action, Action::GiveUp(_)) {
                self.tell_router(ended.status);
            }
            return action;
        }
        self.tell_router(ended.status);
        let target = usize::from(self.memo.target);
        if let Some(cooldown) = &strategy.cooldown {
            let group = self.group();
            let own = group.cools.get(target).copied().flatten();
            let (alone, deployment) = (group.all.len() == 1, group.target(target));
            let health = &mut self.state.health[deployment.index()];
            health.failed(cooldown, (ended.status, asked), (own, alone), self.view.now);
        }
        match self.failed(ended.status, asked, Some(target)) {
            Step::Attempt => self.attempt(),
            Step::Do(action) => action,
        }
    }

    /// The same call once more, where the SDK makes it.
    fn call_again(&mut self, status: Status, asked: Option<SimDuration>) -> Option<Action> {
        let calls = self.strategy.calls.as_ref()?;
        self.memo.calls += 1;
        if self.memo.calls >= calls.most || !calls.on.has(status) {
            self.memo.calls = 0;
            return None;
        }
        let wait = calls.waits.after(self.memo.calls, asked, || self.luck.jitter());
        Some(if wait > SimDuration::ZERO { self.wait(wait, Then::Call) } else { self.send() })
    }

    /// After an error in a group: again, the next level, the next group, or no more.
    fn failed(&mut self, status: Status, asked: Option<SimDuration>, target: Option<usize>) -> Step {
        let (strategy, retry) = (self.strategy, &self.strategy.retry);
        let group = self.group();
        let size = group.all.len();
        let healthy = group.healthy(strategy.cooldown.as_ref(), &self.state.health, self.view).len();
        // What the router refuses by limits of its own, no other target is free for.
        let asked = asked.filter(|_| target.is_none() || !group.has_free(self.view));
        self.memo.tries = self.memo.tries.saturating_add(1);
        if self.memo.tries == 1 {
            self.memo.allowed = retry.of_status(status).unwrap_or(0);
        }
        let own = self.memo.allowed > 0;
        let allowed = if own { self.memo.allowed } else { retry.attempts };
        let set_apart = status == Status::Filtered && strategy.fallbacks.sets_refusals_apart();
        if allowed == 1 || !own && (set_apart || !retry.covers(status, size, healthy)) {
            return self.leave(status);
        }
        if let Some(target) = target.filter(|_| retry.skips.has(status)) {
            self.memo.skipped = self.memo.skipped.with(target);
        }
        let last = self.memo.tries >= allowed;
        if last && !retry.trailing {
            return self.leave(status);
        }
        let wait = retry.wait(self.memo.tries, asked, (size, healthy), || self.luck.jitter());
        match (wait > SimDuration::ZERO, last) {
            (true, false) => Step::Do(self.wait(wait, Then::Attempt)),
            (true, true) => Step::Do(self.wait(wait, Then::Leave(status))),
            (false, false) => Step::Attempt,
            (false, true) => self.leave(status),
        }
    }

    /// After the last attempt at a level of a group: the next level, the next group, or no more.
    fn leave(&mut self, status: Status) -> Step {
        let group = &self.strategy.groups[usize::from(self.memo.run.group)];
        (self.memo.tries, self.memo.allowed) = (0, 0);
        if status != Status::NoneLeft {
            let used = group.router.used_up(usize::from(self.memo.target), self.memo.used, self.ask);
            // Where nothing more has been used up, there is nothing to go on to.
            if used != self.memo.used && !group.all.without(used).is_empty() {
                self.memo.used = used;
                return Step::Attempt;
            }
        }
        if !self.strategy.falls_back {
            return Step::Do(Action::GiveUp(status));
        }
        let (strategy, run) = (self.strategy, self.memo.run);
        match self.walk().after(&strategy.fallbacks, run, status) {
            Ok(run) => {
                self.memo.run = run;
                (self.memo.used, self.memo.skipped) = (Among::NONE, Among::NONE);
                Step::Attempt
            }
            Err(status) => Step::Do(Action::GiveUp(status)),
        }
    }

    /// The way of this request through groups, begun where it leaves its first.
    fn walk(&mut self) -> &mut Walk {
        let (number, walks) = (self.ask.number as usize, &mut self.state.walks);
        if walks.len() <= number {
            walks.resize(number + 1, Walk::default());
        }
        if !self.memo.walks {
            self.memo.walks = true;
            walks[number] = Walk::new(self.memo.run.group);
        }
        &mut walks[number]
    }
}

/// A time as the header of HTTP has it: in whole seconds, rounded up (RFC 9110, 10.2.3).
const fn whole_seconds(time: SimDuration) -> SimDuration {
    const SECOND: i64 = 1_000_000;
    SimDuration::from_micros((time.micros() + SECOND - 1) / SECOND * SECOND)
}

impl<R: Router> Strategy<R> {
    /// Every deployment that requests of this class and stage may be sent to, by the client's own names for them.
    #[inline]
    pub fn targets(&self, class: ClassId, stage: Stage) -> &[DeploymentId] {
        &self.reached[usize::from(self.table[class.index() * 2 + stage as usize])]
    }
}

impl<R: Router> Strategy<R> {
    /// How many levels the router has that requests of this class and stage begin at: each has attempts of its own.
    pub fn levels(&self, class: ClassId, stage: Stage) -> usize {
        let group = &self.groups[usize::from(self.table[class.index() * 2 + stage as usize])];
        if group.router.moves_on() { group.all.len() } else { 1 }
    }
}

impl<R: Router> Client for Strategy<R> {
    type Memo = Memo;
    type State = State<R::State>;

    fn state(&self, deployments: usize) -> Self::State {
        let health = if self.cooldown.is_some() { deployments } else { 0 };
        State {
            routers: self.groups.iter().map(|group| group.router.state()).collect(),
            health: vec![Health::default(); health].into(),
            walks: Vec::new(),
        }
    }

    fn reset(&self, state: &mut Self::State) {
        for (group, router) in self.groups.iter().zip(&mut state.routers) {
            *router = group.router.state();
        }
        state.health.fill(Health::default());
    }

    #[inline]
    fn next(
        &self,
        heard: Heard,
        ask: &Ask,
        memo: &mut Memo,
        state: &mut Self::State,
        view: &View<'_>,
        luck: &mut Luck,
    ) -> Action {
        let mut turn = Turn { strategy: self, ask, memo, state, view, luck };
        match heard {
            Heard::Arrived => {
                turn.memo.run.group = self.table[ask.class.index() * 2 + ask.stage as usize];
                turn.memo.arrived = view.now;
                turn.attempt()
            }
            Heard::Ended(Ended { status: Status::Delivered, pleases, .. }) => turn.delivered(pleases),
            Heard::Ended(ended) => turn.ended(&ended),
            Heard::Due => turn.after_wait(),
        }
    }

    fn finals(&self, class: ClassId) -> &[DeploymentId] {
        self.targets(class, Stage::Final)
    }

    fn may_use(&self, deployment: DeploymentId) -> bool {
        self.table.iter().any(|group| self.reached[usize::from(*group)].contains(&deployment))
    }

    fn migration(&self) -> Option<&Migration> {
        self.migration.as_ref()
    }

    fn quotes(&self) -> Option<Quotes> {
        self.quotes
    }

    fn reads_prompts(&self) -> bool {
        self.groups.iter().any(|group| group.router.reads_prompts())
    }

    fn checks_images(&self) -> bool {
        self.groups.iter().any(|group| group.parts.checks)
    }

    fn goes_by_price(&self) -> bool {
        self.groups.iter().any(|group| group.router.goes_by_price())
    }
}
