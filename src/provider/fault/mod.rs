//! What goes wrong at a provider: failures, incidents, cold starts and hung requests.
//!
//! Each fault is one file with its spec table, what is built from it, and, where it has one, its state during a
//! replication. None decides an attempt's outcome: the provider's state asks them in turn. What a scenario does not name
//! is `None` there and costs nothing.
//!
//! Invariant: every draw is a function of the attempt, the prompt, the user or the incident, never of what was asked before.

mod cold;
mod failure;
mod hang;
mod incident;
mod timeline;

pub use cold::{ColdStart, ColdStartSpec, Warmth};
pub use failure::{Failure, FailureSpec, Sticky};
pub use hang::{Hang, HangSpec};
pub use incident::{Effect, IncidentsSpec, KindSpec, Scope, Source};
pub use timeline::{Incidents, Timeline};
