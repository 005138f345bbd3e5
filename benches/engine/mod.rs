//! The engine's side of the comparison: the same plain month, through scenario, plan, engine and ledger.

use crate::Work;

/// Runs `requests` requests of `plain_month.toml` at `rate_per_second`, on one thread; `None` where the engine is not
/// part of this build.
pub(crate) fn run(_rate_per_second: f64, _requests: u64, _seed: u64) -> Option<Work> {
    None
}
