//! `budget_aware`: models from the best to the cheapest; a cheaper one while spending runs ahead of the plan.
//!
//! The plan spends the budget evenly over each period. What counts as spent is the price of every delivered request as the client
//! knows it, by list or by the last quote, since the period began. Each `margin`, as a share of the budget, that spending is ahead
//! of the plan is one model down the list: the best up to one margin, the second up to two, the last beyond all. Where that model is
//! not left, the next cheaper one is asked, then the next better.
//!
//! Source: soft budgets with cheaper models behind them are what gateways document (budget nodes of Cloudflare's dynamic routing,
//! per-model budget routing of WSO2, as of 2026-11); the burn-rate rule is the project's own. It cannot know the invoice: what is
//! billed without images being delivered is not in its books, and a provider's price may differ from the last quote.

use super::among::Among;
use super::client::{Ask, Luck, View};
use super::observed::Worth;
use super::router::{Find, Heed, Manner, Router};
use super::spec::{ModelName, find_all};
use crate::model::{DeploymentId, Status};
use crate::spec::{self, Located, Mistake};
use crate::units::{Share, SimDuration, SimTime, Usd};

spec::checked! {
    /// A length of time.
    pub struct Period(SimDuration): |length| *length > SimDuration::ZERO, "more than nothing", "30d";
    /// A share that is more than nothing.
    pub struct Margin(Share): |share| share.get() > 0.0, "more than nothing", "2%";
}

spec::table! {
    /// A cheaper model while spending runs ahead of the plan.
    pub struct Spec {
        /// The models, from the best to the cheapest.
        models: Located<Vec<ModelName>>,
        /// What may be spent in a period.
        budget: Worth,
        /// How long a period is.
        period: Period = "30d",
        /// When a period begins, after the start of the scenario; the others follow and precede it.
        anchor: SimDuration = "0s",
        /// How far spending must be ahead of the plan for each step down, as a share of the budget; assumed.
        margin: Margin = "2%",
    }
}

pub(super) fn names(spec: &Spec) -> Vec<&Located<String>> {
    spec.models.iter().map(|name| &name.0).collect()
}

pub(super) fn build(spec: &Spec, models: Find<'_>) -> Result<BudgetAware, Mistake> {
    Ok(BudgetAware {
        targets: find_all("budget_aware", "from the best to the cheapest", &spec.models, models)?,
        budget: spec.budget.0,
        period: spec.period.0,
        anchor: spec.anchor,
        margin: spec.margin.0.get(),
    })
}

/// Deployments from the best to the cheapest, with a budget.
#[derive(Debug, Clone, PartialEq)]
pub struct BudgetAware {
    targets: Box<[DeploymentId]>,
    budget: Usd,
    period: SimDuration,
    anchor: SimDuration,
    /// As a share of the budget.
    margin: f64,
}

/// What has been spent in a period.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Books {
    period: i64,
    spent: Usd,
}

impl BudgetAware {
    /// The number of the period, and how much of it has passed.
    fn period(&self, now: SimTime) -> (i64, f64) {
        let (since, length) = (now.micros() - self.anchor.micros(), self.period.micros());
        (since.div_euclid(length), since.rem_euclid(length) as f64 / length as f64)
    }

    /// The model for now: how many margins spending is ahead of the plan.
    fn grade(&self, books: Books, now: SimTime) -> usize {
        let (period, passed) = self.period(now);
        let spent = if books.period == period { books.spent.to_f64() / self.budget.to_f64() } else { 0.0 };
        // A number below zero becomes zero.
        let margins = ((spent - passed) / self.margin).ceil() as usize;
        margins.saturating_sub(1).min(self.targets.len() - 1)
    }
}

impl Router for BudgetAware {
    type State = Books;

    fn state(&self) -> Books {
        Books::default()
    }

    fn targets(&self) -> &[DeploymentId] {
        &self.targets
    }

    fn manner(&self) -> Manner {
        Manner { moves_on: true, goes_by_price: true, heeds: true, ..Manner::NONE }
    }

    #[inline(never)]
    fn pick(&self, books: &mut Books, among: Among, _: &Ask, view: &View<'_>, _: &mut Luck) -> usize {
        let grade = self.grade(*books, view.now);
        let cheaper = among.without(Among::first(grade));
        if cheaper.is_empty() { among.least(|at| -(at as f64)) } else { cheaper.lowest() }
    }

    fn ended(&self, books: &mut Books, attempt: &Heed, _: &Ask, view: &View<'_>) {
        let (period, _) = self.period(view.now);
        if books.period != period {
            *books = Books { period, spent: Usd::ZERO };
        }
        if attempt.status == Status::Delivered {
            books.spent += view.sight(self.targets[attempt.target]).price;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::made_up::{ASK, heed, luck, prices, view};

    /// A budget of 1000 a 100 s with margins of 20: at 50 s the plan has spent 500.
    #[test]
    fn each_margin_ahead_of_the_plan_is_a_step_down() {
        let router = BudgetAware {
            targets: (0..3).map(DeploymentId).collect(),
            budget: Usd::from_picos(1000),
            period: SimDuration::from_micros(100_000_000),
            anchor: SimDuration::ZERO,
            margin: 0.02,
        };
        let at = |spent, seconds: i64| {
            let books = Books { period: 0, spent: Usd::from_picos(spent) };
            router.grade(books, SimTime::from_micros(seconds * 1_000_000))
        };
        assert_eq!([at(400, 50), at(519, 50), at(521, 50), at(539, 50), at(541, 50), at(900, 50)], [0, 0, 1, 1, 2, 2]);
        // A new period begins with empty books.
        assert_eq!((at(900, 99), at(900, 100)), (0, 0));
        let (known, mut books) = (prices(&[30, 20, 10]), router.state());
        router.ended(&mut books, &heed(0, Status::Delivered, 1), &ASK, &view(&known, 1));
        router.ended(&mut books, &heed(0, Status::Failed, 1), &ASK, &view(&known, 1));
        assert_eq!(books.spent, Usd::from_picos(30));
        let pick = |books: Books, among| router.pick(&mut { books }, among, &ASK, &view(&known, 0), &mut luck(0));
        assert_eq!(pick(books, Among::first(3)), 1);
        assert_eq!((pick(books, Among::NONE.with(0).with(2)), pick(books, Among::NONE.with(0))), (2, 0));
        router.ended(&mut books, &heed(2, Status::Delivered, 1), &ASK, &view(&known, 250));
        assert_eq!(books, Books { period: 2, spent: Usd::from_picos(10) });
    }
}
