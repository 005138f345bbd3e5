//! Calendar periods: days, weeks, months and years in a time zone, as the starts of each on the simulation's clock.
//!
//! A day in which clocks change has 23 or 25 hours, a month as many days as it has: nothing here is an average.

use jiff::{Span, ToSpan, Zoned};

use crate::spec;
use crate::units::{SimDuration, SimTime};

spec::words! {
    /// A period of the calendar.
    pub enum Every {
        /// From midnight to midnight.
        "day" => Day,
        /// From Monday to Sunday.
        "week" => Week,
        /// A calendar month.
        "month" => Month,
        /// A calendar year.
        "year" => Year,
    }
}

/// The starts of all periods that the simulation can meet, in order; the first begins at or before the scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Periods {
    starts: Box<[SimTime]>,
}

impl Periods {
    /// The periods from `start` to the horizon and one year beyond, for what journeys of the last day still cause, in the
    /// zone of `start`. Later times count to the last period.
    ///
    /// # Errors
    /// A sentence, where the calendar ends (year 9999) before the periods do.
    pub fn new(every: Every, start: &Zoned, horizon: SimDuration) -> Result<Self, String> {
        let wrong = |e: jiff::Error| e.to_string();
        let first = first_start(every, start).map_err(wrong)?;
        let last = start.checked_add(jiff::SignedDuration::from_micros(horizon.micros())).map_err(wrong)?;
        let last = last.checked_add(1.year()).map_err(wrong)?;
        let mut starts = Vec::new();
        for number in 0_i64.. {
            // Counted from the first and not from the one before, so that no short month shortens those after it.
            let span: Span = match every {
                Every::Day => number.days(),
                Every::Week => number.weeks(),
                Every::Month => number.months(),
                Every::Year => number.years(),
            };
            let at = first.checked_add(span).map_err(wrong)?;
            if at > last {
                break;
            }
            let micros = at.timestamp().duration_since(start.timestamp()).as_micros();
            starts.push(SimTime::from_micros(i64::try_from(micros).map_err(|e| e.to_string())?));
        }
        Ok(Self { starts: starts.into() })
    }

    /// The number of the period that contains this time, from 0; times beyond the last count to it.
    pub fn index(&self, now: SimTime) -> usize {
        self.starts.partition_point(|start| *start <= now).saturating_sub(1)
    }

    /// The number of the period that contains `now`, from that of an earlier time: cheap where time moves little.
    #[inline]
    pub fn index_from(&self, earlier: usize, now: SimTime) -> usize {
        let mut index = earlier;
        while self.starts.get(index + 1).is_some_and(|next| *next <= now) {
            index += 1;
        }
        index
    }

    /// When this period begins; negative for the first one where the scenario starts within it.
    pub fn start(&self, index: usize) -> SimTime {
        self.starts[index.min(self.starts.len() - 1)]
    }

    /// When the next period begins; `None` after the last.
    pub fn next(&self, index: usize) -> Option<SimTime> {
        self.starts.get(index + 1).copied()
    }
}

/// The start of the period that contains this instant.
fn first_start(every: Every, at: &Zoned) -> Result<Zoned, jiff::Error> {
    let date = at.date();
    let first = match every {
        Every::Day => date,
        Every::Week => date.checked_sub(date.weekday().to_monday_zero_offset().days())?,
        Every::Month => date.first_of_month(),
        Every::Year => date.first_of_year(),
    };
    first.to_zoned(at.time_zone().clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn periods(every: Every, start: &str, days: i64) -> Periods {
        let start: Zoned = start.parse().expect("valid");
        Periods::new(every, &start, SimDuration::from_micros(days * SimDuration::DAY.micros())).expect("within the calendar")
    }

    fn hours(periods: &Periods, index: usize) -> i64 {
        periods.start(index).micros() / 3_600_000_000
    }

    #[test]
    fn days_have_23_and_25_hours_where_clocks_change() {
        let spring = periods(Every::Day, "2026-03-28T00:00[Europe/Berlin]", 3);
        assert_eq!([0, 1, 2, 3].map(|day| hours(&spring, day)), [0, 24, 47, 71]);
        let autumn = periods(Every::Day, "2026-10-31T12:00[America/Los_Angeles]", 3);
        assert_eq!([0, 1, 2].map(|day| hours(&autumn, day)), [-12, 12, 37]);
    }

    #[test]
    fn months_are_as_long_as_they_are() {
        let months = periods(Every::Month, "2026-01-31T06:00[UTC]", 100);
        assert_eq!([0, 1, 2, 3].map(|month| hours(&months, month)), [-726, 18, 690, 1434]);
        assert_eq!(months.index(SimTime::START), 0);
        assert_eq!(months.index(SimTime::from_micros(18 * 3_600_000_000)), 1);
        assert_eq!(months.index_from(0, SimTime::from_micros(700 * 3_600_000_000)), 2);
    }

    #[test]
    fn weeks_begin_on_monday() {
        let weeks = periods(Every::Week, "2026-11-22T00:00[UTC]", 10);
        assert_eq!([0, 1].map(|week| hours(&weeks, week)), [-6 * 24, 24]);
    }
}
