//! Top-ups: a balance in dollars, bought in purchases of one size when it is short, with a fee on each purchase. The fee
//! falls due with the purchase; the balance is charged as it is used. So small purchases are dear where the fee has a
//! minimum, and large ones where the balance expires.

use super::prepaid::{Prepaid, Purse};
use super::{Fee, Item, Percent, Term};
use crate::model::Cause;
use crate::provider::Setting;
use crate::spec::{self, Located, Mistake};
use crate::units::{SimDuration, SimTime, Usd};

spec::table! {
    /// A balance that is topped up.
    pub struct Spec {
        /// What one purchase adds to the balance.
        purchase: Located<Usd>,
        /// The fee on a purchase, as a share of it, on top of it.
        fee: Located<Percent>,
        /// The least fee on a purchase.
        minimum: Usd = "0 USD",
        /// How long after its purchase a balance expires; without it, never.
        expires: Option<SimDuration>,
    }
}

/// A balance that is topped up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopUp {
    purchases: Prepaid,
    fee: Usd,
}

pub(super) fn build(spec: &Located<Spec>, setting: &Setting<'_>) -> Result<TopUp, Mistake> {
    let wrong = |what: &str| Mistake::error(&spec.purchase.place, what).label("no such purchase");
    let purchase = *spec.purchase;
    let purchases = Prepaid::new(purchase, purchase, spec.expires, setting.horizon);
    let purchases = purchases.ok_or_else(|| wrong("a purchase is at least 0.01 USD"))?;
    if *spec.fee < Percent::ZERO {
        return Err(Mistake::error(&spec.fee.place, "a fee is not negative").label("less than nothing"));
    }
    if spec.minimum > purchase {
        return Err(wrong("the least fee is more than the purchase"));
    }
    Ok(TopUp { purchases, fee: spec.fee.of(purchase).max(spec.minimum) })
}

impl Term for TopUp {
    type State = Purse;

    fn start(&self) -> Purse {
        Prepaid::empty()
    }

    #[inline]
    fn due(&self, purse: &mut Purse, now: SimTime, fees: &mut impl FnMut(Fee)) {
        self.purchases.expire(purse, now, fees);
    }

    /// An attempt that needs several purchases pays the fee for each.
    #[inline]
    fn apply(&self, purse: &mut Purse, item: &Item, fees: &mut impl FnMut(Fee)) -> Usd {
        let paid = self.purchases.pay(purse, item.list, item.at);
        if paid.packs > 0 && self.fee != Usd::ZERO {
            fees(Fee { cause: Cause::Fee, amount: Usd::from_picos(self.fee.picos() * paid.packs), at: item.at });
        }
        paid.cost
    }

    fn least(&self, list: Usd) -> Usd {
        list
    }

    fn prepaid(&self, purse: &Purse) -> Usd {
        self.purchases.worth(purse)
    }
}

#[cfg(test)]
mod tests {
    use super::super::made_up::{Bill, day, mistakes, usd};
    use super::*;

    /// OpenRouter: 5.5% of a purchase, at least 0.80 USD (openrouter.ai/docs/faq, as of 2026-11-22). 500 images at 0.04 USD
    /// are 20 USD: two purchases of 10 USD pay 1.60 USD, one of 100 USD pays 5.50 USD and leaves 80 USD.
    #[test]
    fn openrouter_by_the_size_of_purchases() {
        for (purchase, fee, left) in [("10 USD", "1.6 USD", "0 USD"), ("100 USD", "5.5 USD", "80 USD")] {
            let mut bill =
                Bill::of(&format!("top_up = {{ purchase = \"{purchase}\", fee = \"5.5%\", minimum = \"0.80 USD\" }}"));
            let images: Usd = (0..500).map(|_| bill.images(1, "0.04 USD", day(0))).sum();
            assert_eq!((images, bill.fee(Cause::Fee), bill.prepaid()), (usd("20 USD"), usd(fee), usd(left)));
        }
    }

    #[test]
    fn a_balance_may_expire_and_a_large_charge_takes_several_purchases() {
        let mut bill = Bill::of("top_up = { purchase = \"10 USD\", fee = \"10%\", expires = \"100d\" }");
        assert_eq!(bill.images(1, "25 USD", day(0)), usd("25 USD"));
        assert_eq!((bill.fee(Cause::Fee), bill.prepaid()), (usd("3 USD"), usd("5 USD")));
        bill.due(day(100));
        assert_eq!((bill.fee(Cause::Expired), bill.prepaid()), (usd("5 USD"), Usd::ZERO));
        let found = mistakes("top_up = { purchase = \"0.50 USD\", fee = \"5%\", minimum = \"0.80 USD\" }");
        assert_eq!(found, ["the least fee is more than the purchase"]);
    }
}
