//! An amount of usage that is covered: in images, tokens, time of generation or money.

use super::Item;
use super::proportion::proportion;
use crate::spec;
use crate::units::{SimDuration, Usd};

spec::choice! {
    /// How much usage is covered.
    pub enum AllowanceSpec {
        /// So many images.
        images => Images(u64),
        /// So many tokens.
        tokens => Tokens(u64),
        /// So much time of generation, such as "15h".
        generation => Generation(SimDuration),
        /// So much money at list prices, such as "5 USD".
        money => Money(Usd),
    }
}

/// What an allowance counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    Images,
    Tokens,
    /// In microseconds.
    Generation,
    /// In picodollars.
    Money,
}

/// An amount of a measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Allowance {
    pub(super) measure: Measure,
    /// Units of the measure.
    pub(super) amount: i128,
}

/// What an allowance does not cover of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Beyond {
    /// Units of the measure.
    pub(super) units: i128,
    /// The list charge of those units.
    pub(super) list: Usd,
}

impl Allowance {
    pub(super) fn new(spec: &AllowanceSpec) -> Self {
        let (measure, amount) = match *spec {
            AllowanceSpec::Images(count) => (Measure::Images, i128::from(count)),
            AllowanceSpec::Tokens(count) => (Measure::Tokens, i128::from(count)),
            AllowanceSpec::Generation(time) => (Measure::Generation, i128::from(time.micros())),
            AllowanceSpec::Money(amount) => (Measure::Money, amount.picos()),
        };
        Self { measure, amount }
    }

    /// Takes the item from what is `left`, as far as that goes. An item that the end of the allowance cuts in two is charged
    /// the part of its list charge that is beyond, rounded half to even to the picodollar. An item that counts nothing is
    /// covered while anything is left.
    #[inline]
    pub(super) fn take(self, left: &mut i128, item: &Item) -> Beyond {
        let whole = self.units(item);
        let covered = whole.min(*left);
        let units = whole - covered;
        let list = match self.measure {
            _ if *left == 0 => item.list,
            _ if units == 0 => Usd::ZERO,
            Measure::Money => Usd::from_picos(units),
            // Images, tokens and microseconds of one item are 64 bits at most.
            _ => proportion(item.list, units as u64, whole as u64),
        };
        *left -= covered;
        Beyond { units, list }
    }

    #[inline]
    fn units(self, item: &Item) -> i128 {
        match self.measure {
            Measure::Images => i128::from(item.images),
            Measure::Tokens => i128::from(item.tokens),
            Measure::Generation => i128::from(item.generation.micros()),
            Measure::Money => item.list.picos(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::made_up::{day, item, usd};
    use super::*;

    #[test]
    fn the_end_of_an_allowance_cuts_an_item_in_two() {
        let taken = |spec: AllowanceSpec, mut left: i128| {
            let beyond = Allowance::new(&spec).take(&mut left, &item(4, "0.40 USD", day(0)));
            (left, beyond.units, beyond.list)
        };
        assert_eq!(taken(AllowanceSpec::Images(9), 9), (5, 0, Usd::ZERO));
        assert_eq!(taken(AllowanceSpec::Images(9), 3), (0, 1, usd("0.10 USD")));
        assert_eq!(taken(AllowanceSpec::Images(9), 0), (0, 4, usd("0.40 USD")));
        assert_eq!(taken(AllowanceSpec::Tokens(9), 250), (0, 750, usd("0.30 USD")));
        assert_eq!(taken(AllowanceSpec::Generation(SimDuration::HOUR), 45_000_000), (0, 15_000_000, usd("0.10 USD")));
        assert_eq!(taken(AllowanceSpec::Money(usd("1 USD")), 1), (0, 399_999_999_999, usd("0.399999999999 USD")));
    }
}
