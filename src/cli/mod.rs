//! The command line: arguments in, the stages called in order, results out, and one exit code.
//!
//! Data goes to standard output and everything else to standard error, so that a pipe gets data only. A
//! pipe that closes early ends the program quietly. Exit codes: 0 done, also by a time limit, 1 our error, 2 the user's
//! mistake, 3 a gate failed, 4 a gate undecided and none failed, 130 interrupted. Nothing is computed here.

mod arguments;
mod break_even;
mod catalog;
mod check;
mod clock;
mod compare;
mod conformance;
mod dry_run;
mod explain;
mod failure;
mod formats;
mod init;
mod input;
mod journal;
mod kept_points;
mod output;
mod over;
mod place;
mod points;
mod progress;
mod provenance;
mod run;
mod schema;
mod simulation;
mod stop;
mod sweep;
mod what_if;

pub use arguments::{
    Arguments, CheckArguments, Command, ConformanceArguments, ExplainArguments, GateMode, Gateway, InitArguments, RunArguments,
};
pub use break_even::break_even;
pub use catalog::{CatalogArguments, CatalogCommand, catalog};
pub use check::check;
pub use compare::{CompareArguments, compare};
pub use conformance::conformance;
pub use explain::explain;
pub use failure::{Failure, finish};
pub use init::init;
pub use run::run;
pub use schema::schema;
pub use simulation::SimulationArguments;
pub use sweep::sweep;
pub use what_if::{BreakEvenArguments, SweepArguments, WhatIfArguments};
