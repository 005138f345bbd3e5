//! Platform fees: a fee by the period that includes a number of requests, and a fee for every further block of requests
//! that is begun. The fee by the period is a standing one; that of a block falls due with the request that begins it.

use super::cycle::CycleSpec;
use super::per_request::Counted;
use super::standing::Standing;
use super::{Fee, Item, Term};
use crate::model::Cause;
use crate::provider::Setting;
use crate::spec::{self, Located, Mistake};
use crate::units::{SimTime, Usd};

spec::table! {
    /// A fee by the period with requests included.
    pub struct Spec {
        /// How much for each period.
        fee: Usd,
        /// Each calendar month that the simulation meets, in full; "30d" counts from the scenario's start.
        every: Located<CycleSpec> = "month",
        /// So many requests are included in each period.
        included: u64,
        /// What further requests cost; without it, nothing.
        overage: Option<OverageSpec>,
        /// Which requests count.
        counts: Counted = "all",
    }
}

spec::table! {
    /// A fee for every block of requests that is begun.
    pub struct OverageSpec {
        /// How much for each block.
        fee: Usd,
        /// Requests in a block.
        per: Located<u64>,
    }
}

/// A fee by the period with requests included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Platform {
    fee: Standing,
    included: u64,
    /// The fee of a block and its requests, at least 1.
    overage: Option<(Usd, u64)>,
    counts: Counted,
}

/// Periods paid for, and the requests of the period.
#[derive(Debug, Clone, Copy)]
pub struct State {
    paid: u32,
    period: u32,
    requests: u64,
}

pub(super) fn build(spec: &Located<Spec>, setting: &Setting<'_>) -> Result<Platform, Mistake> {
    let overage = spec.overage.as_ref();
    if let Some(none) = overage.map(|overage| &overage.per).filter(|per| ***per == 0) {
        return Err(Mistake::error(&none.place, "a block of no requests has no price").label("must be at least 1"));
    }
    Ok(Platform {
        fee: Standing::new(spec.fee, &spec.every, setting)?,
        included: spec.included,
        overage: overage.map(|overage| (overage.fee, *overage.per)),
        counts: spec.counts,
    })
}

impl Term for Platform {
    type State = State;

    fn start(&self) -> State {
        State { paid: self.fee.start(), period: 0, requests: 0 }
    }

    #[inline]
    fn due(&self, state: &mut State, now: SimTime, fees: &mut impl FnMut(Fee)) {
        self.fee.due(&mut state.paid, now, fees);
        let period = self.fee.period(state.period, now);
        if period > state.period {
            *state = State { paid: state.paid, period, requests: 0 };
        }
    }

    #[inline]
    fn apply(&self, state: &mut State, item: &Item, fees: &mut impl FnMut(Fee)) -> Usd {
        if self.counts.takes(item) {
            let before = state.requests;
            state.requests += 1;
            if let Some((amount, per)) = self.overage
                && before >= self.included
                && (before - self.included).is_multiple_of(per)
            {
                fees(Fee { cause: Cause::Fee, amount, at: item.at });
            }
        }
        item.list
    }

    fn least(&self, list: Usd) -> Usd {
        list
    }

    fn keeps_apart(&self) -> bool {
        self.counts == Counted::All
    }
}

#[cfg(test)]
mod tests {
    use super::super::made_up::{Bill, day, mistakes, usd};
    use super::*;

    /// Portkey Production: 49 USD a month with 100 000 logs, then 9 USD per 100 000 (portkey.ai/pricing, as of 2026-11-22).
    /// 250 000 requests in January begin two further blocks, 18 USD; 100 000 in February begin none. In all 116 USD.
    #[test]
    fn portkey_for_two_months() {
        let mut bill = Bill::of("platform = { fee = \"49 USD\", included = \"100k\", overage = { fee = \"9 USD\", per = \"100k\" } }");
        for (requests, at) in [(250_000, day(0)), (100_000, day(31))] {
            for _ in 0..requests {
                bill.images(1, "0.04 USD", at);
            }
        }
        assert_eq!((bill.fee(Cause::Standing), bill.fee(Cause::Fee)), (usd("98 USD"), usd("18 USD")));
    }

    #[test]
    fn a_block_is_paid_when_it_is_begun() {
        let mut bill = Bill::of("platform = { fee = \"0 USD\", included = 2, overage = { fee = \"1 USD\", per = 3 } }");
        let fees = [(); 9].map(|()| {
            bill.images(1, "0.04 USD", day(0));
            bill.fees.iter().filter(|fee| fee.cause == Cause::Fee).count()
        });
        assert_eq!(fees, [0, 0, 1, 1, 1, 2, 2, 2, 3]);
        let found = mistakes("platform = { fee = \"1 USD\", included = 1, overage = { fee = \"1 USD\", per = 0 } }");
        assert_eq!(found, ["a block of no requests has no price"]);
    }
}
