//! Subscriptions: a fee by the period that covers a quota; beyond it, the list price, a price of its own, or a slow lane
//! that costs nothing. What is left of a quota at the end of a period is lost; it cost nothing of its own, so nothing
//! expires.
//!
//! The lane of an attempt is decided when it is sent: while anything is left of the quota, it is the fast one for the whole
//! attempt. What is not billed uses nothing up.

use super::allowance::{Allowance, AllowanceSpec, Measure};
use super::cycle::CycleSpec;
use super::proportion::proportion;
use super::slowdown::SlowFactor;
use super::standing::Standing;
use super::{Fee, Item, Slowdown, Term};
use crate::provider::Setting;
use crate::spec::{self, Located, Mistake};
use crate::units::{SimDuration, SimTime, Usd};

spec::table! {
    /// A fee by the period with a quota.
    pub struct Spec {
        /// How much for each period.
        fee: Usd,
        /// The period of the fee and of the quota: each calendar month; "30d" counts from the scenario's start.
        every: Located<CycleSpec> = "month",
        /// What it covers in each period.
        quota: AllowanceSpec,
        /// What comes after the quota.
        beyond: Located<BeyondSpec> = "list",
    }
}

spec::words! {
    /// What comes after the quota, in a word.
    pub enum AtList {
        /// The list price.
        "list" => List,
    }
}

spec::choice! {
    /// What comes after the quota.
    pub enum BeyondSpec {
        /// A price of its own: of an image, of a million tokens, of an hour of generation, by what the quota counts.
        price => Price(Usd),
        /// Nothing is charged, but attempts take so many times as long.
        slow => Slow(SlowFactor),
        _ => Plain(AtList),
    }
}

/// What comes after the quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Overage {
    List,
    /// So much per so many units of the quota.
    Price(Usd, u64),
    Slow(Slowdown),
}

/// A fee by the period with a quota.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    fee: Standing,
    quota: Allowance,
    overage: Overage,
}

/// What was paid and what is left.
#[derive(Debug, Clone, Copy)]
pub struct State {
    paid: u32,
    period: u32,
    left: i128,
    /// Units beyond the quota in this period, which are charged.
    beyond: u64,
}

pub(super) fn build(spec: &Located<Spec>, setting: &Setting<'_>) -> Result<Subscription, Mistake> {
    let quota = Allowance::new(&spec.quota);
    let overage = match spec.beyond.value {
        BeyondSpec::Plain(AtList::List) => Overage::List,
        BeyondSpec::Slow(factor) => Overage::Slow(Slowdown::new(factor)),
        BeyondSpec::Price(price) => {
            let per = match quota.measure {
                Measure::Images => 1,
                Measure::Tokens => 1_000_000,
                Measure::Generation => SimDuration::HOUR.micros() as u64,
                Measure::Money => {
                    let what = "a quota of money is followed by list prices, not by a price of its own";
                    return Err(Mistake::error(&spec.beyond.place, what).label("write \"list\" or { slow = 10 }"));
                }
            };
            Overage::Price(price, per)
        }
    };
    Ok(Subscription { fee: Standing::new(spec.fee, &spec.every, setting)?, quota, overage })
}

impl Term for Subscription {
    type State = State;

    fn start(&self) -> State {
        State { paid: self.fee.start(), period: 0, left: self.quota.amount, beyond: 0 }
    }

    #[inline]
    fn due(&self, state: &mut State, now: SimTime, fees: &mut impl FnMut(Fee)) {
        self.fee.due(&mut state.paid, now, fees);
        let period = self.fee.period(state.period, now);
        if period > state.period {
            *state = State { paid: state.paid, period, left: self.quota.amount, beyond: 0 };
        }
    }

    /// Beyond the quota, charges are differences of the period's running total, which is rounded half to even to the
    /// picodollar: their sum is the price of the sum of the usage.
    #[inline]
    fn apply(&self, state: &mut State, item: &Item, _: &mut impl FnMut(Fee)) -> Usd {
        if !item.billed {
            return item.list;
        }
        let beyond = self.quota.take(&mut state.left, item);
        match self.overage {
            Overage::List => beyond.list,
            Overage::Slow(_) => Usd::ZERO,
            Overage::Price(price, per) => {
                let before = proportion(price, state.beyond, per);
                // Images, tokens and microseconds of one item are 64 bits at most.
                state.beyond = state.beyond.saturating_add(beyond.units as u64);
                proportion(price, state.beyond, per) - before
            }
        }
    }

    #[inline]
    fn slowdown(&self, state: &State) -> Slowdown {
        match self.overage {
            Overage::Slow(slowdown) if state.left == 0 => slowdown,
            _ => Slowdown::NONE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::made_up::{Bill, day, item, mistakes, usd};
    use super::*;
    use crate::model::Cause;

    /// Jobs of one minute of generation, so many of them on one day; the sum of their charges.
    fn jobs(bill: &mut Bill, count: usize, at: SimTime) -> Usd {
        (0..count).map(|_| bill.images(4, "0.15 USD", at)).sum()
    }

    /// Midjourney Standard: 30 USD a month with 15 hours of fast generation, extra hours at 4 USD; a job of four images
    /// takes about a minute (docs.midjourney.com, as of 2026-11-22). 1000 jobs in January are 100 minutes beyond the quota,
    /// 6.67 USD; 900 in February are within it.
    #[test]
    fn midjourney_with_extra_hours() {
        let mut bill =
            Bill::of("subscription = { fee = \"30 USD\", quota.generation = \"15h\", beyond.price = \"4 USD\" }");
        assert_eq!(jobs(&mut bill, 900, day(2)), Usd::ZERO);
        assert_eq!(jobs(&mut bill, 100, day(3)), usd("6.666666666667 USD"));
        assert_eq!(jobs(&mut bill, 900, day(31)), Usd::ZERO);
        assert_eq!(bill.fee(Cause::Standing), usd("60 USD"));
    }

    /// Midjourney Standard with the relax mode: unlimited, but jobs wait 0 to 10 minutes (docs.midjourney.com). Ten times as
    /// long is assumed.
    #[test]
    fn midjourney_relaxed() {
        let mut bill = Bill::of("subscription = { fee = \"30 USD\", quota.generation = \"15h\", beyond.slow = 10 }");
        assert_eq!(jobs(&mut bill, 899, day(2)), Usd::ZERO);
        assert!(!bill.terms.slowdown(&bill.state).is_slow());
        assert_eq!(jobs(&mut bill, 1, day(2)), Usd::ZERO);
        let slow = bill.terms.slowdown(&bill.state);
        assert_eq!((slow.is_slow(), slow.of(SimDuration::HOUR).to_string().as_str()), (true, "10h"));
        bill.due(day(31));
        assert!(!bill.terms.slowdown(&bill.state).is_slow());
    }

    #[test]
    fn beyond_the_quota_the_list_price() {
        let mut bill = Bill::of("subscription = { fee = \"10 USD\", every = \"30d\", quota.images = 5 }");
        let failed = Item { billed: false, ..item(4, "0 USD", day(0)) };
        assert_eq!(bill.apply(failed), Usd::ZERO);
        let charges = [0, 0, 29, 30, 95].map(|at| bill.images(3, "0.30 USD", day(at)));
        assert_eq!(charges, [Usd::ZERO, usd("0.10 USD"), usd("0.30 USD"), Usd::ZERO, Usd::ZERO]);
        assert_eq!(bill.fee(Cause::Standing), usd("40 USD"));
        let found = mistakes("subscription = { fee = \"1 USD\", quota.money = \"1 USD\", beyond.price = \"1 USD\" }");
        assert_eq!(found, ["a quota of money is followed by list prices, not by a price of its own"]);
    }
}
