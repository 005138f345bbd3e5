//! Price books: the form of their files, and those that ship with the program.
//!
//! A price book states facts with their sources. It never mixes with another silently, and nothing is run here.

mod book;
pub mod builtin;

pub use book::{BookFile, Statement};
