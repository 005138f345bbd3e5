//! How often something recurs: by the calendar, every so long from the scenario's start, or never.
//!
//! A fee for a period falls due in full when the period begins; the period in which the scenario starts falls due at its
//! start. So a calendar month costs a whole month's fee wherever the simulation meets it: 30 days from 15 January meet two
//! of them, and `every = "30d"` pays once. Nothing is shared out by days. No period begins at or after the end of the
//! horizon, so that what journeys of the last day still do there brings no further month about.

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

/// The periods of a simulation. None begins at or after the end of the horizon: what happens after it counts to the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cycle {
    kind: Kind,
    /// The number of the last period.
    last: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Calendar(Periods),
    Length(SimDuration),
    Ever,
}

impl Cycle {
    pub(super) fn build(spec: &Located<CycleSpec>, setting: &Setting<'_>) -> Result<Self, Mistake> {
        let kind = match **spec {
            CycleSpec::Calendar(every) => {
                let periods = Periods::new(every, setting.start, setting.horizon);
                Kind::Calendar(periods.map_err(|what| Mistake::error(&spec.place, what))?)
            }
            CycleSpec::Length(length) if length < SimDuration::HOUR => {
                let what = format!("a period of {length} is too short");
                return Err(Mistake::error(&spec.place, what).label("at least an hour"));
            }
            CycleSpec::Length(length) => Kind::Length(length),
            CycleSpec::Never => Kind::Ever,
        };
        let before_the_end = SimTime::START + setting.horizon - SimDuration::from_micros(1);
        let last = kind.index(0, before_the_end);
        Ok(Self { kind, last })
    }

    /// Whether there is but one period, for ever.
    pub(super) fn is_ever(&self) -> bool {
        self.kind == Kind::Ever
    }

    /// The number of the period of `now`, from that of an earlier time; from 0. A time that is not later is of the same.
    #[inline]
    pub(super) fn index(&self, earlier: u32, now: SimTime) -> u32 {
        self.kind.index(earlier, now).min(self.last)
    }

    /// When the period of this number begins, the first at the scenario's start; `None` after the last.
    #[inline]
    pub(super) fn begins(&self, index: u32) -> Option<SimTime> {
        if index > self.last {
            return None;
        }
        match (&self.kind, index) {
            (_, 0) => Some(SimTime::START),
            (Kind::Calendar(periods), _) => periods.next(index as usize - 1),
            (Kind::Length(length), _) => Some(SimTime::from_micros(length.micros() * i64::from(index))),
            (Kind::Ever, _) => None,
        }
    }
}

impl Kind {
    #[inline]
    fn index(&self, earlier: u32, now: SimTime) -> u32 {
        match self {
            Self::Calendar(periods) => periods.index_from(earlier as usize, now) as u32,
            Self::Length(length) => earlier.max((now.micros() / length.micros()) as u32),
            Self::Ever => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::made_up::{day, with_setting};
    use super::*;
    use crate::spec::{Place, Sources};

    /// A cycle of a scenario of a year from this instant.
    fn cycle(spec: CycleSpec, start: &str) -> Cycle {
        let place = Place::whole(Sources::new().add("", ""));
        with_setting(start, |setting| Cycle::build(&Located { value: spec, place }, setting)).expect("valid")
    }

    #[test]
    fn lengths_are_counted_from_the_start() {
        let month = CycleSpec::Length(SimDuration::from_micros(30 * SimDuration::DAY.micros()));
        let cycle = cycle(month, "2026-01-15T00:00[UTC]");
        assert_eq!([day(0), day(29), day(30), day(361), day(900)].map(|now| cycle.index(0, now)), [0, 0, 1, 12, 12]);
        assert_eq!(cycle.index(2, day(0)), 2);
        assert_eq!([2, 12, 13].map(|index| cycle.begins(index)), [Some(day(60)), Some(day(360)), None]);
    }

    #[test]
    fn months_begin_where_the_calendar_says() {
        let months = cycle(CycleSpec::Calendar(Every::Month), "2026-01-15T00:00[UTC]");
        assert_eq!([0, 1, 2].map(|index| months.begins(index)), [Some(day(0)), Some(day(17)), Some(day(45))]);
        assert_eq!([day(16), day(17), day(45), day(400)].map(|now| months.index(0, now)), [0, 1, 2, 12]);
        assert_eq!(months.begins(13), None);
        let ever = cycle(CycleSpec::Never, "2026-01-15T00:00[UTC]");
        assert_eq!((ever.index(0, day(9999)), ever.begins(1)), (0, None));
    }
}
