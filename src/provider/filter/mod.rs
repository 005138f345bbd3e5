//! Content filters: which prompts a provider refuses, when, and how the refusal looks.
//!
//! A verdict belongs to the filter and the prompt: the same prompt is refused again at every attempt, and often passes at
//! another filter. It depends on nothing else, so it is the same for every strategy.

mod copula;
mod spec;
mod verdict;

pub use spec::{FilterSpec, RateSpec};
pub use verdict::{Filter, Refusal, Stage};
