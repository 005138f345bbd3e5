//! From a scenario that was read to a plan with nothing left that can fail.

use std::path::Path;

use crate::engine::Plan;
use crate::model::{DeploymentId, Stage};
use crate::provider::{Bucket, Deployment, Measure, Setting};
use crate::routing::{AnyRouter, Router, Strategy};
use crate::spec::{Date, Located, Mistake, Mistakes};
use crate::units::SimTime;
use crate::workload::{Built, Open, Recording, Span};

use super::Scenario;

/// A plan and the names of what it has numbers for.
#[derive(Debug, Clone)]
pub struct Compiled {
    /// The plan.
    pub plan: Plan,
    /// Names of the deployments, by id.
    pub deployments: Vec<String>,
    /// Names of the strategies, in order.
    pub strategies: Vec<String>,
    /// What became of recorded traffic.
    pub recording: Option<Recording>,
}

/// Compiles a scenario. `open` gives recorded files by path; those of the scenario are relative to `directory`.
///
/// # Errors
/// All that is wrong with it.
pub fn compile(scenario: &Scenario, directory: &Path, open: OpenFile<'_>) -> Result<Compiled, Vec<Mistake>> {
    let mut mistakes = Mistakes::new();
    let in_directory: Open<'_> = &|name| open(&directory.join(name));
    let Some(span) = span(scenario, &mut mistakes) else { return Err(mistakes.into_sorted()) };
    let built = scenario.workload.build(&span, in_directory).map_err(|found| mistakes.extend(found)).ok();
    let models = Models::of(scenario);
    let strategies = built.as_ref().and_then(|built| strategies(scenario, built, &models, &mut mistakes));
    let (Some(built), Some(strategies)) = (built, strategies) else { return Err(mistakes.into_sorted()) };
    let Some(deployments) = deployments(scenario, &built, &strategies, &models, &span, &mut mistakes) else {
        return Err(mistakes.into_sorted());
    };
    mistakes.extend(impossible(&built, &strategies, &deployments, &models));
    if mistakes.has_errors() {
        return Err(mistakes.into_sorted());
    }
    Ok(Compiled {
        plan: Plan { workload: built.workload, deployments: deployments.into(), strategies: strategies.into() },
        deployments: models.used.iter().map(|name| name.to_string()).collect(),
        strategies: scenario.strategies.0.iter().map(|(name, _)| name.to_string()).collect(),
        recording: built.recording,
    })
}

/// Opens a file.
pub type OpenFile<'a> = &'a dyn Fn(&Path) -> std::io::Result<Box<dyn std::io::Read>>;

/// The models that strategies name, each where it is named first; their positions are the ids of deployments.
struct Models<'a> {
    used: Vec<&'a Located<String>>,
}

impl<'a> Models<'a> {
    fn of(scenario: &'a Scenario) -> Self {
        let mut used: Vec<&Located<String>> = Vec::new();
        for name in scenario.strategies.0.iter().flat_map(|(_, strategy)| strategy.models()) {
            if !used.iter().any(|known| ***known == **name) {
                used.push(name);
            }
        }
        Self { used }
    }

    fn id(&self, name: &str) -> Option<DeploymentId> {
        self.used.iter().position(|known| known.as_str() == name).map(|index| DeploymentId(index as u16))
    }
}

fn span(scenario: &Scenario, mistakes: &mut Mistakes) -> Option<Span> {
    let window = scenario.window().map_err(|wrong| mistakes.push(Mistake::error(&scenario.start.place, wrong.to_string())));
    window.ok().map(|(start, _)| Span { start, horizon: scenario.horizon.0 })
}

fn strategies(
    scenario: &Scenario,
    built: &Built,
    models: &Models<'_>,
    mistakes: &mut Mistakes,
) -> Option<Vec<Strategy<AnyRouter>>> {
    let stages = scenario.workload.stages();
    let find = |name: &str| models.id(name).filter(|_| scenario.models.get(name).is_some());
    let built = scenario.strategies.0.iter().map(|(name, strategy)| {
        let built = strategy.build(name, &built.classes, stages, &find);
        built.map_err(|found| mistakes.extend(found)).ok()
    });
    // Collected before it is judged, so that no strategy's mistakes are left out.
    let built: Vec<Option<Strategy<AnyRouter>>> = built.collect();
    built.into_iter().collect()
}

fn deployments(
    scenario: &Scenario,
    built: &Built,
    strategies: &[Strategy<AnyRouter>],
    models: &Models<'_>,
    span: &Span,
    mistakes: &mut Mistakes,
) -> Option<Vec<Deployment>> {
    let time = |date: Date| {
        let instant = date.in_zone(span.start.time_zone()).map_err(|wrong| wrong.to_string())?;
        let since = instant.timestamp().duration_since(span.start.timestamp());
        Ok(SimTime::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX)))
    };
    let setting = Setting { shapes: &built.shapes, time: &time };
    let drafts: Vec<DeploymentId> = built
        .asked
        .iter()
        .filter(|asked| !asked.is_final)
        .flat_map(|asked| strategies.iter().flat_map(|s| s.router(asked.class, Stage::Draft).targets().iter().copied()))
        .collect();
    let made = (0_u16..).map(DeploymentId).zip(&models.used).map(|(id, name)| {
        let model = scenario.models.get(name)?;
        model.build(name, drafts.contains(&id), &setting).map_err(|found| mistakes.extend(found)).ok()
    });
    let made: Vec<Option<Deployment>> = made.collect();
    made.into_iter().collect()
}

/// Whatever a strategy may be asked for must have a price wherever it may send it, and fit through the limits there.
fn impossible(built: &Built, strategies: &[Strategy<AnyRouter>], all: &[Deployment], models: &Models<'_>) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for asked in &built.asked {
        let stage = if asked.is_final { Stage::Final } else { Stage::Draft };
        let class = &built.classes[asked.class.index()];
        for target in strategies.iter().flat_map(|strategy| strategy.router(asked.class, stage).targets()) {
            let (name, deployment) = (models.used[target.index()], &all[target.index()]);
            if !deployment.covers(asked.shape) {
                let what = format!("model \"{}\" has no price for images of {}", &**name, built.shapes[asked.shape.index()]);
                let help =
                    format!("class \"{class}\" asks for them as a {}: choose a size and quality with a price", stage.name());
                mistakes.push(Mistake::error(&name.place, what).label("used here").help(help));
            }
            let holds = deployment.buckets.iter().filter(|bucket| bucket.measure() == Measure::Images).map(Bucket::burst).min();
            if let Some(holds) = holds.filter(|holds| *holds < u64::from(asked.images)) {
                let what = format!("the image limit of model \"{}\" never lets a request of class \"{class}\" through", &**name);
                let help =
                    format!("the limit holds {holds} images at most and a request asks for {}: give it a burst", asked.images);
                mistakes.push(Mistake::error(&name.place, what).label("used here").help(help));
            }
        }
    }
    mistakes
}
