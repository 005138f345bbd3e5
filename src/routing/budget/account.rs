//! What is held against budgets, and by how much they were passed.
//!
//! An attempt is held against its budgets from [`Accounts::sends`] to [`Accounts::ends`], with the price that it was sent at: so
//! that what is reserved is nothing where nothing is under way, whatever prices have done meanwhile.

use super::{Anchor, Budgets, Limit};
use crate::model::{DeploymentId, Guarded};
use crate::routing::client::Ask;
use crate::units::{SimTime, Usd};

/// What is held against all budgets of a strategy.
#[derive(Debug, Clone, Default)]
pub struct Accounts {
    limits: Box<[Account]>,
    /// By the number of the request, which a user keeps for a whole journey: whose it is, and what is held against it. No more
    /// than there are journeys under way.
    users: Vec<(u64, Account)>,
    overshoot: Usd,
    alerted: Option<SimTime>,
}

impl Accounts {
    /// Nothing spent.
    pub fn new(budgets: &Budgets) -> Self {
        Self { limits: budgets.limits.iter().map(Account::new).collect(), ..Self::default() }
    }

    /// Forgets everything and keeps the memory.
    pub fn clear(&mut self, budgets: &Budgets) {
        for (account, limit) in self.limits.iter_mut().zip(&budgets.limits) {
            *account = Account::new(limit);
        }
        self.users.clear();
        (self.overshoot, self.alerted) = (Usd::ZERO, None);
    }

    /// Whether the budgets of this model and its provider let something of this price through.
    pub fn model_allows(&mut self, budgets: &Budgets, deployment: DeploymentId, price: Usd, now: SimTime) -> bool {
        budgets.of_deployment(deployment).iter().all(|at| self.limits[at].allows(&budgets.limits[at], price, now))
    }

    /// Whether the budgets of all, of the request's class and of its user do.
    pub fn request_allows(&mut self, budgets: &Budgets, ask: &Ask, price: Usd, now: SimTime) -> bool {
        budgets.of_request(ask).iter().all(|at| self.limits[at].allows(&budgets.limits[at], price, now))
            && budgets.of_users.is_none_or(|limit| self.user(&limit, ask).allows(&limit, price, now))
    }

    /// Something of this price is sent there.
    pub fn sends(&mut self, budgets: &Budgets, ask: &Ask, deployment: DeploymentId, price: Usd) {
        for at in budgets.of_attempt(ask, deployment).iter() {
            self.limits[at].sends(price);
        }
        if let Some(limit) = &budgets.of_users {
            self.user(limit, ask).sends(price);
        }
    }

    /// It has ended.
    pub fn ends(&mut self, budgets: &Budgets, ask: &Ask, deployment: DeploymentId, of: (Usd, bool), now: SimTime) {
        for at in budgets.of_attempt(ask, deployment).iter() {
            let booked = self.limits[at].ends(&budgets.limits[at], of, now);
            self.note(booked, now);
        }
        if let Some(limit) = &budgets.of_users {
            let booked = self.user(limit, ask).ends(limit, of, now);
            self.note(booked, now);
        }
    }

    /// Whether what was sent there then ends only now that one of its budgets has been reached meanwhile.
    pub fn saw_late(&self, budgets: &Budgets, ask: &Ask, deployment: DeploymentId, [sent, now]: [SimTime; 2]) -> bool {
        let mut held = budgets.of_attempt(ask, deployment).iter();
        let user = self.users.get(ask.number as usize).filter(|(user, _)| *user == ask.user);
        held.any(|at| self.limits[at].saw_late(&budgets.limits[at], sent, now))
            || budgets.of_users.is_some_and(|limit| user.is_some_and(|(_, account)| account.saw_late(&limit, sent, now)))
    }

    /// By how much they were passed, and when the first alert was raised. What was billed too late is not known here.
    pub const fn guarded(&self) -> Guarded {
        Guarded { overshoot: self.overshoot, late: Usd::ZERO, alerted: self.alerted }
    }

    /// Whether nothing is reserved anywhere.
    pub fn holds_nothing(&self) -> bool {
        self.limits.iter().chain(self.users.iter().map(|(_, account)| account)).all(|account| account.reserved == Usd::ZERO)
    }

    fn note(&mut self, booked: Booked, now: SimTime) {
        self.overshoot += booked.beyond;
        if booked.alerts && self.alerted.is_none() {
            self.alerted = Some(now);
        }
    }

    fn user(&mut self, limit: &Limit, ask: &Ask) -> &mut Account {
        let number = ask.number as usize;
        if self.users.len() <= number {
            self.users.resize(number + 1, (ask.user, Account::new(limit)));
        }
        let (user, account) = &mut self.users[number];
        if *user != ask.user {
            (*user, *account) = (ask.user, Account::new(limit));
        }
        account
    }
}

/// What an end has brought about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Booked {
    /// How much of what was booked is beyond the limit.
    pub beyond: Usd,
    /// Whether it raises an alert.
    pub alerts: bool,
}

/// What is held against a limit.
#[derive(Debug, Clone, Copy, Default)]
pub struct Account {
    spent: Usd,
    reserved: Usd,
    /// When the window ends; the start where none has begun.
    until: SimTime,
    /// When what was booked in the window reached the limit.
    reached: Option<SimTime>,
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
        let left = if limit.reserves { self.spent + self.reserved + price <= limit.most } else { self.spent < limit.most };
        left || limit.soft
    }

    /// Something of this price is sent.
    pub fn sends(&mut self, price: Usd) {
        self.reserved += price;
    }

    /// It has ended; what was delivered is spent.
    pub fn ends(&mut self, limit: &Limit, (price, delivered): (Usd, bool), now: SimTime) -> Booked {
        self.turn(limit, now);
        self.reserved = self.reserved - price;
        if !delivered {
            return Booked::default();
        }
        let before = self.spent;
        self.spent += price;
        if let (Anchor::Spend | Anchor::StartThenSpend, Some(every)) = (limit.anchor, limit.every)
            && self.until <= now
        {
            self.until = now + every;
        }
        if before < limit.most && limit.most <= self.spent {
            self.reached = Some(now);
        }
        let beyond = self.spent.max(limit.most) - before.max(limit.most);
        Booked { beyond, alerts: before < limit.alert && limit.alert <= self.spent }
    }

    /// Whether what was sent then ends only now that the limit of this window has been reached meanwhile.
    fn saw_late(&self, limit: &Limit, sent: SimTime, now: SimTime) -> bool {
        self.reached.is_some_and(|reached| sent < reached) && (limit.every.is_none() || now < self.until)
    }

    /// Begins a new window where the last is over.
    fn turn(&mut self, limit: &Limit, now: SimTime) {
        let Some(every) = limit.every else { return };
        if now < self.until {
            return;
        }
        (self.spent, self.reached) = (Usd::ZERO, None);
        if limit.anchor == Anchor::Start {
            let passed = now.since(SimTime::START).micros() / every.micros();
            self.until = SimTime::from_micros((passed + 1).saturating_mul(every.micros()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::SimDuration;

    const HOUR: i64 = 3_600_000_000;

    fn limit(anchor: Anchor, reserves: bool) -> Limit {
        let most = Usd::from_picos(100);
        Limit { most, alert: most, every: Some(SimDuration::HOUR), anchor, reserves, soft: false }
    }

    #[test]
    fn windows_begin_with_the_scenario_or_with_the_first_spending() {
        let usd = Usd::from_picos;
        for (anchor, back) in [(Anchor::Start, HOUR), (Anchor::Spend, HOUR * 3 / 2), (Anchor::StartThenSpend, HOUR)] {
            let limit = limit(anchor, false);
            let mut account = Account::new(&limit);
            let half = SimTime::from_micros(HOUR / 2);
            account.sends(usd(100));
            account.ends(&limit, (usd(100), true), half);
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
        reserved.ends(&reserve, (usd(40), false), SimTime::START);
        assert!(reserved.allows(&reserve, usd(40), SimTime::START));
    }

    /// Five of 40 against a limit of 100: the third passes it by 20, and the fourth and fifth by 40 each. A window later all is new.
    #[test]
    fn what_is_beyond_the_limit_is_counted_once_and_by_window() {
        let usd = Usd::from_picos;
        let limit = Limit { alert: usd(80), ..limit(Anchor::Start, false) };
        let mut account = Account::new(&limit);
        for window in 0..2 {
            let at = |minute: i64| SimTime::from_micros(window * HOUR + minute * 60_000_000);
            let booked = [1, 2, 3, 4, 5].map(|minute| {
                account.sends(usd(40));
                account.ends(&limit, (usd(40), true), at(minute))
            });
            assert_eq!(booked.map(|booked| booked.beyond), [0, 0, 20, 40, 40].map(usd));
            assert_eq!(booked.map(|booked| booked.alerts), [false, true, false, false, false]);
            // Reached in minute 3: late is what was sent before it, and ends within the same window.
            assert!(account.saw_late(&limit, at(2), at(6)) && !account.saw_late(&limit, at(3), at(6)));
            assert!(!account.saw_late(&limit, at(2), at(60)));
        }
    }

    #[test]
    fn a_soft_limit_lets_everything_through() {
        let usd = Usd::from_picos;
        for reserves in [false, true] {
            let limit = Limit { soft: true, ..limit(Anchor::Start, reserves) };
            let mut account = Account::new(&limit);
            account.sends(usd(300));
            assert_eq!(account.ends(&limit, (usd(300), true), SimTime::START), Booked { beyond: usd(200), alerts: true });
            assert!(account.allows(&limit, usd(1), SimTime::START));
        }
    }
}
