//! What one image costs, by what a price book has: the rows that hold on a day, and nothing between them.
//!
//! Prices of one model may come from several sources and in several units. The order of preference:
//! 1. rows that hold on the day (from the first day on, up to the day before the last), while the model itself can be used;
//! 2. among them those that are not superseded;
//! 3. the higher confidence (where a price has several parts, that of its weakest);
//! 4. tokens, since that is what is billed where a vendor names both; then images, megapixels, pixels, steps;
//! 5. the later source; then the earlier row.
//!
//! A row that names a size or quality holds for that one. As soon as one row of a unit names sizes (or qualities), rows that name
//! none hold only where none is asked for: a miss is an error, and nothing is interpolated.

use std::cmp::Reverse;

use jiff::civil;

use super::miss::{Miss, miss};
use super::rates::{Confidence, Direction, TokenList, TokenRow};
use super::{Base, Book, Cached, EventKind, Price, Sizes, Unit, megapixels};
use crate::model::Service;
use crate::spec::Date;
use crate::units::{ImageSize, Usd};

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// On which day.
    pub date: civil::Date,
    /// The size.
    pub size: Option<ImageSize>,
    /// The quality, in the provider's words.
    pub quality: Option<&'a str>,
    /// Steps of the generation.
    pub steps: Option<u32>,
    /// Where; without it, where nothing is said or "global".
    pub region: Option<&'a str>,
    /// What is done; without it, an image from text.
    pub operation: Option<&'a str>,
    /// How soon.
    pub service: Service,
}

impl Asked<'_> {
    /// Nothing but the day.
    pub const fn on(date: civil::Date) -> Self {
        Self { date, size: None, quality: None, steps: None, region: None, operation: None, service: Service::Standard }
    }
}

/// The price of one image.
#[derive(Debug, Clone)]
pub struct Quote<'a> {
    /// The price, exact to the picodollar, without the prompt.
    pub image: Usd,
    /// By what it is priced.
    pub by: Base,
    /// The confidence of its weakest part.
    pub confidence: Confidence,
    /// Whether a superseded price had to be used.
    pub superseded: bool,
    /// The rows it is made of.
    pub prices: Vec<Price<'a>>,
    /// The tokens of the image and their source, where it is priced by tokens.
    pub tokens: Option<(u32, &'a TokenList)>,
    /// What a million tokens of the prompt cost, where they are billed.
    pub input_per_million: Option<Usd>,
    /// What a million tokens of images cost that go in, where they are billed.
    pub input_image_per_million: Option<Usd>,
    /// What a million tokens of the image cost, where it is priced by tokens.
    pub output_per_million: Option<Usd>,
    /// What a million tokens of text cost that comes out beside the image, where they are billed.
    pub text_per_million: Option<Usd>,
}

const KINDS: [Base; 5] = [Base::OutImage, Base::Image, Base::Megapixel, Base::Pixel, Base::Step];

/// The price of one image of a model.
///
/// # Errors
/// Why there is none.
pub fn quote<'a>(book: &'a Book, model: &'a str, asked: &Asked<'_>) -> Result<Quote<'a>, Miss> {
    let quotes = quotes(book, model, asked);
    quotes.into_iter().next().ok_or_else(|| miss(book, model, asked))
}

/// The price of one image of a model in every unit that gives one, the preferred first.
pub fn quotes<'a>(book: &'a Book, model: &'a str, asked: &Asked<'_>) -> Vec<Quote<'a>> {
    let gone = shutdown(book, model).is_some_and(|(day, _)| day <= asked.date);
    if gone || launch(book, model).is_some_and(|day| asked.date < day) {
        return Vec::new();
    }
    let prices: Vec<Price<'a>> = book.prices(model).filter(|price| fits(*price, asked)).collect();
    let mut quotes: Vec<Quote<'a>> = KINDS.iter().filter_map(|base| of_kind(book, model, &prices, asked, *base)).collect();
    quotes.sort_by_key(|quote| (quote.superseded, trust(quote.confidence)));
    quotes
}

/// The day on which a model is shut down, and its successor. Where sources name several days the last counts: such dates slip. A
/// source that names a successor is preferred.
pub fn shutdown<'a>(book: &'a Book, model: &'a str) -> Option<(civil::Date, Option<&'a str>)> {
    let shutdowns = book.events(model).filter(|event| event.event == EventKind::Shutdown);
    let days = shutdowns.filter_map(|event| Some((event.on?.civil.date(), event.successor.as_deref())));
    days.max_by_key(|(day, successor)| (*day, successor.is_some()))
}

/// The first day of a model, the earliest where sources name several.
pub fn launch(book: &Book, model: &str) -> Option<civil::Date> {
    let launches = book.events(model).filter(|event| event.event == EventKind::Launch);
    launches.filter_map(|event| Some(event.on?.civil.date())).min()
}

/// Whether a list holds on a day.
pub fn in_force(from: Option<Date>, to: Option<Date>, day: civil::Date) -> bool {
    from.is_none_or(|from| from.civil.date() <= day) && to.is_none_or(|to| day < to.civil.date())
}

/// Whether a price is for what is asked, size, quality and steps aside.
pub(super) fn fits(price: Price<'_>, asked: &Asked<'_>) -> bool {
    let Price { list, row } = price;
    let region = match (&list.region, asked.region) {
        (None, None) => true,
        (Some(region), None) => region == "global",
        (region, Some(asked)) => region.as_deref() == Some(asked),
    };
    in_force(list.from.as_ref().map(|date| date.value), list.to.as_ref().map(|date| date.value), asked.date)
        && region
        && list.operation.as_deref() == asked.operation
        && row.unit.service == asked.service
        && row.unit.cached == Cached::No
        && !row.unit.above_200k
}

/// The best is the least.
pub(super) fn trust(confidence: Confidence) -> u8 {
    match confidence {
        Confidence::High => 0,
        Confidence::Medium => 1,
        Confidence::Low => 2,
    }
}

fn of_kind<'a>(book: &'a Book, model: &'a str, prices: &[Price<'a>], asked: &Asked<'_>, base: Base) -> Option<Quote<'a>> {
    match base {
        Base::OutImage => by_tokens(book, model, prices, asked),
        Base::Image => {
            let price = choose(prices, asked, base)?;
            Some(single(price, price.row.usd.usd()?))
        }
        Base::Megapixel => by_megapixel(prices, asked),
        Base::Pixel => {
            let (size, price) = (asked.size?, choose(prices, asked, base)?);
            let exact = price.row.usd.times(u64::from(size.width) * u64::from(size.height))?;
            // A price of one size was a price per image, divided by its pixels and cut off: a millionth of a dollar restores it.
            let exact = if price.row.size.is_some() { exact.rounded(6) } else { exact };
            Some(single(price, exact.usd()?))
        }
        Base::Step => {
            let price = choose(prices, asked, base)?;
            Some(single(price, price.row.usd.times(u64::from(asked.steps?))?.usd()?))
        }
        _ => None,
    }
}

fn single(price: Price<'_>, image: Usd) -> Quote<'_> {
    Quote {
        image,
        by: price.row.unit.base,
        confidence: price.list.confidence,
        superseded: price.list.superseded,
        prices: vec![price],
        tokens: None,
        input_per_million: None,
        input_image_per_million: None,
        output_per_million: None,
        text_per_million: None,
    }
}

/// Begun megapixels counted whole; or so much for the first and so much for each further one.
fn by_megapixel<'a>(prices: &[Price<'a>], asked: &Asked<'_>) -> Option<Quote<'a>> {
    let count = megapixels(asked.size?);
    if let Some(first) = part(prices, asked, Base::Image, &Sizes::FirstMegapixel) {
        if count == 1 {
            return Some(single(first, first.row.usd.usd()?));
        }
        let further = part(prices, asked, Base::Megapixel, &Sizes::FurtherMegapixels)?;
        let image = first.row.usd.plus(further.row.usd.times(count - 1)?)?.usd()?;
        return Some(Quote { by: Base::Megapixel, ..joined(image, vec![first, further]) });
    }
    let price = choose(prices, asked, Base::Megapixel)?;
    Some(single(price, price.row.usd.times(count)?.usd()?))
}

/// A price made of several rows.
fn joined(image: Usd, prices: Vec<Price<'_>>) -> Quote<'_> {
    let weakest = prices.iter().map(|price| price.list.confidence).max_by_key(|confidence| trust(*confidence));
    let superseded = prices.iter().any(|price| price.list.superseded);
    let first = single(prices[0], image);
    Quote { confidence: weakest.unwrap_or(first.confidence), superseded, prices, ..first }
}

fn by_tokens<'a>(book: &'a Book, model: &'a str, prices: &[Price<'a>], asked: &Asked<'_>) -> Option<Quote<'a>> {
    let out = choose(prices, asked, Base::OutImage)?;
    let (list, row) = tokens(book, model, asked)?;
    let image = out.row.usd.times(u64::from(row.tokens))?.shifted(-6)?.usd()?;
    let per_million = |base| choose(prices, asked, base).and_then(|price| price.row.usd.usd());
    let quote = joined(image, vec![out]);
    let confidence = if trust(list.confidence) > trust(quote.confidence) { list.confidence } else { quote.confidence };
    Some(Quote {
        confidence,
        tokens: Some((row.tokens, list)),
        input_per_million: per_million(Base::InText),
        input_image_per_million: per_million(Base::InImage),
        output_per_million: out.row.usd.usd(),
        text_per_million: per_million(Base::OutText),
        ..quote
    })
}

/// The tokens of an image that comes out.
fn tokens<'a>(book: &'a Book, model: &'a str, asked: &Asked<'_>) -> Option<(&'a TokenList, &'a TokenRow)> {
    let lists = book.token_lists(model).filter(|list| list.direction == Direction::OutputImage);
    let rows: Vec<_> = lists.flat_map(|list| list.rows.iter().map(move |row| (list, row))).collect();
    let (sizes, qualities) = (rows.iter().any(|(_, row)| row.size.is_some()), rows.iter().any(|(_, row)| row.quality.is_some()));
    let holds = |row: &TokenRow| {
        named(row.size.as_ref(), asked.size, sizes, Sizes::hold) && named(row.quality.as_deref(), asked.quality, qualities, same)
    };
    rows.into_iter().filter(|(_, row)| holds(row)).min_by_key(|(list, _)| trust(list.confidence))
}

fn same(one: &str, other: &str) -> bool {
    one == other
}

/// Whether a row's own value is the one that is asked for; `any` says whether it or one of its neighbours names one.
fn named<T: ?Sized, A>(own: Option<&T>, asked: Option<A>, any: bool, holds: impl Fn(&T, A) -> bool) -> bool {
    match (own, asked) {
        (Some(own), Some(asked)) => holds(own, asked),
        (Some(_), None) => false,
        (None, Some(_)) => !any,
        (None, None) => true,
    }
}

/// The best row of a unit for what is asked.
fn choose<'a>(prices: &[Price<'a>], asked: &Asked<'_>, base: Base) -> Option<Price<'a>> {
    let mut pool = pool(prices, asked, base);
    pool.retain(|price| !is_part(price.row.size.as_ref()));
    let sizes = pool.iter().any(|price| price.row.size.is_some());
    let qualities = pool.iter().any(|price| price.row.quality.is_some());
    let steps = pool.iter().any(|price| price.row.steps.is_some());
    pool.retain(|Price { row, .. }| {
        named(row.size.as_ref(), asked.size, sizes, Sizes::hold)
            && named(row.quality.as_deref(), asked.quality, qualities, same)
            && named(row.steps.as_ref(), asked.steps, steps, |own, asked| *own == asked)
    });
    best(pool)
}

/// The best row for a part of an image.
fn part<'a>(prices: &[Price<'a>], asked: &Asked<'_>, base: Base, part: &Sizes) -> Option<Price<'a>> {
    let mut pool = pool(prices, asked, base);
    pool.retain(|price| price.row.size.as_ref() == Some(part));
    best(pool)
}

/// The rows of a unit; superseded ones only where there are no others.
fn pool<'a>(prices: &[Price<'a>], asked: &Asked<'_>, base: Base) -> Vec<Price<'a>> {
    let unit = Unit::of(base).service(asked.service);
    let mut pool: Vec<Price<'a>> = prices.iter().copied().filter(|price| price.row.unit.value == unit).collect();
    if pool.iter().any(|price| !price.list.superseded) {
        pool.retain(|price| !price.list.superseded);
    }
    pool
}

fn best(pool: Vec<Price<'_>>) -> Option<Price<'_>> {
    pool.into_iter().min_by_key(|price| (trust(price.list.confidence), Reverse(age(&price.list.date))))
}

/// Dates as texts sort by age; what is not known is the oldest.
pub(super) fn age(date: &str) -> &str {
    if date.starts_with(|c: char| c.is_ascii_digit()) { date } else { "" }
}

fn is_part(size: Option<&Sizes>) -> bool {
    matches!(size, Some(Sizes::FirstMegapixel | Sizes::FurtherMegapixels | Sizes::InputMegapixels))
}

#[cfg(test)]
#[path = "quote_tests.rs"]
mod tests;
