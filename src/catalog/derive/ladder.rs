//! The tiers above the one that a scenario is in: what each takes, and the limits that it raises.
//!
//! A tier of which the book says what has to be paid is earned; others are had by contract only. Tiers of another time, which
//! their names say in brackets ("tier 3 (historic)"), are no rungs of today's ladder, and no rung has less than the one below:
//! where sources say so of a tier, it is left out. A limit that a tier does not speak of stays as it was.

use super::limits::{most, rows};
use super::tree::{fields, list, table, text};
use crate::catalog::{LimitList, LimitMetric, LimitRow};
use crate::spec::{Node, Place};
use crate::units::{SimDuration, Usd};

/// What a tier takes by a book: dollars paid in all, and the age of the account.
type Takes = (Usd, SimDuration);

/// The tiers from this one on; `None` where there is none above it.
pub(super) fn tiers(lists: &[&LimitList], start: &str, lowest: &[&LimitRow], place: &Place) -> Option<Node> {
    let mut above = above(lists, start);
    above.sort_by_key(|(_, takes)| (takes.is_none(), takes.unwrap_or_default()));
    let mut numbers: Vec<(LimitMetric, u64)> = lowest.iter().map(|row| (row.metric, row.value)).collect();
    let mut reached = takes(lists, start).unwrap_or_default();
    let mut all = vec![rung(start, takes(lists, start), Vec::new(), place)];
    for (name, takes) in above {
        let raised = raised(lists, name, &numbers);
        let in_order = takes.is_none_or(|(paid, age)| reached.0 <= paid && reached.1 <= age);
        let Some(raised) = raised.filter(|_| in_order) else { continue };
        reached = takes.unwrap_or(reached);
        all.push(rung(name, takes, raised.iter().map(|(metric, value)| entry(*metric, *value, place)).collect(), place));
        for (metric, value) in raised {
            numbers.iter_mut().filter(|(known, _)| *known == metric).for_each(|(_, number)| *number = value);
        }
    }
    (all.len() > 1).then(|| list(place, all))
}

/// How an account stands that is in this tier; `None` where nobody says what it takes.
pub(super) fn standing(lists: &[&LimitList], tier: &str, place: &Place) -> Option<Node> {
    let (paid, age) = takes(lists, tier)?;
    Some(table(place, vec![("spent", text(place, format!("{paid} USD"))), ("age", text(place, age.to_string()))]))
}

/// The tiers that may be above one: those that take more, and those that come after it of which nobody says what they take.
fn above<'a>(lists: &[&'a LimitList], start: &str) -> Vec<(&'a str, Option<Takes>)> {
    let lowest = takes(lists, start);
    let mut names: Vec<&str> = Vec::new();
    for list in lists {
        if !names.contains(&list.tier.as_str()) {
            names.push(&list.tier);
        }
    }
    let begun = names.iter().position(|name| *name == start).unwrap_or(0);
    let others = names.iter().enumerate().filter(|(_, name)| **name != start && era(name) == era(start));
    let with_takes = others.map(|(at, name)| (at, *name, takes(lists, name)));
    let higher =
        with_takes.filter(|(at, _, takes)| takes.map_or(*at > begun, |takes| lowest.is_none_or(|lowest| takes > lowest)));
    higher.map(|(_, name, takes)| (name, takes)).collect()
}

/// What stands in brackets after the name of a tier.
fn era(tier: &str) -> Option<&str> {
    tier.split_once('(').map(|(_, era)| era)
}

fn takes(lists: &[&LimitList], tier: &str) -> Option<Takes> {
    let known = lists.iter().filter(|list| list.tier == tier).filter_map(|list| Some((list.paid?, list.age.unwrap_or_default())));
    known.max()
}

/// The limits that a tier raises; `None` where it raises none, or has one that is lower.
fn raised(lists: &[&LimitList], tier: &str, numbers: &[(LimitMetric, u64)]) -> Option<Vec<(LimitMetric, u64)>> {
    let of = |metric| rows(lists, tier).find(|(_, row)| row.metric == metric).map(|(_, row)| row.value);
    let given: Vec<(LimitMetric, u64, u64)> =
        numbers.iter().filter_map(|(metric, before)| Some((*metric, *before, of(*metric)?))).collect();
    let falls = given.iter().any(|(_, before, value)| value < before);
    let raised: Vec<_> =
        given.into_iter().filter(|(_, before, value)| before < value).map(|(metric, _, value)| (metric, value)).collect();
    (!falls && !raised.is_empty()).then_some(raised)
}

fn rung(name: &str, takes: Option<Takes>, raised: Vec<(&'static str, Node)>, place: &Place) -> Node {
    let (paid, age) = takes.map_or((None, None), |(paid, age)| (Some(paid), Some(age)));
    let mut all = vec![
        ("name", Some(text(place, name))),
        ("spent", paid.map(|paid| text(place, format!("{paid} USD")))),
        ("age", age.map(|age| text(place, age.to_string()))),
    ];
    all.extend(raised.into_iter().map(|(key, node)| (key, Some(node))));
    fields(place, all)
}

/// The number of a limit, as a tier writes it: a number of requests is told from a rate by its table.
fn entry(metric: LimitMetric, value: u64, place: &Place) -> (&'static str, Node) {
    let (key, most) = most(metric, value, place);
    let is_table = metric == LimitMetric::RequestsPerDay;
    (key, if is_table { table(place, vec![("most", most)]) } else { most })
}
