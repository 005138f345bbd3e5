//! Experiments: strategies x replications on common random numbers.

mod results;

pub use results::{ChargeCell, Results, Row, SPEND_POINTS};
