//! Standing fees: so much for every period, whatever is asked for. The rule for periods is that of `cycle`: in full, when
//! a period begins.

use super::cycle::{Cycle, CycleSpec};
use super::{Fee, Item, Term};
use crate::model::Cause;
use crate::provider::Setting;
use crate::spec::{self, Located, Mistake};
use crate::units::{SimTime, Usd};

spec::table! {
    /// A fee by the period.
    pub struct Spec {
        /// How much for each period.
        fee: Usd,
        /// Each calendar month that the simulation meets, in full; "30d" counts from the scenario's start.
        every: Located<CycleSpec> = "month",
    }
}

/// A fee by the period. Its state is the number of periods paid for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    fee: Usd,
    cycle: Cycle,
}

pub(super) fn build(spec: &Located<Spec>, setting: &Setting<'_>) -> Result<Standing, Mistake> {
    Standing::new(spec.fee, &spec.every, setting)
}

impl Standing {
    pub(super) fn new(fee: Usd, every: &Located<CycleSpec>, setting: &Setting<'_>) -> Result<Self, Mistake> {
        let cycle = Cycle::build(every, setting)?;
        if cycle.is_ever() {
            let mistake = Mistake::error(&every.place, "a fee by the period needs a period").label("no period");
            return Err(mistake.help("for what is paid once, write integration = \"4000 USD\""));
        }
        Ok(Self { fee, cycle })
    }

    /// The number of the period of `now`, from that of an earlier time.
    #[inline]
    pub(super) fn period(&self, earlier: u32, now: SimTime) -> u32 {
        self.cycle.index(earlier, now)
    }
}

impl Term for Standing {
    type State = u32;

    fn start(&self) -> u32 {
        0
    }

    #[inline]
    fn due(&self, paid: &mut u32, now: SimTime, fees: &mut impl FnMut(Fee)) {
        while let Some(at) = self.cycle.begins(*paid).filter(|at| *at <= now) {
            fees(Fee { cause: Cause::Standing, amount: self.fee, at });
            *paid += 1;
        }
    }

    #[inline]
    fn apply(&self, _: &mut u32, item: &Item, _: &mut impl FnMut(Fee)) -> Usd {
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
    use super::super::made_up::{Bill, day, terms_from, usd};
    use crate::model::Cause;
    use crate::units::Usd;

    /// LiteLLM on machines of one's own costs 200 to 800 USD a month of infrastructure (an estimate; pricing notes of
    /// 2026-11-22): at 500 USD, January to March cost 1500 USD, images at their list price aside.
    #[test]
    fn litellm_on_ones_own_machines() {
        let mut bill = Bill::of("standing.fee = \"500 USD\"");
        assert_eq!(bill.images(1, "0.04 USD", day(89)), usd("0.04 USD"));
        assert_eq!(bill.fees.iter().map(|fee| fee.at).collect::<Vec<_>>(), [day(0), day(31), day(59)]);
        assert_eq!(bill.fee(Cause::Standing), usd("1500 USD"));
    }

    #[test]
    fn a_month_met_is_paid_in_full_and_thirty_days_from_the_start_are_one_period() {
        let paid = |text: &str, until| {
            let mut bill = Bill::new(terms_from(text, "2026-01-15T00:00[UTC]"));
            bill.due(until);
            bill.fee(Cause::Standing)
        };
        assert_eq!(paid("standing.fee = \"30 USD\"", day(29)), usd("60 USD"));
        assert_eq!(paid("standing = { fee = \"30 USD\", every = \"30d\" }", day(29)), usd("30 USD"));
        assert_eq!(paid("standing = { fee = \"30 USD\", every = \"30d\" }", day(30)), usd("60 USD"));
        assert_eq!(paid("standing = [{ fee = \"30 USD\" }, { fee = \"2 USD\", every = \"year\" }]", day(0)), usd("32 USD"));
    }

    #[test]
    fn nothing_falls_due_after_the_horizon() {
        let mut bill = Bill::of("standing.fee = \"1 USD\"");
        bill.due(day(500));
        assert_eq!(bill.fee(Cause::Standing), usd("12 USD"));
        let before: Usd = bill.fee(Cause::Standing);
        bill.due(day(100));
        assert_eq!(bill.fee(Cause::Standing), before);
    }
}
