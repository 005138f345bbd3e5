//! Quantities as people write them and as the simulator computes with them: integers with a unit.
//!
//! Time and money never pass through `f64`; every conversion that can lose something rounds half to
//! even and says so. Parsing is exact: `"0.04 USD"` is forty thousand million picodollars.

mod bytes;
mod decimal;
mod money;
mod rate;
mod share;
mod size;
mod time;
mod upkeep;

pub use bytes::Bytes;
pub use decimal::{Decimal, parse_count};
pub use money::Usd;
pub use rate::Rate;
pub use share::Share;
pub use size::ImageSize;
pub use time::{SimDuration, SimTime};
pub use upkeep::Upkeep;

/// Why a text is not the quantity it should be: what was wrong and how to write it instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAQuantity {
    /// What is wrong with the text, for example `no unit`.
    pub what: String,
    /// How the quantity is written, for example `a duration such as "2s"`.
    pub expected: &'static str,
}

impl NotAQuantity {
    fn new(what: impl Into<String>, expected: &'static str) -> Self {
        Self { what: what.into(), expected }
    }
}

impl std::fmt::Display for NotAQuantity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}; expected {}", self.what, self.expected)
    }
}

impl std::error::Error for NotAQuantity {}
