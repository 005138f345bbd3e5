//! Whatever a strategy may be asked for must be possible wherever it may send it.

use crate::model::Stage;
use crate::provider::{Deployment, Limits, Measure};
use crate::routing::{AnyRouter, Router, Strategy};
use crate::spec::{Located, Mistake};
use crate::workload::{Asked, Built};

use super::misses::Misses;

/// Requests that would reach a deployment which has no price for them, or a limit that they can never pass. Strategies and
/// deployments that have mistakes of their own are `None`; `names` are those of the deployments.
pub(super) fn unreachable(
    built: &Built,
    strategies: &[Option<Strategy<AnyRouter>>],
    all: &[Option<Deployment>],
    limits: &Limits,
    names: &[Located<String>],
    misses: &Misses,
) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for asked in &built.asked {
        let targets = strategies.iter().flatten().flat_map(|strategy| strategy.router(asked.class, stage(asked)).targets());
        for (name, deployment) in targets.filter_map(|target| Some((&names[target.index()], all[target.index()].as_ref()?))) {
            mistakes.extend(unpriced(built, asked, name, deployment, misses));
            mistakes.extend(unpassable(built, asked, name, deployment.limits.largest(limits, Measure::Images)));
        }
    }
    mistakes
}

const fn stage(asked: &Asked) -> Stage {
    if asked.is_final { Stage::Final } else { Stage::Draft }
}

fn unpriced(built: &Built, asked: &Asked, name: &Located<String>, deployment: &Deployment, misses: &Misses) -> Option<Mistake> {
    if deployment.covers(asked.shape) {
        return None;
    }
    let what = format!("model \"{}\" has no price for images of {}", &**name, built.shapes[asked.shape.index()]);
    let (class, stage) = (&built.classes[asked.class.index()], stage(asked).name());
    let known = misses.of(name, &built.shapes[asked.shape.index()]).map(|miss| format!("; {miss}")).unwrap_or_default();
    let help = format!("class \"{class}\" asks for them as a {stage}: choose a size and quality with a price{known}");
    Some(Mistake::error(&name.place, what).label("used here").help(help))
}

/// A limit that holds fewer images than one request asks for rejects it for ever.
fn unpassable(built: &Built, asked: &Asked, name: &Located<String>, holds: Option<u64>) -> Option<Mistake> {
    let holds = holds.filter(|holds| *holds < u64::from(asked.images))?;
    let class = &built.classes[asked.class.index()];
    let what = format!("the image limit of model \"{}\" never lets a request of class \"{class}\" through", &**name);
    let help = format!("the limit holds {holds} images at most, and a request asks for {}: give it a burst", asked.images);
    Some(Mistake::error(&name.place, what).label("used here").help(help))
}
