//! One turn of a client: something has happened to a request, and it decides what comes next.
//!
//! The order in which things are asked is that of LiteLLM's Router: what is cooling is left out, then all but the lowest order,
//! then what has refused this request; then the router picks. After an error come retries inside the attempt, then retries in
//! the group, then the next order or group. Each of these is a part of its own; this file puts them in order.

use super::among::Among;
use super::client::{Action, Ask, Ended, Heard, Luck, View};
use super::defer::Batch;
use super::fallbacks::Walk;
use super::group::{Choice, Group};
use super::note::{Enough, Note};
use super::parallel::Entry;
use super::router::{Heed, Router};
use super::strategy::{Memo, More, State, Strategy, Then};
use crate::model::Status;
use crate::units::SimDuration;

/// What to do next: go round once more, or act.
pub(super) enum Step {
    Attempt,
    Do(Action),
}

/// One turn of a client: what it decides on, and what it may look at.
pub(super) struct Turn<'a, R: Router> {
    pub(super) strategy: &'a Strategy<R>,
    pub(super) ask: &'a Ask,
    pub(super) memo: &'a mut Memo,
    pub(super) state: &'a mut State<R::State>,
    pub(super) view: &'a View<'a>,
    pub(super) luck: &'a mut Luck,
}

impl<R: Router> Turn<'_, R> {
    #[inline]
    pub(super) fn group(&self) -> &Group<R> {
        &self.strategy.groups[usize::from(self.memo.run.group)]
    }

    /// Notes a rule that fires.
    #[inline]
    pub(super) fn note(&mut self, note: impl FnOnce(&mut Self) -> Note) {
        if self.strategy.notes {
            let note = note(self);
            self.state.notes.push(note);
        }
    }

    /// What a group is asked for.
    #[cold]
    fn asked(&self, left: Among, among: Among) -> Note {
        let healthy = self.group().healthy(self.strategy.cooldown.as_ref(), &self.state.health, self.view);
        let (failing, cooldown) = (self.group().failing(left, self.view), self.strategy.cooldown.as_ref());
        let open = left.without(failing).only(|at| healthy.has(at));
        let ramping = self.group().ramping(open, cooldown, &self.state.health, self.view, self.luck);
        Note::Asked { run: self.memo.run, left, cooling: left.without(healthy), failing, ramping, among }
    }

    /// What is remembered of the request beside its memo.
    #[inline]
    pub(super) fn more(&mut self) -> &mut More {
        &mut self.state.more[self.ask.number as usize]
    }

    /// The request arrives.
    fn arrived(&mut self) -> Action {
        let (number, now) = (self.ask.number as usize, self.view.now);
        if self.state.more.len() <= number {
            self.state.more.resize(number + 1, More::default());
        }
        let more = self.more();
        (more.arrived, more.skipped, more.batch) = (now, Among::NONE, Batch::None);
        if self.strategy.hedge.is_some() {
            self.state.races.begin(number);
        }
        match &self.strategy.cache {
            None => self.enter(),
            Some(cache) => self.arrived_at_cache(cache),
        }
    }

    /// A request that is to be sent at once: it is let in, or waits for that.
    pub(super) fn let_in(&mut self) -> Action {
        self.counts_as_request();
        let Some(requests) = &self.strategy.requests else { return self.attempt() };
        let entry = self.state.line.enter(requests, self.ask.class.index(), self.ask.number);
        self.more().let_in = entry == Entry::Goes;
        match entry {
            Entry::Goes => self.attempt(),
            Entry::Shed => Action::GiveUp(Status::Shed),
            Entry::Waits => {
                self.memo.then = Then::LetIn;
                self.note(|_| Note::InLine);
                requests.patience.map_or(Action::Hold, Action::Wait)
            }
        }
    }

    /// After the wait to be let in: it has been, or has waited long enough.
    fn after_the_queue(&mut self) -> Action {
        if self.more().let_in {
            return self.attempt();
        }
        self.state.line.give_up(self.ask.number);
        Action::GiveUp(Status::Shed)
    }

    /// Where this request is over, nothing more is waited for, and there is room for the next.
    fn make_room(&mut self, action: Action) -> Action {
        let over = matches!(action, Action::Deliver | Action::GiveUp(_) | Action::Serve { .. });
        if over && !self.strategy.plain {
            if self.strategy.hedge.is_some() {
                self.calls_off_the_others();
            }
            self.leaves();
        }
        action
    }

    fn leaves(&mut self) {
        if self.strategy.requests.is_some() && self.more().let_in {
            self.state.line.leave();
            self.more().let_in = false;
        }
        self.no_longer_counts();
    }

    /// What happens to a request after it has arrived.
    #[inline(never)]
    pub(super) fn later(&mut self, heard: &Heard) -> Action {
        if self.memo.refused > 0 {
            self.luck.again(self.memo.refused);
        }
        let action = if self.strategy.plain { self.goes_on(heard) } else { self.later_with_parts(heard) };
        match action {
            // No provider calls anything else a bad request: whatever the client takes it for, it was refused.
            Action::GiveUp(Status::BadRequest) if !self.strategy.tells_refusals => Action::GiveUp(Status::Filtered),
            other => other,
        }
    }

    /// The same for a strategy that may have caches, batches and a queue.
    fn later_with_parts(&mut self, heard: &Heard) -> Action {
        let action = match &self.strategy.cache {
            None => self.goes_on_with_batches(heard),
            Some(cache) => self.later_with_cache(cache, heard),
        };
        self.make_room(action)
    }

    /// The same, where neither a cache nor a batch has to do with it.
    pub(super) fn goes_on(&mut self, heard: &Heard) -> Action {
        if let Heard::Ended(Ended { race: Some((target, sent)), .. }) = *heard {
            self.left_the_race(target, sent);
        }
        match heard {
            Heard::Ended(Ended { status: Status::Delivered, pleases, .. }) => self.delivered(*pleases),
            Heard::Ended(ended) => self.ended(ended),
            Heard::Arrived => self.arrived(),
            Heard::Due => self.after_wait(),
            Heard::Sent => self.races(),
        }
    }

    /// How much is left of the time for the whole request; `None` where there is no end to it.
    pub(super) fn time_left(&mut self) -> Option<SimDuration> {
        let deadline = self.strategy.deadline.as_ref()?.of(self.ask)?;
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
        if let Some(budgets) = &strategy.budgets {
            among = self.within_budgets(budgets, left);
            if self.all_spent(left, among) {
                self.note(|turn| turn.asked(left, Among::NONE));
                self.note(|_| Note::Limited(Status::OverBudget));
                return self.refused(Status::OverBudget, None, None);
            }
        }
        if group.filters || !skipped.is_empty() {
            let health = (strategy.cooldown.as_ref(), &*self.state.health, &*self.state.between);
            match group.choice(among, skipped, self.memo.run.order, health, self.view, self.luck) {
                Choice::Among(some) => among = some,
                Choice::None => {
                    self.note(|turn| turn.asked(left, Among::NONE));
                    return self.refused(Status::NoneLeft, None, None);
                }
                Choice::Later(time) => {
                    self.note(|turn| turn.asked(left, Among::NONE));
                    return Step::Do(self.wait(time.since(self.view.now), Then::Attempt));
                }
            }
        }
        self.note(|turn| turn.asked(left, among));
        let router = &mut self.state.routers[usize::from(self.memo.run.group)];
        if group.manner.has_limits {
            match group.router.admits(router, among, self.ask, self.view) {
                Ok(admitted) => among = admitted,
                Err(refusal) => {
                    self.note(|_| Note::Limited(refusal.status));
                    return self.refused(refusal.status, refusal.retry_after, None);
                }
            }
        }
        let target = group.pick(router, among, self.ask, self.view, self.luck);
        self.memo.target = target as u8;
        self.note(|_| Note::Picked(target as u8));
        if let Some(step) = strategy.budgets.as_ref().and_then(|budgets| self.over_budget(budgets)) {
            return step;
        }
        if group.is_full(target, &self.state.between, self.view) {
            self.note(|_| Note::Limited(Status::RateLimited));
            return self.refused(Status::RateLimited, None, Some(target));
        }
        Step::Do(self.begin())
    }

    /// Sends the first call of an attempt.
    #[inline]
    pub(super) fn begin(&mut self) -> Action {
        let action = self.send();
        let group = &self.strategy.groups[usize::from(self.memo.run.group)];
        let sent = matches!(action, Action::Attempt { .. } | Action::Race { .. });
        if let Some(budgets) = self.strategy.budgets.as_ref().filter(|_| sent) {
            let (target, price) = (group.target(usize::from(self.memo.target)), self.more().price);
            self.state.accounts.sends(budgets, self.ask, target, price);
        }
        if group.manner.heeds && sent {
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
        match strategy.hedge {
            None => Action::Attempt { deployment, timeout },
            Some(_) => self.send_into_a_race(deployment, timeout),
        }
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
            Then::LetIn => self.after_the_queue(),
            Then::Call => {
                self.keeps_its_place(u32::saturating_sub);
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
        }
        if let Some(cooldown) = &self.strategy.cooldown {
            let target = self.group().target(usize::from(self.memo.target));
            self.state.health[target.index()].succeeded(cooldown, self.view.now);
        }
        if self.group().manner.checks_images && self.sends_back(pleases) {
            // What is under way may please.
            return if self.still_races() { Action::Hold } else { self.attempt() };
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
        self.note(|_| Note::SentBack);
        true
    }

    pub(super) fn tell_router(&mut self, status: Status) {
        if let Some(budgets) = &self.strategy.budgets {
            let target = self.group().target(usize::from(self.memo.target));
            let booked = (self.more().price, status == Status::Delivered);
            self.state.accounts.ends(budgets, self.ask, target, booked, self.view.now);
        }
        let group = &self.strategy.groups[usize::from(self.memo.run.group)];
        if group.manner.heeds {
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
        let status = strategy.read(ended.status);
        if let Some(action) = self.call_again(status, asked) {
            if matches!(action, Action::GiveUp(_)) {
                self.tell_router(status);
            }
            return action;
        }
        self.tell_router(status);
        let target = usize::from(self.memo.target);
        if let Some(cooldown) = &strategy.cooldown {
            let group = self.group();
            let own = group.cools.get(target).copied().flatten();
            let (alone, deployment) = (group.all.len() == 1, group.target(target));
            let health = &mut self.state.health[deployment.index()];
            health.failed(cooldown, (status, asked), (own, alone), self.view.now);
            let until = health.until();
            if until > self.view.now {
                self.note(|_| Note::Cools { target: target as u8, until });
            }
        }
        if self.still_races() {
            return Action::Hold;
        }
        match self.failed(status, asked, Some(target)) {
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
        self.note(|turn| Note::Calls { call: turn.memo.calls + 1, most: calls.most, wait });
        if wait <= SimDuration::ZERO {
            return Some(self.send());
        }
        let action = self.wait(wait, Then::Call);
        if matches!(action, Action::Wait(_)) {
            self.keeps_its_place(u32::saturating_add);
        }
        Some(action)
    }

    /// An attempt keeps its place at its target while it waits for the next call.
    pub(super) fn keeps_its_place(&mut self, count: fn(u32, u32) -> u32) {
        let target = self.group().target(usize::from(self.memo.target));
        if let Some(between) = self.state.between.get_mut(target.index()) {
            *between = count(*between, 1);
        }
    }

    /// The same for an attempt that ends before a call, by what the client limits itself: the next try has draws of its own.
    #[cold]
    fn refused(&mut self, status: Status, asked: Option<SimDuration>, target: Option<usize>) -> Step {
        self.memo.refused = self.memo.refused.saturating_add(1);
        self.luck.again(self.memo.refused);
        self.failed(status, asked, target)
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
            let why = if set_apart { Enough::SetApart } else { Enough::NotCovered(status) };
            self.note(|_| Note::Enough(if allowed == 1 { Enough::UsedUp(1) } else { why }));
            return self.leave(status);
        }
        if let Some(target) = target.filter(|_| retry.skips.has(status)) {
            self.more().skipped = self.more().skipped.with(target);
        }
        let (tries, last) = (self.memo.tries, self.memo.tries >= allowed);
        if !self.may_retry(last) {
            self.note(|_| Note::Enough(Enough::BudgetUsedUp));
            return self.leave(status);
        }
        if last {
            self.note(|_| Note::Enough(Enough::UsedUp(allowed)));
        }
        if last && !retry.trailing {
            return self.leave(status);
        }
        let wait = retry.wait(self.memo.tries, asked, (size, healthy), || self.luck.jitter());
        self.note(|_| if last { Note::Trails(wait) } else { Note::Again { tries, allowed, wait } });
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
                self.note(|_| Note::NextLevel);
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
                self.note(|_| Note::Falls(run));
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
