//! Watches one simulation from outside and checks every answer, charge and limit against the plan, with arithmetic of
//! its own.

use std::cell::Cell;

use spendcast::engine::{Closed, Observer, Plan};
use spendcast::ledger::Ledger;
use spendcast::model::{Accepted, Answer, Cause, Charge, DeploymentId, Outcome, Stage};
use spendcast::provider::{Measure, Rule, Usage};
use spendcast::routing::{Action, Ask, Client, Heard, Luck, Router, View};
use spendcast::units::{SimDuration, SimTime, Usd};

use crate::random_plans::{Limit, ModelCase};

/// What the client said last, and about what.
pub(crate) type Said = Cell<Option<(Ask, Action)>>;

/// A client that leaves word of what it does.
pub(crate) struct Spy<'a, C> {
    pub(crate) client: &'a C,
    pub(crate) said: &'a Said,
}

impl<C: Client> Client for Spy<'_, C> {
    type Memo = C::Memo;
    type State = C::State;

    fn state(&self, deployments: usize) -> C::State {
        self.client.state(deployments)
    }

    fn reset(&self, state: &mut C::State) {
        self.client.reset(state);
    }

    fn next(
        &self,
        heard: &Heard,
        ask: &Ask,
        memo: &mut C::Memo,
        state: &mut C::State,
        view: &View<'_>,
        luck: &mut Luck,
    ) -> Action {
        let action = self.client.next(heard, ask, memo, state, view, luck);
        self.said.set(Some((*ask, action)));
        action
    }

    fn finals(&self, class: spendcast::model::ClassId) -> &[DeploymentId] {
        self.client.finals(class)
    }

    fn may_use(&self, deployment: DeploymentId) -> bool {
        self.client.may_use(deployment)
    }
}

/// How full one bucket is, counted from below: what was taken and has not yet flowed back, in tokens times `per_micros`.
#[derive(Debug, Clone, Copy, Default)]
struct Debt {
    taken: i128,
    at: i64,
}

impl Debt {
    fn after(self, limit: &Limit, now: i64) -> i128 {
        (self.taken - limit.count * i128::from(now - self.at)).max(0)
    }

    /// Whether the amount fits at this time.
    fn fits(self, limit: &Limit, amount: i128, now: i64) -> bool {
        self.after(limit, now) + amount * limit.per_micros <= limit.burst * limit.per_micros
    }
}

/// A deployment as seen from outside.
#[derive(Debug, Clone, Default)]
struct Seen {
    debts: Vec<Debt>,
    /// When the attempts that are under way will be released.
    releases: Vec<i64>,
    /// Everything that was taken from each bucket: when and how much.
    taken: Vec<Vec<(i64, i128)>>,
}

/// What was met how often, so that a test can see that it met everything.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Tally {
    /// Accepted attempts by outcome, in the order of `Outcome::ALL`.
    pub(crate) outcomes: [u64; Outcome::ALL.len()],
    /// Rejections by a bucket.
    pub(crate) by_bucket: u64,
    /// Rejections for attempts in flight.
    pub(crate) by_in_flight: u64,
    /// Charges by cause, in the order of `Cause::ALL`.
    pub(crate) charges: [u64; Cause::ALL.len()],
    /// Charges at a price that is not the first.
    pub(crate) later_prices: u64,
    /// Requests for finals in journeys.
    pub(crate) finals: u64,
    /// Requests with more than one attempt.
    pub(crate) tried_again: u64,
}

impl Tally {
    /// Adds another.
    pub(crate) fn add(&mut self, other: &Self) {
        let sum = |mine: &mut [u64], others: &[u64]| mine.iter_mut().zip(others).for_each(|(mine, other)| *mine += other);
        sum(&mut self.outcomes, &other.outcomes);
        sum(&mut self.charges, &other.charges);
        self.by_bucket += other.by_bucket;
        self.by_in_flight += other.by_in_flight;
        self.later_prices += other.later_prices;
        self.finals += other.finals;
        self.tried_again += other.tried_again;
    }
}

/// Listens, keeps a ledger, and fails the test at the first thing that cannot be.
pub(crate) struct Witness<'a> {
    pub(crate) ledger: Ledger,
    pub(crate) begun: u64,
    pub(crate) ended: u64,
    pub(crate) requested: u64,
    pub(crate) closed: Vec<Closed>,
    pub(crate) charges: Usd,
    pub(crate) tally: Tally,
    plan: &'a Plan,
    models: &'a [ModelCase],
    /// The model of each deployment.
    of: &'a [usize],
    attempts: u16,
    router: &'a dyn Fn(&Ask) -> usize,
    said: &'a Said,
    now: SimTime,
    seen: Vec<Seen>,
    /// The charge that must follow.
    owed: Option<Charge>,
}

impl<'a> Witness<'a> {
    /// `levels` gives how many levels the router of a request has, `attempts` how many there may be at each.
    pub(crate) fn new(
        plan: &'a Plan,
        models: &'a [ModelCase],
        of: &'a [usize],
        attempts: u16,
        levels: &'a dyn Fn(&Ask) -> usize,
        said: &'a Said,
    ) -> Self {
        let seen = of.iter().map(|&model| {
            let buckets = models[model].limits.len();
            Seen { debts: vec![Debt::default(); buckets], releases: Vec::new(), taken: vec![Vec::new(); buckets] }
        });
        Self {
            ledger: Ledger::of(plan),
            begun: 0,
            ended: 0,
            requested: 0,
            closed: Vec::new(),
            charges: Usd::ZERO,
            tally: Tally::default(),
            plan,
            models,
            of,
            attempts,
            router: levels,
            said,
            now: SimTime::START,
            seen: seen.collect(),
            owed: None,
        }
    }

    /// Requests that are neither delivered nor lost.
    pub(crate) fn open(&self) -> u64 {
        self.requested - self.closed.len() as u64
    }

    /// Over every window that starts and ends with an accepted attempt, no bucket gave more than its burst and its rate.
    pub(crate) fn check_windows(&self) {
        for (seen, &model) in self.seen.iter().zip(self.of) {
            for (taken, limit) in seen.taken.iter().zip(&self.models[model].limits) {
                let first = &taken[..taken.len().min(300)];
                for (index, (from, _)) in first.iter().enumerate() {
                    let mut sum = 0;
                    for (to, amount) in &first[index..] {
                        sum += amount;
                        let room = limit.burst * limit.per_micros + limit.count * i128::from(to - from);
                        assert!(sum * limit.per_micros <= room, "{sum} from {from} to {to} under {limit:?}");
                    }
                }
            }
        }
    }

    fn tick(&mut self, now: SimTime) {
        assert!(now >= self.now, "time went back from {:?} to {now:?}", self.now);
        self.now = now;
    }

    /// What the attempt that was just sent asks for, and how long the client waits.
    fn sent(&self, to: DeploymentId) -> (Stage, Usage, SimDuration) {
        let Some((ask, Action::Attempt { deployment, timeout })) = self.said.get() else {
            panic!("an attempt that no client sent");
        };
        assert_eq!(deployment, to);
        let class = &self.plan.workload.classes.all[ask.class.index()];
        let shape = if ask.stage == Stage::Draft { class.draft } else { class.last };
        (ask.stage, Usage::of(shape, ask.images, ask.tokens), timeout)
    }

    fn amount(&self, to: DeploymentId, measure: Measure, usage: Usage) -> i128 {
        match measure {
            Measure::Requests => 1,
            Measure::Images => i128::from(usage.images),
            Measure::Tokens => i128::from(self.price(to).tariff(usage.shape).tokens(&usage)),
            Measure::Dollars | Measure::InFlight => unreachable!("no bucket of random plans counts these"),
        }
    }

    fn price(&self, to: DeploymentId) -> &spendcast::provider::Price {
        let prices = &self.plan.market.deployments[to.index()].prices;
        &prices.iter().rfind(|(from, _)| *from <= self.now).expect("there is a first price").1
    }

    /// An accepted attempt was within all limits, and they are charged with it.
    fn accepted(&mut self, to: DeploymentId, usage: Usage, fate: &Accepted) {
        let (now, model) = (self.now.micros(), &self.models[self.of[to.index()]]);
        let amounts: Vec<i128> = model.limits.iter().map(|limit| self.amount(to, limit.measure, usage)).collect();
        let seen = &mut self.seen[to.index()];
        for (index, (limit, amount)) in model.limits.iter().zip(amounts).enumerate() {
            let debt = &mut seen.debts[index];
            assert!(debt.fits(limit, amount, now), "{amount} did not fit into {limit:?} at {now}");
            *debt = Debt { taken: debt.after(limit, now) + amount * limit.per_micros, at: now };
            seen.taken[index].push((now, amount));
        }
        seen.releases.retain(|release| *release > now);
        seen.releases.extend(Some(fate.released.micros()).filter(|release| *release > now));
        assert!(model.in_flight.is_none_or(|most| seen.releases.len() <= most));
    }

    /// A rejected attempt exceeded a limit, and its retry-after is the first moment at which no bucket would reject it, or
    /// what the limit of attempts in flight says.
    fn rejected(&mut self, to: DeploymentId, usage: Usage, retry_after: SimDuration) {
        let (now, model, seen) = (self.now.micros(), &self.models[self.of[to.index()]], &self.seen[to.index()]);
        let under_way = seen.releases.iter().filter(|release| **release >= now).count();
        let full = model.in_flight.is_some_and(|most| under_way >= most);
        let fits = |wait: i64| {
            let mut buckets = model.limits.iter().zip(&seen.debts);
            buckets.all(|(limit, debt)| debt.fits(limit, self.amount(to, limit.measure, usage), now + wait))
        };
        let ever = model.limits.iter().all(|limit| self.amount(to, limit.measure, usage) <= limit.burst);
        let wait = retry_after.micros();
        let by_bucket = !fits(0) && (!ever || (fits(wait) && !fits(wait - 1)));
        let by_in_flight = full && retry_after == model.retry_after;
        assert!(by_bucket || by_in_flight, "rejected for {retry_after} at {now} with {under_way} under way: {model:?}");
        self.tally.by_bucket += u64::from(by_bucket);
        self.tally.by_in_flight += u64::from(by_in_flight && !by_bucket);
    }

    /// An accepted attempt ends as its deployment allows, and is charged at the price of the day.
    fn check_fate(&mut self, to: DeploymentId, stage: Stage, usage: Usage, timeout: SimDuration, fate: &Accepted) {
        let deployment = &self.plan.market.deployments[to.index()];
        assert!(self.now <= fate.ends && fate.ends <= fate.released && fate.ends <= self.now + timeout);
        let billed = match fate.outcome {
            Outcome::Delivered => true,
            Outcome::Filtered => deployment.billing.blocked_after == Rule::ALL,
            Outcome::Failed => deployment.billing.failed == Rule::ALL,
            Outcome::TimedOut => deployment.billing.timed_out == Rule::ALL,
            Outcome::RateLimited | Outcome::Gone | Outcome::Refused => panic!("accepted and {}", fate.outcome.name()),
        };
        assert_eq!(fate.outcome == Outcome::TimedOut, fate.released > self.now + timeout);
        assert!(fate.outcome != Outcome::Filtered || deployment.filter.as_ref().is_some_and(|filter| filter.rate(0) > 0));
        assert!(fate.outcome != Outcome::Failed || deployment.failure.independent > 0);
        self.tally.outcomes[fate.outcome as usize] += 1;
        // What the provider failed or refused after the timeout is free where it would have been free before.
        let may_be_free = (deployment.failure.independent > 0 && deployment.billing.failed == Rule::NOTHING)
            || (deployment.filter.is_some() && deployment.billing.blocked_after == Rule::NOTHING);
        let free = fate.outcome == Outcome::TimedOut && may_be_free && fate.charge == Usd::ZERO;
        let amount = if billed && !free { self.price(to).tariff(usage.shape).of(&usage) } else { Usd::ZERO };
        assert_eq!(fate.charge, amount, "{fate:?} for {usage:?}");
        let cause = Cause::of(fate.outcome);
        self.owed = (amount > Usd::ZERO).then_some(Charge { payee: to.into(), stage: Some(stage), cause, amount, case: None });
    }
}

impl Observer for Witness<'_> {
    fn journey_begins(&mut self, now: SimTime) {
        self.tick(now);
        assert!(now < self.plan.workload.horizon);
        self.begun += 1;
        self.ledger.journey_begins(now);
    }

    fn requested(&mut self, stage: Stage, now: SimTime) {
        self.tick(now);
        self.requested += 1;
        self.tally.finals += u64::from(stage == Stage::Final && self.plan.workload.journeys.is_some());
        self.ledger.requested(stage, now);
    }

    fn attempted(&mut self, to: DeploymentId, answer: &Answer, now: SimTime) {
        self.tick(now);
        assert_eq!(self.owed, None, "a charge that was not told");
        let (stage, usage, timeout) = self.sent(to);
        match answer {
            Answer::Rejected { retry_after, .. } => self.rejected(to, usage, *retry_after),
            Answer::Accepted(fate) => {
                self.accepted(to, usage, fate);
                self.check_fate(to, stage, usage, timeout, fate);
            }
        }
        self.ledger.attempted(to, answer, now);
    }

    fn charged(&mut self, charge: &Charge, now: SimTime) {
        self.tick(now);
        assert_eq!(self.owed.take(), Some(*charge));
        self.charges += charge.amount;
        self.tally.charges[charge.cause as usize] += 1;
        let deployment = DeploymentId(charge.payee.0);
        let first = &self.plan.market.deployments[deployment.index()].prices[0].1;
        self.tally.later_prices += u64::from(first != self.price(deployment));
        self.ledger.charged(charge, now);
    }

    fn closed(&mut self, request: &Closed, now: SimTime) {
        self.tick(now);
        assert_eq!(self.owed, None, "a charge that was not told");
        let (ask, action) = self.said.get().expect("a client closed it");
        assert_eq!((ask.stage, ask.images), (request.stage, request.images));
        let expected = match action {
            Action::Deliver | Action::Serve { .. } => Outcome::Delivered,
            Action::GiveUp(status) => status.outcome(),
            Action::Attempt { .. } | Action::Race { .. } | Action::Hold | Action::Wait(_) => {
                panic!("closed while the client goes on")
            }
        };
        assert_eq!(request.outcome, expected);
        let most = self.attempts * (self.router)(&ask) as u16;
        assert!((1..=most).contains(&request.attempts), "{} attempts of {most}", request.attempts);
        assert!(request.took >= SimDuration::ZERO);
        self.closed.push(*request);
        self.tally.tried_again += u64::from(request.attempts > 1);
        self.ledger.closed(request, now);
    }

    fn journey_ends(&mut self, accepted: bool, took: SimDuration, now: SimTime) {
        self.tick(now);
        self.ended += 1;
        assert!(took >= SimDuration::ZERO && took <= now.since(SimTime::START));
        self.ledger.journey_ends(accepted, took, now);
    }
}

/// How many levels the router has that a strategy sends a request to.
pub(crate) fn levels<R: Router>(strategy: &spendcast::routing::Strategy<R>, ask: &Ask) -> usize {
    strategy.levels(ask.class, ask.stage)
}
