//! One recording, replayed.

use super::case::{Answer, Case, Met, Request};
use super::{outcome, settings};
use crate::model::{DeploymentId, Status};
use crate::routing::{Action, AnyRouter, Ask, Client, Ended, Heard, Known, Luck, Memo, Sight, Strategy, View};
use crate::units::{SimDuration, SimTime};

/// What a strategy did for one request.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// The calls, in order.
    pub hits: Vec<Met>,
    /// The deployment that delivered, or the class of the error.
    pub outcome: String,
    /// How long it waited, in microseconds.
    pub slept: i64,
}

/// A request that did not go as recorded.
#[derive(Debug, Clone)]
pub struct Difference {
    /// The case's number.
    pub case: u64,
    /// The request, from 0.
    pub request: usize,
    /// What was recorded.
    pub recorded: Seen,
    /// What the strategy did.
    pub simulated: Seen,
}

/// Replays a recording: the first request that did not go as recorded.
///
/// # Errors
/// Why it is no recording that can be replayed.
pub fn replay(case: &Case) -> Result<Option<Difference>, String> {
    let strategy = settings::strategy(case)?;
    let mut player = Player::new(case, &strategy);
    for (number, request) in case.requests.iter().enumerate() {
        player.now = player.now + micros(request.gap_s);
        let simulated = player.play()?;
        let recorded = recorded(request);
        if recorded != simulated {
            return Ok(Some(Difference { case: case.case, request: number, recorded, simulated }));
        }
    }
    Ok(None)
}

fn recorded(request: &Request) -> Seen {
    Seen { hits: request.hits.clone(), outcome: request.outcome.clone(), slept: micros(request.slept_s).micros() }
}

fn micros(seconds: f64) -> SimDuration {
    SimDuration::from_secs_f64(seconds)
}

/// A client, and the world that a recording makes around it.
struct Player<'a> {
    case: &'a Case,
    strategy: &'a Strategy<AnyRouter>,
    state: <Strategy<AnyRouter> as Client>::State,
    known: Known,
    now: SimTime,
    /// Answers given by each deployment, and numbers drawn.
    given: Vec<usize>,
    drawn: usize,
}

impl<'a> Player<'a> {
    fn new(case: &'a Case, strategy: &'a Strategy<AnyRouter>) -> Self {
        let count = case.deployments.len();
        let known = Known {
            sights: vec![Sight::default(); count].into(),
            leads: Box::default(),
            in_flight: vec![0; count].into(),
            failing: Box::default(),
        };
        let state = strategy.state(count);
        Self { case, strategy, state, known, now: SimTime::START, given: vec![0; count], drawn: 0 }
    }

    /// The next request, to its end.
    fn play(&mut self) -> Result<Seen, String> {
        let ask = Ask::PLAIN;
        let (mut memo, mut heard) = (Memo::default(), Heard::Arrived);
        let mut seen = Seen { hits: Vec::new(), outcome: String::new(), slept: 0 };
        loop {
            let mut luck = Luck::of_coin(self.coin());
            let view = View { now: self.now, known: &self.known };
            let action = self.strategy.next(&heard, &ask, &mut memo, &mut self.state, &view, &mut luck);
            self.drawn += usize::from(luck.was_tossed());
            heard = match action {
                Action::Attempt { deployment, .. } => Heard::Ended(self.answer(deployment, &mut seen)?),
                Action::Race { .. } | Action::Hold | Action::Serve { .. } => {
                    return Err("the recorded Router neither hedges nor stores nor queues".to_owned());
                }
                Action::Wait(wait) => {
                    self.now = self.now + wait;
                    seen.slept += wait.micros();
                    Heard::Due
                }
                Action::Deliver => {
                    seen.outcome = seen.hits.last().map(|(id, _)| id.clone()).unwrap_or_default();
                    return Ok(seen);
                }
                Action::GiveUp(status) => {
                    outcome::error(status, self.case.sdk_attempts_per_router_attempt > 1).clone_into(&mut seen.outcome);
                    return Ok(seen);
                }
            };
        }
    }

    /// The bits of the next number that the Router drew; nothing but zeros after the last.
    fn coin(&self) -> u32 {
        let draw = self.case.uniform_draws.get(self.drawn).copied().unwrap_or(0.0);
        (draw * 4_294_967_296.0) as u32
    }

    /// The next recorded answer of this deployment.
    fn answer(&mut self, deployment: DeploymentId, seen: &mut Seen) -> Result<Ended, String> {
        let at = deployment.index();
        let id = &self.case.deployments[at].id;
        let answers = self.case.answers.get(id).map_or([].as_slice(), Vec::as_slice);
        let (answer, retry_after) = answers.get(self.given[at]).cloned().unwrap_or((Answer::Status(200), None));
        self.given[at] += 1;
        let status: Status = outcome::status(&answer)?;
        seen.hits.push((id.clone(), answer));
        // A header with a fraction is no number of seconds, and is not read at all.
        let retry_after = retry_after.filter(|seconds| seconds.fract() == 0.0).map(micros);
        Ok(Ended { deployment, by: deployment, status, retry_after, empty: false, pleases: true, race: None })
    }
}
