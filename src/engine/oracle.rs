//! Bounds with hindsight: how little any way of routing could have paid, how short it could have taken, how much it could have
//! delivered, for just the requests and users that a strategy has served.
//!
//! An oracle is no strategy and takes no part in the run: it looks back at what is over, knows every draw, and asks what the
//! best choice among all deployments of the plan would have been. What it sums up for a strategy is a bound on that strategy's own
//! figures in every replication, since the strategy's own way is one of those it looks at, and none is counted for more than it
//! really cost:
//!
//! - **cost**: of each journey that ended with an accepted image, the cheapest course of drafts and a final that this user would
//!   have gone along with to an accepted image (outside journeys: of each delivered request the cheapest delivery). What else a
//!   strategy pays only comes on top.
//! - **time**: of each delivered request, the shortest generation that any of its attempts could have met anywhere.
//! - **delivered**: the requests that any deployment could have delivered.
//!
//! What the choice among deployments leaves out is told in [`Hindsight`]. Beside it, requests that a cache of a client could have
//! served cost nothing, whichever strategy has the cache; those that one has served took no time; and any accepted image that looks
//! like the final counts as one.

use super::observer::{Closed, Observer, Over};
use super::{Bounds, Plan};
use crate::model::{Answer, Charge, DeploymentId, Outcome, PayeeId, Stage};
use crate::provider::{Details, Hindsight, Wanted};
use crate::random::{Block, Key, Purpose};
use crate::routing::note::Note;
use crate::routing::{Action, Heard, Luck};
use crate::units::{SimDuration, SimTime, Usd};
use crate::workload::{Journey, Journeys, Next, Progress};

/// An observer, and the bounds of what it observes.
#[derive(Debug, Clone)]
pub struct Oracle<'p, O> {
    plan: &'p Plan,
    observer: O,
    attempts: Key,
    prompts: Key,
    users: Key,
    hindsight: Hindsight,
    /// Whether it matters of which user, category and template a request is.
    closely: bool,
    /// No model is accepted more often.
    acceptance: u64,
    bounds: Bounds,
    /// The cheapest way to the beginning of a round, by revision of the prompt; and to that of the next.
    ways: Vec<(u16, Usd)>,
    onward: Vec<(u16, Usd)>,
}

/// A way in which a request could have been served.
#[derive(Debug, Clone, Copy)]
struct Service {
    price: Usd,
    /// The acceptance of what is served, as a threshold.
    acceptance: u64,
}

impl<'p, O> Oracle<'p, O> {
    /// Looks back at what this observer observes; to be [`reset`](Self::reset) to a replication.
    pub fn new(plan: &'p Plan, observer: O) -> Self {
        let key = |purpose| Key::new(0, 0, purpose);
        Self {
            plan,
            observer,
            attempts: key(Purpose::Attempt),
            prompts: key(Purpose::Prompt),
            users: key(Purpose::User),
            hindsight: Hindsight::new(&plan.market),
            closely: plan.market.looks_closely(),
            acceptance: plan.market.deployments.iter().map(|deployment| deployment.acceptance).max().unwrap_or(0),
            bounds: Bounds::default(),
            ways: Vec::new(),
            onward: Vec::new(),
        }
    }

    /// Goes to the start of a replication.
    pub fn reset(&mut self, seed: u64, replication: u32) {
        let key = |purpose| Key::new(seed, replication, purpose);
        self.attempts = key(Purpose::Attempt);
        self.prompts = key(Purpose::Prompt);
        self.users = key(Purpose::User);
        self.hindsight.reset(&self.plan.market, seed, replication);
        self.bounds = Bounds::default();
    }

    /// The observer.
    pub const fn observer(&mut self) -> &mut O {
        &mut self.observer
    }

    /// The bounds so far.
    pub const fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// A request of a journey, sent from its arrival on and answered by now.
    fn wanted(&self, journey: &Journey, at: Progress, now: SimTime) -> Wanted {
        let prompt = at.prompt(journey, self.prompts);
        let category = || self.plan.workload.categories.of(prompt);
        let (category, user) = if self.closely { (category(), journey.user()) } else { (0, 0) };
        let details = Details { category, user, template: at.repeats(journey) };
        let Journey { images, tokens, arrival, .. } = *journey;
        Wanted { shape: at.shape(journey), images, tokens, prompt, details, within: (arrival, now) }
    }

    /// Whether a cache of a client could have served it.
    fn cached(&self, journey: &Journey, at: Progress, wanted: &Wanted) -> bool {
        let repeats = wanted.details.template.is_some();
        let first = at == Progress::first(self.plan.workload.first_stage());
        let luck = first.then(|| Luck::new(self.attempts, at.request(journey.id), 0));
        self.plan.strategies.iter().any(|strategy| strategy.may_serve(repeats, luck.as_ref()))
    }

    fn makers(&self, wanted: Wanted) -> impl Iterator<Item = DeploymentId> {
        let market = &self.plan.market;
        market.ids().filter(move |id| self.hindsight.could_deliver(market, *id, &wanted))
    }

    /// All ways in which a request could have been served.
    fn services(&self, journey: &Journey, at: Progress, now: SimTime) -> impl Iterator<Item = Service> {
        let wanted = self.wanted(journey, at, now);
        let cached = self.cached(journey, at, &wanted);
        // What a cache hands out may please, and may be wrong.
        let stored = [self.acceptance, 0].map(|acceptance| Service { price: Usd::ZERO, acceptance });
        let market = &self.plan.market;
        let made = self.makers(wanted).map(move |id| Service {
            price: self.hindsight.least_price(market, id, &wanted),
            acceptance: market.deployments[id.index()].acceptance,
        });
        stored.into_iter().filter(move |_| cached).chain(made)
    }

    /// The least that a request could have cost, whoever likes it.
    fn least(&self, journey: &Journey, at: Progress, now: SimTime) -> Option<Usd> {
        self.services(journey, at, now).map(|service| service.price).min()
    }

    /// The least that this final could have cost, lost and asked for again as often as its user does.
    fn least_final(&self, users: &Journeys, journey: &Journey, mut at: Progress, now: SimTime) -> Option<Usd> {
        let mut least: Option<Usd> = None;
        loop {
            least = self.least(journey, at, now).into_iter().chain(least).min();
            match users.lost(journey, at, self.users) {
                Next::Ask { progress, .. } => at = progress,
                Next::Done { .. } => return least,
            }
        }
    }

    /// The least that the journey could have cost on any course that ends with an accepted image: the cheapest way to each draft
    /// that its user could have come to, from round to round. A request may be lost on purpose.
    fn least_journey(&mut self, users: &Journeys, journey: &Journey, now: SimTime) -> Option<Usd> {
        let (mut ways, mut onward) = (std::mem::take(&mut self.ways), std::mem::take(&mut self.onward));
        let mut best: Option<Usd> = None;
        ways.clear();
        ways.push((0, Usd::ZERO));
        for round in 0..users.rounds {
            onward.clear();
            for &(revision, paid) in &ways {
                let at = Progress { round, revision, ..Progress::first(Stage::Draft) };
                self.draft(users, journey, (at, paid), now, (&mut best, &mut onward));
            }
            std::mem::swap(&mut ways, &mut onward);
        }
        (self.ways, self.onward) = (ways, onward);
        best
    }

    /// Where a draft may lead for what is paid by then: to an accepted image, or to the next round.
    fn draft(
        &self,
        users: &Journeys,
        journey: &Journey,
        (mut at, paid): (Progress, Usd),
        now: SimTime,
        (best, onward): (&mut Option<Usd>, &mut Vec<(u16, Usd)>),
    ) {
        // Prices are not negative: nothing that is dearer already becomes cheaper.
        while best.is_none_or(|best| paid < best) {
            let is_final = journey.draft == journey.last;
            for Service { price, acceptance } in self.services(journey, at, now) {
                let paid = paid + price;
                let end = match users.delivered(journey, at, acceptance, is_final, self.users) {
                    Next::Done { accepted } => accepted.then_some(paid),
                    Next::Ask { progress, .. } if progress.stage == Stage::Final => {
                        self.least_final(users, journey, progress, now).map(|last| paid + last)
                    }
                    Next::Ask { progress, .. } => {
                        match onward.iter_mut().find(|(revision, _)| *revision == progress.revision) {
                            Some((_, least)) => *least = paid.min(*least),
                            None => onward.push((progress.revision, paid)),
                        }
                        None
                    }
                };
                *best = end.into_iter().chain(*best).min();
            }
            match users.lost(journey, at, self.users) {
                Next::Ask { progress, .. } => at = progress,
                Next::Done { .. } => return,
            }
        }
    }

    /// The shortest time that any attempt of a delivered request could have taken.
    fn least_time(&self, journey: &Journey, at: Progress, attempts: u16, now: SimTime) -> Option<SimDuration> {
        let (wanted, market, request) = (self.wanted(journey, at, now), &self.plan.market, at.request(journey.id));
        let blocks = (0..attempts).map(|attempt| self.attempts.block(request, u64::from(attempt)));
        blocks.filter_map(|draws| self.hindsight.least_time(market, &wanted, &draws)).min()
    }

    fn look_back(&mut self, over: &Over<'_>, now: SimTime) {
        let Over { journey, progress, closed, next } = *over;
        self.hindsight.up_to(&self.plan.market, now);
        let delivered = closed.outcome == Outcome::Delivered;
        let wanted = self.wanted(journey, progress, now);
        // What caches hand out has had no attempt.
        let served = delivered && closed.attempts == 0;
        let could = served || self.makers(wanted).next().is_some();
        debug_assert!(could || !delivered, "what was delivered could be delivered");
        self.bounds.delivered += u64::from(could || delivered);
        if delivered {
            let least = self.least_time(journey, progress, closed.attempts, now).unwrap_or(SimDuration::ZERO);
            self.bounds.time_to_image_sum += u128::from(least.micros().unsigned_abs());
        }
        if next == (Next::Done { accepted: true }) {
            let plan = self.plan;
            let least = match &plan.workload.journeys {
                None => self.least(journey, progress, now),
                Some(users) => self.least_journey(users, journey, now),
            };
            debug_assert!(least.is_some(), "a journey that was accepted could be accepted");
            self.bounds.cost += least.unwrap_or(Usd::ZERO);
        }
    }
}

impl<O: Observer> Observer for Oracle<'_, O> {
    const EXPLAINS: bool = O::EXPLAINS;
    const LOOKS_BACK: bool = true;

    fn journey_begins(&mut self, now: SimTime) {
        self.observer.journey_begins(now);
    }

    fn about(&mut self, request: u64) {
        self.observer.about(request);
    }

    fn decided(&mut self, heard: &Heard, rules: &[Note], action: Action, draws: Block, now: SimTime) {
        self.observer.decided(heard, rules, action, draws, now);
    }

    fn requested(&mut self, stage: Stage, now: SimTime) {
        self.observer.requested(stage, now);
    }

    fn attempted(&mut self, deployment: DeploymentId, answer: &Answer, now: SimTime) {
        self.observer.attempted(deployment, answer, now);
    }

    fn charged(&mut self, charge: &Charge, now: SimTime) {
        self.observer.charged(charge, now);
    }

    fn given_back(&mut self, charge: &Charge, now: SimTime) {
        self.observer.given_back(charge, now);
    }

    fn taken_back(&mut self, charge: &Charge, now: SimTime) {
        self.observer.taken_back(charge, now);
    }

    fn retried(&mut self, amount: Usd) {
        self.observer.retried(amount);
    }

    fn booked(&mut self, by: PayeeId, amount: Usd, now: SimTime) {
        self.observer.booked(by, amount, now);
    }

    fn closed(&mut self, request: &Closed, now: SimTime) {
        self.observer.closed(request, now);
    }

    fn over(&mut self, request: &Over<'_>, now: SimTime) {
        self.look_back(request, now);
        self.observer.over(request, now);
    }

    fn journey_ends(&mut self, accepted: bool, took: SimDuration, now: SimTime) {
        self.observer.journey_ends(accepted, took, now);
    }
}
