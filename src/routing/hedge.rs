//! Hedging: a second attempt elsewhere when the first takes long; the first that delivers wins.
//!
//! Dean and Barroso, "The tail at scale", Communications of the ACM 56(2), 2013-02: a copy is sent after the time within which
//! most requests are answered. It goes by what the client itself has measured, and knows nothing of why an attempt is
//! slow. Answers that were overtaken are called off and never measured: a hedge after the time of 90 % of the answers is sent for
//! more than a tenth of the requests.

use super::among::Among;
use super::client::Action;
use super::group::{Choice, Group};
use super::note::Note;
use super::router::Router;
use super::strategy::Then;
use super::turn::Turn;
use crate::model::{DeploymentId, Status};
use crate::spec::{self, Located, Mistake};
use crate::units::{Share, SimDuration, SimTime, Usd};

/// When another attempt is sent beside those that are under way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hedge {
    /// After how long.
    pub after: After,
    /// How many further attempts at most, at least 1.
    pub copies: u8,
    /// Whether a copy may go to a deployment that one is under way at already, where there is no other.
    pub same: bool,
}

/// After how long a copy is sent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum After {
    /// So long.
    Time(SimDuration),
    /// The time within which such a share of the last answers came; never before there were [`FEWEST`].
    Share(f64),
}

/// How many of the last answers are looked at.
const WINDOW: usize = 128;

/// Without so many answers, nobody knows how long most of them take.
pub const FEWEST: usize = 20;

/// How long the last answers took: those that delivered.
#[derive(Debug, Clone)]
pub struct Took {
    last: [i64; WINDOW],
    count: usize,
}

impl Default for Took {
    fn default() -> Self {
        Self { last: [0; WINDOW], count: 0 }
    }
}

impl Took {
    /// Notes an answer.
    pub fn note(&mut self, took: SimDuration) {
        self.last[self.count % WINDOW] = took.micros();
        self.count += 1;
    }

    /// The time within which such a share of the last answers came; `None` where there were too few.
    pub fn within(&self, share: f64) -> Option<SimDuration> {
        let known = self.count.min(WINDOW);
        if known < FEWEST {
            return None;
        }
        let mut sorted = self.last;
        let rank = ((known as f64 * share).ceil() as usize).clamp(1, known) - 1;
        let (_, at, _) = sorted[..known].select_nth_unstable(rank);
        Some(SimDuration::from_micros(*at))
    }
}

impl Hedge {
    /// After how long the next copy is sent, where that is known.
    pub fn delay(&self, took: &Took) -> Option<SimDuration> {
        match self.after {
            After::Time(time) => Some(time),
            After::Share(share) => took.within(share),
        }
    }
}

/// An attempt that is under way beside others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Runner {
    target: u8,
    /// When its call was sent: no two of a target are sent at once.
    sent: SimTime,
    /// When its first call was.
    begun: SimTime,
    /// What it would be booked with: that of another may be another.
    price: Usd,
}

/// The attempts of a request that are under way, and how many copies were sent since there was none.
#[derive(Debug, Clone, Default)]
struct Race {
    runners: Vec<Runner>,
    copies: u8,
}

/// The races of all requests, by their numbers; none for a strategy that does not hedge.
#[derive(Debug, Clone, Default)]
pub(super) struct Races(Vec<Race>);

impl Races {
    /// A request with this number arrives: nothing of it is under way.
    pub(super) fn begin(&mut self, number: usize) {
        if self.0.len() <= number {
            self.0.resize(number + 1, Race::default());
        }
        let race = &mut self.0[number];
        race.runners.clear();
        race.copies = 0;
    }
}

impl<R: Router> Turn<'_, R> {
    fn race(&mut self) -> &mut Race {
        &mut self.state.races.0[self.ask.number as usize]
    }

    /// Sends a call that others may be sent beside.
    pub(super) fn send_into_a_race(&mut self, deployment: DeploymentId, timeout: SimDuration) -> Action {
        let (target, sent) = (self.memo.target, self.view.now);
        if self.memo.calls == 0 {
            self.more().sent = sent;
        }
        let (begun, price) = (self.more().sent, self.more().price);
        self.race().runners.push(Runner { target, sent, begun, price });
        self.memo.then = Then::Copy;
        Action::Race { deployment, timeout, target }
    }

    /// While attempts in a race are under way: another beside them, after a while.
    pub(super) fn races(&mut self) -> Action {
        let copies = self.race().copies;
        let hedge = self.strategy.hedge.as_ref().filter(|hedge| copies < hedge.copies);
        match hedge.and_then(|hedge| hedge.delay(&self.state.took)) {
            Some(delay) if delay > SimDuration::ZERO => Action::Wait(delay),
            _ => Action::Hold,
        }
    }

    /// Another attempt beside those under way, where there is a target for it.
    pub(super) fn copy(&mut self) -> Action {
        let strategy = self.strategy;
        let group = &strategy.groups[usize::from(self.memo.run.group)];
        // A tree of routers may have a deployment in two places.
        let runners = &self.race().runners;
        let racing =
            group.all.only(|at| runners.iter().any(|runner| group.target(at) == group.target(usize::from(runner.target))));
        let mut left = group.all.without(self.memo.used);
        if let Some(budgets) = &strategy.budgets {
            left = self.within_budgets(budgets, left);
        }
        let same = strategy.hedge.is_some_and(|hedge| hedge.same);
        let elsewhere = left.without(racing).or(if same { left } else { Among::NONE });
        let health = (strategy.cooldown.as_ref(), &*self.state.health, &*self.state.between);
        let Choice::Among(mut among) = group.choice(elsewhere, Among::NONE, self.memo.run.order, health, self.view, self.luck)
        else {
            return Action::Hold;
        };
        let router = &mut self.state.routers[usize::from(self.memo.run.group)];
        if group.manner.has_limits {
            let Ok(admitted) = group.router.admits(router, among, self.ask, self.view) else { return Action::Hold };
            among = admitted;
        }
        self.memo.target = group.pick(router, among, self.ask, self.view, self.luck) as u8;
        if strategy.budgets.as_ref().is_some_and(|budgets| !self.copy_allowed(budgets)) {
            return Action::Hold;
        }
        self.more().sent = self.view.now;
        self.race().copies += 1;
        self.note(|_| Note::Copies);
        self.note(|turn| Note::Picked(turn.memo.target));
        self.begin()
    }

    /// An attempt in a race has ended: what is remembered of it is that of the request from now on.
    pub(super) fn left_the_race(&mut self, target: u8, sent: SimTime) {
        if self.memo.then == Then::Call {
            // Another waits for its SDK's next call, which is not made any more.
            self.memo.then = Then::Copy;
            self.keeps_its_place(u32::saturating_sub);
            self.tell_router(Status::CalledOff);
        }
        self.memo.target = target;
        let runners = &mut self.race().runners;
        if let Some(at) = runners.iter().position(|runner| runner.target == target && runner.sent == sent) {
            let runner = runners.remove(at);
            self.takes(&runner);
        }
    }

    /// Whether other attempts of a race are under way, which are waited for.
    pub(super) fn still_races(&mut self) -> bool {
        if self.strategy.hedge.is_none() {
            return false;
        }
        let race = self.race();
        if race.runners.is_empty() {
            race.copies = 0;
            return false;
        }
        self.memo.then = Then::Copy;
        true
    }

    /// The request is over, and the engine calls off what is under way for it.
    pub(super) fn calls_off_the_others(&mut self) {
        if self.race().runners.is_empty() {
            return;
        }
        let winner = self.memo.target;
        while let Some(runner) = self.race().runners.pop() {
            self.takes(&runner);
            self.tell_router(Status::CalledOff);
        }
        self.memo.target = winner;
    }

    /// What is remembered of the attempt that something is told of.
    fn takes(&mut self, runner: &Runner) {
        self.memo.target = runner.target;
        let more = self.more();
        (more.sent, more.price) = (runner.begun, runner.price);
    }
}

spec::table! {
    /// Another attempt beside those under way when they take long: after a time, or after the time of most answers.
    pub struct HedgeSpec {
        /// After so long without an answer.
        after: Option<SimDuration>,
        /// After the time within which such a share of the last 128 answers came, such as "95%".
        after_share: Option<Share>,
        /// How many further attempts at most: 1 to 8.
        copies: Located<u32> = 1,
        /// Whether a copy may go where one is under way already, if there is no other place.
        same: bool = false,
    }
}

impl HedgeSpec {
    pub(super) fn build(&self, strategy: &Located<String>) -> Result<Hedge, Mistake> {
        let copies = u8::try_from(*self.copies).ok().filter(|copies| (1..=8).contains(copies));
        let copies = copies.ok_or_else(|| Mistake::error(&self.copies.place, "copies are from 1 to 8").label("out of range"))?;
        let after = match (self.after, self.after_share) {
            (Some(time), None) => After::Time(time),
            (None, Some(share)) => After::Share(share.get()),
            _ => {
                let mistake = Mistake::error(&strategy.place, "a hedge is sent either after a time or after a share of answers");
                return Err(mistake.label("of this strategy").help("give exactly one of: hedge.after, hedge.after_share"));
            }
        };
        Ok(Hedge { after, copies, same: self.same })
    }
}

impl Hedge {
    /// That no copy could ever be sent: every group has a single deployment, and copies go elsewhere.
    pub(super) fn without_place<R: Router>(&self, strategy: &Located<String>, groups: &[Group<R>]) -> Option<Mistake> {
        let has_others = |group: &Group<R>| (1..group.all.len()).any(|at| group.target(at) != group.target(0));
        if self.same || groups.iter().any(has_others) {
            return None;
        }
        let what = format!("the hedge of strategy \"{}\" has nowhere to send a copy", &**strategy);
        let help = "give a router with another model, or `hedge.same = true`";
        Some(Mistake::error(&strategy.place, what).label("one model in each group").help(help))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_by_the_last_answers() {
        let mut took = Took::default();
        for micros in 0..200 {
            assert_eq!(took.within(0.95).is_some(), micros >= FEWEST as i64);
            took.note(SimDuration::from_micros(micros));
        }
        // The last 128: from 72 to 199.
        assert_eq!(took.within(0.5).map(SimDuration::micros), Some(72 + 63));
        assert_eq!(took.within(1.0).map(SimDuration::micros), Some(199));
    }
}
