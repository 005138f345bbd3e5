//! The nouns that all later stages share: ids, stages, outcomes, causes of charges. No behaviour.

mod answer;
mod charge;
mod id;
mod outcome;
mod shape;

pub use answer::{Accepted, Answer};
pub use charge::{Cause, Charge};
pub use id::{ClassId, DeploymentId, DoubtId, PayeeId, ShapeId};
pub use outcome::{Outcome, Stage};
pub use shape::{Inputs, Service, Shape};
