//! From figures to a verdict. A case holds if all of its interval meets the condition, it does not if none of it does, and is
//! undecided in between; a break-even says where on its way a case holds. Nothing here is typed by hand.

use super::claims::{Case, Page, Place};
use super::figure::{Figure, number};
use super::results::{BreakEven, Results, break_even, figure};

/// What became of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    Holds,
    Fails,
    Undecided,
    /// It holds in part of what was looked at.
    Where(Part),
}

/// Where along a path a case holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// "the month is below 74 000 [73 200, 74 900] images"
    pub(super) sentence: String,
    /// "below", "above" or "in between": of what is alike at the places.
    pub(super) side: &'static str,
}

/// A claim's verdict: in a word, and the cases that it holds in, and that are undecided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) word: &'static str,
    pub(super) when: Vec<String>,
    pub(super) undecided: Vec<String>,
}

/// Whether an interval meets a condition.
pub(super) fn meets(figure: Figure, from: Option<f64>, to: Option<f64>) -> Outcome {
    let (lo, hi) = (figure.at.lo.unwrap_or(f64::NEG_INFINITY), figure.at.hi.unwrap_or(f64::INFINITY));
    let (from, to) = (from.unwrap_or(f64::NEG_INFINITY), to.unwrap_or(f64::INFINITY));
    if lo >= from && hi <= to {
        Outcome::Holds
    } else if hi < from || lo > to {
        Outcome::Fails
    } else {
        Outcome::Undecided
    }
}

/// A case's condition: from where on, and up to where.
pub(super) const fn limits(page: &Page, case: &Case) -> (Option<f64>, Option<f64>) {
    if case.from.is_some() || case.to.is_some() { (case.from, case.to) } else { (page.from, page.to) }
}

/// What becomes of a case of a page.
pub(super) fn outcome(results: &Results, page: &Page, case: &Case) -> Outcome {
    if let Some(reference) = &case.figure {
        assert!(case.place.is_empty(), "{}: a figure and a place", page.name);
        let (from, to) = limits(page, case);
        return meets(figure(results, reference), from, to);
    }
    assert!(!case.place.is_empty(), "{}: neither a figure nor a place", page.name);
    let parts: Vec<Outcome> = case.place.iter().map(|place| along(&break_even(results, &place.result), place)).collect();
    if parts.iter().any(|part| matches!(part, Outcome::Fails)) {
        return Outcome::Fails;
    }
    if parts.contains(&Outcome::Undecided) {
        return Outcome::Undecided;
    }
    let some = |part: Outcome| if let Outcome::Where(part) = part { Some(part) } else { None };
    parts.into_iter().filter_map(some).reduce(|one, other| both(&one, &other)).map_or(Outcome::Holds, Outcome::Where)
}

/// Two conditions at once.
fn both(one: &Part, other: &Part) -> Part {
    let side = if one.side == other.side { one.side } else { "in between" };
    Part { sentence: format!("{} and {}", one.sentence, other.sentence), side }
}

/// Where along a break-even the wanted one is lower.
pub(super) fn along(found: &BreakEven, place: &Place) -> Outcome {
    let wanted = |at: usize| found.stretches[at].lower.as_deref() == Some(place.lower.as_str());
    let last = found.stretches.len() - 1;
    let holds: Vec<usize> = (0..=last).filter(|&at| wanted(at)).collect();
    if holds.is_empty() {
        let open = found.stretches.iter().any(|stretch| stretch.lower.is_none());
        return if open { Outcome::Undecided } else { Outcome::Fails };
    }
    if holds.len() == last + 1 {
        return Outcome::Holds;
    }
    let side = |at: usize| match (at, at == last) {
        (0, _) => ("below", border(found, place, at + 1)),
        (_, true) => ("above", border(found, place, at - 1)),
        _ => ("in between", format!("{} and {}", border(found, place, at - 1), border(found, place, at + 1))),
    };
    let [at] = holds[..] else { panic!("{}: it holds on several stretches, which pages cannot say", place.result) };
    let (side, at) = side(at);
    let what = if place.what.is_empty() { String::new() } else { format!("{} is ", place.what) };
    let side_of = if side == "in between" { "between" } else { side };
    Outcome::Where(Part { sentence: format!("{what}{side_of} {at}\u{a0}{}", place.unit), side })
}

/// The end of a stretch: the place in the stretch beside it where no difference is shown, with its interval.
fn border(found: &BreakEven, place: &Place, beside: usize) -> String {
    let stretch = &found.stretches[beside];
    assert!(stretch.lower.is_none(), "{}: two stretches without anything between: {stretch:?}", place.result);
    let within: Vec<_> = found.crossings.iter().filter(|at| (stretch.from..=stretch.to).contains(&at.value)).collect();
    if let [at] = within[..] {
        return Figure { at: *at, unit: "" }.times(place.times).text();
    }
    let [from, to] = [stretch.from, stretch.to].map(|end| end * place.times);
    let decimals = (1.0 - (to - from).log10().floor()) as i32;
    format!("[{},\u{a0}{}]", number(from, decimals), number(to, decimals))
}

/// The verdict on a page's claim: all cases together that count.
pub(super) fn verdict(cases: &[(&Case, Outcome)]) -> Verdict {
    let cases: Vec<&(&Case, Outcome)> = cases.iter().filter(|(case, _)| !case.aside).collect();
    assert!(!cases.is_empty(), "no case counts");
    let phrase = |(case, outcome): &(&Case, Outcome)| match outcome {
        Outcome::Holds => Some(case.when.clone()),
        Outcome::Where(part) => Some(format!("{} and {}", case.when, part.sentence)),
        _ => None,
    };
    let when: Vec<String> = cases.iter().copied().filter_map(phrase).collect();
    let open = cases.iter().filter(|(_, outcome)| *outcome == Outcome::Undecided);
    let undecided: Vec<String> = open.map(|(case, _)| case.when.clone()).collect();
    let word = if cases.iter().all(|(_, outcome)| *outcome == Outcome::Holds) {
        "holds"
    } else if !when.is_empty() {
        "holds only when"
    } else if undecided.is_empty() {
        "does not hold"
    } else {
        "undecided"
    };
    Verdict { word, when, undecided }
}
