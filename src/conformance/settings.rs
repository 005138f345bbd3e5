//! The settings of a recorded Router as a strategy, written as in a scenario.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::case::{Case, DeploymentCase};
use crate::model::{DeploymentId, Stage};
use crate::routing::{AnyRouter, Strategy, StrategySpec, profile};
use crate::spec::{Field, Located, Mistakes, Place, Reader, Sources, parse, render};

/// The only version whose profile there is.
const VERSION: &str = "1.106";

/// The groups of a case, in the order in which they first stand.
pub(super) fn groups(case: &Case) -> Vec<&str> {
    let mut groups: Vec<&str> = Vec::new();
    for deployment in &case.deployments {
        if !groups.contains(&deployment.group.as_str()) {
            groups.push(&deployment.group);
        }
    }
    groups
}

/// The strategy of a case, whose first group is asked. Deployments have their numbers in the case's list.
pub(super) fn strategy(case: &Case) -> Result<Strategy<AnyRouter>, String> {
    let text = text(case)?;
    let mut sources = Sources::new();
    let file = sources.add("the recorded settings", text.clone());
    let mut mistakes = Mistakes::new();
    let mut node = parse(&text, file, &mut mistakes);
    profile::complete(&mut node, &mut sources);
    let mut reader = Reader::new();
    let spec = StrategySpec::read(&node, &mut reader);
    mistakes.extend(reader.into_mistakes().into_sorted());
    let find =
        |name: &str| case.deployments.iter().position(|deployment| deployment.id == name).map(|at| DeploymentId(at as u16));
    let name = Located { value: "recorded".to_owned(), place: Place::whole(file) };
    let built = spec.and_then(|spec| {
        let built = spec.build(&name, &["image".to_owned()], &[Stage::Final], &find);
        built.map_err(|found| mistakes.extend(found)).ok()
    });
    built.ok_or_else(|| render(&sources, &mistakes.into_sorted(), false))
}

fn text(case: &Case) -> Result<String, String> {
    if !case.litellm.starts_with(VERSION) {
        return Err(format!("recorded with LiteLLM {}: there is a profile for {VERSION} only", case.litellm));
    }
    let groups = groups(case);
    let first = groups.first().ok_or("a recording without deployments")?;
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write_settings(&mut text, case, first).and_then(|()| write_groups(&mut text, case, &groups));
    Ok(text)
}

fn write_settings(text: &mut String, case: &Case, first: &str) -> std::fmt::Result {
    let calls = case.sdk_attempts_per_router_attempt;
    let adapter = if calls > 1 { "openai" } else { "httpx" };
    let time = case.cooldown_time.filter(|seconds| *seconds > 0.0).unwrap_or(5.0);
    writeln!(text, "profile = \"litellm-{VERSION}/{adapter}\"\ngroup = {first:?}")?;
    writeln!(text, "retry.attempts = {}\nretry.jitter.more = \"{}s\"", case.num_retries + 1, case.jitter)?;
    if calls > 1 {
        writeln!(
            text,
            "sdk = {{ retries = {}, backoff.constant = \"0s\", jitter = \"none\", honor_retry_after = \"0s\" }}",
            calls - 1
        )?;
    }
    writeln!(text, "cooldown.time = \"{time}s\"")?;
    if let Some(most) = case.allowed_fails.filter(|most| *most != 3) {
        writeln!(text, "cooldown.count = {{ more_than = {most}, within = \"{time}s\" }}")?;
    }
    for deployment in &case.deployments {
        if let Some(own) = deployment.cooldown_time {
            writeln!(text, "cooldown.times.{:?} = \"{own}s\"", deployment.id)?;
        }
    }
    Ok(())
}

fn write_groups(text: &mut String, case: &Case, groups: &[&str]) -> std::fmt::Result {
    write_lists(text, "general", case.fallbacks.as_deref(), groups)?;
    write_lists(text, "content_policy", case.content_policy_fallbacks.as_deref(), groups)?;
    for group in groups {
        let members: Vec<&DeploymentCase> = case.deployments.iter().filter(|deployment| deployment.group == **group).collect();
        let weighed = members.iter().any(|deployment| deployment.weight.is_some_and(|weight| weight > 0.0));
        for deployment in members {
            let weight = if weighed { deployment.weight.unwrap_or(0.0) } else { 1.0 };
            writeln!(text, "groups.{group:?}.router.weighted.{:?} = {weight:?}", deployment.id)?;
            if let Some(order) = deployment.order {
                writeln!(text, "groups.{group:?}.order.{:?} = {order}", deployment.id)?;
            }
        }
    }
    Ok(())
}

/// Lists of fallbacks. LiteLLM takes names of groups that are not there, and nothing comes of them.
fn write_lists(
    text: &mut String,
    key: &str,
    lists: Option<&[BTreeMap<String, Vec<String>>]>,
    groups: &[&str],
) -> std::fmt::Result {
    let Some(lists) = lists else { return Ok(()) };
    let known = |name: &str| name == "*" || groups.contains(&name);
    let written: Vec<String> =
        lists.iter().flatten().filter(|(group, _)| known(group)).map(|(group, list)| format!("{group:?} = {list:?}")).collect();
    writeln!(text, "fallbacks.{key} = {{ {} }}", written.join(", "))
}
