//! The fate of an attempt that was let in: how it would end and when, if the client waited for ever.
//!
//! In this order: the filter refuses the prompt; the model is loaded; the attempt hangs; it fails; it delivers. All draws
//! come from the attempt's block, the prompt and the user. What a gateway does before is decided before.

use super::fault::{Effect, Warmth};
use super::filter::{Refusal, Stage};
use super::state::Attempt;
use super::terms::Slowdown;
use super::{Cache, Deployment, More, Usage, Via};
use crate::model::Outcome;
use crate::random::{Block, split};
use crate::units::{SimDuration, SimTime};

/// Lanes of an attempt's block that belong to the provider; the client has the others.
pub(super) const LATENCY: usize = 0;
const FAILURE: usize = 1;

/// Who draws are for among those who look at the attempt's 64 bits.
const GATEWAY_FAILS: u64 = 0x6761_7465;
const GATEWAY_LATENCY: u64 = 0x6C61_7465;
const HOP: u64 = 0x686F_7000;

/// How an attempt would end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fate {
    pub(super) outcome: Outcome,
    pub(super) takes: SimDuration,
    /// The time that is billed where time is, and the part of it that was a cold start.
    pub(super) generation: SimDuration,
    pub(super) cold: SimDuration,
    /// When the filter looked, where the outcome is filtered.
    pub(super) refused: Stage,
    /// Whether the refusal looks like a success.
    pub(super) empty: bool,
}

impl Fate {
    #[inline]
    const fn new(outcome: Outcome, takes: SimDuration) -> Self {
        Self { outcome, takes, generation: takes, cold: SimDuration::ZERO, refused: Stage::After, empty: false }
    }
}

/// At a deployment with nothing special about it.
#[inline]
pub(super) fn plain(deployment: &Deployment, attempt: &Attempt<'_>, draws: &Block) -> Fate {
    let takes = SimDuration::from_micros(deployment.latency.draw(draws[LATENCY]));
    if let Some(refused) = refused(deployment, attempt, takes) {
        return refused;
    }
    let failed = deployment.failure.fails(attempt.prompt, attempt.details.user, draws[FAILURE]);
    Fate::new(if failed { Outcome::Failed } else { Outcome::Delivered }, takes)
}

/// What was made before is only handed out, unless an incident hinders even that.
pub(super) fn stored(deployment: &Deployment, cache: &Cache, effect: Effect, draws: &Block) -> Fate {
    let making = SimDuration::from_micros(deployment.latency.draw(draws[LATENCY]));
    let takes = effect.latency(cache.takes(making));
    let failed = u64::from(draws[FAILURE]) < effect.failure(0);
    let outcome = if failed { Outcome::Failed } else { Outcome::Delivered };
    Fate { generation: SimDuration::ZERO, ..Fate::new(outcome, takes) }
}

/// What a gateway does to an attempt by itself, under the effect of its incidents: the time that it takes, and whether it
/// fails.
pub(super) fn relayed(via: &Via, effect: Effect, draws: &Block) -> (SimDuration, bool) {
    let bits = bits(draws);
    let takes = effect.latency(SimDuration::from_micros(via.latency.draw(split(bits, GATEWAY_LATENCY))));
    (takes, u64::from(split(bits, GATEWAY_FAILS)) < effect.failure(via.failure))
}

/// At any deployment: an attempt that starts at `start`, under the effect of incidents, slowed.
pub(super) fn of(
    deployment: &Deployment,
    more: &More,
    attempt: &Attempt<'_>,
    draws: &Block,
    warmth: &mut Warmth,
    (start, effect, slowdown): (SimTime, Effect, Slowdown),
) -> Fate {
    let bits = bits(draws);
    let takes = slowdown.of(effect.latency(SimDuration::from_micros(deployment.latency.draw(draws[LATENCY]))));
    if let Some(fate) = refused(deployment, attempt, takes) {
        return fate;
    }
    let cold = more.cold.as_ref().map_or(SimDuration::ZERO, |cold| cold.wait(warmth, start, bits));
    let fate = if let Some(hangs) = more.hang.as_ref().and_then(|hang| hang.hangs(bits)) {
        Fate::new(Outcome::Failed, hangs)
    } else {
        let independent = effect.failure(deployment.failure.independent);
        let failed =
            u64::from(draws[FAILURE]) < independent || deployment.failure.fails(attempt.prompt, attempt.details.user, u32::MAX);
        Fate::new(if failed { Outcome::Failed } else { Outcome::Delivered }, takes)
    };
    if let Some(cold) = &more.cold {
        cold.busy(warmth, start + fate.takes);
    }
    let loading = if more.cold.as_ref().is_some_and(|model| model.billed) { cold } else { SimDuration::ZERO };
    Fate { takes: fate.takes + cold, generation: fate.generation + loading, cold: loading, ..fate }
}

/// What a health check meets at this very deployment, under the effect of incidents: the time that it takes, and whether it fails.
pub(super) fn probed(deployment: &Deployment, effect: Effect, draws: &Block) -> (SimDuration, bool) {
    if let Some(hangs) = deployment.more.as_ref().and_then(|more| more.hang.as_ref()?.hangs(bits(draws))) {
        return (hangs, true);
    }
    let takes = effect.latency(SimDuration::from_micros(deployment.latency.draw(draws[LATENCY])));
    (takes, u64::from(draws[FAILURE]) < effect.failure(deployment.failure.independent))
}

/// The filter's refusal, where it refuses the prompt.
#[inline]
fn refused(deployment: &Deployment, attempt: &Attempt<'_>, takes: SimDuration) -> Option<Fate> {
    let filter = deployment.filter.as_ref()?;
    if !filter.refuses(attempt.prompt, attempt.details.category) {
        return None;
    }
    let takes = filter.verdict_after.unwrap_or(takes);
    let empty = filter.answer == Refusal::Empty;
    Some(Fate { refused: filter.stage, empty, ..Fate::new(Outcome::Filtered, takes) })
}

/// What the attempt used, once it is known how it went.
#[inline]
pub(super) fn used(attempt: &Attempt<'_>, fate: &Fate, draws: &Block) -> Usage {
    Usage { took: fate.generation, cold: fate.cold, bits: bits(draws), ..attempt.asked() }
}

/// The block of the attempt that a gateway makes after this many others.
pub(super) fn again(draws: &Block, hop: usize) -> Block {
    let bits = bits(draws);
    let word = |lane: u64| split(bits, HOP + 4 * hop as u64 + lane);
    [word(0), word(1), draws[2], draws[3]]
}

/// The 64 random bits of the attempt that belong to the provider.
#[inline]
fn bits(draws: &Block) -> u64 {
    u64::from(draws[LATENCY]) << 32 | u64::from(draws[FAILURE])
}
