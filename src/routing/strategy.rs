//! A strategy: rules that choose a router, the router, and what follows an attempt that did not deliver.

use super::client::{Action, Ask, Client, Ended, Heard, Luck, View};
use super::retry::Retry;
use super::router::Router;
use crate::dist::QuantileTable;
use crate::model::{ClassId, DeploymentId, Outcome, Stage};
use crate::units::{SimDuration, Usd};

/// Everything the client decides.
#[derive(Debug, Clone, PartialEq)]
pub struct Strategy<R> {
    routers: Box<[R]>,
    /// The router of each class and stage: the rules, applied beforehand.
    table: Box<[u16]>,
    retry: Retry,
    timeout: SimDuration,
    /// Whether it takes a success without an image for the refusal that it is.
    counts_images: bool,
    migration: Option<Migration>,
    quotes: Option<Quotes>,
}

/// How a client moves to the successor of a model that is shut down.
#[derive(Debug, Clone, PartialEq)]
pub enum Migration {
    /// Prepared: so long before the announced date, or when it is announced.
    Ahead(SimDuration),
    /// Unprepared: so long after the model is gone, in microseconds; drawn once for each model and replication.
    After(QuantileTable),
}

/// Polls of prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quotes {
    /// How often.
    pub every: SimDuration,
    /// What a poll of one model costs.
    pub price: Usd,
}

/// What a strategy remembers of a request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Memo {
    level: u8,
    /// Attempts ended at this level.
    tries: u8,
}

impl<R: Router> Strategy<R> {
    /// A strategy with these routers; `table` has, per class, the router of its drafts and of its finals.
    ///
    /// # Panics
    /// If the table names a router that is not there, or a router has more than 255 levels.
    pub fn new(routers: Vec<R>, table: Vec<[u16; 2]>, retry: Retry, timeout: SimDuration) -> Self {
        assert!(table.iter().flatten().all(|&r| usize::from(r) < routers.len()), "a rule names a router that is not there");
        assert!(routers.iter().all(|r| r.levels() <= 255), "a router has more than 255 levels");
        Self {
            routers: routers.into(),
            table: table.into_iter().flatten().collect(),
            retry,
            timeout,
            counts_images: true,
            migration: None,
            quotes: None,
        }
    }

    /// The same, that counts images or not, moves to successors and polls prices.
    #[must_use]
    pub fn with(self, counts_images: bool, migration: Option<Migration>, quotes: Option<Quotes>) -> Self {
        Self { counts_images, migration, quotes, ..self }
    }

    /// The router for this class and stage.
    #[inline]
    pub fn router(&self, class: ClassId, stage: Stage) -> &R {
        &self.routers[usize::from(self.table[class.index() * 2 + stage as usize])]
    }

    #[inline]
    fn attempt(&self, router: &R, ask: &Ask, memo: Memo, view: &View<'_>, luck: &mut Luck) -> Action {
        let deployment = router.pick(usize::from(memo.level), ask, view, || luck.coin());
        Action::Attempt { deployment, timeout: self.timeout }
    }

    /// After an attempt that did not deliver: again here, on to the next level, or no more.
    fn after(&self, ended: &Ended, ask: &Ask, memo: &mut Memo, view: &View<'_>, luck: &mut Luck) -> Action {
        if ended.empty && !self.counts_images {
            return Action::GiveUp(ended.outcome);
        }
        let router = self.router(ask.class, ask.stage);
        memo.tries += 1;
        if self.retry.covers(ended.outcome) && memo.tries < self.retry.attempts {
            let free = router.has_free(usize::from(memo.level), view);
            let asked = if free { SimDuration::ZERO } else { ended.retry_after };
            let wait = self.retry.wait(memo.tries, asked, || luck.jitter());
            return if wait > SimDuration::ZERO { Action::Wait(wait) } else { self.attempt(router, ask, *memo, view, luck) };
        }
        if usize::from(memo.level) + 1 >= router.levels() {
            return Action::GiveUp(ended.outcome);
        }
        *memo = Memo { level: memo.level + 1, tries: 0 };
        self.attempt(router, ask, *memo, view, luck)
    }
}

impl<R: Router> Client for Strategy<R> {
    type Memo = Memo;

    #[inline]
    fn next(&self, heard: Heard, ask: &Ask, memo: &mut Memo, view: &View<'_>, luck: &mut Luck) -> Action {
        match heard {
            Heard::Ended(Ended { outcome: Outcome::Delivered, .. }) => Action::Deliver,
            Heard::Ended(ended) => self.after(&ended, ask, memo, view, luck),
            Heard::Arrived | Heard::Due => self.attempt(self.router(ask.class, ask.stage), ask, *memo, view, luck),
        }
    }

    fn finals(&self, class: ClassId) -> &[DeploymentId] {
        self.router(class, Stage::Final).targets()
    }

    fn may_use(&self, deployment: DeploymentId) -> bool {
        self.routers.iter().any(|router| router.targets().contains(&deployment))
    }

    fn migration(&self) -> Option<&Migration> {
        self.migration.as_ref()
    }

    fn quotes(&self) -> Option<Quotes> {
        self.quotes
    }

    fn goes_by_price(&self) -> bool {
        self.routers.iter().any(Router::goes_by_price)
    }
}
