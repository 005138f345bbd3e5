//! The course that a price takes by itself, kept step by step, so that its lowest factor within a time can be looked up.
//!
//! It buys nothing: what a client's own load adds to a factor is left out, and never lowers one.

use super::{Factor, Moving, Path};
use crate::random::Key;
use crate::units::SimTime;

/// The factors of one process so far.
#[derive(Debug, Clone)]
pub struct Course {
    key: Key,
    path: Path,
    /// The end of each step and its factor, in order.
    steps: Vec<(SimTime, Factor)>,
}

impl Course {
    /// The course of the replication that the key (of [`crate::random::Purpose::Price`]) is of.
    pub fn begin(moving: &Moving, key: Key) -> Self {
        let path = moving.begin(key);
        Self { key, path, steps: vec![(path.until, path.factor)] }
    }

    /// Goes on to this time, which is not before that of the last call.
    pub fn up_to(&mut self, moving: &Moving, now: SimTime) {
        while self.path.until <= now {
            let begins = self.path.until;
            let factor = moving.factor(&mut self.path, self.key, begins);
            self.steps.push((self.path.until, factor));
        }
    }

    /// The lowest factor from this time to the latest that it went on to.
    pub fn least_since(&self, from: SimTime) -> Factor {
        let first = self.steps.partition_point(|(until, _)| *until <= from);
        self.steps[first..].iter().map(|(_, factor)| *factor).min().unwrap_or(Factor::ONE)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, build, key};
    use super::*;

    /// Whoever asks hour by hour sees no lower factor, and sees the lowest one.
    #[test]
    fn knows_the_lowest_factor_of_a_time() {
        let moving = build("mean_reverting = { mean = 1.5, sd = 0.4, half_life = \"6h\", step = \"1h\" }").expect("valid");
        let mut course = Course::begin(&moving, key(3));
        let mut path = moving.begin(key(3));
        let seen: Vec<Factor> = (0..200).map(|hour| moving.factor(&mut path, key(3), at(hour))).collect();
        for hour in [0, 1, 70, 199] {
            course.up_to(&moving, at(hour));
            for from in 0..=hour {
                let least = seen[from as usize..=hour as usize].iter().min();
                assert_eq!(Some(&course.least_since(at(from))), least, "{from} to {hour}");
            }
        }
    }

    #[test]
    fn a_price_that_changes_by_date_has_steps_of_its_own() {
        let text = "dated = [{ from = 2026-01-02, factor = 0.5 }, { from = 2026-01-03, factor = 2.0 }]";
        let moving = build(text).expect("valid");
        let mut course = Course::begin(&moving, key(0));
        let mut least = |from, to| {
            course.up_to(&moving, at(to));
            course.least_since(at(from)).millionths()
        };
        assert_eq!((least(0, 23), least(0, 30), least(50, 50), least(30, 60)), (1_000_000, 500_000, 2_000_000, 500_000));
    }
}
