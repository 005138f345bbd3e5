//! Retries: after which outcomes, how often, after how long.

use crate::model::Outcome;
use crate::units::SimDuration;

/// When and how a strategy tries again at the same level of its router.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retry {
    /// Attempts per level, the first included; at least 1.
    pub attempts: u8,
    /// Outcomes after which it tries again, as bits by [`Outcome`] in the order of [`Outcome::ALL`].
    pub on: u8,
    /// The wait.
    pub backoff: Backoff,
    /// How the wait is spread.
    pub jitter: Jitter,
    /// A retry-after up to this long is waited for; a longer one is ignored.
    pub honor_retry_after: SimDuration,
}

/// How the wait grows: `base * 2^k` after the k-th failure, from 0, but never more than `cap`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The first wait.
    pub base: SimDuration,
    /// The longest wait.
    pub cap: SimDuration,
}

/// How the wait is spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Jitter {
    /// Not at all.
    None,
    /// Uniformly between nothing and the wait (M. Brooker, "Exponential backoff and jitter", AWS Architecture Blog, 2015-03-04).
    Full,
}

impl Retry {
    /// One attempt, and no more.
    pub const NEVER: Self = Self {
        attempts: 1,
        on: 0,
        backoff: Backoff { base: SimDuration::ZERO, cap: SimDuration::ZERO },
        jitter: Jitter::None,
        honor_retry_after: SimDuration::ZERO,
    };

    /// Whether it tries again after this outcome, if there are attempts left.
    #[inline]
    pub const fn covers(&self, outcome: Outcome) -> bool {
        self.on & (1 << outcome as u8) != 0
    }

    /// The wait after this many failed attempts at the level, at least 1.
    #[inline]
    pub fn wait(&self, failures: u8, retry_after: SimDuration, jitter: impl FnOnce() -> u32) -> SimDuration {
        let Backoff { base, cap } = self.backoff;
        let full = base.micros().saturating_mul(1 << (failures - 1).min(62)).min(cap.micros());
        let backoff = match self.jitter {
            Jitter::Full if full > 0 => ((i128::from(full) * i128::from(jitter())) >> 32) as i64,
            _ => full,
        };
        let asked = if retry_after <= self.honor_retry_after { retry_after } else { SimDuration::ZERO };
        SimDuration::from_micros(backoff).max(asked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn retry(jitter: Jitter) -> Retry {
        let seconds = |s: f64| SimDuration::from_secs_f64(s);
        let backoff = Backoff { base: seconds(1.0), cap: seconds(20.0) };
        Retry { attempts: 3, on: 0b11100, backoff, jitter, honor_retry_after: seconds(120.0) }
    }

    #[test]
    fn doubles_up_to_the_cap() {
        let waits: Vec<i64> =
            (1..=7).map(|k| retry(Jitter::None).wait(k, SimDuration::ZERO, || 0).micros() / 1_000_000).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 20, 20]);
        assert_eq!(retry(Jitter::None).wait(255, SimDuration::ZERO, || 0).micros(), 20_000_000);
    }

    #[test]
    fn jitter_is_full_and_retry_after_a_lower_bound() {
        let retry = retry(Jitter::Full);
        assert_eq!(retry.wait(2, SimDuration::ZERO, || 1 << 31).micros(), 1_000_000);
        assert_eq!(retry.wait(2, SimDuration::from_secs_f64(7.0), || 0).micros(), 7_000_000);
        assert_eq!(retry.wait(2, SimDuration::from_secs_f64(121.0), || 0).micros(), 0);
    }

    #[test]
    fn covers_what_it_names() {
        let covered: Vec<bool> = Outcome::ALL.iter().map(|o| retry(Jitter::None).covers(*o)).collect();
        assert_eq!(covered, [false, false, true, true, true, false]);
    }
}
