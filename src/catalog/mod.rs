//! Price books: the form of their files, those that ship with the program, quotes from them, and books made from public price
//! files.
//!
//! A price book states facts with their sources. It never mixes with another silently, and nothing is run here. Prices are decimal
//! digits from the file to the quote; what a book does not name has no price, and nothing is interpolated.

mod book;
pub mod builtin;
mod check;
pub mod derive;
mod diff;
mod exact;
mod facts;
pub mod import;
mod library;
mod miss;
mod plain;
mod quote;
mod rates;
mod size;
mod unit;

pub use book::{BookFile, Imported, Statement};
pub use check::check;
pub use diff::{Change, Difference, Item, diff};
pub use exact::Exact;
pub use facts::{BilledWord, Event, EventKind, LatencyList, LatencyMetric, LatencyRow, LimitList, LimitMetric, LimitRow, Policy};
pub use library::{Book, Price};
pub use miss::{Miss, unknown_model};
pub use quote::{Asked, Quote, in_force, launch, quote, quotes, shutdown};
pub use rates::{Confidence, Direction, RateList, RateRow, TokenList, TokenRow};
pub use size::{Class, MEGAPIXEL, Sizes, class_of, megapixels};
pub use unit::{Base, Cached, Unit};
