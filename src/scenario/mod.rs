//! The scenario file: what it says, reading it with its catalogues and with `--set`, and a starter to begin from.
//!
//! Nothing is run here, and no file is opened: the caller hands in how files are read. What is loaded has
//! passed every check that needs no plan; compiling it into one is the next stage.

mod aliases;
mod asking;
mod bounds;
mod catalogues;
mod compile;
mod file;
mod floating;
mod gateways;
mod idle;
mod like;
mod load;
mod misses;
mod models;
mod overlay;
mod reach;
mod redraw;
mod set;
mod spec;
mod strays;
mod swayed;
mod tiers;
mod uncertain;
mod unused;
mod words;

pub use bounds::{BoundsSpec, Objective};
pub use catalogues::Catalogue;
pub use compile::{Compiled, OpenFile, compile};
pub use load::{Loaded, Overrides, Refused, load, load_and_compile};
pub use spec::{Horizon, Replications, Scenario, Strategies, StrategyName, schema};
pub use uncertain::{Input, UncertainSpec, find as unknown_inputs};

/// A commented scenario to start from; `spendcast init` writes it.
pub const STARTER: &str = include_str!("starter.toml");
