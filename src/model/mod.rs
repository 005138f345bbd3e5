//! The nouns that all later stages share: ids, stages, outcomes, causes of charges. No behaviour.

mod charge;
mod id;
mod outcome;

pub use charge::{Cause, Charge};
pub use id::{ClassId, DeploymentId, ShapeId};
pub use outcome::{Outcome, Stage};
