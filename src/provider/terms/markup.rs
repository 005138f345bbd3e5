//! Markup: a reseller whose prices are the list prices and so many percent, or less so many. It is part of the price of
//! each attempt; for a share that is a line of its own on the invoice, see `usage_fee`.

use super::{Fee, Item, Percent, Term};
use crate::provider::Setting;
use crate::spec::{Located, Mistake};
use crate::units::{SimTime, Usd};

/// `markup = "+30%"`.
pub type Spec = Percent;

/// A change of every price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Markup(Percent);

#[expect(clippy::unnecessary_wraps, reason = "the terms share one signature")]
pub(super) fn build(spec: &Located<Spec>, _: &Setting<'_>) -> Result<Markup, Mistake> {
    Ok(Markup(**spec))
}

impl Term for Markup {
    type State = ();

    fn start(&self) {}

    #[inline]
    fn due(&self, (): &mut (), _: SimTime, _: &mut impl FnMut(Fee)) {}

    /// The list charge and its percentage, which is rounded half to even to the picodollar for each attempt.
    #[inline]
    fn apply(&self, (): &mut (), item: &Item, _: &mut impl FnMut(Fee)) -> Usd {
        item.list + self.0.of(item.list)
    }

    fn least(&self, list: Usd) -> Usd {
        list + self.0.of(list)
    }

    fn keeps_apart(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::super::made_up::{Bill, day, usd};

    /// aiml sells dall-e-3 at 0.052 USD where OpenAI's list says 0.04 (LiteLLM 1.109.1): +30%.
    #[test]
    fn aiml_takes_30_percent_more() {
        assert_eq!(Bill::of("markup = \"+30%\"").images(1, "0.04 USD", day(0)), usd("0.052 USD"));
    }

    /// PiAPI sells gpt-image tokens at 3.75, 6 and 22.5 USD per million in place of 5, 8 and 30: -25% (piapi.ai, as of 2026-11-22).
    #[test]
    fn piapi_takes_25_percent_less() {
        let mut bill = Bill::of("markup = \"-25%\"");
        let prices = ["5 USD", "8 USD", "30 USD"].map(|list| bill.images(1, list, day(0)));
        assert_eq!(prices, ["3.75 USD", "6 USD", "22.5 USD"].map(usd));
    }
}
