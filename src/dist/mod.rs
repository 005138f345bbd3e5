//! Validated distributions: what a constructor has accepted can be drawn without failing.
//!
//! Draws are inverse transforms of one uniform number: monotone, so that common random numbers stay synchronised
//! between strategies. Tables are built once; everything goes through `libm`, so that platforms agree.

mod discrete;
mod gamma;
mod law;
mod normal;
pub mod spec;
mod table;
mod uncertain;

pub use discrete::{Alias, NotWeights};
pub use law::{Law, NotALaw};
pub use normal::quantile as normal_quantile;
pub use spec::{LawSpec, Quantity};
pub use table::QuantileTable;
pub use uncertain::Uncertain;
