//! `spendcast catalog show`: all that is known of a model, and its price per image.

use jiff::civil;
use serde_json::json;

use super::ShowArguments;
use super::books::{day_of, open_all};
use super::facts;
use super::shapes::{Shape, shapes};
use crate::catalog::{Asked, Base, Book, Quote, megapixels, quote, quotes, unknown_model};
use crate::cli::Failure;
use crate::cli::output::{data, note};

pub(super) fn show(arguments: &ShowArguments) -> Result<(), Failure> {
    let books = open_all(&arguments.books.catalog)?;
    let name = arguments.model.as_str();
    let known: Vec<&Book> = books.iter().filter(|book| book.names().contains(&name)).collect();
    if known.is_empty() {
        return Err(unknown(&books, name));
    }
    let asks = arguments.size.is_some() || arguments.quality.is_some() || arguments.steps.is_some();
    let (mut shown, mut misses) = (Vec::new(), Vec::new());
    for book in &known {
        let asked = asked(arguments, day_of(book));
        let priced = if asks { one(book, name, &asked) } else { all(book, name, &asked) };
        match priced {
            Ok(priced) => shown.push((*book, asked, priced)),
            Err(miss) => misses.push(format!("{}: {miss}", book.name)),
        }
    }
    if shown.is_empty() {
        return Err(Failure::Mistake(misses.join("\n")));
    }
    for miss in &misses {
        note(miss);
    }
    if arguments.books.json {
        let entries: Vec<_> = shown.iter().map(|(book, asked, priced)| as_json(book, name, asked.date, priced)).collect();
        return data(&format!("{:#}\n", json!(entries)));
    }
    let texts = shown.iter().map(|(book, asked, priced)| {
        let head = format!("{name} in {}, on {}\n", book.name, asked.date);
        head + &prices(priced) + &if asks { String::new() } else { facts::text(book, name) }
    });
    data(&texts.collect::<Vec<_>>().join("\n"))
}

fn unknown(books: &[Book], name: &str) -> Failure {
    let misses: Vec<_> = books.iter().map(|book| unknown_model(book, name)).collect();
    let helped = misses.iter().find(|miss| miss.help.is_some()).or(misses.first());
    let names: Vec<&str> = books.iter().map(|book| book.name.as_str()).collect();
    let help = helped.and_then(|miss| miss.help.as_deref()).unwrap_or("`spendcast catalog list` has all names");
    Failure::Mistake(format!("unknown model \"{name}\" in {}; {help}", names.join(", ")))
}

fn asked(arguments: &ShowArguments, day: civil::Date) -> Asked<'_> {
    Asked {
        date: arguments.date.unwrap_or(day),
        size: arguments.size,
        quality: arguments.quality.as_deref(),
        steps: arguments.steps,
        region: arguments.region.as_deref(),
        operation: arguments.operation.as_deref(),
        service: arguments.service,
    }
}

/// The prices of one shape in every unit, or why there is none.
fn one<'a>(book: &'a Book, name: &'a str, asked: &Asked<'_>) -> Result<Vec<(Shape, Quote<'a>)>, String> {
    quote(book, name, asked).map_err(|miss| miss.to_string())?;
    let shape = Shape { size: asked.size, quality: asked.quality.map(str::to_owned), steps: asked.steps };
    Ok(quotes(book, name, asked).into_iter().map(|quote| (shape.clone(), quote)).collect())
}

/// The preferred price of every shape that the book names. That there is none is no mistake.
#[expect(clippy::unnecessary_wraps, reason = "it stands in the place of `one`")]
fn all<'a>(book: &'a Book, name: &'a str, asked: &Asked<'_>) -> Result<Vec<(Shape, Quote<'a>)>, String> {
    let priced = shapes(book, name).into_iter().filter_map(|shape| {
        let asked = Asked { size: shape.size, quality: shape.quality.as_deref(), steps: shape.steps, ..*asked };
        let quote = quote(book, name, &asked).ok()?;
        Some((shape.clone(), quote))
    });
    Ok(priced.collect())
}

/// How a price came about.
fn reason(shape: &Shape, quote: &Quote<'_>) -> String {
    let source = quote.prices.first().map_or("", |price| price.list.source.as_str());
    let usd = quote.prices.first().map(|price| price.row.usd.to_string()).unwrap_or_default();
    let how = match (quote.by, quote.tokens, shape.size) {
        _ if quote.prices.len() == 2 => format!("{usd} for the first megapixel, {} for each further", quote.prices[1].row.usd),
        (Base::OutImage, Some((tokens, _)), _) => format!("{tokens} tokens at {usd} per million"),
        (Base::Megapixel, _, Some(size)) => format!("{} megapixels at {usd}", megapixels(size)),
        (Base::Pixel, ..) => format!("pixels at {usd}"),
        (Base::Step, ..) => format!("steps at {usd}"),
        _ => "per image".to_owned(),
    };
    let old = if quote.superseded { ", superseded" } else { "" };
    format!("{how}{old}; {}", facts::short(source))
}

fn prices(priced: &[(Shape, Quote<'_>)]) -> String {
    if priced.is_empty() {
        return "\nNo price per image on that day.\n".to_owned();
    }
    let rows: Vec<Vec<String>> = priced
        .iter()
        .map(|(shape, quote)| {
            let [size, quality, steps] = shape.words();
            vec![size, quality, steps, quote.image.to_string(), quote.confidence.name().to_owned(), reason(shape, quote)]
        })
        .collect();
    let table = super::columns::columns(&["SIZE", "QUALITY", "STEPS", "USD", "CONFIDENCE", "HOW"], &rows, "  ");
    let input = priced.iter().find_map(|(_, quote)| quote.input_per_million);
    let prompt = input.map_or(String::new(), |usd| format!("  plus the prompt at {usd} USD per million tokens\n"));
    format!("\nPrice of one image\n{table}{prompt}")
}

fn as_json(book: &Book, name: &str, day: civil::Date, priced: &[(Shape, Quote<'_>)]) -> serde_json::Value {
    let usd = |amount: Option<crate::units::Usd>| amount.map(|amount| amount.to_string());
    let images = priced.iter().map(|(shape, quote)| {
        json!({
            "size": shape.size.map(|size| size.to_string()),
            "quality": shape.quality,
            "steps": shape.steps,
            "usd": quote.image.to_string(),
            "by": crate::catalog::Unit::of(quote.by).to_string(),
            "confidence": quote.confidence.name(),
            "superseded": quote.superseded,
            "image_tokens": quote.tokens.map(|(tokens, _)| tokens),
            "token_source": quote.tokens.map(|(_, list)| &list.source),
            "input_usd_per_million": usd(quote.input_per_million),
            "input_image_usd_per_million": usd(quote.input_image_per_million),
            "output_usd_per_million": usd(quote.output_per_million),
            "text_usd_per_million": usd(quote.text_per_million),
            "sources": quote.prices.iter().map(|price| json!({
                "source": price.list.source, "date": price.list.date.value, "unit": price.row.unit.to_string(), "usd": price.row.usd.to_string(),
            })).collect::<Vec<_>>(),
        })
    });
    json!({ "model": name, "catalogue": book.name, "date": day.to_string(), "images": images.collect::<Vec<_>>(), "facts": facts::as_json(book, name) })
}
