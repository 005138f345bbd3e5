//! Budgets that the client keeps itself: what it has booked in a window is held against a limit before anything is sent.
//!
//! Booked is the list price, as last known, of what was delivered: as LiteLLM counts (1.106.2, `router_strategy/budget_limiter.py`:
//! spend is added on success only, and a deployment is left out once it has spent its budget). What is under way is not counted
//! unless it is reserved, so that a budget is passed by as much as is in flight; and no budget sees what failures cost.

use crate::model::DeploymentId;
use crate::spec::{self, Located, Mistake, Named};
use crate::units::{SimDuration, SimTime, Usd};

spec::words! {
    /// When a window of a budget begins.
    pub enum Anchor {
        /// With the scenario, and then one after the other.
        "start" => Start,
        /// With the first spending after the last window.
        "spend" => Spend,
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
    /// By deployment.
    pub models: Box<[Option<Limit>]>,
}

/// What is held against all budgets of a strategy.
#[derive(Debug, Clone, Default)]
pub struct Accounts {
    total: Account,
    models: Box<[Account]>,
}

impl Accounts {
    /// Nothing spent, at so many deployments.
    pub fn new(deployments: usize) -> Self {
        Self { total: Account::default(), models: vec![Account::default(); deployments].into() }
    }

    /// Forgets everything and keeps the memory.
    pub fn clear(&mut self) {
        self.total = Account::default();
        self.models.fill(Account::default());
    }

    /// Whether the budget of this model lets something of this price through.
    pub fn model_allows(&mut self, budgets: &Budgets, deployment: DeploymentId, price: Usd, now: SimTime) -> bool {
        let limit = budgets.models.get(deployment.index()).copied().flatten();
        limit.is_none_or(|limit| self.models[deployment.index()].allows(&limit, price, now))
    }

    /// Whether the budget of all does.
    pub fn total_allows(&mut self, budgets: &Budgets, price: Usd, now: SimTime) -> bool {
        budgets.total.is_none_or(|limit| self.total.allows(&limit, price, now))
    }

    /// Something of this price is sent there.
    pub fn sends(&mut self, deployment: DeploymentId, price: Usd) {
        self.total.sends(price);
        self.models[deployment.index()].sends(price);
    }

    /// It has ended.
    pub fn ends(&mut self, budgets: &Budgets, deployment: DeploymentId, (price, delivered): (Usd, bool), now: SimTime) {
        if let Some(limit) = &budgets.total {
            self.total.ends(limit, price, delivered, now);
        }
        if let Some(limit) = budgets.models.get(deployment.index()).and_then(Option::as_ref) {
            self.models[deployment.index()].ends(limit, price, delivered, now);
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
        if let (Anchor::Spend, Some(every)) = (limit.anchor, limit.every)
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
        /// The most in a window at single models: one that has spent it is left out.
        models: Option<Named<Located<Usd>>>,
        /// The length of a window; the whole scenario if left out.
        every: Option<Located<SimDuration>>,
        /// When a window begins.
        window: Anchor = "start",
        /// Whether what is under way is counted too, so that the limit is never passed by what is booked.
        reserve: bool = false,
        /// The group that requests go to once `limit` is spent; without it they are refused.
        degrade_to: Option<Located<String>>,
    }
}

impl BudgetSpec {
    /// The limit of this much.
    ///
    /// # Errors
    /// A window that is too short, a limit of nothing.
    pub(super) fn of(&self, most: &Located<Usd>) -> Result<Limit, Mistake> {
        if let Some(every) = self.every.as_ref().filter(|every| every.micros() < 1_000_000) {
            return Err(Mistake::error(&every.place, "a window is 1 s at least").label("too short"));
        }
        if **most <= Usd::ZERO {
            return Err(Mistake::error(&most.place, "a budget of nothing lets nothing through").label("more than 0 USD"));
        }
        let every = self.every.as_ref().map(|every| **every);
        Ok(Limit { most: **most, every, anchor: self.window, reserves: self.reserve })
    }
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
        for (anchor, back) in [(Anchor::Start, HOUR), (Anchor::Spend, HOUR * 3 / 2)] {
            let (limit, mut account) = (limit(anchor, false), Account::default());
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
