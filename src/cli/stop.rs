//! Ctrl-C: the first asks for an orderly stop, the second ends the process at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::Failure;

/// The exit code of an interrupted program: 128 and the number of the signal.
const INTERRUPTED: i32 = 130;

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
