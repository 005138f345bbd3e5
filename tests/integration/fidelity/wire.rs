//! What lies between the Router and the provider of the recordings, and who counts.
//!
//! The client is a strategy of this program, and latencies, limits, timeouts and money are the engine's. The wire adds what
//! the recorded provider answers after 50 ms: failures by share, outages, and the news of a refusal. It draws by request and
//! call, as the engine does, and hands the strategy draws of its own, since the engine does not know of calls that the wire
//! answers.

use std::cell::RefCell;

use spendcast::model::{ClassId, DeploymentId, Status};
use spendcast::random::{Key, Purpose};
use spendcast::routing::note::Note;
use spendcast::routing::{Action, AnyRouter, Ask, Client, Ended, Heard, Known, Luck, Strategy, View};
use spendcast::units::{SimDuration, SimTime};

use super::figures::{Figures, fold};
use super::recording::Case;
use super::scenario;

/// How long failures and refusals take.
const FAST: SimDuration = SimDuration::from_micros(50_000);

/// Before all times.
const NEVER: SimTime = SimTime::from_micros(i64::MIN);

/// Everything that is counted in a run.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) figures: Figures,
    images: (f64, u64),
    failures: (f64, u64),
}

/// A strategy behind the wire, in one replication.
pub(super) struct Wire<'a> {
    pub(super) client: &'a Strategy<AnyRouter>,
    pub(super) case: &'a Case,
    /// The numbers of the case's deployments, in its order.
    pub(super) deployments: &'a [DeploymentId],
    pub(super) tally: &'a RefCell<Tally>,
    pub(super) seed: u64,
    pub(super) replication: u32,
}

/// What is remembered of a request.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Memo {
    inner: <Strategy<AnyRouter> as Client>::Memo,
    id: u64,
    arrived: SimTime,
    /// Decisions so far, attempts of the Router, and calls.
    decisions: u16,
    attempts: u32,
    calls: u32,
    /// An answer that is on its way.
    pending: Option<Ended>,
    /// Where the last call went, by the position in the case.
    last: u8,
    fell_back: bool,
}

/// What is remembered beyond requests.
#[derive(Debug, Clone)]
pub(super) struct State {
    inner: <Strategy<AnyRouter> as Client>::State,
    requests: u64,
    /// What the strategy may know: the calls that the wire answers are under way, too.
    known: Known,
    /// By position: calls that the wire answers, and until when the deployment was last seen to cool.
    on_wire: Vec<u32>,
    cooling: Vec<SimTime>,
}

impl Wire<'_> {
    fn position(&self, deployment: DeploymentId) -> usize {
        self.deployments.iter().position(|one| *one == deployment).expect("a deployment of the case")
    }

    fn id(&self, position: usize) -> &str {
        &self.case.deployments[position].id
    }

    /// The failure that a call meets, if any.
    fn failure(&self, position: usize, memo: &Memo, now: SimTime) -> Option<Status> {
        let mock = &self.case.deployments[position].mock;
        let second = now.since(scenario::begins(self.case)).as_secs_f64();
        if let Some(down) = mock.down.iter().find(|down| down.from <= second && second < down.to) {
            return Some(Self::status(&down.status));
        }
        let key = Key::new(self.seed, self.replication, Purpose::Incident);
        let mut point = f64::from(key.block(memo.id, u64::from(memo.calls))[0]) / 4_294_967_296.0;
        for failure in &mock.failures {
            if point < failure.share {
                return Some(Self::status(&failure.status));
            }
            point -= failure.share;
        }
        None
    }

    /// What an answer means to the Router.
    fn status(answer: &serde_json::Value) -> Status {
        match answer.as_u64() {
            Some(429) => Status::RateLimited,
            Some(500) => Status::Failed,
            Some(503) => Status::Unavailable,
            None => Status::Filtered,
            Some(other) => panic!("no recorded case has {other}"),
        }
    }

    /// An answer is on its way.
    fn hold(&self, memo: &mut Memo, state: &mut State, ended: Ended) -> Action {
        state.on_wire[self.position(ended.deployment)] += 1;
        memo.pending = Some(ended);
        Action::Wait(FAST)
    }

    /// Counts what the strategy does.
    fn count(&self, action: Action, memo: &Memo, now: SimTime) {
        let tally = &mut *self.tally.borrow_mut();
        let took = now.since(memo.arrived).as_secs_f64();
        let ended = match action {
            Action::Deliver => {
                (tally.images.0, tally.images.1) = (tally.images.0 + took, tally.images.1 + 1);
                tally.figures.add(format!("delivered by {}", self.id(usize::from(memo.last))), 1.0);
                "delivered"
            }
            Action::GiveUp(status) => {
                (tally.failures.0, tally.failures.1) = (tally.failures.0 + took, tally.failures.1 + 1);
                class(status, self.case.adapter == "openai")
            }
            _ => return,
        };
        tally.figures.add(format!("ended as {ended}"), 1.0);
        tally.figures.add(fold(memo.calls, "call"), 1.0);
        tally.figures.add(fold(memo.attempts, "attempt"), 1.0);
        if memo.fell_back {
            tally.figures.add("fell back".to_owned(), 1.0);
        }
    }

    /// Counts attempts of the Router, also those that end without a call, and what its router picks.
    fn follow(&self, memo: &mut Memo, state: &mut State) {
        let mut group = 0;
        for note in self.client.notes(&mut state.inner).expect("it notes").drain(..) {
            match note {
                Note::Asked { run, .. } => {
                    memo.attempts += 1;
                    group = run.group;
                }
                Note::Picked(target) => {
                    let id = self.id(self.position(self.client.deployment(group, target)));
                    self.tally.borrow_mut().figures.add(format!("picks of {id}"), 1.0);
                }
                _ => {}
            }
        }
    }

    /// Counts cooldowns that have begun. One that is set during another changes nothing.
    fn watch(&self, state: &mut State, now: SimTime) {
        for (position, deployment) in self.deployments.iter().enumerate() {
            let until = state.inner.cools_until(*deployment).expect("the profile has cooldowns");
            if until > now && state.cooling[position] <= now {
                state.cooling[position] = until;
                let figures = &mut self.tally.borrow_mut().figures;
                figures.add(format!("cooldowns of {}", self.id(position)), 1.0);
                figures.add(format!("sum of cooldowns of {}", self.id(position)), until.since(now).as_secs_f64());
            }
        }
    }
}

/// What LiteLLM calls an error, through an adapter that can tell refusals or not.
fn class(status: Status, tells_refusals: bool) -> &'static str {
    match status {
        Status::Filtered if !tells_refusals => "BadRequestError",
        Status::Filtered => "ContentPolicyViolationError",
        Status::BadRequest => "BadRequestError",
        Status::TimedOut => "Timeout",
        Status::RateLimited => "RateLimitError",
        Status::Failed => "InternalServerError",
        Status::Unavailable => "ServiceUnavailableError",
        Status::NoneLeft => "RouterRateLimitError",
        other => panic!("no recorded case ends as {other:?}"),
    }
}

impl Client for Wire<'_> {
    type Memo = Memo;
    type State = State;

    fn state(&self, deployments: usize) -> State {
        let (on_wire, cooling) = (vec![0; self.deployments.len()], vec![NEVER; self.deployments.len()]);
        State { inner: self.client.state(deployments), requests: 0, known: Known::default(), on_wire, cooling }
    }

    fn reset(&self, state: &mut State) {
        self.client.reset(&mut state.inner);
        state.requests = 0;
        state.on_wire.fill(0);
        state.cooling.fill(NEVER);
    }

    fn next(&self, heard: &Heard, ask: &Ask, memo: &mut Memo, state: &mut State, view: &View<'_>, _: &mut Luck) -> Action {
        let now = view.now;
        let heard = match (*heard, memo.pending.take()) {
            (Heard::Arrived, _) => {
                *memo = Memo { id: state.requests, arrived: now, ..Memo::default() };
                state.requests += 1;
                *heard
            }
            (Heard::Due, Some(ended)) => {
                state.on_wire[self.position(ended.deployment)] -= 1;
                Heard::Ended(ended)
            }
            (Heard::Ended(ended), _) if ended.status == Status::RateLimited => return self.hold(memo, state, ended),
            _ => *heard,
        };
        state.known.clone_from(view.known);
        for (position, on_wire) in state.on_wire.iter().enumerate() {
            state.known.in_flight[self.deployments[position].index()] += on_wire;
        }
        let mut luck = Luck::new(Key::new(self.seed, self.replication, Purpose::User), memo.id, memo.decisions);
        memo.decisions += 1;
        let seen = View { now, known: &state.known };
        let action = self.client.next(&heard, ask, &mut memo.inner, &mut state.inner, &seen, &mut luck);
        self.follow(memo, state);
        self.watch(state, now);
        let Action::Attempt { deployment, .. } = action else {
            self.count(action, memo, now);
            return action;
        };
        let position = self.position(deployment);
        let id = self.id(position);
        self.tally.borrow_mut().figures.add(format!("calls of {id}"), 1.0);
        (memo.last, memo.fell_back) = (position as u8, memo.fell_back || self.case.falls_back_to(id));
        let failure = self.failure(position, memo, now);
        memo.calls += 1;
        match failure {
            Some(status) => {
                let ended =
                    Ended { deployment, by: deployment, status, retry_after: None, empty: false, pleases: true, race: None };
                self.hold(memo, state, ended)
            }
            None => action,
        }
    }

    fn finals(&self, class: ClassId) -> &[DeploymentId] {
        self.client.finals(class)
    }

    fn may_use(&self, deployment: DeploymentId) -> bool {
        self.client.may_use(deployment)
    }

    fn goes_by_price(&self) -> bool {
        self.client.goes_by_price()
    }
}

impl Tally {
    /// The figures, with the means in place of sums.
    pub(super) fn finish(mut self, case: &Case) -> Figures {
        for deployment in &case.deployments {
            self.figures.mean(&deployment.id);
        }
        for (name, (sum, count)) in [("an image", self.images), ("a failure", self.failures)] {
            if count > 0 {
                self.figures.put(format!("mean time to {name}, s"), sum / count as f64);
            }
        }
        self.figures
    }
}
