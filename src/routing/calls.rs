//! Retries inside an attempt: those of the SDK below the gateway, of which the gateway sees the last answer only.

use super::waits::{Backoff, BackoffSpec, Jitter, JitterSpec, RetryAfter, Waits};
use crate::model::{Status, Statuses};
use crate::spec::{self, Located, Mistake};
use crate::units::SimDuration;

/// How often the same call is made again before the strategy hears of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Calls {
    /// Calls in all, at least 1.
    pub most: u8,
    /// Answers after which it is made again.
    pub on: Statuses,
    /// The waits between them.
    pub waits: Waits,
}

spec::table! {
    /// Retries by the SDK inside each attempt; the defaults are those of OpenAI's Python client 2.54.0 (`_base_client.py`).
    pub struct CallsSpec {
        /// Retries inside each attempt: 0 to 99.
        retries: Located<u32> = 2,
        /// Answers after which the call is made again.
        on: Vec<Status> = ["timed_out", "conflict", "rate_limited", "failed", "unavailable"],
        /// The wait; without it 0.5 s, doubling up to 8 s.
        backoff: Option<BackoffSpec>,
        /// How the wait is spread; without it, up to a quarter less.
        jitter: Option<JitterSpec>,
        /// A retry-after up to this long is waited for in place of the wait.
        honor_retry_after: SimDuration = "120s",
    }
}

impl CallsSpec {
    pub(super) fn build(&self) -> Result<Calls, Mistake> {
        let retries = u8::try_from(*self.retries).ok().filter(|n| *n < 100);
        let retries =
            retries.ok_or_else(|| Mistake::error(&self.retries.place, "retries must be from 0 to 99").label("too many"))?;
        let backoff = self.backoff.as_ref().map_or(Ok(Backoff::OPENAI), BackoffSpec::build)?;
        let jitter = self.jitter.as_ref().map_or(Jitter::Less(0.25), JitterSpec::build);
        let waits = Waits { backoff, jitter, honor_retry_after: self.honor_retry_after, retry_after: RetryAfter::Instead };
        Ok(Calls { most: retries + 1, on: self.on.iter().copied().collect(), waits })
    }
}
