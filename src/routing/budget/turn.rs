//! Where budgets have a say in a turn: before a target is picked, and before anything is sent to it.

use super::Budgets;
use crate::model::Status;
use crate::routing::Among;
use crate::routing::client::Action;
use crate::routing::fallbacks::Run;
use crate::routing::note::Note;
use crate::routing::router::Router;
use crate::routing::turn::{Step, Turn};

impl<R: Router> Turn<'_, R> {
    /// The targets whose own budgets let this request through.
    pub(in crate::routing) fn within_budgets(&mut self, budgets: &Budgets, among: Among) -> Among {
        let group = &self.strategy.groups[usize::from(self.memo.run.group)];
        let mut within = Among::NONE;
        for at in among.iter() {
            let (target, now) = (group.target(at), self.view.now);
            if self.state.accounts.model_allows(budgets, target, self.view.sight(target).price, now) {
                within = within.with(at);
            }
        }
        within
    }

    /// Whether budgets alone leave nothing, so that what is not cooling has been spent: as LiteLLM, which looks at budgets after
    /// cooldowns and before orders.
    pub(in crate::routing) fn all_spent(&self, left: Among, within: Among) -> bool {
        let healthy = self.group().healthy(self.strategy.cooldown.as_ref(), &self.state.health, self.view);
        let none = |among: Among| among.only(|at| healthy.has(at)).is_empty();
        !none(left) && none(within)
    }

    /// What happens instead of an attempt at the target that was picked, where a budget that holds wherever the request goes is
    /// spent.
    pub(in crate::routing) fn over_budget(&mut self, budgets: &Budgets) -> Option<Step> {
        if self.request_allowed(budgets) {
            return None;
        }
        // What is degraded is cheap, and goes on: a guard that stops all would be a refusal.
        if budgets.degrade_to == Some(self.memo.run.group) {
            return None;
        }
        self.note(|_| Note::Limited(Status::OverBudget));
        match budgets.degrade_to {
            Some(group) => {
                self.memo.run = Run { group, order: None };
                self.memo.used = Among::NONE;
                self.more().skipped = Among::NONE;
                self.note(|turn| Note::Falls(turn.memo.run));
                Some(Step::Attempt)
            }
            None => Some(Step::Do(Action::GiveUp(Status::OverBudget))),
        }
    }

    /// Whether a copy may be sent to the target that was picked: one that budgets do not let through is not sent.
    pub(in crate::routing) fn copy_allowed(&mut self, budgets: &Budgets) -> bool {
        let allowed = self.request_allowed(budgets) || budgets.degrade_to == Some(self.memo.run.group);
        if !allowed {
            self.note(|_| Note::Limited(Status::OverBudget));
        }
        allowed
    }

    /// Whether the budgets that hold wherever the request goes let it go to the target that was picked. What it is booked with and
    /// when it was sent is noted for its end.
    fn request_allowed(&mut self, budgets: &Budgets) -> bool {
        let (ask, now) = (self.ask, self.view.now);
        let target = self.group().target(usize::from(self.memo.target));
        let price = self.view.sight(target).price;
        (self.more().price, self.more().sent) = (price, now);
        self.state.accounts.request_allows(budgets, ask, price, now)
    }
}
