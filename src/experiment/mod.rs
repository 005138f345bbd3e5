//! Experiments: strategies x replications on common random numbers.

mod results;
mod runner;

pub use results::{ChargeCell, Results, Row};
pub use runner::{Run, RunError, Settings, Step, run};

pub use crate::ledger::SPEND_POINTS;
