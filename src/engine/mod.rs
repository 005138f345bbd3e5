//! The engine: carries requests through simulated time. No input or output, no clock, no threads, no statistics.
//!
//! It knows neither retry nor price: a [`Client`](crate::routing::Client) decides, the
//! [`Providers`](crate::provider::Providers) answer, an [`Observer`] listens.

mod bounds;
mod calendar;
mod checks;
mod event;
mod flight;
mod guard;
mod migration;
mod observer;
mod oracle;
mod plan;
mod prices;
mod simulation;
mod slots;

pub use bounds::{Bounds, Objectives};
pub use calendar::Calendar;
pub use event::{Event, EventClass};
pub use observer::{Closed, Observer, Over};
pub use oracle::Oracle;
pub use plan::Plan;
pub use simulation::{CHUNK, Simulation};
