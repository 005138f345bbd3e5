//! Quotes: a client that asks a provider for its price at an interval knows the price of the last time it asked.
//!
//! It asks at whole multiples of the interval since the scenario's start, the first time at the start.

use super::Factor;
use crate::units::{SimDuration, SimTime, Usd};

/// An endpoint for quotes that a strategy polls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quote {
    every: SimDuration,
    price: Usd,
}

/// The quote that a client last got, and when.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Seen(Option<(SimTime, Factor)>);

impl Quote {
    /// Asked for so often, at this price; at most every microsecond.
    pub fn new(every: SimDuration, price: Usd) -> Self {
        Self { every: every.max(SimDuration::from_micros(1)), price }
    }

    /// When the client last asked: now, or before. `now` is not before the start.
    #[inline]
    pub const fn last_poll(&self, now: SimTime) -> SimTime {
        SimTime::from_micros(now.micros() - now.micros() % self.every.micros())
    }

    /// How often it asks from `from` on and before `to`.
    pub fn polls(&self, from: SimTime, to: SimTime) -> u64 {
        let before = |time: SimTime| (time.micros().max(0) as u64).div_ceil(self.every.micros() as u64);
        before(to).saturating_sub(before(from))
    }

    /// What the quotes from `from` on and before `to` cost.
    pub fn cost(&self, from: SimTime, to: SimTime) -> Usd {
        self.price * self.polls(from, to)
    }

    /// The factor that the client knows of now. Where it has asked since the last look, `factor_at` says what it was told:
    /// a path must not have been moved beyond the last poll before it is asked for it, so look here first and then at the
    /// price that is paid. Time moves forward only.
    #[inline]
    pub fn look(&self, seen: &mut Seen, now: SimTime, factor_at: impl FnOnce(SimTime) -> Factor) -> Factor {
        let poll = self.last_poll(now);
        match seen.0 {
            Some((at, factor)) if at == poll => factor,
            _ => {
                let factor = factor_at(poll);
                seen.0 = Some((poll, factor));
                factor
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{build, key};
    use super::*;

    fn quote(seconds: i64) -> Quote {
        Quote { every: SimDuration::from_micros(seconds * 1_000_000), price: Usd::from_picos(5) }
    }

    fn at(seconds: i64) -> SimTime {
        SimTime::from_micros(seconds * 1_000_000)
    }

    #[test]
    fn polls_are_counted_exactly() {
        let quote = quote(60);
        for (from, to, polls) in [(0, 0, 0), (0, 1, 1), (0, 60, 1), (0, 61, 2), (1, 60, 0), (1, 61, 1), (60, 120, 1), (90, 30, 0)]
        {
            assert_eq!(quote.polls(at(from), at(to)), polls, "{from} to {to}");
        }
        assert_eq!(quote.cost(at(0), at(3600)), Usd::from_picos(300));
        assert_eq!([0, 59, 60, 61].map(|now| quote.last_poll(at(now))), [0, 0, 60, 60].map(at));
    }

    /// Polled every 20 minutes, a price that moves every 5 is as it was at the poll.
    #[test]
    fn what_is_seen_is_stale() {
        let moving = build("mean_reverting = { sd = 0.4, half_life = \"1h\" }").expect("valid");
        let quote = quote(1200);
        let (mut path, mut seen) = (moving.begin(key(1)), Seen::default());
        let mut stale = 0;
        for i in 0..500 {
            let now = at(i * 421);
            let told = quote.look(&mut seen, now, |poll| moving.factor(&mut path, key(1), poll));
            let mut fresh = moving.begin(key(1));
            assert_eq!(told, moving.factor(&mut fresh, key(1), quote.last_poll(now)));
            stale += u32::from(told != moving.factor(&mut path, key(1), now));
        }
        assert!(stale > 300, "{stale}");
    }
}
