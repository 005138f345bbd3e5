//! Recorded traffic: a CSV of requests, read once into compact rows that all replications share.
//!
//! The caller opens the file and gives a reader; plain and gzipped input are told apart by their first bytes. Columns
//! are found by name. What it does not do: guess a unit or a time zone, or fill in what a class knows better (an empty
//! cell stays empty, and the class decides).
//!
//! Invariant: every row of the input is accounted for. It is kept, or skipped for its status, or a repeated header, or
//! bad; rows out of order are sorted and counted, never dropped. So `Account::adds_up` holds after every reading.

mod account;
mod cells;
mod clock;
mod columns;
mod error;
mod input;
mod intern;
mod mapping;
mod reader;
mod rows;
mod sessions;
#[cfg(test)]
mod tests;

pub use account::{Account, BadKind, BadRow, FIRST_KEPT};
pub use error::ReadError;
pub use mapping::{Classes, Mapping, StatusFilter, TimeFormat, TimeUnit, TokenColumn, Zero};
pub use reader::read;
pub use rows::{Recorded, Row};
pub use sessions::{Sessions, sessions};
