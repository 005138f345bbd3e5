//! Gates as a scenario has them, a table of names, and as the command line gives them.

use std::ops::Range;

use serde_json::{Value, json};

use crate::spec::{Data, Field, Mistake, Node, Place, Reader, Sources};

use super::text::BUDGET;
use super::{Gate, text};

/// The gates of a scenario, in the order of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Gates(pub Vec<Gate>);

impl Field for Gates {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let Some(entries) = node.entries() else {
            reader.wrong_type(node, "a table of named gates");
            return None;
        };
        let read: Vec<Option<Gate>> = entries
            .iter()
            .map(|(key, value)| {
                let Data::Text(text) = &value.data else {
                    reader.wrong_type(value, "a gate such as \"mean(cost) <= 1k USD\"");
                    return None;
                };
                let gate = text::read(Some(&key.name), text, &|range| within(value, text, range), reader)?;
                compares(&gate, &value.place, reader)
            })
            .collect();
        read.into_iter().collect::<Option<_>>().map(Self)
    }

    fn schema() -> Value {
        let examples = ["P(cost > 5000 USD) <= 10%", "tiered: p95(time_to_image) < 40 s", "mean(cost - baseline) < 0 USD"];
        json!({ "type": "object", "additionalProperties": { "type": "string", "examples": examples } })
    }
}

/// Where a part of a text stands: the text as a whole, where it has escapes or several lines.
fn within(node: &Node, text: &str, range: Range<usize>) -> Place {
    let Range { start, end } = node.place.span;
    let before = match (end - start).checked_sub(text.len()) {
        Some(0) => 0,
        Some(2) => 1,
        _ => return node.place.clone(),
    };
    let from = start + before;
    Place { file: node.place.file, span: from + range.start..from + range.end }
}

/// Lets a reader of gates know the strategies that there are, and whether there is a budget.
fn declare(reader: &mut Reader, Known { strategies, budget }: Known) {
    reader.declare("strategy", strategies);
    declare_budget(reader, budget);
}

/// Lets a reader of gates know whether there is a budget.
pub fn declare_budget(reader: &mut Reader, budget: bool) {
    reader.declare(BUDGET, if budget { vec![BUDGET.to_owned()] } else { Vec::new() });
}

/// What gates of a scenario may refer to.
#[derive(Debug, Clone)]
pub struct Known {
    /// The names of the strategies.
    pub strategies: Vec<String>,
    /// Whether there is a budget.
    pub budget: bool,
}

/// The gates that the command line gives, each a condition; they are put among the sources as `--gate`. Mistakes are added to
/// those that there are; without a scenario they are those of the grammar and of units alone.
pub fn given(texts: &[String], known: Option<Known>, sources: &mut Sources, mistakes: &mut Vec<Mistake>) -> Vec<Gate> {
    let lines: Vec<String> = texts.iter().map(|text| format!("{}\n", text.replace(['\n', '\r'], " "))).collect();
    let file = sources.add("--gate", lines.concat());
    let mut reader = Reader::new();
    if let Some(known) = known {
        declare(&mut reader, known);
    }
    let mut from = 0;
    let mut gates = Vec::new();
    for line in &lines {
        let place = |range: Range<usize>| Place { file, span: from + range.start..from + range.end };
        let whole = place(0..line.len() - 1);
        let read = text::read(None, line.trim_end_matches('\n'), &place, &mut reader);
        gates.extend(read.and_then(|gate| compares(&gate, &whole, &mut reader)));
        from += line.len();
    }
    mistakes.extend(reader.into_mistakes().into_sorted());
    gates
}

/// Refuses a comparison in a scenario with nothing to compare.
fn compares(gate: &Gate, place: &Place, reader: &mut Reader) -> Option<Gate> {
    if gate.against.is_some() && reader.declared("strategy").is_some_and(|known| known.len() == 1) {
        let mistake = Mistake::error(place, "there is only one strategy");
        reader.push(mistake.label("nothing to compare it with"));
        return None;
    }
    Some(gate.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Metric, Relation};
    use crate::gate::{Against, Limit, Reference, Told};
    use crate::spec::render;

    fn read(text: &str) -> Result<Gate, String> {
        let (mut sources, mut mistakes) = (Sources::new(), Vec::new());
        let names = ["premium-only", "tiered"].map(str::to_owned).to_vec();
        let known = Known { strategies: names, budget: true };
        let mut gates = given(&[text.to_owned()], Some(known), &mut sources, &mut mistakes);
        if mistakes.is_empty() { Ok(gates.remove(0)) } else { Err(render(&sources, &mistakes, false)) }
    }

    #[test]
    fn every_form_is_read() {
        let gate = read(" P( cost_usd > 5k USD )<=10% ").expect("a gate");
        assert_eq!((gate.metric, gate.relation, gate.limit), (Metric::Cost, Relation::AtMost, Limit::Amount(0.1)));
        assert_eq!(
            (gate.told, gate.title()),
            (Told::Chance(Relation::Above, Limit::Amount(5_000.0)), "P( cost_usd > 5k USD )<=10%")
        );
        let gate = read("tiered: p95(time_to_image) < 40 s").expect("a gate");
        assert_eq!((gate.strategy.as_deref(), gate.metric, gate.told), (Some("tiered"), Metric::TimeToImageP95, Told::Mean));
        // Of the metric by its own name a percentile over replications is told.
        let gate = read("p95(time_to_image_p95) < 40 s").expect("a gate");
        assert_eq!((gate.metric, gate.told), (Metric::TimeToImageP95, Told::Quantile(0.95)));
        let gate = read("mean(cost - baseline) < 0").expect("a gate");
        assert_eq!((gate.against, gate.limit), (Some(Against::Minus(Reference::Baseline)), Limit::Amount(0.0)));
        let gate = read("tiered: mean(cost/premium-only) ≤ 80%").expect("a gate");
        assert_eq!(gate.against, Some(Against::Over(Reference::Strategy("premium-only".to_owned()))));
        let gate = read("p90(delivered_share \u{2212} baseline) >= -1 pp").expect("a gate");
        assert_eq!((gate.limit, gate.relation), (Limit::Amount(-0.01), Relation::AtLeast));
        let gate = read("P(cost > budget) <= 5%").expect("a gate");
        assert!(gate.needs_budget() && read("mean(cost) < budget").expect("a gate").needs_budget());
        assert!(read("mean(unbooked) > -5 USD").is_ok() && read("cvar95(cost) < 900 USD").is_ok());
    }

    #[test]
    fn all_mistakes_of_a_gate_at_once() {
        let told = read("tierd: p95(tim_to_image) < 5 USD").expect_err("two mistakes");
        assert!(told.contains("unknown strategy \"tierd\"") && told.contains("did you mean \"tiered\"?"), "{told}");
        assert!(told.contains("unknown metric \"tim_to_image\"") && told.contains("did you mean \"time_to_image\"?"), "{told}");
        assert!(told.contains(" --> --gate:1:1\n") && told.contains(" --> --gate:1:12\n"), "{told}");
        let told = read("avg(cosst) < 5").expect_err("two mistakes");
        assert!(told.contains("unknown figure \"avg\"") && told.contains("did you mean \"cost\"?"), "{told}");
    }

    #[test]
    fn what_is_no_gate_is_refused() {
        let refused = [
            ("", "this is no gate"),
            ("mean(cost)", "expected <, <=, > or >= and a limit"),
            ("mean(cost) == 5 USD", "expected <, <=, > or >= and a limit"),
            ("mean(cost) < ", "the limit is missing"),
            ("mean(cost) < 5 s", "\"5 s\" does not fit: this is counted in US dollars"),
            ("mean(cost) < -5 USD", "this is never less than zero"),
            ("mean(cost > 5 USD) < 10%", "a condition inside the brackets"),
            ("mean(delivered_share) < budget", "\"budget\" is not a number"),
            ("mean(cost - baseline) < budget", "\"budget\" does not end in USD"),
            ("P(cost) < 10%", "a chance needs a condition inside"),
            ("P(cost > 5 USD) < 5 USD", "does not fit: this is counted in shares of a whole"),
            ("P(cost > 10%) < 10%", "does not fit: this is counted in US dollars"),
            ("P(cost / baseline > 80%) < 10%", "only the mean of a ratio is told"),
            ("p90(cost / baseline) < 80%", "only the mean of a ratio is told"),
            ("p90(time_to_image) < 40 s", "time_to_image is a time of single requests"),
            ("P(time_to_image > 40 s) < 1%", "time_to_image is a time of single requests"),
            ("mean(cost - premum-only) < 0 USD", "unknown strategy \"premum-only\""),
            ("mean(cost of tiered) < 0 USD", "this does not belong here"),
            ("tiered: mean(cost - tiered) < 0 USD", "a strategy is compared with itself"),
            ("mean(delivered_share - baseline) > -1%", "\"1%\" does not fit: this is counted in percentage points"),
            (")mean(cost < 5", "this is no gate"),
            ("mean() < 5 USD", "unknown metric \"\""),
        ];
        for (text, what) in refused {
            let told = read(text).expect_err(text);
            assert!(told.contains(what), "{text}: {told}");
        }
    }

    #[test]
    fn a_budget_has_to_be_there() {
        let (mut sources, mut mistakes) = (Sources::new(), Vec::new());
        let known = Known { strategies: vec!["only".to_owned()], budget: false };
        let texts = ["mean(cost) < budget", "P(cost > budget) < 5%", "mean(cost - baseline) < 0"].map(str::to_owned);
        assert!(given(&texts, Some(known), &mut sources, &mut mistakes).is_empty());
        let what: Vec<&str> = mistakes.iter().map(|mistake| mistake.what.as_str()).collect();
        assert_eq!(what, ["the scenario has no budget", "the scenario has no budget", "there is only one strategy"]);
    }

    #[test]
    fn any_text_is_read_or_refused() {
        use proptest::prelude::*;
        let word = prop_oneof![
            "[ -~≤−é]{0,3}",
            Just("mean(".to_owned()),
            Just("cost".to_owned()),
            Just(") < ".to_owned()),
            Just("5 USD".to_owned()),
            Just("P(".to_owned()),
            Just(" - baseline".to_owned()),
            Just(": ".to_owned()),
            Just("> ".to_owned())
        ];
        proptest!(|(words in proptest::collection::vec(word, 0..9))| { let _ = read(&words.concat()); });
    }
}
