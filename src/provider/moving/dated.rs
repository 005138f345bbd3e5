//! Factors by date, for changes that are known or supposed. Nothing is drawn.

use super::factor::{self, Factor};
use super::{Draws, Path, Process, Setting};
use crate::spec::{self, Date, Located, Mistake};
use crate::units::SimTime;

spec::table! {
    /// A factor that holds from a date on.
    pub struct Change {
        /// The first day, or the moment, on which it holds.
        from: Located<Date>,
        /// What the price is multiplied by, until the next change.
        factor: Located<f64>,
    }
}

/// Changes in order of their dates. Before the first, the factor is 1.
pub type Spec = Vec<Change>;

/// Factors by date.
#[derive(Debug, Clone, PartialEq)]
pub struct Dated {
    /// The times from which they hold; the first is the start.
    changes: Box<[(SimTime, Factor)]>,
}

pub(super) fn build(spec: &Spec, setting: &Setting<'_>) -> Result<Dated, Mistake> {
    let mut changes = vec![(SimTime::START, Factor::ONE)];
    let mut before = None;
    for change in spec {
        let time = (setting.time)(*change.from).map_err(|what| Mistake::error(&change.from.place, what))?;
        let factor = Factor::from_f64(factor::read(&change.factor)?);
        if before.replace(time).is_some_and(|before| before >= time) {
            let mistake = Mistake::error(&change.from.place, "factors must be in order of their dates");
            return Err(mistake.label("not after the one before"));
        }
        if time <= SimTime::START {
            // It held before the scenario began: the factor at the start is the last such.
            changes[0].1 = factor;
        } else {
            changes.push((time, factor));
        }
    }
    Ok(Dated { changes: changes.into() })
}

/// After the last change.
const NEVER: SimTime = SimTime::from_micros(i64::MAX);

impl Dated {
    fn put(&self, path: &mut Path, index: usize) {
        path.step = index as u64;
        path.factor = self.changes[index].1;
        path.until = self.changes.get(index + 1).map_or(NEVER, |(from, _)| *from);
    }
}

impl Process for Dated {
    fn begin(&self, _: Draws) -> Path {
        let mut path = Path::new();
        self.put(&mut path, 0);
        path
    }

    fn advance(&self, path: &mut Path, _: Draws, now: SimTime) {
        let later = self.changes[path.step as usize..].partition_point(|(from, _)| *from <= now);
        self.put(path, path.step as usize + later - 1);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, build, key};

    #[test]
    fn each_holds_from_its_date_on() {
        let text = "dated = [{ from = 2025-12-01, factor = 0.9 }, { from = 2026-01-02, factor = 1.2 }, { from = 2026-01-04, factor = 2 }]";
        let moving = build(text).expect("valid");
        let factors = |hours: &[i64]| -> Vec<u64> {
            let mut path = moving.begin(key(0));
            hours.iter().map(|hour| moving.factor(&mut path, key(0), at(*hour)).millionths()).collect()
        };
        assert_eq!(factors(&[0, 23, 24, 71, 72, 100]), [900_000, 900_000, 1_200_000, 1_200_000, 2_000_000, 2_000_000]);
        assert_eq!(factors(&[5, 90, 91]), [900_000, 2_000_000, 2_000_000]);
        let mut path = build("dated = []").expect("valid").begin(key(0));
        assert_eq!(build("dated = []").expect("valid").factor(&mut path, key(0), at(9)), super::Factor::ONE);
    }

    #[test]
    fn disorder_and_nonsense_are_mistakes() {
        let twice = "dated = [{ from = 2026-01-02, factor = 1.2 }, { from = 2026-01-02, factor = 2 }]";
        assert_eq!(build(twice).expect_err("disorder").what, "factors must be in order of their dates");
        let nothing = "dated = [{ from = 2026-01-02, factor = 0 }]";
        assert_eq!(build(nothing).expect_err("no factor").what, "0 is out of range");
    }
}
