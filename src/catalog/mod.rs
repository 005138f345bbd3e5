//! Price books that ship with the program.

pub mod builtin;
