//! How a strategy is written in a scenario, and how it becomes one.

use super::router::Find;
use super::{AnyRouter, Backoff, Jitter, Migration, Quotes, Retry, RouterSpec, Strategy};
use crate::dist::{LawSpec, QuantileTable};
use crate::model::{DeploymentId, Outcome, Stage};
use crate::spec::{self, Located, Mistake};
use crate::units::{SimDuration, Usd};

spec::names! {
    /// The name of a model of the scenario or its catalogue, for example "google/imagen-3".
    pub struct ModelName: "model";
}

spec::names! {
    /// The name of a class of the workload.
    pub struct ClassName: "class";
}

spec::words! {
    /// What a request is for.
    for Stage {
        /// An image to look at: the user accepts it or asks again.
        "draft" => Draft,
        /// The image that the user keeps; without journeys, every request.
        "final" => Final,
    }
}

spec::words! {
    /// How an attempt ended.
    for Outcome {
        /// The content filter refused the prompt.
        "filtered" => Filtered,
        /// The provider failed.
        "failed" => Failed,
        /// The client stopped waiting.
        "timed_out" => TimedOut,
        /// A limit was reached.
        "rate_limited" => RateLimited,
        /// The model is not there: not yet, or shut down.
        "gone" => Gone,
    }
}

spec::words! {
    /// How the wait before a retry is spread.
    for Jitter {
        /// Not at all.
        "none" => None,
        /// Uniformly between nothing and the whole wait.
        "full" => Full,
    }
}

spec::table! {
    /// Everything the client decides.
    pub struct StrategySpec {
        /// The router of all requests that no rule takes.
        router: Option<RouterSpec>,
        /// Rules: the first that fits a request gives its router.
        rules: Option<Vec<RuleSpec>>,
        /// When and how it tries again; without it, one attempt at each level of the router.
        retry: Option<RetrySpec>,
        /// Whether it notices that a success (HTTP 200) holds no image; otherwise it hands the empty answer on.
        counts_images: bool = true,
        /// How it moves to the successor of a model that is shut down; without it, never.
        migrate: Option<Located<MigrateSpec>>,
        /// Endpoints for quotes that it polls: it then goes by the prices of the last poll. Without it, it knows each model's
        /// price as of now.
        quotes: Option<QuotesSpec>,
        /// How long it waits for an attempt. 10 minutes is the default of OpenAI's Python client (as of 2026-11-22).
        timeout: SimDuration = "600s",
    }
}

spec::table! {
    /// How a strategy moves to a successor: prepared, so long ahead of the announced shutdown, or unprepared, so long after
    /// the model is gone.
    pub struct MigrateSpec {
        /// Before the announced date, but not before the notice (`deprecated`) or the successor's launch.
        ahead: Option<SimDuration>,
        /// After the model is gone: a time or a law, drawn once for each model and replication. Not before the successor's launch.
        lag: Option<Located<LawSpec<SimDuration>>>,
    }
}

spec::table! {
    /// Polls of prices.
    pub struct QuotesSpec {
        /// How often, from the start on.
        every: Located<SimDuration>,
        /// What a poll of one model costs.
        price: Usd = "0 USD",
    }
}

spec::table! {
    /// A router for some of the requests.
    pub struct RuleSpec {
        /// Which requests; without it, all.
        when: Option<When>,
        /// Their router.
        router: RouterSpec,
    }
}

spec::table! {
    /// Which requests a rule takes: those that meet every condition given.
    pub struct When {
        /// Requests for this.
        stage: Option<Stage>,
        /// Requests of this class.
        class: Option<ClassName>,
    }
}

spec::table! {
    /// When and how to try again.
    pub struct RetrySpec {
        /// Attempts at each level of the router, the first included: 1 to 100. 3 is the default of OpenAI's Python client.
        attempts: Located<u32> = 3,
        /// Outcomes to try again after; after any other, the router's next level is tried at once.
        on: Vec<Outcome> = ["failed", "timed_out", "rate_limited"],
        /// The wait; without it 0.5 s, doubling up to 8 s, as in OpenAI's Python client.
        backoff: Option<BackoffSpec>,
        /// How the wait is spread.
        jitter: Jitter = "full",
        /// A retry-after up to this long is waited for, a longer one ignored; "0s" ignores all. 120 s as in OpenAI's client.
        honor_retry_after: SimDuration = "120s",
    }
}

spec::choice! {
    /// The wait before a retry.
    pub enum BackoffSpec {
        /// Doubles after each failure.
        exponential => Exponential(Exponential),
        /// Always the same.
        constant => Constant(SimDuration),
    }
}

spec::table! {
    /// A wait that doubles after each failure.
    pub struct Exponential {
        /// The first wait.
        base: SimDuration,
        /// The longest wait.
        cap: SimDuration,
    }
}

/// The deployment of a model that the scenario names.
pub(super) fn find(name: &Located<String>, models: Find<'_>) -> Result<DeploymentId, Mistake> {
    models(name).ok_or_else(|| Mistake::error(&name.place, format!("unknown model \"{}\"", &**name)).label("no such model"))
}

impl RetrySpec {
    fn build(&self) -> Result<Retry, Mistake> {
        let attempts = u8::try_from(*self.attempts).ok().filter(|n| (1..=100).contains(n));
        let attempts = attempts.ok_or_else(|| {
            Mistake::error(&self.attempts.place, "attempts must be from 1 to 100").label("the first attempt counts")
        })?;
        let backoff = match &self.backoff {
            None => Backoff { base: SimDuration::from_micros(500_000), cap: SimDuration::from_micros(8_000_000) },
            Some(BackoffSpec::Exponential(Exponential { base, cap })) => Backoff { base: *base, cap: *cap },
            Some(BackoffSpec::Constant(wait)) => Backoff { base: *wait, cap: *wait },
        };
        let on = self.on.iter().fold(0, |bits, outcome| bits | 1 << *outcome as u8);
        Ok(Retry { attempts, on, backoff, jitter: self.jitter, honor_retry_after: self.honor_retry_after })
    }
}

impl MigrateSpec {
    fn build(&self, strategy: &Located<String>) -> Result<Migration, Mistake> {
        match (self.ahead, &self.lag) {
            (Some(ahead), None) => Ok(Migration::Ahead(ahead)),
            (None, Some(lag)) => {
                let law = lag.law().map_err(|what| Mistake::error(&lag.place, what).label("no such distribution"))?;
                Ok(Migration::After(QuantileTable::new(law)))
            }
            _ => {
                let what = "a strategy moves to a successor either ahead of the shutdown or after it";
                let mistake = Mistake::error(&strategy.place, what).label("of this strategy");
                Err(mistake.help("give exactly one of: migrate.ahead, migrate.lag"))
            }
        }
    }
}

impl QuotesSpec {
    fn build(&self) -> Result<Quotes, Mistake> {
        if self.every.micros() < 1000 {
            return Err(Mistake::error(&self.every.place, "quotes are asked for every millisecond at most").label("too often"));
        }
        Ok(Quotes { every: *self.every, price: self.price })
    }
}

impl StrategySpec {
    /// Every model it names, in order.
    pub fn models(&self) -> impl Iterator<Item = &Located<String>> {
        self.routers().flat_map(RouterSpec::names)
    }

    /// Whether it moves to successors.
    pub const fn migrates(&self) -> bool {
        self.migrate.is_some()
    }

    fn routers(&self) -> impl Iterator<Item = &RouterSpec> {
        self.rules.iter().flatten().map(|rule| &rule.router).chain(&self.router)
    }

    /// The strategy. `name` is the key it stands under; `classes` are the names of the classes in order; `stages` are the
    /// stages that requests can have.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn build(
        &self,
        name: &Located<String>,
        classes: &[String],
        stages: &[Stage],
        find: Find<'_>,
    ) -> Result<Strategy<AnyRouter>, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let built: Vec<Result<AnyRouter, Mistake>> = self.routers().map(|router| router.build(find)).collect();
        let retry = self.retry.as_ref().map_or(Ok(Retry::NEVER), RetrySpec::build);
        let table = self.table(name, classes, stages).map_err(|mistake| mistakes.push(mistake));
        let mut routers = Vec::new();
        for result in built {
            result.map_or_else(|mistake| mistakes.push(mistake), |router| routers.push(router));
        }
        let retry = retry.map_err(|mistake| mistakes.push(mistake));
        let migration = self.migrate.as_ref().map(|migrate| migrate.build(name)).transpose();
        let migration = migration.map_err(|mistake| mistakes.push(mistake));
        let quotes = self.quotes.as_ref().map(QuotesSpec::build).transpose().map_err(|mistake| mistakes.push(mistake));
        match (table, retry, migration, quotes) {
            (Ok(table), Ok(retry), Ok(migration), Ok(quotes)) if mistakes.is_empty() => {
                let strategy = Strategy::new(routers, table, retry, self.timeout);
                Ok(strategy.with(self.counts_images, migration, quotes))
            }
            _ => Err(mistakes),
        }
    }

    /// The router of each class and stage: the first rule that fits, else the router without a rule.
    fn table(&self, name: &Located<String>, classes: &[String], stages: &[Stage]) -> Result<Vec<[u16; 2]>, Mistake> {
        let rules = self.rules.as_deref().unwrap_or_default();
        let of = |class: &String, stage: Stage| {
            let rule = rules.iter().position(|rule| rule.when.as_ref().is_none_or(|when| when.takes(class, stage)));
            match rule.or_else(|| self.router.as_ref().map(|_| rules.len())) {
                Some(router) => Ok(router as u16),
                // A stage that never occurs needs no router.
                None if !stages.contains(&stage) => Ok(0),
                None => {
                    let what = format!("strategy \"{}\" has no router for {}s of class \"{class}\"", &**name, stage.name());
                    let help = "give the strategy a `router`, or a rule without `when` at the end";
                    Err(Mistake::error(&name.place, what).label("some requests have nowhere to go").help(help))
                }
            }
        };
        classes.iter().map(|class| Ok([of(class, Stage::Draft)?, of(class, Stage::Final)?])).collect()
    }
}

impl When {
    fn takes(&self, class: &str, stage: Stage) -> bool {
        self.stage.is_none_or(|wanted| wanted == stage) && self.class.as_ref().is_none_or(|wanted| wanted.as_str() == class)
    }
}
