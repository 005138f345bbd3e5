//! The limits of a tier and of those above it, as a scenario writes them. A book may hold several of one kind, of which a scenario
//! holds one: the first is taken, and a warning names the others.

use std::collections::BTreeSet;

use super::tree::{number, table, text};
use super::{Wanted, Warnings, ladder};
use crate::catalog::{Book, LimitList, LimitMetric, LimitRow};
use crate::provider::provider;
use crate::spec::{Mistake, Node, Place};

/// The word that chooses no tier.
pub const NO_TIER: &str = "none";

/// What a tier means for a model.
#[derive(Default)]
pub(super) struct Limited {
    /// The limits of the model itself.
    pub(super) of_model: Option<Node>,
    /// Those that its provider's models share.
    pub(super) of_provider: Option<Node>,
    /// How the account of who is in this tier stands, where there are higher ones: what it has spent, and its age.
    pub(super) standing: Option<Node>,
}

/// The tiers by which a book lists the limits of a provider and its models.
pub fn tiers<'a>(book: &'a Book, of: &str) -> BTreeSet<&'a str> {
    let all = book.files.iter().flat_map(|file| file.limits.iter().flatten());
    let its = all.filter(|list| provider(&list.of) == of && list.rows.iter().any(|row| holds(row.metric)));
    its.map(|list| list.tier.as_str()).collect()
}

/// The limits of a tier and of those above it.
pub(super) fn limits(book: &Book, model: &str, wanted: &Wanted<'_>, place: &Place, warnings: &mut Warnings<'_>) -> Limited {
    let provider = provider(model);
    let all: Vec<&LimitList> = book.limits(model).filter(|list| list.rows.iter().any(|row| holds(row.metric))).collect();
    let tiers: BTreeSet<&str> = all.iter().map(|list| list.tier.as_str()).collect();
    if tiers.is_empty() || wanted.tier.is_some_and(|tier| tier.value == NO_TIER) {
        return Limited::default();
    }
    let known = || tiers.iter().map(|tier| format!("\"{tier}\"")).collect::<Vec<_>>().join(", ");
    let Some(tier) = wanted.tier else {
        let help = format!("choose one with tiers.{provider} = ..., of {}; or \"{NO_TIER}\"", known());
        warnings.push(format!("the limits of {provider} are left out: no tier is chosen"), help);
        return Limited::default();
    };
    if !tiers.contains(tier.as_str()) {
        let what = format!("no limits of {model} are known in tier \"{}\"", tier.value);
        let mistake = Mistake::warning(&tier.place, what).label("not a tier of this model");
        warnings.found.push(mistake.help(format!("its tiers: {}", known())));
        return Limited::default();
    }
    let mut of = |who: &str| {
        let lists: Vec<&LimitList> = all.iter().copied().filter(|list| list.of.value == who).collect();
        spec(&lists, tier, who, place, warnings)
    };
    let (of_model, of_provider) = (of(model), of(provider));
    let standing = ladder::standing(&all, tier, place).filter(|_| [&of_model, &of_provider].into_iter().flatten().any(rises));
    Limited { of_model, of_provider, standing }
}

/// Whether there are higher tiers.
fn rises(limits: &Node) -> bool {
    limits.get("tiers").is_some()
}

/// Whether a scenario can hold it: a number that must be reached is none, and a queue is part of another limit.
const fn holds(metric: LimitMetric) -> bool {
    !matches!(metric, LimitMetric::UsdToReach | LimitMetric::Waiting)
}

/// The limits in one tier, of all lists of one party, with the tiers above it.
fn spec(lists: &[&LimitList], tier: &str, who: &str, place: &Place, warnings: &mut Warnings<'_>) -> Option<Node> {
    let mut entries: Vec<(&str, Node)> = Vec::new();
    let mut lowest: Vec<&LimitRow> = Vec::new();
    for (list, row) in rows(lists, tier) {
        let (key, node) = limit(list, row, place);
        let known = entries.iter().find(|(other, _)| *other == key);
        match known {
            None => {
                entries.push((key, node));
                lowest.push(row);
            }
            // Another source with the same number.
            Some((_, same)) if format!("{:?}", same.data) == format!("{:?}", node.data) => {}
            Some(_) => {
                let what = format!("a limit of {who} is left out: {} {}", row.value, row.metric.name());
                warnings.push(what, format!("a model holds one limit of `{key}`, and another of this tier is taken"));
            }
        }
    }
    entries.extend(ladder::tiers(lists, tier, &lowest, place).map(|tiers| ("tiers", tiers)));
    (!entries.is_empty()).then(|| table(place, entries))
}

/// The rows of a tier that a scenario can hold.
pub(super) fn rows<'a>(lists: &[&'a LimitList], tier: &str) -> impl Iterator<Item = (&'a LimitList, &'a LimitRow)> {
    let of_tier = lists.iter().copied().filter(move |list| list.tier == tier);
    of_tier.flat_map(|list| list.rows.iter().map(move |row| (list, row))).filter(|(_, row)| holds(row.metric))
}

/// A limit as a model has it: a rate says all, and a number is said with what it is a number of.
fn limit(list: &LimitList, row: &LimitRow, place: &Place) -> (&'static str, Node) {
    let (key, most) = most(row.metric, row.value, place);
    let more = match row.metric {
        LimitMetric::RequestsPerDay => ("every", "day"),
        LimitMetric::UsdPerTenMinutes => ("per", "10min"),
        LimitMetric::UsdPerMonth => ("every", "month"),
        LimitMetric::InFlight | LimitMetric::Waiting | LimitMetric::UsdToReach => {
            let queued = list.requirement.as_ref().is_some_and(|words| words.starts_with("queued"));
            ("exceed", if queued { "queue" } else { "reject" })
        }
        _ => return (key, most),
    };
    (key, table(place, vec![("most", most), (more.0, text(place, more.1))]))
}

/// The key of a limit, and its rate, or its number where it is none.
pub(super) fn most(metric: LimitMetric, value: u64, place: &Place) -> (&'static str, Node) {
    let rate = |per: &str| text(place, format!("{value}/{per}"));
    match metric {
        LimitMetric::ImagesPerMinute => ("images", rate("min")),
        LimitMetric::ImagesPerFiveMinutes => ("images", rate("5min")),
        LimitMetric::RequestsPerMinute => ("requests", rate("min")),
        LimitMetric::RequestsPerSecond => ("requests", rate("s")),
        LimitMetric::RequestsPerTenSeconds => ("requests", rate("10s")),
        LimitMetric::RequestsPerDay => ("requests", number(place, value)),
        LimitMetric::TokensPerMinute => ("tokens", rate("min")),
        LimitMetric::UsdPerTenMinutes | LimitMetric::UsdPerMonth => ("usd", text(place, format!("{value} USD"))),
        LimitMetric::InFlight | LimitMetric::Waiting | LimitMetric::UsdToReach => ("in_flight", number(place, value)),
    }
}
