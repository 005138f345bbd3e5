//! A recorded case as a scenario, and its traffic.
//!
//! What answers within 50 ms at the recorded provider (failures, outages, refusals) is not in the text: providers of this
//! program fail after the time of an image and refuse in no time. The [wire](super::wire) does it.

use std::fmt::Write as _;

use serde_json::Value;
use spendcast::engine::Plan;
use spendcast::units::{SimDuration, SimTime};
use spendcast::workload::Arrival;

use super::recording::{Case, Deployment};
use crate::fixture::first_arrivals;

/// Longer than the arrivals of any case take.
const HORIZON: &str = "20000s";

/// The text of the scenario.
pub(super) fn text(case: &Case) -> String {
    let rate = case.traffic.poisson.unwrap_or(1.0) * 1000.0;
    let arrivals = format!("poisson.rate = \"{}/1000s\"", rate.round());
    let models: String = case.deployments.iter().map(|deployment| model(deployment, case)).collect();
    let pool = if case.threads < 100 {
        // A thread for each image, and no bound of the queue before them: to the images the same as places at the provider.
        format!("[providers.recraft]\nlimits.in_flight = {{ most = {}, exceed = \"queue\" }}\n", case.threads)
    } else {
        String::new()
    };
    let strategy = strategy(case).unwrap_or_else(|_| unreachable!("writing to a text cannot fail"));
    crate::fixture::world(&arrivals, HORIZON, 1, &format!("{models}{pool}{strategy}"))
}

/// A price, a latency, and limits.
fn model(deployment @ Deployment { id, price, mock, .. }: &Deployment, case: &Case) -> String {
    let name = case.model(deployment);
    let mut text = format!("[models.\"{name}\"]\nprice.per_image = \"{price} USD\"\n{}", latency(&mock.latency));
    if let Some(most) = mock.in_flight {
        let _ = writeln!(text, "limits.in_flight = {most}");
    }
    if let Some(limit) = &mock.requests {
        let says = mock.retry_after.map_or("none".to_owned(), |seconds| format!("{seconds}s"));
        let rate = format!("{}/{}s", limit.most, limit.per_s);
        let _ = writeln!(text, "limits.requests = {{ rate = \"{rate}\", window = \"sliding\", retry_after = \"{says}\" }}");
    }
    assert!(case.deployments.iter().filter(|other| other.id == *id).count() == 1, "ids differ");
    text
}

fn latency(law: &Value) -> String {
    let seconds = |value: &Value| format!("{}s", value.as_f64().expect("seconds"));
    if law.is_number() {
        return format!("latency = \"{}\"\n", seconds(law));
    }
    if let Some(lognormal) = law.get("lognormal") {
        let (median, sigma) = (seconds(&lognormal["median"]), &lognormal["sigma"]);
        return format!("latency.lognormal = {{ p50 = \"{median}\", sigma = {sigma} }}\n");
    }
    if let Some(mean) = law.get("exponential") {
        return format!("latency.exponential.mean = \"{}\"\n", seconds(mean));
    }
    // A usual and a rare time: the rare one is beyond every timeout, and its image is made and billed all the same.
    let (usual, rare) = (&law["mixture"][0], &law["mixture"][1]);
    let share = rare[0].as_f64().expect("a share") * 100.0;
    let hang = format!("hang = {{ share = \"{share}%\", ends_after = \"{}\" }}", seconds(&rare[1]));
    format!("latency = \"{}\"\n{hang}\nbilling.failed = \"yes\"\n", seconds(&usual[1]))
}

fn strategy(case: &Case) -> Result<String, std::fmt::Error> {
    let mut text = format!("[strategies.only]\nprofile = \"litellm-1.106/{}\"\ngroup = \"{}\"\n", case.adapter, case.ask);
    let router = |key: &str| case.router.get(key);
    let number = |key: &str| router(key).and_then(Value::as_f64);
    if let Some(seconds) = number("timeout") {
        writeln!(text, "timeout = \"{seconds}s\"")?;
    }
    if let Some(seconds) = number("cooldown_time") {
        writeln!(text, "cooldown.time = \"{seconds}s\"")?;
    }
    if let Some(most) = number("allowed_fails") {
        let seconds = number("cooldown_time").unwrap_or(5.0);
        writeln!(text, "cooldown.count = {{ more_than = {most}, within = \"{seconds}s\" }}")?;
    }
    for (class, retries) in router("retry_policy").and_then(Value::as_object).into_iter().flatten() {
        let status = match class.as_str() {
            "RateLimitErrorRetries" => "rate_limited",
            "InternalServerErrorRetries" => "failed",
            "BadRequestErrorRetries" => "bad_request",
            "TimeoutErrorRetries" => "timed_out",
            other => panic!("{}: {other}", case.name),
        };
        writeln!(text, "retry.by_status.{status} = {}", retries.as_u64().expect("retries") + 1)?;
    }
    for list in router("fallbacks").and_then(Value::as_array).into_iter().flatten() {
        for (group, targets) in list.as_object().expect("lists by group") {
            writeln!(text, "fallbacks.general.{group} = {targets}")?;
        }
    }
    let mut groups: Vec<&str> = case.deployments.iter().map(|deployment| deployment.group.as_str()).collect();
    groups.dedup();
    for group in groups {
        let members: Vec<&Deployment> = case.deployments.iter().filter(|deployment| deployment.group == group).collect();
        writeln!(text, "groups.{group}.router.{}", self::router(case, &members))?;
        for member in members {
            if let Some(order) = member.order {
                writeln!(text, "groups.{group}.order.\"{}\" = {order}", case.model(member))?;
            }
        }
    }
    limits(case, &mut text)?;
    Ok(text)
}

/// What the Router limits by itself: what is under way at deployments, and budgets.
fn limits(case: &Case, text: &mut String) -> std::fmt::Result {
    let part = |usd: f64, every: &str| format!("{{ limit = \"{usd} USD\", every = \"{}\" }}", duration(every));
    for deployment in &case.deployments {
        let name = case.model(deployment);
        if let Some(most) = deployment.max_parallel_requests {
            writeln!(text, "parallel.models.\"{name}\" = {most}")?;
        }
        if let (Some(usd), Some(every)) = (deployment.max_budget, &deployment.budget_duration) {
            writeln!(text, "budget.models.\"{name}\" = {}", part(usd, every))?;
        }
    }
    for (provider, budget) in case.router.get("provider_budget_config").and_then(Value::as_object).into_iter().flatten() {
        let (usd, every) = (budget["budget_limit"].as_f64().expect("USD"), budget["time_period"].as_str().expect("a time"));
        writeln!(text, "budget.providers.{provider} = {}", part(usd, every))?;
    }
    Ok(())
}

/// LiteLLM writes minutes as "m".
fn duration(text: &str) -> String {
    text.strip_suffix('m').map_or_else(|| text.to_owned(), |minutes| format!("{minutes}min"))
}

/// The key and value of a group's router.
fn router(case: &Case, members: &[&Deployment]) -> String {
    let each = |value: &dyn Fn(&Deployment) -> String| {
        let all: Vec<String> =
            members.iter().map(|member| format!("\"{}\" = {{ {} }}", case.model(member), value(member))).collect();
        format!("{{ {} }}", all.join(", "))
    };
    let rpm = |member: &Deployment| member.rpm.map_or(String::new(), |rpm| format!("rpm = {rpm}"));
    let kind = case.router.get("routing_strategy").and_then(Value::as_str).unwrap_or("simple-shuffle");
    match kind {
        "simple-shuffle" => {
            let weight = |member: &Deployment| member.weight.map_or_else(|| rpm(member), |weight| format!("weight = {weight}"));
            format!("simple_shuffle = {}", each(&weight))
        }
        "least-busy" => {
            let names: Vec<String> = members.iter().map(|member| format!("\"{}\"", case.model(member))).collect();
            format!("least_busy = {{ models = [{}] }}", names.join(", "))
        }
        "latency-based-routing" => {
            let buffer = case.router.get("routing_strategy_args").and_then(|args| args["lowest_latency_buffer"].as_f64());
            format!("lowest_latency = {{ models = {}, buffer = {} }}", each(&rpm), buffer.unwrap_or(0.0))
        }
        "usage-based-routing-v2" => format!("usage_based = {{ models = {}, version = \"v2\" }}", each(&rpm)),
        "usage-based-routing" => format!("usage_based = {{ models = {}, version = \"v1\" }}", each(&rpm)),
        "cost-based-routing" => format!("litellm_cost = {}", each(&rpm)),
        other => panic!("{}: {other}", case.name),
    }
}

/// When the case begins within its minute of the clock.
pub(super) fn begins(case: &Case) -> SimTime {
    SimTime::from_micros(i64::from(case.second()) * 1_000_000)
}

/// The arrivals of a replication: the first as the case begins.
pub(super) fn arrivals(case: &Case, plan: &Plan, seed: u64, replication: u32) -> Vec<Arrival> {
    let mut arrivals = first_arrivals(plan, seed, replication, case.traffic.count());
    assert_eq!(arrivals.len(), case.traffic.count(), "{}: the horizon is too short", case.name);
    let first = arrivals[0].journey.arrival;
    for (number, arrival) in arrivals.iter_mut().enumerate() {
        let since = case.traffic.bursts.as_ref().map_or_else(
            || arrival.journey.arrival.since(first),
            |bursts| SimDuration::from_secs_f64((number / bursts.size) as f64 * bursts.every_s),
        );
        arrival.journey.arrival = begins(case) + since;
    }
    arrivals
}
