//! A fee on use: a share of what each attempt is charged, as a line of its own, after a number of free requests in each
//! period. For a reseller's own prices see `markup`.

use super::cycle::{Cycle, CycleSpec};
use super::per_request::Counted;
use super::{Fee, Item, Percent, Term};
use crate::model::Cause;
use crate::provider::Setting;
use crate::spec::{self, Located, Mistake};
use crate::units::{SimTime, Usd};

spec::table! {
    /// A share of what is charged.
    pub struct Spec {
        /// The share.
        share: Located<Percent>,
        /// So many requests are free in each period.
        free_requests: u64 = 0,
        /// How often the free requests are there again.
        resets: Located<CycleSpec> = "month",
        /// Which requests count as used.
        counts: Counted = "all",
    }
}

/// A share of what is charged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageFee {
    share: Percent,
    free: u64,
    resets: Cycle,
    counts: Counted,
}

/// The requests of the period.
#[derive(Debug, Clone, Copy)]
pub struct State {
    period: u32,
    requests: u64,
}

pub(super) fn build(spec: &Located<Spec>, setting: &Setting<'_>) -> Result<UsageFee, Mistake> {
    if *spec.share < Percent::ZERO {
        let mistake = Mistake::error(&spec.share.place, "a fee is not negative").label("less than nothing");
        return Err(mistake.help("for a reseller that is cheaper than the list, write markup = \"-25%\""));
    }
    let resets = Cycle::build(&spec.resets, setting)?;
    Ok(UsageFee { share: *spec.share, free: spec.free_requests, resets, counts: spec.counts })
}

impl Term for UsageFee {
    type State = State;

    fn start(&self) -> State {
        State { period: 0, requests: 0 }
    }

    #[inline]
    fn due(&self, state: &mut State, now: SimTime, _: &mut impl FnMut(Fee)) {
        let period = self.resets.index(state.period, now);
        if period > state.period {
            *state = State { period, requests: 0 };
        }
    }

    /// The share is rounded half to even to the picodollar for each attempt.
    #[inline]
    fn apply(&self, state: &mut State, item: &Item, fees: &mut impl FnMut(Fee)) -> Usd {
        state.requests += u64::from(self.counts.takes(item));
        let amount = self.share.of(item.list);
        if state.requests > self.free && amount != Usd::ZERO {
            fees(Fee { cause: Cause::Fee, amount, at: item.at });
        }
        item.list
    }

    fn least(&self, list: Usd) -> Usd {
        list
    }

    fn keeps_apart(&self) -> bool {
        self.free == 0 || self.counts == Counted::All
    }
}

#[cfg(test)]
mod tests {
    use super::super::made_up::{Bill, day, usd};
    use super::*;

    /// OpenRouter with keys of one's own: 5% after 1 000 000 requests in a month (openrouter.ai/docs/faq, as of 2026-11-22).
    /// 1 000 003 images at 0.04 USD in January pay it on 3 of them, 0.006 USD; February begins anew.
    #[test]
    fn openrouter_with_keys_of_ones_own() {
        let mut bill = Bill::of("usage_fee = { share = \"5%\", free_requests = \"1M\" }");
        for _ in 0..1_000_003 {
            assert_eq!(bill.images(1, "0.04 USD", day(30)), usd("0.04 USD"));
        }
        assert_eq!((bill.fees.len(), bill.fee(Cause::Fee)), (3, usd("0.006 USD")));
        bill.images(1, "0.04 USD", day(31));
        assert_eq!(bill.fees.len(), 3);
    }

    /// Merge takes 5% of use (pricing notes of 2026-11-22).
    #[test]
    fn merge_takes_5_percent() {
        let mut bill = Bill::of("usage_fee.share = \"5%\"");
        assert_eq!(bill.images(1, "0.134 USD", day(0)), usd("0.134 USD"));
        assert_eq!(bill.fee(Cause::Fee), usd("0.0067 USD"));
    }
}
