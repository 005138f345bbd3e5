//! Workload: who asks for which images, when. It knows no provider and no strategy.
//!
//! A replication's journeys are generated once, in bounded chunks, from keyed draws or from recorded traffic; every
//! strategy is run over the same chunks. What a user does after a request (accept, ask again, want a final) is decided
//! here too, by [`Journeys`], from draws keyed by the request and not by who served it.

pub mod arrivals;
mod build;
pub mod categories;
mod classes;
mod generator;
mod journey;
mod prompts;
pub mod recorded;
mod replay;
pub mod spec;
mod thinning;

pub use arrivals::{Arrivals, ArrivalsSpec, Process, Span};
pub use build::{Asked, Built, Open};
pub use categories::Categories;
pub use classes::{Class, Classes, Count};
pub use generator::{Generator, Source, Workload};
pub use journey::{Arrival, Journey, Journeys, Next, Progress};
pub use prompts::{Prompts, TemplateId};
pub use replay::{Recording, Replay};
pub use spec::{ClassSpec, JourneySpec, PromptsSpec, RecordedSpec, WorkloadSpec};
pub use thinning::Thinning;
