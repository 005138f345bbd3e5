//! Limits: what a provider lets through, and when.
//!
//! Limits are a flat list in the plan; a deployment has the numbers of those that [apply](Applied) to it, and deployments of
//! one account or provider share some. Each is a pure state machine in a file of its own; [`Gauges`] holds the state of all.
//!
//! An attempt must pass all its limits, in two steps. [`Gauges::arrive`] says what becomes of it: rejected, started now or
//! later, or given up by its client before it could start. Then [`Gauges::occupy`] takes its amounts, as only what follows
//! from the start says how long it takes and what it is charged. What is rejected takes nothing.
//!
//! - Limits that reject are checked and taken when the attempt arrives, limits that queue when it starts.
//! - Queues are first come, first served among all that share the limit. An attempt that waits, waits with each of its
//!   limits that queue, and holds its place in the limits that reject.
//! - Since all draws are keyed, the start of an attempt is known when it arrives. A client whose timeout comes first leaves
//!   the queue at that time and takes nothing from the limits that queue; one whose turn comes at that very instant starts.
//! - Dollars are let in where the list price fits; what is taken is what is charged.
//! - A rung that is reached while an attempt waits does not bring its start forward.

mod bucket;
mod build;
mod fixed;
mod gauge;
mod gauges;
mod ladder;
mod plan;
mod queue;
mod servers;
mod sliding;
pub mod spec;

pub use bucket::Bucket;
pub use build::{Account, LimitsBuilder};
pub use fixed::Frame;
pub use gauges::{Admission, Gauges};
pub use ladder::{Ladder, Rung, Standing};
pub use plan::{Applied, Limit, Limits, Measure, RetryAfter, Rule};
pub use spec::LimitsSpec;

use crate::units::SimTime;

/// A time that never comes.
const NEVER: SimTime = SimTime::from_micros(i64::MAX);
