//! The wall clock: how long something takes. No result depends on it.

use std::time::Instant;

#[expect(clippy::disallowed_methods, reason = "cli may read the clock")]
pub(super) fn now() -> Instant {
    Instant::now()
}
