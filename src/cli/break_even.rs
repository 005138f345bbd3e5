//! `spendcast break-even`: the volume, share or price at which two strategies come out alike.

use super::clock::now;
use super::formats::formats;
use super::input::Ready;
use super::kept_points::KeptPoints;
use super::output::note;
use super::points::{Design, differ};
use super::progress::Progress;
use super::simulation::overrides;
use super::stop::Stop;
use super::what_if::{BreakEvenArguments, manifest};
use super::{Failure, over, provenance};
use crate::experiment::{self, Axis, Question, Value};
use crate::report::{BreakEvenReport, WhatIf};
use crate::spec::nearest;

/// So many times narrower than the range is what is looked at if nothing else is said.
const FINENESS: f64 = 100.0;

/// Looks for the places and reports what was found.
///
/// # Errors
/// Mistakes, before anything is simulated; an interruption, and results that cannot be written.
pub fn break_even(arguments: &BreakEvenArguments) -> Result<(), Failure> {
    let asked = &arguments.what_if;
    let formats = formats(&asked.simulation.tables)?;
    let (begin, tolerance) = axis(arguments)?;
    let set = overrides(asked.simulation.given());
    let varied = [begin.clone()];
    let design = Design { file: &asked.file, set, axes: &varied };
    let (axis, whole) = settle(&design, begin);
    let tolerance = if whole { tolerance.max(0.5) } else { tolerance };
    let points: Vec<Vec<Value>> = axis.values.iter().map(|value| vec![value.clone()]).collect();
    // The mistakes of all places at which it begins; those between them are met only on the way.
    let ready = design.prepare(&points)?;
    differ(&ready)?;
    let first = &ready[0];
    let (keep, pairs) = pairs(arguments, first)?;
    let strategies = keep.iter().map(|&strategy| first.compiled.strategies[strategy].clone()).collect();
    let question = Question { axis, whole, tolerance, metric: asked.metric, strategies, pairs };
    let stop = Stop::listen(now(), None)?;
    let place = asked.place("break-even")?;
    let mut kept = KeptPoints::prepare(&place, asked.resume)?;
    let mut plans: Vec<String> = Vec::new();
    let found = experiment::BreakEven::find(question, |at| {
        let ready = design.at(std::slice::from_ref(at)).map_err(|wrong| {
            note(&format!("at {}:\n{wrong}", design.label(std::slice::from_ref(at))));
            Failure::Explained
        })?;
        if ready.compiled.strategies != first.compiled.strategies {
            let at = design.label(std::slice::from_ref(at));
            return Err(Failure::Mistake(format!("at {at} there are other strategies: they cannot be compared")));
        }
        plans.push(ready.plan_hash().to_owned());
        let progress = Progress::start(0, ready.loaded.scenario.replications.0, asked.simulation.quiet);
        let results =
            asked.simulate((&ready, &keep, &design.named(std::slice::from_ref(at))), &mut kept, &stop, (&progress, 0))?;
        progress.finish();
        Ok(results)
    })?;
    plans.sort();
    let hashes: Vec<&str> = plans.iter().map(String::as_str).collect();
    let mut manifest = manifest("break-even", asked, first, &hashes);
    (manifest.between, manifest.tolerance) = (arguments.between.clone(), Some(tolerance));
    let scenario = provenance::asked(&asked.file, first, &manifest.of_all.set);
    let (title, source, inputs) = (&first.loaded.scenario.title, &first.loaded.text, &first.uncertain());
    let what_if = WhatIf { title, source, scenario: &scenario, inputs, manifest: &manifest };
    let unknown_billing = asked.metric.is_of_money() && !first.compiled.doubts.is_empty();
    let report = BreakEvenReport { asked: what_if, found: &found, unknown_billing };
    asked.deliver((&place, kept), report.findings(), &formats)
}

/// The one path that varies, with its numbers in ascending order, and how closely to look.
fn axis(arguments: &BreakEvenArguments) -> Result<(Axis, f64), Failure> {
    let mut all = arguments.what_if.axes()?;
    let (Some(axis), None) = (all.pop(), all.pop()) else {
        return Err(Failure::Mistake("break-even varies one path: give --over once".to_owned()));
    };
    let numbers: Option<Vec<f64>> = axis.values.iter().map(|value| value.number).collect();
    let numbers = numbers.filter(|numbers| numbers.len() > 1).ok_or_else(|| {
        Failure::Mistake(format!("break-even varies a number: --over {}=A..B, such as 10k..200k or 0.01..0.05 USD", axis.path))
    })?;
    let mut ascending = numbers;
    ascending.sort_by(f64::total_cmp);
    let axis = Axis::numbers(axis.path.clone(), &ascending, axis.unit.clone());
    let (low, high) = axis.range().unwrap_or_default();
    let tolerance = match &arguments.tolerance {
        None => (high - low) / FINENESS,
        Some(text) => width(text, &axis).filter(|width| *width > 0.0 && *width < high - low).ok_or_else(|| {
            let range = format!("{}..{}", axis.value(low).text, axis.value(high).text);
            Failure::Mistake(format!("--tolerance {text}: expected more than nothing and less than the range, which is {range}"))
        })?,
    };
    Ok((axis, tolerance))
}

/// A width on an axis, with its unit or without.
fn width(text: &str, axis: &Axis) -> Option<f64> {
    let (number, unit) = over::number(text)?;
    (unit.is_empty() || unit.trim() == axis.unit.trim()).then_some(number)
}

/// The places at which to begin: only whole numbers where the scenario takes no others.
fn settle(design: &Design<'_>, axis: Axis) -> (Axis, bool) {
    let (low, high) = axis.range().unwrap_or_default();
    let between = axis.value(low + 0.5);
    let refused = |value: &Value| design.at(std::slice::from_ref(value)).is_err();
    let whole = low.fract() == 0.0 && high.fract() == 0.0 && high - low >= 2.0 && !refused(&axis.value(low)) && refused(&between);
    if !whole {
        return (axis, false);
    }
    let mut rounded: Vec<f64> = axis.values.iter().filter_map(|value| value.number).map(f64::round).collect();
    rounded.dedup();
    (Axis::numbers(axis.path, &rounded, axis.unit), true)
}

/// The strategies that are simulated, and the pairs of them that are compared.
fn pairs(arguments: &BreakEvenArguments, ready: &Ready) -> Result<(Vec<usize>, Vec<[usize; 2]>), Failure> {
    let names = &ready.compiled.strategies;
    let find = |name: &String| {
        names.iter().position(|known| known == name).ok_or_else(|| {
            let near = nearest(name, names).map_or_else(String::new, |near| format!("; did you mean {near}?"));
            Failure::Mistake(format!("there is no strategy {name:?}{near}; there are {}", names.join(", ")))
        })
    };
    match arguments.between.as_deref() {
        Some([a, b]) => {
            let (a, b) = (find(a)?, find(b)?);
            if a == b {
                return Err(Failure::Mistake("a strategy breaks even with itself everywhere: --between takes two".to_owned()));
            }
            Ok((vec![a, b], vec![[0, 1]]))
        }
        _ if names.len() < 2 => Err(Failure::Mistake("there is a single strategy, and nothing to break even with".to_owned())),
        _ => {
            let baseline = ready.loaded.scenario.baseline_index();
            let others = (0..names.len()).filter(|&other| other != baseline);
            Ok(((0..names.len()).collect(), others.map(|other| [baseline, other]).collect()))
        }
    }
}
