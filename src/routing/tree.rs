//! Routers of routers: what is the same for all of them.
//!
//! A router whose branches are routers says which branch takes a request; everything else follows. Its targets are those of its
//! branches, one after the other; each branch sees its own only, by its own positions, and remembers its own. So a branch behaves
//! inside a tree as it does alone, with two exceptions: what asks to be left alone is left out only where all branches do so, and a
//! branch of which nothing is left for an attempt, or which lets nothing through by limits of its own, is passed over.

use serde_json::{Value, json};

use super::among::Among;
use super::client::{Ask, Luck, View};
use super::router::{Heed, Manner, Refusal, Router};
use super::{AnyRouter, AnyState, RouterSpec};
use crate::model::DeploymentId;
use crate::spec::{Field, Mistake, Node, Place, Reader};

/// A router inside a router.
#[derive(Debug, Clone)]
pub struct Branch(pub Box<RouterSpec>);

impl Field for Branch {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        RouterSpec::read(node, reader).map(|router| Self(Box::new(router)))
    }

    /// A reference: the schema of a router would hold itself.
    fn schema() -> Value {
        json!({ "$ref": format!("#/definitions/{}", Self::NAME) })
    }
}

impl Branch {
    /// The name of the definition that the schema of a branch refers to.
    pub const NAME: &'static str = "router";
}

/// The branches of a router, and their targets in one row.
#[derive(Debug, Clone, PartialEq)]
pub struct Branches {
    routers: Box<[AnyRouter]>,
    /// Where each branch's targets begin; at the end, how many there are.
    begins: Box<[usize]>,
    targets: Box<[DeploymentId]>,
    /// How many routers of routers there are from here to the deepest branch, at least 1.
    height: u32,
}

impl Branches {
    /// These branches, of a router that stands here.
    ///
    /// # Errors
    /// No branch at all; more than 64 targets.
    pub(super) fn new(routers: Vec<AnyRouter>, place: &Place) -> Result<Self, Mistake> {
        let targets: Box<[DeploymentId]> = routers.iter().flat_map(Router::targets).copied().collect();
        if targets.is_empty() || targets.len() > Among::MOST {
            let what = format!("a router has 1 to {} models, those of its branches together", Among::MOST);
            return Err(Mistake::error(place, what).label(format!("{} models", targets.len())));
        }
        let mut begins = vec![0];
        for router in &routers {
            begins.push(begins[begins.len() - 1] + router.targets().len());
        }
        let height = 1 + routers.iter().map(AnyRouter::height).max().unwrap_or(0);
        Ok(Self { routers: routers.into(), begins: begins.into(), targets, height })
    }

    /// How many branches there are.
    pub(super) fn len(&self) -> usize {
        self.routers.len()
    }

    /// A number that no router of routers within this one has: draws numbered with it are independent of theirs.
    pub(super) const fn height(&self) -> u32 {
        self.height
    }

    /// The branch of a target.
    fn of(&self, target: usize) -> usize {
        self.begins.partition_point(|begin| *begin <= target) - 1
    }

    /// What of a set is this branch's, by its own positions.
    pub(super) fn part(&self, branch: usize, among: Among) -> Among {
        among.part(self.begins[branch], self.begins[branch + 1] - self.begins[branch])
    }

    /// All targets of this branch.
    pub(super) fn all_of(&self, branch: usize) -> Among {
        Among::first(self.begins[branch + 1]).without(Among::first(self.begins[branch]))
    }

    /// Branches of which something is among these.
    pub(super) fn left(&self, among: Among) -> Among {
        Among::first(self.len()).only(|branch| !self.part(branch, among).is_empty())
    }
}

impl AnyRouter {
    /// How many routers of routers there are from here to the deepest branch.
    fn height(&self) -> u32 {
        match self {
            Self::Conditional(router) => router.branches().height,
            Self::Split(router) => router.branches().height,
            Self::PolicyAware(router) => router.branches().height,
            _ => 0,
        }
    }
}

/// A router of routers.
pub trait Tree {
    /// Its branches.
    fn branches(&self) -> &Branches;

    /// The branch that takes this request, of those that are left: at least one.
    fn branch(&self, left: Among, ask: &Ask, luck: &Luck) -> usize;

    /// What is used up when a branch is: by default that branch, so that the request goes on to another.
    fn used_up_with(&self, _branch: usize, used: Among, _ask: &Ask) -> Among {
        used
    }

    /// Whether it looks at prompts itself.
    fn reads(&self) -> bool {
        false
    }
}

impl<T: Tree> Router for T {
    /// What each branch remembers.
    type State = Box<[AnyState]>;

    fn state(&self) -> Self::State {
        self.branches().routers.iter().map(Router::state).collect()
    }

    fn targets(&self) -> &[DeploymentId] {
        &self.branches().targets
    }

    /// Where a request may go on from somewhere, it has more than one level.
    fn manner(&self) -> Manner {
        let any = |has: fn(Manner) -> bool| self.branches().routers.iter().any(|router| has(router.manner()));
        Manner {
            in_order: false,
            moves_on: true,
            has_limits: any(|manner| manner.has_limits),
            spares_the_busy: !any(|manner| !manner.spares_the_busy),
            goes_by_price: any(|manner| manner.goes_by_price),
            reads_prompts: self.reads() || any(|manner| manner.reads_prompts),
            checks_images: any(|manner| manner.checks_images),
            heeds: any(|manner| manner.heeds),
        }
    }

    #[inline(never)]
    fn pick(&self, state: &mut Self::State, among: Among, ask: &Ask, view: &View<'_>, luck: &mut Luck) -> usize {
        let branches = self.branches();
        let at = self.branch(branches.left(among), ask, luck);
        branches.begins[at] + branches.routers[at].pick(&mut state[at], branches.part(at, among), ask, view, luck)
    }

    /// What any branch admits of its own; the refusal of the first branch where none does.
    fn admits(&self, state: &mut Self::State, among: Among, ask: &Ask, view: &View<'_>) -> Result<Among, Refusal> {
        let branches = self.branches();
        let (mut admitted, mut refused) = (Among::NONE, None);
        for at in branches.left(among).iter() {
            match branches.routers[at].admits(&mut state[at], branches.part(at, among), ask, view) {
                Ok(own) => admitted = admitted.and(own.moved(branches.begins[at])),
                Err(refusal) => refused = refused.or(Some(refusal)),
            }
        }
        refused.filter(|_| admitted.is_empty()).map_or(Ok(admitted), Err)
    }

    fn used_up(&self, target: usize, used: Among, ask: &Ask) -> Among {
        let branches = self.branches();
        let at = branches.of(target);
        let begin = branches.begins[at];
        let own = branches.routers[at].used_up(target - begin, branches.part(at, used), ask);
        let used = used.and(own.moved(begin));
        if branches.all_of(at).without(used).is_empty() { self.used_up_with(at, used, ask) } else { used }
    }

    fn sends_back(&self, state: &mut Self::State, target: usize, pleases: bool, luck: &mut Luck) -> bool {
        let branches = self.branches();
        let at = branches.of(target);
        branches.routers[at].sends_back(&mut state[at], target - branches.begins[at], pleases, luck)
    }

    fn sent(&self, state: &mut Self::State, target: usize, ask: &Ask, view: &View<'_>) {
        let branches = self.branches();
        let at = branches.of(target);
        branches.routers[at].sent(&mut state[at], target - branches.begins[at], ask, view);
    }

    fn ended(&self, state: &mut Self::State, attempt: &Heed, ask: &Ask, view: &View<'_>) {
        let branches = self.branches();
        let at = branches.of(attempt.target);
        let own = Heed { target: attempt.target - branches.begins[at], ..*attempt };
        branches.routers[at].ended(&mut state[at], &own, ask, view);
    }
}
