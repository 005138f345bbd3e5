//! What the tests of all terms need: terms from text, and bills that add up.

use super::{Fee, Item, Terms, TermsSpec, TermsState};
use crate::model::Cause;
use crate::provider::Setting;
use crate::spec::{Field, Mistake, Mistakes, Reader, Sources, parse};
use crate::units::{SimDuration, SimTime, Usd};

/// The terms of a text, for a scenario of a year from 2026-01-01 UTC.
pub(super) fn terms(text: &str) -> Terms {
    build(text, "2026-01-01T00:00[UTC]").unwrap_or_else(|mistakes| panic!("{mistakes:?}"))
}

/// The terms of a text, for a scenario of a year from another instant.
pub(super) fn terms_from(text: &str, start: &str) -> Terms {
    build(text, start).unwrap_or_else(|mistakes| panic!("{mistakes:?}"))
}

/// What is wrong with a text, in the order of the text.
pub(super) fn mistakes(text: &str) -> Vec<String> {
    let found = build(text, "2026-01-01T00:00[UTC]").expect_err("mistakes");
    found.into_iter().map(|mistake| mistake.what).collect()
}

fn build(text: &str, start: &str) -> Result<Terms, Vec<Mistake>> {
    let file = Sources::new().add("terms.toml", text);
    let mut mistakes = Mistakes::new();
    let node = parse(text, file, &mut mistakes);
    let mut reader = Reader::new();
    let spec = TermsSpec::read(&node, &mut reader);
    mistakes.extend(reader.into_mistakes().into_sorted());
    let Some(spec) = spec else { return Err(mistakes.into_sorted()) };
    with_setting(start, |setting| spec.build(setting))
}

/// What is made for a scenario of a year from an instant.
pub(super) fn with_setting<T>(start: &str, make: impl FnOnce(&Setting<'_>) -> T) -> T {
    let start = start.parse().expect("valid");
    let time = |_| Ok(SimTime::START);
    make(&Setting {
        shapes: &[],
        categories: &[],
        templates: 0,
        time: &time,
        start: &start,
        horizon: SimDuration::from_micros(365 * DAY),
    })
}

const DAY: i64 = SimDuration::DAY.micros();

/// Midnight after so many days.
pub(super) fn day(days: i64) -> SimTime {
    SimTime::from_micros(days * DAY)
}

/// An amount.
pub(super) fn usd(text: &str) -> Usd {
    text.parse().expect("valid")
}

/// A billed attempt of one minute and a thousand tokens.
pub(super) fn item(images: u8, list: &str, at: SimTime) -> Item {
    Item {
        images,
        tokens: 1000,
        generation: SimDuration::from_micros(60_000_000),
        list: usd(list),
        at,
        billed: true,
        request: true,
    }
}

/// Terms with their state and the fees so far.
pub(super) struct Bill {
    pub(super) terms: Terms,
    pub(super) state: TermsState,
    pub(super) fees: Vec<Fee>,
}

impl Bill {
    pub(super) fn new(terms: Terms) -> Self {
        let state = terms.start();
        Self { terms, state, fees: Vec::new() }
    }

    pub(super) fn of(text: &str) -> Self {
        Self::new(terms(text))
    }

    pub(super) fn apply(&mut self, item: Item) -> Usd {
        self.terms.apply(&mut self.state, item, &mut |fee| self.fees.push(fee))
    }

    pub(super) fn images(&mut self, images: u8, list: &str, at: SimTime) -> Usd {
        self.apply(item(images, list, at))
    }

    pub(super) fn due(&mut self, now: SimTime) {
        self.terms.due(&mut self.state, now, &mut |fee| self.fees.push(fee));
    }

    pub(super) fn prepaid(&self) -> Usd {
        self.terms.prepaid(&self.state)
    }

    /// The sum of all fees of this cause.
    pub(super) fn fee(&self, cause: Cause) -> Usd {
        self.fees.iter().filter(|fee| fee.cause == cause).map(|fee| fee.amount).sum()
    }
}
