//! Requests, draws and markets made up for tests of routers.

use super::client::{Ask, Known, Luck, Sight, View};
use super::router::{Find, Heed};
use crate::model::{DeploymentId, Status};
use crate::spec::{Field, Mistake, Reader, Sources, parse_value};
use crate::units::{SimDuration, SimTime, Usd};

/// A request like any other.
pub(super) const ASK: Ask = Ask { tokens: 50, ..Ask::PLAIN };

/// The luck of an attempt whose coin shows these bits.
pub(super) fn luck(coin: u32) -> Luck {
    Luck::of_coin(coin)
}

/// A router from the text of its TOML, among the models "m/0" to "m/7".
pub(super) fn build_one<S: Field, R>(text: &str, build: impl Fn(&S, Find<'_>) -> Result<R, Mistake>) -> Result<R, String> {
    let file = Sources::new().add("router.toml", text);
    let node = parse_value(text, file, 0).ok_or("not TOML")?;
    let mut reader = Reader::new();
    let spec = S::read(&node, &mut reader);
    let mistakes = reader.into_mistakes().into_sorted();
    let spec = spec.filter(|_| mistakes.is_empty()).ok_or_else(|| format!("{mistakes:?}"))?;
    let find = |name: &str| name.strip_prefix("m/")?.parse().ok().filter(|id| *id < 8).map(DeploymentId);
    build(&spec, &find).map_err(|mistake| mistake.what)
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
