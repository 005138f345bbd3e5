//! Requests, draws and markets made up for tests of routers.

use super::client::{Ask, Known, Luck, Sight, View};
use super::router::Heed;
use crate::model::{ClassId, Stage, Status};
use crate::units::{SimDuration, SimTime, Usd};

/// A request like any other.
pub(super) const ASK: Ask =
    Ask { number: 0, class: ClassId(0), stage: Stage::Final, images: 1, tokens: 50, user: 0, prompt: 0, category: 0 };

/// The luck of an attempt whose coin shows these bits.
pub(super) fn luck(coin: u32) -> Luck {
    Luck::of_coin(coin)
}

/// Deployments that cost so many picodollars, none of them with anything in flight.
pub(super) fn prices(picos: &[i128]) -> Known {
    let sight = |price: &i128| Sight { price: Usd::from_picos(*price), ..Sight::default() };
    Known { sights: picos.iter().map(sight).collect(), in_flight: vec![0; picos.len()].into(), ..Known::default() }
}

/// What a client sees so many seconds after the start.
pub(super) fn view(known: &Known, seconds: i64) -> View<'_> {
    View { now: SimTime::from_micros(seconds * 1_000_000), known }
}

/// The end of an attempt at this target, after so many seconds.
pub(super) fn heed(target: usize, status: Status, seconds: i64) -> Heed {
    Heed { target, status, took: SimDuration::from_micros(seconds * 1_000_000) }
}
