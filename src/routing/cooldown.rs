//! Cooldowns and breakers: when a deployment that fails is left alone, for how long, and how it comes back.
//!
//! The triggers are those of LiteLLM's Router (1.106.2, `router_utils/cooldown_handlers.py`), of breakers that count failures in
//! a row (Kong's `max_fails`) and of those that go by an error rate (Helicone, Envoy). It goes by what the client was answered,
//! and knows nothing of incidents.

use super::window::{Counter, Window, WindowKind};
use crate::model::{Status, Statuses};
use crate::spec::{self, Located, Mistake, Named};
use crate::units::{Share, SimDuration, SimTime};

/// When a deployment is left alone, and for how long.
#[derive(Debug, Clone, PartialEq)]
pub struct Cooldown {
    /// For how long, where nothing else says it.
    pub length: SimDuration,
    /// Whether the retry-after of the answer says for how long; zero then means not at all.
    pub by_retry_after: bool,
    /// Answers that may bring about a cooldown at all.
    pub on: Statuses,
    /// Answers that bring it about at once.
    pub always: Statuses,
    /// Answers that bring it about at once where the group has another deployment.
    pub at_once: Statuses,
    /// More than this share failed; not where it is the only deployment of its group.
    pub share: Option<FailedShare>,
    /// All of at least so many failed, within the window of the share.
    pub all_of: Option<u32>,
    /// More than so many failures that may bring it about, within a window; in place of `always`, `at_once` and `share`.
    pub count: Option<(u32, Window)>,
    /// So many failures in a row; not where it is the only deployment of its group.
    pub in_a_row: Option<u32>,
    /// Attempts let through at a time after a cooldown, until one succeeds; without it, all.
    pub probes: Option<u32>,
    /// Over which time it takes more and more of its requests after a cooldown; `None`: all at once.
    pub ramp_up: Option<SimDuration>,
    /// What happens where all deployments of a group are cooling.
    pub all_cooling: AllCooling,
}

/// A share of failures over which a deployment cools.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FailedShare {
    /// More than this.
    pub over: f64,
    /// Of at least so many attempts.
    pub of_at_least: u32,
    /// Within this window.
    pub window: Window,
}

spec::words! {
    /// What happens to a request where all deployments of a group are cooling.
    pub enum AllCooling {
        /// The group has none left: a fallback, or an error.
        "fail" => Fail,
        /// It is sent as if none were cooling.
        "bypass" => Bypass,
        /// It waits until the first of them is back.
        "wait" => Wait,
    }
}

/// What is known of one deployment.
#[derive(Debug, Clone, Copy)]
pub struct Health {
    fails: Counter,
    successes: Counter,
    counted: Counter,
    in_a_row: u32,
    /// The first deadline: later cooldowns do not extend it while it lasts.
    first_until: SimTime,
    /// The deadline of the last cooldown.
    last_until: SimTime,
    /// Whether it has cooled and not yet succeeded again.
    on_probation: bool,
}

impl Default for Health {
    fn default() -> Self {
        let (fails, successes, counted) = Default::default();
        let never = SimTime::from_micros(i64::MIN);
        Self { fails, successes, counted, in_a_row: 0, first_until: never, last_until: never, on_probation: false }
    }
}

impl Health {
    /// When it is no longer cooling; in the past where it is not.
    #[inline]
    pub fn until(&self) -> SimTime {
        self.first_until.min(self.last_until)
    }

    /// Whether it may be asked now, while so many attempts at it are under way.
    #[inline]
    pub fn is_open(&self, cooldown: &Cooldown, now: SimTime, in_flight: u32) -> bool {
        self.until() <= now && (!self.on_probation || cooldown.probes.is_none_or(|probes| in_flight < probes))
    }

    /// Counts a success.
    pub fn succeeded(&mut self, cooldown: &Cooldown, now: SimTime) {
        if let Some(share) = &cooldown.share {
            self.successes.add(share.window, now);
        }
        (self.in_a_row, self.on_probation) = (0, false);
    }

    /// Counts a failure, and lets the deployment cool where that is due. `own` is its own length of a cooldown, `alone` says
    /// whether it is the only one of its group.
    pub fn failed(
        &mut self,
        cooldown: &Cooldown,
        (status, retry_after): (Status, Option<SimDuration>),
        (own, alone): (Option<SimDuration>, bool),
        now: SimTime,
    ) {
        self.in_a_row += 1;
        if let Some(share) = &cooldown.share {
            self.fails.add(share.window, now);
        }
        let asked = retry_after.filter(|_| cooldown.by_retry_after);
        let length = own.or(asked).unwrap_or(cooldown.length);
        if length <= SimDuration::ZERO || !cooldown.on.has(status) || !self.is_due(cooldown, status, alone, now) {
            return;
        }
        if self.until() <= now {
            self.first_until = now + length;
        }
        self.last_until = now + length;
        self.on_probation = true;
    }

    fn is_due(&mut self, cooldown: &Cooldown, status: Status, alone: bool, now: SimTime) -> bool {
        if cooldown.probes.is_some() && self.on_probation {
            return true;
        }
        if !alone && cooldown.in_a_row.is_some_and(|most| self.in_a_row >= most) {
            return true;
        }
        if let Some((most, window)) = cooldown.count {
            self.counted.add(window, now);
            return self.counted.count(window, now) > most;
        }
        cooldown.always.has(status)
            || (!alone && cooldown.at_once.has(status))
            || cooldown.share.is_some_and(|share| self.exceeds(share, cooldown.all_of, alone, now))
    }

    fn exceeds(&mut self, share: FailedShare, all_of: Option<u32>, alone: bool, now: SimTime) -> bool {
        let fails = self.fails.count(share.window, now);
        let all = fails + self.successes.count(share.window, now);
        let too_many = !alone && all >= share.of_at_least && f64::from(fails) > share.over * f64::from(all);
        too_many || all_of.is_some_and(|least| fails == all && all >= least)
    }
}

spec::table! {
    /// When a deployment that fails is left alone, for how long, and how it comes back.
    pub struct CooldownSpec {
        /// For how long; 5 s as in LiteLLM.
        time: SimDuration = "5s",
        /// For how long by model; stands above all else, and "0s" means not at all.
        times: Option<Named<SimDuration>>,
        /// Whether a retry-after says for how long.
        by_retry_after: bool = true,
        /// Answers that may bring about a cooldown at all.
        on: Vec<Status> = ["rate_limited", "unauthorized", "payment_required", "timed_out", "gone", "failed", "unavailable"],
        /// Answers that bring it about at once.
        always: Vec<Status> = [""; 0],
        /// Answers that bring it about at once where the group has another deployment.
        at_once: Vec<Status> = ["rate_limited"],
        /// More than a share of the attempts failed.
        share: Option<ShareSpec>,
        /// More than so many failures within a time; in place of `always`, `at_once` and `share`.
        count: Option<CountSpec>,
        /// So many failures in a row, where the group has another deployment.
        in_a_row: Option<Located<u32>>,
        /// So many attempts at a time are let through after a cooldown, until one succeeds; a failure brings the next cooldown.
        /// Without it the deployment is back with all its traffic.
        probes: Option<Located<u32>>,
        /// After a cooldown its share of requests grows from none to all of them over this time, as `slowstart` in HAProxy; others take
        /// the rest, while another is there. Without it the deployment is back with all its traffic.
        ramp_up: Option<Located<SimDuration>>,
        /// What happens where all deployments of a group are cooling.
        all_cooling: AllCooling = "fail",
    }
}

spec::table! {
    /// More than a share of the attempts failed.
    pub struct ShareSpec {
        /// More than this share, where the group has another deployment.
        over: Share = "50%",
        /// Of at least so many attempts.
        of_at_least: Located<u32> = 5,
        /// Also where the deployment is the only one: all of at least so many.
        all_of: Option<u32>,
        /// Over which time.
        within: Located<SimDuration> = "60s",
        /// How that time is counted.
        window: WindowKind = "fixed",
    }
}

spec::table! {
    /// More than so many failures within a time.
    pub struct CountSpec {
        /// More than so many.
        more_than: u32,
        /// Over which time.
        within: Located<SimDuration> = "60s",
        /// How that time is counted.
        window: WindowKind = "fixed",
    }
}

fn window(kind: WindowKind, within: &Located<SimDuration>) -> Result<Window, Mistake> {
    if within.micros() < 1000 {
        return Err(Mistake::error(&within.place, "failures are counted over 1 ms at least").label("too short"));
    }
    Ok(Window { kind, length: **within })
}

/// A number of attempts that is not none.
fn some(number: &Located<u32>) -> Result<u32, Mistake> {
    if **number == 0 {
        return Err(Mistake::error(&number.place, "this many attempts are none").label("at least 1"));
    }
    Ok(**number)
}

fn ramp_up(time: &Located<SimDuration>) -> Result<SimDuration, Mistake> {
    if **time <= SimDuration::ZERO {
        return Err(Mistake::error(&time.place, "nothing ramps up over no time").label("more than 0 s"));
    }
    Ok(**time)
}

impl CooldownSpec {
    pub(super) fn build(&self) -> Result<Cooldown, Mistake> {
        let set = |all: &[Status]| all.iter().copied().collect();
        let share = self.share.as_ref().map(|share| {
            let window = window(share.window, &share.within)?;
            Ok(FailedShare { over: share.over.get(), of_at_least: some(&share.of_at_least)?, window })
        });
        let count = self.count.as_ref().map(|count| Ok((count.more_than, window(count.window, &count.within)?)));
        Ok(Cooldown {
            length: self.time,
            by_retry_after: self.by_retry_after,
            on: set(&self.on),
            always: set(&self.always),
            at_once: set(&self.at_once),
            share: share.transpose()?,
            all_of: self.share.as_ref().and_then(|share| share.all_of),
            count: count.transpose()?,
            in_a_row: self.in_a_row.as_ref().map(some).transpose()?,
            probes: self.probes.as_ref().map(some).transpose()?,
            ramp_up: self.ramp_up.as_ref().map(ramp_up).transpose()?,
            all_cooling: self.all_cooling,
        })
    }

    /// The models that have a length of their own.
    pub(super) fn own_times(&self) -> impl Iterator<Item = (&Located<String>, SimDuration)> {
        self.times.iter().flatten().map(|(name, length)| (name, *length))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Window = Window { kind: WindowKind::Fixed, length: SimDuration::from_micros(60_000_000) };

    fn cooldown() -> Cooldown {
        Cooldown {
            length: seconds(5),
            by_retry_after: true,
            on: Statuses::of(&[Status::RateLimited, Status::Failed, Status::Unauthorized]),
            always: Statuses::of(&[Status::Unauthorized]),
            at_once: Statuses::of(&[Status::RateLimited]),
            share: Some(FailedShare { over: 0.5, of_at_least: 5, window: WINDOW }),
            all_of: None,
            count: None,
            in_a_row: None,
            probes: None,
            ramp_up: None,
            all_cooling: AllCooling::Fail,
        }
    }

    const fn seconds(s: i64) -> SimDuration {
        SimDuration::from_micros(s * 1_000_000)
    }

    const fn at(s: i64) -> SimTime {
        SimTime::from_micros(s * 1_000_000)
    }

    /// The second at which it is back after these failures, and 0 where it never cooled.
    fn back(cooldown: &Cooldown, alone: bool, failures: &[(i64, Status, Option<i64>)]) -> i64 {
        let mut health = Health::default();
        for (time, status, asked) in failures {
            health.failed(cooldown, (*status, asked.map(seconds)), (None, alone), at(*time));
        }
        health.until().micros().max(0) / 1_000_000
    }

    #[test]
    fn a_rate_limit_cools_at_once_and_by_its_retry_after() {
        let of = |alone, asked| back(&cooldown(), alone, &[(0, Status::RateLimited, asked)]);
        assert_eq!([of(false, None), of(false, Some(7)), of(false, Some(0)), of(true, None)], [5, 7, 0, 0]);
        assert_eq!(back(&cooldown(), true, &[(3, Status::Unauthorized, None)]), 8);
    }

    #[test]
    fn a_share_of_failures_cools_from_the_fifth_on() {
        let failures: Vec<_> = (1..=5).map(|time| (time, Status::Failed, None)).collect();
        assert_eq!((back(&cooldown(), false, &failures[..4]), back(&cooldown(), false, &failures)), (0, 10));
        assert_eq!(back(&cooldown(), true, &failures), 0);
        let all = Cooldown { all_of: Some(5), ..cooldown() };
        assert_eq!(back(&all, true, &failures), 10);
    }

    #[test]
    fn a_cooldown_is_not_extended_while_it_lasts() {
        let twice =
            |second| back(&cooldown(), false, &[(0, Status::RateLimited, Some(5)), (second, Status::RateLimited, Some(9))]);
        assert_eq!((twice(2), twice(5)), (5, 14));
    }

    #[test]
    fn counts_stand_in_place_of_the_rest_and_keep_their_first_deadline() {
        let window = Window { kind: WindowKind::Fixed, length: seconds(3) };
        let counting = Cooldown { count: Some((2, window)), ..cooldown() };
        let of =
            |times: &[i64]| back(&counting, false, &times.iter().map(|t| (*t, Status::RateLimited, None)).collect::<Vec<_>>());
        assert_eq!((of(&[0, 1]), of(&[0, 1, 2]), of(&[0, 2, 4])), (0, 7, 0));
    }

    #[test]
    fn failures_in_a_row_and_probes() {
        let breaker = Cooldown { in_a_row: Some(3), probes: Some(1), at_once: Statuses::NONE, share: None, ..cooldown() };
        let mut health = Health::default();
        for time in 0..3 {
            assert!(health.is_open(&breaker, at(time), 0));
            health.failed(&breaker, (Status::Failed, None), (None, false), at(time));
        }
        assert!(!health.is_open(&breaker, at(6), 0));
        assert!(health.is_open(&breaker, at(7), 0) && !health.is_open(&breaker, at(7), 1));
        health.failed(&breaker, (Status::Failed, None), (None, false), at(8));
        assert!(!health.is_open(&breaker, at(12), 0));
        health.succeeded(&breaker, at(13));
        assert!(health.is_open(&breaker, at(13), 7));
    }
}
