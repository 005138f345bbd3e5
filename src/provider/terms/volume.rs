//! Volume tiers: lower prices above a number of images or an amount of spending, in each period or for ever.
//!
//! *Marginal*: each image, or each dollar, has the price of the tier it falls in; an attempt on the border is split, its
//! list charge in proportion. *Cliff*: the whole volume of the period has the price of the tier that it reaches; the attempt
//! that reaches one brings a rebate on all before it, a negative fee with the cause `delivered`. Spending is counted at what
//! comes in here: list prices with what earlier terms made of them. What is not billed counts for nothing.
//!
//! No image provider of the catalogue publishes such tiers (they are negotiated; Stability's update of July 2025 names bulk
//! discounts without numbers); genai-prices has cliffs.

use super::cycle::{Cycle, CycleSpec};
use super::proportion::proportion;
use super::{Fee, Item, Percent, Term};
use crate::model::Cause;
use crate::provider::Setting;
use crate::spec::{self, Located, Mistake};
use crate::units::{SimTime, Usd};

spec::table! {
    /// Tiers of prices by volume.
    pub struct Spec {
        /// The tiers in ascending order; below the first one, list prices hold.
        by: TiersSpec,
        /// What a tier's price holds for.
        kind: Kind = "marginal",
        /// How often counting begins anew.
        resets: Located<CycleSpec> = "month",
    }
}

spec::words! {
    /// What a tier's price holds for.
    pub enum Kind {
        /// For what is above the tier's border.
        "marginal" => Marginal,
        /// For the whole volume of the period, once it is above the border.
        "cliff" => Cliff,
    }
}

spec::choice! {
    /// What is counted.
    pub enum TiersSpec {
        /// Images.
        images => Images(Vec<Located<ImageTier>>),
        /// Money at list prices.
        spend => Spend(Vec<Located<SpendTier>>),
    }
}

spec::table! {
    /// A tier by images: a price or a discount.
    pub struct ImageTier {
        /// Above so many images.
        above: u64,
        /// Each image costs this.
        price: Option<Usd>,
        /// Or the list price is so much lower.
        discount: Option<Percent>,
    }
}

spec::table! {
    /// A tier by spending.
    pub struct SpendTier {
        /// Above so much money at list prices.
        above: Usd,
        /// The list price is so much lower.
        discount: Percent,
    }
}

/// What a tier charges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rate {
    Off(Percent),
    Each(Usd),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Tier {
    /// Images or picodollars that are charged at lower tiers.
    above: i128,
    rate: Rate,
}

/// Tiers of prices by volume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Volume {
    by_images: bool,
    /// Ascending; the first is the list price above nothing.
    tiers: Box<[Tier]>,
    kind: Kind,
    resets: Cycle,
}

/// The volume of the period.
#[derive(Debug, Clone, Copy)]
pub struct State {
    period: u32,
    images: u64,
    list: Usd,
}

pub(super) fn build(spec: &Located<Spec>, setting: &Setting<'_>) -> Result<Volume, Mistake> {
    let mut tiers = vec![Tier { above: 0, rate: Rate::Off(Percent::ZERO) }];
    match &spec.by {
        TiersSpec::Images(list) => {
            for tier in list {
                let rate = match (tier.price, tier.discount) {
                    (Some(price), None) => Rate::Each(price),
                    (None, Some(discount)) => Rate::Off(discount),
                    _ => return Err(wrong(tier, "a tier has either a price or a discount")),
                };
                add(&mut tiers, Tier { above: i128::from(tier.above), rate }).map_err(|what| wrong(tier, what))?;
            }
        }
        TiersSpec::Spend(list) => {
            for tier in list {
                let added = add(&mut tiers, Tier { above: tier.above.picos(), rate: Rate::Off(tier.discount) });
                added.map_err(|what| wrong(tier, what))?;
            }
        }
    }
    let by_images = matches!(spec.by, TiersSpec::Images(_));
    Ok(Volume { by_images, tiers: tiers.into(), kind: spec.kind, resets: Cycle::build(&spec.resets, setting)? })
}

fn wrong<T>(tier: &Located<T>, what: &str) -> Mistake {
    Mistake::error(&tier.place, what).label("no such tier")
}

fn add(tiers: &mut Vec<Tier>, tier: Tier) -> Result<(), &'static str> {
    match tier.rate {
        Rate::Off(discount) if !discount.is_share() => return Err("a discount is from 0% to 100%"),
        _ if tiers.last().is_some_and(|last| last.above >= tier.above) => return Err("tiers must ascend from more than nothing"),
        _ => tiers.push(tier),
    }
    Ok(())
}

impl Rate {
    /// What this volume costs, rounded half to even to the picodollar.
    #[inline]
    fn of(self, images: u64, list: Usd) -> Usd {
        match self {
            Self::Off(discount) => discount.off(list),
            Self::Each(price) => price * images,
        }
    }
}

impl Volume {
    #[inline]
    fn units(&self, images: u64, list: Usd) -> i128 {
        if self.by_images { i128::from(images) } else { list.picos() }
    }

    /// The rate that a whole volume has reached.
    #[inline]
    fn reached(&self, units: i128) -> Rate {
        let tier = self.tiers.iter().rfind(|tier| tier.above < units);
        tier.map_or(self.tiers[0].rate, |tier| tier.rate)
    }

    /// Splits the item at the borders of tiers; each part is rounded on its own, their list charges add up to the item's.
    #[inline]
    fn marginal(&self, before: i128, item: &Item) -> Usd {
        let whole = self.units(u64::from(item.images), item.list);
        let (mut done, mut split, mut sum) = (0, Usd::ZERO, Usd::ZERO);
        for (number, tier) in self.tiers.iter().enumerate() {
            let border = self.tiers.get(number + 1).map_or(i128::MAX, |next| next.above);
            if border <= before + done {
                continue;
            }
            let part = (whole - done).min(border - before - done);
            done += part;
            // Images of an item are 8 bits; a rate per image stands in tiers by images only.
            let list = match self.by_images {
                _ if done == whole => item.list,
                true => proportion(item.list, done as u64, whole as u64),
                false => Usd::from_picos(done),
            };
            sum += tier.rate.of(part as u64, list - split);
            split = list;
            if done == whole {
                break;
            }
        }
        sum
    }
}

impl Term for Volume {
    type State = State;

    fn start(&self) -> State {
        State { period: 0, images: 0, list: Usd::ZERO }
    }

    #[inline]
    fn due(&self, state: &mut State, now: SimTime, _: &mut impl FnMut(Fee)) {
        let period = self.resets.index(state.period, now);
        if period > state.period {
            *state = State { period, ..self.start() };
        }
    }

    /// Under a cliff, charges and rebates are differences of the period's running total: their sum is the price of the sum.
    #[inline]
    fn apply(&self, state: &mut State, item: &Item, fees: &mut impl FnMut(Fee)) -> Usd {
        if !item.billed {
            return item.list;
        }
        let (images, list) = (state.images, state.list);
        let before = self.units(images, list);
        state.images += u64::from(item.images);
        state.list += item.list;
        if self.kind == Kind::Marginal {
            return self.marginal(before, item);
        }
        let (old, new) = (self.reached(before), self.reached(self.units(state.images, state.list)));
        let repriced = new.of(images, list);
        if old != new {
            let amount = repriced - old.of(images, list);
            if amount != Usd::ZERO {
                fees(Fee { cause: Cause::Delivered, amount, at: item.at });
            }
        }
        new.of(state.images, state.list) - repriced
    }
}

#[cfg(test)]
mod tests {
    use super::super::made_up::{Bill, day, mistakes, usd};
    use super::*;

    /// Assumed tiers: above 1000 images a month 0.03 USD in place of 0.04, above 10 000 a quarter off the list. 12 000
    /// images are 40 + 270 + 60 USD; February begins anew.
    #[test]
    fn marginal_tiers_by_images() {
        let mut bill = Bill::of(
            "volume.by.images = [{ above = 1000, price = \"0.03 USD\" }, { above = \"10k\", discount = \"25%\" }]",
        );
        let month: Usd = (0..4000).map(|_| bill.images(3, "0.12 USD", day(1))).sum();
        assert_eq!(month, usd("370 USD"));
        assert_eq!(bill.images(3, "0.12 USD", day(31)), usd("0.12 USD"));
        assert!(bill.fees.is_empty());
    }

    /// The same tiers as cliffs: 12 000 images at a quarter less are 360 USD, since each border repriced all before it.
    #[test]
    fn cliffs_by_images() {
        let mut bill = Bill::of(
            "volume = { kind = \"cliff\", by.images = [{ above = 1000, price = \"0.03 USD\" }, { above = \"10k\", discount = \"25%\" }] }",
        );
        let first: Usd = (0..1000).map(|_| bill.images(1, "0.04 USD", day(1))).sum();
        assert_eq!((first, bill.fees.len()), (usd("40 USD"), 0));
        assert_eq!(bill.images(1, "0.04 USD", day(1)), usd("0.03 USD"));
        assert_eq!(bill.fees, [Fee { cause: Cause::Delivered, amount: -usd("10 USD"), at: day(1) }]);
        let rest: Usd = (0..10_999).map(|_| bill.images(1, "0.04 USD", day(1))).sum();
        assert_eq!(first + usd("0.03 USD") + rest + bill.fee(Cause::Delivered), usd("360 USD"));
    }

    /// Assumed: 10% off what is spent above 100 USD, 20% above 1000 USD, counted for ever. 2500 USD at list are 100 + 810 + 1200.
    #[test]
    fn marginal_tiers_by_spending() {
        let mut bill = Bill::of(
            "volume = { resets = \"never\", by.spend = [{ above = \"100 USD\", discount = \"10%\" }, { above = \"1000 USD\", discount = \"20%\" }] }",
        );
        assert_eq!((0..5).map(|n| bill.images(1, "500 USD", day(60 * n))).sum::<Usd>(), usd("2110 USD"));
    }

    #[test]
    fn one_attempt_may_cross_every_border() {
        let tiers = "by.spend = [{ above = \"1 USD\", discount = \"50%\" }, { above = \"2 USD\", discount = \"100%\" }]";
        assert_eq!(Bill::of(&format!("volume.{tiers}")).images(1, "9 USD", day(0)), usd("1.5 USD"));
        assert_eq!(Bill::of(&format!("volume = {{ kind = \"cliff\", {tiers} }}")).images(1, "9 USD", day(0)), Usd::ZERO);
    }

    #[test]
    fn tiers_make_sense() {
        let of = |tiers: &str| mistakes(&format!("volume.by.images = [{tiers}]"));
        assert_eq!(of("{ above = 5, price = \"1 USD\" }, { above = 5, price = \"1 USD\" }"), ["tiers must ascend from more than nothing"]);
        assert_eq!(of("{ above = 5 }"), ["a tier has either a price or a discount"]);
        assert_eq!(of("{ above = 5, discount = \"101%\" }"), ["a discount is from 0% to 100%"]);
    }
}
