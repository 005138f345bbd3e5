//! One strategy over one replication.
//!
//! Journeys are fed in chunks, in order of arrival; after the last one everything under way is followed to its end, so
//! that no cost and no outcome is cut off at the horizon: a replication accounts for the journeys that arrive in it.

use super::checks::Checks;
use super::flight::{FLIGHT, Flight, NO_FLIGHT};
use super::migration::Moves;
use super::prices::Prices;
use super::slots::Slots;
use super::{Calendar, Closed, Event, EventClass, Observer, Over, Plan};
use crate::model::{Accepted, Answer, Cause, Charge, DeploymentId, Outcome, Place, Stage, Status};
use crate::provider::{Attempt, Details, Extra, Market, Providers, Usage};
use crate::random::{Key, Purpose};
use crate::routing::{Action, Ask, Client, Ended, Heard, Known, Luck, Sight, View};
use crate::units::{SimDuration, SimTime, Usd};
use crate::workload::{Arrival, Journey, Journeys, Next, Progress};

const NEVER: SimTime = SimTime::from_micros(i64::MAX);

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
pub(super) struct Slot<M> {
    pub(super) journey: Journey,
    pub(super) progress: Progress,
    /// The request under way, as the client knows it.
    pub(super) ask: Ask,
    /// When the request under way was sent.
    opened: SimTime,
    /// Attempts made for it.
    attempts: u16,
    /// Where the client sent the attempt under way, by the name that its router has for it.
    pub(super) deployment: DeploymentId,
    /// What it holds there.
    pub(super) place: Place,
    /// How it will end.
    pub(super) outcome: Outcome,
    /// Whether it will look like a success, and be none.
    pub(super) empty: bool,
    /// What it was billed for certain.
    billed: Usd,
    memo: M,
    /// The first of its attempts in a race, or [`NO_FLIGHT`].
    pub(super) flights: u32,
    /// When the client wants to be woken; what was scheduled for another time no longer counts.
    pub(super) wake: SimTime,
}

impl<M: Default> Slot<M> {
    /// A slot that a journey is to be put into.
    fn blank(journey: &Journey) -> Self {
        Self {
            journey: *journey,
            progress: Progress::first(Stage::Final),
            ask: Ask::PLAIN,
            opened: SimTime::START,
            attempts: 0,
            deployment: DeploymentId(0),
            place: Place::all(DeploymentId(0)),
            outcome: Outcome::Delivered,
            empty: false,
            billed: Usd::ZERO,
            memo: M::default(),
            flights: NO_FLIGHT,
            wake: NEVER,
        }
    }
}

/// One strategy over one replication; reused for the next by [`reset`](Self::reset).
#[expect(clippy::struct_excessive_bools, reason = "worked out beforehand, each asked on its own in the hot loop")]
#[derive(Debug)]
pub struct Simulation<'p, C: Client, O> {
    pub(super) plan: &'p Plan,
    pub(super) client: &'p C,
    pub(super) observer: O,
    keys: Keys,
    calendar: Calendar,
    sequence: u64,
    pub(super) slots: Slots<Slot<C::Memo>>,
    /// Attempts in races.
    pub(super) flights: Slots<Flight>,
    pub(super) providers: Providers,
    /// Whether what becomes of an attempt may depend on its details.
    closely: bool,
    /// Whether anybody looks at prompts, whether the client checks images, and whether it hands on what is delivered at once.
    reads: bool,
    hands_on: bool,
    checks: bool,
    /// Whether the client wakes requests itself.
    wakes: bool,
    moves: Moves,
    health: Checks,
    /// When there is something to catch up with: a move, or a check.
    due: SimTime,
    prices: Prices,
    pub(super) known: Known,
    pub(super) state: C::State,
    /// Whether the client keeps budgets, and what was billed for what they saw too late.
    pub(super) guards: bool,
    pub(super) late: Usd,
}

impl<'p, C: Client, O: Observer> Simulation<'p, C, O> {
    /// A simulation of this strategy under this plan, to be [`reset`](Self::reset) to a replication.
    pub fn new(plan: &'p Plan, client: &'p C, observer: O) -> Self {
        let moves = Moves::new(&plan.market, client.migration());
        let state = client.state(plan.market.deployments.len());
        Self {
            plan,
            client,
            observer,
            keys: Keys::new(0, 0),
            calendar: Calendar::default(),
            sequence: 0,
            slots: Slots::new(),
            flights: Slots::new(),
            providers: Providers::new(&plan.market),
            closely: plan.market.looks_closely(),
            reads: client.reads_prompts() || plan.market.looks_closely(),
            checks: client.checks_images(),
            wakes: client.wakes(),
            hands_on: client.hands_on(),
            known: moves.known(&plan.market),
            moves,
            guards: client.guarded(&state).is_some(),
            late: Usd::ZERO,
            state,
            health: Checks::new(&plan.market, client.checks()),
            due: SimTime::START,
            prices: Prices::new(&plan.market, client.goes_by_price(), client.quotes()),
        }
    }

    /// Goes to the start of a replication and keeps all memory.
    pub fn reset(&mut self, seed: u64, replication: u32) {
        self.keys = Keys::new(seed, replication);
        self.calendar.clear();
        self.sequence = 0;
        self.slots.clear();
        self.flights.clear();
        self.providers.reset(&self.plan.market, seed, replication);
        let key = (seed, replication);
        self.moves.reset(&self.plan.market, self.client.migration(), &self.providers, key, &mut self.known);
        self.health.reset(&self.plan.market, &self.moves, key, |id| self.client.may_use(id), &mut self.known);
        self.due = self.moves.next().min(self.health.next());
        self.prices.reset();
        self.known.sights.fill(Sight::default());
        self.known.in_flight.fill(0);
        self.client.reset(&mut self.state);
        self.late = Usd::ZERO;
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
            if self.wakes {
                self.wake_held(arrival.journey.arrival);
            }
        }
    }

    /// Goes on by so many events at most, after the last journey has arrived, and says whether any is left.
    pub fn run_on(&mut self, events: usize) -> bool {
        for _ in 0..events {
            let Some(event) = self.calendar.pop() else { return false };
            self.happen(event);
        }
        true
    }

    /// Runs until nothing is under way.
    pub fn drain(&mut self) {
        while let Some(event) = self.calendar.pop() {
            self.happen(event);
        }
        let (market, client, moves) = (&self.plan.market, self.client, &self.moves);
        let used = |id| moves.span(market, id, |id| client.may_use(id)).is_some_and(|span| span.from < market.horizon);
        self.providers.settle(market, used);
        self.tell_extras(None, false);
        self.tell_guarded();
        let polls = self.prices.polls(&self.plan.market, &self.moves, |id| self.client.may_use(id));
        for (charge, at) in polls {
            self.observer.charged(&charge, at);
        }
        for (charge, at) in self.health.costs(&self.plan.market, &self.providers) {
            self.observer.charged(&charge, at);
        }
        let (payee, end, observer) = (market.client, market.horizon, &mut self.observer);
        client.own_costs(&self.state, end.since(SimTime::START), &mut |cause, amount| {
            observer.charged(&Charge { payee, stage: None, cause, amount, case: None }, end);
        });
    }

    #[inline]
    fn run_before(&mut self, bound: Event) {
        while let Some(event) = self.calendar.pop_before(bound) {
            self.happen(event);
        }
    }

    /// Lets requests go on that the client has woken.
    #[cold]
    fn wake_held(&mut self, now: SimTime) {
        while let Some(number) = self.client.woken(&mut self.state) {
            self.is_due(number, now);
        }
    }

    /// A request hears that it is due, and of no wake that was scheduled before.
    fn is_due(&mut self, number: u32, now: SimTime) {
        self.slots.get(number).wake = NEVER;
        let luck = self.luck(number);
        self.decide(number, Heard::Due, luck, now);
    }

    #[inline]
    fn happen(&mut self, event: Event) {
        let (now, number) = (event.at(), event.number());
        self.occur(event, now, number);
        if self.wakes {
            self.wake_held(now);
        }
    }

    #[inline]
    fn occur(&mut self, event: Event, now: SimTime, number: u32) {
        match event.class() {
            EventClass::Completion if number & FLIGHT != 0 => self.lands(number & !FLIGHT, now),
            EventClass::Completion => self.complete(number, now),
            EventClass::Release => self.providers.release(&self.plan.market, Place::of_number(number)),
            EventClass::Due => {
                if self.slots.get(number).wake == now {
                    self.is_due(number, now);
                }
            }
            EventClass::Ask | EventClass::Arrival => self.request(number, now),
        }
    }

    #[expect(clippy::inline_always, reason = "measured: 30 instructions a request")]
    #[inline(always)]
    fn schedule(&mut self, at: SimTime, class: EventClass, number: u32) {
        self.calendar.push(Event::new(at, class, self.sequence, number));
        self.sequence += 1;
    }

    #[inline]
    fn arrive(&mut self, Arrival { journey, luck }: &Arrival) {
        let progress = Progress::first(self.plan.workload.first_stage());
        let number = self.slots.claim(|| Slot::blank(journey));
        let slot = self.slots.get(number);
        slot.journey = *journey;
        (slot.progress, slot.flights, slot.wake) = (progress, NO_FLIGHT, NEVER);
        self.observer.journey_begins(journey.arrival);
        let luck = Luck::known(self.keys.attempt, progress.request(journey.id), 0, *luck);
        self.ask(number, luck, journey.arrival);
    }

    /// The next request of the journey is sent to the client.
    #[inline]
    fn request(&mut self, number: u32, now: SimTime) {
        let slot = self.slots.get(number);
        let luck = Luck::new(self.keys.attempt, slot.progress.request(slot.journey.id), 0);
        self.ask(number, luck, now);
    }

    /// A request is sent to the client.
    #[expect(clippy::inline_always, reason = "measured, with what the client decides first: 30 instructions a request")]
    #[inline(always)]
    fn ask(&mut self, number: u32, luck: Luck, now: SimTime) {
        let slot = self.slots.get(number);
        let Slot { journey, progress, .. } = slot;
        let Journey { class, images, tokens, .. } = *journey;
        let stage = progress.stage;
        let (shape, user, prompt) = (progress.shape(journey), journey.user(), progress.prompt(journey, self.keys.prompt));
        slot.ask = Ask { number, class, stage, images, tokens, shape, user, prompt, category: 0, template: None, first: false };
        (slot.opened, slot.attempts, slot.memo) = (now, 0, C::Memo::default());
        if self.reads {
            self.read(number);
        }
        self.observer.requested(stage, now);
        self.decide(number, Heard::Arrived, luck, now);
    }

    /// What there is to see in the prompt of a request.
    #[inline(never)]
    fn read(&mut self, number: u32) {
        let Slot { journey, progress, ask, .. } = self.slots.get(number);
        ask.category = self.plan.workload.categories.of(ask.prompt);
        ask.template = progress.repeats(journey);
        ask.first = *progress == Progress::first(self.plan.workload.first_stage());
    }

    #[inline]
    fn complete(&mut self, number: u32, now: SimTime) {
        let slot = self.slots.get(number);
        let Slot { deployment, place, outcome, empty, billed, .. } = *slot;
        self.known.in_flight[deployment.index()] -= 1;
        if outcome != Outcome::TimedOut {
            self.providers.release(&self.plan.market, place);
        }
        if outcome == Outcome::Delivered && self.hands_on {
            self.catch_up(now);
            return self.close(number, outcome, false, now);
        }
        if self.guards {
            self.heed_late(number, deployment, (billed, None), now);
        }
        let pleases = self.pleases(number);
        let (status, by) = (Status::of(outcome), place.by);
        let ended = Ended { deployment, by, status, retry_after: None, empty, pleases, race: None };
        let luck = self.luck(number);
        self.decide(number, Heard::Ended(ended), luck, now);
    }

    /// Brings what happens by itself up to now: moves to successors, and health checks.
    #[inline]
    fn catch_up(&mut self, now: SimTime) {
        if self.due <= now {
            self.catch_up_with(now);
        }
    }

    #[cold]
    fn catch_up_with(&mut self, now: SimTime) {
        self.moves.up_to(&self.plan.market, now, &mut self.known);
        self.health.up_to(&self.plan.market, &mut self.providers, now, &mut self.known);
        self.due = self.moves.next().min(self.health.next());
    }

    /// Whether the user would accept the images that the request under way has brought; always, where nobody is asked.
    #[inline]
    pub(super) fn pleases(&mut self, number: u32) -> bool {
        !self.checks || self.is_liked(number)
    }

    #[cold]
    fn is_liked(&mut self, number: u32) -> bool {
        let Slot { journey, progress, place, .. } = *self.slots.get(number);
        let acceptance = self.plan.market.deployments[place.by.index()].acceptance;
        let is_final = self.plan.workload.journeys.is_some() && progress.stage == Stage::Final;
        is_final || Journeys::accepts(&journey, progress, acceptance, self.keys.user)
    }

    /// The draws of the request's next attempt.
    #[inline]
    pub(super) fn luck(&mut self, number: u32) -> Luck {
        let slot = self.slots.get(number);
        Luck::new(self.keys.attempt, slot.progress.request(slot.journey.id), slot.attempts)
    }

    /// Tells the client and carries out what it says, until the request waits for something or is over. `luck` is that of
    /// the next attempt.
    #[inline]
    pub(super) fn decide(&mut self, number: u32, mut heard: Heard, mut luck: Luck, now: SimTime) {
        self.catch_up(now);
        if O::EXPLAINS {
            let slot = self.slots.get(number);
            self.observer.about(slot.progress.request(slot.journey.id));
        }
        loop {
            if self.prices.are_wanted() {
                let Ask { shape, images, tokens, .. } = self.slots.get(number).ask;
                let usage = Usage::of(shape, images, tokens);
                self.prices.look(&self.plan.market, &mut self.providers, &usage, now, &mut self.known.sights);
            }
            let slot = self.slots.get(number);
            let view = View { now, known: &self.known };
            let action = self.client.next(&heard, &slot.ask, &mut slot.memo, &mut self.state, &view, &mut luck);
            if O::EXPLAINS
                && let Some(notes) = self.client.notes(&mut self.state)
            {
                self.observer.decided(&heard, notes, action, luck.draws(), now);
                notes.clear();
            }
            let (deployment, timeout, race) = match action {
                Action::Attempt { deployment, timeout } => (deployment, timeout, None),
                Action::Race { deployment, timeout, target } => (deployment, timeout, Some(target)),
                Action::Hold => return,
                // At the end of time nothing is left to wait for.
                Action::Wait(_) if now >= Event::END => return self.close(number, Outcome::TimedOut, false, now),
                Action::Wait(wait) => return self.wake(number, now + wait),
                Action::Deliver => return self.close(number, Outcome::Delivered, false, now),
                Action::GiveUp(status) => return self.close(number, status.outcome(), false, now),
                Action::Serve { by, wrong } => {
                    slot.place = Place::all(by);
                    return self.close(number, Outcome::Delivered, wrong, now);
                }
            };
            match self.attempt(number, (deployment, timeout, race), &mut luck, now) {
                Some(news) => (heard, luck) = (news, self.luck(number)),
                None => return,
            }
        }
    }

    /// The client hears of this time.
    fn wake(&mut self, number: u32, at: SimTime) {
        // What lies beyond the calendar happens at its end.
        let at = Event::new(at, EventClass::Due, 0, number).at();
        self.slots.get(number).wake = at;
        self.schedule(at, EventClass::Due, number);
    }

    /// Hands an attempt to its provider, tells what is billed, and schedules its end. What the client hears at once: that it
    /// was rejected, or that it is in a race.
    #[inline]
    fn attempt(
        &mut self,
        number: u32,
        (deployment, timeout, race): (DeploymentId, SimDuration, Option<u8>),
        luck: &mut Luck,
        now: SimTime,
    ) -> Option<Heard> {
        let to = self.known.lead(deployment);
        let slot = self.slots.get(number);
        let Ask { stage, images, tokens, shape, user, prompt, category, template, .. } = slot.ask;
        let made;
        let details = if self.closely {
            made = Details { category, user, template };
            &made
        } else {
            &Details::NONE
        };
        let attempt = Attempt { deployment: to, shape, images, tokens, prompt, details, timeout };
        // Not before what lies beside it was read: that would wait for this to be written.
        slot.attempts += 1;
        let (market, draws) = (&self.plan.market, luck.block());
        let answer = if O::EXPLAINS || O::LOOKS_BACK {
            self.providers.submit_apart(market, &attempt, now, draws)
        } else {
            self.providers.submit(market, &attempt, now, draws)
        };
        self.observer.attempted(to, &answer, now);
        if self.providers.has_more() {
            self.tell_more(number, stage);
        }
        let Accepted { outcome, empty, place, ends, released, charge: amount, cause } = match answer {
            Answer::Accepted(fate) => fate,
            Answer::Rejected { outcome, retry_after } => {
                let until = &mut self.known.sights[to.index()].retry_after_until;
                *until = (*until).max(now + retry_after);
                let retry_after = (retry_after > SimDuration::ZERO).then_some(retry_after);
                let (status, race) = (Status::of(outcome), race.map(|target| (target, now)));
                return Some(Heard::Ended(Ended { deployment, by: to, status, retry_after, empty: false, pleases: true, race }));
            }
        };
        if self.closely && outcome == Outcome::Delivered && self.plan.market.deployments[place.by.index()].more.is_some() {
            self.observer.booked(place.by.into(), self.providers.listed(), now);
        }
        self.known.in_flight[deployment.index()] += 1;
        if amount.picos() != 0 {
            self.observer.charged(&Charge { payee: place.by.into(), stage: Some(stage), cause, amount, case: None }, now);
            if cause != Cause::Delivered && self.again(number) {
                self.observer.retried(amount);
            }
        }
        let mut entity = number;
        if let Some(target) = race {
            // Put together again, so that it need not be in memory where there is no race.
            let fate = Accepted { outcome, empty, place, ends, released, charge: amount, cause };
            entity = self.joins(number, (deployment, target), &fate, now);
        } else {
            let slot = self.slots.get(number);
            (slot.deployment, slot.place, slot.outcome, slot.empty, slot.billed) = (deployment, place, outcome, empty, amount);
        }
        self.schedule(ends, EventClass::Completion, entity);
        if outcome == Outcome::TimedOut {
            self.free_later(released, place);
        }
        race.map(|_| Heard::Sent)
    }

    /// Whether what is sent for this request is a retry: beside others that are under way it is a copy.
    #[cold]
    pub(super) fn again(&mut self, number: u32) -> bool {
        let slot = self.slots.get(number);
        slot.attempts > 1 && slot.flights == NO_FLIGHT
    }

    /// Frees the places of an attempt that its client no longer waits for when its provider is done with it.
    #[cold]
    fn free_later(&mut self, at: SimTime, place: Place) {
        if Providers::holds(&self.plan.market, place) {
            self.schedule(at, EventClass::Release, place.number());
        }
    }

    /// What an attempt has brought about besides its own end: money, and places that a gateway leaves.
    #[cold]
    fn tell_more(&mut self, number: u32, stage: Stage) {
        let again = self.again(number);
        self.tell_extras(Some(stage), again);
        while let Some((at, place)) = self.providers.next_release() {
            self.free_later(at, place);
        }
    }

    /// Tells money that no attempt's end brings about: what is below zero is given back.
    pub(super) fn tell_extra(&mut self, charge: &Charge, at: SimTime) {
        if charge.amount < Usd::ZERO {
            self.observer.given_back(charge, at);
        } else {
            self.observer.charged(charge, at);
        }
    }

    /// Tells the money that no attempt's end brings about.
    fn tell_extras(&mut self, stage: Option<Stage>, again: bool) {
        while let Some(Extra { charge, at }) = self.providers.next_extra() {
            let of_attempt = charge.cause.is_of_an_attempt();
            self.tell_extra(&Charge { stage: stage.filter(|_| of_attempt), ..charge }, at);
            if again && of_attempt && charge.case.is_none() && charge.cause != Cause::Delivered {
                self.observer.retried(charge.amount);
            }
        }
    }

    /// The request is over: the user goes on, or the journey is over too. What is `wrong` is delivered, and accepted by nobody.
    #[inline]
    fn close(&mut self, number: u32, outcome: Outcome, wrong: bool, now: SimTime) {
        if self.slots.get(number).flights != NO_FLIGHT {
            self.call_off(number, now);
        }
        let slot = self.slots.get(number);
        slot.wake = NEVER;
        let Slot { journey, progress, attempts, place, opened, .. } = &*slot;
        let (progress, attempts, took) = (*progress, *attempts, now.since(*opened));
        let closed = Closed { stage: progress.stage, images: journey.images, attempts, took, outcome };
        self.observer.closed(&closed, now);
        let delivered = outcome == Outcome::Delivered;
        let next = match &self.plan.workload.journeys {
            None => Next::Done { accepted: delivered && !wrong },
            Some(users) if delivered => {
                let is_final = journey.draft == journey.last
                    && is_final(&self.plan.market, self.client.finals(journey.class), &self.known, place.by, now);
                let acceptance = if wrong { 0 } else { self.plan.market.deployments[place.by.index()].acceptance };
                users.delivered(journey, progress, acceptance, is_final, self.keys.user)
            }
            Some(users) => users.lost(journey, progress, self.keys.user),
        };
        if O::LOOKS_BACK {
            self.observer.over(&Over { journey, progress, closed, next }, now);
        }
        let arrival = journey.arrival;
        match next {
            Next::Ask { progress, after } => {
                slot.progress = progress;
                self.schedule(now + after, EventClass::Ask, number);
            }
            Next::Done { accepted } => {
                self.slots.remove(number);
                self.observer.journey_ends(accepted, now.since(arrival), now);
            }
        }
    }
}

/// Whether an image that was made here is what these finals are: of a model to which they are sent, by whatever name and way.
#[inline]
fn is_final(market: &Market, finals: &[DeploymentId], known: &Known, made: DeploymentId, now: SimTime) -> bool {
    let model = market.deployments[made.index()].model;
    finals.iter().any(|&to| to == made || Providers::model(market, known.lead(to), now) == model)
}
