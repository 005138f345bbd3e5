//! Fixed windows: so much in each window, counted anew when the next begins. Windows have a length from the scenario's
//! start on, or are periods of the calendar, in which a day may have 23 or 25 hours.
//!
//! Twice the limit may pass around the end of a window: that is what such limits are like. Within a window never more does.

use super::NEVER;
use crate::provider::Periods;
use crate::units::{SimDuration, SimTime};

/// Where windows begin and end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// Windows of this length, the first from the scenario's start; more than zero.
    Length(SimDuration),
    /// Days, weeks, months or years in a time zone. The first may have begun before the scenario: nothing was used in it.
    Calendar(Periods),
}

/// The window under way and what was taken in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fixed {
    most: u64,
    used: u64,
    /// Number of the period, where windows are periods.
    index: usize,
    ends: SimTime,
}

impl Frame {
    /// The window that contains this time, from the number of an earlier one, and when it ends.
    fn window(&self, earlier: usize, at: SimTime) -> (usize, SimTime) {
        match self {
            Self::Length(length) => (0, SimTime::from_micros((at.micros() / length.micros() + 1) * length.micros())),
            Self::Calendar(periods) => {
                let index = periods.index_from(earlier, at);
                (index, periods.next(index).unwrap_or(NEVER))
            }
        }
    }
}

impl Fixed {
    /// The first window, in which `most` may be taken.
    pub(super) fn new(frame: &Frame, most: u64) -> Self {
        let (index, ends) = frame.window(0, SimTime::START);
        Self { most, used: 0, index, ends }
    }

    /// Lets so much be taken from now on. What was taken in the window under way stays taken.
    pub(super) const fn raise(&mut self, most: u64) {
        self.most = most;
    }

    /// Goes on to the window that contains `at`, which is never before an earlier one.
    #[inline]
    fn roll(&mut self, frame: &Frame, at: SimTime) {
        if at >= self.ends {
            (self.index, self.ends) = frame.window(self.index, at);
            self.used = 0;
        }
    }

    /// The first time from `from` on at which `amount` may be taken; [`NEVER`] where it is more than any window has.
    #[inline]
    pub(super) fn earliest(&mut self, frame: &Frame, from: SimTime, amount: u64) -> SimTime {
        self.roll(frame, from);
        if amount <= self.most.saturating_sub(self.used) {
            from
        } else if amount > self.most {
            NEVER
        } else {
            self.ends
        }
    }

    /// Takes `amount` at a time that [`earliest`](Self::earliest) allows.
    #[inline]
    pub(super) fn take(&mut self, frame: &Frame, at: SimTime, amount: u64) {
        self.roll(frame, at);
        self.used += amount;
    }
}

#[cfg(test)]
mod tests {
    use jiff::Zoned;
    use proptest::prelude::*;

    use super::*;
    use crate::provider::Every;

    const HOUR: i64 = 3_600_000_000;

    fn at(micros: i64) -> SimTime {
        SimTime::from_micros(micros)
    }

    fn days(start: &str, horizon: i64) -> Frame {
        let start: Zoned = start.parse().expect("valid");
        let horizon = SimDuration::from_micros(horizon * 24 * HOUR);
        Frame::Calendar(Periods::new(Every::Day, &start, horizon).expect("within the calendar"))
    }

    #[test]
    fn is_full_until_the_window_ends() {
        let frame = Frame::Length(SimDuration::from_micros(100));
        let mut window = Fixed::new(&frame, 3);
        for _ in 0..3 {
            assert_eq!(window.earliest(&frame, at(99), 1), at(99));
            window.take(&frame, at(99), 1);
        }
        assert_eq!((window.earliest(&frame, at(99), 1), window.earliest(&frame, at(99), 4)), (at(100), NEVER));
        assert_eq!(window.earliest(&frame, at(100), 3), at(100));
    }

    #[test]
    fn what_was_taken_stays_taken_when_the_limit_rises() {
        let frame = Frame::Length(SimDuration::from_micros(100));
        let mut window = Fixed::new(&frame, 3);
        window.take(&frame, at(1), 3);
        window.raise(5);
        assert_eq!((window.earliest(&frame, at(2), 2), window.earliest(&frame, at(2), 3)), (at(2), at(100)));
    }

    /// Clocks in Los Angeles go back on 2026-11-01 and forward on 2026-03-08: days of 25 and 23 hours.
    #[test]
    fn days_end_at_midnight_whatever_the_clocks_do() {
        for (start, hours) in [
            ("2026-10-31T12:00[America/Los_Angeles]", [12, 37, 61]),
            ("2026-03-07T12:00[America/Los_Angeles]", [12, 35, 59]),
            ("2026-03-28T00:00[UTC]", [24, 48, 72]),
        ] {
            let frame = days(start, 5);
            let mut window = Fixed::new(&frame, 1);
            let mut now = SimTime::START;
            for hour in hours {
                window.take(&frame, now, 1);
                now = window.earliest(&frame, now, 1);
                assert_eq!(now, at(hour * HOUR), "{start}");
            }
        }
    }

    proptest! {
        /// Brute force: whatever is asked for and when, no window gives more than its limit, and what is told is the first
        /// time at which the amount fits.
        #[test]
        fn no_window_gives_more_than_its_limit(
            steps in proptest::collection::vec((0..5 * HOUR, 1_u64..6, any::<bool>()), 1..200),
            most in 1_u64..12,
            kind in 0..3,
        ) {
            let frame = match kind {
                0 => Frame::Length(SimDuration::from_micros(7 * HOUR + 1)),
                1 => days("2026-10-31T12:00[America/Los_Angeles]", 60),
                _ => days("2026-03-07T12:00[America/Los_Angeles]", 60),
            };
            let starts: Vec<i64> = match &frame {
                Frame::Length(length) => (0..400).map(|n| n * length.micros()).collect(),
                Frame::Calendar(periods) => (0..200).map(|n| periods.start(n).micros()).collect(),
            };
            let window_of = |micros: i64| starts.partition_point(|start| *start <= micros) - 1;
            let (mut window, mut taken, mut now) = (Fixed::new(&frame, most), Vec::<(i64, u64)>::new(), 0);
            for (gap, amount, waits) in steps {
                now += gap;
                let used = |micros| taken.iter().filter(|(t, _)| window_of(*t) == window_of(micros)).map(|(_, a)| a).sum::<u64>();
                let earliest = window.earliest(&frame, at(now), amount);
                let expected = if amount > most {
                    NEVER
                } else if used(now) + amount <= most {
                    at(now)
                } else {
                    at(starts[window_of(now) + 1])
                };
                prop_assert_eq!(earliest, expected);
                if earliest == at(now) || (waits && earliest != NEVER) {
                    now = earliest.micros();
                    window.take(&frame, earliest, amount);
                    taken.push((now, amount));
                }
            }
            for pair in starts.windows(2) {
                let sum: u64 = taken.iter().filter(|(t, _)| (pair[0]..pair[1]).contains(t)).map(|(_, a)| a).sum();
                prop_assert!(sum <= most);
            }
        }
    }
}
