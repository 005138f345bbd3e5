//! From figures to a verdict. A case holds if all of its interval meets the condition, it does not if none of it does, and is
//! undecided in between; a break-even says where on its way a case holds. Nothing here is typed by hand.

use super::claims::{Case, Page, Place};
use super::figure::{Figure, number};
use super::results::{BreakEven, Results, break_even, figure};

/// What became of a case.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Outcome {
    Holds,
    Fails,
    Undecided,
    /// It holds in part of what was looked at: where, in words.
    Where(String),
}

/// A claim's verdict, in words: its short form, and the sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) word: &'static str,
    pub(super) sentence: String,
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

/// What becomes of a case of a page.
pub(super) fn outcome(results: &Results, page: &Page, case: &Case) -> Outcome {
    if let Some(reference) = &case.figure {
        assert!(case.place.is_empty(), "{}: a figure and a place", page.name);
        let own = case.from.is_some() || case.to.is_some();
        let (from, to) = if own { (case.from, case.to) } else { (page.from, page.to) };
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
    let places: Vec<&str> = parts.iter().filter_map(|part| if let Outcome::Where(at) = part { Some(at.as_str()) } else { None }).collect();
    if places.is_empty() { Outcome::Holds } else { Outcome::Where(places.join(" and ")) }
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
        (0, _) => format!("below {}", border(found, place, at + 1)),
        (_, true) => format!("above {}", border(found, place, at - 1)),
        _ => format!("between {} and {}", border(found, place, at - 1), border(found, place, at + 1)),
    };
    let sides: Vec<String> = holds.into_iter().map(side).collect();
    Outcome::Where(format!("{} is {} {}", place.what, sides.join(" or "), place.unit))
}

/// The end of a stretch: the place in the stretch beside it where no difference is shown, with its interval.
fn border(found: &BreakEven, place: &Place, beside: usize) -> String {
    let stretch = &found.stretches[beside];
    assert!(stretch.lower.is_none(), "{}: two stretches without anything between: {stretch:?}", place.result);
    let within: Vec<_> = found.crossings.iter().filter(|at| (stretch.from..=stretch.to).contains(&at.value)).collect();
    match within[..] {
        [at] => Figure { at: *at, unit: "" }.times(place.times).text(),
        _ => {
            let [from, to] = [stretch.from, stretch.to].map(|end| end * place.times);
            let decimals = (1.0 - (to - from).log10().floor()) as i32;
            format!("[{}, {}]", number(from, decimals), number(to, decimals))
        }
    }
}

/// The verdict on a page's claim: all cases together that count.
pub(super) fn verdict(cases: &[(&Case, Outcome)]) -> Verdict {
    let cases: Vec<&(&Case, Outcome)> = cases.iter().filter(|(case, _)| !case.aside).collect();
    assert!(!cases.is_empty(), "no case counts");
    let phrase = |(case, outcome): &(&Case, Outcome)| match outcome {
        Outcome::Holds => Some(case.when.clone()),
        Outcome::Where(at) => Some(format!("{} and {at}", case.when)),
        _ => None,
    };
    let holds: Vec<String> = cases.iter().copied().filter_map(phrase).collect();
    let open: Vec<&str> = cases.iter().filter(|(_, o)| *o == Outcome::Undecided).map(|(case, _)| case.when.as_str()).collect();
    let undecided = if open.is_empty() { String::new() } else { format!("; undecided when {}", open.join("; or when ")) };
    if cases.iter().all(|(_, outcome)| *outcome == Outcome::Holds) {
        Verdict { word: "holds", sentence: "Holds.".to_owned() }
    } else if !holds.is_empty() {
        Verdict { word: "holds only when", sentence: format!("Holds only when {}{undecided}.", holds.join("; or when ")) }
    } else if open.is_empty() {
        Verdict { word: "does not hold", sentence: "Does not hold.".to_owned() }
    } else {
        let sentence = format!("Undecided when {}; in the other cases it does not hold.", open.join("; or when "));
        Verdict { word: "undecided", sentence }
    }
}
