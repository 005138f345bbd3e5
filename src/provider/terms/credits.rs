//! Credits: list prices are paid in credits, which are bought in packs when the balance is short and may expire.
//!
//! The list charge over the worth of a credit is the number of credits that an attempt takes. What it is charged is what
//! those credits cost: less than the list where packs are sold at a discount. See `prepaid` for rounding.

use super::prepaid::{Prepaid, Purse};
use super::{Fee, Item, Term};
use crate::provider::Setting;
use crate::spec::{self, Located, Mistake};
use crate::units::{SimDuration, SimTime, Usd};

spec::table! {
    /// Credits in packs.
    pub struct Spec {
        /// What one credit is worth in list prices.
        credit: Usd,
        /// Credits in a pack.
        pack: u64,
        /// What a pack costs; without it, what its credits are worth.
        price: Option<Usd>,
        /// How long after its purchase a pack expires; without it, never.
        expires: Option<SimDuration>,
        /// Whether an attempt takes whole credits, rounded up.
        whole: bool = false,
    }
}

/// Credits in packs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credits {
    packs: Prepaid,
    /// The worth of a credit, where attempts take whole ones.
    whole: Option<Usd>,
}

pub(super) fn build(spec: &Located<Spec>, setting: &Setting<'_>) -> Result<Credits, Mistake> {
    let face = spec.credit.picos().checked_mul(i128::from(spec.pack)).map(Usd::from_picos);
    let packs = face.and_then(|face| Prepaid::new(face, spec.price.unwrap_or(face), spec.expires, setting.horizon));
    let wrong = || {
        let mistake = Mistake::error(&spec.place, "this is no pack of credits").label("worth and price do not fit together");
        mistake.help("a pack is worth at least 0.01 USD and costs at most 1000 times what it is worth")
    };
    Ok(Credits { packs: packs.ok_or_else(wrong)?, whole: spec.whole.then_some(spec.credit) })
}

impl Term for Credits {
    type State = Purse;

    fn start(&self) -> Purse {
        Prepaid::empty()
    }

    #[inline]
    fn due(&self, purse: &mut Purse, now: SimTime, fees: &mut impl FnMut(Fee)) {
        self.packs.expire(purse, now, fees);
    }

    #[inline]
    fn apply(&self, purse: &mut Purse, item: &Item, _: &mut impl FnMut(Fee)) -> Usd {
        let worth = self.whole.map_or(item.list, |credit| {
            let credits = item.list.picos().div_euclid(credit.picos());
            let begun = i128::from(item.list.picos() % credit.picos() != 0);
            Usd::from_picos((credits + begun) * credit.picos())
        });
        self.packs.pay(purse, worth, item.at).cost
    }

    fn prepaid(&self, purse: &Purse) -> Usd {
        self.packs.worth(purse)
    }
}

#[cfg(test)]
mod tests {
    use super::super::made_up::{Bill, day, mistakes, usd};
    use super::*;
    use crate::model::Cause;

    /// Stability: a credit is 0.01 USD, SD 3.5 Large takes 6.5 of them and Stable Image Ultra 8 (Stability API pricing guide,
    /// June 2026). 100 of the first and 50 of the second are 1050 credits, 10.50 USD: two packs of 1000 at 10 USD, of which
    /// 9.50 USD are left.
    #[test]
    fn stability_by_credits() {
        let mut bill = Bill::of("credits = { credit = \"0.01 USD\", pack = 1000, price = \"10 USD\" }");
        let large: Usd = (0..100).map(|_| bill.images(1, "0.065 USD", day(0))).sum();
        let ultra: Usd = (0..50).map(|_| bill.images(1, "0.08 USD", day(1))).sum();
        assert_eq!((large, ultra, bill.prepaid()), (usd("6.5 USD"), usd("4 USD"), usd("9.5 USD")));
        bill.due(day(10_000));
        assert!(bill.fees.is_empty());
    }

    /// Recraft: 1000 units for 1.00 USD, which never expire; recraftv4_1 at 0.035 USD takes 35 (recraft.ai, as of
    /// 2026-11-22). 29 images are 1.015 USD; 985 units are left.
    #[test]
    fn recraft_by_units() {
        let mut bill = Bill::of("credits = { credit = \"0.001 USD\", pack = 1000 }");
        let images: Usd = (0..29).map(|_| bill.images(1, "0.035 USD", day(0))).sum();
        assert_eq!((images, bill.prepaid()), (usd("1.015 USD"), usd("0.985 USD")));
    }

    /// fal: granted credits expire after 7 to 365 days (fal.ai FAQ, as of 2026-11-22); here after 90. Of 10 USD bought on day
    /// 3, 4 are used; 6 expire on day 93, and the next image buys anew.
    #[test]
    fn fal_lets_credits_expire() {
        let mut bill = Bill::of("credits = { credit = \"1 USD\", pack = 10, expires = \"90d\" }");
        assert_eq!(bill.images(4, "4 USD", day(3)), usd("4 USD"));
        bill.due(day(92));
        assert_eq!((bill.prepaid(), bill.fees.len()), (usd("6 USD"), 0));
        assert_eq!(bill.images(1, "1 USD", day(300)), usd("1 USD"));
        let expired = Fee { cause: Cause::Expired, amount: usd("6 USD"), at: day(93) };
        assert_eq!((bill.fees.as_slice(), bill.prepaid()), ([expired].as_slice(), usd("9 USD")));
        // Day 390 is beyond the horizon.
        bill.due(day(1000));
        assert_eq!((bill.fees.len(), bill.prepaid()), (1, usd("9 USD")));
    }

    #[test]
    fn packs_at_a_discount_and_whole_credits() {
        // 0.065 USD takes 7 whole credits of 0.01 USD, which cost 0.009 USD each.
        let mut bill = Bill::of("credits = { credit = \"0.01 USD\", pack = 100, price = \"0.90 USD\", whole = true }");
        assert_eq!(bill.images(1, "0.065 USD", day(0)), usd("0.063 USD"));
        assert_eq!(bill.images(1, "0.06 USD", day(0)), usd("0.054 USD"));
        assert_eq!(mistakes("credits = { credit = \"1 USD\", pack = 0 }"), ["this is no pack of credits"]);
    }
}
