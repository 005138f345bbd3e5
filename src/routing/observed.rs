//! What a client has observed at a target: sums that fade, so that what was long ago counts for less.
//!
//! A sum is halved in every half-life; nothing is drawn and nothing allocated. It is the client's own experience: it knows
//! nothing of what other clients met.

use crate::model::{Status, Statuses};
use crate::spec;
use crate::units::{SimDuration, SimTime, Usd};

spec::checked! {
    /// After how long an observation counts for half.
    pub struct HalfLife(SimDuration): |length| *length > SimDuration::ZERO, "more than nothing", "10min";
    /// A weight.
    pub struct Weight(f64): |weight| (0.0..=1e6).contains(weight), "a number from 0 to 1000000", 1;
    /// A number of observations that are taken to have been made before.
    pub struct Prior(f64): |count| (1e-3..=1e6).contains(count), "a number from 0.001 to 1000000", 1;
    /// An amount that is more than nothing.
    pub struct Worth(Usd): |amount| *amount > Usd::ZERO, "more than nothing", "0.10 USD";
}

/// Answers that speak against the provider: 5xx, time-outs, 401, 402, 404. Not 400, 403, 409 and 429, which are the request's
/// or the client's affair. The list is OpenRouter's (documentation of traffic routing, as of 2026-11), as far as answers are
/// told apart here.
pub const OUTAGES: Statuses = Statuses::of(&[
    Status::Failed,
    Status::Unavailable,
    Status::TimedOut,
    Status::Unauthorized,
    Status::PaymentRequired,
    Status::Gone,
]);

/// Sums that fade.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fading<const N: usize> {
    sums: [f64; N],
    at: SimTime,
}

impl<const N: usize> Fading<N> {
    /// Nothing observed.
    pub const NONE: Self = Self { sums: [0.0; N], at: SimTime::START };

    /// What is left of them by now; all of it where nothing is ever forgotten.
    #[inline]
    pub fn now(&self, life: Option<HalfLife>, now: SimTime) -> [f64; N] {
        let Some(HalfLife(half)) = life else { return self.sums };
        let left = libm::exp2(-(now.since(self.at).micros() as f64) / half.micros() as f64);
        self.sums.map(|sum| sum * left)
    }

    /// Adds an observation.
    #[inline]
    pub fn add(&mut self, life: Option<HalfLife>, now: SimTime, seen: [f64; N]) {
        let mut sums = self.now(life, now);
        for (sum, seen) in sums.iter_mut().zip(seen) {
            *sum += seen;
        }
        *self = Self { sums, at: now };
    }
}

/// One where it holds, otherwise zero.
#[inline]
pub(super) fn one(holds: bool) -> f64 {
    f64::from(u8::from(holds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::float_cmp, reason = "these answers are exact")]
    fn sums_are_halved_in_every_half_life() {
        let life = Some(HalfLife(SimDuration::from_micros(100)));
        let mut fading = Fading::<2>::NONE;
        fading.add(life, SimTime::from_micros(100), [4.0, 1.0]);
        assert_eq!(fading.now(life, SimTime::from_micros(300)), [1.0, 0.25]);
        fading.add(life, SimTime::from_micros(200), [0.0, 1.0]);
        assert_eq!(fading.now(life, SimTime::from_micros(200)), [2.0, 1.5]);
        assert_eq!(fading.now(None, SimTime::from_micros(900)), [2.0, 1.5]);
    }
}
