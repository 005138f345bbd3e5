//! Which of several strategies may be the cheapest, in a sentence and within `summary.json`.

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::experiment::{MetricUnit, Summary};
use crate::stats::Estimate;

use super::number::Show;

/// Whether a strategy with this difference from the best of the others may be the cheapest.
fn may_be(best: &Estimate) -> bool {
    best.lo.is_none_or(|lo| lo < 0.0) || best.hi == Some(0.0)
}

/// The sentence; nothing for fewer than three strategies, whose differences say it already.
pub(super) fn sentence(summary: &Summary) -> Option<String> {
    let best = summary.against_best.as_ref()?;
    let names = summary.strategies.iter().map(|strategy| strategy.name.as_str());
    let (may, not): (Vec<_>, Vec<_>) = names.zip(best).partition(|(_, best)| may_be(best));
    let certain = summary.strategies.iter().any(|strategy| strategy.highest.is_some());
    let certain = if certain { ", of what is billed for certain" } else { "" };
    let usd = Show::in_words(MetricUnit::Usd);
    let listed = |names: &[(&str, &Estimate)]| names.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    Some(match (may.as_slice(), not.as_slice()) {
        ([(name, best)], _) => {
            let next = Estimate { value: -best.value, lo: best.hi.map(|x| -x), hi: best.lo.map(|x| -x), ..**best };
            format!("{name} is the cheapest of all {}{certain}: by {} before the next.", best_of(summary), usd.both(&next))
        }
        (_, []) => format!("Any of the {} may be the cheapest{certain}.", summary.strategies.len()),
        _ => format!("The cheapest may be any of {}; it is none of {}{certain}.", listed(&may), listed(&not)),
    })
}

fn best_of(summary: &Summary) -> String {
    format!("{} (all compared at once)", summary.strategies.len())
}

/// The same within `summary.json`.
pub(super) struct InJson<'a>(pub(super) &'a Summary, pub(super) &'a [Estimate]);

impl Serialize for InJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let names = self.0.strategies.iter().map(|strategy| &strategy.name);
        serializer.collect_seq(names.zip(self.1).map(|(name, best)| One(name, best)))
    }
}

struct One<'a>(&'a str, &'a Estimate);

impl Serialize for One<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("strategy", self.0)?;
        map.serialize_entry("may_be_cheapest", &may_be(self.1))?;
        map.serialize_entry("cost_less_best_other_usd", self.1)?;
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::made_up;

    fn told(results: &crate::experiment::Results) -> Option<String> {
        sentence(&Summary::of(results))
    }

    #[test]
    fn one_several_or_all_may_be_the_cheapest() {
        let results = made_up::results(&["a", "b", "c"], 60);
        let text = told(&results).expect("three");
        assert!(
            text.starts_with("c is the cheapest of all 3 (all compared at once): by 18") && text.ends_with("] before the next."),
            "{text}"
        );
        let mut two = results.clone();
        for rows in two.rows.chunks_mut(3) {
            rows[1].cost = rows[2].cost;
        }
        assert_eq!(told(&two).as_deref(), Some("The cheapest may be any of b, c; it is none of a."));
        for rows in two.rows.chunks_mut(3) {
            rows[0].cost = rows[2].cost;
        }
        assert_eq!(told(&two).as_deref(), Some("Any of the 3 may be the cheapest."));
        let doubtful = made_up::in_doubt(results, &["google bills filtered"], |_, _| 9);
        assert!(told(&doubtful).is_some_and(|text| text.contains("at once), of what is billed for certain: by ")));
        assert_eq!((told(&made_up::results(&["a", "b"], 60)), told(&made_up::results(&["a", "b", "c"], 1))), (None, None));
    }
}
