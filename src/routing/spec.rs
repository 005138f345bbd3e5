//! How a strategy is written in a scenario, and how it becomes one.

use super::budget::{BudgetSpec, Budgets};
use super::cache::CacheSpec;
use super::calls::CallsSpec;
use super::cooldown::CooldownSpec;
use super::defer::{self, Deadline, Defer, DeferSpec};
use super::fallbacks::{Fallbacks, FallbacksSpec, group};
use super::group::Group;
use super::health::HealthSpec;
use super::hedge::HedgeSpec;
use super::migrate::MigrateSpec;
use super::parallel::{ParallelSpec, WhenFull};
use super::retry::{Retry, RetrySpec};
use super::router::{Find, Router};
use super::{Among, AnyRouter, Profile, Quotes, RouterSpec, Strategy, rates};
use crate::model::{DeploymentId, Stage};
use crate::spec::{self, Located, Mistake, Named};
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

spec::table! {
    /// Everything the client decides.
    pub struct StrategySpec {
        /// A gateway and version whose settings stand wherever the strategy does not give its own, such as "litellm-1.106/openai".
        profile: Option<Profile>,
        /// Other names for models, beside those of the scenario: each stands for a model or another alias.
        aliases: Option<Named<Located<String>>>,
        /// The router of all requests that no rule takes.
        router: Option<RouterSpec>,
        /// The group of all requests that no rule takes, in place of a router.
        group: Option<Located<String>>,
        /// Groups by name: each a router, to be named by rules and fallbacks.
        groups: Option<Named<GroupSpec>>,
        /// Rules: the first that fits a request gives its router or group.
        rules: Option<Vec<RuleSpec>>,
        /// Caches of its own, asked before anything else; without it, none.
        cache: Option<CacheSpec>,
        /// Requests that can wait, and are sent in batches: one way, or a list of which the first that fits a request counts. Without
        /// it, all are sent at once.
        defer: Option<DeferSpec>,
        /// When and how it tries again; without it, one attempt at each level of the router.
        retry: Option<RetrySpec>,
        /// Retries inside each attempt, by the SDK below the gateway; without it, none.
        sdk: Option<CallsSpec>,
        /// When a deployment that fails is left alone; without it, never.
        cooldown: Option<CooldownSpec>,
        /// Health checks of its own, which cost money; without it, none.
        health: Option<HealthSpec>,
        /// The most that is under way at once, and who waits; without it, any number.
        parallel: Option<ParallelSpec>,
        /// Budgets that the client keeps itself; without it, none.
        budget: Option<BudgetSpec>,
        /// Another attempt beside those under way when they take long; without it, never.
        hedge: Option<HedgeSpec>,
        /// Which group comes after which; without it, none.
        fallbacks: Option<FallbacksSpec>,
        /// Whether it notices that a success (HTTP 200) holds no image; otherwise it hands the empty answer on.
        counts_images: bool = true,
        /// Whether it can tell a refusal by the content filter from other bad requests; otherwise a refusal is one to it, and takes no
        /// way of its own.
        tells_refusals: bool = true,
        /// How it moves to the successor of a model that is shut down; without it, never.
        migrate: Option<Located<MigrateSpec>>,
        /// Endpoints for quotes that it polls: it then goes by the prices of the last poll. Without it, it knows each model's
        /// price as of now.
        quotes: Option<QuotesSpec>,
        /// How long it waits for an attempt. 10 minutes is the default of OpenAI's Python client (as of 2026-11-22).
        timeout: SimDuration = "600s",
        /// How long it tries in all: from the arrival of the request, waits and retries included. Without it, as long as it takes.
        deadline: Option<SimDuration>,
        /// How exactly it reads a retry-after.
        retry_after_in: Exactness = "exact",
    }
}

spec::words! {
    /// How exactly a retry-after is read.
    pub enum Exactness {
        /// To the microsecond.
        "exact" => Exact,
        /// In whole seconds, rounded up, as the header of HTTP has it.
        "seconds" => Seconds,
    }
}

spec::table! {
    /// A router that has a name.
    pub struct GroupSpec {
        /// The router.
        router: RouterSpec,
        /// Orders of its models: only those of the lowest order that is there are asked, and models without one not at all while
        /// there is any. Each order is a level of its own for fallbacks.
        order: Option<Named<Located<u32>>>,
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
    /// A router or group for some of the requests.
    pub struct RuleSpec {
        /// Which requests; without it, all.
        when: Option<When>,
        /// Their router.
        router: Option<RouterSpec>,
        /// Their group, in place of a router.
        group: Option<Located<String>>,
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

/// The deployment of a model that the scenario names.
pub(super) fn find(name: &Located<String>, models: Find<'_>) -> Result<DeploymentId, Mistake> {
    models(name).ok_or_else(|| Mistake::error(&name.place, format!("unknown model \"{}\"", &**name)).label("no such model"))
}

/// The deployments of a router's list of models in an order, in which one may stand twice. `what` says what the list is.
pub(super) fn find_all(
    router: &str,
    what: &str,
    names: &Located<Vec<ModelName>>,
    models: Find<'_>,
) -> Result<Box<[DeploymentId]>, Mistake> {
    if names.is_empty() || names.len() > Among::MOST {
        return Err(Mistake::error(&names.place, format!("{router} takes 1 to 64 models")).label(what));
    }
    names.iter().map(|name| find(&name.0, models)).collect()
}

/// The deployments of a router's list of models to choose from.
pub(super) fn find_each(router: &str, names: &Located<Vec<ModelName>>, models: Find<'_>) -> Result<Box<[DeploymentId]>, Mistake> {
    find_all(router, "to choose from", names, models)?;
    distinct(router, names.iter().map(|name| &name.0), models)
}

/// The deployments of these names, each once.
pub(super) fn distinct<'n>(
    router: &str,
    names: impl Iterator<Item = &'n Located<String>>,
    models: Find<'_>,
) -> Result<Box<[DeploymentId]>, Mistake> {
    let mut found = Vec::new();
    for name in names {
        let deployment = find(name, models)?;
        if found.contains(&deployment) {
            let mistake = Mistake::error(&name.place, format!("{router} lists \"{}\" twice", &**name)).label("listed before");
            return Err(mistake.help("for a larger share give it a weight, where the router takes weights"));
        }
        found.push(deployment);
    }
    Ok(found.into())
}

/// A value for each model of a router's list: its own where it has one. Every model that has a value of its own must be listed.
pub(super) fn each<T: Clone>(models: &[ModelName], own: Option<&Named<T>>, default: &T) -> Result<Box<[T]>, Mistake> {
    let listed = |name: &Located<String>| models.iter().any(|model| model.as_str() == name.value);
    if let Some((name, _)) = own.into_iter().flatten().find(|(name, _)| !listed(name)) {
        return Err(Mistake::error(&name.place, format!("\"{}\" is no model of this router", &**name)).label("not in its list"));
    }
    let value = |model: &ModelName| own.and_then(|own| own.get(model.as_str())).unwrap_or(default).clone();
    Ok(models.iter().map(value).collect())
}

impl QuotesSpec {
    fn build(&self) -> Result<Quotes, Mistake> {
        if self.every.micros() < 1000 {
            return Err(Mistake::error(&self.every.place, "quotes are asked for every millisecond at most").label("too often"));
        }
        Ok(Quotes { every: *self.every, price: self.price })
    }
}

/// The groups of a strategy: those with a name, then the routers of rules, then the router without a rule.
struct Groups<'a> {
    spec: &'a StrategySpec,
    names: Vec<&'a str>,
}

impl<'a> Groups<'a> {
    fn of(spec: &'a StrategySpec) -> Self {
        let named = spec.groups.iter().flatten().map(|(name, _)| name.as_str());
        let rules = spec.rules.iter().flatten().filter(|rule| rule.router.is_some()).map(|_| "");
        Self { spec, names: named.chain(rules).chain(spec.router.iter().map(|_| MAIN)).collect() }
    }

    fn find(&self, name: &Located<String>) -> Result<u8, Mistake> {
        let known: Vec<&str> = self.spec.groups.iter().flatten().map(|(name, _)| name.as_str()).collect();
        group(name, &known)
    }

    /// The group of each rule in order, and at the end that of all others, if there is one.
    fn chosen(&self, strategy: &Located<String>) -> Result<Vec<(Option<&'a When>, u8)>, Mistake> {
        let mut inline = self.spec.groups.as_ref().map_or(0, Named::len) as u8;
        let mut group = |router: Option<&RouterSpec>, name: Option<&Located<String>>| match (router, name) {
            (Some(_), None) => {
                inline += 1;
                Ok(inline - 1)
            }
            (None, Some(name)) => self.find(name),
            (router, _) => {
                let what = if router.is_some() { "both a router and a group" } else { "neither a router nor a group" };
                let what = format!("a rule of strategy \"{}\" has {what}", &**strategy);
                Err(Mistake::error(&strategy.place, what).label("in this strategy").help("give it exactly one of: router, group"))
            }
        };
        let rules = self.spec.rules.iter().flatten();
        let mut chosen: Vec<(Option<&When>, u8)> = rules
            .map(|rule| Ok((rule.when.as_ref(), group(rule.router.as_ref(), rule.group.as_ref())?)))
            .collect::<Result<_, Mistake>>()?;
        if self.spec.router.is_some() || self.spec.group.is_some() {
            chosen.push((None, group(self.spec.router.as_ref(), self.spec.group.as_ref())?));
        }
        Ok(chosen)
    }
}

/// The name by which fallbacks know the router that a strategy has itself.
const MAIN: &str = "main";

impl StrategySpec {
    /// Every model it names, in order, by the model's own name.
    pub fn models(&self) -> impl Iterator<Item = Located<String>> {
        let real = |name: &Located<String>| Located { value: self.real(name).to_owned(), place: name.place.clone() };
        let deferred = self.defer.iter().flat_map(|defer| &defer.0).map(|way| &way.model.0);
        self.routers().flat_map(RouterSpec::names).chain(deferred).map(real)
    }

    /// What a name stands for: itself, where it is no alias.
    fn real<'n>(&'n self, name: &'n str) -> &'n str {
        let aliases = self.aliases.as_ref();
        let next = |name: &&'n str| Some(aliases?.get(name)?.as_str());
        // Circles are mistakes that have been told already.
        std::iter::successors(Some(name), next).take(aliases.map_or(0, Named::len) + 1).last().unwrap_or(name)
    }

    /// What its groups are called, in their order, and the orders that each has, from the lowest.
    pub fn group_names(&self) -> Vec<(String, Vec<u32>)> {
        let named = self.groups.iter().flatten().map(|(name, group)| {
            let mut orders: Vec<u32> = group.order.iter().flatten().map(|(_, order)| **order).collect();
            orders.sort_unstable();
            orders.dedup();
            (format!("group {:?}", name.value), orders)
        });
        let rules = self.rules.iter().flatten().zip(1..).filter(|(rule, _)| rule.router.is_some());
        let rules = rules.map(|(_, number)| (format!("the router of rule {number}"), Vec::new()));
        named.chain(rules).chain(self.router.iter().map(|_| ("the router".to_owned(), Vec::new()))).collect()
    }

    /// Whether it moves to successors.
    pub const fn migrates(&self) -> bool {
        self.migrate.is_some()
    }

    /// The routers of all groups.
    fn routers(&self) -> impl Iterator<Item = &RouterSpec> {
        let named = self.groups.iter().flatten().map(|(_, group)| &group.router);
        named.chain(self.rules.iter().flatten().filter_map(|rule| rule.router.as_ref())).chain(&self.router)
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
        let mut mistakes: Vec<Mistake> = self.without_time(name).into_iter().collect();
        let find: Find<'_> = &|name| find(self.real(name));
        let names = Groups::of(self);
        let built: Vec<Result<AnyRouter, Mistake>> = self.routers().map(|router| router.build(find)).collect();
        let mut routers = Vec::new();
        for result in built {
            result.map_or_else(|mistake| mistakes.push(mistake), |router| routers.push(router));
        }
        let table = names.chosen(name).and_then(|chosen| table(name, &chosen, classes, stages));
        let table = keep(table, &mut mistakes);
        let retry = keep(self.retry.as_ref().map_or(Ok(Retry::NEVER), RetrySpec::build), &mut mistakes);
        let calls = keep(self.sdk.as_ref().map(CallsSpec::build).transpose(), &mut mistakes).flatten();
        let cooldown = keep(self.cooldown.as_ref().map(CooldownSpec::build).transpose(), &mut mistakes).flatten();
        let requests = self.parallel.as_ref().map_or(Ok(None), |parallel| parallel.requests(classes));
        let requests = keep(requests, &mut mistakes).flatten();
        let defer = self.defer.as_ref().map_or(Ok(None), |spec| defer::build(spec, classes, stages, find));
        let defer = keep(defer, &mut mistakes).flatten();
        let budgets = keep(self.budgets(name, &names, classes, find), &mut mistakes).flatten();
        let hedge = keep(self.hedge.as_ref().map(|hedge| hedge.build(name)).transpose(), &mut mistakes).flatten();
        let cache = keep(self.cache.as_ref().map(|cache| cache.build(name)).transpose(), &mut mistakes).flatten();
        let migration = keep(self.migrate.as_ref().map(|migrate| migrate.build(name)).transpose(), &mut mistakes).flatten();
        let checks = keep(self.health.as_ref().map(HealthSpec::build).transpose(), &mut mistakes).flatten();
        let quotes = keep(self.quotes.as_ref().map(QuotesSpec::build).transpose(), &mut mistakes).flatten();
        let whole = routers.len() == names.names.len();
        let groups = if whole { keep(self.groups(&routers, name, find), &mut mistakes) } else { None };
        mistakes.extend(groups.as_ref().and_then(|groups| hedge.as_ref()?.without_place(name, groups)));
        let orders = groups.iter().flatten().map(Group::order_count).collect();
        let fallbacks = match &self.fallbacks {
            Some(fallbacks) if groups.is_some() => keep(fallbacks.build(&names.names, orders), &mut mistakes),
            _ => Some(Fallbacks::none(orders)),
        };
        let whole = (groups, table, fallbacks, retry, mistakes.is_empty());
        let (Some(groups), Some(table), Some(fallbacks), Some(retry), true) = whole else { return Err(mistakes) };
        let deadline = match &defer {
            Some(defer) => Some(defer.deadline(self.deadline)),
            None => self.deadline.map(Deadline::All),
        };
        let strategy = Strategy {
            reached: reached(&table, &groups, &fallbacks, defer.as_ref()),
            groups: groups.into(),
            table,
            falls_back: fallbacks.lead_anywhere(),
            fallbacks,
            retry,
            calls,
            cooldown,
            hedge,
            cache,
            requests,
            budgets,
            timeout: self.timeout,
            deadline,
            defer,
            whole_seconds: self.retry_after_in == Exactness::Seconds,
            counts_images: self.counts_images,
            tells_refusals: self.tells_refusals,
            migration,
            quotes,
            checks,
            plain: false,
            notes: false,
        };
        Ok(Strategy { plain: strategy.is_plain(), ..strategy })
    }

    /// A deadline before which nothing could ever be answered.
    fn without_time(&self, name: &Located<String>) -> Option<Mistake> {
        self.deadline.filter(|deadline| *deadline <= SimDuration::ZERO)?;
        let what = format!("the deadline of strategy \"{}\" leaves no time for an answer", &**name);
        Some(Mistake::error(&name.place, what).label("more than 0 s"))
    }

    /// The budgets; `None` where there are none.
    fn budgets(
        &self,
        name: &Located<String>,
        groups: &Groups<'_>,
        classes: &[String],
        find: Find<'_>,
    ) -> Result<Option<Budgets>, Mistake> {
        let Some(spec) = &self.budget else { return Ok(None) };
        if !spec.limits_anything() {
            let what = format!("the budget of strategy \"{}\" limits nothing", &**name);
            let help = "give one of: budget.limit, budget.models, budget.providers, budget.classes, budget.users";
            // A profile says how windows run, whether there is a limit or not.
            return if self.profile.is_some() { Ok(None) } else { Err(Mistake::error(&name.place, what).help(help)) };
        }
        let models: Vec<(Located<String>, DeploymentId)> =
            self.models().map(|name| Ok((name.clone(), self::find(&name, find)?))).collect::<Result<_, Mistake>>()?;
        spec.build(&models, &|name| self.real(name), classes, |name| groups.find(name)).map(Some)
    }

    /// The groups of these routers, with the orders and lengths of cooldowns of their targets.
    fn groups(
        &self,
        routers: &[AnyRouter],
        strategy: &Located<String>,
        find: Find<'_>,
    ) -> Result<Vec<Group<AnyRouter>>, Mistake> {
        let cools: Vec<(&Located<String>, SimDuration)> = self.cooldown.iter().flat_map(CooldownSpec::own_times).collect();
        let all = |deployment: DeploymentId| routers.iter().any(|router| router.targets().contains(&deployment));
        let most: Vec<(&Located<String>, &Located<u32>)> = self.parallel.iter().flat_map(ParallelSpec::models).collect();
        if let Some((_, none)) = most.iter().find(|(_, most)| ***most == 0) {
            return Err(Mistake::error(&none.place, "a model with 0 attempts under way is never asked").label("at least 1"));
        }
        let each = self.parallel.as_ref().and_then(|parallel| parallel.each.as_ref());
        if let Some(none) = each.filter(|each| ***each == 0) {
            return Err(Mistake::error(&none.place, "models with 0 attempts under way are never asked").label("at least 1"));
        }
        for name in cools.iter().map(|(name, _)| name).chain(most.iter().map(|(name, _)| name)) {
            if !self::find(name, find).is_ok_and(all) {
                let what = format!("strategy \"{}\" sends nothing to \"{}\"", &**strategy, &***name);
                return Err(Mistake::error(&name.place, what).label("not a model of this strategy"));
            }
        }
        let orders = self.groups.iter().flatten().map(|(_, group)| group.order.as_ref()).chain(std::iter::repeat(None));
        let checked = self.health.as_ref().map(|health| health.all_failing);
        let group = |((router, spec), order): ((&AnyRouter, &RouterSpec), Option<&Named<Located<u32>>>)| {
            let orders = order.map_or(Ok(Box::default()), |order| ranks(order, router.targets(), find))?;
            let own = |target: &DeploymentId| cools.iter().find(|(name, _)| find(name) == Some(*target)).map(|(_, time)| *time);
            let own: Box<[_]> = if cools.is_empty() { Box::default() } else { router.targets().iter().map(own).collect() };
            let most = |target| most.iter().find(|(name, _)| find(name) == Some(target)).map(|(_, most)| ***most);
            let most = self.most(router, spec, &most);
            let spills = self.parallel.as_ref().is_some_and(|parallel| parallel.when_full == WhenFull::Spill);
            Ok(Group::new(router.clone(), orders, own, self.cooldown.is_some()).with_most(most, spills).with_checks(checked))
        };
        routers.iter().zip(self.routers()).zip(orders).map(group).collect()
    }

    /// The most attempts under way at each target of a router; empty where there is no most. `own` is a model's own.
    fn most(&self, router: &AnyRouter, spec: &RouterSpec, own: &dyn Fn(DeploymentId) -> Option<u32>) -> Box<[u32]> {
        let Some(parallel) = self.parallel.as_ref().filter(|parallel| parallel.limits_models()) else { return Box::default() };
        let rates = rates::of(spec);
        let of = |(at, target): (usize, &DeploymentId)| parallel.most(own(*target), rates.get(at).copied().unwrap_or_default());
        let most: Box<[u32]> = router.targets().iter().enumerate().map(of).collect();
        if most.iter().all(|most| *most == u32::MAX) { Box::default() } else { most }
    }
}

/// The group of each class and stage: that of the first rule that fits.
fn table(
    name: &Located<String>,
    chosen: &[(Option<&When>, u8)],
    classes: &[String],
    stages: &[Stage],
) -> Result<Box<[u8]>, Mistake> {
    let of = |class: &String, stage: Stage| {
        match chosen.iter().find(|(when, _)| when.is_none_or(|when| when.takes(class, stage))) {
            Some((_, group)) => Ok(*group),
            // A stage that never occurs needs no router.
            None if !stages.contains(&stage) => Ok(0),
            None => {
                let what = format!("strategy \"{}\" has no router for {}s of class \"{class}\"", &**name, stage.name());
                let help = "give the strategy a `router`, or a rule without `when` at the end";
                Err(Mistake::error(&name.place, what).label("some requests have nowhere to go").help(help))
            }
        }
    };
    let each = |class| [of(class, Stage::Draft), of(class, Stage::Final)];
    classes.iter().flat_map(each).collect()
}

fn keep<T>(result: Result<T, Mistake>, mistakes: &mut Vec<Mistake>) -> Option<T> {
    result.map_err(|mistake| mistakes.push(mistake)).ok()
}

/// The order of each target, as ranks from 0.
fn ranks(orders: &Named<Located<u32>>, targets: &[DeploymentId], find: Find<'_>) -> Result<Box<[Option<u8>]>, Mistake> {
    let mut all: Vec<u32> = orders.iter().map(|(_, order)| **order).collect();
    all.sort_unstable();
    all.dedup();
    let mut ranks: Box<[Option<u8>]> = vec![None; targets.len()].into();
    for (name, order) in orders {
        let deployment = self::find(name, find)?;
        let Some(at) = targets.iter().position(|target| *target == deployment) else {
            return Err(
                Mistake::error(&name.place, format!("\"{}\" is no model of this group", &**name)).label("has no order here")
            );
        };
        ranks[at] = all.iter().position(|other| *other == **order).map(|rank| rank as u8);
    }
    Ok(ranks)
}

/// By class and stage, every deployment that its requests may be sent to.
fn reached(
    table: &[u8],
    groups: &[Group<AnyRouter>],
    fallbacks: &Fallbacks,
    defer: Option<&Defer>,
) -> Box<[Box<[DeploymentId]>]> {
    let of = |(kind, group): (usize, &u8)| {
        let group = usize::from(*group);
        let mut targets = groups[group].router.targets().to_vec();
        let reach = fallbacks.reach(group as u8);
        for other in (0..groups.len()).filter(|other| reach & (1 << other) != 0) {
            targets.extend(
                groups[other].router.targets().iter().filter(|target| !targets.contains(target)).copied().collect::<Vec<_>>(),
            );
        }
        targets.extend(defer.and_then(|defer| defer.model(kind)).filter(|model| !targets.contains(model)));
        targets.into()
    };
    table.iter().enumerate().map(of).collect()
}

impl When {
    pub(super) fn takes(&self, class: &str, stage: Stage) -> bool {
        self.stage.is_none_or(|wanted| wanted == stage) && self.class.as_ref().is_none_or(|wanted| wanted.as_str() == class)
    }
}
