//! `spendcast sweep`: the same experiment at several values of one path or two.

use super::clock::now;
use super::formats::formats;
use super::input::Ready;
use super::kept_points::KeptPoints;
use super::points::{Design, differ};
use super::progress::Progress;
use super::simulation::overrides;
use super::stop::Stop;
use super::what_if::{SweepArguments, WhatIfArguments, manifest};
use super::{Failure, provenance};
use crate::experiment::{Sweep, SweepPoint, Value, product};
use crate::report::{SweepReport, WhatIf};

/// More points would take more memory and patience than anybody has.
const MOST_POINTS: usize = 10_000;

/// Simulates all points and reports what came out.
///
/// # Errors
/// Mistakes at any point, before anything is simulated; an interruption, and results that cannot be written.
pub fn sweep(arguments: &SweepArguments) -> Result<(), Failure> {
    let asked = &arguments.what_if;
    let formats = formats(&asked.simulation.tables)?;
    let axes = asked.axes()?;
    if axes.len() > 2 {
        return Err(Failure::Mistake(format!("--over can be given twice at most, and is given {} times", axes.len())));
    }
    let points = product(&axes);
    if points.len() > MOST_POINTS {
        return Err(Failure::Mistake(format!("these are {} points, and {MOST_POINTS} are the most", points.len())));
    }
    let design = Design { file: &asked.file, set: overrides(asked.simulation.given()), axes: &axes };
    let ready = design.prepare(&points)?;
    let first = &ready[0];
    same_strategies(&ready, &design, &points)?;
    differ(&ready)?;
    let stop = Stop::listen(now(), None)?;
    let place = asked.place("sweep")?;
    let mut kept = KeptPoints::prepare(&place, asked.resume)?;
    let simulated = simulate((asked, &design), &ready, points, (&mut kept, &stop))?;
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
    let (title, source, inputs) = (&first.loaded.scenario.title, &first.loaded.text, &first.uncertain());
    let what_if = WhatIf { title, source, scenario: &scenario, inputs, manifest: &manifest };
    let report = SweepReport { asked: what_if, sweep: &sweep };
    asked.deliver((&place, kept), report.findings(), &formats)
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

fn simulate(
    (asked, design): (&WhatIfArguments, &Design<'_>),
    ready: &[Ready],
    points: Vec<Vec<Value>>,
    (kept, stop): (&mut KeptPoints, &Stop),
) -> Result<Vec<SweepPoint>, Failure> {
    let all: u32 = ready.iter().map(|ready| ready.loaded.scenario.replications.0).fold(0, u32::saturating_add);
    let (progress, mut before) = (Progress::start(0, all, asked.simulation.quiet), 0_u32);
    let mut simulated = Vec::with_capacity(ready.len());
    for (ready, at) in ready.iter().zip(points) {
        let all: Vec<usize> = (0..ready.compiled.strategies.len()).collect();
        let results = asked.simulate((ready, &all, &design.named(&at)), kept, stop, (&progress, before))?;
        before = before.saturating_add(results.replications);
        simulated.push(SweepPoint::of(at, ready.plan_hash().to_owned(), &results, asked.metric));
    }
    progress.finish();
    Ok(simulated)
}
