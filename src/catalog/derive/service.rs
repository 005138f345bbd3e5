//! What other classes of service cost, as parts of the standard one: where a price book prices images in both, in the same unit.
//!
//! A scenario has one factor for a class of service. So there is one only where all shapes have the same, on every day on which a
//! price begins; what the book says of the prompt must have it too, and has it where the book says nothing.

use jiff::civil;

use super::tree::{table, text};
use crate::catalog::{Asked, Book, Quote, quotes};
use crate::model::{Service, Shape};
use crate::spec::{Node, Place};
use crate::units::Usd;

/// A part of the standard price, in millionths.
type Part = u128;

const WHOLE: Part = 1_000_000;

/// What a class of service costs for this shape on a day.
pub(super) fn part(book: &Book, model: &str, shape: &Shape, service: Service, day: civil::Date) -> Option<Part> {
    let asked = Asked { size: Some(shape.size), quality: Some(&shape.quality), steps: shape.steps, ..Asked::on(day) };
    let standard = quotes(book, model, &asked);
    let same_unit = |quote: &Quote<'_>| standard.iter().find(|other| other.by == quote.by).map(|other| of(quote, other));
    quotes(book, model, &Asked { service, ..asked }).iter().find_map(same_unit)?
}

/// The part that one quote is of another.
fn of(quote: &Quote<'_>, standard: &Quote<'_>) -> Option<Part> {
    let image = ratio(quote.image, standard.image)?;
    let input = quote.input_per_million.zip(standard.input_per_million);
    input.is_none_or(|(own, standard)| ratio(own, standard) == Some(image)).then_some(image)
}

/// An exact ratio; `None` where it has more than six places.
fn ratio(amount: Usd, standard: Usd) -> Option<Part> {
    let (amount, standard) = (u128::try_from(amount.picos()).ok()?, u128::try_from(standard.picos()).ok()?);
    let scaled = amount.checked_mul(WHOLE)?;
    (standard > 0 && scaled.is_multiple_of(standard)).then(|| scaled / standard)
}

/// The classes of service that the book has, with what they cost as a factor.
pub(super) fn parts(book: &Book, model: &str, shapes: &[Shape], days: &[civil::Date]) -> Vec<(Service, String)> {
    let one = |service: Service| {
        let mut parts = days.iter().flat_map(|day| shapes.iter().map(|shape| part(book, model, shape, service, *day)));
        let first = parts.next()??;
        parts.all(|part| part == Some(first)).then(|| (service, format!("{}.{:06}", first / WHOLE, first % WHOLE)))
    };
    let others = Service::ALL.into_iter().filter(|service| *service != Service::Standard);
    others.filter_map(one).collect()
}

/// The same as a scenario's `adjust`; `None` where there are none.
pub(super) fn adjust(parts: &[(Service, String)], place: &Place) -> Option<Node> {
    let known: Vec<(&str, Node)> = parts.iter().map(|(service, part)| (service.name(), text(place, part.clone()))).collect();
    (!known.is_empty()).then(|| table(place, vec![("service", table(place, known))]))
}
