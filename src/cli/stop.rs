//! What ends a run before its last replication: Ctrl-C, of which the first asks for an orderly stop that keeps what is finished
//! and the second ends the process at once, and a time limit.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::Failure;
use super::clock::now;
use crate::units::SimDuration;

/// The exit code of an interrupted program: 128 and the number of the signal.
const INTERRUPTED: i32 = 130;

/// What a run has to listen to.
#[derive(Debug)]
pub(super) struct Stop {
    interrupted: Arc<AtomicBool>,
    limit: Option<(Instant, SimDuration)>,
}

/// Why a run was stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// Somebody pressed Ctrl-C, or asked politely to terminate.
    Interrupted,
    /// The time was up that the user had given it.
    TimeLimit(SimDuration),
    /// Its replications could no longer be kept.
    CannotKeep,
}

/// A run that was stopped before its last replication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stopped {
    pub(super) why: Why,
    pub(super) done: u32,
    pub(super) asked: u32,
    /// Whether there is a journal to go on with.
    pub(super) kept: bool,
}

impl Stop {
    /// Listens to Ctrl-C (and to a polite request to terminate) from now on, and to the clock: the limit counts from `started`.
    ///
    /// # Errors
    /// A handler that is there already or that the system refuses.
    pub(super) fn listen(started: Instant, limit: Option<SimDuration>) -> Result<Self, Failure> {
        let interrupted = Arc::new(AtomicBool::new(false));
        let raised = Arc::clone(&interrupted);
        let handler = move || {
            if raised.swap(true, Ordering::Relaxed) {
                end_now();
            }
        };
        ctrlc::set_handler(handler).map_err(|reason| Failure::Error(format!("cannot listen for Ctrl-C: {reason}")))?;
        let until = |limit: SimDuration| {
            let length = Duration::from_micros(limit.micros().unsigned_abs());
            started.checked_add(length).map(|until| (until, limit))
        };
        Ok(Self { interrupted, limit: limit.and_then(until) })
    }

    /// Why to stop; `None` while there is no reason to.
    pub(super) fn why(&self) -> Option<Why> {
        if self.interrupted.load(Ordering::Relaxed) {
            return Some(Why::Interrupted);
        }
        self.limit.filter(|(until, _)| now() >= *until).map(|(_, limit)| Why::TimeLimit(limit))
    }
}

impl Stopped {
    /// Whether there is anything to estimate from.
    pub(super) const fn is_worth_a_report(self) -> bool {
        self.done >= 2
    }
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { why, done, asked, kept } = self;
        match why {
            Why::Interrupted | Why::CannotKeep => write!(f, "stopped after {done} of {asked} replications")?,
            Why::TimeLimit(limit) => write!(f, "stopped at the time limit of {limit} after {done} of {asked} replications")?,
        }
        match (self.is_worth_a_report(), kept) {
            (true, true) => write!(f, "; the results are of these {done}; --resume goes on from there"),
            (true, false) => write!(f, "; the results are of these {done}"),
            (false, true) => f.write_str("; too few for a report; --resume goes on from there"),
            (false, false) => f.write_str("; nothing was written"),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "who presses Ctrl-C twice does not want to wait for main to return")]
fn end_now() -> ! {
    std::process::exit(INTERRUPTED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_replications_are_worth_a_report() {
        let said = |why, done, kept| Stopped { why, done, asked: 2000, kept }.to_string();
        let interrupted = |done, kept| said(Why::Interrupted, done, kept);
        assert_eq!(interrupted(0, false), "stopped after 0 of 2000 replications; nothing was written");
        let few = "stopped after 1 of 2000 replications; too few for a report; --resume goes on from there";
        assert_eq!(interrupted(1, true), few);
        assert_eq!(interrupted(352, false), "stopped after 352 of 2000 replications; the results are of these 352");
        let half_an_hour = Why::TimeLimit(SimDuration::from_micros(1_800_000_000));
        let late = "stopped at the time limit of 30min after 352 of 2000 replications; the results are of these 352; --resume \
            goes on from there";
        assert_eq!(said(half_an_hour, 352, true), late);
    }

    #[test]
    fn the_limit_is_a_time_of_the_clock() {
        let stop = |limit| Stop {
            interrupted: Arc::new(AtomicBool::new(false)),
            limit: Some((now() + Duration::from_secs(limit), SimDuration::from_micros(limit as i64 * 1_000_000))),
        };
        assert_eq!(stop(3600).why(), None);
        assert_eq!(stop(0).why(), Some(Why::TimeLimit(SimDuration::ZERO)));
        let interrupted = stop(0);
        interrupted.interrupted.store(true, Ordering::Relaxed);
        assert_eq!(interrupted.why(), Some(Why::Interrupted));
    }
}
