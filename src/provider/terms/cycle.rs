//! How often something recurs: by the calendar, every so long from the scenario's start, or never.
//!
//! A fee for a period falls due in full when the period begins; the period in which the scenario starts falls due at its
//! start. So a calendar month costs a whole month's fee wherever the simulation meets it: 30 days from 15 January meet two
//! of them, and `every = "30d"` pays once. Nothing is shared out by days.

use serde_json::{Value, json};

use crate::provider::{Every, Periods, Setting};
use crate::spec::{Data, Field, Located, Mistake, Node, Reader};
use crate::units::{SimDuration, SimTime};

/// How often, as it is written: "day", "week", "month", "year", a length such as "30d", or "never".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CycleSpec {
    /// By the calendar of the scenario's time zone.
    Calendar(Every),
    /// Every so long, counted from the scenario's start.
    Length(SimDuration),
    /// Not at all.
    Never,
}

const WORDS: [(&str, CycleSpec); 5] = [
    ("day", CycleSpec::Calendar(Every::Day)),
    ("week", CycleSpec::Calendar(Every::Week)),
    ("month", CycleSpec::Calendar(Every::Month)),
    ("year", CycleSpec::Calendar(Every::Year)),
    ("never", CycleSpec::Never),
];

impl Field for CycleSpec {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        if let Data::Text(text) = &node.data {
            if let Some((_, word)) = WORDS.iter().find(|(word, _)| word == text) {
                return Some(*word);
            }
            if let Ok(length) = text.parse() {
                return Some(Self::Length(length));
            }
            let label = r#"expected "day", "week", "month", "year", "never", or a length such as "30d""#;
            reader.push(Mistake::error(&node.place, format!("{text:?} is no period")).label(label));
            return None;
        }
        reader.wrong_type(node, r#"a period such as "month" or "30d""#);
        None
    }

    fn schema() -> Value {
        json!({ "type": "string", "examples": ["month", "30d", "never"] })
    }
}

/// The periods of a simulation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cycle {
    /// By the calendar.
    Calendar(Periods),
    /// Every so long from the start.
    Length(SimDuration),
    /// One period that never ends.
    Ever,
}

impl Cycle {
    pub(super) fn build(spec: &Located<CycleSpec>, setting: &Setting<'_>) -> Result<Self, Mistake> {
        match **spec {
            CycleSpec::Calendar(every) => Periods::new(every, setting.start, setting.horizon)
                .map(Self::Calendar)
                .map_err(|what| Mistake::error(&spec.place, what)),
            CycleSpec::Length(length) if length < SimDuration::HOUR => {
                Err(Mistake::error(&spec.place, format!("a period of {length} is too short")).label("at least an hour"))
            }
            CycleSpec::Length(length) => Ok(Self::Length(length)),
            CycleSpec::Never => Ok(Self::Ever),
        }
    }

    /// The number of the period of `now`, from that of an earlier time; from 0. A time that is not later is of the same.
    #[inline]
    pub(super) fn index(&self, earlier: u32, now: SimTime) -> u32 {
        match self {
            Self::Calendar(periods) => periods.index_from(earlier as usize, now) as u32,
            Self::Length(length) => earlier.max((now.micros() / length.micros()) as u32),
            Self::Ever => 0,
        }
    }

    /// When the period of this number begins, the first at the scenario's start; `None` where there is none.
    pub(super) fn begins(&self, index: u32) -> Option<SimTime> {
        match (self, index) {
            (_, 0) => Some(SimTime::START),
            (Self::Calendar(periods), _) => periods.next(index as usize - 1),
            (Self::Length(length), _) => length.micros().checked_mul(i64::from(index)).map(SimTime::from_micros),
            (Self::Ever, _) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::made_up::day;
    use super::*;

    #[test]
    fn lengths_are_counted_from_the_start() {
        let cycle = Cycle::Length(SimDuration::from_micros(30 * SimDuration::DAY.micros()));
        assert_eq!([day(0), day(29), day(30), day(400)].map(|now| cycle.index(0, now)), [0, 0, 1, 13]);
        assert_eq!(cycle.index(2, day(0)), 2);
        assert_eq!(cycle.begins(2), Some(day(60)));
    }

    #[test]
    fn months_begin_where_the_calendar_says() {
        let start: jiff::Zoned = "2026-01-15T00:00[UTC]".parse().expect("valid");
        let year = SimDuration::from_micros(365 * SimDuration::DAY.micros());
        let months = Cycle::Calendar(Periods::new(Every::Month, &start, year).expect("within the calendar"));
        assert_eq!([0, 1, 2].map(|index| months.begins(index)), [Some(day(0)), Some(day(17)), Some(day(45))]);
        assert_eq!([day(16), day(17), day(45)].map(|now| months.index(0, now)), [0, 1, 2]);
        assert_eq!((Cycle::Ever.index(0, day(9999)), Cycle::Ever.begins(1)), (0, None));
    }
}
