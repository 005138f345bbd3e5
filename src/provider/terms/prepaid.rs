//! Prepaid money: packs that are bought when the balance is short, used up, and may expire.
//!
//! A pack is bought by the attempt that needs it, so at most one pack is ever in use. What is used is charged at what it
//! cost, and no pack expires at or after the end of the horizon: what is left there is prepaid and no cost. Charges are differences of a running total that is rounded half to even to the picodollar: a pack that is used up
//! has been charged exactly its price, however many attempts used it.

use super::Fee;
use super::proportion::proportion;
use crate::model::Cause;
use crate::units::{SimDuration, SimTime, Usd};

/// What a pack holds and costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Prepaid {
    /// What it pays for, at list prices.
    face: Usd,
    price: Usd,
    /// Price over face in lowest terms.
    ratio: (u64, u64),
    /// How long after its purchase it expires.
    lasts: Option<SimDuration>,
    /// The end of the horizon.
    end: SimTime,
}

/// What is left of the pack in use.
#[derive(Debug, Clone, Copy)]
pub struct Purse {
    left: Usd,
    until: SimTime,
}

/// What paying took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Paid {
    /// The cost of what was used.
    pub(super) cost: Usd,
    /// How many packs were bought for it.
    pub(super) packs: i128,
}

/// A pack costs at most so many times what it pays for.
const DEAREST: i128 = 1000;

impl Prepaid {
    /// Packs that pay for `face` and cost `price`. `None` where that is less than a cent, where a pack costs more than a
    /// thousand times what it pays for, and where the ratio of the two is too fine to be kept.
    pub(super) fn new(face: Usd, price: Usd, lasts: Option<SimDuration>, horizon: SimDuration) -> Option<Self> {
        let (f, p) = (face.picos(), price.picos());
        if f < 10_000_000_000 || p < 0 || p > f.checked_mul(DEAREST)? {
            return None;
        }
        let divisor = common_divisor(p, f);
        let ratio = (u64::try_from(p / divisor).ok()?, u64::try_from(f / divisor).ok()?);
        Some(Self { face, price, ratio, lasts, end: SimTime::START + horizon })
    }

    pub(super) const fn empty() -> Purse {
        Purse { left: Usd::ZERO, until: SimTime::START }
    }

    /// What the rest of the pack cost.
    #[inline]
    pub(super) fn worth(&self, purse: &Purse) -> Usd {
        self.price - self.cost(self.face - purse.left)
    }

    /// The cost of so much of a new pack.
    #[inline]
    fn cost(&self, used: Usd) -> Usd {
        proportion(used, self.ratio.0, self.ratio.1)
    }

    /// Lets the rest of the pack expire, where its time has come.
    #[inline]
    pub(super) fn expire(&self, purse: &mut Purse, now: SimTime, fees: &mut impl FnMut(Fee)) {
        if self.lasts.is_some() && purse.left > Usd::ZERO && purse.until <= now && purse.until < self.end {
            fees(Fee { cause: Cause::Expired, amount: self.worth(purse), at: purse.until });
            purse.left = Usd::ZERO;
        }
    }

    /// Pays an amount at list prices, out of new packs where the balance is short of it.
    #[inline]
    pub(super) fn pay(&self, purse: &mut Purse, amount: Usd, now: SimTime) -> Paid {
        let before = self.face - purse.left;
        if amount <= purse.left {
            purse.left = purse.left - amount;
            return Paid { cost: self.cost(before + amount) - self.cost(before), packs: 0 };
        }
        let short = (amount - purse.left).picos();
        let full = (short - 1) / self.face.picos();
        let last = Usd::from_picos(short - full * self.face.picos());
        let cost = self.worth(purse) + Usd::from_picos(self.price.picos() * full) + self.cost(last);
        // A year 1000 years from now is still a time.
        *purse = Purse { left: self.face - last, until: now + self.lasts.unwrap_or(SimDuration::ZERO) };
        Paid { cost, packs: full + 1 }
    }
}

/// Euclid's algorithm; `b` is positive.
fn common_divisor(a: i128, b: i128) -> i128 {
    if a == 0 { b } else { common_divisor(b % a, a) }
}

#[cfg(test)]
mod tests {
    use super::super::made_up::{day, usd};
    use super::*;

    #[test]
    fn a_pack_that_is_used_up_was_charged_its_price() {
        // 7 units of a third of a dollar's worth: no share of it is a whole number of picodollars.
        let packs = Prepaid::new(usd("7 USD"), usd("3 USD"), None, SimDuration::DAY).expect("valid");
        let mut purse = Prepaid::empty();
        let paid: Vec<Paid> = (0..7).map(|_| packs.pay(&mut purse, usd("1 USD"), day(0))).collect();
        assert_eq!(paid.iter().map(|paid| paid.cost).sum::<Usd>(), usd("3 USD"));
        assert_eq!(paid.iter().map(|paid| paid.packs).sum::<i128>(), 1);
        assert_eq!(packs.worth(&purse), Usd::ZERO);
    }

    #[test]
    fn a_large_payment_buys_several_packs() {
        let packs = Prepaid::new(usd("10 USD"), usd("9 USD"), None, SimDuration::DAY).expect("valid");
        let mut purse = Prepaid::empty();
        assert_eq!(packs.pay(&mut purse, usd("25 USD"), day(0)), Paid { cost: usd("22.5 USD"), packs: 3 });
        assert_eq!(packs.worth(&purse), usd("4.5 USD"));
        assert_eq!(packs.pay(&mut purse, usd("5 USD"), day(0)), Paid { cost: usd("4.5 USD"), packs: 0 });
    }

    #[test]
    fn what_makes_no_pack_is_refused() {
        assert_eq!(Prepaid::new(usd("0.001 USD"), usd("1 USD"), None, SimDuration::DAY), None);
        assert_eq!(Prepaid::new(usd("1 USD"), usd("1001 USD"), None, SimDuration::DAY), None);
        assert_eq!(
            Prepaid::new(usd("1000000000000 USD"), Usd::from_picos(999_999_999_999_999_999_999_999), None, SimDuration::DAY),
            None
        );
        assert!(Prepaid::new(usd("25 USD"), Usd::ZERO, None, SimDuration::DAY).is_some());
    }
}
