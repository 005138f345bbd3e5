//! The course of a model's prices over a horizon: those of the first day, and a change on every day on which others hold.
//!
//! Before a model's launch its first prices stand, and after its shutdown the last ones, so that a scenario that changes its
//! life has a price; while it is not to be had nothing is charged.

use std::collections::BTreeSet;

use jiff::civil;

use super::shapes::Prices;
use super::tree::{day, list, table, text};
use super::{Wanted, Warnings, service};
use crate::catalog::{Book, Miss, launch, shutdown};
use crate::model::{Service, Shape};
use crate::spec::{Node, Place};

/// The prices at the start, and others by the day from which they hold.
pub(super) struct Course {
    first: Prices,
    changes: Vec<(civil::Date, Prices)>,
    /// What other classes of service cost, as parts of them.
    services: Vec<(Service, String)>,
}

/// The course of prices; `None` where no shape has one at the start.
pub(super) fn course(
    book: &Book,
    model: &str,
    wanted: &Wanted<'_>,
    misses: &mut Vec<(Shape, Miss)>,
    warnings: &mut Warnings<'_>,
) -> Option<Course> {
    let end = shutdown(book, model).map(|(day, _)| day);
    let begin = launch(book, model).map_or(wanted.first, |launch| launch.max(wanted.first));
    let gone = end.filter(|end| *end <= begin);
    let start = gone.and_then(|end| end.yesterday().ok()).unwrap_or(begin);
    let shapes = wanted.asked();
    let mut on = |day| {
        Prices::on(book, model, &shapes, day, |shape, miss| {
            if !misses.iter().any(|(known, _)| known == shape) {
                misses.push((shape.clone(), miss));
            }
        })
    };
    let first = on(start)?;
    let mut course = Course { first, changes: Vec::new(), services: Vec::new() };
    let until = end.map_or(wanted.last, |end| end.yesterday().unwrap_or(end).min(wanted.last));
    for day in dates(book, model).into_iter().filter(|day| start < *day && *day <= until) {
        match on(day) {
            Some(prices) if !prices.are_as(course.last()) => course.changes.push((day, prices)),
            Some(_) => {}
            None => warnings.push(
                format!("{model} has no price from {day} on: the one before is kept"),
                "give the model price_changes of its own".to_owned(),
            ),
        }
    }
    let days: Vec<civil::Date> = std::iter::once(start).chain(course.changes.iter().map(|(day, _)| *day)).collect();
    course.services = service::parts(book, model, &shapes, &days);
    if let Some(end) = gone {
        let help = format!("its last prices are used; it is not to be had unless models.\"{model}\".life says otherwise");
        warnings.push(format!("{model} was shut down on {end}"), help);
    }
    course.warn(model, wanted, warnings);
    Some(course)
}

/// The days on which prices of a model begin or end.
fn dates(book: &Book, model: &str) -> BTreeSet<civil::Date> {
    let ends = book.prices(model).flat_map(|price| [&price.list.from, &price.list.to]);
    ends.flatten().map(|date| date.value.civil.date()).collect()
}

impl Course {
    fn last(&self) -> &Prices {
        self.changes.last().map_or(&self.first, |(_, prices)| prices)
    }

    fn all(&self) -> impl Iterator<Item = &Prices> {
        std::iter::once(&self.first).chain(self.changes.iter().map(|(_, prices)| prices))
    }

    fn warn(&self, model: &str, wanted: &Wanted<'_>, warnings: &mut Warnings<'_>) {
        if let Some(doubtful) = self.all().find(|prices| prices.doubtful) {
            let help = format!("its source: {}", doubtful.source);
            warnings.push(format!("a price of {model} is of low confidence, or no longer in its source"), help);
        }
        if self.all().any(|prices| prices.without_prompt) {
            let help = "some sizes are priced by image and others by token only".to_owned();
            warnings.push(format!("the tokens of prompts to {model} are left out of its price"), help);
        }
        if wanted.shapes.iter().any(|shape| shape.inputs.is_some()) && !self.first.counts_inputs() {
            let help = "give the model a price of its own".to_owned();
            warnings.push(format!("images that go in to {model} are left out of its price"), help);
        }
    }

    /// The fields of the model.
    pub(super) fn fields(&self, place: &Place) -> Vec<(&'static str, Option<Node>)> {
        let change = |(from, prices): &(civil::Date, Prices)| {
            let entries =
                vec![("from", day(place, *from)), ("price", prices.node(place)), ("source", text(place, prices.source.clone()))];
            table(place, entries)
        };
        let changes: Vec<Node> = self.changes.iter().map(change).collect();
        vec![
            ("source", Some(text(place, self.first.source.clone()))),
            ("price", Some(self.first.node(place))),
            ("price_changes", (!changes.is_empty()).then(|| list(place, changes))),
            ("adjust", service::adjust(&self.services, place)),
        ]
    }
}
