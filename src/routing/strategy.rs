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
use super::hedge::{Hedge, Took};
use super::retry::Retry;
use super::router::{Heed, Router};
use crate::dist::QuantileTable;
use crate::model::{ClassId, DeploymentId, Stage, Status, Statuses};
use crate::units::{SimDuration, SimTime, Usd};

/// Everything the client decides.
#[expect(clippy::struct_excessive_bools, reason = "worked out beforehand, each asked on its own in the hot loop")]
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
    pub(super) hedge: Option<Hedge>,
    pub(super) timeout: SimDuration,
    pub(super) deadline: Option<SimDuration>,
    /// Whether it reads a retry-after in whole seconds, as the header of HTTP has it.
    pub(super) whole_seconds: bool,
    /// Whether it takes a success without an image for the refusal that it is.
    pub(super) counts_images: bool,
    pub(super) migration: Option<Migration>,
    pub(super) quotes: Option<Quotes>,
    /// Whether it leaves nothing out, remembers nothing and goes nowhere after a group: see [`is_plain`](Self::is_plain).
    pub(super) plain: bool,
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
    /// By the number of the request; empty for a plain strategy.
    more: Vec<More>,
    /// How long answers took, for a strategy that hedges.
    took: Took,
}

impl<S> State<S> {
    /// When this deployment is no longer cooling: in the past where it is not. `None` without cooldowns.
    pub fn cools_until(&self, deployment: DeploymentId) -> Option<SimTime> {
        self.health.get(deployment.index()).map(Health::until)
    }
}

/// What a strategy that is not plain remembers of a request beside its memo, which is kept small.
#[derive(Debug, Clone, Copy, Default)]
struct More {
    /// When the request arrived, and when the attempt under way was sent.
    arrived: SimTime,
    sent: SimTime,
    /// Targets that are left out while there is another.
    skipped: Among,
    /// Targets at which attempts in a race are under way, and how many copies were sent.
    racing: Among,
    copies: u8,
    /// The way through groups; begun when the request leaves its first.
    walk: Walk,
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
    /// Targets whose attempts are used up.
    used: Among,
}

/// What comes after a wait.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Then {
    /// An attempt.
    #[default]
    Attempt,
    /// The same call once more.
    Call,
    /// Another attempt beside those under way.
    Copy,
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

    /// What is remembered of the request beside its memo.
    #[inline]
    fn more(&mut self) -> &mut More {
        &mut self.state.more[self.ask.number as usize]
    }

    /// The request arrives.
    fn arrived(&mut self) -> Action {
        let (number, now) = (self.ask.number as usize, self.view.now);
        if self.state.more.len() <= number {
            self.state.more.resize(number + 1, More::default());
        }
        let more = self.more();
        (more.arrived, more.skipped, more.racing, more.copies) = (now, Among::NONE, Among::NONE, 0);
        self.attempt()
    }

    /// What happens to a request after it has arrived.
    #[inline(never)]
    fn later(&mut self, heard: Heard) -> Action {
        if let Heard::Ended(Ended { race: Some((target, sent)), .. }) = heard {
            self.left_the_race(target, sent);
        }
        match heard {
            Heard::Ended(Ended { status: Status::Delivered, pleases, .. }) => self.delivered(pleases),
            Heard::Ended(ended) => self.ended(&ended),
            Heard::Arrived | Heard::Due => self.after_wait(),
        }
    }

    /// How much is left of the time for the whole request; `None` where there is no end to it.
    fn time_left(&mut self) -> Option<SimDuration> {
        let deadline = self.strategy.deadline?;
        Some((self.more().arrived + deadline).since(self.view.now))
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
        let skipped = if strategy.plain { Among::NONE } else { self.more().skipped };
        let mut among = left;
        if group.filters || !skipped.is_empty() {
            let health = (strategy.cooldown.as_ref(), &*self.state.health);
            match group.choice(left, skipped, self.memo.run.order, health, self.view) {
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
        Step::Do(self.begin())
    }

    /// Sends the first call of an attempt.
    #[inline]
    fn begin(&mut self) -> Action {
        let action = self.send();
        let group = &self.strategy.groups[usize::from(self.memo.run.group)];
        if group.parts.heeds && matches!(action, Action::Attempt { .. } | Action::Race { .. }) {
            self.more().sent = self.view.now;
            let router = &mut self.state.routers[usize::from(self.memo.run.group)];
            group.router.sent(router, usize::from(self.memo.target), self.ask, self.view);
        }
        action
    }

    /// Sends a call to the target that was picked.
    #[inline]
    fn send(&mut self) -> Action {
        let strategy = self.strategy;
        let mut timeout = strategy.timeout;
        if let Some(left) = self.time_left() {
            if left <= SimDuration::ZERO {
                return Action::GiveUp(Status::TimedOut);
            }
            timeout = timeout.min(left);
        }
        let deployment = self.group().target(usize::from(self.memo.target));
        match &strategy.hedge {
            None => Action::Attempt { deployment, timeout },
            Some(hedge) => self.send_into_a_race(hedge, deployment, timeout),
        }
    }

    /// Sends a call that others may be sent beside.
    fn send_into_a_race(&mut self, hedge: &Hedge, deployment: DeploymentId, timeout: SimDuration) -> Action {
        let target = self.memo.target;
        let delay = hedge.delay(&self.state.took);
        let more = self.more();
        more.racing = more.racing.with(usize::from(target));
        let wake = delay.filter(|_| more.copies < hedge.copies);
        self.memo.then = Then::Copy;
        Action::Race { deployment, timeout, target, wake }
    }

    /// Another attempt beside those under way, where there is a target for it.
    fn copy(&mut self) -> Action {
        let (strategy, racing) = (self.strategy, self.more().racing);
        let group = &strategy.groups[usize::from(self.memo.run.group)];
        let left = group.all.without(self.memo.used);
        let same = strategy.hedge.is_some_and(|hedge| hedge.same);
        let elsewhere = left.without(racing).or(if same { left } else { Among::NONE });
        let health = (strategy.cooldown.as_ref(), &*self.state.health);
        let Choice::Among(mut among) = group.choice(elsewhere, Among::NONE, self.memo.run.order, health, self.view) else {
            return Action::Hold;
        };
        let router = &mut self.state.routers[usize::from(self.memo.run.group)];
        if group.parts.limits {
            let Ok(admitted) = group.router.admits(router, among, self.ask, self.view) else { return Action::Hold };
            among = admitted;
        }
        self.memo.target = group.router.pick(router, among, self.ask, self.view, self.luck) as u8;
        self.more().copies += 1;
        self.begin()
    }

    /// An attempt in a race has ended.
    fn left_the_race(&mut self, target: u8, sent: SimTime) {
        self.memo.target = target;
        let more = self.more();
        more.sent = sent;
        more.racing = more.racing.without(Among::NONE.with(usize::from(target)));
    }

    /// Waits, but not beyond the deadline of the whole request.
    fn wait(&mut self, wait: SimDuration, then: Then) -> Action {
        self.memo.then = then;
        let Some(left) = self.time_left() else { return Action::Wait(wait) };
        if left <= SimDuration::ZERO { Action::GiveUp(Status::TimedOut) } else { Action::Wait(wait.min(left)) }
    }

    fn after_wait(&mut self) -> Action {
        match std::mem::take(&mut self.memo.then) {
            Then::Attempt => self.attempt(),
            Then::Copy => self.copy(),
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
        if self.strategy.hedge.is_some() {
            let took = self.view.now.since(self.more().sent);
            self.state.took.note(took);
            // The engine calls the others off.
            let winner = self.memo.target;
            for target in self.more().racing.iter() {
                self.memo.target = target as u8;
                self.tell_router(Status::CalledOff);
            }
            self.memo.target = winner;
        }
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
            let took = self.view.now.since(self.more().sent);
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
        if self.strategy.hedge.is_some() {
            if !self.more().racing.is_empty() {
                self.memo.then = Then::Copy;
                return Action::Hold;
            }
            self.more().copies = 0;
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
            self.more().skipped = self.more().skipped.with(target);
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
                self.memo.used = Among::NONE;
                self.more().skipped = Among::NONE;
                Step::Attempt
            }
            Err(status) => Step::Do(Action::GiveUp(status)),
        }
    }

    /// The way of this request through groups, begun where it leaves its first.
    fn walk(&mut self) -> &mut Walk {
        if !self.memo.walks {
            self.memo.walks = true;
            self.more().walk = Walk::new(self.memo.run.group);
        }
        &mut self.more().walk
    }
}

/// A time as the header of HTTP has it: in whole seconds, rounded up (RFC 9110, 10.2.3).
const fn whole_seconds(time: SimDuration) -> SimDuration {
    const SECOND: i64 = 1_000_000;
    SimDuration::from_micros((time.micros() + SECOND - 1) / SECOND * SECOND)
}

impl<R: Router> Strategy<R> {
    /// Whether nothing but routers and retries is asked of it.
    pub(super) fn is_plain(&self) -> bool {
        let groups = |group: &Group<R>| !group.filters && !group.parts.limits && !group.parts.heeds && !group.parts.checks;
        let skips = self.retry.skips != Statuses::NONE;
        let parts = self.falls_back || skips || self.deadline.is_some() || self.cooldown.is_some() || self.hedge.is_some();
        self.groups.iter().all(groups) && !parts
    }

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
            more: Vec::new(),
            took: Took::default(),
        }
    }

    fn reset(&self, state: &mut Self::State) {
        for (group, router) in self.groups.iter().zip(&mut state.routers) {
            *router = group.router.state();
        }
        state.health.fill(Health::default());
        state.took = Took::default();
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
        match heard {
            Heard::Arrived => {
                let run = self.table[ask.class.index() * 2 + ask.stage as usize];
                memo.run.group = run;
                if !self.plain {
                    return Turn { strategy: self, ask, memo, state, view, luck }.arrived();
                }
                // Nothing is left out, and nothing remembered: the shortest way to what most requests need.
                let group = &self.groups[usize::from(run)];
                let target = group.router.pick(&mut state.routers[usize::from(run)], group.all, ask, view, luck);
                memo.target = target as u8;
                Action::Attempt { deployment: group.target(target), timeout: self.timeout }
            }
            Heard::Ended(Ended { status: Status::Delivered, .. }) if self.plain => Action::Deliver,
            later => Turn { strategy: self, ask, memo, state, view, luck }.later(later),
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
