//! Budgets that the client keeps itself: what it has booked in a window is held against a limit before anything is sent.
//!
//! Booked is the list price, as last known, of what was delivered: as LiteLLM counts (1.106.2, `router_strategy/budget_limiter.py`:
//! spend is added on success only, and a deployment is left out once it or its provider has spent its budget). What is under way
//! is not counted unless it is reserved, so that a budget is passed by as much as is in flight; and no budget sees what failures
//! cost.

use serde_json::{Value, json};

use super::among::Among;
use crate::model::DeploymentId;
use crate::spec::{self, Data, Field, Located, Mistake, Named, Node, Reader};
use crate::units::{SimDuration, SimTime, Usd};

spec::words! {
    /// When a window of a budget begins.
    pub enum Anchor {
        /// With the scenario, and then one after the other.
        "start" => Start,
        /// With the first spending after the last window.
        "spend" => Spend,
        /// The first with the scenario, and then with the first spending after the last window.
        "start_then_spend" => StartThenSpend,
    }
}

/// A limit within windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// The most in a window.
    pub most: Usd,
    /// Its length; `None`: the whole scenario.
    pub every: Option<SimDuration>,
    /// When it begins.
    pub anchor: Anchor,
    /// Whether what is under way is counted as if it were delivered.
    pub reserves: bool,
}

/// All budgets of a strategy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budgets {
    /// In all, where there is one.
    pub total: Option<Limit>,
    /// The group that requests go to once it is spent.
    pub degrade_to: Option<u8>,
    /// Of single models and of providers, at most [`Among::MOST`].
    pub limits: Box<[Limit]>,
    /// By deployment, which of them hold for it; none for those beyond.
    pub holds: Box<[Among]>,
}

impl Budgets {
    /// The limits that hold for a deployment beside that of all.
    fn of(&self, deployment: DeploymentId) -> Among {
        self.holds.get(deployment.index()).copied().unwrap_or(Among::NONE)
    }
}

/// What is held against all budgets of a strategy.
#[derive(Debug, Clone, Default)]
pub struct Accounts {
    total: Account,
    limits: Box<[Account]>,
}

impl Accounts {
    /// Nothing spent.
    pub fn new(budgets: &Budgets) -> Self {
        let begun = |limit: &Limit| Account::new(limit);
        Self { total: budgets.total.as_ref().map(begun).unwrap_or_default(), limits: budgets.limits.iter().map(begun).collect() }
    }

    /// Forgets everything and keeps the memory.
    pub fn clear(&mut self, budgets: &Budgets) {
        if let Some(limit) = &budgets.total {
            self.total = Account::new(limit);
        }
        for (account, limit) in self.limits.iter_mut().zip(&budgets.limits) {
            *account = Account::new(limit);
        }
    }

    /// Whether the budgets of this model and its provider let something of this price through.
    pub fn model_allows(&mut self, budgets: &Budgets, deployment: DeploymentId, price: Usd, now: SimTime) -> bool {
        budgets.of(deployment).iter().all(|at| self.limits[at].allows(&budgets.limits[at], price, now))
    }

    /// Whether the budget of all does.
    pub fn total_allows(&mut self, budgets: &Budgets, price: Usd, now: SimTime) -> bool {
        budgets.total.is_none_or(|limit| self.total.allows(&limit, price, now))
    }

    /// Something of this price is sent there.
    pub fn sends(&mut self, budgets: &Budgets, deployment: DeploymentId, price: Usd) {
        self.total.sends(price);
        for at in budgets.of(deployment).iter() {
            self.limits[at].sends(price);
        }
    }

    /// It has ended.
    pub fn ends(&mut self, budgets: &Budgets, deployment: DeploymentId, (price, delivered): (Usd, bool), now: SimTime) {
        if let Some(limit) = &budgets.total {
            self.total.ends(limit, price, delivered, now);
        }
        for at in budgets.of(deployment).iter() {
            self.limits[at].ends(&budgets.limits[at], price, delivered, now);
        }
    }
}

/// What is held against a limit.
#[derive(Debug, Clone, Copy, Default)]
pub struct Account {
    spent: Usd,
    reserved: Usd,
    /// When the window ends; the start where none has begun.
    until: SimTime,
}

impl Account {
    /// Nothing spent; the first window has begun where it begins with the scenario.
    fn new(limit: &Limit) -> Self {
        let first = limit.every.filter(|_| limit.anchor == Anchor::StartThenSpend);
        Self { until: first.map_or(SimTime::START, |every| SimTime::START + every), ..Self::default() }
    }

    /// Whether something of this price may be sent now.
    pub fn allows(&mut self, limit: &Limit, price: Usd, now: SimTime) -> bool {
        self.turn(limit, now);
        if limit.reserves { self.spent + self.reserved + price <= limit.most } else { self.spent < limit.most }
    }

    /// Something of this price is sent.
    pub fn sends(&mut self, price: Usd) {
        self.reserved += price;
    }

    /// It has ended; what was delivered is spent.
    pub fn ends(&mut self, limit: &Limit, price: Usd, delivered: bool, now: SimTime) {
        self.turn(limit, now);
        self.reserved = self.reserved - price;
        if !delivered {
            return;
        }
        self.spent += price;
        if let (Anchor::Spend | Anchor::StartThenSpend, Some(every)) = (limit.anchor, limit.every)
            && self.until <= now
        {
            self.until = now + every;
        }
    }

    /// Begins a new window where the last is over.
    fn turn(&mut self, limit: &Limit, now: SimTime) {
        let Some(every) = limit.every else { return };
        if now < self.until {
            return;
        }
        self.spent = Usd::ZERO;
        if limit.anchor == Anchor::Start {
            let passed = now.since(SimTime::START).micros() / every.micros();
            self.until = SimTime::from_micros((passed + 1).saturating_mul(every.micros()));
        }
    }
}

spec::table! {
    /// Budgets that the client keeps: limits on what it books, the list price of what was delivered.
    pub struct BudgetSpec {
        /// The most in a window, in all.
        limit: Option<Located<Usd>>,
        /// The most in a window at single models: one that has spent it is left out. An amount, or an amount and its window.
        models: Option<Named<PartSpec>>,
        /// The most in a window at all models of a provider together, in the same way.
        providers: Option<Named<PartSpec>>,
        /// The length of a window; the whole scenario if left out.
        every: Option<Located<SimDuration>>,
        /// When a window begins.
        window: Anchor = "start",
        /// When a window of a provider begins; as `window` if left out.
        window_of_providers: Option<Anchor>,
        /// Whether what is under way is counted too, so that the limit is never passed by what is booked.
        reserve: bool = false,
        /// The group that requests go to once `limit` is spent; without it they are refused.
        degrade_to: Option<Located<String>>,
    }
}

spec::table! {
    /// The budget of a model or provider.
    pub struct Part {
        /// The most in a window.
        limit: Located<Usd>,
        /// The length of a window; that of all budgets if left out.
        every: Option<Located<SimDuration>>,
    }
}

/// The budget of a model or provider; a plain amount is its limit.
#[derive(Debug, Clone)]
pub struct PartSpec(Part);

impl Field for PartSpec {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        match node.data {
            Data::Table(_) => Part::read(node, reader).map(Self),
            _ => Located::read(node, reader).map(|limit| Self(Part { limit, every: None })),
        }
    }

    fn schema() -> Value {
        json!({ "oneOf": [Usd::schema(), Part::schema()] })
    }
}

impl BudgetSpec {
    /// Whether there is any limit.
    pub(super) fn limits_anything(&self) -> bool {
        let any = |parts: &Option<Named<_>>| parts.as_ref().is_some_and(|parts| !parts.is_empty());
        self.limit.is_some() || any(&self.models) || any(&self.providers)
    }

    /// The budgets. `models` are those of the strategy, with their names; `real` says what an alias stands for; `group` finds a group.
    ///
    /// # Errors
    /// Unknown names, a window that is too short, a limit of nothing.
    pub(super) fn build<'n>(
        &'n self,
        models: &[(Located<String>, DeploymentId)],
        real: &dyn Fn(&'n str) -> &'n str,
        group: impl Fn(&Located<String>) -> Result<u8, Mistake>,
    ) -> Result<Budgets, Mistake> {
        let (mut limits, mut holds) = (Vec::new(), Vec::new());
        let of_providers = self.providers.iter().flatten().map(|part| (part, true));
        for ((name, PartSpec(part)), of_provider) in self.models.iter().flatten().map(|part| (part, false)).chain(of_providers) {
            let is = |model: &str| if of_provider { **name == *provider(model) } else { real(name) == model };
            let mut held = models.iter().filter(|(model, _)| is(model)).map(|(_, id)| id.index()).peekable();
            let mistake = |what: String, label| Err(Mistake::error(&name.place, what).label(label));
            if held.peek().is_none() {
                return mistake(format!("nothing is sent to \"{}\"", **name), "of no model of this strategy");
            }
            if limits.len() == Among::MOST {
                return mistake(format!("{} budgets of models and providers at most", Among::MOST), "one too many");
            }
            for deployment in held {
                holds.resize(holds.len().max(deployment + 1), Among::NONE);
                holds[deployment] = holds[deployment].with(limits.len());
            }
            let anchor = self.window_of_providers.filter(|_| of_provider).unwrap_or(self.window);
            limits.push(self.limit(&part.limit, part.every.as_ref(), anchor)?);
        }
        let total = self.limit.as_ref().map(|most| self.limit(most, None, self.window)).transpose()?;
        let degrade_to = self.degrade_to.as_ref().map(group).transpose()?;
        Ok(Budgets { total, degrade_to, limits: limits.into(), holds: holds.into() })
    }

    fn limit(&self, most: &Located<Usd>, own: Option<&Located<SimDuration>>, anchor: Anchor) -> Result<Limit, Mistake> {
        let every = own.or(self.every.as_ref());
        if let Some(every) = every.filter(|every| every.micros() < 1_000_000) {
            return Err(Mistake::error(&every.place, "a window is 1 s at least").label("too short"));
        }
        if **most <= Usd::ZERO {
            return Err(Mistake::error(&most.place, "a budget of nothing lets nothing through").label("more than 0 USD"));
        }
        Ok(Limit { most: **most, every: every.map(|every| **every), anchor, reserves: self.reserve })
    }
}

/// The provider of a model: the first part of its name.
fn provider(model: &str) -> &str {
    model.split('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000_000;

    fn limit(anchor: Anchor, reserves: bool) -> Limit {
        Limit { most: Usd::from_picos(100), every: Some(SimDuration::HOUR), anchor, reserves }
    }

    #[test]
    fn windows_begin_with_the_scenario_or_with_the_first_spending() {
        let usd = Usd::from_picos;
        for (anchor, back) in [(Anchor::Start, HOUR), (Anchor::Spend, HOUR * 3 / 2), (Anchor::StartThenSpend, HOUR)] {
            let limit = limit(anchor, false);
            let mut account = Account::new(&limit);
            let half = SimTime::from_micros(HOUR / 2);
            account.sends(usd(100));
            account.ends(&limit, usd(100), true, half);
            assert!(!account.allows(&limit, usd(1), SimTime::from_micros(back - 1)), "{anchor:?}");
            assert!(account.allows(&limit, usd(1), SimTime::from_micros(back)), "{anchor:?}");
        }
    }

    #[test]
    fn a_reservation_is_never_passed_and_a_check_by_what_is_under_way() {
        let usd = Usd::from_picos;
        let (check, reserve) = (limit(Anchor::Start, false), limit(Anchor::Start, true));
        let (mut checked, mut reserved) = (Account::default(), Account::default());
        let send = |account: &mut Account, limit: &Limit| {
            let allowed = account.allows(limit, usd(40), SimTime::START);
            if allowed {
                account.sends(usd(40));
            }
            allowed
        };
        let passed = [(); 5].map(|()| (send(&mut checked, &check), send(&mut reserved, &reserve)));
        assert_eq!(passed.map(|(checked, _)| checked), [true; 5]);
        assert_eq!(passed.map(|(_, reserved)| reserved), [true, true, false, false, false]);
        reserved.ends(&reserve, usd(40), false, SimTime::START);
        assert!(reserved.allows(&reserve, usd(40), SimTime::START));
    }
}
