//! The nouns that all later stages share: ids, stages, outcomes, causes of charges. No behaviour.

mod answer;
mod charge;
mod guarded;
mod id;
mod outcome;
mod shape;
mod status;

pub use answer::{Accepted, Answer, Holds, Place};
pub use charge::{Cause, Charge, Gap};
pub use guarded::Guarded;
pub use id::{CaseId, ClassId, DeploymentId, PayeeId, ShapeId};
pub use outcome::{Outcome, Stage};
pub use shape::{Inputs, Service, Shape};
pub use status::{Status, Statuses};
