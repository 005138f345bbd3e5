//! All integration tests in one binary: one module per behaviour.

mod commands;
mod schema;
