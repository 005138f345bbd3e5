//! The last hour at a target, minute by minute, with the newest minutes counting more: 10 times the last minute, 3 times the four
//! before, once the rest.
//!
//! Source: LLM Gateway (theopenco/llmgateway, `apps/docs/content/features/routing.mdx`, "Time-Decayed Metrics Window").

use crate::units::{SimDuration, SimTime};

const MINUTES: usize = 60;
const MINUTE: i64 = 60_000_000;

/// What happened in a time.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Tally {
    /// Attempts that ended.
    pub attempts: f64,
    /// Those of them that speak against the provider.
    pub faults: f64,
    /// Images delivered.
    pub images: f64,
    /// Attempts that delivered them.
    pub delivered: f64,
    /// Seconds that these took.
    pub seconds: f64,
}

impl Tally {
    fn add(&mut self, other: &Self, weight: f64) {
        self.attempts += other.attempts * weight;
        self.faults += other.faults * weight;
        self.images += other.images * weight;
        self.delivered += other.delivered * weight;
        self.seconds += other.seconds * weight;
    }

    /// An attempt that brought images after so long.
    pub fn delivered(images: u8, took: SimDuration) -> Self {
        Self { attempts: 1.0, images: f64::from(images), delivered: 1.0, seconds: took.as_secs_f64(), faults: 0.0 }
    }

    /// An attempt that brought none.
    pub const fn lost(fault: bool) -> Self {
        Self { attempts: 1.0, faults: if fault { 1.0 } else { 0.0 }, images: 0.0, delivered: 0.0, seconds: 0.0 }
    }
}

/// The last hour. Minutes are those of the clock since the start of the scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Recent {
    minutes: [Tally; MINUTES],
    newest: i64,
    /// All minutes but the newest, with their weights.
    before: Tally,
}

impl Default for Recent {
    fn default() -> Self {
        Self { minutes: [Tally::default(); MINUTES], newest: 0, before: Tally::default() }
    }
}

impl Recent {
    /// Counts an attempt that ends now.
    pub fn add(&mut self, now: SimTime, seen: &Tally) {
        self.turn(now);
        self.minutes[place(self.newest)].add(seen, 1.0);
    }

    /// The hour up to now, weighted.
    pub fn look(&mut self, now: SimTime) -> Tally {
        self.turn(now);
        let mut all = self.before;
        all.add(&self.minutes[place(self.newest)], 10.0);
        all
    }

    /// Goes to the minute of now; only a new minute costs anything.
    fn turn(&mut self, now: SimTime) {
        let minute = now.micros().div_euclid(MINUTE);
        if minute == self.newest {
            return;
        }
        for passed in 0..(minute - self.newest).clamp(0, MINUTES as i64) {
            self.minutes[place(minute - passed)] = Tally::default();
        }
        self.newest = minute;
        self.before = Tally::default();
        for age in 1..MINUTES as i64 {
            self.before.add(&self.minutes[place(minute - age)], if age < 5 { 3.0 } else { 1.0 });
        }
    }
}

/// The place of a minute in the ring.
const fn place(minute: i64) -> usize {
    minute.rem_euclid(MINUTES as i64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newer_minutes_count_more() {
        let mut recent = Recent::default();
        let at = |minute: i64| SimTime::from_micros(minute * MINUTE);
        recent.add(at(0), &Tally::lost(true));
        recent.add(at(7), &Tally::lost(false));
        let look = |recent: &mut Recent, minute| {
            let Tally { attempts, faults, .. } = recent.look(at(minute));
            (attempts, faults)
        };
        assert_eq!(look(&mut recent, 7), (11.0, 1.0));
        assert_eq!(look(&mut recent, 8), (4.0, 1.0));
        assert_eq!(look(&mut recent, 11), (4.0, 1.0));
        assert_eq!(look(&mut recent, 12), (2.0, 1.0));
        assert_eq!(look(&mut recent, 59), (2.0, 1.0));
        assert_eq!(look(&mut recent, 60), (1.0, 0.0));
        assert_eq!(look(&mut recent, 500), (0.0, 0.0));
    }
}
