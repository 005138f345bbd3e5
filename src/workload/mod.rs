//! Workload: who asks for which images, when. It knows no provider and no strategy.
//!
//! A replication's journeys are generated once, in bounded chunks, from keyed draws; every strategy is run over the same
//! chunks. What a user does after a request (accept, ask again, want a final) is decided here too, by [`Journeys`], from
//! draws keyed by the request and not by who served it.

mod arrivals;
mod classes;
mod generator;
mod journey;

pub use arrivals::{Arrivals, Constant, Nonhomogeneous, Poisson, Season};
pub use classes::{Class, Classes, Count};
pub use generator::{Generator, Workload};
pub use journey::{Journey, Journeys, Next, Progress};
