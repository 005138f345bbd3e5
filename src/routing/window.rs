//! Counters that forget: over a fixed time from the first event, over a period of the clock, or over the last so long.

use crate::spec;
use crate::units::{SimDuration, SimTime};

spec::words! {
    /// Over which time something is counted.
    pub enum WindowKind {
        /// From the first event on; then from the next event on.
        "fixed" => Fixed,
        /// Over whole periods of the clock since the start of the scenario.
        "clock" => Clock,
        /// Over the last so long, in tenths of it.
        "sliding" => Sliding,
    }
}

/// A window: its kind and its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Its kind.
    pub kind: WindowKind,
    /// Its length, at least 10 microseconds.
    pub length: SimDuration,
}

const TENTHS: usize = 10;

/// How many events a window has seen. It never allocates.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counter {
    /// The last instant of what is counted; the number of the period or of the newest tenth, by the kind of the window.
    mark: i64,
    counts: [u32; TENTHS],
}

impl Counter {
    /// Counts an event.
    pub fn add(&mut self, window: Window, now: SimTime) {
        self.forget(window, now);
        let (now, length) = (now.micros(), window.length.micros());
        match window.kind {
            WindowKind::Fixed => {
                if self.counts[0] == 0 {
                    self.mark = now.saturating_add(length);
                }
                self.counts[0] += 1;
            }
            WindowKind::Clock => self.counts[0] += 1,
            WindowKind::Sliding => self.counts[place(self.mark)] += 1,
        }
    }

    /// Events counted by now.
    pub fn count(&mut self, window: Window, now: SimTime) -> u32 {
        self.forget(window, now);
        self.counts.iter().sum()
    }

    fn forget(&mut self, window: Window, now: SimTime) {
        let (now, length) = (now.micros(), window.length.micros());
        match window.kind {
            // The last instant still counts: an entry is dropped after its deadline and not at it.
            WindowKind::Fixed => {
                if now > self.mark {
                    self.counts[0] = 0;
                }
            }
            WindowKind::Clock => {
                if now.div_euclid(length) != self.mark {
                    (self.mark, self.counts[0]) = (now.div_euclid(length), 0);
                }
            }
            WindowKind::Sliding => {
                let tenth = now.div_euclid((length / TENTHS as i64).max(1));
                for passed in 1..=(tenth - self.mark).clamp(0, TENTHS as i64) {
                    self.counts[place(tenth - passed + 1)] = 0;
                }
                self.mark = tenth;
            }
        }
    }
}

/// The place of a tenth in the ring.
const fn place(tenth: i64) -> usize {
    tenth.rem_euclid(TENTHS as i64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(kind: WindowKind, events: &[i64], at: i64) -> u32 {
        let window = Window { kind, length: SimDuration::from_micros(100) };
        let mut counter = Counter::default();
        for event in events {
            counter.add(window, SimTime::from_micros(*event));
        }
        counter.count(window, SimTime::from_micros(at))
    }

    #[test]
    fn a_fixed_window_keeps_its_first_deadline() {
        let of = |at| counted(WindowKind::Fixed, &[50, 90, 140], at);
        assert_eq!((of(140), of(150), of(151)), (3, 3, 0));
        assert_eq!(counted(WindowKind::Fixed, &[50, 151], 250), 1);
    }

    #[test]
    fn a_window_of_the_clock_begins_anew_with_each_period() {
        let of = |at| counted(WindowKind::Clock, &[50, 99], at);
        assert_eq!((of(99), of(100)), (2, 0));
        assert_eq!(counted(WindowKind::Clock, &[99, 100, 101], 199), 2);
    }

    #[test]
    fn a_sliding_window_forgets_by_tenths() {
        let of = |at| counted(WindowKind::Sliding, &[5, 15, 95], at);
        assert_eq!((of(99), of(104), of(114), of(1000)), (3, 2, 1, 0));
    }
}
