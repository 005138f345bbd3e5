//! One request as text: each attempt with the rule that fired, the draws, and every charge.

use std::fmt::Write as _;

use crate::experiment::{Explained, Moment};
use crate::model::{Accepted, Answer, Charge, DeploymentId};
use crate::routing::note::{Enough, Note};
use crate::routing::{Action, Among, AnyRouter, Heard, Run, Strategy};
use crate::units::{SimDuration, SimTime, Usd};

/// Names of what a plan has numbers for.
#[derive(Debug, Clone, Copy)]
pub struct Names<'a> {
    /// Of deployments, by id.
    pub deployments: &'a [String],
    /// Of payees, by id.
    pub payees: &'a [String],
    /// Whose groups and targets are meant.
    pub strategy: &'a Strategy<AnyRouter>,
    /// What its groups are called, in their order, with their orders.
    pub groups: &'a [(String, Vec<u32>)],
}

/// The request as text. Times are seconds since the start of the scenario; draws are uniform numbers from 0 up to 1.
pub fn explanation(explained: &Explained, names: Names<'_>) -> String {
    let mut text = String::new();
    let (mut total, mut group) = (Usd::ZERO, 0);
    for (at, step) in &explained.steps {
        for line in lines(step, names, &mut group) {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{:>14}  {line}", seconds(*at));
        }
        if let Moment::Charged(charge @ Charge { case: None, .. }) = step {
            total += charge.amount;
        }
    }
    let _ = writeln!(text, "{:>14}  in all {total} USD", "");
    text
}

fn seconds(at: SimTime) -> String {
    format!("{:.6}", at.since(SimTime::START).as_secs_f64())
}

/// The lines of a step. `group` is the group that targets are of by then.
fn lines(step: &Moment, names: Names<'_>, group: &mut u8) -> Vec<String> {
    match step {
        Moment::Requested(stage) => vec![format!("a {} is asked for", stage.name())],
        Moment::Decided { heard, rules, action, draws } => {
            let mut lines: Vec<String> = heard_line(heard, names).into_iter().collect();
            lines.extend(rules.iter().map(|rule| format!("  {}", rule_line(rule, names, group))));
            if matches!(action, Action::Attempt { .. } | Action::Race { .. }) {
                let [latency, failure, coin, jitter] = draws.map(|bits| f64::from(bits) / 4_294_967_296.0);
                lines.push(format!("  draws: latency {latency:.6}, failure {failure:.6}, router {coin:.6}, jitter {jitter:.6}"));
            }
            lines.push(format!("  {}", action_line(action, names)));
            lines
        }
        Moment::Attempted(to, answer) => vec![format!("    {}", answer_line(*to, answer, names))],
        Moment::Charged(charge) => vec![format!("    {}", charge_line(charge, names))],
        Moment::Booked(amount) => vec![format!("    the client books {amount} USD")],
        Moment::Closed(closed) => vec![format!(
            "the request is over: {}, {} attempt{}, {} s",
            closed.outcome.name(),
            closed.attempts,
            if closed.attempts == 1 { "" } else { "s" },
            closed.took.as_secs_f64()
        )],
    }
}

fn name(id: DeploymentId, names: Names<'_>) -> &str {
    names.deployments.get(id.index()).map_or("?", String::as_str)
}

/// A group by its name, and the order aimed at.
fn run_name(run: Run, names: Names<'_>) -> String {
    let Some((group, orders)) = names.groups.get(usize::from(run.group)) else { return "?".to_owned() };
    let order = run.order.and_then(|rank| orders.get(usize::from(rank)));
    order.map_or_else(|| group.clone(), |order| format!("{group} at order {order}"))
}

fn heard_line(heard: &Heard, names: Names<'_>) -> Option<String> {
    match heard {
        Heard::Arrived | Heard::Sent => None,
        Heard::Due => Some("the wait is over".to_owned()),
        Heard::Ended(ended) => {
            let asked = ended.retry_after.map(|asked| format!(", retry-after {} s", asked.as_secs_f64())).unwrap_or_default();
            let empty = if ended.empty { ", looking like a success without an image" } else { "" };
            Some(format!("{} answers: {}{asked}{empty}", name(ended.deployment, names), ended.status.word()))
        }
    }
}

fn rule_line(rule: &Note, names: Names<'_>, group: &mut u8) -> String {
    let after = |wait: &SimDuration| {
        if *wait > SimDuration::ZERO { format!("after {} s", wait.as_secs_f64()) } else { "at once".to_owned() }
    };
    match rule {
        Note::Asked { run, left, cooling, failing, ramping, among } => {
            *group = run.group;
            let of = |targets: Among| {
                let all: Vec<&str> =
                    targets.iter().map(|at| name(names.strategy.deployment(run.group, at as u8), names)).collect();
                if all.is_empty() { "none".to_owned() } else { all.join(", ") }
            };
            let cooling_text = if cooling.is_empty() { String::new() } else { format!("; cooling: {}", of(*cooling)) };
            let failing_text = if failing.is_empty() { String::new() } else { format!("; last check failed: {}", of(*failing)) };
            let ramping_text = if ramping.is_empty() { String::new() } else { format!("; ramping up: {}", of(*ramping)) };
            let out = left.without(*among).without(*cooling).without(*failing).without(*ramping);
            let out = if out.is_empty() { String::new() } else { format!("; left out: {}", of(out)) };
            format!("{} may ask: {}{cooling_text}{failing_text}{ramping_text}{out}", run_name(*run, names), of(*among))
        }
        Note::Limited(status) => format!("the router's own limits let nothing through: {}", status.word()),
        Note::Picked(target) => format!("the router picks {}", name(names.strategy.deployment(*group, *target), names)),
        Note::Cools { target, until } => {
            format!(
                "cooldown: {} is left alone until {} s",
                name(names.strategy.deployment(*group, *target), names),
                seconds(*until)
            )
        }
        Note::Calls { call, most, wait } => format!("sdk: call {call} of {most} within the attempt, {}", after(wait)),
        Note::Again { tries, allowed, wait } => format!("retry: attempt {} of {allowed}, {}", tries + 1, after(wait)),
        Note::Enough(Enough::NotCovered(status)) => format!("retry: not after {}", status.word()),
        Note::Enough(Enough::SetApart) => "retry: not after a refusal, which has fallbacks of its own".to_owned(),
        Note::Enough(Enough::BudgetUsedUp) => "retry: the budget of retries is used up".to_owned(),
        Note::Enough(Enough::UsedUp(allowed)) => format!("retry: {allowed} of {allowed} attempts are used up"),
        Note::Trails(wait) => format!("retry: goes on {}", after(wait)),
        Note::NextLevel => "the router's next level".to_owned(),
        Note::Falls(run) => format!("fallback: {}", run_name(*run, names)),
        Note::Collected { until } => format!("batch: waits for the next, which is sent at {} s", seconds(*until)),
        Note::InBatch { until } => format!("batch: sent with it, and waited for until {} s", seconds(*until)),
        Note::NoBatch(status) => format!("batch: {}, so it is sent at once", status.word()),
        Note::InLine => "queue: waits for another request".to_owned(),
        Note::Copies => "hedge: another attempt beside those under way".to_owned(),
        Note::SentBack => "the checker sends the images back".to_owned(),
    }
}

fn action_line(action: &Action, names: Names<'_>) -> String {
    match action {
        Action::Attempt { deployment, timeout } | Action::Race { deployment, timeout, .. } => {
            format!("attempt at {}, waiting {} s at most", name(*deployment, names), timeout.as_secs_f64())
        }
        Action::Hold => "holds".to_owned(),
        Action::Serve { by, wrong } => {
            let of = if *wrong { " of another prompt, which is wrong" } else { "" };
            format!("hands out what {} has made before{of}", name(*by, names))
        }
        Action::Wait(wait) => format!("waits {} s", wait.as_secs_f64()),
        Action::Deliver => "hands the images to the user".to_owned(),
        Action::GiveUp(status) => format!("gives up: {}", status.word()),
    }
}

fn answer_line(to: DeploymentId, answer: &Answer, names: Names<'_>) -> String {
    let to = name(to, names);
    match answer {
        Answer::Rejected { outcome, retry_after } => {
            format!("{to} rejects it: {}, retry-after {} s", outcome.name(), retry_after.as_secs_f64())
        }
        Answer::Accepted(Accepted { outcome, ends, released, place, .. }) => {
            let by = if name(place.by, names) == to { String::new() } else { format!(", served by {}", name(place.by, names)) };
            let late = if released > ends { format!("; done only at {} s", seconds(*released)) } else { String::new() };
            format!("{to} takes it{by}; it will end at {} s: {}{late}", seconds(*ends), outcome.name())
        }
    }
}

fn charge_line(charge: &Charge, names: Names<'_>) -> String {
    let payee = names.payees.get(charge.payee.index()).map_or("?", String::as_str);
    let unknown = if charge.case.is_some() { ", in one case of unknown billing" } else { "" };
    format!("{payee} charges {} USD: {}{unknown}", charge.amount, charge.cause.name())
}
