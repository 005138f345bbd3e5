//! The grammar of a gate: `[STRATEGY:] FIGURE RELATION LIMIT`, where a figure is `TOLD(METRIC)` or `P(METRIC RELATION LIMIT)`,
//! and a metric may be followed by `- STRATEGY`, its difference from another's, or by `/ STRATEGY`, the ratio to it.
//!
//! All that is wrong with a gate is recorded, as far as its parts can be told apart.

use std::ops::Range;

use crate::experiment::{Metric, Relation};
use crate::spec::{Mistake, Place, Reader, nearest, unknown_name};

use super::names::{FIGURES, OF_REQUESTS, metrics, of_requests, told};
use super::{Against, Gate, Kind, Limit, Reference, Told};

const SHAPE: &str = "a gate is, for example: mean(cost) <= 1k USD, P(cost > 5000 USD) <= 10%, p95(time_to_image) < 40 s, \
                     mean(cost - baseline) < 0 USD, or any of them with a strategy before it, as in tiered: mean(cost) <= 1k USD";

/// The kind of name under which a reader knows whether there is a budget: none where that was declared to be empty.
pub(super) const BUDGET: &str = "budget";

/// Reads a gate; `place` tells where a part of its text stands. `None` only after a mistake was recorded.
pub(super) fn read(name: Option<&str>, text: &str, place: &dyn Fn(Range<usize>) -> Place, reader: &mut Reader) -> Option<Gate> {
    Parser { text, place, reader }.gate(name)
}

struct Parser<'a> {
    text: &'a str,
    place: &'a dyn Fn(Range<usize>) -> Place,
    reader: &'a mut Reader,
}

/// The strategy that a gate is about.
enum Whose {
    Each,
    One(String),
    /// One that there is not.
    Unknown,
}

/// A metric as it is written, and what it is compared with.
struct Written {
    metric: Range<usize>,
    against: Option<Against>,
}

impl Parser<'_> {
    fn gate(&mut self, name: Option<&str>) -> Option<Gate> {
        let (strategy, from) = self.strategy();
        let open = self.text[from..].find('(').map(|at| from + at);
        let close = self.text[from..].find(')').map(|at| from + at);
        let (Some(open), Some(close)) = (open, close.filter(|close| open < Some(*close))) else {
            return self.wrong(self.trimmed(from..self.text.len()), "this is no gate", "no figure such as mean(cost)", SHAPE);
        };
        let function = self.trimmed(from..open);
        let inside = self.trimmed(open + 1..close);
        let figure = if &self.text[function.clone()] == "P" { self.chance(inside) } else { self.plain(function, inside) };
        let condition = self.condition(close + 1..self.text.len());
        let (metric, told, against) = figure?;
        let kind = if let Told::Chance(..) = told { Kind::Share } else { Kind::of(metric, against.as_ref(), told) };
        let (relation, limit) = condition?;
        let signed = matches!(against, Some(Against::Minus(_))) || metric.range().0 < 0.0;
        let signed = signed && !matches!(told, Told::Chance(..) | Told::Sd);
        let limit = self.limit(kind, limit, signed, against.is_none() && kind == Kind::Usd)?;
        let strategy = match strategy {
            Whose::Each => None,
            Whose::One(name) => Some(name),
            Whose::Unknown => return None,
        };
        self.other_than_itself(strategy.as_ref(), against.as_ref())?;
        let (name, text) = (name.map(str::to_owned), self.text.trim().to_owned());
        Some(Gate { name, text, strategy, metric, told, against, relation, limit })
    }

    /// Whose it is, and where the figure begins.
    fn strategy(&mut self) -> (Whose, usize) {
        let Some(colon) = self.text.find(':') else { return (Whose::Each, 0) };
        let name = self.trimmed(0..colon);
        (self.known(name).map_or(Whose::Unknown, Whose::One), colon + 1)
    }

    /// The name of a strategy that there is.
    fn known(&mut self, at: Range<usize>) -> Option<String> {
        let name = &self.text[at.clone()];
        let unknown = self.reader.declared("strategy").filter(|known| !known.iter().any(|other| other == name));
        if let Some(mistake) = unknown.map(|known| unknown_name(&(self.place)(at), "strategy", name, known)) {
            self.reader.push(mistake);
            return None;
        }
        Some(name.to_owned())
    }

    /// A mean, quantile, or the like.
    fn plain(&mut self, function: Range<usize>, inside: Range<usize>) -> Option<(Metric, Told, Option<Against>)> {
        let what = told(&self.text[function.clone()]);
        if what.is_none() {
            let word = &self.text[function.clone()];
            let mistake =
                Mistake::error(&(self.place)(function.clone()), format!("unknown figure \"{word}\"")).label("no such figure");
            let near = nearest(word, &FIGURES).map_or_else(String::new, |near| format!("did you mean \"{near}\"? "));
            let help = format!("{near}allowed: mean, median, sd, P, any percentile such as p95, any tail mean such as cvar95");
            self.reader.push(mistake.help(help));
        }
        if let Some((at, _, _)) = self.relation(inside.clone()) {
            self.wrong::<()>(at, "a condition inside the brackets", "only P(...) has one", SHAPE);
            return None;
        }
        let written = self.metric_and_other(inside)?;
        // Where the figure is unknown the metric is looked at all the same.
        let named = written.metric.clone();
        let metric = self.metric(written.metric, what.unwrap_or(Told::Mean));
        // A percentile over requests is a figure of each replication; what is told of it is its mean, as in tables.
        let of_requests = OF_REQUESTS.contains(&&self.text[named]);
        let (what, metric) = (what?, metric?);
        let what = if of_requests { Told::Mean } else { what };
        if matches!(written.against, Some(Against::Over(_))) && what != Told::Mean {
            self.wrong::<()>(function, "only the mean of a ratio is told", "of a ratio", "write mean(cost / baseline) <= 80%");
            return None;
        }
        Some((metric, what, written.against))
    }

    /// `METRIC RELATION LIMIT` within P(...).
    fn chance(&mut self, inside: Range<usize>) -> Option<(Metric, Told, Option<Against>)> {
        let Some((at, relation, after)) = self.relation(inside.clone()) else {
            return self.wrong(
                inside,
                "a chance needs a condition inside",
                "no <, <=, > or >= here",
                "write P(cost > 5000 USD) <= 10%",
            );
        };
        let written = self.metric_and_other(self.trimmed(inside.start..at.start));
        let threshold = self.trimmed(after..inside.end);
        let written = written?;
        let metric = self.metric(written.metric.clone(), Told::Chance(relation, Limit::Budget))?;
        if let Some(Against::Over(_)) = written.against {
            return self.wrong(
                written.metric,
                "only the mean of a ratio is told",
                "of a ratio",
                "write mean(cost / baseline) <= 80%",
            );
        }
        let kind = Kind::of(metric, written.against.as_ref(), Told::Mean);
        let signed = written.against.is_some() || metric.range().0 < 0.0;
        let threshold = self.limit(kind, threshold, signed, written.against.is_none() && kind == Kind::Usd)?;
        Some((metric, Told::Chance(relation, threshold), written.against))
    }

    /// A metric's name, and what may follow.
    fn metric_and_other(&mut self, inside: Range<usize>) -> Option<Written> {
        let text = &self.text[inside.clone()];
        let length = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
        let metric = inside.start..inside.start + length;
        let rest = self.trimmed(metric.end..inside.end);
        if rest.is_empty() {
            return Some(Written { metric, against: None });
        }
        let sign = self.text[rest.clone()].chars().next()?;
        let name = self.trimmed(rest.start + sign.len_utf8()..rest.end);
        let against = match sign {
            '-' | '\u{2212}' => Against::Minus,
            '/' => Against::Over,
            _ => return self.wrong(rest, "this does not belong here", "expected nothing, or - or / and a strategy", SHAPE),
        };
        let reference = self.reference(name);
        if reference.is_none() {
            // The metric may be wrong as well.
            self.metric(metric, Told::Mean);
            return None;
        }
        Some(Written { metric, against: reference.map(against) })
    }

    fn reference(&mut self, at: Range<usize>) -> Option<Reference> {
        let name = &self.text[at.clone()];
        let taken = self.reader.declared("strategy").is_some_and(|known| known.iter().any(|other| other == name));
        if name == "baseline" && !taken {
            return Some(Reference::Baseline);
        }
        self.known(at).map(Reference::Strategy)
    }

    fn metric(&mut self, at: Range<usize>, what: Told) -> Option<Metric> {
        let name = &self.text[at.clone()];
        if let Some(found) = Metric::named(name) {
            return Some(found);
        }
        if !OF_REQUESTS.contains(&name) {
            let mut mistake = unknown_name(&(self.place)(at), "metric", name, &metrics());
            let meant = OF_REQUESTS.iter().find(|time| nearest(name, &[**time]).is_some());
            if let Some(time) = meant {
                mistake = mistake.help(format!("did you mean \"{time}\"?"));
            }
            self.reader.push(mistake);
            return None;
        }
        let found = of_requests(name, what);
        if found.is_none() {
            let kept: Vec<&str> = metrics().into_iter().filter(|metric| metric.starts_with(name)).collect();
            let label = "a replication has no such figure of its own requests";
            let help = format!("of each replication there is {}: write p95({name}), or P({name}_p95 > 40 s)", kept.join(", "));
            self.wrong::<()>(at, &format!("{name} is a time of single requests"), label, &help);
        }
        found
    }

    /// What comes behind a figure: a relation, and where its limit stands.
    fn condition(&mut self, behind: Range<usize>) -> Option<(Relation, Range<usize>)> {
        let rest = self.trimmed(behind);
        match self.relation(rest.clone()) {
            Some((at, relation, after)) if at.start == rest.start => Some((relation, self.trimmed(after..rest.end))),
            _ => {
                let label = if self.text[rest.clone()].starts_with(['=', '!']) {
                    "a figure is an estimate: it equals nothing"
                } else {
                    "missing here"
                };
                self.wrong(rest, "expected <, <=, > or >= and a limit", label, SHAPE)
            }
        }
    }

    /// The first relation within a range: where it stands, and where what follows begins.
    fn relation(&self, within: Range<usize>) -> Option<(Range<usize>, Relation, usize)> {
        let at = within.start + self.text[within.clone()].find(['<', '>', '\u{2264}', '\u{2265}'])?;
        let signs = [
            ("<=", Relation::AtMost),
            (">=", Relation::AtLeast),
            ("\u{2264}", Relation::AtMost),
            ("\u{2265}", Relation::AtLeast),
        ];
        let signs = signs.into_iter().chain([("<", Relation::Below), (">", Relation::Above)]);
        let mut found = signs.filter(|(sign, _)| self.text[at..within.end].starts_with(sign));
        found.next().map(|(sign, relation)| (at..at + sign.len(), relation, at + sign.len()))
    }

    fn limit(&mut self, kind: Kind, at: Range<usize>, signed: bool, budget: bool) -> Option<Limit> {
        let text = &self.text[at.clone()];
        if text == "budget" && budget {
            if self.reader.declared(BUDGET).is_some_and(<[String]>::is_empty) {
                return self.wrong(
                    at,
                    "the scenario has no budget",
                    "there is none",
                    "add it, for example: budget = \"1000 USD\"",
                );
            }
            return Some(Limit::Budget);
        }
        match kind.read(text, signed) {
            Ok(amount) => Some(Limit::Amount(amount)),
            Err(what) => {
                self.reader.push(Mistake::error(&(self.place)(at), what).label(format!("expected {}", kind.expected())));
                None
            }
        }
    }

    /// A strategy is not compared with itself.
    fn other_than_itself(&mut self, own: Option<&String>, against: Option<&Against>) -> Option<()> {
        match against.map(Against::reference) {
            Some(Reference::Strategy(other)) if own == Some(other) => {
                self.wrong(0..self.text.len(), "a strategy is compared with itself", "that is always zero", SHAPE)
            }
            _ => Some(()),
        }
    }

    fn wrong<T>(&mut self, at: Range<usize>, what: &str, label: &str, help: &str) -> Option<T> {
        self.reader.push(Mistake::error(&(self.place)(at), what).label(label).help(help));
        None
    }

    /// A range without the space around what stands there.
    fn trimmed(&self, range: Range<usize>) -> Range<usize> {
        let text = &self.text[range.clone()];
        let start = range.start + (text.len() - text.trim_start().len());
        start..(start + text.trim().len())
    }
}
