//! Routers: which deployment an attempt goes to.

use super::among::Among;
use super::client::{Ask, Luck, View};
use crate::model::{DeploymentId, Status};
use crate::units::SimDuration;

/// Finds the deployment of a model by its name; `None` where there is no such model.
pub type Find<'a> = &'a dyn Fn(&str) -> Option<DeploymentId>;

/// An attempt that has ended, as its router hears of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heed {
    /// Which target it went to: the position in the router's list.
    pub target: usize,
    /// What the answer said.
    pub status: Status,
    /// From its sending to its end, with all calls that the SDK made of it and the waits between them.
    pub took: SimDuration,
}

/// How an attempt ends that a router's own limits let no target be asked for: without a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// As if this had been the answer. No deployment is blamed for it.
    pub status: Status,
    /// What it says about trying again.
    pub retry_after: Option<SimDuration>,
}

/// How a router goes about it beside picking. It is asked once: nothing of it changes.
#[expect(clippy::struct_excessive_bools, reason = "worked out beforehand, each asked on its own in the hot loop")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manner {
    /// Whether it always picks the first of those that are left, so that it need not be asked.
    pub in_order: bool,
    /// Whether it has limits of its own, so that it is asked what it [`admits`](Router::admits) before it picks.
    pub has_limits: bool,
    /// Whether it goes on to its next target where the attempts at one are used up; otherwise they are used up for all.
    pub moves_on: bool,
    /// Whether its targets are equals, so that one that has asked to be left alone is left out while another is free.
    pub spares_the_busy: bool,
    /// Whether it looks at prices.
    pub goes_by_price: bool,
    /// Whether it looks at prompts: at which they are, and of which category.
    pub reads_prompts: bool,
    /// Whether it looks at images before they are handed on.
    pub checks_images: bool,
    /// Whether it wants to hear of attempts.
    pub heeds: bool,
}

impl Manner {
    /// It picks, and that is all.
    pub const NONE: Self = Self {
        in_order: false,
        has_limits: false,
        moves_on: false,
        spares_the_busy: false,
        goes_by_price: false,
        reads_prompts: false,
        checks_images: false,
        heeds: false,
    };
}

/// Picks a deployment for an attempt. It sees its own targets and its [`View`]: nothing of what goes on inside a provider.
///
/// What must not be asked has been left out before: what is cooling, over budget, used up. So a router never looks at it.
pub trait Router {
    /// What it remembers between requests; `()` where it remembers nothing.
    type State: Clone + std::fmt::Debug;

    /// What it remembers at the start.
    fn state(&self) -> Self::State;

    /// Every deployment it may ever pick, 1 to [`Among::MOST`].
    fn targets(&self) -> &[DeploymentId];

    /// How it goes about it beside picking.
    fn manner(&self) -> Manner {
        Manner::NONE
    }

    /// The position of the target for the next attempt: one of those that it may go `among`, of which there is at least one.
    fn pick(&self, state: &mut Self::State, among: Among, ask: &Ask, view: &View<'_>, luck: &mut Luck) -> usize;

    /// Those of `among` that its own limits let it ask for now, at least one: of these it picks. It must not refuse for ever
    /// what it refuses now, unless no wait would help.
    ///
    /// # Errors
    /// How the attempt ends where there is none.
    fn admits(&self, _state: &mut Self::State, among: Among, _ask: &Ask, _view: &View<'_>) -> Result<Among, Refusal> {
        Ok(among)
    }

    /// What is used up when the attempts at this target are, where `used` was before: that target too where the router moves on,
    /// and everything otherwise.
    fn used_up(&self, target: usize, used: Among, _ask: &Ask) -> Among {
        if self.manner().moves_on { used.with(target) } else { Among::first(self.targets().len()) }
    }

    /// Whether its checker sends these images back, so that the next target is tried: asked only where it checks images and has
    /// another target left. `pleases` is what the user would say; the checker errs as it says itself, with draws of `luck`.
    fn sends_back(&self, _state: &mut Self::State, _target: usize, _pleases: bool, _luck: &mut Luck) -> bool {
        false
    }

    /// An attempt is being sent to the target at this position; further calls that the SDK makes of it are not told.
    fn sent(&self, _state: &mut Self::State, _target: usize, _ask: &Ask, _view: &View<'_>) {}

    /// An attempt has ended, after all its calls. Each that was sent ends at some time.
    fn ended(&self, _state: &mut Self::State, _attempt: &Heed, _ask: &Ask, _view: &View<'_>) {}
}
