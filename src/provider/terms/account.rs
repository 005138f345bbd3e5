//! The terms of one account, one after the other: what one leaves of a charge is what the next one sees.

use super::{AnyState, AnyTerm, Fee, Item, Slowdown, Term, TermsSpec, subscription};
use crate::spec::Located;
use crate::units::{SimTime, Usd};

/// An ordered list of terms.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms {
    all: Box<[AnyTerm]>,
}

/// What the terms of one account remember during a replication.
#[derive(Debug, Clone)]
pub struct TermsState {
    all: Box<[AnyState]>,
}

impl Terms {
    pub(super) fn new(all: Vec<AnyTerm>) -> Self {
        Self { all: all.into() }
    }

    /// Whether there is none: then every charge is its list charge.
    pub const fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Whether all of them [keep attempts apart](Term::keeps_apart).
    pub fn keep_apart(&self) -> bool {
        self.all.iter().all(Term::keeps_apart)
    }

    /// The state at the scenario's start.
    pub fn start(&self) -> TermsState {
        TermsState { all: self.all.iter().map(Term::start).collect() }
    }

    /// Goes back to the start. `state` must be of these terms; nothing is allocated.
    pub fn reset(&self, state: &mut TermsState) {
        for (term, state) in self.all.iter().zip(&mut state.all) {
            *state = term.start();
        }
    }

    /// Makes a state the same as another of the same terms; nothing is allocated.
    pub fn copy(from: &TermsState, to: &mut TermsState) {
        to.all.copy_from_slice(&from.all);
    }

    /// Brings everything up to `now` and hands over what has fallen due since the last call, however long ago that was.
    /// The end of a replication calls this with the end of the horizon, so that accounts that lay idle pay too.
    #[inline]
    pub fn due(&self, state: &mut TermsState, now: SimTime, fees: &mut impl FnMut(Fee)) {
        for (term, state) in self.all.iter().zip(&mut state.all) {
            term.due(state, now, fees);
        }
    }

    /// What the attempt is charged, with its own cause. What has fallen due by its time is handed over first.
    #[inline]
    pub fn apply(&self, state: &mut TermsState, mut item: Item, fees: &mut impl FnMut(Fee)) -> Usd {
        for (term, state) in self.all.iter().zip(&mut state.all) {
            term.due(state, item.at, fees);
            item.list = term.apply(state, &item, fees);
        }
        item.list
    }

    /// The least that they leave of a charge of at least this much, whatever came before; fees come on top.
    pub fn least(&self, list: Usd) -> Usd {
        self.all.iter().fold(list, |list, term| term.least(list))
    }

    /// By how much an attempt sent at the time of the last [`due`](Self::due) is slowed: the most that any term says. It is
    /// asked before the attempt's fate is decided, since that depends on it; the charge follows after.
    #[inline]
    pub fn slowdown(&self, state: &TermsState) -> Slowdown {
        self.all.iter().zip(&state.all).map(|(term, state)| term.slowdown(state)).max().unwrap_or(Slowdown::NONE)
    }

    /// Money that was paid and is neither used nor expired, at its cost.
    pub fn prepaid(&self, state: &TermsState) -> Usd {
        self.all.iter().zip(&state.all).map(|(term, state)| term.prepaid(state)).sum()
    }
}

impl TermsSpec {
    /// Whether attempts may be slowed down by what was charged before.
    pub fn slows_down(&self) -> bool {
        let slow = |spec: &Located<subscription::Spec>| matches!(*spec.beyond, subscription::BeyondSpec::Slow(_));
        self.subscription.iter().flat_map(|all| &all.0).any(slow)
    }
}

#[cfg(test)]
mod tests {
    use super::super::TermsSpec;
    use super::super::made_up::{Bill, day, item, mistakes, terms, usd};
    use super::*;
    use crate::spec::Field;

    #[test]
    fn terms_are_applied_in_the_order_of_the_table() {
        // 0.04 USD at +25% is 0.05; the first of two images is free; half a credit of 0.05 is paid with a credit at 0.10.
        let mut bill = Bill::of(
            "credits = { credit = \"0.05 USD\", pack = 10, price = \"1 USD\" }\nfree.amount.images = 1\nmarkup = \"25%\"",
        );
        assert_eq!(bill.images(2, "0.04 USD", day(0)), usd("0.05 USD"));
        assert_eq!(bill.prepaid(), usd("0.95 USD"));
    }

    #[test]
    fn a_reset_state_starts_again() {
        let terms = terms("standing.fee = \"10 USD\"\nfree.amount.images = 1\ncredits = { credit = \"1 USD\", pack = 1 }");
        let mut state = terms.start();
        let mut runs = [(); 2].map(|()| {
            let mut sum = Usd::ZERO;
            let item = item(3, "3 USD", day(40));
            let charge = terms.apply(&mut state, item, &mut |fee| sum += fee.amount);
            terms.reset(&mut state);
            (charge, sum)
        });
        assert_eq!(runs[0], (usd("2 USD"), usd("20 USD")));
        runs.reverse();
        assert_eq!(runs[0], runs[1]);
    }

    #[test]
    fn a_replication_allocates_nothing() {
        let terms = terms(
            "volume = { kind = \"cliff\", by.images = [{ above = 5, discount = \"5%\" }] }\nstanding.fee = \"1 USD\"\n\
             subscription = { fee = \"1 USD\", quota.images = 9 }\ncredits = { credit = \"1 USD\", pack = 1, expires = \"1d\" }",
        );
        let mut state = terms.start();
        let mut fees = 0;
        let allocated = allocation_counter::measure(|| {
            for at in 0..300 {
                terms.due(&mut state, day(at), &mut |_| fees += 1);
                terms.apply(&mut state, item(3, "0.70 USD", day(at)), &mut |_| fees += 1);
            }
            terms.reset(&mut state);
        });
        assert!(fees > 20 && allocated.count_total == 0, "{fees} fees, {allocated:?}");
        assert!(size_of::<AnyState>() <= 64);
    }

    #[test]
    fn every_mistake_is_found() {
        let read = mistakes("markup = \"-101%\"\nstanding.fee = \"1\"\nfree = {}\nfre = 1");
        assert_eq!(read.len(), 4, "{read:?}");
        let found = mistakes(
            "standing = [{ fee = \"1 USD\", every = \"never\" }, { fee = \"1 USD\", every = \"1min\" }]\n\
             credits = { credit = \"0 USD\", pack = 1 }\nusage_fee.share = \"-1%\"",
        );
        assert_eq!(found.len(), 4, "{found:?}");
    }

    #[test]
    fn the_tables_describe_themselves() {
        let schema = TermsSpec::schema();
        assert_eq!(schema["properties"].as_object().map(serde_json::Map::len), Some(11));
        let text = schema.to_string();
        assert!(text.contains("a fee for every further block") && text.contains("\"default\":\"month\""), "{text}");
    }

    #[test]
    fn no_terms_change_nothing() {
        let mut bill = Bill::of("");
        assert_eq!(bill.images(1, "0.04 USD", day(400)), usd("0.04 USD"));
        assert!(bill.fees.is_empty());
    }
}
