//! Prices that a book states of a model directly, as rows like all others. Forms beyond a price per image, a table and tokens have
//! no rows: they are priced when a scenario is run.

use super::rates::{Confidence, RateList, RateRow, TokenList, TokenRow};
use super::{Base, Direction, Exact, Sizes, Unit};
use crate::spec::{Data, Date, Field, Key, Located, Named, Node, OneOrMany, Place, Reader};
use crate::units::{ImageSize, Usd};

/// What the rows of a model's own price are called where no source is given.
const OWN: &str = "the book itself";

/// The rows of one model.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) rates: Vec<RateList>,
    pub(super) tokens: Vec<TokenList>,
}

/// The rows that a model's `price` and `price_changes` make. `date` is the book's, `confidence` what it says of its models.
pub(super) fn rows(key: &Key, model: &Node, date: &Located<String>, confidence: Confidence) -> Rows {
    let source = model.get("source").and_then(text).unwrap_or(OWN).to_owned();
    let model_name = Located { value: key.name.clone(), place: key.place.clone() };
    let mut rows = Rows::default();
    let changes: Vec<&Node> = match model.get("price_changes").map(|changes| &changes.data) {
        Some(Data::Array(changes)) => changes.iter().collect(),
        _ => Vec::new(),
    };
    let starts: Vec<Option<Located<Date>>> = changes.iter().map(|change| value(change.get("from")?)).collect();
    let courses = std::iter::once((None, model.get("price"), &source))
        .chain(changes.iter().zip(&starts).map(|(change, from)| (from.clone(), change.get("price"), &source)));
    for (at, (from, price, source)) in courses.enumerate() {
        let Some(price) = price else { continue };
        let to = starts.get(at).cloned().flatten();
        let list = RateList {
            model: model_name.clone(),
            from,
            to,
            region: None,
            operation: None,
            superseded: false,
            source: source.clone(),
            date: date.clone(),
            confidence,
            note: None,
            rows: price_rows(price),
        };
        rows.rates.extend((!list.rows.is_empty()).then_some(list));
        rows.tokens.extend(token_rows(&model_name, price, source, confidence));
    }
    rows
}

fn text(node: &Node) -> Option<&str> {
    match &node.data {
        Data::Text(text) => Some(text),
        _ => None,
    }
}

/// A value; `None` where it is not of this type, which is reported when the file is read.
fn value<T: Field>(node: &Node) -> Option<T> {
    T::read(node, &mut Reader::new())
}

fn row(place: &Place, base: Base, usd: Usd, size: Option<ImageSize>, quality: Option<&str>) -> Option<RateRow> {
    Some(RateRow {
        unit: Located { value: Unit::of(base), place: place.clone() },
        size: size.map(|size| Sizes::Exact(vec![size])),
        quality: quality.map(str::to_owned),
        steps: None,
        usd: Exact::of_usd(usd)?,
        note: None,
    })
}

fn price_rows(price: &Node) -> Vec<RateRow> {
    let flat = price.get("per_image").and_then(|node| row(&node.place, Base::Image, value(node)?, None, None));
    let tokens =
        [("input_per_million", Base::InText), ("output_per_million", Base::OutImage)].into_iter().filter_map(|(key, base)| {
            let node = price.get("tokens")?.get(key)?;
            row(&node.place, base, value(node)?, None, None)
        });
    let table: Named<Named<Usd>> = price.get("table").and_then(value).unwrap_or_default();
    let cells = table.iter().flat_map(|(quality, sizes)| {
        sizes.iter().filter_map(|(size, usd)| row(&size.place, Base::Image, *usd, Some(size.parse().ok()?), Some(quality)))
    });
    flat.into_iter().chain(tokens).chain(cells).collect()
}

fn token_rows(model: &Located<String>, price: &Node, source: &str, confidence: Confidence) -> Option<TokenList> {
    let table: Named<Named<u32>> = price.get("tokens")?.get("image_tokens").and_then(value)?;
    let cell = |quality: &str, size: &str, tokens| {
        let size = Some(Sizes::Exact(vec![size.parse().ok()?]));
        Some(TokenRow { size, quality: Some(quality.to_owned()), tokens })
    };
    let rows = table.iter().flat_map(|(quality, sizes)| sizes.iter().filter_map(|(size, tokens)| cell(quality, size, *tokens)));
    Some(TokenList {
        models: OneOrMany(vec![model.clone()]),
        direction: Direction::OutputImage,
        source: source.to_owned(),
        confidence,
        rows: rows.collect(),
    })
}
