//! Simulates what AI image traffic will cost under each way of routing it, and how sure that is.
//!
//! Data flows one way, and each stage is a type that cannot hold the earlier stage's mistakes:
//!
//! ```text
//! scenario.toml -> scenario::Scenario -> (diagnostics with line and caret) -> engine::Plan (Send + Sync, ids only)
//!              experiment: for each replication, in fixed-size batches, in order
//!    workload (pulled in bounded chunks) -> engine::Simulation (plan, client, streams, observer)
//!              <-> provider state (truth)      <-> routing View (what a real client could know)
//!                      -> ledger (an Observer) -> one row per replication and strategy
//!              stats -> estimates, paired differences -> report: terminal, CSV, Parquet, JSON, Markdown, charts
//! ```
//!
//! What each module may use, enforced by `tests/integration/layers.rs`:
//!
//! | module | holds | may use |
//! |---|---|---|
//! | `units` | time and money (integers), rates, shares, sizes; parse and Display | - |
//! | `stats` | estimators, intervals, comparisons, histograms | - |
//! | `random` | keyed streams | - |
//! | `spec` | declared tables read from TOML, every mistake with its place, JSON Schema | units |
//! | `dist` | validated distributions | units, random, spec |
//! | `model` | ids, stages, outcomes, charges, journeys | units |
//! | `workload` | arrivals, classes, journeys, recorded traffic | units, random, spec, dist, model |
//! | `provider` | price models, limits, latency, faults, filter | units, random, spec, dist, model |
//! | `routing` | clients, routers (one file each), rules, retry | units, random, spec, dist, model |
//! | `engine` | plan, event, calendar, simulation, Observer | units, random, dist, model, workload, provider, routing |
//! | `ledger` | an Observer: charges, sums, conservation | units, stats, model, engine |
//! | `experiment` | runner, rows, pairing, summaries, manifest | units, stats, random, model, workload, provider, routing, engine, ledger |
//! | `gate` | conditions on figures: read from text, judged on intervals | units, spec, stats, experiment |
//! | `conformance` | recorded gateways, replayed against routing | units, spec, model, routing |
//! | `catalog` | built-in price books | units, spec, dist, model, provider |
//! | `scenario` | the scenario file: spec, parse, compile, starter | units, random, spec, dist, model, workload, provider, routing, engine, catalog, gate |
//! | `report` | terminal, CSV, Parquet, FOCUS, JSON, Markdown, JUnit, charts, one request explained | units, stats, model, routing, ledger, experiment, gate |
//! | `cli` | clap, progress, exit codes | everything |

pub mod catalog;
pub mod cli;
pub mod conformance;
pub mod dist;
pub mod engine;
pub mod experiment;
pub mod gate;
pub mod ledger;
pub mod model;
pub mod provider;
pub mod random;
pub mod report;
pub mod routing;
pub mod scenario;
pub mod spec;
pub mod stats;
pub mod units;
pub mod workload;
