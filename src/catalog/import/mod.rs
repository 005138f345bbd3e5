//! Price books from public price files: LiteLLM, Portkey, genai-prices.
//!
//! The user supplies the file; nothing is fetched. Prices are read from their digits, never through `f64`. Every entry that could
//! price images is taken, flagged or refused, each by a named reason, and nothing disappears without one. Which model is which is
//! not guessed beyond the provider's name.

mod checks;
mod entry;
mod genai;
mod json;
mod litellm;
mod litellm_key;
mod names;
mod portkey;
mod reason;
mod write;

use jiff::civil;
use sha2::{Digest, Sha256};

use super::Book;
use json::Json;

pub use entry::{Draft, Entry};
pub use reason::Reason;

/// Whose form a file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// LiteLLM's.
    Litellm,
    /// Portkey's.
    Portkey,
    /// That of genai-prices.
    GenaiPrices,
}

impl Form {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Litellm => "litellm",
            Self::Portkey => "portkey",
            Self::GenaiPrices => "genai-prices",
        }
    }
}

/// Where a file is from.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// Whose form it has.
    pub form: Form,
    /// Its name, without directories.
    pub file: &'a str,
    /// Its version, as the user named it.
    pub version: Option<&'a str>,
    /// The day on which it was fetched.
    pub date: civil::Date,
    /// Whose prices it has, where the file does not say.
    pub provider: &'a str,
}

/// What was read of a file.
#[derive(Debug, Default)]
struct Read {
    entries: Vec<Entry>,
    others: usize,
}

/// A file with what became of each of its entries.
#[derive(Debug)]
pub struct Import {
    /// The name of its form.
    pub form: &'static str,
    /// SHA-256 of its bytes, in hex.
    pub sha256: String,
    /// Every entry that could price images, in the order of the file.
    pub entries: Vec<Entry>,
    /// How many entries have nothing to do with images.
    pub others: usize,
    /// The price book.
    pub book: String,
}

impl Import {
    /// The entries that were taken, flagged ones included, as far as any of their prices is left.
    pub fn taken(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| !entry.refused())
    }
}

/// Imports the text of a file.
///
/// # Errors
/// Why the text is none of this form.
pub fn import(text: &str, origin: &Origin<'_>) -> Result<Import, String> {
    let json = Json::parse(text)?;
    let mut read = match (origin.form, &json) {
        (Form::Litellm, Json::Object(_)) => litellm::read(&json, origin),
        (Form::Portkey, Json::Object(_)) => portkey::read(&json, origin),
        (Form::GenaiPrices, Json::Array(_)) => genai::read(&json),
        (Form::GenaiPrices, _) => return Err("expected an array of providers".to_owned()),
        _ => return Err("expected an object with a model for each key".to_owned()),
    };
    if read.entries.is_empty() {
        return Err(format!("no entry for images in the form of {}; is it another form?", origin.form.name()));
    }
    let reference = Book::builtin("2026-11").ok_or("the built-in price book is missing")?;
    checks::check(&mut read, &reference);
    let sha256 = Sha256::digest(text.as_bytes()).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    let Read { entries, others } = read;
    let mut import = Import { form: origin.form.name(), sha256, entries, others, book: String::new() };
    import.book = write::book(&import, origin);
    Ok(import)
}
