//! Points of a design as scenarios: which values each replaces, and all that is wrong with any of them before anything runs.

use std::path::Path;

use super::Failure;
use super::input::{Ready, attempt};
use super::output::note;
use crate::experiment::{Axis, VOLUME, Value};
use crate::scenario::Refused;
use crate::spec::{Severity, render};

/// A scenario and what varies of it.
#[derive(Debug)]
pub(super) struct Design<'a> {
    pub(super) file: &'a Path,
    /// Values that are replaced at all points.
    pub(super) set: Vec<(String, String)>,
    pub(super) axes: &'a [Axis],
}

/// Why a point is none.
enum Wrong {
    Scenario(Refused),
    Volume(String),
}

impl Design<'_> {
    /// The scenarios of these points, in order.
    ///
    /// # Errors
    /// The mistakes of all points, shown, each with the points that it is made at.
    pub(super) fn prepare(&self, points: &[Vec<Value>]) -> Result<Vec<Ready>, Failure> {
        let tried: Vec<Result<Ready, String>> = points.iter().map(|at| self.at(at)).collect();
        let mut told: Vec<(&str, Vec<String>)> = Vec::new();
        for (at, wrong) in points.iter().zip(&tried).filter_map(|(at, tried)| Some((at, tried.as_ref().err()?))) {
            let label = self.label(at);
            match told.iter_mut().find(|(text, _)| text == wrong) {
                Some((_, at)) => at.push(label),
                None => told.push((wrong, vec![label])),
            }
        }
        for (wrong, at) in &told {
            let others = match at.len() - 1 {
                0 => String::new(),
                1 => ", and likewise at another point".to_owned(),
                more => format!(", and likewise at {more} others"),
            };
            note(&format!("at {}{others}:\n{wrong}", at[0]));
        }
        let refused = tried.iter().filter(|tried| tried.is_err()).count();
        if refused > 0 {
            note(&format!("{}: mistakes at {refused} of {} points; nothing was simulated", self.file.display(), points.len()));
            return Err(Failure::Explained);
        }
        let ready: Vec<Ready> = tried.into_iter().flatten().collect();
        warn(&ready, |at| self.label(&points[at]));
        Ok(ready)
    }

    /// The scenario of one point, or what is wrong with it.
    pub(super) fn at(&self, at: &[Value]) -> Result<Ready, String> {
        self.attempt(at).map_err(|wrong| match wrong {
            Wrong::Scenario((sources, mistakes)) => render(&sources, &mistakes, true),
            Wrong::Volume(what) => format!("error: {what}\n"),
        })
    }

    /// What varies, and its values at a point.
    pub(super) fn named(&self, at: &[Value]) -> Vec<(String, String)> {
        self.axes.iter().zip(at).map(|(axis, value)| (axis.path.clone(), value.text.clone())).collect()
    }

    /// A point in words: `workload.keep = 10%, horizon = 7d`.
    pub(super) fn label(&self, at: &[Value]) -> String {
        let each: Vec<String> = self.named(at).iter().map(|(path, value)| format!("{path} = {value}")).collect();
        each.join(", ")
    }

    fn attempt(&self, at: &[Value]) -> Result<Ready, Wrong> {
        let mut set = self.set.clone();
        set.extend(self.named(at).into_iter().filter(|(path, _)| path != VOLUME));
        let ready = attempt(self.file, &set).map_err(Wrong::Scenario)?;
        let Some((axis, value)) = self.axes.iter().zip(at).find(|(axis, _)| axis.path == VOLUME) else { return Ok(ready) };
        set.extend(of_volume(&ready, axis, value).map_err(Wrong::Volume)?);
        attempt(self.file, &set).map_err(Wrong::Scenario)
    }
}

/// Whether what varies moves anything.
///
/// # Errors
/// That it does not: the plans of all points are the same.
pub(super) fn differ(ready: &[Ready]) -> Result<(), Failure> {
    if ready.len() > 1 && ready.iter().all(|other| other.plan_hash() == ready[0].plan_hash()) {
        return Err(Failure::Mistake(format!("all {} points are the same to every strategy: is the path meant?", ready.len())));
    }
    Ok(())
}

/// What gives a volume: the rate of the largest volume on the axis, or all that was recorded, and the share of it to keep.
fn of_volume(ready: &Ready, axis: &Axis, value: &Value) -> Result<Vec<(String, String)>, String> {
    let scenario = &ready.loaded.scenario;
    let (Some(volume), Some((least, largest))) = (value.number, axis.range()) else {
        return Err(format!("a volume is a number of journeys, and {:?} is none", value.text));
    };
    if !axis.unit.is_empty() || least < 0.0 || largest <= 0.0 {
        return Err(format!("a volume is a number of journeys over the horizon, such as 20k, and {:?} is none", value.text));
    }
    let expected = ready.compiled.plan.workload.expected();
    let keep = |of: f64| ("workload.keep".to_owned(), format!("{}%", axis_share(volume / of)));
    let Some(arrivals) = &scenario.workload.arrivals else {
        if largest > expected {
            return Err(format!("a volume of {largest} is more than the {expected} journeys that were recorded"));
        }
        return Ok(vec![keep(expected)]);
    };
    if expected <= 0.0 {
        return Err("no journey is expected at the scenario's rate, so that it cannot be scaled to a volume".to_owned());
    }
    let (process, rate) = arrivals.rate();
    let (horizon, flat) = (scenario.horizon.0, rate.per_second() * scenario.horizon.0.as_secs_f64());
    let scaled = format!("{:.3}", largest * (flat / expected));
    let scaled = scaled.trim_end_matches('0').trim_end_matches('.');
    Ok(vec![(format!("workload.arrivals.{process}.rate"), format!("{scaled}/{horizon}")), keep(largest)])
}

/// A share in percent with as many digits as a scenario takes.
fn axis_share(share: f64) -> f64 {
    format!("{:.12}", share * 100.0).parse().unwrap_or(share * 100.0)
}

/// Shows every warning once, with the first point that it is about where it is not about all of them.
fn warn(all: &[Ready], label: impl Fn(usize) -> String) {
    let text = |ready: &Ready| {
        let warnings = ready.loaded.warnings.iter().filter(|mistake| mistake.severity == Severity::Warning);
        let warnings: Vec<_> = warnings.cloned().collect();
        (!warnings.is_empty()).then(|| render(&ready.loaded.sources, &warnings, true))
    };
    let texts: Vec<Option<String>> = all.iter().map(text).collect();
    for (at, warning) in texts.iter().enumerate().filter_map(|(at, text)| Some((at, text.as_ref()?))) {
        if texts[..at].iter().flatten().any(|told| told == warning) {
            continue;
        }
        if texts.iter().any(|other| other.as_ref() != Some(warning)) {
            note(&format!("at {}:", label(at)));
        }
        note(warning);
    }
}
