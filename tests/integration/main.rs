//! Whole-path tests, one module per behaviour: from the text of a scenario to its rows, files and messages.

mod allocations;
mod any_text;
mod commands;
mod compound_poisson;
mod determinism;
mod erlang_b;
mod failures;
mod filter;
mod fixture;
mod importing;
mod invariants;
mod journeys;
mod layers;
mod nonsense;
mod random_plans;
mod recorded;
mod refusals;
mod running;
mod scenarios;
mod schema;
mod shipped_example;
mod token_bucket;
mod witness;
