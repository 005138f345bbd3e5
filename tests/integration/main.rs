//! Whole-path tests: from the text of a scenario to its rows, files and messages.

mod commands;
mod compound_poisson;
mod erlang_b;
mod failures;
mod filter;
mod fixture;
mod journeys;
mod schema;
mod token_bucket;
