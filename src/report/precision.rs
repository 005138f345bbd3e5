//! How precise costs have become, in words and within `summary.json`; and all that replications may have ended by.

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::experiment::{Reached, Summary, Worst};

use super::Report;
use super::choice;
use super::number::{Show, count, grouped};
use super::terminal::wrap;

/// What replications may have ended by, on a terminal of so many columns: how precise costs have become, and which strategy was
/// chosen. Nothing where neither was asked for.
pub fn ends(report: &Report<'_>, columns: u16) -> String {
    let wrapped = |line: &String| ["\n", &wrap(line, usize::from(columns.max(40))), "\n"].concat();
    sentences(report).iter().map(wrapped).collect()
}

/// The same, a line each.
pub(super) fn sentences(report: &Report<'_>) -> Vec<String> {
    let both = [sentence(report.precision, report.summary), choice::sentence(report.choice, report.summary)];
    both.into_iter().flatten().collect()
}

/// How precise costs have become, in one line; nothing where no precision was asked for.
fn sentence(reached: Option<&Reached>, summary: &Summary) -> Option<String> {
    let reached = reached?;
    let (n, most) = (count(summary.replications.into()), count(reached.most.into()));
    let asked = format!("{} %", percent(reached.asked));
    if reached.enough {
        return Some(format!(
            "Precise to within {asked} with {n} of at most {most} replications: every mean cost by itself, every difference \
             from the baseline by what the baseline costs, each with 95 % confidence."
        ));
    }
    let worst = match &reached.worst {
        None => String::new(),
        Some(worst) if worst.share <= reached.asked => ": costs are that precise, but of so few that is not sure".to_owned(),
        Some(worst) => told(worst, summary),
    };
    Some(format!("{n} replications, of at most {most}, were not enough for a precision of {asked}{worst}."))
}

fn told(worst: &Worst, summary: &Summary) -> String {
    let name = &summary.strategies[worst.strategy].name;
    let what = if worst.is_difference {
        format!("the difference of {name} from the baseline, by what the baseline costs,")
    } else {
        format!("the mean cost of {name}")
    };
    let known = if worst.share.is_finite() {
        format!("to within {} %", percent(worst.share))
    } else {
        "to within itself or worse".to_owned()
    };
    let needed = worst.needed.filter(|n| *n > summary.replications.into()).map(rounded);
    let needed = needed.map_or_else(String::new, |n| format!(", and would take about {} in all", count(n)));
    format!(": {what} is known {known}{needed}")
}

/// A share in percent, with two digits.
fn percent(share: f64) -> String {
    let percent = share * 100.0;
    let decimals = if percent > 0.0 { (1.0 - percent.log10().floor()).clamp(0.0, 6.0) as usize } else { 0 };
    let text = grouped(percent, decimals);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// Two digits, rounded up.
fn rounded(n: u64) -> u64 {
    let unit = 10_u64.pow(n.max(1).ilog10().saturating_sub(1));
    n.div_ceil(unit) * unit
}

/// What demand explains of the mean costs, in a line; nothing where it is little, or too few replications are there to tell.
pub(super) fn controlled(summary: &Summary) -> Option<String> {
    /// With fewer the correction itself is uncertain. *Assumed*.
    const FEWEST: u32 = 30;
    /// Less is not worth a line. *Assumed*.
    const LEAST: f64 = 0.05;
    let all: Vec<_> = summary.strategies.iter().filter_map(|s| Some((s, s.controlled?))).collect();
    let (_, first) = all.first()?;
    let useful = all.iter().any(|(_, controlled)| controlled.reduction.is_some_and(|share| share >= LEAST));
    if summary.replications < FEWEST || !useful {
        return None;
    }
    let usd = Show::unit(crate::experiment::MetricUnit::Usd);
    let costs = all.iter().map(|(strategy, controlled)| {
        let less = |share: f64| if share < 0.005 { "no".to_owned() } else { format!("{} %", grouped(share * 100.0, 0)) };
        let less = controlled.reduction.map_or_else(String::new, |share| format!(" ({} less variance)", less(share)));
        format!("{} {}{less}", strategy.name, usd.both(&controlled.estimate))
    });
    let costs: Vec<String> = costs.collect();
    let journeys = grouped(first.journeys, usize::from(first.journeys < 100.0));
    let mix = if all.iter().any(|(_, controlled)| controlled.listed.is_some()) { ", and for what they ask for" } else { "" };
    Some(format!(
        "Mean cost in USD, corrected for the number of journeys, whose mean is known to be {journeys}{mix}: {}.",
        costs.join("; ")
    ))
}

/// A precision within `summary.json`.
pub(super) struct InJson<'a>(pub(super) &'a Reached, pub(super) &'a Summary);

impl Serialize for InJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(reached, summary) = self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("asked", &reached.asked)?;
        map.serialize_entry("enough", &reached.enough)?;
        map.serialize_entry("replications", &summary.replications)?;
        map.serialize_entry("most", &reached.most)?;
        let worst = reached.worst.as_ref();
        map.serialize_entry("least_known_strategy", &worst.map(|worst| &summary.strategies[worst.strategy].name))?;
        map.serialize_entry("least_known", &worst.map(|worst| if worst.is_difference { "difference" } else { "mean" }))?;
        map.serialize_entry("reached", &worst.map(|worst| worst.share).filter(|share| share.is_finite()))?;
        map.serialize_entry("replications_needed", &worst.and_then(|worst| worst.needed))?;
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Precision, made_up};

    #[test]
    fn says_what_was_reached() {
        let results = made_up::results(&["a", "b"], 400);
        let (summary, wanted) = (Summary::of(&results), |share| Precision { share, baseline: 0, strategies: 2 });
        let told = |share, enough| sentence(Some(&wanted(share).reached(&results.rows, 2_000, enough)), &summary).expect("asked");
        assert!(told(0.01, true).starts_with("Precise to within 1 % with 400 of at most 2 000 replications: every mean"));
        let not = told(0.001, false);
        assert!(
            not.starts_with("400 replications, of at most 2 000, were not enough for a precision of 0.1 %: the mean cost of ")
        );
        assert!(not.contains(" is known to within 0.8") && not.contains(", and would take about "), "{not}");
        assert_eq!(sentence(None, &summary), None);
        assert_eq!([0.01, 0.005, 0.1234, 1.5, 0.0].map(percent), ["1", "0.5", "12", "150", "0"]);
    }

    #[test]
    fn the_correction_is_told_where_it_is_worth_it() {
        let text = controlled(&Summary::of(&made_up::results(&["a", "b"], 400))).expect("demand explains most");
        assert!(text.contains("whose mean is known to be 20 000: a 1 0") && text.contains(" % less variance); b 7"), "{text}");
        assert_eq!(controlled(&Summary::of(&made_up::results(&["a"], 20))), None);
    }
}
