//! `spendcast sweep`: the same experiment at several values of one path or two.

use sha2::{Digest, Sha256};

use super::clock::now;
use super::formats::formats;
use super::input::{Ready, hex};
use super::output::{columns, data, note};
use super::place::Place;
use super::points::Design;
use super::progress::Progress;
use super::stop::Stop;
use super::what_if::{SweepArguments, WhatIfArguments};
use super::{Failure, provenance};
use crate::experiment::{DesignManifest, Sweep, SweepPoint, Value, product};
use crate::report::{SweepReport, WhatIf};

/// More points would take more memory and patience than anybody has.
const MOST_POINTS: usize = 10_000;

/// Simulates all points and reports what came out.
///
/// # Errors
/// Mistakes at any point, before anything is simulated; an interruption, and results that cannot be written.
pub fn sweep(arguments: &SweepArguments) -> Result<(), Failure> {
    let asked = &arguments.what_if;
    let formats = formats(&asked.tables)?;
    let axes = asked.axes()?;
    if axes.len() > 2 {
        return Err(Failure::Mistake(format!("--over can be given twice at most, and is given {} times", axes.len())));
    }
    let points = product(&axes);
    if points.len() > MOST_POINTS {
        return Err(Failure::Mistake(format!("these are {} points, and {MOST_POINTS} are the most", points.len())));
    }
    let design = Design { file: &asked.file, set: asked.overrides(), axes: &axes };
    let ready = design.prepare(&points)?;
    let first = &ready[0];
    same_strategies(&ready, &design, &points)?;
    let stop = Stop::listen(now(), None)?;
    let directory = asked.directory("sweep");
    let cannot =
        |reason: &dyn std::fmt::Display| Failure::Error(format!("cannot write the results to {}: {reason}", directory.display()));
    let place = Place::prepare(&directory).map_err(|reason| cannot(&reason))?;
    let simulated = simulate(asked, &ready, points, &stop)?;
    let sweep = Sweep {
        metric: asked.metric,
        strategies: first.compiled.strategies.clone(),
        baseline: first.loaded.scenario.baseline_index(),
        points: simulated,
        axes,
    };
    if sweep.points.iter().all(|point| point.lowest.is_none()) {
        return Err(Failure::Mistake(format!("{} is defined at none of these points", asked.metric.key())));
    }
    let hashes: Vec<&str> = sweep.points.iter().map(|point| point.plan_hash.as_str()).collect();
    let manifest = manifest("sweep", asked, first, &hashes);
    let scenario = provenance::asked(&asked.file, first, &manifest.of_all.set);
    let what_if = WhatIf { title: &first.loaded.scenario.title, scenario: &scenario, manifest: &manifest };
    let report = SweepReport { asked: what_if, sweep: &sweep };
    let written = report.write(place.directory(), &formats);
    let text =
        if asked.json { report.json().map_err(|reason| Failure::Error(reason.to_string()))? } else { report.terminal(columns()) };
    // What was simulated is shown even where it cannot be kept.
    let shown = data(&text);
    let written = written.map_err(|reason| cannot(&reason))?;
    if !asked.quiet {
        note(&format!("wrote {} files to {}", written.len(), directory.display()));
    }
    shown
}

/// The provenance of several points, of which this is the first.
pub(super) fn manifest(command: &str, asked: &WhatIfArguments, first: &Ready, plans: &[&str]) -> DesignManifest {
    let set = provenance::replaced(&asked.given());
    let mut of_all = provenance::manifest(&asked.file, first, set, first.loaded.scenario.replications.0);
    of_all.plan_hash = hex(plans.iter().fold(Sha256::new(), Sha256::chain_update));
    DesignManifest {
        command: command.to_owned(),
        over: provenance::replaced(&asked.over),
        metric: asked.metric.key().to_owned(),
        between: None,
        tolerance: None,
        points: plans.len(),
        of_all,
    }
}

/// Points can be compared only where they have the same strategies.
fn same_strategies(ready: &[Ready], design: &Design<'_>, points: &[Vec<Value>]) -> Result<(), Failure> {
    let first = &ready[0].compiled.strategies;
    match ready.iter().zip(points).find(|(ready, _)| ready.compiled.strategies != *first) {
        None => Ok(()),
        Some((_, at)) => Err(Failure::Mistake(format!(
            "at {} there are other strategies than at {}: they cannot be compared",
            design.label(at),
            design.label(&points[0]),
        ))),
    }
}

fn simulate(asked: &WhatIfArguments, ready: &[Ready], points: Vec<Vec<Value>>, stop: &Stop) -> Result<Vec<SweepPoint>, Failure> {
    let all: u32 = ready.iter().map(|ready| ready.loaded.scenario.replications.0).fold(0, u32::saturating_add);
    let (progress, mut before) = (Progress::start(0, all, asked.quiet), 0_u32);
    let mut simulated = Vec::with_capacity(ready.len());
    for (ready, at) in ready.iter().zip(points) {
        let all: Vec<usize> = (0..ready.compiled.strategies.len()).collect();
        let results = asked.simulate(ready, &all, stop, (&progress, before))?;
        before = before.saturating_add(results.replications);
        simulated.push(SweepPoint::of(
            at,
            provenance::plan_hash(&ready.compiled.plan, &ready.loaded.inputs),
            &results,
            asked.metric,
        ));
    }
    progress.finish();
    Ok(simulated)
}
