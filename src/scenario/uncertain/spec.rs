//! How an unknown scalar is written: `"80k/30d to 150k/30d"`, or a table `uncertain` in its place.

use super::number::{Form, Written};
use super::{Drawn, Unknown};
use crate::dist::{NotALaw, Uncertain};
use crate::spec::{self, Data, Field, Located, Mistake, Node, Place, Reader};

spec::choice! {
    /// What is not known of a scalar. Its value is drawn anew for each replication, and is the same for all strategies.
    pub enum UncertainSpec {
        /// A 90 % interval, as `"A to B"`: from its 5 % to its 95 % quantile. Lognormal; shares in percent are normal on the logit scale.
        interval => Interval(Vec<Node>),
        /// The same by the quantiles at 10 and 90 %.
        p10_p90 => P10P90(Vec<Node>),
        /// Any value between two is as likely as any other.
        uniform => Uniform(Ends),
        /// From the lowest to the highest, in straight lines up to the most likely and down again.
        triangular => Triangular(Three),
        /// From the lowest to the highest, smoothly, the most likely counting four times in the mean.
        pert => Pert(Three),
        /// One of several values.
        cases => Cases(Vec<CaseSpec>),
    }
}

spec::table! {
    /// Two ends.
    pub struct Ends {
        /// The lowest value.
        low: Node,
        /// The highest value.
        high: Node,
    }
}

spec::table! {
    /// The lowest, the most likely and the highest value.
    pub struct Three {
        /// The lowest value.
        low: Node,
        /// The most likely value.
        mode: Node,
        /// The highest value.
        high: Node,
    }
}

spec::table! {
    /// A value that may be the right one.
    pub struct CaseSpec {
        /// The value: whatever may stand in this place.
        value: Node,
        /// How likely it is, beside the weights of the others.
        weight: Located<f64> = 1.0,
    }
}

/// The 95 % and 90 % quantiles that the two ends of an interval stand for.
const NINETY: f64 = 0.95;
const EIGHTY: f64 = 0.9;

/// What a scalar says of itself; `None` where it is known. Mistakes are recorded.
pub(super) fn read(node: &Node, reader: &mut Reader) -> Option<Unknown> {
    match &node.data {
        Data::Text(text) => {
            let (low, high) = text.split_once(" to ")?;
            let ends = [Written::read(low)?, Written::read(high)?];
            interval(&node.place, ends.to_vec(), NINETY).map_err(|mistake| reader.push(mistake)).ok()
        }
        Data::Table(entries) => match entries.as_slice() {
            [(key, node)] if key.name == "uncertain" => {
                let spec = UncertainSpec::read(node, reader)?;
                unknown(&spec, &node.place).map_err(|mistake| reader.push(mistake)).ok()
            }
            _ => None,
        },
        _ => None,
    }
}

fn unknown(spec: &UncertainSpec, place: &Place) -> Result<Unknown, Mistake> {
    match spec {
        UncertainSpec::Interval(ends) => interval(place, both(ends, place)?, NINETY),
        UncertainSpec::P10P90(ends) => interval(place, both(ends, place)?, EIGHTY),
        UncertainSpec::Uniform(Ends { low, high }) => {
            numbers(place, "uniform", &[low, high], |ends| Uncertain::uniform(ends[0], ends[1]))
        }
        UncertainSpec::Triangular(Three { low, mode, high }) => {
            numbers(place, "triangular", &[low, mode, high], |three| Uncertain::triangular(three[0], three[1], three[2]))
        }
        UncertainSpec::Pert(Three { low, mode, high }) => {
            numbers(place, "PERT", &[low, mode, high], |three| Uncertain::pert(three[0], three[1], three[2]))
        }
        UncertainSpec::Cases(cases) => {
            let weights: Vec<f64> = cases.iter().map(|case| *case.weight).collect();
            let at = cases.iter().find(|case| *case.weight < 0.0).map_or(place, |case| &case.weight.place);
            let law = Uncertain::cases(&weights).map_err(|NotALaw(what)| no_law(at, what))?;
            if let Some(table) = cases.iter().find(|case| matches!(case.value.data, Data::Table(_) | Data::Array(_))) {
                let mistake =
                    Mistake::error(&table.value.place, format!("a case is a single value, and not {}", table.value.kind()));
                return Err(mistake.label("more than one value"));
            }
            let said: Vec<String> = cases.iter().map(|case| format!("{} ({})", literal(&case.value), *case.weight)).collect();
            let values = cases.iter().map(|case| case.value.clone()).collect();
            Ok(Unknown { law, drawn: Drawn::Case(values), said: format!("one of {}", said.join(", ")) })
        }
    }
}

/// The two ends of an interval in a list.
fn both(ends: &[Node], place: &Place) -> Result<Vec<Written>, Mistake> {
    if ends.len() != 2 {
        return Err(Mistake::error(place, "an interval has two ends").label(r#"such as ["80k/30d", "150k/30d"]"#));
    }
    ends.iter().map(written).collect()
}

fn interval(place: &Place, mut ends: Vec<Written>, p: f64) -> Result<Unknown, Mistake> {
    let form = form(place, &mut ends)?;
    let [low, high] = [ends[0].number, ends[1].number];
    let law = if form.is_percent() { Uncertain::share(low, high, p, 100.0) } else { Uncertain::lognormal(low, high, p) };
    let level = libm::round((2.0 * p - 1.0) * 100.0);
    let said = format!("{} to {}, a {level} % interval", form.say(low), form.say(high));
    let law = law.map_err(|NotALaw(what)| {
        let help = "`uncertain.uniform`, `uncertain.triangular` and `uncertain.pert` take any ends";
        no_law(place, what).help(help)
    })?;
    Ok(Unknown { law, drawn: Drawn::Number(form), said })
}

fn numbers(
    place: &Place,
    name: &str,
    nodes: &[&Node],
    law: impl FnOnce(&[f64]) -> Result<Uncertain, NotALaw>,
) -> Result<Unknown, Mistake> {
    let mut all: Vec<Written> = nodes.iter().map(|node| written(node)).collect::<Result<_, Mistake>>()?;
    let form = form(place, &mut all)?;
    let numbers: Vec<f64> = all.iter().map(|written| written.number).collect();
    let said: Vec<String> = numbers.iter().map(|number| form.say(*number)).collect();
    let law = law(&numbers).map_err(|NotALaw(what)| no_law(place, what))?;
    Ok(Unknown { law, drawn: Drawn::Number(form), said: format!("{name} {}", said.join(", ")) })
}

fn form(place: &Place, all: &mut [Written]) -> Result<Form, Mistake> {
    Form::of(all).ok_or_else(|| Mistake::error(place, "these values have different units").label("give all of them in one unit"))
}

fn written(node: &Node) -> Result<Written, Mistake> {
    let text = literal(node);
    Written::read(&text)
        .ok_or_else(|| Mistake::error(&node.place, format!("{text:?} is not a number with a unit")).label("no number"))
}

fn no_law(place: &Place, what: &str) -> Mistake {
    Mistake::error(place, what).label("no such distribution")
}

/// A scalar as a text, without quotes.
pub(super) fn literal(node: &Node) -> String {
    match &node.data {
        Data::Text(text) | Data::Float(text) | Data::Date(text) => text.clone(),
        Data::Integer(number) => number.to_string(),
        Data::Bool(yes) => yes.to_string(),
        Data::Table(_) | Data::Array(_) => node.kind().to_owned(),
    }
}
