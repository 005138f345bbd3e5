//! One shape on one day: what price models and adjustments are asked for, and how amounts become dollars.

use std::cell::RefCell;
use std::sync::Arc;

use super::{Amount, Exchange};
use crate::dist::{Law, LawSpec, QuantileTable};
use crate::model::Shape;
use crate::spec::{Located, Mistake};
use crate::units::{SimTime, Usd};

/// The day of a price.
#[derive(Debug, Clone, Copy)]
pub struct Day<'a> {
    /// Rates of exchange.
    pub exchange: &'a Exchange,
    /// When the price begins.
    pub now: SimTime,
    /// Laws that were met before.
    pub laws: &'a Laws,
}

/// One shape on one day.
#[derive(Debug, Clone, Copy)]
pub(super) struct At<'a> {
    pub(super) shape: &'a Shape,
    pub(super) day: Day<'a>,
}

impl At<'_> {
    /// The amount in dollars.
    pub(super) fn usd(&self, amount: &Amount) -> Result<Usd, Mistake> {
        self.usd_times(amount, 1, 1)
    }

    /// The amount times `count / per` in dollars, rounded half to even to the picodollar once.
    pub(super) fn usd_times(&self, amount: &Amount, count: u64, per: u64) -> Result<Usd, Mistake> {
        let Some(rate) = self.day.exchange.rate(amount.currency, self.day.now) else {
            let what = format!("there is no rate of exchange for {} at the time of this price", amount.currency);
            let help = format!("give it in `exchange`, for example {} = \"0.14 USD\"", amount.currency);
            return Err(Mistake::error(&amount.place, what).label("in another currency").help(help));
        };
        let digits = i128::from(amount.number.digits).checked_mul(i128::from(rate.digits));
        let digits = digits.and_then(|digits| digits.checked_mul(i128::from(count)));
        let usd = digits.and_then(|digits| Usd::from_fraction(digits, amount.number.scale + rate.scale, per));
        usd.ok_or_else(|| {
            Mistake::error(&amount.place, "this makes more money than can be counted").label("too large or too fine")
        })
    }

    /// The table of a law; one for all shapes.
    pub(super) fn law(&self, spec: &Located<LawSpec<u32>>) -> Result<Arc<QuantileTable>, Mistake> {
        let law = spec.law().map_err(|what| Mistake::error(&spec.place, what).label("no such distribution"))?;
        Ok(self.day.laws.table(law))
    }
}

/// Tables of the laws that were met, each once.
#[derive(Debug, Default)]
pub struct Laws(RefCell<Vec<(Law, Arc<QuantileTable>)>>);

impl Laws {
    fn table(&self, law: Law) -> Arc<QuantileTable> {
        let mut known = self.0.borrow_mut();
        if let Some((_, table)) = known.iter().find(|(other, _)| *other == law) {
            return Arc::clone(table);
        }
        let table = Arc::new(QuantileTable::new(law));
        known.push((law, Arc::clone(&table)));
        table
    }
}
