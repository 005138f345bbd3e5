//! Whatever a strategy may be asked for must be possible wherever it may send it.

use crate::model::{Service, Stage};
use crate::provider::{Deployment, Limits, Measure, ModelSpec};
use crate::routing::{AnyRouter, Client, Strategy};
use crate::spec::{Located, Mistake, nearest};
use crate::workload::{Asked, Built};

use super::misses::Misses;
use super::models::Models;

/// Requests that would reach a deployment which has no price for them, or a limit that they can never pass. Strategies and
/// deployments that have mistakes of their own are `None`.
pub(super) fn unreachable(
    built: &Built,
    strategies: &[Option<Strategy<AnyRouter>>],
    all: &[Option<Deployment>],
    limits: &Limits,
    models: &Models<'_>,
    misses: &Misses,
) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for asked in &built.asked {
        let reached = |strategy: &Strategy<AnyRouter>| {
            let targets = strategy.targets(asked.class, stage(asked)).iter().copied();
            models.reached(targets, strategy.migration().is_some())
        };
        let targets = strategies.iter().flatten().flat_map(reached);
        for (name, deployment) in targets.filter_map(|to| Some((&models.used[to.index()], all[to.index()].as_ref()?))) {
            mistakes.extend(unpriced(built, asked, (name, models.spec(name)), deployment, misses));
            mistakes.extend(unpassable(built, asked, name, deployment.limits.largest(limits, Measure::Images)));
        }
    }
    mistakes
}

const fn stage(asked: &Asked) -> Stage {
    if asked.is_final { Stage::Final } else { Stage::Draft }
}

fn unpriced(
    built: &Built,
    asked: &Asked,
    (name, model): (&Located<String>, Option<&ModelSpec>),
    deployment: &Deployment,
    misses: &Misses,
) -> Option<Mistake> {
    if deployment.covers(asked.shape) {
        return None;
    }
    let shape = &built.shapes[asked.shape.index()];
    let shape_there = model.map_or_else(|| shape.clone(), |model| model.in_its_words(shape));
    let what = format!("model \"{}\" has no price for images of {shape_there}", &**name);
    let known = misses.of(name, &shape_there).map(|miss| format!("; {miss}")).unwrap_or_default();
    let word = model.and_then(|model| Some((model, model.quality.as_ref()?.get(&shape.quality)?)));
    if let Some((model, word)) = word {
        let mistake = Mistake::error(&word.place, what).label(format!("stands for \"{}\" here", shape.quality));
        return Some(mistake.help(format!("{}{known}", other_words(model, word))));
    }
    if let Some(service) = model.and_then(|model| model.service).map(Service::name) {
        let help = format!(
            "it is sold in class of service \"{service}\": give it adjust.service.{service}, a part of the standard price"
        );
        return Some(Mistake::error(&name.place, what).label("used here").help(format!("{help}{known}")));
    }
    let (class, stage) = (&built.classes[asked.class.index()], stage(asked).name());
    let help = format!("class \"{class}\" asks for them as a {stage}: choose a size and quality with a price{known}");
    Some(Mistake::error(&name.place, what).label("used here").help(help))
}

/// The words for quality that a model has prices for.
fn other_words(model: &ModelSpec, word: &str) -> String {
    let priced = model.price.as_ref().map(|price| price.qualities()).unwrap_or_default();
    let near = nearest(word, &priced).filter(|near| *near != word).map(|near| format!("did you mean \"{near}\"? "));
    let all = if priced.is_empty() { String::new() } else { format!("; it has prices for: {}", priced.join(", ")) };
    format!("{}choose a word and size with a price{all}", near.unwrap_or_default())
}

/// A limit that holds fewer images than one request asks for rejects it for ever.
fn unpassable(built: &Built, asked: &Asked, name: &Located<String>, holds: Option<u64>) -> Option<Mistake> {
    let holds = holds.filter(|holds| *holds < u64::from(asked.images))?;
    let class = &built.classes[asked.class.index()];
    let what = format!("the image limit of model \"{}\" never lets a request of class \"{class}\" through", &**name);
    let help = format!("the limit holds {holds} images at most, and a request asks for {}: give it a burst", asked.images);
    Some(Mistake::error(&name.place, what).label("used here").help(help))
}
