//! Moving prices: factors that a price is multiplied by, as time goes on. A process is one file and one line in the
//! table below.
//!
//! A factor is constant over a step of time. The n-th step of a process has a block of draws of its own, so its path is the
//! same however often it is asked, for every strategy and whatever other processes there are; only the part that answers
//! to the client's own load differs between strategies. A path moves when it is asked about a later time, never by events.

mod course;
mod factor;
pub mod quote;
mod registry;

use super::identity;
use super::spec::Setting;
use crate::random::{Block, Key};
use crate::spec::Mistake;
use crate::units::SimTime;

pub use course::Course;
pub use factor::Factor;
pub use quote::{Quote, Seen};

/// A process of factors.
pub trait Process {
    /// Where the process stands at the start of a replication.
    fn begin(&self, draws: Draws) -> Path;

    /// Moves on to the step that contains `now`, which is later than the present one.
    fn advance(&self, path: &mut Path, draws: Draws, now: SimTime);
}

/// The draws of one process in one replication: a block for each of its steps.
#[derive(Debug, Clone, Copy)]
pub struct Draws {
    key: Key,
    id: u64,
}

impl Draws {
    fn of_step(self, step: u64) -> Block {
        self.key.block(self.id, step)
    }
}

/// Where a process stands in a replication.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Path {
    /// The factor of this step.
    factor: Factor,
    /// The end of this step.
    until: SimTime,
    /// The number of this step.
    step: u64,
    /// The standard normal state of a mean-reverting part.
    state: f64,
    /// What jumps have left.
    jumps: f64,
    /// Images bought in this step.
    images: u64,
}

impl Path {
    /// The first step, before anything has moved.
    const fn new() -> Self {
        Self { factor: Factor::ONE, until: SimTime::START, step: 0, state: 0.0, jumps: 0.0, images: 0 }
    }
}

registry::processes! {
    /// By date: [{ from = 2026-03-01, factor = 1.2 }].
    dated => Dated,
    /// Mean-reverting: an Ornstein-Uhlenbeck process on the logarithm.
    mean_reverting => MeanReverting,
    /// Like a spot market: mean-reverting, with jumps, and dearer the more one buys.
    spot => Spot,
}

/// A moving price: a process under an identity.
#[derive(Debug, Clone, PartialEq)]
pub struct Moving {
    id: u64,
    process: Moves,
}

impl MovesSpec {
    /// Whether it depends on what is bought how it moves.
    pub const fn answers_to_load(&self) -> bool {
        matches!(self, Self::Spot(spec) if spec.load.is_some())
    }

    /// The process of what has this name. Processes of other names have nothing in common with it.
    ///
    /// # Errors
    /// Numbers that make no process, with their place.
    pub fn build(&self, name: &str, setting: &Setting<'_>) -> Result<Moving, Mistake> {
        Ok(Moving { id: identity::of_kind("moving price", name), process: self.process(setting)? })
    }
}

impl Moving {
    /// Its path at the start of the replication that the key (of [`crate::random::Purpose::Price`]) is of.
    pub fn begin(&self, key: Key) -> Path {
        self.process.begin(Draws { key, id: self.id })
    }

    /// The factor now. Time moves forward only, and the key is that of [`Self::begin`].
    #[inline]
    pub fn factor(&self, path: &mut Path, key: Key, now: SimTime) -> Factor {
        if now >= path.until {
            self.process.advance(path, Draws { key, id: self.id }, now);
        }
        path.factor
    }

    /// Counts images that were bought at the factor last asked for: where a process answers to load, the next step will.
    #[inline]
    pub fn bought(&self, path: &mut Path, images: u8) {
        path.images += u64::from(images);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Purpose;
    use crate::spec::{Field, Reader, Sources, parse};
    use crate::units::SimDuration;

    pub(super) fn build(text: &str) -> Result<Moving, Mistake> {
        let file = Sources::new().add("a.toml", text);
        let node = parse(text, file, &mut crate::spec::Mistakes::new());
        let mut reader = Reader::new();
        let spec = MovesSpec::read(&node, &mut reader).unwrap_or_else(|| panic!("{:?}", reader.into_mistakes()));
        let start: jiff::Zoned = "2026-01-01T00:00[UTC]".parse().expect("a time");
        let time = |date: crate::spec::Date| {
            let zoned = date.in_zone(start.time_zone()).map_err(|wrong| wrong.to_string())?;
            Ok(SimTime::from_micros(zoned.timestamp().duration_since(start.timestamp()).as_micros() as i64))
        };
        spec.build(
            "acme/model",
            &Setting { shapes: &[], categories: &[], templates: 0, time: &time, start: &start, horizon: SimDuration::DAY },
        )
    }

    pub(super) fn key(replication: u32) -> Key {
        Key::new(7, replication, Purpose::Price)
    }

    pub(super) fn at(hours: i64) -> SimTime {
        SimTime::from_micros(hours * SimDuration::HOUR.micros())
    }

    /// The mean of a figure over replications is within 4.5 of its standard errors.
    pub(super) fn estimate(n: u32, expected: f64, figure: &dyn Fn(Key) -> f64) {
        let values: Vec<f64> = (0..n).map(|replication| figure(key(replication))).collect();
        let mean = values.iter().sum::<f64>() / f64::from(n);
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / f64::from(n - 1);
        let error = (variance / f64::from(n)).sqrt();
        assert!((mean - expected).abs() < 4.5 * error, "{mean} +- {error}, not {expected}");
    }

    /// Every hour or every 50 h: what is seen at the same time is the same.
    pub(super) fn same_path(moving: &Moving) {
        let (mut often, mut rarely) = (moving.begin(key(3)), moving.begin(key(3)));
        for hour in 0..1000 {
            let factor = moving.factor(&mut often, key(3), at(hour));
            if hour % 50 == 0 {
                assert_eq!(factor, moving.factor(&mut rarely, key(3), at(hour)));
            }
        }
        assert_ne!(moving.begin(key(3)).factor, moving.begin(key(4)).factor);
    }
}
