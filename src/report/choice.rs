//! Which strategy was chosen as the cheapest, in words and within `summary.json`.

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::experiment::{Chosen, Summary};

use super::number::count;

/// What a choice has come to, in one line; nothing where none was asked for.
pub(super) fn sentence(chosen: Option<&Chosen>, summary: &Summary) -> Option<String> {
    let chosen = chosen?;
    let names: Vec<&str> = chosen.left.iter().map(|&strategy| summary.strategies[strategy].name.as_str()).collect();
    let usd = chosen.indifference;
    let after = count(chosen.after.into());
    Some(if chosen.enough {
        format!(
            "Chosen after {after} replications: {}. That is the strategy with the lowest mean cost with a probability of 95 %, if it is \
             lower than all others by {usd} USD or more; of closer ones it may be any (Kim and Nelson).",
            names.concat()
        )
    } else if chosen.after == 0 {
        format!("Nothing is chosen to within {usd} USD: that takes two strategies and two replications.")
    } else {
        let most = chosen.most.map_or_else(String::new, |most| format!("; {} replications are enough in any case", count(most)));
        format!(
            "Nothing is chosen to within {usd} USD after {after} replications: {} may be the cheapest{most}.",
            names.join(", ")
        )
    })
}

/// A choice within `summary.json`.
pub(super) struct InJson<'a>(pub(super) &'a Chosen, pub(super) &'a Summary);

impl Serialize for InJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(chosen, summary) = self;
        let names: Vec<&str> = chosen.left.iter().map(|&strategy| summary.strategies[strategy].name.as_str()).collect();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("indifference_usd", &chosen.indifference.to_f64())?;
        map.serialize_entry("chosen", &names.first().filter(|_| chosen.enough))?;
        map.serialize_entry("among", &names)?;
        map.serialize_entry("replications", &chosen.after)?;
        map.serialize_entry("most", &chosen.most)?;
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Choosing, made_up};

    #[test]
    fn says_what_was_chosen() {
        let results = made_up::results(&["a", "b", "c"], 300);
        let summary = Summary::of(&results);
        let choosing = Choosing { indifference: "2.50 USD".parse().expect("money"), strategies: 3 };
        let told = |chosen: &Chosen| sentence(Some(chosen), &summary).expect("asked");
        let all = choosing.chosen(&results.rows);
        assert!(told(&all).starts_with("Chosen after 100 replications: c. That is"), "{}", told(&all));
        assert!(told(&all).contains("by 2.5 USD or more"), "{}", told(&all));
        let open = Chosen { left: vec![1, 2], enough: false, most: Some(4_200), ..all.clone() };
        assert_eq!(
            told(&open),
            "Nothing is chosen to within 2.5 USD after 100 replications: b, c may be the cheapest; 4 200 replications are enough in \
             any case."
        );
        let none = choosing.chosen(&[]);
        assert!(told(&none).contains("takes two strategies"), "{}", told(&none));
        assert_eq!(sentence(None, &summary), None);
    }
}
