//! One strategy over one replication.
//!
//! Journeys are fed in chunks, in order of arrival; after the last one everything under way is followed to its end, so
//! that no cost and no outcome is cut off at the horizon: a replication accounts for the journeys that arrive in it.

use super::slots::Slots;
use super::{Calendar, Closed, Event, EventClass, Observer, Plan};
use crate::model::{Answer, Cause, Charge, DeploymentId, Outcome, Stage};
use crate::provider::{Attempt, Providers, Usage};
use crate::random::{Key, Purpose};
use crate::routing::{Action, Ask, Client, Ended, Heard, Luck, Sight, View};
use crate::units::{SimDuration, SimTime};
use crate::workload::{Arrival, Journey, Next, Progress};

/// How many journeys make a chunk.
pub const CHUNK: usize = 128;

/// The keys of the draws made while simulating.
#[derive(Debug, Clone, Copy)]
struct Keys {
    attempt: Key,
    prompt: Key,
    user: Key,
}

impl Keys {
    const fn new(seed: u64, replication: u32) -> Self {
        Self {
            attempt: Key::new(seed, replication, Purpose::Attempt),
            prompt: Key::new(seed, replication, Purpose::Prompt),
            user: Key::new(seed, replication, Purpose::User),
        }
    }
}

/// A journey under way.
#[derive(Debug, Clone, Copy)]
struct Slot<M> {
    journey: Journey,
    progress: Progress,
    /// When the request under way was sent.
    opened: SimTime,
    /// Attempts made for it.
    attempts: u16,
    /// Where the attempt under way is.
    deployment: DeploymentId,
    /// How it will end.
    outcome: Outcome,
    memo: M,
}

/// One strategy over one replication; reused for the next by [`reset`](Self::reset).
#[derive(Debug)]
pub struct Simulation<'p, C: Client, O> {
    plan: &'p Plan,
    client: &'p C,
    observer: O,
    keys: Keys,
    calendar: Calendar,
    sequence: u64,
    slots: Slots<Slot<C::Memo>>,
    providers: Providers,
    sights: Box<[Sight]>,
}

impl<'p, C: Client, O: Observer> Simulation<'p, C, O> {
    /// A simulation of this strategy under this plan, to be [`reset`](Self::reset) to a replication.
    pub fn new(plan: &'p Plan, client: &'p C, observer: O) -> Self {
        Self {
            plan,
            client,
            observer,
            keys: Keys::new(0, 0),
            calendar: Calendar::default(),
            sequence: 0,
            slots: Slots::new(),
            providers: Providers::new(&plan.limits),
            sights: vec![Sight::default(); plan.deployments.len()].into(),
        }
    }

    /// Goes to the start of a replication and keeps all memory.
    pub fn reset(&mut self, seed: u64, replication: u32) {
        self.keys = Keys::new(seed, replication);
        self.calendar.clear();
        self.sequence = 0;
        self.slots.clear();
        self.providers.reset(&self.plan.limits);
        self.sights.fill(Sight::default());
    }

    /// Who listens.
    pub const fn observer(&mut self) -> &mut O {
        &mut self.observer
    }

    /// Journeys under way.
    pub fn under_way(&self) -> usize {
        self.slots.in_use()
    }

    /// Runs until the last of these journeys has arrived. They are in order, and after all earlier ones.
    pub fn advance(&mut self, arrivals: &[Arrival]) {
        for arrival in arrivals {
            self.run_before(Event::new(arrival.journey.arrival, EventClass::Arrival, 0, 0));
            self.arrive(arrival);
        }
    }

    /// Runs until nothing is under way.
    pub fn drain(&mut self) {
        while let Some(event) = self.calendar.pop() {
            self.happen(event);
        }
    }

    #[inline]
    fn run_before(&mut self, bound: Event) {
        while let Some(event) = self.calendar.pop_before(bound) {
            self.happen(event);
        }
    }

    #[inline]
    fn happen(&mut self, event: Event) {
        let (now, number) = (event.at(), event.number());
        match event.class() {
            EventClass::Completion => self.complete(number, now),
            EventClass::Release => self.providers.release(&self.plan.deployments, DeploymentId(number as u16)),
            EventClass::Due => {
                let luck = self.luck(number);
                self.decide(number, Heard::Due, luck, now);
            }
            EventClass::Ask | EventClass::Arrival => self.request(number, now),
        }
    }

    #[inline]
    fn schedule(&mut self, at: SimTime, class: EventClass, number: u32) {
        self.calendar.push(Event::new(at, class, self.sequence, number));
        self.sequence += 1;
    }

    #[inline]
    fn arrive(&mut self, Arrival { journey, luck }: &Arrival) {
        let slot = Slot {
            journey: *journey,
            progress: Progress::first(self.plan.workload.first_stage()),
            opened: journey.arrival,
            attempts: 0,
            deployment: DeploymentId(0),
            outcome: Outcome::Delivered,
            memo: C::Memo::default(),
        };
        self.observer.journey_begins(journey.arrival);
        self.observer.requested(slot.progress.stage, journey.arrival);
        let number = self.slots.insert(slot);
        let luck = Luck::known(self.keys.attempt, slot.progress.request(journey.id), 0, *luck);
        self.decide(number, Heard::Arrived, luck, journey.arrival);
    }

    /// The next request of the journey is sent to the client.
    #[inline]
    fn request(&mut self, number: u32, now: SimTime) {
        let slot = self.slots.get(number);
        (slot.opened, slot.attempts, slot.memo) = (now, 0, C::Memo::default());
        self.observer.requested(slot.progress.stage, now);
        let luck = self.luck(number);
        self.decide(number, Heard::Arrived, luck, now);
    }

    #[inline]
    fn complete(&mut self, number: u32, now: SimTime) {
        let Slot { deployment, outcome, .. } = *self.slots.get(number);
        if outcome != Outcome::TimedOut {
            self.providers.release(&self.plan.deployments, deployment);
        }
        let ended = Ended { deployment, outcome, retry_after: SimDuration::ZERO };
        let luck = self.luck(number);
        self.decide(number, Heard::Ended(ended), luck, now);
    }

    /// The draws of the request's next attempt.
    #[inline]
    fn luck(&mut self, number: u32) -> Luck {
        let slot = self.slots.get(number);
        Luck::new(self.keys.attempt, slot.progress.request(slot.journey.id), slot.attempts)
    }

    /// Tells the client and carries out what it says, until the request waits for something or is over. `luck` is that of
    /// the next attempt.
    #[inline]
    fn decide(&mut self, number: u32, mut heard: Heard, mut luck: Luck, now: SimTime) {
        loop {
            let slot = self.slots.get(number);
            let Journey { class, images, tokens, .. } = slot.journey;
            let ask = Ask { class, stage: slot.progress.stage, images, tokens };
            let view = View { now, sights: &self.sights };
            match self.client.next(heard, &ask, &mut slot.memo, &view, &mut luck) {
                Action::Attempt { deployment, timeout } => match self.attempt(number, deployment, timeout, &mut luck, now) {
                    Some(ended) => (heard, luck) = (Heard::Ended(ended), self.luck(number)),
                    None => return,
                },
                Action::Wait(wait) => return self.schedule(now + wait, EventClass::Due, number),
                Action::Deliver => return self.close(number, Outcome::Delivered, now),
                Action::GiveUp(outcome) => return self.close(number, outcome, now),
            }
        }
    }

    /// Sends an attempt. What is rejected has ended at once; of everything else the end is scheduled.
    #[inline]
    fn attempt(&mut self, number: u32, to: DeploymentId, timeout: SimDuration, luck: &mut Luck, now: SimTime) -> Option<Ended> {
        let slot = self.slots.get(number);
        slot.attempts += 1;
        let stage = slot.progress.stage;
        let shape = if stage == Stage::Draft { slot.journey.draft } else { slot.journey.last };
        let usage = Usage::of(shape, slot.journey.images, slot.journey.tokens);
        let attempt = Attempt { deployment: to, usage, prompt: slot.progress.prompt(&slot.journey, self.keys.prompt), timeout };
        let answer = self.providers.submit(&self.plan.deployments, &self.plan.limits, &attempt, now, luck.block());
        self.observer.attempted(to, &answer, now);
        let fate = match answer {
            Answer::Rejected { retry_after } => {
                // A small request may be told to come back sooner than a large one before it; that takes nothing back.
                let until = &mut self.sights[to.index()].retry_after_until;
                *until = (*until).max(now + retry_after);
                return Some(Ended { deployment: to, outcome: Outcome::RateLimited, retry_after });
            }
            Answer::Accepted(fate) => fate,
        };
        (slot.deployment, slot.outcome) = (to, fate.outcome);
        if fate.charge.picos() != 0 {
            let cause = Cause::of(fate.outcome);
            self.observer.charged(&Charge { payee: to.into(), stage: Some(stage), cause, amount: fate.charge, doubt: None }, now);
        }
        self.schedule(fate.ends, EventClass::Completion, number);
        if fate.outcome == Outcome::TimedOut && !self.plan.deployments[to.index()].limits.places().is_empty() {
            self.schedule(fate.released, EventClass::Release, u32::from(to.0));
        }
        None
    }

    /// The request is over: the user goes on, or the journey is over too.
    #[inline]
    fn close(&mut self, number: u32, outcome: Outcome, now: SimTime) {
        let slot = self.slots.get(number);
        let Slot { journey, progress, attempts, deployment, .. } = *slot;
        let took = now.since(slot.opened);
        self.observer.closed(&Closed { stage: progress.stage, images: journey.images, attempts, took, outcome }, now);
        let delivered = outcome == Outcome::Delivered;
        let next = match &self.plan.workload.journeys {
            None => Next::Done { accepted: delivered },
            Some(users) if delivered => {
                let is_final = journey.draft == journey.last && self.client.serves_final(journey.class, deployment);
                let acceptance = self.plan.deployments[deployment.index()].acceptance;
                users.delivered(&journey, progress, acceptance, is_final, self.keys.user)
            }
            Some(users) => users.lost(&journey, progress, self.keys.user),
        };
        match next {
            Next::Ask { progress, after } => {
                slot.progress = progress;
                self.schedule(now + after, EventClass::Ask, number);
            }
            Next::Done { accepted } => {
                self.slots.remove(number);
                self.observer.journey_ends(accepted, now.since(journey.arrival), now);
            }
        }
    }
}
