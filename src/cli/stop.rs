//! Ctrl-C: the first asks for an orderly stop that keeps what is finished, the second ends the process at once.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::Failure;

/// The exit code of an interrupted program: 128 and the number of the signal.
const INTERRUPTED: i32 = 130;

/// A run that was stopped before its last replication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stopped {
    done: u32,
    asked: u32,
}

impl Stopped {
    /// `None` where all replications are there.
    pub(super) fn early(done: u32, asked: u32) -> Option<Self> {
        (done < asked).then_some(Self { done, asked })
    }

    /// Whether there is anything to estimate from.
    pub(super) fn is_worth_a_report(self) -> bool {
        self.done >= 2
    }
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { done, asked } = self;
        write!(f, "stopped after {done} of {asked} replications; ")?;
        if self.is_worth_a_report() { write!(f, "the results are of these {done}") } else { f.write_str("nothing was written") }
    }
}

/// A flag that turns true on Ctrl-C (and on a polite request to terminate).
///
/// # Errors
/// A handler that is there already or that the system refuses.
pub(super) fn on_interrupt() -> Result<Arc<AtomicBool>, Failure> {
    let flag = Arc::new(AtomicBool::new(false));
    let raised = Arc::clone(&flag);
    let handler = move || {
        if raised.swap(true, Ordering::Relaxed) {
            end_now();
        }
    };
    ctrlc::set_handler(handler).map_err(|reason| Failure::Error(format!("cannot listen for Ctrl-C: {reason}")))?;
    Ok(flag)
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
        let said = |done| Stopped::early(done, 2000).map(|stopped| stopped.to_string());
        assert_eq!(said(1).as_deref(), Some("stopped after 1 of 2000 replications; nothing was written"));
        assert_eq!(said(352).as_deref(), Some("stopped after 352 of 2000 replications; the results are of these 352"));
        assert_eq!((said(2000), Stopped::early(1, 1)), (None, None));
    }
}
