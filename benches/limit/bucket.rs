//! A token bucket that is refilled when it is looked at, in integers.

/// Tokens are counted in parts of 2^-40.
const ONE: u64 = 1 << 40;

#[derive(Debug, Clone, Copy)]
pub(super) struct Bucket {
    level: u64,
    capacity: u64,
    per_micro: u64,
    updated: u64,
}

impl Bucket {
    /// A full bucket of `capacity` tokens that refills at `rate` per second.
    pub(super) fn new(rate: f64, capacity: f64) -> Self {
        let capacity = (capacity * ONE as f64) as u64;
        Self { level: capacity, capacity, per_micro: (rate / 1e6 * ONE as f64) as u64, updated: 0 }
    }

    /// Takes one token, or says how long it takes until there is one.
    #[inline]
    pub(super) fn take(&mut self, now: u64) -> Result<(), u64> {
        let refill = (now - self.updated).saturating_mul(self.per_micro);
        self.level = self.level.saturating_add(refill).min(self.capacity);
        self.updated = now;
        if self.level < ONE {
            return Err((ONE - self.level).div_ceil(self.per_micro));
        }
        self.level -= ONE;
        Ok(())
    }
}
