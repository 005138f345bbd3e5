//! The life of a model: its dated events. Periods such as "2023-11" are no dates and are left out.

use super::tree::{day, fields, text};
use crate::catalog::{Book, EventKind, launch, shutdown};
use crate::provider::provider;
use crate::spec::{Node, Place};

/// The life of a model; `None` where no date of it is known.
pub(super) fn life(book: &Book, model: &str, place: &Place) -> Option<Node> {
    let shutdown = shutdown(book, model);
    let deprecations = book.events(model).filter(|event| event.event == EventKind::Deprecated);
    let deprecated = deprecations.filter_map(|event| Some((event.on?.civil.date(), event.successor.as_deref()))).min();
    let launch = launch(book, model);
    let end = shutdown.map(|(day, _)| day);
    // Sources that contradict each other: a model ends after it begins.
    let launch = launch.filter(|launch| end.is_none_or(|end| *launch < end));
    let announced = deprecated.map(|(day, _)| day).filter(|day| end.is_none_or(|end| *day <= end));
    let announced = announced.filter(|day| launch.is_none_or(|launch| launch <= *day));
    launch.or(announced).or(end)?;
    let named = shutdown.and_then(|(_, successor)| successor).or(deprecated.and_then(|(_, successor)| successor));
    let successor = named.and_then(|named| successor(book, model, named));
    let on = |date: Option<jiff::civil::Date>| date.map(|date| day(place, date));
    Some(fields(
        place,
        vec![
            ("launch", on(launch)),
            ("deprecated", on(announced)),
            ("shutdown", on(end)),
            ("successor", successor.map(|name| text(place, name))),
        ],
    ))
}

/// The model that a source names first as the successor, "gpt-image-1 / gpt-image-1-mini (or later)", at the same provider.
fn successor(book: &Book, model: &str, named: &str) -> Option<String> {
    let first = named.split([' ', ',', '(', ';']).next()?;
    let same = format!("{}/{first}", provider(model));
    let known = |name: &str| book.files.iter().any(|file| file.models.iter().any(|models| models.get(name).is_some()));
    [same, first.to_owned()].into_iter().find(|name| known(name) && name != model)
}
