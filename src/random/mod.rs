//! Keyed random numbers: a draw is a function of what it is for, never of when it is made.
//!
//! The identity of a draw is (seed, replication, purpose, entity): for example the attempt 2 of request 17.
//! It never contains a strategy, a thread or an order of calls, so that strategies share every draw they have in
//! common (common random numbers) and results do not depend on how work is split. The algorithms are pinned:
//! Philox4x32-10 for draws, the SplitMix64 finaliser for keys. Nothing here reads entropy or a clock.

mod exponential;
mod key;
mod philox;
mod stream;

pub use exponential::exponential;
pub use key::{Key, LANES, Purpose, split};
pub use philox::{Block, philox4x32_10};
pub use stream::Stream;

/// A uniform number in (0, 1) from 32 random bits: the middle of one of 2^32 equal cells, so never 0 or 1.
pub fn open01(bits: u32) -> f64 {
    (f64::from(bits) + 0.5) * (1.0 / 4_294_967_296.0)
}

/// A uniform number in (0, 1) from 64 random bits, of which 52 are used: never 0 or 1.
pub fn open01_wide(high: u32, low: u32) -> f64 {
    let bits = (u64::from(high) << 20) | u64::from(low >> 12);
    (bits as f64 + 0.5) * (1.0 / 4_503_599_627_370_496.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uniforms_stay_inside_the_open_interval() {
        assert!(open01(0) > 0.0 && open01(u32::MAX) < 1.0);
        assert!(open01_wide(0, 0) > 0.0 && open01_wide(u32::MAX, u32::MAX) < 1.0);
    }
}
