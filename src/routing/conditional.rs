//! `conditional`: the first branch whose conditions a request meets; a branch is any router.
//!
//! A branch of which nothing is left (cooling, or its attempts used up) is passed over in favour of the next one that fits. So
//! branches without conditions, one after the other, are routers in order: the next where the attempts of one are used up, as in
//! Portkey's nested fallbacks. The last branch takes everything. Where all that fits is cooling, the first branch of which something
//! is left takes the request.
//!
//! Source: Portkey's conditional routing (`services/conditionalRouter.ts`) and the conditional node of Cloudflare's AI Gateway
//! (`features/dynamic-routing`), both as of 2026-11. It knows of a request what the client knows: what it is for, its class, its
//! images, its tokens and its user; nothing of how branches do.

use super::AnyRouter;
use super::among::Among;
use super::client::{Ask, Luck};
use super::router::Find;
use super::spec::ClassName;
use super::tree::{Branch, Branches, Tree};
use crate::model::{ClassId, Stage};
use crate::random::split;
use crate::spec::{self, Field, Located, Mistake, Node, Reader};
use crate::units::Share;

spec::table! {
    /// A branch with its conditions.
    pub struct CaseSpec {
        /// Which requests it takes; without it, all.
        when: Option<Conditions>,
        /// Its router.
        router: Branch,
    }
}

spec::table! {
    /// Conditions, all of which a request must meet.
    pub struct Conditions {
        /// What it is for.
        stage: Option<Stage>,
        /// Its class.
        class: Option<Class>,
        /// More images than this.
        images_above: Option<u32>,
        /// Fewer images than this.
        images_below: Option<u32>,
        /// More tokens of the prompt than this.
        tokens_above: Option<u32>,
        /// Fewer tokens of the prompt than this.
        tokens_below: Option<u32>,
        /// It is of one of this share of users, always the same ones.
        users: Option<Share>,
    }
}

/// A class of the workload, by name and number.
#[derive(Debug, Clone)]
pub struct Class {
    name: ClassName,
    id: Option<ClassId>,
}

impl Field for Class {
    /// Classes are numbered in the order in which they are declared.
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let name = ClassName::read(node, reader)?;
        let classes = reader.declared(ClassName::KIND).unwrap_or_default();
        let id = classes.iter().position(|class| class == name.as_str()).map(|at| ClassId(at as u16));
        Some(Self { name, id })
    }

    fn schema() -> serde_json::Value {
        ClassName::schema()
    }
}

/// `conditional = [{ when.stage = "draft", router.single = "qwen/image" }, { router.single = "google/imagen-3" }]`.
pub type Spec = Located<Vec<CaseSpec>>;

pub(super) fn names(spec: &Spec) -> Vec<&Located<String>> {
    spec.iter().flat_map(|case| case.router.0.names()).collect()
}

pub(super) fn build(spec: &Spec, models: Find<'_>) -> Result<Conditional, Mistake> {
    let routers = spec.iter().map(|case| case.router.0.build(models)).collect::<Result<Vec<AnyRouter>, _>>()?;
    let branches = Branches::new(routers, &spec.place)?;
    if spec.last().is_some_and(|case| case.when.is_some()) {
        let what = "the last branch of a conditional takes every request, so it has no `when`";
        return Err(Mistake::error(&spec.place, what).label("some requests have nowhere to go"));
    }
    let tests = spec.iter().map(|case| case.when.as_ref().map_or(Ok(Test::ALL), Test::of)).collect::<Result<_, _>>()?;
    Ok(Conditional { branches, tests })
}

/// Conditions as numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Test {
    stage: Option<Stage>,
    class: Option<ClassId>,
    /// The fewest and the most.
    images: (u32, u32),
    tokens: (u32, u32),
    /// Below which of 32 bits a user is one of the share.
    users: u64,
}

/// Who looks at the user's bits: all conditionals are the same, so that 20 % of users are among 30 % of them.
const LOOK: u64 = 0x636f_6e64_0000_0000;

impl Test {
    const ALL: Self = Self { stage: None, class: None, images: (0, u32::MAX), tokens: (0, u32::MAX), users: 1 << 32 };

    fn of(conditions: &Conditions) -> Result<Self, Mistake> {
        let class = match &conditions.class {
            Some(Class { name, id: None }) => return Err(Mistake::error(&name.0.place, "unknown class").label("no such class")),
            class => class.as_ref().and_then(|class| class.id),
        };
        let between = |above: Option<u32>, below: Option<u32>| {
            (above.map_or(0, |above| above.saturating_add(1)), below.map_or(u32::MAX, |below| below.saturating_sub(1)))
        };
        Ok(Self {
            stage: conditions.stage,
            class,
            images: between(conditions.images_above, conditions.images_below),
            tokens: between(conditions.tokens_above, conditions.tokens_below),
            users: conditions.users.unwrap_or(Share::ALL).threshold(),
        })
    }

    fn takes(&self, ask: &Ask) -> bool {
        let within = |(least, most): (u32, u32), value: u32| least <= value && value <= most;
        self.stage.is_none_or(|stage| stage == ask.stage)
            && self.class.is_none_or(|class| class == ask.class)
            && within(self.images, ask.images.into())
            && within(self.tokens, ask.tokens)
            && (self.users > u64::from(u32::MAX) || u64::from(split(ask.user, LOOK)) < self.users)
    }
}

/// Branches with conditions.
#[derive(Debug, Clone, PartialEq)]
pub struct Conditional {
    branches: Branches,
    tests: Box<[Test]>,
}

impl Tree for Conditional {
    fn branches(&self) -> &Branches {
        &self.branches
    }

    fn branch(&self, left: Among, ask: &Ask, _: &Luck) -> usize {
        left.only(|at| self.tests[at].takes(ask)).or(left).lowest()
    }

    /// What does not fit is used up together with the last that fits.
    fn used_up_with(&self, _: usize, used: Among, ask: &Ask) -> Among {
        let fits = |at: usize| self.tests[at].takes(ask) && !self.branches.all_of(at).without(used).is_empty();
        if (0..self.tests.len()).any(fits) { used } else { Among::first(Among::MOST) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::DeploymentId;
    use crate::routing::made_up::{ASK, luck, prices, view};
    use crate::routing::{Cheapest, Fallback, Known, Router, Weighted};
    use crate::spec::{Place, Sources};

    fn conditional(cases: Vec<(Test, AnyRouter)>) -> Conditional {
        let (tests, routers): (Vec<Test>, Vec<AnyRouter>) = cases.into_iter().unzip();
        let place = Place::whole(Sources::new().add("", ""));
        Conditional { branches: Branches::new(routers, &place).expect("not too many"), tests: tests.into() }
    }

    fn pair(first: u16) -> AnyRouter {
        AnyRouter::Fallback(Fallback::new([first, first + 1].map(DeploymentId).into()))
    }

    fn pick(router: &Conditional, known: &Known, among: Among, ask: &Ask, coin: u32) -> usize {
        router.pick(&mut router.state(), among, ask, &view(known, 0), &mut luck(coin))
    }

    #[test]
    fn the_first_that_fits_takes_it_and_passes_it_on_to_the_next_that_fits() {
        let drafts = Test { stage: Some(Stage::Draft), ..Test::ALL };
        let many = Test { images: (3, u32::MAX), ..Test::ALL };
        let router = conditional(vec![(drafts, pair(0)), (many, pair(2)), (Test::ALL, pair(4))]);
        let known = prices(&[1; 6]);
        let at = |among, ask: Ask| pick(&router, &known, among, &ask, 0);
        let draft = Ask { stage: Stage::Draft, ..ASK };
        assert_eq!([draft, Ask { images: 3, ..ASK }, Ask { images: 2, ..ASK }].map(|ask| at(Among::first(6), ask)), [0, 2, 4]);
        // Used up one after the other: the second branch does not fit and is never asked.
        let mut used = Among::NONE;
        let mut order = Vec::new();
        while !Among::first(6).without(used).is_empty() {
            let target = at(Among::first(6).without(used), draft);
            order.push(target);
            used = router.used_up(target, used, &draft);
        }
        assert_eq!(order, [0, 1, 4, 5]);
        // Where all that fits is cooling, something that is left is asked all the same.
        assert_eq!(at(Among::NONE.with(3), draft), 3);
    }

    /// A fallback over a weighted router over the cheapest of two, as each of them alone.
    #[test]
    fn a_tree_behaves_as_its_parts() {
        let weighted = Weighted::new(&[(DeploymentId(0), 3.0), (DeploymentId(1), 1.0)]).expect("valid");
        let cheapest = Cheapest::new([2, 3].map(DeploymentId).into());
        let router = conditional(vec![
            (Test::ALL, AnyRouter::Weighted(weighted.clone())),
            (Test::ALL, AnyRouter::Cheapest(cheapest.clone())),
        ]);
        let known = prices(&[9, 9, 5, 4]);
        for coin in (0..64).map(|n| n << 26) {
            let alone = weighted.pick(&mut (), Among::first(2), &ASK, &view(&known, 0), &mut luck(coin));
            assert_eq!(pick(&router, &known, Among::first(4), &ASK, coin), alone);
            // A weighted router does not move on within itself: all of it is used up at once.
            let used = router.used_up(alone, Among::NONE, &ASK);
            assert_eq!(used, Among::first(2));
            let next = pick(&router, &known, Among::first(4).without(used), &ASK, coin);
            let alone = 2 + cheapest.pick(&mut (), Among::first(2), &ASK, &view(&known, 0), &mut luck(coin));
            assert_eq!((next, alone), (3, 3));
            let used = router.used_up(3, used, &ASK);
            assert_eq!(pick(&router, &known, Among::first(4).without(used), &ASK, coin), 2);
            assert!(Among::first(4).without(router.used_up(2, used, &ASK)).is_empty());
        }
        assert!(!router.manner().spares_the_busy && router.manner().goes_by_price);
    }

    /// A share of users within 4.5 standard errors, and a smaller share among a larger one.
    #[test]
    fn a_share_of_users_is_always_the_same_ones() {
        let of = |share: f64| Test { users: Share::new(share).expect("a share").threshold(), ..Test::ALL };
        let (fifth, third) = (of(0.2), of(0.3));
        let users = (0..20_000_u32).map(|n| Ask { user: crate::random::philox4x32_10([n; 4], [3, 4])[0].into(), ..ASK });
        let inside: Vec<Ask> = users.filter(|ask| fifth.takes(ask)).collect();
        assert!((inside.len() as f64 - 4000.0).abs() < 4.5 * libm::sqrt(3200.0), "{}", inside.len());
        assert!(inside.iter().all(|ask| third.takes(ask)) && !of(0.0).takes(&ASK));
    }
}
