//! What can be said after `spendcast catalog`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::civil;

use crate::catalog::{Class, Sizes};
use crate::model::Service;
use crate::units::ImageSize;

/// What `catalog` takes.
#[derive(Debug, Args)]
pub struct CatalogArguments {
    /// What to do.
    #[command(subcommand)]
    pub command: CatalogCommand,
}

/// What to do with price books.
#[derive(Debug, Subcommand)]
pub enum CatalogCommand {
    /// List models with their dates, kinds of price and confidence
    List(ListArguments),
    /// Show all that is known of a model, with sources, and its price per image
    Show(ShowArguments),
    /// Compare two price books, or two days of one
    Diff(DiffArguments),
    /// Find every mistake in price books
    Validate(ValidateArguments),
    /// Make a price book from a public price file, with an account of every entry
    Import(ImportArguments),
}

/// Which price books are looked at, and how what is found is printed.
#[derive(Debug, Args)]
pub struct BooksArguments {
    /// A built-in price book or a file; all built-in ones if left out
    #[arg(long, value_name = "NAME|FILE")]
    pub catalog: Vec<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// What `catalog list` takes.
#[derive(Debug, Args)]
pub struct ListArguments {
    /// Only names that contain this
    pub text: Option<String>,
    /// Only this provider
    #[arg(long, value_name = "NAME")]
    pub provider: Option<String>,
    /// Only models that can be used and have a price on this day
    #[arg(long, value_name = "DATE")]
    pub date: Option<civil::Date>,
    /// From which books, and how it is printed.
    #[command(flatten)]
    pub books: BooksArguments,
}

/// What `catalog show` takes.
#[derive(Debug, Args)]
pub struct ShowArguments {
    /// The model, such as openai/gpt-image-2
    pub model: String,
    /// Its price at this size: 1024x1024, or a class such as 2K
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub size: Option<ImageSize>,
    /// Its price in this quality, in the provider's words
    #[arg(long, value_name = "NAME")]
    pub quality: Option<String>,
    /// Its price with this many steps
    #[arg(long, value_name = "N")]
    pub steps: Option<u32>,
    /// Its price in this region
    #[arg(long, value_name = "NAME")]
    pub region: Option<String>,
    /// Its price for this operation, such as edit
    #[arg(long, value_name = "NAME")]
    pub operation: Option<String>,
    /// Its price for this service: standard, batch, flex or priority
    #[arg(long, value_name = "NAME", default_value = "standard", value_parser = service)]
    pub service: Service,
    /// Its price on this day; the day of the price book if left out
    #[arg(long, value_name = "DATE")]
    pub date: Option<civil::Date>,
    /// From which books, and how it is printed.
    #[command(flatten)]
    pub books: BooksArguments,
}

/// What `catalog diff` takes.
#[derive(Debug, Args)]
pub struct DiffArguments {
    /// A built-in price book or a file, on a day if one is given
    #[arg(value_name = "NAME|FILE[@DATE]")]
    pub before: String,
    /// Another, or the same on another day
    #[arg(value_name = "NAME|FILE[@DATE]")]
    pub after: String,
    /// Only models whose name contains this
    #[arg(long, value_name = "TEXT")]
    pub model: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// What `catalog validate` takes.
#[derive(Debug, Args)]
pub struct ValidateArguments {
    /// Price books; the built-in ones if left out
    pub files: Vec<PathBuf>,
}

/// Forms of public price files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// model_prices_and_context_window.json of LiteLLM
    Litellm,
    /// pricing/PROVIDER.json of Portkey's models
    Portkey,
    /// data.json of genai-prices
    GenaiPrices,
}

/// What `catalog import` takes.
#[derive(Debug, Args)]
pub struct ImportArguments {
    /// Whose form the file has
    #[arg(long, value_name = "FORM")]
    pub from: Form,
    /// The price file, which you have fetched: nothing is fetched here
    pub file: PathBuf,
    /// The version of the file, for the record
    #[arg(long, value_name = "TEXT")]
    pub version: Option<String>,
    /// The day on which the file was fetched; today (UTC) if left out
    #[arg(long, value_name = "DATE")]
    pub date: Option<civil::Date>,
    /// The provider, where the file does not name it (portkey); the file's name if left out
    #[arg(long, value_name = "NAME")]
    pub provider: Option<String>,
    /// Where to write the price book; without it, only the account is printed
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Print the account as JSON
    #[arg(long)]
    pub json: bool,
}

/// A size, or the square of a class.
fn size(text: &str) -> Result<ImageSize, String> {
    if let Ok(size) = text.parse() {
        return Ok(size);
    }
    let side = match text.parse::<Sizes>() {
        Ok(Sizes::Class(Class::Half)) => 512,
        Ok(Sizes::Class(Class::One)) => 1024,
        Ok(Sizes::Class(Class::Two)) => 2048,
        Ok(Sizes::Class(Class::Four)) => 4096,
        _ => return Err("expected a size such as 1024x1024, or one of 0.5K, 1K, 2K, 4K".to_owned()),
    };
    Ok(ImageSize { width: side, height: side })
}

fn service(text: &str) -> Result<Service, String> {
    Service::ALL
        .into_iter()
        .find(|service| service.name() == text)
        .ok_or_else(|| "expected standard, batch, flex or priority".to_owned())
}
