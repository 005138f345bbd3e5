//! A fee per request: an amount for every attempt that reaches the provider, or for every billed one.

use super::{Fee, Item, Term};
use crate::model::Cause;
use crate::provider::Setting;
use crate::spec::{self, Located, Mistake};
use crate::units::{SimTime, Usd};

spec::words! {
    /// Which attempts count as requests. Attempts that a limit rejected never do; what a gateway tries one after the other for
    /// the same request counts once to it, or as often as it is billed.
    pub enum Counted {
        /// All of them, whatever became of them.
        "all" => All,
        /// Those that the provider bills.
        "billed" => Billed,
    }
}

impl Counted {
    /// Whether this attempt counts.
    #[inline]
    pub(super) const fn takes(self, item: &Item) -> bool {
        match self {
            Self::All => item.request,
            Self::Billed => item.billed,
        }
    }
}

spec::table! {
    /// An amount for every request.
    pub struct Spec {
        /// How much.
        fee: Usd,
        /// Which requests.
        counts: Counted = "all",
    }
}

/// An amount for every request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PerRequest {
    fee: Usd,
    counts: Counted,
}

#[expect(clippy::unnecessary_wraps, reason = "the terms share one signature")]
pub(super) fn build(spec: &Located<Spec>, _: &Setting<'_>) -> Result<PerRequest, Mistake> {
    Ok(PerRequest { fee: spec.fee, counts: spec.counts })
}

impl Term for PerRequest {
    type State = ();

    fn start(&self) {}

    #[inline]
    fn due(&self, (): &mut (), _: SimTime, _: &mut impl FnMut(Fee)) {}

    #[inline]
    fn apply(&self, (): &mut (), item: &Item, fees: &mut impl FnMut(Fee)) -> Usd {
        if self.counts.takes(item) {
            fees(Fee { cause: Cause::Fee, amount: self.fee, at: item.at });
        }
        item.list
    }

    fn least(&self, list: Usd) -> Usd {
        list
    }

    fn keeps_apart(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::super::made_up::{Bill, day, item, usd};
    use super::*;

    /// A gateway that takes 0.0005 USD per request (assumed; the article's "small markup per request", which no gateway's
    /// price list of 2026-11-22 confirms). Two images in one request and one request that failed: 0.001 USD, or half of it
    /// where only billed requests count.
    #[test]
    fn a_small_amount_per_request() {
        for (counts, fee) in [("all", "0.001 USD"), ("billed", "0.0005 USD")] {
            let mut bill = Bill::of(&format!("per_request = {{ fee = \"0.0005 USD\", counts = \"{counts}\" }}"));
            assert_eq!(bill.images(2, "0.08 USD", day(0)), usd("0.08 USD"));
            assert_eq!(bill.apply(Item { billed: false, ..item(1, "0 USD", day(0)) }), Usd::ZERO);
            assert_eq!(bill.fee(Cause::Fee), usd(fee));
        }
    }
}
