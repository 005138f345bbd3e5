//! `spendcast explain SCENARIO --strategy S --replication R --request N`: one request, step by step.

use super::output::data;
use super::{ExplainArguments, Failure, input};
use crate::experiment;
use crate::report::{Names, explanation};
use crate::spec::nearest;

/// Prints each attempt of one request with the rule that fired, the draws, and every charge.
///
/// # Errors
/// Mistakes in the scenario, and names and numbers that it does not have.
pub fn explain(arguments: &ExplainArguments) -> Result<(), Failure> {
    let ready = input::prepare(&arguments.file, &arguments.set)?;
    let scenario = &ready.loaded.scenario;
    let drawn = ready.redrawn(arguments.replication).map_err(Failure::Mistake)?;
    let compiled = &drawn;
    let known = &compiled.strategies;
    let index = match &arguments.strategy {
        None => scenario.baseline_index(),
        Some(name) => known.iter().position(|other| other == name).ok_or_else(|| {
            let near = nearest(name, known).map(|near| format!("; did you mean \"{near}\"?")).unwrap_or_default();
            Failure::Mistake(format!("unknown strategy \"{name}\"{near}\nthere are: {}", known.join(", ")))
        })?,
    };
    let strategy = &compiled.plan.strategies[index];
    let (replication, request) = (arguments.replication, arguments.request);
    let seed = arguments.seed.unwrap_or(scenario.seed);
    let explained = experiment::explain(&compiled.plan, strategy, (seed, replication), request).map_err(|requests| {
        Failure::Mistake(format!("replication {replication} has no request {request}: it has {requests}, from 0"))
    })?;
    let groups = scenario.strategies.0.iter().nth(index).map(|(_, spec)| spec.group_names()).unwrap_or_default();
    let names = Names { deployments: &compiled.deployments, payees: &compiled.payees, strategy, groups: &groups };
    data(&format!(
        "request {request} of replication {replication} under {}, journey {}, seed {seed}\n{}",
        known[index],
        explained.journey,
        explanation(&explained, names)
    ))
}
