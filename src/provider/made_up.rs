//! What tests of the provider need: tables from text, and a setting to build them in.

use super::Setting;
use crate::spec::{Date, Field, Mistakes, Reader, Sources, parse};
use crate::units::{SimDuration, SimTime};

/// The table of a text.
pub(super) fn read<T: Field>(text: &str) -> T {
    let node = parse(text, Sources::new().add("made-up.toml", text), &mut Mistakes::new());
    let mut reader = Reader::new();
    let read = T::read(&node, &mut reader);
    read.unwrap_or_else(|| panic!("{:?}", reader.into_mistakes().into_sorted()))
}

/// What is made for a scenario of a year from an instant.
pub(super) fn with_setting<T>(start: &str, make: impl FnOnce(&Setting<'_>) -> T) -> T {
    let start: jiff::Zoned = start.parse().expect("valid");
    let time = |date: Date| {
        let zoned = date.in_zone(start.time_zone()).map_err(|wrong| wrong.to_string())?;
        Ok(SimTime::from_micros(zoned.timestamp().duration_since(start.timestamp()).as_micros() as i64))
    };
    let horizon = SimDuration::from_micros(365 * SimDuration::DAY.micros());
    make(&Setting { shapes: &[], categories: &[], templates: 0, time: &time, start: &start, horizon })
}
