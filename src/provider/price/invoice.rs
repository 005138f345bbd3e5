//! For tests: the tariff of a model as it is written, to be held against an invoice made by hand.

use super::{Price, Tariff, Usage};
use crate::model::{Shape, ShapeId};
use crate::provider::{ModelSpec, Setting};
use crate::spec::{Date, Field, Mistake, Mistakes, Reader, Sources, parse};
use crate::units::{ImageSize, SimDuration, SimTime, Usd};

pub(super) fn usd(text: &str) -> Usd {
    format!("{text} USD").parse().expect("an amount")
}

pub(super) fn size(text: &str) -> ImageSize {
    text.parse().expect("a size")
}

pub(super) fn shape(of_size: &str, quality: &str) -> Shape {
    Shape::new(size(of_size), quality.to_owned())
}

/// So many images, and so many tokens of prompt.
pub(super) const fn usage(images: u8, tokens: u32) -> Usage {
    Usage::of(ShapeId(0), images, tokens)
}

pub(super) const fn days(count: i64) -> SimTime {
    SimTime::from_micros(count * SimDuration::DAY.micros())
}

/// The prices of these shapes over a scenario that starts on 2026-01-01.
pub(super) fn prices(model: &str, shapes: &[Shape]) -> Result<Vec<(SimTime, Price)>, Mistake> {
    let mut mistakes = Mistakes::new();
    let node = parse(model, Sources::new().add("model.toml", model), &mut mistakes);
    let mut reader = Reader::new();
    let read = ModelSpec::read(&node, &mut reader);
    mistakes.extend(reader.into_mistakes().into_sorted());
    let model = read.unwrap_or_else(|| panic!("{:?}", mistakes.into_sorted()));
    let start: jiff::Zoned = "2026-01-01T00:00[UTC]".parse().expect("a date");
    let time = |date: Date| {
        let since = date.in_zone(start.time_zone()).map_err(|e| e.to_string())?.timestamp().duration_since(start.timestamp());
        Ok(SimTime::from_micros(i64::try_from(since.as_micros()).expect("near")))
    };
    model.prices(&Setting { shapes, categories: &[], templates: 0, time: &time, start: &start, horizon: SimDuration::DAY })
}

/// The tariff of a shape at the start; `None` where it has no price.
pub(super) fn price(model: &str, shape: Shape) -> Result<Option<Tariff>, Mistake> {
    let prices = prices(model, &[shape])?;
    let first = &prices.first().expect("there is a price").1;
    Ok(first.covers(ShapeId(0)).then(|| first.tariff(ShapeId(0)).clone()))
}

/// The tariff of a shape that has one.
pub(super) fn tariff(model: &str, shape: Shape) -> Tariff {
    price(model, shape).expect("a price").expect("the shape is priced")
}
