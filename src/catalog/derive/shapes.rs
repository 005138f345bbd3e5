//! The price of every shape on one day, in one form: a table per image, or tokens with their table.

use jiff::civil;

use super::service;
use super::tree::{number, table, text};
use crate::catalog::{Asked, Base, Book, Cached, Confidence, Direction, Miss, Quote, Sizes, Unit, quotes};
use crate::model::{Service, Shape};
use crate::spec::{Node, Place};
use crate::units::{ImageSize, Usd};

/// The prices of a day.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Prices {
    form: Form,
    /// Whether one of them is of low confidence, or in its source no longer.
    pub(super) doubtful: bool,
    /// Where the first is from.
    pub(super) source: String,
    /// Whether it charges for images only, although its source names tokens of the prompt too.
    pub(super) without_prompt: bool,
}

#[derive(Debug, Clone, PartialEq)]
enum Form {
    /// Per image, by quality and size.
    Table(Vec<(String, ImageSize, Usd)>),
    Tokens(Tokens),
}

/// Per million tokens, and the tokens of images.
#[derive(Debug, Clone, PartialEq)]
struct Tokens {
    input: Usd,
    cached: Option<Usd>,
    image_in: Option<(Usd, Option<Usd>)>,
    output: Usd,
    counts: Vec<(String, ImageSize, u32)>,
    counts_in: Vec<(ImageSize, u32)>,
}

/// A shape with all its quotes.
type Quoted<'a> = (&'a Shape, Vec<Quote<'a>>);

impl Prices {
    /// The prices that hold on a day; `None` where no shape has one. What is missing is put down.
    pub(super) fn on(
        book: &Book,
        model: &str,
        shapes: &[Shape],
        day: civil::Date,
        mut miss: impl FnMut(&Shape, Miss),
    ) -> Option<Self> {
        let mut all: Vec<Quoted<'_>> = Vec::new();
        for shape in shapes {
            match quoted(book, model, shape, day, &all) {
                Ok(found) => all.push((shape, found)),
                Err(why) => miss(shape, why),
            }
        }
        let by_tokens = |quote: &Quote<'_>| quote.by == Base::OutImage;
        let first = all.first()?.1.first()?;
        let tokens = by_tokens(first) && all.iter().all(|(_, quotes)| quotes.iter().any(by_tokens));
        let chosen = |quotes: &[Quote<'_>]| quotes.iter().position(|quote| by_tokens(quote) == tokens).unwrap_or(0);
        let chosen: Vec<(&Shape, Quote<'_>)> =
            all.into_iter().map(|(shape, mut quotes)| (shape, quotes.swap_remove(chosen(&quotes)))).collect();
        let doubtful = |quote: &Quote<'_>| quote.superseded || quote.confidence == Confidence::Low;
        let list = chosen.first()?.1.prices.first()?.list;
        Some(Self {
            doubtful: chosen.iter().any(|(_, quote)| doubtful(quote)),
            source: format!("{} ({})", list.source, list.date.value),
            without_prompt: !tokens && chosen.iter().any(|(_, quote)| quote.input_per_million.is_some()),
            form: if tokens { Form::Tokens(Tokens::of(book, model, &chosen)?) } else { Form::table(&chosen) },
        })
    }

    /// Whether images that go in have a price: those of tokens do, or their shapes have none.
    pub(super) const fn counts_inputs(&self) -> bool {
        matches!(self.form, Form::Tokens(_))
    }

    /// Whether they are the same amounts, whatever their sources.
    pub(super) fn are_as(&self, other: &Self) -> bool {
        self.form == other.form
    }

    /// As a scenario's `price`.
    pub(super) fn node(&self, place: &Place) -> Node {
        match &self.form {
            Form::Table(cells) => table(place, vec![("table", by_shape(place, cells, |usd| usd_text(place, *usd)))]),
            Form::Tokens(tokens) => table(place, vec![("tokens", tokens.node(place))]),
        }
    }
}

/// All quotes of a shape, at least one.
fn quoted<'a>(
    book: &'a Book,
    model: &'a str,
    shape: &Shape,
    day: civil::Date,
    before: &[Quoted<'a>],
) -> Result<Vec<Quote<'a>>, Miss> {
    if shape.service != Service::Standard && service::part(book, model, shape, shape.service, day).is_none() {
        let what = format!("its catalogue has no price of {model} in class of service \"{}\"", shape.service.name());
        return Err(Miss { what, help: Some("give the model adjust.service".to_owned()) });
    }
    let asked = Asked { size: Some(shape.size), quality: Some(&shape.quality), steps: shape.steps, ..Asked::on(day) };
    let found = quotes(book, model, &asked);
    let Some(best) = found.first() else {
        return Err(crate::catalog::quote(book, model, &asked).map_or_else(|miss| miss, |_| unreachable!("there was none")));
    };
    let same = |other: &Shape| other.size == shape.size && other.quality == shape.quality;
    let other = before.iter().find(|(other, _)| same(other)).and_then(|(_, quotes)| quotes.first());
    if other.is_some_and(|other| other.image != best.image) {
        let what = format!("{model} has several prices for {} in quality \"{}\", by steps", shape.size, shape.quality);
        return Err(Miss { what, help: Some("give the model a price.steps of its own".to_owned()) });
    }
    Ok(found)
}

impl Form {
    fn table(chosen: &[(&Shape, Quote<'_>)]) -> Self {
        Self::Table(chosen.iter().map(|(shape, quote)| (shape.quality.clone(), shape.size, quote.image)).collect())
    }
}

impl Tokens {
    /// The rates are those of the first shape: a model's rates per token are the same for all.
    fn of(book: &Book, model: &str, chosen: &[(&Shape, Quote<'_>)]) -> Option<Self> {
        let quote = &chosen.first()?.1;
        let cached = |base| {
            let rows = &quote.prices.first()?.list.rows;
            rows.iter().find(|row| row.unit.value == Unit::of(base).cached(Cached::Read))?.usd.usd()
        };
        let count = |(shape, quote): &(&Shape, Quote<'_>)| Some((shape.quality.clone(), shape.size, quote.tokens?.0));
        let sizes = chosen.iter().filter_map(|(shape, _)| shape.inputs.map(|inputs| inputs.size));
        Some(Self {
            input: quote.input_per_million.unwrap_or(Usd::ZERO),
            cached: cached(Base::InText),
            image_in: quote.input_image_per_million.map(|usd| (usd, cached(Base::InImage))),
            output: quote.output_per_million?,
            counts: chosen.iter().map(count).collect::<Option<_>>()?,
            counts_in: sizes.filter_map(|size| Some((size, tokens_in(book, model, size)?))).collect(),
        })
    }

    fn node(&self, place: &Place) -> Node {
        let amount = |usd: Usd| usd_text(place, usd);
        let counts_in: Vec<(String, Node)> =
            self.counts_in.iter().map(|(size, count)| (size.to_string(), number(place, (*count).into()))).collect();
        let entries = [
            ("input_per_million", Some(amount(self.input))),
            ("cached_per_million", self.cached.map(amount)),
            ("input_image_per_million", self.image_in.map(|(usd, _)| amount(usd))),
            ("cached_image_per_million", self.image_in.and_then(|(_, cached)| cached).map(amount)),
            ("output_per_million", Some(amount(self.output))),
            ("image_tokens", Some(by_shape(place, &self.counts, |count| number(place, (*count).into())))),
            (
                "input_image_tokens",
                (!counts_in.is_empty()).then(|| table(place, vec![("by_size", table(place, counts_in.clone()))])),
            ),
        ];
        table(place, entries.into_iter().filter_map(|(key, node)| Some((key, node?))).collect())
    }
}

/// The tokens of an image that goes in.
fn tokens_in(book: &Book, model: &str, size: ImageSize) -> Option<u32> {
    let rows = book.token_lists(model).filter(|list| list.direction == Direction::InputImage).flat_map(|list| &list.rows);
    let mut held = rows.filter(|row| row.size.as_ref().is_none_or(|sizes: &Sizes| sizes.hold(size)) && row.quality.is_none());
    held.next().map(|row| row.tokens)
}

fn usd_text(place: &Place, usd: Usd) -> Node {
    text(place, format!("{usd} USD"))
}

/// A table by quality, then size; the first of several of one cell counts.
fn by_shape<T>(place: &Place, cells: &[(String, ImageSize, T)], node: impl Fn(&T) -> Node) -> Node {
    let mut qualities: Vec<(String, Vec<(String, Node)>)> = Vec::new();
    for (quality, size, value) in cells {
        let at = qualities.iter().position(|(known, _)| known == quality).unwrap_or_else(|| {
            qualities.push((quality.clone(), Vec::new()));
            qualities.len() - 1
        });
        let (sizes, size) = (&mut qualities[at].1, size.to_string());
        if !sizes.iter().any(|(known, _)| *known == size) {
            sizes.push((size, node(value)));
        }
    }
    table(place, qualities.into_iter().map(|(quality, sizes)| (quality, table(place, sizes))).collect())
}
