//! Retries: after which answers, how often, after how long. Which deployment is tried is the router's part.

use super::retry_budget::{RetryBudget, RetryBudgetSpec};
use super::waits::{Backoff, BackoffSpec, Jitter, JitterSpec, RetryAfter, Waits};
use crate::model::{Status, Statuses};
use crate::spec::{self, Located, Mistake};
use crate::units::SimDuration;

/// When and how a strategy tries again within a group.
///
/// The knobs beyond attempts, answers and waits are those of LiteLLM's Router (1.106.2, `router.py`,
/// `async_function_with_retries` and `should_retry_this_error`).
#[derive(Debug, Clone, PartialEq)]
pub struct Retry {
    /// Attempts, the first included; at least 1.
    pub attempts: u8,
    /// Answers after which it tries again.
    pub on: Statuses,
    /// Answers after which it tries again where the group has another deployment.
    pub with_peers: Statuses,
    /// Attempts by the first answer, which then stand above all other conditions; 0 where there are none of its own.
    pub by_status: [u8; Status::ALL.len()],
    /// Whether it tries again only while a deployment of the group is not cooling.
    pub needs_healthy: bool,
    /// A deployment that gave one of these answers is left out while the group has another.
    pub skips: Statuses,
    /// Whether it waits for nothing while a deployment of the group is not cooling, and is not the only one.
    pub instant_with_peer: bool,
    /// Whether it waits after the last attempt, too, before it goes on to whatever comes next.
    pub trailing: bool,
    /// How many there may be, all requests together; `None`: any number.
    pub budget: Option<RetryBudget>,
    /// The waits.
    pub waits: Waits,
}

impl Retry {
    /// One attempt, and no more.
    pub const NEVER: Self = Self {
        attempts: 1,
        on: Statuses::NONE,
        with_peers: Statuses::NONE,
        by_status: [0; Status::ALL.len()],
        needs_healthy: false,
        skips: Statuses::NONE,
        instant_with_peer: false,
        trailing: false,
        budget: None,
        waits: Waits {
            backoff: Backoff::NONE,
            jitter: Jitter::None,
            honor_retry_after: SimDuration::ZERO,
            retry_after: RetryAfter::AtLeast,
        },
    };

    /// Attempts that the first answer allows, where it has a number of its own.
    #[inline]
    pub const fn of_status(&self, first: Status) -> Option<u8> {
        match self.by_status[first as usize] {
            0 => None,
            attempts => Some(attempts),
        }
    }

    /// Whether it tries again after this answer in a group of so many, so many of which are not cooling.
    #[inline]
    pub const fn covers(&self, status: Status, size: usize, healthy: usize) -> bool {
        (self.on.has(status) || size > 1 && self.with_peers.has(status)) && (!self.needs_healthy || healthy > 0)
    }

    /// The wait after this many failures, at least 1, in such a group.
    #[inline]
    pub fn wait(
        &self,
        failures: u8,
        asked: Option<SimDuration>,
        (size, healthy): (usize, usize),
        jitter: impl FnOnce() -> u32,
    ) -> SimDuration {
        if self.instant_with_peer && size != 1 && healthy > 0 {
            return SimDuration::ZERO;
        }
        self.waits.after(failures, asked, jitter)
    }
}

spec::words! {
    /// What an answer says: its HTTP status, or what the client says itself.
    for Status {
        /// 400, and the content filter refused the prompt.
        "filtered" => Filtered,
        /// 400, 413, 422: a mistake of the client's, or a refusal in words that it does not know.
        "bad_request" => BadRequest,
        /// 401.
        "unauthorized" => Unauthorized,
        /// 402.
        "payment_required" => PaymentRequired,
        /// 403.
        "forbidden" => Forbidden,
        /// 404: the model is not there, not yet or no longer.
        "gone" => Gone,
        /// 408, or the client stopped waiting.
        "timed_out" => TimedOut,
        /// 409.
        "conflict" => Conflict,
        /// 429: a limit was reached.
        "rate_limited" => RateLimited,
        /// 500, 502, 504: the provider failed.
        "failed" => Failed,
        /// 503.
        "unavailable" => Unavailable,
        /// The client's own: no deployment is left that it may ask.
        "none_left" => NoneLeft,
        /// The client's own: it would spend more than it may.
        "over_budget" => OverBudget,
        /// The client's own: more would be under way or waiting than it lets in.
        "shed" => Shed,
    }
}

spec::table! {
    /// When and how to try again.
    pub struct RetrySpec {
        /// Attempts at each level of the router, the first included: 1 to 100. 3 is the default of OpenAI's Python client.
        attempts: Located<u32> = 3,
        /// Answers to try again after; after any other, the router's next level is tried at once, or the next group.
        on: Vec<Status> = ["failed", "unavailable", "timed_out", "rate_limited"],
        /// Answers to try again after where the group has more than one deployment.
        with_peers: Vec<Status> = [""; 0],
        /// Attempts by the first answer, the first included: they stand above `on`, `with_peers` and `needs_healthy`.
        by_status: Option<ByStatusSpec>,
        /// Only while at least one deployment of the group is not cooling.
        needs_healthy: bool = false,
        /// A deployment that gave one of these answers is left out for the rest of the group's attempts, while there is another.
        skip: Vec<Status> = [""; 0],
        /// No wait while the group has more than one deployment and one that is not cooling.
        instant_with_peer: bool = false,
        /// Wait after the last attempt, too, before going on to a fallback or giving up.
        trailing_wait: bool = false,
        /// How many retries there may be, all requests together; without it, any number.
        budget: Option<RetryBudgetSpec>,
        /// The wait; without it 0.5 s, doubling up to 8 s, as in OpenAI's Python client.
        backoff: Option<BackoffSpec>,
        /// How the wait is spread.
        jitter: JitterSpec = "full",
        /// A retry-after up to this long is waited for, a longer one ignored; "0s" ignores all. 120 s as in OpenAI's client.
        honor_retry_after: SimDuration = "120s",
        /// What a retry-after means for the wait.
        retry_after: RetryAfter = "at_least",
    }
}

spec::table! {
    /// Attempts by the first answer, the first attempt included: 1 to 100 each. What is left out follows the other conditions.
    pub struct ByStatusSpec {
        /// After a refusal by the content filter; as after a bad request where left out.
        filtered: Option<Located<u32>>,
        /// After 400, 413, 422.
        bad_request: Option<Located<u32>>,
        /// After 401.
        unauthorized: Option<Located<u32>>,
        /// After 404.
        gone: Option<Located<u32>>,
        /// After 408, or when the client stopped waiting.
        timed_out: Option<Located<u32>>,
        /// After 429.
        rate_limited: Option<Located<u32>>,
        /// After 500, 502, 504.
        failed: Option<Located<u32>>,
        /// After 503.
        unavailable: Option<Located<u32>>,
        /// After any other answer, where no deployment was left, and after those above that are left out.
        other: Option<Located<u32>>,
    }
}

/// A number of attempts.
fn attempts(number: &Located<u32>) -> Result<u8, Mistake> {
    u8::try_from(**number)
        .ok()
        .filter(|n| (1..=100).contains(n))
        .ok_or_else(|| Mistake::error(&number.place, "attempts must be from 1 to 100").label("the first attempt counts"))
}

impl ByStatusSpec {
    fn of(&self, status: Status) -> Option<&Located<u32>> {
        let own = match status {
            Status::Filtered => self.filtered.as_ref().or(self.bad_request.as_ref()),
            Status::BadRequest => self.bad_request.as_ref(),
            Status::Unauthorized => self.unauthorized.as_ref(),
            Status::Gone => self.gone.as_ref(),
            Status::TimedOut => self.timed_out.as_ref(),
            Status::RateLimited => self.rate_limited.as_ref(),
            Status::Failed => self.failed.as_ref(),
            Status::Unavailable => self.unavailable.as_ref(),
            Status::PaymentRequired
            | Status::Forbidden
            | Status::Conflict
            | Status::NoneLeft
            | Status::OverBudget
            | Status::Shed => None,
            Status::Delivered | Status::CalledOff => return None,
        };
        own.or(self.other.as_ref())
    }

    fn build(&self) -> Result<[u8; Status::ALL.len()], Mistake> {
        let mut all = [0; Status::ALL.len()];
        for (status, number) in Status::ALL.into_iter().zip(&mut all) {
            *number = self.of(status).map_or(Ok(0), attempts)?;
        }
        Ok(all)
    }
}

impl RetrySpec {
    pub(super) fn build(&self) -> Result<Retry, Mistake> {
        let set = |all: &[Status]| all.iter().copied().collect();
        Ok(Retry {
            attempts: attempts(&self.attempts)?,
            on: set(&self.on),
            with_peers: set(&self.with_peers),
            by_status: self.by_status.as_ref().map_or(Ok([0; Status::ALL.len()]), ByStatusSpec::build)?,
            needs_healthy: self.needs_healthy,
            skips: set(&self.skip),
            instant_with_peer: self.instant_with_peer,
            trailing: self.trailing_wait,
            budget: self.budget.as_ref().map(RetryBudgetSpec::build).transpose()?,
            waits: Waits {
                backoff: self.backoff.as_ref().map_or(Ok(Backoff::OPENAI), BackoffSpec::build)?,
                jitter: self.jitter.build(),
                honor_retry_after: self.honor_retry_after,
                retry_after: self.retry_after,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Field, Reader, Sources, parse_value};

    #[test]
    fn a_status_is_called_in_scenarios_what_it_is_called_elsewhere() {
        let named = |status: &&Status| ![Status::Delivered, Status::CalledOff].contains(status);
        for status in Status::ALL.iter().filter(named) {
            let text = format!("\"{}\"", status.word());
            let node = parse_value(&text, Sources::new().add("status.toml", &text), 0).expect("a string");
            assert_eq!(Status::read(&node, &mut Reader::new()), Some(*status), "{text}");
        }
    }

    #[test]
    fn covers_what_it_names_where_there_is_somebody_to_ask() {
        let retry =
            Retry { on: Statuses::of(&[Status::Failed]), with_peers: Statuses::of(&[Status::Unauthorized]), ..Retry::NEVER };
        assert!(retry.covers(Status::Failed, 1, 0) && !retry.covers(Status::Gone, 2, 2));
        assert!(retry.covers(Status::Unauthorized, 2, 0) && !retry.covers(Status::Unauthorized, 1, 1));
        let careful = Retry { needs_healthy: true, ..retry };
        assert!(careful.covers(Status::Failed, 1, 1) && !careful.covers(Status::Failed, 2, 0));
    }

    #[test]
    fn waits_for_nothing_where_a_peer_is_healthy() {
        let second = SimDuration::from_secs_f64(1.0);
        let backoff = Backoff { base: second, cap: second, ..Backoff::NONE };
        let retry = Retry { instant_with_peer: true, waits: Waits { backoff, ..Retry::NEVER.waits }, ..Retry::NEVER };
        let wait = |size, healthy| retry.wait(1, None, (size, healthy), || 0);
        assert_eq!([wait(2, 1), wait(2, 0), wait(1, 1)], [SimDuration::ZERO, second, second]);
        assert_eq!(Retry { instant_with_peer: false, ..retry }.wait(1, None, (2, 1), || 0), second);
    }
}
