//! Ladders: tiers of limits, earned by what an account has spent and by its age, or had by contract.
//!
//! A rung once reached is never lost. What a contract costs per month is a term of the account, not of its limits.

use crate::units::{SimDuration, SimTime};

/// What a rung takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rung {
    /// Spent in all, in picodollars; `None` for a rung that only a contract gives.
    pub spent: Option<u64>,
    /// Age of the account.
    pub age: SimDuration,
}

impl Rung {
    /// The rung that everybody is on.
    pub const LOWEST: Self = Self { spent: Some(0), age: SimDuration::ZERO };
}

/// The rungs that limits have numbers for, from the lowest, and the account that climbs them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ladder {
    /// The account by its number; several ladders may be those of one account.
    pub account: usize,
    /// What each rung takes; there is at least one, and the first takes nothing.
    pub rungs: Box<[Rung]>,
    /// The rung had by contract, 0 for none.
    pub contract: usize,
}

/// How an account stands at the scenario's start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// Spent so far, in picodollars.
    pub spent: u64,
    /// Its age.
    pub age: SimDuration,
}

impl Ladder {
    /// The highest rung for an account of this standing at this time, from the one that it is on.
    pub(super) fn climb(&self, from: usize, start: Standing, spent: u64, now: SimTime) -> usize {
        let age = start.age + now.since(SimTime::START);
        let earned = |rung: &Rung| rung.spent.is_some_and(|needed| spent >= needed) && age >= rung.age;
        self.rungs.iter().rposition(earned).unwrap_or(0).max(from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USD: u64 = 1_000_000_000_000;

    /// `OpenAI`'s tiers: 5, 50 + 7 days, 100 + 7 days, 250 + 14 days, 1000 + 30 days (usage tiers as listed in 2026), and one by
    /// contract.
    fn ladder(contract: usize) -> Ladder {
        let earned = [(0, 0), (5, 0), (50, 7), (100, 7), (250, 14), (1000, 30)];
        let rung = |(usd, days)| Rung { spent: Some(usd * USD), age: SimDuration::from_micros(days * SimDuration::DAY.micros()) };
        let by_contract = Rung { spent: None, age: SimDuration::ZERO };
        Ladder { account: 0, rungs: earned.map(rung).into_iter().chain([by_contract]).collect(), contract }
    }

    fn day(day: i64) -> SimTime {
        SimTime::START + SimDuration::from_micros(day * SimDuration::DAY.micros())
    }

    #[test]
    fn spend_and_age_are_both_needed() {
        let (ladder, start) = (ladder(0), Standing::default());
        let climb = |usd, at| ladder.climb(0, start, usd * USD, day(at));
        assert_eq!(
            [climb(4, 100), climb(5, 0), climb(1000, 6), climb(60, 7), climb(1000, 14), climb(5000, 30)],
            [0, 1, 1, 2, 4, 5]
        );
        let old = Standing { spent: 0, age: SimDuration::from_micros(30 * SimDuration::DAY.micros()) };
        assert_eq!(ladder.climb(0, old, 1000 * USD, SimTime::START), 5);
    }

    #[test]
    fn no_rung_is_lost_and_money_alone_buys_no_contract() {
        let ladder = ladder(6);
        assert_eq!(ladder.climb(3, Standing::default(), 0, SimTime::START), 3);
        assert_eq!(ladder.climb(ladder.contract, Standing::default(), u64::MAX, day(999)), 6);
        assert_eq!(ladder.climb(0, Standing::default(), u64::MAX, day(999)), 5);
    }
}
