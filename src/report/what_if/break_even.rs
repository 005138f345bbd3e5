//! A break-even: where two strategies are alike on average, and where single replications have it.

use std::cmp::Ordering;
use std::io;

use super::WhatIf;
use super::break_even_json::break_even_json;
use super::findings::{Findings, Listing};
use super::wording::{differences_of, named};
use crate::experiment::{BreakEven, MetricUnit, Own, Pair};
use crate::report::charts::{OF_BREAK_EVENS, break_even_charts};
use crate::report::figures::FigureRow;
use crate::report::number::{Show, count, grouped};
use crate::report::tables::break_even as of_break_even;
use crate::stats::{Estimate, Inversion, Stretch};

/// A break-even and where it comes from.
#[derive(Debug, Clone, Copy)]
pub struct BreakEvenReport<'a> {
    /// What was asked.
    pub asked: WhatIf<'a>,
    /// What came out.
    pub found: &'a BreakEven,
    /// Whether something that nobody knows to be billed is left out of it.
    pub unknown_billing: bool,
}

/// What the figures are, in every report.
const LEGEND: &str = "On average = where the expected values are equal: [..] are all places that a t test at 95 % cannot tell from it, \
    and more replications narrow them. In single replications = where each would have broken even by itself: how much one differs from \
    another, which does not narrow, and whose median is no answer to the first question. All places met the same traffic with the \
    same luck, as far as what varies lets it be. What changes back and forth between two places of the grid is not seen.";

impl<'a> BreakEvenReport<'a> {
    /// What came out, ready for every output.
    ///
    /// # Errors
    /// None that a break-even can cause; passed on from plotters and `serde_json`.
    pub fn findings(&self) -> io::Result<Findings<'a>> {
        let differences = Listing {
            heading: self.heading(),
            names: self.pairs(),
            rows: self.rows(),
            path: self.found.question.axis.path.clone(),
        };
        Ok(Findings {
            asked: self.asked,
            verdict: self.verdict(),
            caveats: self.caveats(),
            listings: vec![differences],
            legend: LEGEND,
            charts: break_even_charts(self.found, &self.asked.basis(), self.unknown_billing)?,
            table: (of_break_even(self.found), "every place that was run"),
            summary: break_even_json(self)?,
            of_kind: &OF_BREAK_EVENS,
        })
    }

    fn heading(&self) -> String {
        let n = self.asked.manifest.of_all.replications[1];
        format!("Mean difference in {} at every place that was run (n = {})", named(self.found.question.metric), count(n.into()))
    }

    /// `a minus b`, for each pair.
    fn pairs(&self) -> Vec<(Option<usize>, String)> {
        let name = |&[a, b]: &[usize; 2]| (None, format!("{} minus {}", self.name(a), self.name(b)));
        self.found.question.pairs.iter().map(name).collect()
    }

    fn rows(&self) -> Vec<FigureRow> {
        let rows = self.found.places.iter().map(|place| FigureRow {
            label: place.at.text.clone(),
            show: differences_of(self.found.question.metric),
            figures: place.differences.clone(),
        });
        rows.collect()
    }

    fn name(&self, strategy: usize) -> &str {
        &self.found.question.strategies[strategy]
    }

    /// All answers in words: for each pair both questions.
    fn verdict(&self) -> Vec<String> {
        let each = self.found.question.pairs.iter().zip(&self.found.pairs).zip(0..);
        each.flat_map(|((pair, found), index)| self.of_pair(*pair, found, index)).collect()
    }

    fn caveats(&self) -> Vec<String> {
        let unknown = self.unknown_billing.then(|| "Nothing that nobody knows to be billed is in these figures.".to_owned());
        unknown.into_iter().collect()
    }

    fn of_pair(&self, [a, b]: [usize; 2], found: &Pair, index: usize) -> Vec<String> {
        let (path, axis) = (&self.found.question.axis.path, &self.found.question.axis);
        let (a, b) = (self.name(a), self.name(b));
        let (low, high) = axis.range().unwrap_or_default();
        let whole_range = 10_f64.powf(((high - low) / 1e4).log10().floor());
        let range = format!("{path} from {} to {}", self.place(low, whole_range), self.place(high, whole_range));
        let Some(average) = &found.average else {
            return vec![format!("{a} and {b}, {range}: too few replications to say where they break even.")];
        };
        let known = self.found.places.iter().filter_map(|place| place.differences[index]);
        if known.clone().count() == 0 {
            return vec![format!(
                "{a} and {b} cannot be compared by {}: it is defined nowhere.",
                self.found.question.metric.key()
            )];
        }
        if known.clone().all(|e| (e.value, e.lo, e.hi) == (0.0, Some(0.0), Some(0.0))) {
            return vec![format!("{a} and {b} are exactly alike wherever they were run, {range}.")];
        }
        let stretches: Vec<String> =
            average.stretches.iter().map(|stretch| self.stretch(stretch, (low, high), (a, b), self.step(average))).collect();
        vec![
            format!("On average, {range}: {} In between: {}.", self.crossings(average, (a, b)), stretches.join("; ")),
            self.own(&found.own, (a, b), whole_range),
        ]
    }

    /// Where the means cross.
    fn crossings(&self, average: &Inversion, (a, b): (&str, &str)) -> String {
        let alike = if self.is_money() { "cost the same" } else { "are alike" };
        let path = &self.found.question.axis.path;
        let mut at: Vec<String> =
            average.estimates().iter().map(|e| format!("{path} = {}", self.estimate(e, self.step(average)))).collect();
        let outside = |piece: &crate::stats::Piece| {
            let holds = |at: f64| piece.lo.is_none_or(|lo| lo <= at) && piece.hi.is_none_or(|hi| at <= hi);
            !average.crossings.iter().any(|crossing| holds(crossing.at))
        };
        let possible = average.pieces().filter(outside).count();
        let more = match possible {
            0 => String::new(),
            _ => " Where no difference is shown and their means do not cross, a break-even cannot be ruled out.".to_owned(),
        };
        match at.len() {
            0 if possible == 0 => format!("{a} and {b} nowhere {alike}; that is sure at 95 % of each place that was run."),
            0 => format!("the means of {a} and {b} cross nowhere.{more}"),
            1 => format!("{a} and {b} {alike} at {}.{more}", at[0]),
            crossings => {
                let last = at.pop().unwrap_or_default();
                format!("{a} and {b} {alike} at {crossings} places: {} and {last}.{more}", at.join(", "))
            }
        }
    }

    /// What is known of a stretch.
    fn stretch(&self, stretch: &Stretch, (low, high): (f64, f64), (a, b): (&str, &str), step: f64) -> String {
        let from = if stretch.from <= low { "the beginning of the range".to_owned() } else { self.place(stretch.from, step) };
        let to = if stretch.to >= high { "the end of the range".to_owned() } else { self.place(stretch.to, step) };
        let whole = stretch.from <= low && stretch.to >= high;
        let span = if whole { "in the whole range".to_owned() } else { format!("from {from} to {to}") };
        let is =
            if self.is_money() { "is cheaper".to_owned() } else { format!("is lower in {}", self.found.question.metric.label()) };
        match stretch.sign {
            Some(Ordering::Less) => format!("{a} {is} {span}"),
            Some(_) => format!("{b} {is} {span}"),
            None => format!("no difference is shown {span}"),
        }
    }

    /// Where single replications break even.
    fn own(&self, own: &Own, (a, b): (&str, &str), step: f64) -> String {
        let Some(without) = &own.without else {
            return format!("In single replications {} is not always defined.", self.found.question.metric.key());
        };
        let share = Show::unit(MetricUnit::Share).both(without);
        let Some([low, middle, high]) = &own.quantiles else {
            return format!(
                "In single replications {a} and {b} never break even within the range, in none of {}.",
                count(without.n)
            );
        };
        let n = count(own.places.len() as u64);
        let range = if own.places.len() < 10 {
            format!("the median is {}", self.interval(middle, step, "?"))
        } else {
            format!(
                "P10 {}, P50 {}, P90 {}",
                self.interval(low, step, "?"),
                self.interval(middle, step, "?"),
                self.interval(high, step, "?")
            )
        };
        format!(
            "In single replications the first break-even lies elsewhere each time: {range} of the {n} that have one; {share} have none \
            within the range."
        )
    }

    fn is_money(&self) -> bool {
        self.found.question.metric.unit() == MetricUnit::Usd
    }

    /// A place, to within this step.
    fn place(&self, x: f64, step: f64) -> String {
        let (decimals, step) = ((-step.log10()).ceil().clamp(0.0, 12.0) as usize, step.max(1e-12));
        let exact = self.found.question.axis.values.iter().any(|value| value.number == Some(x));
        let shown = if step > 1.0 && !exact { (x / step).round() * step } else { x };
        let text = grouped(shown, decimals);
        let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
        format!("{text}{}", self.found.question.axis.unit)
    }

    /// The step to which places of a pair are told: a tenth of the first digit of the narrowest half-interval, and a
    /// ten-thousandth of the range at the least and a thousandth at the most.
    fn step(&self, average: &Inversion) -> f64 {
        let (low, high) = self.found.question.axis.range().unwrap_or_default();
        let halves = average.estimates().into_iter().filter_map(|e| Some((e.hi? - e.lo?) / 20.0));
        let finest = halves.fold(f64::INFINITY, f64::min).clamp((high - low) / 1e5, (high - low) / 1e3);
        10_f64.powf(finest.log10().floor())
    }

    /// A place with its interval; an end beyond the range is said to be there.
    fn estimate(&self, e: &Estimate, step: f64) -> String {
        if self.found.question.whole {
            let (below, above) = (e.value.floor(), e.value.ceil());
            return if below < above { format!("between {below} and {above}") } else { below.to_string() };
        }
        self.interval(e, step, "beyond the range")
    }

    /// A place with its interval, and this for an end that is not known.
    fn interval(&self, e: &Estimate, step: f64, unknown: &str) -> String {
        let bare = |x: f64| self.place(x, step).trim_end_matches(&self.found.question.axis.unit).to_owned();
        let end = |end: Option<f64>| end.map_or_else(|| unknown.to_owned(), bare);
        format!("{} [{}, {}]", self.place(e.value, step), end(e.lo), end(e.hi))
    }
}
