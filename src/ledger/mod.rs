//! The ledger: listens to a simulation and keeps its sums. It draws nothing and influences nothing.
//!
//! Money is added as integers, so that the total equals the sum of the charges exactly, by cause and by deployment, in
//! any order.

mod days;
mod sums;

pub use days::{Billed, DayCell, DayKey, days_of, merge};
pub use sums::{Cell, CellKey, Ledger, SPEND_POINTS, Unsure};
