//! Integration: what people's work on connecting it costs, once, at the scenario's start. So a direct connection can be
//! compared with an aggregator that needs none.

use super::{Fee, Item, Term};
use crate::model::Cause;
use crate::provider::Setting;
use crate::spec::{Located, Mistake};
use crate::units::{SimTime, Usd};

/// `integration = "4000 USD"`.
pub type Spec = Usd;

/// A cost that falls due once. Its state is whether it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Integration(Usd);

#[expect(clippy::unnecessary_wraps, reason = "the terms share one signature")]
pub(super) fn build(spec: &Located<Spec>, _: &Setting<'_>) -> Result<Integration, Mistake> {
    Ok(Integration(**spec))
}

impl Term for Integration {
    type State = bool;

    fn start(&self) -> bool {
        false
    }

    #[inline]
    fn due(&self, paid: &mut bool, _: SimTime, fees: &mut impl FnMut(Fee)) {
        if !*paid {
            *paid = true;
            fees(Fee { cause: Cause::Integration, amount: self.0, at: SimTime::START });
        }
    }

    #[inline]
    fn apply(&self, _: &mut bool, item: &Item, _: &mut impl FnMut(Fee)) -> Usd {
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
    use super::super::made_up::{Bill, day, usd};
    use crate::model::Cause;
    use crate::units::SimTime;

    /// Five days of an engineer at 800 USD (assumed: no source states the cost of an integration).
    #[test]
    fn five_days_of_an_engineer_are_paid_once() {
        let mut bill = Bill::of("integration = \"4000 USD\"");
        assert_eq!(bill.images(1, "0.04 USD", day(3)), usd("0.04 USD"));
        bill.due(day(300));
        assert_eq!((bill.fees.len(), bill.fees[0].at, bill.fee(Cause::Integration)), (1, SimTime::START, usd("4000 USD")));
    }
}
