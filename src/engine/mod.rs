//! The engine: carries requests through simulated time. No input or output, no clock, no threads, no statistics.
//!
//! It knows neither retry nor price: a [`Client`](crate::routing::Client) decides, the
//! [`Providers`](crate::provider::Providers) answer, an [`Observer`] listens.

mod calendar;
mod checks;
mod event;
mod flight;
mod migration;
mod observer;
mod plan;
mod prices;
mod simulation;
mod slots;

pub use calendar::Calendar;
pub use event::{Event, EventClass};
pub use observer::{Closed, Observer};
pub use plan::Plan;
pub use simulation::{CHUNK, Simulation};
