//! Free usage: a number of images or tokens, or an amount of money or time, that is not charged until it is used up or
//! expires. What is not billed uses nothing up. That free usage expires costs nothing.

use super::allowance::{Allowance, AllowanceSpec};
use super::cycle::{Cycle, CycleSpec};
use super::{Fee, Item, Term};
use crate::provider::Setting;
use crate::spec::{self, Located, Mistake};
use crate::units::{SimDuration, SimTime, Usd};

spec::table! {
    /// Usage that costs nothing.
    pub struct Spec {
        /// How much.
        amount: AllowanceSpec,
        /// How long after the scenario's start it ends; without it, never.
        expires: Option<SimDuration>,
        /// How often the whole amount is there again.
        renews: Located<CycleSpec> = "never",
    }
}

/// A free allowance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Free {
    allowance: Allowance,
    until: Option<SimTime>,
    renews: Cycle,
}

/// What is left of it.
#[derive(Debug, Clone, Copy)]
pub struct State {
    left: i128,
    period: u32,
}

pub(super) fn build(spec: &Located<Spec>, setting: &Setting<'_>) -> Result<Free, Mistake> {
    let until = spec.expires.map(|after| SimTime::START + after);
    Ok(Free { allowance: Allowance::new(&spec.amount), until, renews: Cycle::build(&spec.renews, setting)? })
}

impl Term for Free {
    type State = State;

    fn start(&self) -> State {
        State { left: self.allowance.amount, period: 0 }
    }

    #[inline]
    fn due(&self, state: &mut State, now: SimTime, _: &mut impl FnMut(Fee)) {
        let period = self.renews.index(state.period, now);
        if period > state.period {
            *state = State { left: self.allowance.amount, period };
        }
        if self.until.is_some_and(|until| until <= now) {
            state.left = 0;
        }
    }

    #[inline]
    fn apply(&self, state: &mut State, item: &Item, _: &mut impl FnMut(Fee)) -> Usd {
        if item.billed { self.allowance.take(&mut state.left, item).list } else { item.list }
    }
}

#[cfg(test)]
mod tests {
    use super::super::made_up::{Bill, day, item, usd};
    use super::*;

    /// Stability gives 25 credits of 0.01 USD once (Stability API pricing guide, June 2026): three images of Stable Image
    /// Ultra at 0.08 and one cent of the fourth.
    #[test]
    fn stability_gives_25_credits() {
        let mut bill = Bill::of("free.amount.money = \"0.25 USD\"");
        let charges = [0, 1, 2, 3, 4].map(|n| bill.images(1, "0.08 USD", day(n)));
        assert_eq!(charges, [Usd::ZERO, Usd::ZERO, Usd::ZERO, usd("0.07 USD"), usd("0.08 USD")]);
    }

    /// Alibaba Model Studio: a quota of images valid for 90 days, which failures do not use up (Alibaba Model Studio help, as
    /// of 2026-11-22). Of 3 images, one is used on day 89; on day 90 the rest has gone.
    #[test]
    fn alibaba_gives_images_for_90_days() {
        let mut bill = Bill::of("free = { amount.images = 3, expires = \"90d\" }");
        let failed = Item { billed: false, list: Usd::ZERO, ..item(4, "0 USD", day(88)) };
        assert_eq!(bill.apply(failed), Usd::ZERO);
        assert_eq!(bill.images(1, "0.05 USD", day(89)), Usd::ZERO);
        assert_eq!(bill.images(1, "0.05 USD", day(90)), usd("0.05 USD"));
    }

    #[test]
    fn an_allowance_may_come_again() {
        let mut bill = Bill::of("free = { amount.tokens = 1500, renews = \"month\" }");
        assert_eq!(bill.images(1, "0.10 USD", day(0)), Usd::ZERO);
        assert_eq!(bill.images(1, "0.10 USD", day(30)), usd("0.05 USD"));
        assert_eq!(bill.images(1, "0.10 USD", day(31)), Usd::ZERO);
        assert_eq!(bill.images(1, "0.10 USD", day(31)), usd("0.05 USD"));
        assert_eq!(bill.images(1, "0.10 USD", day(120)), Usd::ZERO);
    }
}
