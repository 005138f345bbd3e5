//! From a scenario that was read to a plan with nothing left that can fail.

use std::collections::BTreeSet;
use std::path::Path;

use crate::engine::Plan;
use crate::model::{ClassId, DeploymentId, Stage};
use crate::provider::{Deployment, MarketBuilder, ModelSpec, Parties, Setting, parts, provider};
use crate::routing::{AnyRouter, Client, Strategy};
use crate::spec::{Date, Located, Mistake, Mistakes, nearest};
use crate::units::SimTime;
use crate::workload::{Built, Open, Prompts, Recording, Span};

use super::Scenario;
use super::gateways;
use super::misses::Misses;
use super::models::Models;
use super::reach::unreachable;
use super::strays::strays;

/// A plan and the names of what it has numbers for.
#[derive(Debug, Clone)]
pub struct Compiled {
    /// The plan.
    pub plan: Plan,
    /// Names of the deployments, by id.
    pub deployments: Vec<String>,
    /// Names of the payees, by id: the deployments first.
    pub payees: Vec<String>,
    /// The unknown billing rules, by id, each in words.
    pub doubts: Vec<String>,
    /// Names of the strategies, in order.
    pub strategies: Vec<String>,
    /// What became of recorded traffic.
    pub recording: Option<Recording>,
    /// What the workload was made of: plans that draw nothing of it share it.
    pub(super) built: Built,
}

impl Compiled {
    /// Whether another has the same names and numbers: whether their results can stand side by side.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let names = |all: &Self| (all.deployments.clone(), all.payees.clone(), all.doubts.clone(), all.strategies.clone());
        names(self) == names(other) && self.plan.market.doubts == other.plan.market.doubts
    }
}

/// Compiles a scenario. `open` gives recorded files by path; those of the scenario are relative to `directory`.
///
/// # Errors
/// All that is wrong with it: what one part needs of another that is wrong is left unchecked, and nothing else.
pub fn compile(scenario: &Scenario, directory: &Path, open: OpenFile<'_>) -> Result<Compiled, Vec<Mistake>> {
    compile_with_catalogues(scenario, &Misses::default(), directory, open)
}

/// The same, where it is known why price books have no price for something.
pub(super) fn compile_with_catalogues(
    scenario: &Scenario,
    misses: &Misses,
    directory: &Path,
    open: OpenFile<'_>,
) -> Result<Compiled, Vec<Mistake>> {
    compile_with(scenario, &Models::of(scenario), misses, None, directory, open)
}

/// The same with a workload that was built before, if any.
pub(super) fn compile_redrawn(
    scenario: &Scenario,
    misses: &Misses,
    workload: Option<Built>,
    directory: &Path,
    open: OpenFile<'_>,
) -> Result<Compiled, Vec<Mistake>> {
    compile_with(scenario, &Models::of(scenario), misses, workload, directory, open)
}

/// Finds the mistakes of a scenario whose models are not all known, because a catalogue could not be read.
pub(super) fn without_models(scenario: &Scenario, directory: &Path, open: OpenFile<'_>) -> Vec<Mistake> {
    let models = Models::of(scenario).incomplete();
    compile_with(scenario, &models, &Misses::default(), None, directory, open).err().unwrap_or_default()
}

fn compile_with(
    scenario: &Scenario,
    models: &Models<'_>,
    misses: &Misses,
    workload: Option<Built>,
    directory: &Path,
    open: OpenFile<'_>,
) -> Result<Compiled, Vec<Mistake>> {
    let mut mistakes = Mistakes::new();
    let in_directory: Open<'_> = &|name| open(&directory.join(name));
    let span = span(scenario, &mut mistakes);
    let afresh = || scenario.workload.build(&span, in_directory);
    let built = workload.map_or_else(afresh, Ok).map_err(|found| mistakes.extend(found)).ok();
    let strategies = strategies(scenario, models, &mut mistakes);
    let time = |date: Date| {
        let instant = date.in_zone(span.start.time_zone()).map_err(|wrong| wrong.to_string())?;
        let since = instant.timestamp().duration_since(span.start.timestamp());
        Ok(SimTime::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX)))
    };
    let shapes = built.as_ref().map_or([].as_slice(), |built| &built.shapes);
    let categories = built.as_ref().map_or([].as_slice(), |built| built.workload.categories.names());
    let templates = built.as_ref().and_then(|built| built.workload.prompts.as_ref()).map_or(0, Prompts::templates);
    let setting = Setting { shapes, categories, templates, time: &time, start: &span.start, horizon: span.horizon };
    let mut market = MarketBuilder::new(&setting, parties(scenario), &models.names);
    let deployments = deployments(&strategies, models, misses, &mut market, &mut mistakes);
    mistakes.extend(models.used.iter().filter_map(|name| not_in_the_book(name, models.spec(name)?, misses)));
    mistakes.extend(unused(scenario, models));
    mistakes.extend(nothing_to_choose(scenario));
    mistakes.extend(models.endless());
    mistakes.extend(strays(scenario, models));
    mistakes.extend(gateways::strays(models));
    if let Some(built) = &built {
        mistakes.extend(unreachable(built, &strategies, &deployments, market.limits(), models, misses));
    }
    let (Some(deployments), Some(strategies)) =
        (deployments.into_iter().collect::<Option<Box<[_]>>>(), strategies.into_iter().collect::<Option<Box<[_]>>>())
    else {
        return Err(mistakes.into_sorted());
    };
    let market = market.finish(deployments).map_err(|mistake| mistakes.push(mistake));
    let (Ok((market, payees, doubts)), Some(built)) = (market, built.filter(|_| !mistakes.has_errors())) else {
        return Err(mistakes.into_sorted());
    };
    Ok(Compiled {
        plan: Plan { workload: built.workload.clone(), market, strategies },
        deployments: models.names.clone(),
        payees,
        doubts,
        strategies: scenario.strategies.0.iter().map(|(name, _)| name.to_string()).collect(),
        recording: built.recording.clone(),
        built,
    })
}

/// Why a model has no price at all, where a price book should have one: said where the scenario has the word for quality that
/// the book does not know, or else where the model is used.
fn not_in_the_book(name: &Located<String>, model: &ModelSpec, misses: &Misses) -> Option<Mistake> {
    let (shape, miss) = misses.first(name).filter(|_| model.price.is_none())?;
    let mut words = model.quality.iter().flat_map(|words| words.iter());
    if let Some((asked, word)) = words.find(|(_, word)| word.value == shape.quality) {
        let mistake = Mistake::error(&word.place, miss.what.clone()).label(format!("stands for \"{}\" here", asked.value));
        return Some(miss.help.iter().cloned().fold(mistake, Mistake::help));
    }
    let give = format!("give it a price in [models.\"{}\"]", parts(name).0);
    let help = miss.help.as_ref().map_or_else(|| give.clone(), |known| format!("{known}; or {give}"));
    Some(Mistake::error(&name.place, miss.what.clone()).label("used here").help(help))
}

/// Everybody, by name.
fn parties(scenario: &Scenario) -> Parties<'_> {
    Parties {
        models: Some(&scenario.models),
        accounts: scenario.accounts.as_ref(),
        providers: scenario.providers.as_ref(),
        clouds: scenario.clouds.as_ref(),
        gateways: scenario.gateways.as_ref(),
    }
}

/// Opens a file.
pub type OpenFile<'a> = &'a dyn Fn(&Path) -> std::io::Result<Box<dyn std::io::Read>>;

/// The span of the scenario; where there is none, a mistake, and another of the same length to check the rest with.
fn span(scenario: &Scenario, mistakes: &mut Mistakes) -> Span {
    let start = scenario.first_instant().unwrap_or_else(|mistake| {
        mistakes.push(mistake);
        jiff::Timestamp::UNIX_EPOCH.to_zoned(scenario.time_zone.zone.clone())
    });
    Span { start, horizon: scenario.horizon.0 }
}

/// The strategies in order; `None` after mistakes. They need the names of the classes and no more of the workload.
fn strategies(scenario: &Scenario, models: &Models<'_>, mistakes: &mut Mistakes) -> Vec<Option<Strategy<AnyRouter>>> {
    let classes: Vec<String> = scenario.workload.classes.names().map(str::to_owned).collect();
    let stages = scenario.workload.stages();
    let find = |name: &str| models.id(name).filter(|_| models.is_known(name));
    let built = scenario.strategies.0.iter().map(|(name, strategy)| {
        let built = strategy.build(name, &classes, stages, &find);
        built.map_err(|found| mistakes.extend(found)).ok()
    });
    built.collect()
}

/// The deployments by id; `None` after mistakes.
fn deployments(
    strategies: &[Option<Strategy<AnyRouter>>],
    models: &Models<'_>,
    misses: &Misses,
    market: &mut MarketBuilder<'_>,
    mistakes: &mut Mistakes,
) -> Vec<Option<Deployment>> {
    let drafts = draft_models(models.scenario(), strategies, models);
    let made = (0_u16..).map(DeploymentId).zip(&models.used).map(|(id, name)| {
        let model = models.spec(name).filter(|_| !models.incomplete && !gateways::is_through_several(name))?;
        let drafts = drafts.contains(&id);
        let told = not_in_the_book(name, model, misses).is_some();
        let found =
            market.add(name, model, drafts).map_err(|found| if told { besides_price(found, name, model, drafts) } else { found });
        found.map_err(|found| mistakes.extend(found)).ok()
    });
    made.collect()
}

/// The mistakes of a deployment without its lack of a price, which is told better elsewhere.
fn besides_price(found: Vec<Mistake>, name: &Located<String>, model: &ModelSpec, drafts: bool) -> Vec<Mistake> {
    let lack = model.missing(name, drafts);
    let others = found.into_iter().filter(|mistake| !lack.contains(mistake));
    others.chain(model.missing_besides_price(name, drafts)).collect()
}

/// A choice takes more than one strategy.
fn nothing_to_choose(scenario: &Scenario) -> Option<Mistake> {
    let indifference = scenario.indifference.as_ref().filter(|_| scenario.strategies.0.len() < 2)?;
    let mistake =
        Mistake::error(&indifference.place, "there is a single strategy, and nothing to choose").label("expected two or more");
    Some(mistake)
}

/// Accounts and providers of no model that the scenario knows: probably misspelt.
fn unused(scenario: &Scenario, models: &Models<'_>) -> Vec<Mistake> {
    if models.incomplete {
        return Vec::new();
    }
    let providers: Vec<String> = scenario.models.names().map(|model| provider(model).to_owned()).collect();
    let of_models = scenario.models.iter().filter_map(|(_, model)| model.account.as_ref()).map(|account| account.value.clone());
    let accounts: Vec<String> = of_models.chain(providers.iter().cloned()).collect();
    let unknown = |name: &Located<String>, kind: &str, known: &[String]| {
        let mistake = Mistake::error(&name.place, format!("no model is of {kind} \"{}\"", &**name)).label("used by no model");
        let near = nearest(name, known).map(|near| format!("did you mean \"{near}\"?"));
        (!known.contains(&name.value)).then(|| near.into_iter().fold(mistake, Mistake::help))
    };
    let named = scenario.accounts.iter().flatten().filter_map(|(name, _)| unknown(name, "account", &accounts));
    named.chain(scenario.providers.iter().flatten().filter_map(|(name, _)| unknown(name, "provider", &providers))).collect()
}

/// The deployments that may be asked for a draft.
fn draft_models(scenario: &Scenario, strategies: &[Option<Strategy<AnyRouter>>], models: &Models<'_>) -> BTreeSet<DeploymentId> {
    if !scenario.workload.stages().contains(&Stage::Draft) {
        return BTreeSet::new();
    }
    let classes = (0_u16..).map(ClassId).take(scenario.workload.classes.len());
    let of_class = |class| {
        let each = strategies.iter().flatten();
        each.flat_map(move |strategy| {
            let targets = strategy.targets(class, Stage::Draft).iter().copied();
            models.reached(targets, strategy.migration().is_some())
        })
    };
    classes.flat_map(of_class).collect()
}
